"""The names of crawl4ai's `async_dispatcher`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.dispatch import (
        BaseDispatcher,
        CrawlerMonitor,
        DisplayMode,
        MemoryAdaptiveDispatcher,
        RateLimiter,
        SemaphoreDispatcher,
    )
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("async_dispatcher")

__all__ = [
    "BaseDispatcher",
    "CrawlerMonitor",
    "DisplayMode",
    "MemoryAdaptiveDispatcher",
    "RateLimiter",
    "SemaphoreDispatcher",
]
