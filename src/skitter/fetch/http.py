"""Pages over HTTP: one attempt at one URL, through its redirects to the answer.

The order of things: the options are worked out once (``plan.py``); each hop is read (``targets.py``), checked
(``guard.py``), given its headers and cookies (``hops.py``), and sent (``engine.py``); the body of the last one is read
within its limit.

Content encodings other than br stay on the body: whoever reads the page undoes them (``decoding.py``), away from the
event loop.
"""

import asyncio
import random
import time
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from skitter.base.clock import epoch
from skitter.errors import CrawlError, FetchError, ProxyError
from skitter.fetch.cookies import CookieJar
from skitter.fetch.downloads import is_download, save
from skitter.fetch.engine import Answer, Engine, Pinned, Spelling, spelling
from skitter.fetch.guard import AddressGuard, IsAllowed, is_public
from skitter.fetch.headers import checked, read_headers
from skitter.fetch.hooks import Hooks
from skitter.fetch.hops import Order, Trail, hop_headers, turned
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.identity import Identity
from skitter.fetch.local import read_local
from skitter.fetch.options import FetchOptions
from skitter.fetch.plan import Plan, basic, plan_for
from skitter.fetch.proxies import ProxyConfig
from skitter.fetch.robots import RobotsRules
from skitter.fetch.sessions import Session, Sessions
from skitter.fetch.targets import Target, is_local, read_target
from skitter.model.certificate import SSLCertificate
from skitter.model.request import Request
from skitter.model.response import Hop, Response

_MOST_PLANS = 256
_BODILESS = frozenset({101, 204, 205, 304})
_LARGEST_ROBOTS = 16 * 2**20
_SAME_FOR_ROBOTS = (
    "user_agent",
    "user_agent_mode",
    "user_agent_generator_config",
    "headers",
    "impersonate",
    "locale",
    "proxy_config",
    "proxy_rotation_strategy",
    "proxy_session_id",
    "proxy_session_ttl",
    "block_private_addresses",
)


