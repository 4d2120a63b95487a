"""The names of crawl4ai's `async_crawler_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.errors import ConnectError, HTTPStatusError
    from skitter.errors import FetchError as HTTPCrawlerError
    from skitter.errors import FetchTimeout as ConnectionTimeoutError
    from skitter.fetch.strategy import AsyncCrawlerStrategy, AsyncCrawlResponse, AsyncHTTPCrawlerStrategy
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("async_crawler_strategy")

__all__ = [
    "AsyncCrawlResponse",
    "AsyncCrawlerStrategy",
    "AsyncHTTPCrawlerStrategy",
    "ConnectError",
    "ConnectionTimeoutError",
    "HTTPCrawlerError",
    "HTTPStatusError",
]
