"""The names of crawl4ai's `async_configs`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.config import BrowserConfig, CrawlerRunConfig, MatchMode, UrlMatcher
    from skitter.config.wire import dump as to_serializable_dict
    from skitter.config.wire import load as from_serializable_dict
    from skitter.discover.options import LinkPreviewConfig
    from skitter.fetch.browser_options import GeolocationConfig, VirtualScrollConfig
    from skitter.fetch.http_config import HTTPCrawlerConfig
    from skitter.fetch.proxies import ProxyConfig
    from skitter.model.cache import CacheMode
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("async_configs")

__all__ = [
    "BrowserConfig",
    "CacheMode",
    "CrawlerRunConfig",
    "GeolocationConfig",
    "HTTPCrawlerConfig",
    "LinkPreviewConfig",
    "MatchMode",
    "ProxyConfig",
    "UrlMatcher",
    "VirtualScrollConfig",
    "from_serializable_dict",
    "to_serializable_dict",
]
