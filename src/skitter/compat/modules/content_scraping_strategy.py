"""The names of crawl4ai's `content_scraping_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.crawl.scraping import LXMLWebScrapingStrategy, WebScrapingStrategy
    from skitter.model.scraping import ContentScrapingStrategy, Link, Links, Media, MediaItem, ScrapingResult
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("content_scraping_strategy")

__all__ = [
    "ContentScrapingStrategy",
    "LXMLWebScrapingStrategy",
    "Link",
    "Links",
    "Media",
    "MediaItem",
    "ScrapingResult",
    "WebScrapingStrategy",
]
