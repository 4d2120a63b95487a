"""The names of crawl4ai's `types`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.clean import BM25ContentFilter, PruningContentFilter, RelevantContentFilter
    from skitter.config import BrowserConfig, CrawlerRunConfig
    from skitter.crawl.scraping import LXMLWebScrapingStrategy, WebScrapingStrategy
    from skitter.crawler import AsyncWebCrawler
    from skitter.dispatch import (
        BaseDispatcher,
        CrawlerMonitor,
        DisplayMode,
        MemoryAdaptiveDispatcher,
        RateLimiter,
        SemaphoreDispatcher,
    )
    from skitter.extract.strategy import ChunkingStrategy, ExtractionStrategy, RegexChunking
    from skitter.fetch.http_config import HTTPCrawlerConfig
    from skitter.fetch.proxies import ProxyRotationStrategy, RoundRobinProxyStrategy
    from skitter.markdown.generator import DefaultMarkdownGenerator
    from skitter.model.cache import CacheMode
    from skitter.model.markdown import MarkdownGenerationResult
    from skitter.model.result import CrawlResult
    from skitter.model.scraping import ContentScrapingStrategy
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("types")

__all__ = [
    "AsyncWebCrawler",
    "BM25ContentFilter",
    "BaseDispatcher",
    "BrowserConfig",
    "CacheMode",
    "ChunkingStrategy",
    "ContentScrapingStrategy",
    "CrawlResult",
    "CrawlerMonitor",
    "CrawlerRunConfig",
    "DefaultMarkdownGenerator",
    "DisplayMode",
    "ExtractionStrategy",
    "HTTPCrawlerConfig",
    "LXMLWebScrapingStrategy",
    "MarkdownGenerationResult",
    "MemoryAdaptiveDispatcher",
    "ProxyRotationStrategy",
    "PruningContentFilter",
    "RateLimiter",
    "RegexChunking",
    "RelevantContentFilter",
    "RoundRobinProxyStrategy",
    "SemaphoreDispatcher",
    "WebScrapingStrategy",
]
