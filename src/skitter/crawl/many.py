"""Many URLs: what `arun_many` returns, which crawls when it is awaited or iterated over.

Nothing happens before: no coroutine, no task. `loop.py` does the work.
"""

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator
from typing import Any, Self

from skitter.config.crawl import CrawlerRunConfig
from skitter.crawl.handover import Channel, Collected, Handover
from skitter.crawl.intake import Configs, CrawlTask, checked_configs, checked_urls
from skitter.crawl.loop import CrawlLoop, CrawlOne, Orders
from skitter.dispatch.base import BaseDispatcher, Crawler, CrawlerTaskResult, Within
from skitter.errors import MemoryShortage
from skitter.model.result import CrawlResult, DispatchResult

__all__ = ["CrawlTask", "ManyCrawl"]


class ManyCrawl(Coroutine[Any, Any, Any]):
    """A crawl of many URLs.

    Without `stream`, awaiting it crawls and returns the list of results, in the order of the input. With `stream` it is
    iterated over, with or without an `await` before, and gives each result as its page finishes; `async for` may be
    used without `stream` too. Leaving such a loop early stops the crawl.

    It counts as a coroutine, so that it can be made a task.
    """

    def __init__(
        self,
        urls: object,
        configs: object,
        crawl_one: CrawlOne,
        *,
        dispatcher: BaseDispatcher,
        stream: bool = False,
        crawler: Crawler | None = None,
        streams: set[asyncio.Task[None]] | None = None,
    ) -> None:
        """Check what is asked; nothing starts yet.

        Args:
            urls: One URL, or an iterable or async iterable of URLs and CrawlRequests. It is read as the crawl proceeds.
            configs: A CrawlerRunConfig, or a list of them of which each URL gets the first that matches.
            crawl_one: Makes one attempt at a task whose `config` is set.
            dispatcher: Says how many at once and how fast.
            stream: Whether results are given as pages finish.
            crawler: Handed to a dispatcher that overrides `crawl_url`, `run_urls` or `run_urls_stream`.
            streams: Holds the task that crawls for an iterator, for as long as it runs.

        Raises:
            ConfigError: If *urls* or *configs* is nothing of the kind.
        """
        self._urls = checked_urls(urls)
        self._configs = checked_configs(configs)
        self._stream = stream
        self._crawler = None if isinstance(dispatcher, Within) else crawler
        self._dispatcher = dispatcher.dispatcher if isinstance(dispatcher, Within) else dispatcher
        self._crawl_one = crawl_one
        if _overrides(self._dispatcher, "crawl_url"):
            self._dispatcher.crawler = crawler
            self._crawl_one = _by_dispatcher(self._dispatcher)
        self._streams = streams if streams is not None else set()
        self._has_begun = False
        self._coroutine: Coroutine[Any, Any, Any] | None = None
        self._held: AsyncGenerator[CrawlResult, None] | None = None
        self._iterator: weakref.ref[AsyncGenerator[CrawlResult, None]] | None = None

    # ---- awaited

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._begin().__await__()

    def send(self, value: Any) -> Any:
        """Go on, as a coroutine does."""
        return self._begun().send(value)

    def throw(self, *error: Any) -> Any:
        """Go on with an exception, as a coroutine does."""
        return self._begun().throw(*error)

    def close(self) -> None:
        """End it, as a coroutine does."""
        if self._coroutine is not None:
            self._coroutine.close()

    def _begun(self) -> Coroutine[Any, Any, Any]:
        if self._coroutine is None:
            self._coroutine = self._begin()
        return self._coroutine

    def _begin(self) -> Coroutine[Any, Any, Any]:
        return self._itself() if self._stream else self._collect()

    async def _itself(self) -> Self:
        return self

    async def _collect(self) -> list[CrawlResult]:
        self._begin_once()
        if _overrides(self._dispatcher, "run_urls") and self._crawler is not None:
            answers = await self._dispatcher.run_urls(urls=self._urls, crawler=self._crawler, config=self._configs)
            return [_result_of(answer) for answer in answers]
        collected = Collected()
        orders = self._orders(collected, finishes_what_it_read=False)
        try:
            await CrawlLoop(orders).run()
        except MemoryShortage as shortage:
            shortage.results = collected.results()
            raise
        finally:
            await _let_proxies_go(orders.configs)
        return collected.results()

    # ---- iterated over

    def __aiter__(self) -> AsyncIterator[CrawlResult]:
        return self._generator()

    async def __anext__(self) -> CrawlResult:
        if self._held is None:
            self._held = self._generator()
        return await anext(self._held)

    def _generator(self) -> AsyncGenerator[CrawlResult, None]:
        iterator = self._iterator() if self._iterator is not None else None
        if iterator is None:
            self._begin_once()
            iterator = self._results()
            # not held here: when the loop that iterates is left, the generator goes away and ends the crawl
            self._iterator = weakref.ref(iterator)
        return iterator

    async def aclose(self) -> None:
        """Stop the crawl: what runs is cancelled, and has ended when this returns."""
        iterator = self._iterator() if self._iterator is not None else None
        if iterator is not None:
            await iterator.aclose()

    def _results(self) -> AsyncGenerator[CrawlResult, None]:
        if _overrides(self._dispatcher, "run_urls_stream") and self._crawler is not None:
            return _streamed_by(self._dispatcher, self._urls, self._crawler, self._configs)
        channel = Channel(limit=max(2, self._dispatcher.permits))
        return _streamed(self._orders(channel, finishes_what_it_read=True), channel, self._streams)

    # ---- both

    def _begin_once(self) -> None:
        if self._has_begun:
            msg = "this crawl was begun before: keep its results, or call `arun_many` again"
            raise RuntimeError(msg)
        self._has_begun = True

    def _orders(self, handover: Handover, *, finishes_what_it_read: bool) -> Orders:
        return Orders(
            urls=self._urls,
            configs=self._configs,
            crawl_one=self._crawl_one,
            dispatcher=self._dispatcher,
            handover=handover,
            finishes_what_it_read=finishes_what_it_read,
        )


