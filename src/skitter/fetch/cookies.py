"""Cookies by RFC 6265: received for one URL, sent to those they are for.

The engine's own jar hands a cookie for `com` to every .com site; this one asks the public suffix list. A jar is a plain
state machine: the time is passed in.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skitter.base.url import is_public_suffix
from skitter.errors import ConfigError, InvalidURL
from skitter.fetch.headers import http_date
from skitter.fetch.targets import Target, read_target

_MOST = 3000
_MOST_OF_A_DOMAIN = 180
_LONGEST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One cookie and what it is for.

    Attributes:
        domain: Lower-case, without a leading dot.
        host_only: Whether subdomains of *domain* do not get it.
        secure: Whether it is sent over https only.
        expires_s: Seconds since the epoch, None for a session cookie.
    """

    name: str
    value: str
    domain: str
    path: str = "/"
    host_only: bool = True
    secure: bool = False
    expires_s: float | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Cookie":
        """Read a cookie as users and browsers write it down: name, value, and url or domain (with path, expires, …).

        Raises:
            ConfigError: If it is not clear what it is or which site it is for.
        """
        name, value = str(values.get("name") or ""), str(values.get("value", ""))
        if not name or any(sign in name + value for sign in ";\r\n\0"):
            msg = f"a cookie needs a name, and no `;` or line break: its name is {name!r}"
            raise ConfigError(msg)
        url, domain = values.get("url"), str(values.get("domain") or "").lower()
        if not url and not domain:
            msg = f"cookie {name!r}: say which site it is for, by `url` or by `domain`"
            raise ConfigError(msg)
        try:
            host = domain.lstrip(".") or read_target(str(url)).host
        except InvalidURL as error:
            msg = f"cookie {name!r}: {error}"
            raise ConfigError(msg) from error
        expires_s = values.get("expires")
        if not isinstance(expires_s, int | float) or expires_s < 0:
            expires_s = None  # browsers write -1 for a session cookie
        return cls(
            name=name,
            value=value,
            domain=host,
            path=str(values.get("path") or "/"),
            # a domain without its dot is that host alone, as browsers write it down
            host_only=not domain.startswith("."),
            secure=bool(values.get("secure", False)),
            expires_s=expires_s,
        )


class CookieJar:
    """The cookies of one crawl or one session.

    Args:
        cookies: What it starts with.
    """

    __slots__ = ("_by_domain", "_count", "changes")

    def __init__(self, cookies: Iterable[Cookie] = ()) -> None:
        self._by_domain: dict[str, dict[tuple[str, str], Cookie]] = {}
        self._count = 0
        self.changes = 0
        """How often its content changed: a redirect to the same URL with other cookies is no loop."""
        for cookie in cookies:
            self._keep(cookie)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Cookie]:
        for cookies in self._by_domain.values():
            yield from cookies.values()

    def receive(self, lines: str, target: Target, now: float) -> None:
        """Take in the Set-Cookie headers of an answer.

        Args:
            lines: One cookie a line.
            target: Where they came from.
            now: Seconds since the epoch.
        """
        for line in lines.split("\n"):
            if (cookie := _parse(line, target, now)) is not None:
                self._store(cookie, target, now)

    def header_for(self, target: Target, now: float) -> str:
        """Return the Cookie header for *target*, "" where no cookie is for it."""
        found = [cookie for cookie in self._for_host(target.host) if _is_for(cookie, target, now)]
        found.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" if cookie.name else cookie.value for cookie in found)

    def _for_host(self, host: str) -> Iterator[Cookie]:
        domain = host
        while True:
            for cookie in self._by_domain.get(domain, {}).values():
                if domain == host or not cookie.host_only:
                    yield cookie
            domain = domain.partition(".")[2]
            if not domain or _is_address(host):
                return

    def _store(self, cookie: Cookie, target: Target, now: float) -> None:
        key = (cookie.path, cookie.name)
        kept = self._by_domain.get(cookie.domain, {})
        old = kept.get(key)
        if old is not None and old.secure and target.scheme != "https":
            return  # an insecure answer does not replace a secure cookie (RFC 6265bis, 5.7)
        if cookie.expires_s is not None and cookie.expires_s <= now:
            if kept.pop(key, None) is not None:
                self.changes += 1
                self._count -= 1
        elif cookie != old:
            self._keep(cookie)

    def _keep(self, cookie: Cookie) -> None:
        self.changes += 1
        kept = self._by_domain.setdefault(cookie.domain, {})
        before = len(kept)
        kept[cookie.path, cookie.name] = cookie
        if len(kept) > _MOST_OF_A_DOMAIN:
            del kept[next(iter(kept))]
        self._count += len(kept) - before
        if self._count > _MOST:
            self._count -= len(self._by_domain.pop(next(iter(self._by_domain))))


def _parse(line: str, target: Target, now: float) -> Cookie | None:
    """Read one Set-Cookie header (RFC 6265, 5.2); None where it is to be ignored."""
    if len(line) > _LONGEST or any(sign < " " and sign != "\t" for sign in line):
        return None
    pair, *rest = line.split(";")
    name, mark, value = (part.strip() for part in pair.partition("="))
    if not mark:
        name, value = "", name
    if not name and not value:
        return None
    attributes = {
        key.strip().lower(): said.strip() for key, _, said in (attribute.partition("=") for attribute in rest)
    }
    domain = _domain(attributes.get("domain", "").lower().removeprefix("."), target)
    secure = "secure" in attributes
    path = attributes.get("path", "")
    if domain is None or (secure and target.scheme != "https"):
        return None
    cookie = Cookie(
        name=name,
        value=value,
        domain=domain or target.host,
        path=path if path.startswith("/") else _default_path(target.path),
        host_only=not domain,
        secure=secure,
        expires_s=_expiry(attributes, now),
    )
    return cookie if _keeps_its_promise(cookie, path) else None


def _keeps_its_promise(cookie: Cookie, path: str) -> bool:
    name = cookie.name.lower()
    if name.startswith("__host-"):
        return cookie.secure and cookie.host_only and path == "/"
    return cookie.secure or not name.startswith("__secure-")


def _domain(said: str, target: Target) -> str | None:
    """Return the domain a cookie is for: "" for the host alone, None where it may not be set."""
    if not said:
        return ""
    if said == target.host:
        return "" if _is_address(said) or is_public_suffix(said) else said
    if not target.host.endswith("." + said) or _is_address(target.host) or is_public_suffix(said):
        return None
    return said


def _expiry(attributes: Mapping[str, str], now: float) -> float | None:
    age = attributes.get("max-age", "")
    if age.lstrip("-").isascii() and age.lstrip("-").isdigit():
        return now + int(age[:12])
    return http_date(attributes["expires"]) if "expires" in attributes else None


def _default_path(path: str) -> str:
    return path[: path.rfind("/")] or "/"


def _is_for(cookie: Cookie, target: Target, now: float) -> bool:
    if cookie.secure and target.scheme != "https":
        return False
    if cookie.expires_s is not None and cookie.expires_s <= now:
        return False
    if not target.path.startswith(cookie.path):
        return False
    return cookie.path.endswith("/") or target.path[len(cookie.path) :][:1] in {"", "/"}


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
