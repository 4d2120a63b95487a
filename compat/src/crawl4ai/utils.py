"""The names of crawl4ai's `utils`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.compat.functions import get_base_domain, is_external_url, normalize_url
    from skitter.dispatch.memory import (
        MemoryMonitor,
        get_memory_stats,
        get_true_available_memory_gb,
        get_true_memory_usage_percent,
    )
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("utils")

__all__ = [
    "MemoryMonitor",
    "get_base_domain",
    "get_memory_stats",
    "get_true_available_memory_gb",
    "get_true_memory_usage_percent",
    "is_external_url",
    "normalize_url",
]
