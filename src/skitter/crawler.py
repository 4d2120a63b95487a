"""AsyncWebCrawler: opens the resources, hands URLs to the crawl, closes them."""

import asyncio
from collections.abc import AsyncIterable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, overload

from skitter.base.blocking import wait_for
from skitter.base.loggers import PageLog
from skitter.config import BrowserConfig, CrawlerRunConfig, CrawlRequest
from skitter.crawl.intake import CrawlTask, checked_configs
from skitter.crawl.many import ManyCrawl
from skitter.crawl.offload import Offload
from skitter.crawl.one import PageCrawler, check, closed_error
from skitter.crawl.outcome import failed_result
from skitter.crawl.run import Run
from skitter.dispatch.base import BaseDispatcher
from skitter.dispatch.default import dispatcher_for
from skitter.dispatch.retry import Retry
from skitter.errors import ConfigError
from skitter.fetch.strategy import AsyncCrawlerStrategy, AsyncHTTPCrawlerStrategy
from skitter.model.result import CrawlResult

if TYPE_CHECKING:
    from skitter.config.keywords import CrawlOverrides

T = TypeVar("T")
Urls = str | CrawlRequest | Iterable[str | CrawlRequest] | AsyncIterable[str | CrawlRequest]
Configs = CrawlerRunConfig | Sequence[CrawlerRunConfig]

_ROUNDS_TO_HEAR = 3  # the iterator is collected; the loop makes a task that closes it; that runs
_PATIENCE_S = 1.0


