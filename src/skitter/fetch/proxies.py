"""Proxies: how one is written, and which one a crawl goes through."""

import os
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from pydantic import field_validator, model_validator

from skitter.base import url as urls
from skitter.base.clock import epoch
from skitter.base.options import Strategy

_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}
_CLEAN_AT = 1000
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]\\]+)(?::(?P<port>\d{1,5}))?/?\Z")


class ProxyConfig(Strategy):
    """One proxy server."""

    DIRECT: ClassVar[str] = "direct"
    """Stands for no proxy in a list of proxies."""

    server: str
    """`scheme://host:port`; http, https, socks4, socks4a, socks5 or socks5h, http where none is said.

    User and password in it are moved to their fields.
    """

    username: str | None = None
    """User name for the proxy."""

    password: str | None = None
    """Password for the proxy."""

    ip: str | None = None
    """The address the proxy is known to go out by; informative."""

    @model_validator(mode="before")
    @classmethod
    def _move_credentials(cls, values: Any) -> Any:
        if not isinstance(values, dict) or not isinstance(values.get("server"), str):
            return values
        scheme, mark, rest = values["server"].strip().rpartition("://")
        user, at, place = rest.rpartition("@")
        if not at:
            return values
        name, _, password = user.partition(":")
        held = {"username": unquote(name) or None, "password": unquote(password) or None}
        said = {key: value for key, value in values.items() if value is not None}
        return held | said | {"server": f"{scheme}{mark}{place}"}

    @field_validator("server")
    @classmethod
    def _read_server(cls, server: str) -> str:
        scheme, _, authority = server.strip().rpartition("://")
        scheme = scheme.lower() or "http"
        if scheme not in _SCHEMES:
            msg = f"a proxy's scheme is one of {', '.join(_SCHEMES)}, not {scheme!r}"
            raise ValueError(msg)
        found = _AUTHORITY.match(authority)
        try:
            host = urls.parse(f"http://{found['host']}").hostname if found else ""
        except ValueError:
            host = ""
        port = int(found["port"] or _PORTS.get(scheme, 1080)) if found else 0
        if not host or not 0 < port < 65536:
            msg = "a proxy is written scheme://host:port, an IPv6 address in brackets"
            raise ValueError(msg)
        return f"{scheme}://{host}:{port}"

    @classmethod
    def from_string(cls, text: str) -> "ProxyConfig":
        """Read `scheme://user:pass@host:port`, `host:port:user:pass` or `host:port`.

        A special character in a user or password of the first form is percent-encoded.

        Raises:
            ValueError: If it is written in no such way.
        """
        text = text.strip()
        if "://" in text or "@" in text or text.startswith("["):
            return cls(server=text)
        parts = text.split(":", 3)
        if len(parts) == 4 and parts[1].isdigit():
            host, port, username, password = parts
            return cls(server=f"http://{host}:{port}", username=username or None, password=password or None)
        return cls(server=text)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ProxyConfig":
        """Read a proxy from its fields."""
        return cls(**values)

    @classmethod
    def from_env(cls, variable: str = "PROXIES") -> "list[ProxyConfig]":
        """Read the proxies in an environment variable, separated by commas."""
        return [cls.from_string(one) for one in os.environ.get(variable, "").split(",") if one.strip()]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields."""
        return self.model_dump()

    @property
    def host(self) -> str:
        """Host name or address, without brackets."""
        return self.server.partition("://")[2].rpartition(":")[0].strip("[]")

    @property
    def url(self) -> str:
        """The server with user and password in it: never for a log or a message."""
        if self.username is None and self.password is None:
            return self.server
        scheme, _, place = self.server.partition("://")
        return f"{scheme}://{quote(self.username or '', safe='')}:{quote(self.password or '', safe='')}@{place}"

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            if name not in {"username", "password"}:
                yield name, value
            elif value is not None:
                yield name, "***"

    def __str__(self) -> str:
        return self.server


@dataclass(slots=True)
class _Lease:
    proxy: ProxyConfig | None
    ends_s: float | None


class ProxyRotationStrategy(ABC):
    """Picks a proxy for each crawl; subclass it to rotate in your own way.

    A session keeps its proxy until it is released, or until its time is over. What is known of sessions is state of
    this object: share one object among the configs that are to share proxies.
    """

    @abstractmethod
    async def get_next_proxy(self) -> ProxyConfig | None:
        """Return the next proxy, None for a direct connection."""

    @abstractmethod
    def add_proxies(self, proxies: list[ProxyConfig]) -> None:
        """Add *proxies* to those that are picked from."""

    # these two are not made in __init__, which a subclass need not call
    _clean_at = _CLEAN_AT

    @cached_property
    def _leases(self) -> dict[str, _Lease]:
        return {}

    async def get_proxy_for_session(self, session_id: str, ttl: float | None = None) -> ProxyConfig | None:
        """Return the proxy of a session, the next one where it has none.

        Args:
            session_id: Any name.
            ttl: Seconds until a newly picked proxy is given up; None keeps it until it is released.
        """
        lease = self._leases.get(session_id)
        if lease is not None and not _is_over(lease, epoch()):
            return lease.proxy
        proxy = await self.get_next_proxy()
        others = self._leases.get(session_id)
        if others is not lease and others is not None:
            return others.proxy  # another task of the session was faster
        self._leases[session_id] = _Lease(proxy, None if ttl is None else epoch() + ttl)
        if len(self._leases) > self._clean_at:
            await self.cleanup_expired_sessions()
            self._clean_at = max(_CLEAN_AT, 2 * len(self._leases))
        return proxy

    async def release_session(self, session_id: str) -> None:
        """Let a session go; its next crawl gets the next proxy."""
        self._leases.pop(session_id, None)

    def get_session_proxy(self, session_id: str) -> ProxyConfig | None:
        """Return the proxy of a session, None where it has none."""
        lease = self._leases.get(session_id)
        return None if lease is None or _is_over(lease, epoch()) else lease.proxy

    def get_active_sessions(self) -> dict[str, ProxyConfig | None]:
        """Return the sessions that have a proxy, and which."""
        now = epoch()
        return {name: lease.proxy for name, lease in self._leases.items() if not _is_over(lease, now)}

    async def cleanup_expired_sessions(self) -> int:
        """Forget the sessions whose time is over, and return how many they were."""
        now = epoch()
        over = [name for name, lease in self._leases.items() if _is_over(lease, now)]
        for name in over:
            del self._leases[name]
        return len(over)


def _is_over(lease: _Lease, now: float) -> bool:
    return lease.ends_s is not None and lease.ends_s <= now


class RoundRobinProxyStrategy(ProxyRotationStrategy):
    """Picks the proxies one after the other, round and round.

    Args:
        proxies: ProxyConfigs, or what one can be read from.
    """

    def __init__(self, proxies: Iterable[Any] | None = None) -> None:
        self._proxies: list[ProxyConfig | None] = []
        self._next = 0
        self.add_proxies(list(proxies or ()))

    def add_proxies(self, proxies: list[Any]) -> None:
        """Add *proxies* to those that are picked from."""
        self._proxies.extend(_listed(proxies))

    async def get_next_proxy(self) -> ProxyConfig | None:
        """Return the next proxy, None where there are none."""
        if not self._proxies:
            return None
        proxy = self._proxies[self._next % len(self._proxies)]
        self._next += 1
        return proxy


class RandomProxyStrategy(ProxyRotationStrategy):
    """Picks one of the proxies at random.

    Args:
        proxies: ProxyConfigs, or what one can be read from.
        seed: Makes the picks repeatable.
    """

    def __init__(self, proxies: Iterable[Any] | None = None, *, seed: int | None = None) -> None:
        self._proxies: list[ProxyConfig | None] = []
        self._random = random.Random(seed)
        self.add_proxies(list(proxies or ()))

    def add_proxies(self, proxies: list[Any]) -> None:
        """Add *proxies* to those that are picked from."""
        self._proxies.extend(_listed(proxies))

    async def get_next_proxy(self) -> ProxyConfig | None:
        """Return a proxy, None where there are none."""
        return self._random.choice(self._proxies) if self._proxies else None


def proxy_from(value: Any) -> Any:
    """Read one proxy however it was given: ProxyConfig, dict, text or None ("direct" is None)."""
    if isinstance(value, str):
        return None if value.lower() == ProxyConfig.DIRECT else ProxyConfig.from_string(value)
    return value


def proxies_from(value: Any) -> Any:
    """Read one proxy or several; a None or "direct" among several stands for no proxy."""
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return tuple(proxy_from(one) for one in value)
    return (proxy_from(value),)


def _listed(values: list[Any]) -> list[ProxyConfig | None]:
    return [ProxyConfig(**one) if isinstance(one, Mapping) else proxy_from(one) for one in values]
