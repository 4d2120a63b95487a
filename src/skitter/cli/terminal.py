"""What the program says: to the person in front of it on standard error, to what started it with its exit code."""

import re
import sys
from enum import IntEnum


class Exit(IntEnum):
    """How the program ends."""

    OK = 0
    FAILED = 1
    """Some pages failed; of `doctor`: something is broken."""
    USAGE = 2
    """An option, the input or the output is wrong."""
    INTERRUPTED = 130
    """Ctrl-C: 128 and the signal's number, as shells have it."""
    TERMINATED = 143
    """SIGTERM."""


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)")


def visible(text: str) -> str:
    r"""Return *text* with control characters written out, so that a page cannot steer a terminal; tabs and lines stay.

    Example:
        >>> print(visible("red: \x1b[31m"))
        red: \x1b[31m
    """
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def say(message: str) -> None:
    """Write one line to standard error; where that is closed, nothing happens."""
    line = visible(message.replace("\r\n", " ").replace("\n", " "))
    try:
        sys.stderr.write(f"skitter: {line}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return
    except UnicodeEncodeError:
        sys.stderr.write(f"skitter: {line.encode('ascii', 'backslashreplace').decode()}\n")


def short(url: str, most: int = 120) -> str:
    """Return *url* on one line, cut where it is longer than *most* characters."""
    return url if len(url) <= most else f"{url[: most - 1]}…"
