"""Crawler strategies: how `AsyncWebCrawler` gets its pages, and what a program may put in their place.

A strategy serves a crawler with a fetcher. One that is written by a user has a `crawl` method, which is asked for each
page; skitter's own hands out its fetcher directly.
"""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Any, Protocol, Self

from turbohtml.detect import detect

from skitter.errors import BrowserRequired, ConfigError, ConnectError, FetchError, FetchTimeout, HTTPStatusError
from skitter.fetch.decoding import decoded
from skitter.fetch.hooks import Hook, Hooks
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.identity import Identity, Who
from skitter.fetch.options import FetchOptions
from skitter.fetch.sessions import Sessions
from skitter.fetch.targets import shown
from skitter.model.crawl_response import AsyncCrawlResponse
from skitter.model.request import Request
from skitter.model.response import Response

__all__ = [
    "AsyncCrawlResponse",
    "AsyncCrawlerStrategy",
    "AsyncHTTPCrawlerStrategy",
    "ConnectionTimeoutError",
    "HTTPCrawlerError",
    "HTTPStatusError",
]

HTTPCrawlerError = FetchError
ConnectionTimeoutError = FetchTimeout

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
_BROWSER_HOOKS = frozenset(
    {
        "on_browser_created",
        "on_page_context_created",
        "on_user_agent_updated",
        "on_execution_started",
        "on_execution_ended",
        "before_goto",
        "after_goto",
        "before_return_html",
        "before_retrieve_html",
    }
)
_RENDERED = {
    "js_execution_result": "js_execution_result",
    "screenshot": "screenshot",
    "pdf_data": "pdf",
    "mhtml_data": "mhtml",
    "network_requests": "network_requests",
    "console_messages": "console_messages",
}


class Fetcher(Protocol):
    """What a crawler asks for pages."""

    async def fetch(self, request: Request, options: FetchOptions) -> Response:
        """Return the answer, whatever its status.

        Raises:
            FetchError: If there is none.
        """
        ...

    async def may_fetch(self, url: str, options: FetchOptions) -> bool:
        """Say whether the site's robots.txt allows *url*.

        Raises:
            FetchError: If the site cannot be reached.
        """
        ...


class AsyncCrawlerStrategy(ABC):
    """Gets pages in a way of its own: subclass it and pass an object to `AsyncWebCrawler(crawler_strategy=…)`."""

    @abstractmethod
    async def crawl(self, url: str, **kwargs: Any) -> AsyncCrawlResponse:
        """Return the page at *url*; its options are in `kwargs["config"]`, a CrawlerRunConfig.

        Raises:
            FetchError: If there is none; its kind becomes that of the result's error.
        """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def serving(self, who: Who) -> AbstractAsyncContextManager[Fetcher]:
        """Serve a crawler, for as long as the context lasts.

        Args:
            who: The crawler's BrowserConfig.
        """
        return _asking(self, who)


@asynccontextmanager
async def _asking(strategy: AsyncCrawlerStrategy, who: Who) -> AsyncIterator[Fetcher]:
    identity = await _identity(who)
    async with HTTPFetcher(identity=identity) as robots, strategy:
        yield _Asking(strategy, robots)


class _Asking:
    """Asks a strategy's `crawl` for each page."""

    def __init__(self, strategy: AsyncCrawlerStrategy, robots: HTTPFetcher) -> None:
        self._strategy = strategy
        self._robots = robots

    async def fetch(self, request: Request, options: FetchOptions) -> Response:
        answer = await self._crawl(request.url, options)
        url = answer.redirected_url or request.url
        rendered = {name: getattr(answer, own) for own, name in _RENDERED.items()}
        return Response(
            url=url,
            base_url=url,
            status=answer.redirected_status_code or answer.status_code,
            headers={name.lower(): value for name, value in answer.response_headers.items()},
            body=answer.html,
            max_body_bytes=options.max_body_bytes,
            http_version="1.1",
            certificate=answer.ssl_certificate,
            downloaded_files=tuple(answer.downloaded_files or ()),
            rendered={name: value for name, value in rendered.items() if value is not None},
        )

    async def may_fetch(self, url: str, options: FetchOptions) -> bool:
        return await self._robots.may_fetch(url, options)

    async def _crawl(self, url: str, options: FetchOptions) -> AsyncCrawlResponse:
        name = type(self._strategy).__name__
        try:
            answer = await self._strategy.crawl(url, config=options)
        except ConnectionError as error:
            msg = f"{name} had no connection to {shown(url)}: {error}"
            raise ConnectError(msg, url=url) from error
        if not isinstance(answer, AsyncCrawlResponse):
            msg = f"{name}.crawl must return an AsyncCrawlResponse, and returned one of type {type(answer).__name__}"
            raise TypeError(msg)
        return answer


