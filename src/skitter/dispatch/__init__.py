"""How many pages at once, how fast, and who watches.

In: what a crawl asks ("may another start?", "when may this host be asked again?"). Out: an answer. Nothing here runs a
crawl; ``base.py`` says what a dispatcher is, ``rate_limiter.py`` and ``memory_adaptive.py`` hold the state machines.

The names are loaded when they are asked for: worker processes need this package's options and nothing else of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skitter.dispatch.base import BaseDispatcher, CrawlerTaskResult, Gate
    from skitter.dispatch.default import dispatcher_for
    from skitter.dispatch.memory import (
        MemoryMonitor,
        MemoryStats,
        get_memory_stats,
        get_true_available_memory_gb,
        get_true_memory_usage_percent,
    )
    from skitter.dispatch.memory_adaptive import MemoryAdaptiveDispatcher
    from skitter.dispatch.monitor import CrawlerMonitor
    from skitter.dispatch.progress import CrawlStats, CrawlStatus, DisplayMode
    from skitter.dispatch.rate_limiter import RateLimiter
    from skitter.dispatch.semaphore import SemaphoreDispatcher

_HOMES = {
    "base": "BaseDispatcher CrawlerTaskResult Gate",
    "default": "dispatcher_for",
    "memory": "MemoryMonitor MemoryStats get_memory_stats get_true_available_memory_gb get_true_memory_usage_percent",
    "memory_adaptive": "MemoryAdaptiveDispatcher",
    "monitor": "CrawlerMonitor",
    "progress": "CrawlStats CrawlStatus DisplayMode",
    "rate_limiter": "RateLimiter",
    "semaphore": "SemaphoreDispatcher",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "BaseDispatcher",
    "CrawlStats",
    "CrawlStatus",
    "CrawlerMonitor",
    "CrawlerTaskResult",
    "DisplayMode",
    "Gate",
    "MemoryAdaptiveDispatcher",
    "MemoryMonitor",
    "MemoryStats",
    "RateLimiter",
    "SemaphoreDispatcher",
    "dispatcher_for",
    "get_memory_stats",
    "get_true_available_memory_gb",
    "get_true_memory_usage_percent",
]


def __getattr__(name: str) -> Any:
    if (home := _HOME_OF.get(name)) is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{home}"), name)
