"""The names of crawl4ai's `models`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.dispatch import CrawlerTaskResult, CrawlStats, CrawlStatus, DisplayMode
    from skitter.model.certificate import SSLCertificate
    from skitter.model.crawl_response import AsyncCrawlResponse
    from skitter.model.markdown import Markdown as StringCompatibleMarkdown
    from skitter.model.markdown import MarkdownGenerationResult
    from skitter.model.result import CrawlResult, DispatchResult
    from skitter.model.result import CrawlResult as CrawlResultContainer
    from skitter.model.scraping import Link, Links, Media, MediaItem, ScrapingResult
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("models")

__all__ = [
    "AsyncCrawlResponse",
    "CrawlResult",
    "CrawlResultContainer",
    "CrawlStats",
    "CrawlStatus",
    "CrawlerTaskResult",
    "DispatchResult",
    "DisplayMode",
    "Link",
    "Links",
    "MarkdownGenerationResult",
    "Media",
    "MediaItem",
    "SSLCertificate",
    "ScrapingResult",
    "StringCompatibleMarkdown",
]
