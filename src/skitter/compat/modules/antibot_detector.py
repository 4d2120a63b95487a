"""The names of crawl4ai's `antibot_detector`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("antibot_detector")

__all__: list[str] = []