class AsyncWebCrawler:
    """Crawls URLs. Use it with `async with`, or call `start` and `close`.

    Args:
        crawler_strategy: How pages are fetched; None fetches over HTTP.
        config: Who the crawler is: user agent, headers, cookies, proxy.
        base_directory: Folder for what is kept on disk; this version keeps nothing.
        thread_safe: Taken for programs that pass it; a crawler belongs to one event loop.
        logger: Is told of each page, beside the `skitter` loggers of the standard library, unless `verbose` is off.
        browser_config: The same as *config*.

    Example:
        >>> async def main():
        ...     async with AsyncWebCrawler() as crawler:
        ...         result = await crawler.arun("raw:<h1>Tea</h1>")
        ...         print(result.markdown)
        >>> asyncio.run(main())
        # Tea
    """

    def __init__(
        self,
        crawler_strategy: AsyncCrawlerStrategy | None = None,
        config: BrowserConfig | None = None,
        base_directory: str | None = None,
        thread_safe: bool = False,  # noqa: FBT001, FBT002  # the signature that programs know
        logger: PageLog | None = None,
        *,
        browser_config: BrowserConfig | None = None,
    ) -> None:
        del base_directory, thread_safe
        self.browser_config = _checked(config or browser_config or BrowserConfig(), BrowserConfig, "config")
        strategy = crawler_strategy or AsyncHTTPCrawlerStrategy()
        self.crawler_strategy: AsyncCrawlerStrategy = _checked(strategy, AsyncCrawlerStrategy, "crawler_strategy")
        self.logger = logger
        self._opened: _Opened | None = None
        self._closings = 0
        self._streams: set[asyncio.Task[None]] = set()
        self._lock: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None

    @property
    def ready(self) -> bool:
        """Whether the crawler is open."""
        return self._opened is not None

    async def start(self) -> Self:
        """Open the crawler; nothing happens where it is open already."""
        await self._pages()
        return self

    async def close(self) -> None:
        """Close connections, sessions and worker processes; nothing happens where it is closed already.

        Pages that are being crawled fail with `cancelled`, and so does the rest of an `arun_many`. What is asked of the
        crawler afterwards opens it again.
        """
        async with self._turn():
            opened, self._opened = self._opened_here(), None
            if opened is not None:
                self._closings += 1
                await opened.resources.aclose()
        await self._await_left_streams()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def arun(
        self, url: str, config: CrawlerRunConfig | None = None, **overrides: "Unpack[CrawlOverrides]"
    ) -> CrawlResult:
        """Crawl one URL.

        Args:
            url: http, https or file, or `raw:` with HTML behind it.
            config: The options; None is the defaults.
            overrides: Options over those of *config*.

        Returns:
            The page, or why it failed: a page's fault raises nothing.

        Raises:
            ConfigError: If *url* is no text, or an option is unknown, wrong or not available.
        """
        if not isinstance(url, str) or not url.strip():
            msg = f"`url` must be a URL, {url!r:.80} was given"
            raise ConfigError(msg)
        options = _with(config or CrawlerRunConfig(), overrides)
        check(options)
        return await (await self._pages()).crawl(Run(url, options))

    def arun_many(
        self,
        urls: Urls,
        config: Configs | None = None,
        dispatcher: BaseDispatcher | None = None,
        **overrides: "Unpack[CrawlOverrides]",
    ) -> ManyCrawl:
        """Crawl many URLs, several at once.

        Args:
            urls: URLs or CrawlRequests; any iterable or async iterable, read as far as it is needed.
            config: The options of all pages, or several configs: a page gets the first whose `url_matcher` fits it.
            dispatcher: How many at once; None is 5 pages of one host and 50 in all, while memory lasts.
            overrides: Options over those of every config.

        Returns:
            What can be awaited: the list of results, in input order. With `stream=True` it is iterated instead, with
            or without awaiting it first: `async for result in crawler.arun_many(...)` yields pages as they finish.

        Raises:
            ConfigError: If an option is unknown, wrong or not available.
        """
        given = checked_configs(config)
        is_one = isinstance(given, CrawlerRunConfig)
        configs = [_with(one, overrides) for one in ([given] if isinstance(given, CrawlerRunConfig) else given)]
        for one in configs:
            check(one)
        crawl_one = self._crawl_by_arun if self._arun_is_replaced() else self._crawl_task
        return ManyCrawl(
            urls,
            configs[0] if is_one else configs,
            partial(crawl_one, self._closings),
            dispatcher=dispatcher or dispatcher_for(configs[0]),
            stream=configs[0].stream,
            crawler=self,
            streams=self._streams,
        )

    async def _crawl_task(self, closings: int, task: CrawlTask) -> CrawlResult | Retry:
        """Make one attempt at a task of an `arun_many` that was called after so many closings."""
        if task.run is None:
            task.run = Run(task.url, _config_of(task), task.metadata)
        if closings != self._closings:
            return failed_result(task.run, closed_error(task.url))
        try:
            if task.request is not None:
                check(task.run.config)
            return await (await self._pages()).attempt(task.run)
        except ConfigError as error:
            if task.request is None or task.request.config is None:
                raise
            return failed_result(task.run, error)

    async def _crawl_by_arun(self, closings: int, task: CrawlTask) -> CrawlResult:
        """Crawl a task of `arun_many` with an `arun` that is not ours: programs wrap or replace it."""
        config = _config_of(task)
        if closings != self._closings:
            return failed_result(Run(task.url, config, task.metadata), closed_error(task.url))
        result = await self.arun(task.url, config=config)
        if task.metadata:
            result.metadata = {**(result.metadata or {}), **task.metadata}
        return result

    def _arun_is_replaced(self) -> bool:
        return "arun" in vars(self) or type(self).arun is not AsyncWebCrawler.arun

    async def _pages(self) -> PageCrawler:
        """Return what crawls pages; it is opened where it is not."""
        opened = self._opened_here()
        if opened is None:
            async with self._turn():
                opened = self._opened_here()
                if opened is None:
                    opened = self._opened = await self._open()
        return opened.pages

    async def _open(self) -> "_Opened":
        async with AsyncExitStack() as opening:
            fetcher = await opening.enter_async_context(self.crawler_strategy.serving(self.browser_config))
            offload = await opening.enter_async_context(Offload())
            pages = PageCrawler(fetcher, offload, self.logger if self.browser_config.verbose else None)
            opening.callback(pages.close)
            return _Opened(loop=asyncio.get_running_loop(), pages=pages, resources=opening.pop_all())

    async def _await_left_streams(self) -> None:
        """Wait for the end of the streams whose readers have left: of a `break`, they hear a few rounds later."""
        for _ in range(_ROUNDS_TO_HEAR):
            await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        left = [stream for stream in self._streams if stream.cancelling() and stream.get_loop() is loop]
        if left:
            await asyncio.wait(left, timeout=_PATIENCE_S)

    def _opened_here(self) -> "_Opened | None":
        """Return what is open in this event loop; what belongs to one that has ended cannot even be closed any more.

        Raises:
            ConfigError: If it is open in another event loop that is running.
        """
        opened = self._opened
        if opened is None or opened.loop is asyncio.get_running_loop():
            return opened
        if opened.loop.is_running():
            msg = "this crawler is open in the event loop of another thread: make a crawler for each event loop"
            raise ConfigError(msg)
        return None

    def _turn(self) -> asyncio.Lock:
        """Return the lock for opening and closing; a lock belongs to an event loop, and a crawler may see several."""
        loop = asyncio.get_running_loop()
        if self._lock is None or self._lock[0] is not loop:
            self._lock = loop, asyncio.Lock()
        return self._lock[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What a crawler has open, which belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    pages: PageCrawler
    resources: AsyncExitStack


@overload
def crawl(  # type: ignore[overload-overlap]  # a text is an iterable of texts too; one URL is meant
    urls: str | CrawlRequest,
    *,
    config: Configs | None = None,
    browser_config: BrowserConfig | None = None,
    dispatcher: BaseDispatcher | None = None,
    **options: "Unpack[CrawlOverrides]",
) -> CrawlResult: ...


@overload
def crawl(
    urls: Iterable[str | CrawlRequest],
    *,
    config: Configs | None = None,
    browser_config: BrowserConfig | None = None,
    dispatcher: BaseDispatcher | None = None,
    **options: "Unpack[CrawlOverrides]",
) -> list[CrawlResult]: ...


def crawl(
    urls: str | CrawlRequest | Iterable[str | CrawlRequest],
    *,
    config: Configs | None = None,
    browser_config: BrowserConfig | None = None,
    dispatcher: BaseDispatcher | None = None,
    **options: "Unpack[CrawlOverrides]",
) -> CrawlResult | list[CrawlResult]:
    """Crawl and wait: for scripts and notebooks, where there is no `await`.

    Args:
        urls: One URL, or several.
        config: As for `AsyncWebCrawler.arun_many`.
        browser_config: As for `AsyncWebCrawler`.
        dispatcher: As for `AsyncWebCrawler.arun_many`.
        options: Options of CrawlerRunConfig, over those of *config*.

    Returns:
        The result of one URL; a list in input order for several.

    Raises:
        ConfigError: If an option is unknown or wrong.

    Example:
        >>> import skitter
        >>> print(skitter.crawl("raw:<h1>Tea</h1><p>Steep it.</p>").markdown)
        # Tea
        <BLANKLINE>
        Steep it.
    """
    if options.get("stream"):
        msg = "`stream=True` needs `await`: use AsyncWebCrawler.arun_many"
        raise ConfigError(msg)
    options["stream"] = False  # whatever the configs say

    async def run() -> CrawlResult | list[CrawlResult]:
        async with AsyncWebCrawler(config=browser_config) as crawler:
            results: list[CrawlResult] = await crawler.arun_many(urls, config, dispatcher, **options)
            return results[0] if isinstance(urls, str | CrawlRequest) else results

    return wait_for(run)


def _checked(value: T, kind: type[Any], name: str) -> T:
    """Return *value*, which must be of a *kind*: a config in the place of another would fail much later.

    Raises:
        ConfigError: If it is not.
    """
    if not isinstance(value, kind):
        msg = f"`{name}` must be of type {kind.__name__}, one of type {type(value).__name__} was given"
        raise ConfigError(msg)
    return value


def _config_of(task: CrawlTask) -> CrawlerRunConfig:
    """Return the config that was chosen for *task*, with the session that came with its URL."""
    config = task.config or CrawlerRunConfig()
    return config.clone(session_id=task.session_id) if task.session_id else config


def _with(config: CrawlerRunConfig, overrides: "CrawlOverrides") -> CrawlerRunConfig:
    _checked(config, CrawlerRunConfig, "config")
    return config.clone(**overrides) if overrides else config
