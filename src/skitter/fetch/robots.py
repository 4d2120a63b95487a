"""robots.txt: asked for once for each site, kept for a day (RFC 9309)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from skitter.errors import DecodeError, FetchError, FetchTimeout, InvalidURL, TooLarge, TooManyRedirects
from skitter.fetch.decoding import decoded
from skitter.fetch.keyed_lock import KeyedLock
from skitter.fetch.options import FetchOptions
from skitter.fetch.targets import Target, read_target
from skitter.model.response import Response

FetchRobots = Callable[[str, FetchOptions], Awaitable[Response]]

_KEPT_S = 24 * 3600.0
_FAULT_KEPT_S = 60.0
_UNREACHABLE_KEPT_S = 10.0
_PATIENCE_S = 20.0
_LARGEST = 500 * 1024  # RFC 9309, 2.5: at least this much is read, and no more here
_MOST_SITES = 10_000


class _Rules(Protocol):
    def can_fetch(self, url: str, user_agent: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """What is known of a site.

    Attributes:
        kept_s: How long that is believed.
        rules: None where there are none that could be read.
        allows_all: What holds then.
        error: Why the site cannot be reached.
    """

    kept_s: float
    rules: _Rules | None = None
    allows_all: bool = False
    error: FetchError | None = None


class RobotsRules:
    """What the robots.txt of each site allows.

    Args:
        fetch: Fetches a robots.txt, as the page it is asked for would be.
    """

    def __init__(self, fetch: FetchRobots) -> None:
        self._fetch = fetch
        self._sites: dict[tuple[str, str, int], tuple[_Site, float]] = {}
        self._asking = KeyedLock()

    async def allowed(self, url: str, user_agent: str, options: FetchOptions) -> bool:
        """Say whether *url* may be fetched; a URL that is none is left to the fetch.

        Args:
            url: http or https.
            user_agent: Who would fetch it; rules are picked by the product names in it.
            options: How robots.txt is fetched, if nobody has asked this site yet.

        Raises:
            FetchError: If the site cannot be reached: then nothing is allowed (RFC 9309, 2.3.1.4), and its robots.txt
                is not the reason.
        """
        try:
            target = read_target(url)
        except InvalidURL:
            return True
        site = await self._site(target, options)
        if site.error is not None:
            msg = f"robots.txt could not be asked for, and nothing may be without it: {site.error}"
            error = type(site.error)(msg, url=target.url)
            error.proxy = site.error.proxy
            raise error from site.error
        return site.rules.can_fetch(target.wire_url, user_agent) if site.rules is not None else site.allows_all

    async def _site(self, target: Target, options: FetchOptions) -> _Site:
        site = self._known(target)
        if site is None:
            async with self._asking.hold(target.origin):
                site = self._known(target)
                if site is None:
                    site = await self._ask(target, options)
                    self._remember(target, site)
        return site

    async def _ask(self, target: Target, options: FetchOptions) -> _Site:
        place = f"[{target.host}]" if ":" in target.host else target.host
        url = f"{target.scheme}://{place}:{target.port}/robots.txt"
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return _read(await self._fetch(url, options))
        except (TooManyRedirects, InvalidURL):
            return _Site(kept_s=_KEPT_S, allows_all=True)  # "unavailable" (RFC 9309, 2.3.1.2)
        except (DecodeError, TooLarge):
            return _Site(kept_s=_FAULT_KEPT_S)
        except FetchError as error:
            return _Site(kept_s=_UNREACHABLE_KEPT_S, error=error)
        except TimeoutError:
            late = FetchTimeout(f"{url} was not there within {_PATIENCE_S:g} s", url=url)
            return _Site(kept_s=_UNREACHABLE_KEPT_S, error=late)

    def _known(self, target: Target) -> _Site | None:
        site, until_s = self._sites.get(target.origin, (None, 0.0))
        return site if until_s > time.monotonic() else None

    def _remember(self, target: Target, site: _Site) -> None:
        self._sites.pop(target.origin, None)
        self._sites[target.origin] = (site, time.monotonic() + site.kept_s)
        if len(self._sites) > _MOST_SITES:
            del self._sites[next(iter(self._sites))]


def _read(response: Response) -> _Site:
    if response.status >= 500 or response.status == 429:
        return _Site(kept_s=_FAULT_KEPT_S)
    if not 200 <= response.status < 300:
        return _Site(kept_s=_KEPT_S, allows_all=True)
    body = response.body if isinstance(response.body, bytes) else response.body.encode()
    data = decoded(body, response.content_encoding, response.max_body_bytes)[:_LARGEST]
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    from protego import Protego

    return _Site(kept_s=_KEPT_S, rules=Protego.parse(text))