class AsyncHTTPCrawlerStrategy(AsyncCrawlerStrategy):
    """Gets pages over HTTP: what `AsyncWebCrawler` does where it is given no strategy.

    Args:
        browser_config: What every request has in common.
        logger: Taken for programs that pass it; the standard library's loggers are used.
        max_connections: Over that of *browser_config*.
        dns_cache_ttl: Seconds a resolved name is kept, where addresses are guarded.
        chunk_size: Taken for programs that pass it; bodies are read as they come.
    """

    def __init__(
        self,
        browser_config: HTTPCrawlerConfig | None = None,
        logger: Any = None,
        max_connections: int | None = None,
        dns_cache_ttl: float = 300,
        chunk_size: int = 65_536,
    ) -> None:
        del logger, chunk_size
        config = browser_config if browser_config is not None else HTTPCrawlerConfig()
        if not isinstance(config, HTTPCrawlerConfig):
            msg = (
                f"AsyncHTTPCrawlerStrategy takes an HTTPCrawlerConfig, not a {type(config).__name__}: "
                "a BrowserConfig goes to AsyncWebCrawler(config=…)"
            )
            raise ConfigError(msg)
        self.http_config = config if max_connections is None else config.clone(max_connections=max_connections)
        self._dns_ttl_s = float(dns_cache_ttl)
        self._hooks = Hooks()
        self._sessions = Sessions()
        self._own: HTTPFetcher | None = None

    def set_hook(self, name: str, function: Hook | None) -> None:
        """Have a function called at a moment of each fetch, plain or async; None calls nothing any more.

        Args:
            name: `before_request`, called with the URL and a dict whose `headers` it may change; `after_request`,
                called with the Response; or `on_error`, called with the exception.
            function: What is called. An exception it raises fails the page.

        Raises:
            ValueError: If there is no such moment.
        """
        if name in _BROWSER_HOOKS:
            msg = f"the hook {name!r} needs a browser; over HTTP there are before_request, after_request and on_error"
            raise BrowserRequired(msg)
        self._hooks.set(name, function)

    async def kill_session(self, session_id: str) -> bool:
        """End a session: its cookies are forgotten. False where there is none."""
        return self._sessions.kill(session_id)

    def serving(self, who: Who) -> AbstractAsyncContextManager[Fetcher]:
        """Serve a crawler, for as long as the context lasts; sessions end with it.

        Args:
            who: The crawler's BrowserConfig.
        """
        if type(self).crawl is not AsyncHTTPCrawlerStrategy.crawl:
            return super().serving(who)  # a subclass that gets pages in its own way
        return self._serving(who)

    @asynccontextmanager
    async def _serving(self, who: Who) -> AsyncIterator[Fetcher]:
        config = self.http_config
        if config.downloads_path is None and who.accept_downloads and who.downloads_path is not None:
            config = config.clone(downloads_path=who.downloads_path)
        identity = await _identity(who)
        try:
            async with self._fetcher(config, identity) as fetcher:
                yield fetcher
        finally:
            self._sessions.clear()

    async def __aenter__(self) -> Self:
        self._own = await self._fetcher(self.http_config, Identity()).__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        own, self._own = self._own, None
        if own is not None:
            await own.__aexit__(kind, error, trace)

    async def crawl(self, url: str, config: FetchOptions | None = None, **kwargs: Any) -> AsyncCrawlResponse:
        """Fetch one page.

        Args:
            url: http, https or file, or `raw:` with HTML behind it.
            config: A CrawlerRunConfig; `page_timeout` is its limit.
            kwargs: Taken for programs that pass more.

        Raises:
            FetchError: If there is no answer. An answer with any status is an answer.
        """
        del kwargs
        options = config if config is not None else FetchOptions()
        async with AsyncExitStack() as stack:
            fetcher = self._own
            if fetcher is None:
                fetcher = await stack.enter_async_context(self._fetcher(self.http_config, Identity()))
            try:
                async with asyncio.timeout(options.page_timeout / 1000):
                    response = await fetcher.fetch(Request(url=url), options)
            except TimeoutError as error:
                msg = f"{url[:200]} did not answer within {options.page_timeout} ms: raise `page_timeout`"
                raise FetchTimeout(msg, url=url) from error
        return await asyncio.to_thread(_crawl_response, response)

    def _fetcher(self, config: HTTPCrawlerConfig, identity: Identity) -> HTTPFetcher:
        return HTTPFetcher(config, identity, hooks=self._hooks, sessions=self._sessions, dns_ttl_s=self._dns_ttl_s)


async def _identity(who: Who) -> Identity:
    if isinstance(who.storage_state, str | None) or hasattr(who.storage_state, "read_text"):
        return await asyncio.to_thread(Identity.of, who)
    return Identity.of(who)


def _crawl_response(response: Response) -> AsyncCrawlResponse:
    return AsyncCrawlResponse(
        html=_text(response),
        response_headers=dict(response.headers),
        status_code=response.hops[0].status if response.hops else response.status,
        downloaded_files=list(response.downloaded_files) or None,
        ssl_certificate=response.certificate,
        redirected_url=response.url,
        redirected_status_code=response.status,
    )


def _text(response: Response) -> str:
    if isinstance(response.body, str):
        return response.body
    body = decoded(response.body, response.content_encoding, response.max_body_bytes)
    said = _CHARSET.search(response.headers.get("content-type", ""))
    try:
        return body.decode(said[1] if said else "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return body.decode(detect(body).encoding or "windows-1252", "replace")
