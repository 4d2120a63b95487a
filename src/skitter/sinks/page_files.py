"""A folder with one file for each page, and an index of them."""

import json
from pathlib import Path

from skitter.model.result import CrawlResult
from skitter.sinks.names import file_path
from skitter.sinks.replacing import replace_file

INDEX = "index.jsonl"
"""Name of the index; no host's folder has it."""


class PageFolder:
    """Writes pages as files below a folder, and a line for every page, failed ones too, into its index.

    Each file is written whole or not at all; a page whose URL was written before replaces it. The index is begun anew.
    """

    def __init__(self, folder: Path, ending: str) -> None:
        """Make *folder* and begin the index.

        Args:
            folder: Made where it is missing.
            ending: The files' ending, with its dot.

        Raises:
            OSError: If the folder or the index cannot be written.
        """
        self._folder = folder
        self._ending = ending
        folder.mkdir(parents=True, exist_ok=True)
        self._index = (folder / INDEX).open("wb")

    def write(self, result: CrawlResult, content: bytes) -> Path | None:
        """Write *content* as the page's file and return its path; a failed page is only named in the index.

        Raises:
            OSError: If it cannot be written.
        """
        name = None
        if result.success:
            name = file_path(result.url, self._ending)
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, content)
        line = {
            "url": result.url,
            "file": None if name is None else str(name),
            "success": result.success,
            "status_code": result.status_code,
            "error": None if result.error is None else result.error.model_dump(),
        }
        self._index.write(json.dumps(line, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")
        self._index.flush()
        return None if name is None else self._folder / name

    def close(self) -> None:
        """Close the index."""
        self._index.close()
