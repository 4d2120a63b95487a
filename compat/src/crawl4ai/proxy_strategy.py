"""The names of crawl4ai's `proxy_strategy`; written by tools/generate_compat.py."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skitter.fetch.proxies import ProxyConfig, ProxyRotationStrategy, RoundRobinProxyStrategy
else:
    from skitter.compat.lookup import lazily

    __getattr__, __dir__ = lazily("proxy_strategy")

__all__ = ["ProxyConfig", "ProxyRotationStrategy", "RoundRobinProxyStrategy"]
