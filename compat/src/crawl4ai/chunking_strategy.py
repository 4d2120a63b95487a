"""The names of crawl4ai's `chunking_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.extract.strategy import ChunkingStrategy, IdentityChunking, RegexChunking
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("chunking_strategy")

__all__ = ["ChunkingStrategy", "IdentityChunking", "RegexChunking"]
