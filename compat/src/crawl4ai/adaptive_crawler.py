"""The names of crawl4ai's `adaptive_crawler`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("adaptive_crawler")

__all__: list[str] = []
