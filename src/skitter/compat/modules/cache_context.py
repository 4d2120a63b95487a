"""The names of crawl4ai's `cache_context`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.model.cache import CacheMode
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("cache_context")

__all__ = ["CacheMode"]
