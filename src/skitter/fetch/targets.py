"""What a URL asks for: the first thing a fetch reads, and what every redirect is read into."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from skitter.base import url as urls
from skitter.errors import InvalidURL

_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+(?P<port>:\d+)?(?:[/?#].*)?\Z", re.DOTALL)
_PLAIN = re.compile(r"(https?)://([^/?#:@\[]+)(?::(\d+))?(/[^?#]*)")
_NO_HOSTS = {"about:", "data:", "javascript:", "sms:", "tel:"}
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An http or https URL, taken apart.

    Attributes:
        url: Normalised, with its fragment and without user and password.
        scheme: `http` or `https`.
        host: Lower-case, IDNA-encoded; an IPv6 address without its brackets.
        port: The one that is connected to.
        path: Percent-encoded.
        auth: User and password that the URL held, None where it held none.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str
    auth: tuple[str, str] | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what credentials belong to."""
        return self.scheme, self.host, self.port

    @property
    def wire_url(self) -> str:
        """The URL without its fragment, which is never sent."""
        return self.url.partition("#")[0]


def is_local(url: str) -> bool:
    """Say whether *url* is a `raw:` page or a local file."""
    return url.lstrip()[:5].lower().startswith(("raw:", "file:"))


def read_target(text: str) -> Target:
    """Read a URL as a person or a page wrote it.

    Raises:
        InvalidURL: If it is not an http or https URL; the message says how it would be one.
    """
    text = text.strip()
    if text[:12].lower() == "view-source:":
        text = text[12:]
    try:
        parsed = urls.parse(text)
    except ValueError as error:
        raise InvalidURL(_advice(text), url=shown(text)) from error
    if parsed.protocol not in {"http:", "https:"}:
        raise InvalidURL(_advice(text), url=shown(text))
    return _target(parsed)


def redirected(base: Target, location: str) -> Target:
    """Return where a redirect leads: relative to *base*, whose fragment it inherits (RFC 9110, 10.2.2).

    Raises:
        InvalidURL: If that is no http or https URL.
    """
    try:
        parsed = urls.parse(location, base.url)
    except ValueError as error:
        msg = f"{shown(base.url)} redirects to {shown(location)!r}, which is no URL"
        raise InvalidURL(msg, url=base.url) from error
    if parsed.protocol not in {"http:", "https:"}:
        msg = f"{shown(base.url)} redirects to {shown(location)!r}; only http and https are followed"
        raise InvalidURL(msg, url=base.url)
    if not parsed.hash and "#" in base.url:
        parsed.hash = base.url.partition("#")[2]
    return _target(parsed)


def shown(url: str) -> str:
    """Return *url* for a message: cut when it is long, without a password."""
    start, mark, rest = url.partition("://")
    if mark and "@" in rest:
        authority, slash, path = rest.partition("/")
        url = f"{start}://{authority.rpartition('@')[2]}{slash}{path}"
    return url if len(url) <= _SHOWN else f"{url[:_SHOWN]}…"


def _target(parsed: Any) -> Target:
    if plain := _PLAIN.match(parsed.href):  # reading the parts of a parsed URL costs several times as much
        scheme, host, port, path = plain.groups()
        return Target(url=plain.string, scheme=scheme, host=host, port=int(port or _PORTS[scheme]), path=path)
    auth = None
    if parsed.username or parsed.password:
        auth = (unquote(parsed.username), unquote(parsed.password))
        parsed.username = parsed.password = ""
    scheme = parsed.protocol[:-1]
    return Target(
        url=parsed.href,
        scheme=scheme,
        host=parsed.hostname.strip("[]"),
        port=int(parsed.port) if parsed.port else _PORTS[scheme],
        path=parsed.pathname,
        auth=auth,
    )


def _advice(text: str) -> str:
    if not text:
        return "the URL is empty"
    scheme = _SCHEME.match(text)
    host = _HOST.match(text)
    if host and (scheme is None or scheme[0].lower() not in _NO_HOSTS):
        whole = f"{'http' if host['port'] else 'https'}://{text}"
        return f"{shown(text)!r} has no scheme: write {shown(whole)!r}"
    if text.startswith("//"):
        return f"{shown(text)!r} has no scheme: write {shown('https:' + text)!r}"
    if scheme is None:
        return f"{shown(text)!r} is no URL: http://, https://, file:// and raw: can be crawled"
    if scheme[0].lower() in {"http:", "https:"}:
        return f"{shown(text)!r} is no valid URL: look at its host and port"
    return f"{scheme[0]} URLs cannot be crawled ({shown(text)!r}): http://, https://, file:// and raw: can"
