"""The names of crawl4ai's `async_logger`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.base.loggers import AsyncFileLogger, AsyncLogger, AsyncLoggerBase, LogColor, LogLevel
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("async_logger")

__all__ = ["AsyncFileLogger", "AsyncLogger", "AsyncLoggerBase", "LogColor", "LogLevel"]
