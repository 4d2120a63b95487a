"""Results in, files out; start with ``jsonl.py``.

``jsonl.py`` writes a result as one line of JSON, ``page_files.py`` a result as one file in a folder, ``names.py`` finds
the file's name, and ``replacing.py`` writes a file whole or not at all.
"""

from skitter.sinks.jsonl import to_json
from skitter.sinks.names import file_path
from skitter.sinks.page_files import PageFolder
from skitter.sinks.replacing import replace_file

__all__ = ["PageFolder", "file_path", "replace_file", "to_json"]