async def _let_proxies_go(configs: Configs) -> None:
    """Let the proxies of the crawl's sessions go, where its configs say so."""
    for config in (configs,) if isinstance(configs, CrawlerRunConfig) else configs:
        proxies, session = config.proxy_rotation_strategy, config.proxy_session_id
        if config.proxy_session_auto_release and proxies is not None and session is not None:
            await proxies.release_session(session)


async def _streamed(
    orders: Orders, channel: Channel, streams: set[asyncio.Task[None]]
) -> AsyncGenerator[CrawlResult, None]:
    # The loop needs a task of its own, with this generator as its owner: a TaskGroup cannot stay open over a `yield`,
    # as each result may be asked for by another task and the group would cancel whichever entered it.
    loop = asyncio.get_running_loop()
    running = loop.create_task(CrawlLoop(orders).run(), name="skitter-crawl")
    streams.add(running)

    def end(ended: asyncio.Task[None]) -> None:
        streams.discard(ended)
        channel.close()
        if not ended.cancelled():
            ended.exception()  # looked at: nobody is left to raise it to where the reader has gone

    running.add_done_callback(end)
    try:
        while (result := await channel.get()) is not None:
            yield result
        await running
    finally:
        if not running.done():
            running.cancel()
            await asyncio.wait([running])
        await _let_proxies_go(orders.configs)


async def _streamed_by(
    dispatcher: BaseDispatcher, urls: Any, crawler: Crawler, configs: Any
) -> AsyncGenerator[CrawlResult, None]:
    answers = dispatcher.run_urls_stream(urls=urls, crawler=crawler, config=configs)
    try:
        async for answer in answers:
            yield _result_of(answer)
    finally:
        if isinstance(answers, AsyncGenerator):
            await answers.aclose()


def _by_dispatcher(dispatcher: BaseDispatcher) -> CrawlOne:
    async def crawl_one(task: CrawlTask) -> CrawlResult:
        return _result_of(await dispatcher.crawl_url(task.url, task.config, task.task_id))

    return crawl_one


def _overrides(dispatcher: BaseDispatcher, name: str) -> bool:
    return getattr(type(dispatcher), name) is not getattr(BaseDispatcher, name)


def _result_of(answer: CrawlResult | CrawlerTaskResult) -> CrawlResult:
    """Return the page of what a dispatcher of the caller's own answered."""
    if isinstance(answer, CrawlResult):
        return answer
    result = answer.result
    result.dispatch_result = DispatchResult(
        task_id=answer.task_id,
        memory_usage=answer.memory_usage,
        peak_memory=answer.peak_memory,
        start_time=answer.start_time,
        end_time=answer.end_time,
        error_message=answer.error_message,
        wait_time=answer.wait_time,
        attempts=answer.retry_count + 1,
    )
    return result
