"""The names of crawl4ai's `components.crawler_monitor`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.dispatch import CrawlerMonitor
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("components.crawler_monitor")

__all__ = ["CrawlerMonitor"]
