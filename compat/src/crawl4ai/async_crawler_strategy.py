"""The names of crawl4ai's `async_crawler_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.errors import ConnectError as ConnectionError
    from skitter.errors import FetchError as HTTPCrawlerError
    from skitter.errors import FetchTimeout as ConnectionTimeoutError
    from skitter.errors import HTTPStatusError
    from skitter.fetch.strategy import AsyncCrawlerStrategy, AsyncHTTPCrawlerStrategy
    from skitter.model.crawl_response import AsyncCrawlResponse
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("async_crawler_strategy")

__all__ = [
    "AsyncCrawlResponse",
    "AsyncCrawlerStrategy",
    "AsyncHTTPCrawlerStrategy",
    "ConnectionError",
    "ConnectionTimeoutError",
    "HTTPCrawlerError",
    "HTTPStatusError",
]
