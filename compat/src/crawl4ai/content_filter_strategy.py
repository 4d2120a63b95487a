"""The names of crawl4ai's `content_filter_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.clean import BM25ContentFilter, PruningContentFilter, RelevantContentFilter
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("content_filter_strategy")

__all__ = ["BM25ContentFilter", "PruningContentFilter", "RelevantContentFilter"]
