"""Bytes in, a document and what it says out. Read ``document.py`` first.

``charset.py`` makes text of bytes, ``content.py`` says what it is, and ``rewriting.py`` makes a page of what is none;
``document.py`` parses it, once. Links, media and metadata are read from the tree as small plain values (``read_links``
…), which can be sent to another process; what users see is made of them when somebody looks (``expand_links`` …).
"""

from skitter.parse.options import ParseOptions
from skitter.parse.tables import DefaultTableExtraction, NoTableExtraction, TableExtractionStrategy

__all__ = ["DefaultTableExtraction", "NoTableExtraction", "ParseOptions", "TableExtractionStrategy"]