class HTTPFetcher:
    """Fetches pages over HTTP, and reads local ones. Use it with `async with`; building it does nothing.

    Args:
        config: What every request has in common.
        identity: Who is asking.
        hooks: Functions of the caller's, called around each fetch.
        sessions: Where sessions are kept; they may outlive the fetcher.
        dns_ttl_s: Seconds a resolved name is kept, where addresses are guarded.
        is_allowed: Which addresses `block_private_addresses` lets through.
    """

    def __init__(
        self,
        config: HTTPCrawlerConfig | None = None,
        identity: Identity | None = None,
        *,
        hooks: Hooks | None = None,
        sessions: Sessions | None = None,
        dns_ttl_s: float = 300.0,
        is_allowed: IsAllowed = is_public,
    ) -> None:
        self._config = config or HTTPCrawlerConfig()
        self._identity = identity or Identity()
        self._hooks = hooks or Hooks()
        self._sessions = sessions if sessions is not None else Sessions()
        self._guard = AddressGuard(is_allowed, ttl_s=dns_ttl_s)
        self._engine = Engine()
        self._robots = RobotsRules(self._fetch_robots)
        self._plans: dict[int, tuple[FetchOptions, Plan, Spelling | None]] = {}
        self._chance = random.Random()
        most = self._config.max_connections
        self._places = asyncio.Semaphore(most) if most is not None else None
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        self._engine.close()
        self._guard.close()
        self._plans.clear()

    async def fetch(self, request: Request, options: FetchOptions) -> Response:
        """Make one attempt at one URL, through its redirects.

        It has no time limit of its own: use `asyncio.timeout`. When it is cancelled, its connection is closed.

        Raises:
            FetchError: If there is no answer; its kind says why. An answer with any status is an answer.
            ConfigError: If the options contradict each other.
        """
        self._check_open()
        if is_local(request.url):
            return await read_local(request.url, options)
        if not self._hooks:
            return await self._fetch(request, options)
        try:
            response = await self._fetch(request, options)
        except CrawlError as error:
            await self._hooks.fire("on_error", error)
            raise
        await self._hooks.fire("after_request", response)
        return response

    async def may_fetch(self, url: str, options: FetchOptions) -> bool:
        """Say whether the site's robots.txt allows *url* to the user agent of *options*; local pages are allowed.

        Raises:
            FetchError: If the site cannot be reached.
        """
        return is_local(url) or await self._robots.allowed(url, self.user_agent(options), options)

    def user_agent(self, options: FetchOptions) -> str:
        """Return the User-Agent that is sent; one of several where it is picked at random, "" where a browser's is."""
        plan, _ = self._planned(options)
        return plan.random_agents[0] if plan.random_agents else plan.headers.get("user-agent", "")

    def kill_session(self, session_id: str) -> bool:
        """Forget a session and its cookies; False where there is none."""
        return self._sessions.kill(session_id)

    # ---- one page

    async def _fetch(self, request: Request, options: FetchOptions) -> Response:
        target = read_target(request.url)
        order = await self._order(request, options, target)
        if order.proxy is not None and request.chose_proxy is not None:
            request.chose_proxy(order.proxy.server)
        try:
            if self._places is None:
                return await self._follow(order, target)
            async with self._places:
                return await self._follow(order, target)
        except FetchError as error:
            error.proxy = order.proxy.server if order.proxy is not None else None
            raise

    async def _order(self, request: Request, options: FetchOptions, target: Target) -> Order:
        plan, spelled = self._planned(options)
        session = self._session(options)
        headers = self._headers(plan, session)
        if request.headers:
            headers |= {name: value for name, (_, value) in checked(request.headers, "Request.headers").items()}
        if self._hooks:
            asked: dict[str, Any] = {"method": plan.method, "headers": headers, "data": plan.body}
            await self._hooks.fire("before_request", target.url, asked)
            headers = {name: value for name, (_, value) in checked(asked["headers"], "before_request").items()}
        return Order(
            plan=plan,
            options=options,
            method=plan.method,
            headers=headers,
            spelling=spelled,
            body=plan.body,
            authorization=basic(*target.auth) if target.auth else plan.authorization,
            jar=session.jar if session is not None else CookieJar(self._identity.cookies),
            proxy=await self._proxy(request, options),
        )

    def _planned(self, options: FetchOptions) -> tuple[Plan, Spelling | None]:
        # by identity, which stays theirs as long as the options are kept here: hashing them would cost more
        kept = self._plans.get(id(options))
        if kept is None:
            if len(self._plans) >= _MOST_PLANS:
                del self._plans[next(iter(self._plans))]
            kept = self._plans[id(options)] = (options, *_planned(self._config, self._identity, options))
        return kept[1:]

    def _session(self, options: FetchOptions) -> Session | None:
        if options.session_id is None:
            return None
        return self._sessions.get(options.session_id, self._identity.cookies, time.monotonic())

    def _headers(self, plan: Plan, session: Session | None) -> dict[str, str]:
        headers = dict(plan.headers)
        if plan.random_agents:
            picked = session.user_agent if session is not None else None
            if picked not in plan.random_agents:
                picked = self._chance.choice(plan.random_agents)
            if session is not None:
                session.user_agent = picked
            headers["user-agent"] = picked
        return headers

    async def _proxy(self, request: Request, options: FetchOptions) -> ProxyConfig | None:
        rotation = options.proxy_rotation_strategy
        if rotation is not None:
            if options.proxy_session_id is None:
                return await rotation.get_next_proxy()
            return await rotation.get_proxy_for_session(options.proxy_session_id, options.proxy_session_ttl)
        if options.proxy_config:
            return options.proxy_config[request.attempt % len(options.proxy_config)]
        return self._identity.proxy

    # ---- its hops

    async def _follow(self, order: Order, target: Target) -> Response:
        first = target
        trail = Trail(first, order.plan.most_redirects)
        while True:
            trail.ask(order, target)
            answer = await self._send(order, first, target)
            headers = read_headers(answer.headers)
            if cookies := headers.get("set-cookie"):
                order.jar.receive(cookies, target, epoch())
            following = trail.follow(target, answer.status, headers)
            if following is None:
                return await self._response(order, target, answer, headers, trail.hops)
            await answer.discard()
            order, target = turned(order, answer.status), following

    async def _send(self, order: Order, first: Target, target: Target) -> Answer:
        key = order.plan.key
        guarded = order.options.block_private_addresses
        if guarded:
            key = replace(key, pinned=await self._checked(order, target))
        self._check_open()  # a hop after the closing would open a client anew, which nobody would close
        answer = await self._engine.send(
            key,
            order.method,
            target,
            headers=hop_headers(order, first, target, epoch()),
            spelling=order.spelling,
            body=order.body,
            proxy=order.proxy,
            undo_brotli=order.plan.undo_brotli,
        )
        try:
            if guarded and (address := answer.address) is not None:
                self._guard.check(address, target.url, target.host)
            if answer.status == 407 and order.proxy is not None:
                msg = f"the proxy {order.proxy} asks for a user and password, or refused those it was given"
                raise ProxyError(msg, url=target.url)
        except FetchError:
            await answer.drop()
            raise
        return answer

    def _check_open(self) -> None:
        if not self._is_open:
            msg = "an HTTPFetcher is used within `async with`"
            raise RuntimeError(msg)

    async def _checked(self, order: Order, target: Target) -> Pinned:
        """Return the addresses that may be connected to: of the target, and of a proxy that came with the page.

        A proxy of the crawler's own is trusted: it may well be on this machine.
        """
        hosts = [target.host]
        if order.proxy is not None and order.proxy in (order.options.proxy_config or ()):
            hosts.append(order.proxy.host)
        pinned = [(host, await self._guard.addresses(host, target.url, time.monotonic())) for host in hosts]
        return tuple((host, addresses) for host, addresses in pinned if addresses)

    async def _response(
        self, order: Order, target: Target, answer: Answer, headers: dict[str, str], hops: list[Hop]
    ) -> Response:
        options = order.options
        encoding = headers.get("content-encoding", "")
        certificate = answer.certificate if options.fetch_ssl_certificate else None
        response = Response(
            url=target.url,
            base_url=target.url,
            status=answer.status,
            headers=headers,
            body=await _body(order, answer, encoding),
            content_encoding=encoding,
            max_body_bytes=options.max_body_bytes,
            hops=tuple(hops),
            http_version=answer.http_version,
            remote_address=answer.remote,
            proxy=order.proxy.server if order.proxy is not None else None,
            certificate=SSLCertificate.from_der(certificate) if certificate is not None else None,
        )
        if order.plan.downloads_path is not None and is_download(response):
            path = await asyncio.to_thread(save, response, order.plan.downloads_path)
            response = replace(response, downloaded_files=(path,))
        return response

    async def _fetch_robots(self, url: str, options: FetchOptions) -> Response:
        """Fetch a robots.txt as a page of *options* would be, but for what is the page's own."""
        same = {name: getattr(options, name) for name in _SAME_FOR_ROBOTS}
        plain = FetchOptions(
            **same, max_redirects=5, max_body_bytes=_LARGEST_ROBOTS, max_download_bytes=_LARGEST_ROBOTS
        )
        config = self._config.clone(method="GET", data=None, json=None, follow_redirects=True, downloads_path=None)
        plan, spelled = _planned(config, self._identity, plain)
        order = Order(
            plan=plan,
            options=plain,
            method="GET",
            headers=self._headers(plan, None),
            spelling=spelled,
            body=None,
            authorization=plan.authorization,
            jar=CookieJar(self._identity.cookies),
            proxy=await self._proxy(Request(url=url), plain),
        )
        return await self._follow(order, read_target(url))


def _planned(config: HTTPCrawlerConfig, identity: Identity, options: FetchOptions) -> tuple[Plan, Spelling | None]:
    plan = plan_for(config, identity, options)
    return plan, spelling(plan.spelled) if options.impersonate is None else None  # a browser's own order is kept


async def _body(order: Order, answer: Answer, encoding: str) -> bytes:
    if order.method == "HEAD" or answer.status in _BODILESS:
        await answer.discard()
        return b""
    limits = {"max_download_bytes": order.options.max_download_bytes}
    if not encoding:
        limits["max_body_bytes"] = order.options.max_body_bytes
    limit = min(limits.values())
    return await answer.read(limit, " and ".join(f"`{name}`" for name, said in limits.items() if said == limit))
