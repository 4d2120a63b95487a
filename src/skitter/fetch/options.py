"""What is asked of a fetch: the group of options that this stage reads."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from skitter.base.options import Options
from skitter.fetch.proxies import ProxyConfig, ProxyRotationStrategy, proxies_from
from skitter.model.cache import CacheMode, cache_mode_from

FetchMode = Literal["auto", "http", "browser"]


class FetchOptions(Options):
    """How a page is fetched."""

    fetch_mode: FetchMode = "auto"
    """`http` and `browser` force one; `auto` fetches over HTTP, and uses a browser where page or options need one."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET"
    """HTTP method; `HTTPCrawlerConfig.method` is used when this is GET."""

    headers: Mapping[str, str] | None = None
    """Request headers, over those of the crawler's own configuration."""

    base_url: str | None = None
    """The URL that links of a `raw:` or `file:` page are relative to; `<base href>` in the page wins over it."""

    page_timeout: PositiveInt = 60_000
    """Limit of one attempt at one URL in milliseconds, over all: redirects, body, parsing, Markdown, extraction."""

    max_redirects: NonNegativeInt = 20
    """How many redirects are followed; 0 returns the redirect itself."""

    max_body_bytes: PositiveInt = 64 * 2**20
    """Largest page in bytes after decompression; a larger one fails with `too_large`."""

    max_download_bytes: PositiveInt = 64 * 2**20
    """Largest body in bytes as it is sent, before decompression; a larger one fails with `too_large`."""

    session_id: str | None = None
    """Crawls with the same id share cookies, until `kill_session`; without one each crawl starts with none."""

    user_agent: str | None = None
    """The User-Agent header; None uses that of `BrowserConfig`, else skitter's own name."""

    user_agent_mode: Literal["", "random"] | None = None
    """`random` picks a current browser's user agent for each crawl; otherwise `user_agent` is used as it is."""

    user_agent_generator_config: Mapping[str, Any] = Field(default_factory=dict)
    """Narrows what `user_agent_mode="random"` picks from: `platforms`, `browsers` (lists of names)."""

    impersonate: str | None = None
    """Browser whose TLS and HTTP/2 fingerprint and headers are shown: `chrome_154`, or `firefox` for the newest one."""

    locale: str | None = None
    """Language to ask for, such as `en-US`: the Accept-Language header, and the browser's locale."""

    proxy_config: Annotated[tuple[ProxyConfig | None, ...] | None, BeforeValidator(proxies_from)] = None
    """One proxy, or several that are tried in order, an attempt each: ProxyConfig, dict, or `scheme://user:pass@host:port`."""

    proxy_rotation_strategy: ProxyRotationStrategy | None = None
    """Picks a proxy for each crawl, instead of `proxy_config`."""

    proxy_session_id: str | None = None
    """Crawls with the same id keep the same proxy of `proxy_rotation_strategy`."""

    proxy_session_ttl: PositiveInt | None = None
    """Seconds a proxy session keeps its proxy; None keeps it until it is released."""

    proxy_session_auto_release: bool = False
    """Release the proxy session at the end of each `arun_many`."""

    fetch_ssl_certificate: bool = False
    """Put the server's TLS certificate into `result.ssl_certificate`."""

    block_private_addresses: bool = False
    """Refuse to connect to loopback, private, link-local and other non-public addresses, on every redirect."""

    check_robots_txt: bool = False
    """Ask the site's robots.txt first; a URL it forbids is not fetched and fails with `robots`."""

    cache_mode: Annotated[CacheMode, BeforeValidator(cache_mode_from)] = CacheMode.BYPASS
    """How the cache is read and written."""

    check_cache_freshness: bool = False
    """Ask the server whether a cached page is still fresh before it is used."""

    cache_validation_timeout: NonNegativeFloat = 10.0
    """Limit of that question in seconds."""

    fallback_fetch_function: Callable[[str], Awaitable[str]] | None = None
    """Called with the URL when every attempt failed; the HTML it returns is used as the page."""
