"""The names of crawl4ai's `cache_validator`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("cache_validator")

__all__: list[str] = []
