"""A fetch on its way through redirects: what each hop is sent, and where the way ends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from skitter.errors import TooManyRedirects
from skitter.fetch.cookies import CookieJar
from skitter.fetch.engine import Spelling
from skitter.fetch.headers import OF_A_BODY, ON_ONE_ORIGIN
from skitter.fetch.options import FetchOptions
from skitter.fetch.plan import Plan, basic
from skitter.fetch.proxies import ProxyConfig
from skitter.fetch.targets import Target, redirected, shown
from skitter.model.response import Hop

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SHOWN_OF_A_LOOP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of one page: the plan of its options, with what is this page's own.

    Attributes:
        headers: By lower-case name.
        spelling: How headers are spelled and ordered; None as the impersonated browser does.
        authorization: For the origin that is asked for, and for no other.
    """

    plan: Plan
    options: FetchOptions
    method: str
    headers: Mapping[str, str]
    spelling: Spelling | None
    body: bytes | None
    authorization: str | None
    jar: CookieJar
    proxy: ProxyConfig | None


class Trail:
    """The hops of one fetch: finds loops, and keeps to the limit.

    Args:
        first: What was asked for.
        most: How many redirects are followed; 0 follows none.
    """

    def __init__(self, first: Target, most: int) -> None:
        self._first = first
        self._most = most
        self._asked: set[tuple[str, str, int]] = set()
        self.hops: list[Hop] = []

    def follow(self, target: Target, status: int, headers: Mapping[str, str]) -> Target | None:
        """Return where an answer leads, None where it is the last.

        Raises:
            TooManyRedirects: If there were more redirects than the limit.
            InvalidURL: If it leads to no http or https URL.
        """
        location = headers.get("location") if status in _REDIRECTS else None
        if not location or not self._most:
            return None
        following = redirected(target, location)
        self.hops.append(Hop(url=target.url, status=status, location=following.url))
        if len(self.hops) > self._most:
            msg = (
                f"{shown(self._first.url)} redirects more than {self._most} times, the last time to "
                f"{shown(following.url)}: raise `max_redirects` if that is right"
            )
            raise TooManyRedirects(msg, url=self._first.url)
        return following

    def ask(self, order: Order, target: Target) -> None:
        """Note what is to be asked next.

        Raises:
            TooManyRedirects: If just that was asked before, with the same cookies: the redirects form a loop.
        """
        asked = (order.method, target.wire_url, order.jar.changes)
        if asked in self._asked:
            urls = [hop.url for hop in self.hops]
            start = next(n for n, url in enumerate(urls) if url.partition("#")[0] == target.wire_url)
            way = " → ".join(shown(url) for url in (*urls[start:][:_SHOWN_OF_A_LOOP], target.url))
            msg = f"the redirects of {shown(self._first.url)} go round in a loop: {way}"
            raise TooManyRedirects(msg, url=self._first.url)
        self._asked.add(asked)


def turned(order: Order, status: int) -> Order:
    """Return *order* after a redirect: some turn it into a GET, which has no body (RFC 9110, 15.4)."""
    becomes_get = (status == 303 and order.method != "HEAD") or (status in {301, 302} and order.method == "POST")
    if not becomes_get or (order.method == "GET" and order.body is None):
        return order
    headers = {name: value for name, value in order.headers.items() if name not in OF_A_BODY}
    return replace(order, method="GET", body=None, headers=headers)


def hop_headers(order: Order, first: Target, target: Target, now: float) -> dict[str, str]:
    """Return the headers for one hop: credentials go to the origin that was asked for, cookies to their own.

    Args:
        order: What is asked.
        first: What was asked for in the beginning.
        target: Where it is asked now.
        now: Seconds since the epoch.
    """
    headers = dict(order.headers)
    authorization = basic(*target.auth) if target.auth else None
    if target.origin == first.origin or _is_upgrade(first, target):
        authorization = authorization or order.authorization
    else:
        for name in ON_ONE_ORIGIN & headers.keys():
            del headers[name]
    if authorization is not None:
        headers.setdefault("authorization", authorization)
    if len(order.jar) and (cookies := order.jar.header_for(target, now)):
        headers["cookie"] = f"{headers['cookie']}; {cookies}" if "cookie" in headers else cookies
    return headers


def _is_upgrade(first: Target, target: Target) -> bool:
    """Say whether *target* is the same host, at its usual port with TLS after its usual one without."""
    ways = (first.scheme, first.port, target.scheme, target.port)
    return first.host == target.host and ways == ("http", 80, "https", 443)
