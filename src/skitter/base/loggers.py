"""Loggers in the shape that crawling programs know: a tag, a message, coloured on a terminal, into a file if asked.

A crawler is told of no logger unless the program gives it one; what skitter itself notes goes to the loggers of the
standard library, `logging.getLogger("skitter")`, and those are silent until the program sets them up.
"""

import logging
import logging.handlers
import queue
import sys
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.console import Console


class LogLevel(IntEnum):
    """How important a message is, on the scale of the standard library."""

    DEFAULT = 0
    DEBUG = 10
    INFO = 20
    NOTICE = 22
    SUCCESS = 25
    WARNING = 30
    ERROR = 40
    EXCEPTION = 41
    CRITICAL = 50
    ALERT = 51
    FATAL = 52


class LogColor(StrEnum):
    """Colours of messages on a terminal, by the names `rich` has for them."""

    DEBUG = "bright_black"
    INFO = "cyan"
    SUCCESS = "green"
    WARNING = "yellow"
    ERROR = "red"
    CRITICAL = "bold red"


class PageLog(Protocol):
    """What a crawler asks of the logger it is given: to be told of each page at its end."""

    def url_status(self, url: str, success: bool, timing: float, tag: str = "FETCH") -> None:  # noqa: FBT001
        """Note that *url* was crawled in *timing* seconds."""
        ...

    def error_status(self, url: str, error: str, tag: str = "ERROR") -> None:
        """Note why *url* failed."""
        ...


class AsyncLoggerBase(ABC):
    """A logger for a crawler; subclass it to send the messages elsewhere. No method may block."""

    @abstractmethod
    def debug(self, message: str, tag: str = "DEBUG", **options: Any) -> None:
        """Note a step."""

    @abstractmethod
    def info(self, message: str, tag: str = "INFO", **options: Any) -> None:
        """Note what happened."""

    @abstractmethod
    def success(self, message: str, tag: str = "SUCCESS", **options: Any) -> None:
        """Note what went well."""

    @abstractmethod
    def warning(self, message: str, tag: str = "WARNING", **options: Any) -> None:
        """Note what someone should look at."""

    @abstractmethod
    def error(self, message: str, tag: str = "ERROR", **options: Any) -> None:
        """Note what failed."""

    @abstractmethod
    def url_status(
        self,
        url: str,
        success: bool,  # noqa: FBT001  # the signature that programs know
        timing: float,
        tag: str = "FETCH",
        url_length: int = 100,
    ) -> None:
        """Note that *url* was crawled in *timing* seconds."""

    @abstractmethod
    def error_status(self, url: str, error: str, tag: str = "ERROR", url_length: int = 50) -> None:
        """Note why *url* failed."""

    def notice(self, message: str, tag: str = "NOTICE", **options: Any) -> None:
        """Note what is worth more than `info`."""
        self.info(message, tag, **options)

    def exception(self, message: str, tag: str = "EXCEPTION", **options: Any) -> None:
        """Note what failed by an exception."""
        self.error(message, tag, **options)

    def critical(self, message: str, tag: str = "CRITICAL", **options: Any) -> None:
        """Note what ends the work."""
        self.error(message, tag, **options)

    def alert(self, message: str, tag: str = "ALERT", **options: Any) -> None:
        """Note what someone must look at now."""
        self.critical(message, tag, **options)

    def fatal(self, message: str, tag: str = "FATAL", **options: Any) -> None:
        """Note what ended the work."""
        self.critical(message, tag, **options)


