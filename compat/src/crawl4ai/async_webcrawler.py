"""The names of crawl4ai's `async_webcrawler`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.config import BrowserConfig, CrawlerRunConfig
    from skitter.crawler import AsyncWebCrawler
    from skitter.model.cache import CacheMode
    from skitter.model.result import CrawlResult
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("async_webcrawler")

__all__ = ["AsyncWebCrawler", "BrowserConfig", "CacheMode", "CrawlResult", "CrawlerRunConfig"]
