"""The names of crawl4ai's `async_database`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("async_database")

__all__: list[str] = []
