"""Options in, validated and immutable configs out; start with ``crawl.py``."""

from skitter.clean import FILTERS, BM25ContentFilterLXML, PruningContentFilterLXML
from skitter.config import wire
from skitter.config.browser import BrowserConfig
from skitter.config.crawl import CrawlerRunConfig
from skitter.config.matching import MatchMode, UrlMatcher
from skitter.config.request import CrawlRequest
from skitter.discover.options import LinkPreviewConfig
from skitter.extract.strategy import IdentityChunking, RegexChunking
from skitter.fetch.browser_options import GeolocationConfig, VirtualScrollConfig
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.proxies import ProxyConfig
from skitter.markdown.generator import DefaultMarkdownGenerator
from skitter.model.cache import CacheMode
from skitter.parse.tables import DefaultTableExtraction, NoTableExtraction

__all__ = ["BrowserConfig", "CrawlRequest", "CrawlerRunConfig", "MatchMode", "UrlMatcher"]

wire.register(
    *FILTERS,
    BrowserConfig,
    CacheMode,
    CrawlerRunConfig,
    DefaultMarkdownGenerator,
    DefaultTableExtraction,
    GeolocationConfig,
    HTTPCrawlerConfig,
    IdentityChunking,
    LinkPreviewConfig,
    MatchMode,
    NoTableExtraction,
    ProxyConfig,
    RegexChunking,
    VirtualScrollConfig,
    BM25ContentFilterLXML=BM25ContentFilterLXML,
    PruningContentFilterLXML=PruningContentFilterLXML,
)
