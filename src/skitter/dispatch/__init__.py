"""How many pages at once, how fast, and who watches.

In: what a crawl asks ("may another start?", "when may this host be asked again?"). Out: an answer. Nothing here runs a
crawl; ``base.py`` says what a dispatcher is, ``rate_limiter.py`` and ``memory_adaptive.py`` hold the state machines.
"""

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
