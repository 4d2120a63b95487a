"""The names of crawl4ai's `content_filter_strategy_lxml`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.clean import PruningContentFilterLXML
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("content_filter_strategy_lxml")

__all__ = ["PruningContentFilterLXML"]
