"""Where the library's log goes: coloured lines on a terminal, JSON lines elsewhere, always on standard error."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

from skitter.cli.terminal import visible

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_COLOURS = {"DEBUG": "\x1b[2m", "INFO": "\x1b[32m", "WARNING": "\x1b[33m", "ERROR": "\x1b[31m"}
_OFF = "\x1b[0m"


class JsonLines(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `event`, the event's facts, and `trace` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= _facts(record)
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Lines(logging.Formatter):
    """Time, level, event and facts for a person to read; a trace below them where there is one."""

    def __init__(self, *, colours: bool) -> None:
        super().__init__()
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        level = f"{record.levelname.lower():8}"
        if self._colours:
            level = f"{_COLOURS.get(record.levelname, '')}{level}{_OFF}"
        facts = "".join(f"  {name}={value}" for name, value in _facts(record).items() if value is not None)
        at = datetime.fromtimestamp(record.created).astimezone()
        line = f"{at:%H:%M:%S} {level} {visible(record.getMessage() + facts)}"
        return f"{line}\n{visible(self.formatException(record.exc_info))}" if record.exc_info else line


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the time: a progress line puts something of its own there."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # a property in the place of an attribute
        return sys.stderr


def set_up_logging(level: int) -> None:
    """Send what skitter logs at *level* and above to standard error.

    `NO_COLOR` in the environment turns colours off.
    """
    logger = logging.getLogger("skitter")
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    handler = _StandardError()
    handler.setFormatter(Lines(colours=not os.environ.get("NO_COLOR")) if on_terminal else JsonLines())
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False


def _facts(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
