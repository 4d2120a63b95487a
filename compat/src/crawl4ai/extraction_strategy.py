"""The names of crawl4ai's `extraction_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.extract.strategy import ExtractionStrategy, NoExtractionStrategy
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("extraction_strategy")

__all__ = ["ExtractionStrategy", "NoExtractionStrategy"]
