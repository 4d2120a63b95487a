"""A parsed page in, the part of it that is kept out. Read ``exclusions.py`` first.

The way of one page, in this order:

1. `check` says at once what is wrong with the options; call it where a config is used, it is cheap;
2. `exclude` edits the page's tree: URLs become absolute, and what holds no content or is excluded goes;
3. links, media and tables are read from that tree (by others);
4. `tidy` returns a reduced copy of the tree: few attributes, no empty elements, only what `target_elements` match;
5. `to_html` writes the copy.

A content filter then picks from the copy what goes into `fit_markdown`.
"""

from skitter.clean.bm25 import BM25ContentFilter, BM25ContentFilterLXML
from skitter.clean.exclusions import exclude
from skitter.clean.filters import RelevantContentFilter
from skitter.clean.pruning import PruningContentFilter, PruningContentFilterLXML
from skitter.clean.selectors import check
from skitter.clean.tidying import tidy, to_html

FILTERS = (BM25ContentFilter, PruningContentFilter)
"""The built-in content filters."""

__all__ = [
    "FILTERS",
    "BM25ContentFilter",
    "BM25ContentFilterLXML",
    "PruningContentFilter",
    "PruningContentFilterLXML",
    "RelevantContentFilter",
    "check",
    "exclude",
    "tidy",
    "to_html",
]
