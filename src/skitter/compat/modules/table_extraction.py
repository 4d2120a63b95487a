"""The names of crawl4ai's `table_extraction`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.parse.tables import DefaultTableExtraction, NoTableExtraction, TableExtractionStrategy
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("table_extraction")

__all__ = ["DefaultTableExtraction", "NoTableExtraction", "TableExtractionStrategy"]