class AsyncLogger(AsyncLoggerBase):
    """Writes to standard error, and into a file if there is one; a thread of its own does the writing.

    Messages may hold `{name}` placeholders, filled from `params={"name": …}`.

    Args:
        log_file: Appended to, its folder made if needed; None writes no file.
        log_level: Messages below are dropped.
        tag_width: Characters a tag is padded to.
        icons: What stands before a message, by tag; added to the built-in ones.
        colors: Colours of `rich` by level; added to the built-in ones.
        verbose: Whether to write to standard error; can be changed at any time.
        console: Where to write instead of standard error.
    """

    def __init__(
        self,
        log_file: str | Path | None = None,
        log_level: LogLevel | int = LogLevel.DEBUG,
        tag_width: int = 10,
        icons: Mapping[str, str] | None = None,
        colors: Mapping[LogLevel, str] | None = None,
        verbose: bool = True,  # noqa: FBT001, FBT002  # the signature that programs know
        console: "Console | None" = None,
    ) -> None:
        self.log_file = None if log_file is None else Path(log_file)
        self.log_level = log_level
        self.tag_width = tag_width
        self.icons = {**_ICONS, **(icons or {})}
        self.colors = {**_COLORS, **(colors or {})}
        self.verbose = verbose
        self.console = console
        self._writer: _Writer | None = None
        self._changing_writer = threading.Lock()

    def log(self, level: LogLevel, message: str, tag: str, **options: Any) -> None:
        """Note *message* under *tag*.

        Args:
            level: How important it is.
            message: What happened.
            tag: A word that says what it is about.
            options: `params` fill the message's placeholders; `color` replaces the level's, `force_verbose` writes it
                to standard error whatever `verbose` says. Others are ignored.
        """
        if level < self.log_level:
            return
        shown = self.verbose or bool(options.get("force_verbose"))
        if not shown and self.log_file is None:
            return
        record = logging.LogRecord("skitter", level, "", 0, _filled(message, options.get("params")), None, None)
        record.levelname = level.name
        record.tag = f"{f'[{tag}]':<{self.tag_width + 2}}"
        record.icon = self.icons.get(tag, self.icons["INFO"])
        record.color = options.get("color") or self.colors.get(level, "")
        record.shown = shown
        with self._changing_writer:
            if self._writer is None:
                self._writer = _Writer(self.log_file, self.console)
                self._end = weakref.finalize(self, self._writer.stop)
            self._writer.put(record)

    def close(self) -> None:
        """Write what is waiting and end the thread; a message after that starts a new one."""
        with self._changing_writer:
            if self._writer is not None:
                self._writer = None
                self._end()

    def debug(self, message: str, tag: str = "DEBUG", **options: Any) -> None:
        """Note a step."""
        self.log(LogLevel.DEBUG, message, tag, **options)

    def info(self, message: str, tag: str = "INFO", **options: Any) -> None:
        """Note what happened."""
        self.log(LogLevel.INFO, message, tag, **options)

    def notice(self, message: str, tag: str = "NOTICE", **options: Any) -> None:
        """Note what is worth more than `info`."""
        self.log(LogLevel.NOTICE, message, tag, **options)

    def success(self, message: str, tag: str = "SUCCESS", **options: Any) -> None:
        """Note what went well."""
        self.log(LogLevel.SUCCESS, message, tag, **options)

    def warning(self, message: str, tag: str = "WARNING", **options: Any) -> None:
        """Note what someone should look at."""
        self.log(LogLevel.WARNING, message, tag, **options)

    def error(self, message: str, tag: str = "ERROR", **options: Any) -> None:
        """Note what failed."""
        self.log(LogLevel.ERROR, message, tag, **options)

    def exception(self, message: str, tag: str = "EXCEPTION", **options: Any) -> None:
        """Note what failed by an exception."""
        self.log(LogLevel.EXCEPTION, message, tag, **options)

    def critical(self, message: str, tag: str = "CRITICAL", **options: Any) -> None:
        """Note what ends the work."""
        self.log(LogLevel.CRITICAL, message, tag, **options)

    def alert(self, message: str, tag: str = "ALERT", **options: Any) -> None:
        """Note what someone must look at now."""
        self.log(LogLevel.ALERT, message, tag, **options)

    def fatal(self, message: str, tag: str = "FATAL", **options: Any) -> None:
        """Note what ended the work."""
        self.log(LogLevel.FATAL, message, tag, **options)

    def url_status(
        self,
        url: str,
        success: bool,  # noqa: FBT001  # the signature that programs know
        timing: float,
        tag: str = "FETCH",
        url_length: int = 100,
    ) -> None:
        """Note that *url* was crawled in *timing* seconds."""
        level, outcome = (LogLevel.SUCCESS, "ok") if success else (LogLevel.ERROR, "failed")
        self.log(level, f"{_short(url, url_length)}  {outcome}  {timing:.2f} s", tag)

    def error_status(self, url: str, error: str, tag: str = "ERROR", url_length: int = 50) -> None:
        """Note why *url* failed."""
        self.log(LogLevel.ERROR, f"{_short(url, url_length)}  {error}", tag)


