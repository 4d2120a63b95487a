"""HTTP headers: what is read from them, and which ones may be sent."""

import re
from collections.abc import Iterable, Mapping
from email.utils import mktime_tz, parsedate_tz

from skitter.errors import ConfigError

Pairs = Iterable[tuple[bytes | memoryview, bytes | memoryview]]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

ON_ONE_ORIGIN = frozenset({"authorization", "cookie", "host", "proxy-authorization"})
"""Headers of the caller's that are not sent to another origin than the one that was asked for."""

OF_A_BODY = frozenset(
    {"content-encoding", "content-language", "content-length", "content-location", "content-type", "transfer-encoding"}
)
"""Headers that go when a redirect turns a request into one without a body."""


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return how long a server asks to wait, in seconds from *now*; None if it does not say (RFC 9110, 10.2.3).

    Args:
        headers: By lower-case name.
        now: Seconds since the epoch, for a date.
    """
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    seconds = said.partition(",")[0].strip() if said[0].isdigit() else said
    try:
        asked_s = float(seconds)
    except ValueError:
        moment_s = http_date(said)
        return None if moment_s is None else max(0.0, moment_s - now)
    return asked_s if 0 <= asked_s < float("inf") else None


def http_date(text: str) -> float | None:
    """Return a date of a header in seconds since the epoch, None if it is none; any format in use is read."""
    try:
        parts = parsedate_tz(text)
        return None if parts is None else float(mktime_tz(parts))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def read_headers(pairs: Pairs) -> dict[str, str]:
    """Return headers by lower-case name.

    Several of one name are joined by ", ", Set-Cookie by a line feed; of Location, the first counts.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name = str(raw_name, "latin-1").lower()
        value = text_of(raw_value)
        if name in headers:
            if name == "location":
                continue
            value = f"{headers[name]}\n{value}" if name == "set-cookie" else f"{headers[name]}, {value}"
        headers[name] = value
    return headers


def text_of(value: bytes | memoryview) -> str:
    """Return a header's value as text: UTF-8 where it is that, else Latin-1."""
    try:
        return str(value, "utf-8")
    except UnicodeDecodeError:
        return str(value, "latin-1")


def checked(headers: Mapping[str, str], where: str) -> dict[str, tuple[str, str]]:
    """Return headers to send by lower-case name, each with the name as it was spelled and its value.

    Args:
        headers: As the caller gave them.
        where: Where they were given, for the message.

    Raises:
        ConfigError: If a name or a value cannot be sent, such as one with a line break.
    """
    read: dict[str, tuple[str, str]] = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.match(name):
            msg = f"{where}: {name!r} is no name of a header"
            raise ConfigError(msg)
        if not isinstance(value, str) or _BAD_VALUE.search(value):
            msg = f"{where}: the value of `{name}` must be text without control characters"
            raise ConfigError(msg)
        read[name.lower()] = (name, value)
    return read
