"""The names of crawl4ai's `deep_crawling`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("deep_crawling")

__all__: list[str] = []