class AsyncFileLogger(AsyncLogger):
    """Writes into a file only."""

    def __init__(self, log_file: str | Path) -> None:
        super().__init__(log_file=log_file, verbose=False)


_ICONS = {
    "INIT": "→",
    "READY": "✓",
    "FETCH": "↓",
    "SCRAPE": "◇",
    "EXTRACT": "◆",
    "COMPLETE": "●",
    "SUCCESS": "✓",
    "DEBUG": "·",
    "INFO": "i",
    "WARNING": "!",
    "ERROR": "x",
}
_COLORS = {
    LogLevel.DEBUG: LogColor.DEBUG,
    LogLevel.INFO: LogColor.INFO,
    LogLevel.NOTICE: LogColor.INFO,
    LogLevel.SUCCESS: LogColor.SUCCESS,
    LogLevel.WARNING: LogColor.WARNING,
    LogLevel.ERROR: LogColor.ERROR,
    LogLevel.EXCEPTION: LogColor.ERROR,
    LogLevel.CRITICAL: LogColor.CRITICAL,
    LogLevel.ALERT: LogColor.CRITICAL,
    LogLevel.FATAL: LogColor.CRITICAL,
}
_MOST_WAITING = 10_000
"""Records that may wait for a slow terminal or disk; further ones are counted and dropped, so that nobody waits."""


class _Writer:
    """A thread that writes records, so that their maker never waits."""

    def __init__(self, log_file: Path | None, console: "Console | None") -> None:
        handlers: list[logging.Handler] = [_ConsoleHandler(console)]
        if log_file is not None:
            log_file.parent.mkdir(parents=True, exist_ok=True)
            handlers.append(_file_handler(log_file))
        self._handlers = handlers
        self._queue: queue.Queue[Any] = queue.Queue(_MOST_WAITING)
        self._dropped = 0
        self._listener = logging.handlers.QueueListener(self._queue, *handlers)
        self._listener.start()

    def put(self, record: logging.LogRecord) -> None:
        try:
            if self._dropped:
                record.msg = f"{record.msg}  ({self._dropped} messages before it were dropped)"
            self._queue.put_nowait(record)
            self._dropped = 0
        except queue.Full:
            self._dropped += 1

    def stop(self) -> None:
        # the listener's own way to say "the end" fails where the queue is full
        while self._queue.full():
            self._queue.get_nowait()
        self._listener.stop()
        for handler in self._handlers:
            handler.close()


class _ConsoleHandler(logging.Handler):
    """Writes to standard error as it is at that time, or to a `rich` console; in colour where that is a terminal."""

    def __init__(self, console: "Console | None") -> None:
        super().__init__()
        self._console = console
        self._given = console is not None

    def emit(self, record: logging.LogRecord) -> None:
        if not record.shown:  # type: ignore[attr-defined]  # set by AsyncLogger, as all of them below
            return
        line = f"{record.tag} {record.icon} {_printable(record.getMessage())}"  # type: ignore[attr-defined]
        try:
            if self._given or sys.stderr.isatty():
                self._print(line, str(record.color))  # type: ignore[attr-defined]
            else:
                sys.stderr.write(line + "\n")
        except (OSError, ValueError):  # the terminal is gone, or the stream closed: there is nobody to tell
            record.shown = False

    def _print(self, line: str, color: str) -> None:
        from rich.console import Console
        from rich.text import Text

        if self._console is None:
            self._console = Console(stderr=True)
        self._console.print(Text(line, style=color), soft_wrap=True)


def _file_handler(log_file: Path) -> logging.Handler:
    handler = logging.FileHandler(log_file, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(_FileFormatter("%(asctime)s %(levelname)-9s %(tag)s %(message)s"))
    return handler


class _FileFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _printable(super().format(record))


def _filled(message: str, params: Mapping[str, Any] | None) -> str:
    if not params:
        return message
    try:
        return message.format(**params)
    except (LookupError, ValueError):  # a message that holds braces of its own
        return message


def _short(url: str, length: int) -> str:
    if len(url) <= length:
        return f"{url:<{length}}"
    tail = length // 3
    return f"{url[: length - tail - 1]}…{url[len(url) - tail :]}"


def _printable(text: str) -> str:
    """Return *text* without what would move the cursor or start a line of its own: pages decide what URLs hold."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
