"""A crawl that is cancelled or left at any moment leaves no task, no connection, no file and no process."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from itertools import count
from typing import Any

import pytest

from skitter import AsyncHTTPCrawlerStrategy, AsyncWebCrawler, HTTPCrawlerConfig
from skitter.crawl.many import ManyCrawl
from tests.leaks import Footprint, assert_released, cancelled_at, footprint
from tests.site.server import Site


@pytest.fixture
async def before(site: Site) -> Footprint:
    """What is held when the engine is warm and nothing is crawled."""
    async with AsyncWebCrawler() as crawler:
        await crawler.arun(f"{site.url}/page1")
    await asyncio.to_thread(lambda: None)
    return await footprint(site)


async def cancel_each_step(crawl: Callable[[], Coroutine[Any, Any, Any]]) -> int:
    """Crawl again and again, cancelled at each suspension in turn; return how often it was cancelled."""
    cancelled = 0
    for step in range(1, 200):
        was_cancelled, steps = await cancelled_at(step, crawl())
        cancelled += was_cancelled
        if steps < step:
            return cancelled
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize(
    ("path", "options", "least"),
    [
        ("/page1", {}, 2),
        ("/redirect/3", {"session_id": "s"}, 5),
        ("/retry/503/1", {"retry_delay": 0.001}, 3),
        ("/fault/truncated", {"retry_delay": 0.001, "max_retries": 1}, 3),
        ("/big/2200", {}, 2),
    ],
    ids=["page", "redirects", "retries", "breaks", "process"],
)
async def test_each_await_of_a_crawl(site: Site, before: Footprint, path: str, options: dict, least: int):
    urls = (f"{site.url}{path}?{n}" for n in count())  # what a page answers may depend on how often it was asked for
    async with AsyncWebCrawler() as crawler:
        await crawler.arun(next(urls), **options)
        assert await cancel_each_step(lambda: crawler.arun(next(urls), **options)) >= least
        assert (await crawler.arun(f"{site.url}/page2")).success, "the crawler is as good as before"
    await assert_released(site, before)


async def test_each_await_of_a_crawl_that_opens_and_closes(site: Site, before: Footprint):
    async def crawl() -> None:
        async with AsyncWebCrawler() as crawler:
            assert (await crawler.arun(f"{site.url}/page1", check_robots_txt=True)).success

    assert await cancel_each_step(crawl) >= 4
    await assert_released(site, before)


async def test_no_place_is_lost(site: Site, before: Footprint):
    async with AsyncWebCrawler(AsyncHTTPCrawlerStrategy(HTTPCrawlerConfig(max_connections=1))) as crawler:
        await cancel_each_step(lambda: crawler.arun(f"{site.url}/redirect/1"))
        async with asyncio.timeout(10):
            assert all(result.success for result in await crawler.arun_many([f"{site.url}/page{n}" for n in range(9)]))
    await assert_released(site, before)


def urls_of_all_kinds(site: Site) -> list[str]:
    paths = ["page1", "redirect/2", "retry/503/1", "big/2200", "fault/reset", "delay/0.02", "fault/hang", "json"]
    return [f"{site.url}/{path}" for path in paths]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_crawl_of_many_at_any_moment(site: Site, before: Footprint, stream: bool):
    urls = urls_of_all_kinds(site)

    async def crawl() -> None:
        running = crawler.arun_many(urls, stream=stream, retry_delay=0.01)
        if not stream:
            await running
        async for _ in running:
            pass

    async with AsyncWebCrawler() as crawler:
        for n in range(16):
            task = asyncio.ensure_future(crawl())
            for _ in range(n):
                await asyncio.sleep(0 if n < 8 else 0.003)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
        assert (await crawler.arun(f"{site.url}/page2")).success
    await assert_released(site, before)


async def leave_by_break(crawl: ManyCrawl) -> None:
    async for _ in crawl:
        break


async def leave_by_error(crawl: ManyCrawl) -> None:
    with pytest.raises(ZeroDivisionError):
        async for _ in crawl:
            raise ZeroDivisionError


async def leave_by_closing(crawl: ManyCrawl) -> None:
    await anext(aiter(crawl))
    await crawl.aclose()


async def leave_by_forgetting(crawl: ManyCrawl) -> None:
    await anext(aiter(crawl))
    del crawl
    gc.collect()
    await asyncio.sleep(0)


async def leave_by_a_limit(crawl: ManyCrawl) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            async for _ in crawl:
                pass


async def leave_by_generator(crawl: ManyCrawl) -> None:
    async def titles() -> AsyncIterator[str]:
        async for result in crawl:
            yield result.metadata["title"]

    rows = titles()
    await anext(rows)
    await rows.aclose()


@pytest.mark.parametrize(
    "leave",
    [leave_by_break, leave_by_error, leave_by_closing, leave_by_forgetting, leave_by_a_limit, leave_by_generator],
)
async def test_leaving_a_stream_early(site: Site, before: Footprint, leave: Callable[[ManyCrawl], Awaitable[None]]):
    urls = urls_of_all_kinds(site)
    async with AsyncWebCrawler() as crawler:
        await leave(crawler.arun_many(urls, stream=True))
        async with asyncio.timeout(5):  # a generator that is forgotten is closed by the loop, a few turns later
            while len(asyncio.all_tasks()) > 1 or site.seen.running.total():
                await asyncio.sleep(0.005)
        assert (await crawler.arun(f"{site.url}/page2")).success
    await assert_released(site, before)


@pytest.mark.parametrize("holds_it", [True, False])
async def test_a_stream_that_was_left_has_ended_when_the_crawler_is_closed(site: Site, holds_it: bool):
    async with AsyncWebCrawler() as crawler:
        held = crawler.arun_many(urls_of_all_kinds(site), stream=True) if holds_it else None
        async for _ in held or crawler.arun_many(urls_of_all_kinds(site), stream=True):
            break
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert await site.is_quiet()
