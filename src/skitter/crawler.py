"""AsyncWebCrawler: opens the resources, hands URLs to the crawl, closes them."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack, overload

from skitter.base.loggers import PageLog
from skitter.config import BrowserConfig, CrawlerRunConfig, CrawlRequest
from skitter.crawl.intake import CrawlTask
from skitter.crawl.many import ManyCrawl
from skitter.crawl.offload import Offload
from skitter.crawl.one import PageCrawler, check
from skitter.crawl.outcome import failed_result
from skitter.crawl.run import Run
from skitter.dispatch.base import BaseDispatcher
from skitter.dispatch.default import dispatcher_for
from skitter.dispatch.retry import Retry
from skitter.errors import ConfigError, CrawlerClosed
from skitter.fetch.strategy import AsyncCrawlerStrategy, AsyncHTTPCrawlerStrategy
from skitter.model.result import CrawlResult

if TYPE_CHECKING:
    from skitter.config.keywords import CrawlOverrides

T = TypeVar("T")
Urls = Iterable[str | CrawlRequest] | AsyncIterable[str | CrawlRequest]
Configs = CrawlerRunConfig | Sequence[CrawlerRunConfig]


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
        self.browser_config = config or browser_config or BrowserConfig()
        self.crawler_strategy = crawler_strategy or AsyncHTTPCrawlerStrategy()
        self.logger = logger
        self._opened: AsyncExitStack | None = None
        self._pages: PageCrawler | None = None
        self._opening = asyncio.Lock()
        self._is_closed = False

    @property
    def ready(self) -> bool:
        """Whether the crawler is open."""
        return self._opened is not None

    async def start(self) -> Self:
        """Open the crawler; nothing happens where it is open already."""
        async with self._opening:
            self._is_closed = False
            if self._opened is None:
                async with AsyncExitStack() as opening:
                    fetcher = await opening.enter_async_context(self.crawler_strategy.serving(self.browser_config))
                    offload = await opening.enter_async_context(Offload())
                    page_log = self.logger if self.browser_config.verbose else None
                    self._pages = PageCrawler(fetcher, offload, page_log)
                    self._opened = opening.pop_all()
        return self

    async def close(self) -> None:
        """Close connections, sessions and worker processes; nothing happens where it is closed already.

        Pages of an `arun_many` that is still running fail with `cancelled`.
        """
        self._is_closed = True
        opened, self._opened, self._pages = self._opened, None, None
        if opened is not None:
            await opened.aclose()

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
        return await (await self._open()).crawl(Run(url, options))

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
        configs = [
            _with(one, overrides) for one in ([config] if isinstance(config, CrawlerRunConfig) else config or ())
        ]
        configs = configs or [CrawlerRunConfig(**overrides)]
        for one in configs:
            check(one)
        self._is_closed = False
        return ManyCrawl(
            urls,
            configs if isinstance(config, Sequence) else configs[0],
            self._crawl_by_arun if self._arun_is_replaced() else self._crawl_task,
            dispatcher=dispatcher or dispatcher_for(configs[0]),
            stream=configs[0].stream,
            crawler=self,
        )

    async def _crawl_task(self, task: CrawlTask) -> CrawlResult | Retry:
        """Make one attempt at a task of `arun_many`."""
        if task.run is None:
            task.run = Run(task.url, _config_of(task), task.metadata)
        if self._is_closed:
            msg = f"the crawler was closed before {task.url[:200]} was crawled"
            return failed_result(task.run, CrawlerClosed(msg, url=task.url))
        try:
            if task.request is not None:
                check(task.run.config)
            return await (self._pages or await self._open()).attempt(task.run)
        except ConfigError as error:
            if task.request is None or task.request.config is None:
                raise
            return failed_result(task.run, error)

    async def _crawl_by_arun(self, task: CrawlTask) -> CrawlResult:
        """Crawl a task of `arun_many` with an `arun` that is not ours: programs wrap or replace it."""
        return await self.arun(task.url, config=_config_of(task))

    def _arun_is_replaced(self) -> bool:
        return "arun" in vars(self) or type(self).arun is not AsyncWebCrawler.arun

    async def _open(self) -> PageCrawler:
        await self.start()
        if self._pages is None:  # closed by another task at this very moment
            msg = "the crawler was closed"
            raise CrawlerClosed(msg)
        return self._pages


@overload
def crawl(  # type: ignore[overload-overlap]  # a text is an iterable of texts too; one URL is meant
    urls: str,
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
    urls: str | Iterable[str | CrawlRequest],
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

    async def run() -> CrawlResult | list[CrawlResult]:
        async with AsyncWebCrawler(config=browser_config) as crawler:
            several = [urls] if isinstance(urls, str) else urls
            results: list[CrawlResult] = await crawler.arun_many(several, config, dispatcher, **options)
            return results[0] if isinstance(urls, str) else results

    return _wait_for(run)


def _config_of(task: CrawlTask) -> CrawlerRunConfig:
    """Return the config that was chosen for *task*, with the session that came with its URL."""
    config = task.config or CrawlerRunConfig()
    return config.clone(session_id=task.session_id) if task.session_id else config


def _with(config: CrawlerRunConfig, overrides: "CrawlOverrides") -> CrawlerRunConfig:
    return config.clone(**overrides) if overrides else config


def _wait_for(run: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine to its end, also where an event loop is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        in_loop = False
    else:
        in_loop = True
    if not in_loop:
        return asyncio.run(_call(run))
    with ThreadPoolExecutor(1, thread_name_prefix="skitter-crawl") as other:
        return other.submit(asyncio.run, _call(run)).result()


async def _call(run: Callable[[], Awaitable[T]]) -> T:
    return await run()
