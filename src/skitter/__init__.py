"""Skitter crawls many URLs, fast and politely, into clean Markdown and structured data.

Every public name is here; each is loaded when it is first asked for.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import skitter.crawl as _folder

if TYPE_CHECKING:
    from skitter.base.loggers import AsyncFileLogger, AsyncLogger, AsyncLoggerBase, LogLevel
    from skitter.clean import BM25ContentFilter, PruningContentFilter, PruningContentFilterLXML, RelevantContentFilter
    from skitter.config import BrowserConfig, CrawlerRunConfig, CrawlRequest, MatchMode
    from skitter.crawl.scraping import LXMLWebScrapingStrategy, WebScrapingStrategy
    from skitter.crawler import AsyncWebCrawler, crawl
    from skitter.discover.options import LinkPreviewConfig
    from skitter.dispatch import (
        BaseDispatcher,
        CrawlerMonitor,
        DisplayMode,
        MemoryAdaptiveDispatcher,
        MemoryMonitor,
        RateLimiter,
        SemaphoreDispatcher,
        get_memory_stats,
        get_true_available_memory_gb,
        get_true_memory_usage_percent,
    )
    from skitter.errors import (
        Blocked,
        BrowserRequired,
        ConfigError,
        ConnectError,
        CrawlerClosed,
        CrawlError,
        DecodeError,
        DNSError,
        ExtractError,
        FetchError,
        FetchTimeout,
        HTTPStatusError,
        InvalidURL,
        MemoryShortage,
        MissingExtra,
        NotFound,
        ParseError,
        ProxyError,
        RobotsDenied,
        TLSError,
        TooLarge,
        TooManyRedirects,
    )
    from skitter.extract.strategy import (
        ChunkingStrategy,
        ExtractionStrategy,
        IdentityChunking,
        NoExtractionStrategy,
        RegexChunking,
    )
    from skitter.fetch.browser_options import GeolocationConfig, VirtualScrollConfig
    from skitter.fetch.http_config import HTTPCrawlerConfig
    from skitter.fetch.proxies import ProxyConfig, ProxyRotationStrategy, RoundRobinProxyStrategy
    from skitter.fetch.strategy import AsyncCrawlerStrategy, AsyncHTTPCrawlerStrategy
    from skitter.markdown.generator import DefaultMarkdownGenerator, MarkdownGenerationStrategy
    from skitter.model.cache import CacheMode
    from skitter.model.certificate import SSLCertificate
    from skitter.model.crawl_response import AsyncCrawlResponse
    from skitter.model.markdown import MarkdownGenerationResult
    from skitter.model.result import CrawlFailure, CrawlResult, DispatchResult
    from skitter.model.scraping import ContentScrapingStrategy, ScrapingResult
    from skitter.parse.tables import DefaultTableExtraction, NoTableExtraction, TableExtractionStrategy

__version__ = "0.1.0"

_HOMES = {
    "base.loggers": "AsyncFileLogger AsyncLogger AsyncLoggerBase LogLevel",
    "clean": "BM25ContentFilter PruningContentFilter PruningContentFilterLXML RelevantContentFilter",
    "config": "BrowserConfig CrawlRequest CrawlerRunConfig MatchMode",
    "crawl.scraping": "LXMLWebScrapingStrategy WebScrapingStrategy",
    "crawler": "AsyncWebCrawler crawl",
    "discover.options": "LinkPreviewConfig",
    "dispatch": "BaseDispatcher CrawlerMonitor DisplayMode MemoryAdaptiveDispatcher MemoryMonitor RateLimiter"
    " SemaphoreDispatcher get_memory_stats get_true_available_memory_gb get_true_memory_usage_percent",
    "errors": "Blocked BrowserRequired ConfigError ConnectError CrawlError CrawlerClosed DNSError DecodeError"
    " ExtractError FetchError FetchTimeout HTTPStatusError InvalidURL MemoryShortage MissingExtra NotFound ParseError"
    " ProxyError RobotsDenied TLSError TooLarge TooManyRedirects",
    "extract.strategy": "ChunkingStrategy ExtractionStrategy IdentityChunking NoExtractionStrategy RegexChunking",
    "fetch.browser_options": "GeolocationConfig VirtualScrollConfig",
    "fetch.http_config": "HTTPCrawlerConfig",
    "fetch.proxies": "ProxyConfig ProxyRotationStrategy RoundRobinProxyStrategy",
    "fetch.strategy": "AsyncCrawlerStrategy AsyncHTTPCrawlerStrategy",
    "markdown.generator": "DefaultMarkdownGenerator MarkdownGenerationStrategy",
    "model.cache": "CacheMode",
    "model.certificate": "SSLCertificate",
    "model.crawl_response": "AsyncCrawlResponse",
    "model.markdown": "MarkdownGenerationResult",
    "model.result": "CrawlFailure CrawlResult DispatchResult",
    "model.scraping": "ContentScrapingStrategy ScrapingResult",
    "parse.tables": "DefaultTableExtraction NoTableExtraction TableExtractionStrategy",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AsyncCrawlResponse",
    "AsyncCrawlerStrategy",
    "AsyncFileLogger",
    "AsyncHTTPCrawlerStrategy",
    "AsyncLogger",
    "AsyncLoggerBase",
    "AsyncWebCrawler",
    "BM25ContentFilter",
    "BaseDispatcher",
    "Blocked",
    "BrowserConfig",
    "BrowserRequired",
    "CacheMode",
    "ChunkingStrategy",
    "ConfigError",
    "ConnectError",
    "ContentScrapingStrategy",
    "CrawlError",
    "CrawlFailure",
    "CrawlRequest",
    "CrawlResult",
    "CrawlerClosed",
    "CrawlerMonitor",
    "CrawlerRunConfig",
    "DNSError",
    "DecodeError",
    "DefaultMarkdownGenerator",
    "DefaultTableExtraction",
    "DispatchResult",
    "DisplayMode",
    "ExtractError",
    "ExtractionStrategy",
    "FetchError",
    "FetchTimeout",
    "GeolocationConfig",
    "HTTPCrawlerConfig",
    "HTTPStatusError",
    "IdentityChunking",
    "InvalidURL",
    "LXMLWebScrapingStrategy",
    "LinkPreviewConfig",
    "LogLevel",
    "MarkdownGenerationResult",
    "MarkdownGenerationStrategy",
    "MatchMode",
    "MemoryAdaptiveDispatcher",
    "MemoryMonitor",
    "MemoryShortage",
    "MissingExtra",
    "NoExtractionStrategy",
    "NoTableExtraction",
    "NotFound",
    "ParseError",
    "ProxyConfig",
    "ProxyError",
    "ProxyRotationStrategy",
    "PruningContentFilter",
    "PruningContentFilterLXML",
    "RateLimiter",
    "RegexChunking",
    "RelevantContentFilter",
    "RobotsDenied",
    "RoundRobinProxyStrategy",
    "SSLCertificate",
    "ScrapingResult",
    "SemaphoreDispatcher",
    "TLSError",
    "TableExtractionStrategy",
    "TooLarge",
    "TooManyRedirects",
    "VirtualScrollConfig",
    "WebScrapingStrategy",
    "__version__",
    "crawl",
    "get_memory_stats",
    "get_true_available_memory_gb",
    "get_true_memory_usage_percent",
]

# Modules that programs of crawl4ai import from, found here too: `from skitter.async_dispatcher import RateLimiter`.
__path__.append(f"{__path__[0]}/compat/modules")


def __getattr__(name: str) -> Any:
    if home := _HOME_OF.get(name):
        value = getattr(import_module(f"skitter.{home}"), name)
        globals()[name] = value
        return value
    if name.startswith("__"):
        msg = f"module 'skitter' has no attribute {name!r}"
        raise AttributeError(msg)
    return import_module("skitter.compat.lookup").refuse(__name__, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _CallableFolder(ModuleType):
    """The folder `skitter.crawl`, which is also the function of that name: a module is what the import system sets."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return import_module("skitter.crawler").crawl(*arguments, **options)


_folder.__class__ = _CallableFolder
