"""Proxies: how one is written, and which one a crawl goes through."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from skitter.base.options import Strategy


class ProxyConfig(Strategy):
    """One proxy server."""

    DIRECT: ClassVar[str] = "direct"
    """Stands for no proxy in a list of proxies."""

    server: str
    """`scheme://host:port`; http, https, socks4, socks4a, socks5 or socks5h. User and password in it are moved to their fields."""

    username: str | None = None
    """User name for the proxy."""

    password: str | None = None
    """Password for the proxy."""

    ip: str | None = None
    """The address the proxy is known to go out by; informative."""

    @classmethod
    def from_string(cls, text: str) -> "ProxyConfig":
        """Read `scheme://user:pass@host:port`, `host:port:user:pass` or `host:port`."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ProxyConfig":
        """Read a proxy from its fields."""
        return cls(**values)

    @classmethod
    def from_env(cls, variable: str = "PROXIES") -> "list[ProxyConfig]":
        """Read the proxies in an environment variable, separated by commas."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the fields."""
        return self.model_dump()


class ProxyRotationStrategy(ABC):
    """Picks a proxy for each crawl; subclass it to rotate in your own way."""

    @abstractmethod
    async def get_next_proxy(self) -> ProxyConfig | None:
        """Return the next proxy, None for a direct connection."""

    @abstractmethod
    def add_proxies(self, proxies: list[ProxyConfig]) -> None:
        """Add *proxies* to those that are picked from."""


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
