"""robots.txt: asked for once for each site, kept for a day (RFC 9309)."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from skitter.errors import FetchError, InvalidURL
from skitter.fetch.decoding import decoded
from skitter.fetch.keyed_lock import KeyedLock
from skitter.fetch.options import FetchOptions
from skitter.fetch.targets import Target, read_target
from skitter.model.response import Response

FetchRobots = Callable[[str, FetchOptions], Awaitable[Response]]

_KEPT_S = 24 * 3600.0
_UNREACHABLE_KEPT_S = 300.0
_LARGEST = 500 * 1024  # RFC 9309, 2.5: at least this much is read, and no more here
_MOST_SITES = 10_000


class _Rules(Protocol):
    def can_fetch(self, url: str, user_agent: str) -> bool: ...

    def crawl_delay(self, user_agent: str) -> float | None: ...


@dataclass(frozen=True, slots=True)
class _Site:
    rules: _Rules | None
    """None where everything is decided by `allows_all`."""

    allows_all: bool
    until_s: float


class RobotsRules:
    """What the robots.txt of each site allows.

    Args:
        fetch: Fetches a robots.txt, as the page it is asked for would be.
    """

    def __init__(self, fetch: FetchRobots) -> None:
        self._fetch = fetch
        self._sites: dict[tuple[str, str, int], _Site] = {}
        self._asking = KeyedLock()

    async def allowed(self, url: str, user_agent: str, options: FetchOptions) -> bool:
        """Say whether *url* may be fetched; a URL that is none is left to the fetch.

        Args:
            url: http or https.
            user_agent: Who would fetch it; rules are picked by the product names in it.
            options: How robots.txt is fetched, if nobody has asked this site yet.
        """
        try:
            target = read_target(url)
        except InvalidURL:
            return True
        site = await self._site(target, options)
        return site.rules.can_fetch(target.wire_url, user_agent) if site.rules is not None else site.allows_all

    async def crawl_delay_s(self, url: str, user_agent: str, options: FetchOptions) -> float | None:
        """Return the seconds between two requests that the site asks for, None where it does not."""
        try:
            site = await self._site(read_target(url), options)
        except InvalidURL:
            return None
        delay_s = site.rules.crawl_delay(user_agent) if site.rules is not None else None
        return float(delay_s) if delay_s is not None else None

    async def _site(self, target: Target, options: FetchOptions) -> _Site:
        site = self._sites.get(target.origin)
        if site is None or site.until_s <= time.monotonic():
            async with self._asking.hold(target.origin):
                site = self._sites.get(target.origin)
                if site is None or site.until_s <= time.monotonic():
                    site = await self._ask(target, options)
                    self._remember(target.origin, site)
        return site

    async def _ask(self, target: Target, options: FetchOptions) -> _Site:
        place = f"[{target.host}]" if ":" in target.host else target.host
        try:
            response = await self._fetch(f"{target.scheme}://{place}:{target.port}/robots.txt", options)
            rules, allows_all = _read(response)
        except FetchError:
            # unreachable is "complete disallow" (RFC 9309, 2.3.1.4), and asked again before long
            return _Site(None, False, time.monotonic() + _UNREACHABLE_KEPT_S)
        kept_s = _KEPT_S if rules is not None or allows_all else _UNREACHABLE_KEPT_S
        return _Site(rules, allows_all, time.monotonic() + kept_s)

    def _remember(self, origin: tuple[str, str, int], site: _Site) -> None:
        self._sites.pop(origin, None)
        self._sites[origin] = site
        if len(self._sites) > _MOST_SITES:
            del self._sites[next(iter(self._sites))]


def _read(response: Response) -> tuple[_Rules | None, bool]:
    """Return the rules, or whether everything is allowed."""
    if response.status >= 500 or response.status == 429:
        return None, False
    if not 200 <= response.status < 300:
        return None, True
    body = response.body if isinstance(response.body, bytes) else response.body.encode()
    data = decoded(body, response.content_encoding, response.max_body_bytes)[:_LARGEST]
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    from protego import Protego

    rules: _Rules = Protego.parse(text)
    return rules, True
