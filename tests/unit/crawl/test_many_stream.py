import asyncio
import gc
import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Any

import pytest

from skitter.config import CrawlerRunConfig
from skitter.crawl.many import CrawlTask, ManyCrawl
from skitter.model.result import CrawlResult
from tests.crawling import Attempt, at_once, many, page, taking
from tests.virtual_time import run


def urls(number: int, hosts: int = 7) -> list[str]:
    return [f"http://h{n % hosts}/{n}" for n in range(number)]


def endless() -> Iterator[str]:
    return (f"http://h{n % 9}/{n}" for n in count())


class Pages:
    """Attempts that say how many run and how many were stopped."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.seconds = seconds
        self.started = self.running = self.finished = self.stopped = 0

    async def __call__(self, task: CrawlTask) -> CrawlResult:
        self.started += 1
        self.running += 1
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        finally:
            self.running -= 1
        self.finished += 1
        return page(task)


def stream(source: Any, attempt: Attempt | None = None, **options: Any) -> ManyCrawl:
    return many(source, attempt, stream=True, **options)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("with_await", [False, True])
@pytest.mark.parametrize("number", [0, 1, 50])
def test_each_url_gives_one_result_with_and_without_await(number: int, with_await: bool):
    async def scenario() -> list[str]:
        crawl = stream(urls(number))
        if with_await:
            crawl = await crawl
        return [result.url async for result in crawl]

    assert sorted(run(scenario())) == sorted(urls(number))


def test_results_come_as_pages_finish():
    async def attempt(task: CrawlTask) -> CrawlResult:
        await asyncio.sleep(5.0 - task.position)
        return page(task)

    async def scenario() -> list[tuple[str, float]]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        return [(result.url, round(loop.time() - began, 6)) async for result in stream(urls(5), attempt)]

    assert run(scenario()) == [(f"http://h{n}/{n}", 5.0 - n) for n in (4, 3, 2, 1, 0)]


def test_results_can_be_asked_for_one_by_one():
    async def scenario() -> None:
        crawl = stream(urls(3), taking(1.0), dispatcher=at_once(1))
        first = await anext(crawl)
        rest = [result.url async for result in crawl]
        assert [first.url, *rest] == urls(3)
        with pytest.raises(StopAsyncIteration):
            await anext(crawl)

    run(scenario())


def test_a_list_crawl_can_be_iterated_over_too():
    async def scenario() -> int:
        return len([result async for result in many(urls(4))])

    assert run(scenario()) == 4


# ---- a slow reader


def test_a_slow_reader_slows_the_crawl():
    pages = Pages(0.0)

    async def scenario() -> None:
        read = 0
        async for _ in stream(endless(), pages, dispatcher=at_once(10)):
            read += 1
            await asyncio.sleep(10.0)
            assert pages.finished <= read + 20  # ten are handed over, ten wait to be
            if read == 50:
                break

    run(scenario())
    assert pages.finished >= 60


def test_a_reader_who_stops_reading_holds_the_crawl_up_and_no_more():
    pages = Pages(0.0)

    async def scenario() -> None:
        crawl = stream(endless(), pages, dispatcher=at_once(10))
        await anext(crawl)
        await asyncio.sleep(10_000.0)
        assert pages.finished <= 21
        await crawl.aclose()

    run(scenario())


# ---- leaving early


@pytest.mark.parametrize("keeps_the_crawl", [False, True])
def test_leaving_the_loop_stops_what_is_running(keeps_the_crawl: bool):
    pages = Pages()

    async def scenario() -> None:
        crawl = stream(endless(), pages, dispatcher=at_once(5))
        kept = crawl if keeps_the_crawl else None
        read = 0
        async for _ in crawl:
            read += 1
            if read == 7:
                break
        del crawl
        await settled()
        assert pages.running == 0
        assert pages.stopped + pages.finished == pages.started
        if kept is not None:
            with pytest.raises(RuntimeError, match="begun before"):
                async for _ in kept:
                    pass

    run(scenario())
    assert pages.stopped >= 1


def test_an_error_in_the_loop_stops_what_is_running():
    pages = Pages()

    async def scenario() -> None:
        with pytest.raises(ZeroDivisionError):
            async for _ in stream(endless(), pages):
                raise ZeroDivisionError
        await settled()
        assert pages.running == 0

    run(scenario())


def test_closing_stops_what_is_running_before_it_returns():
    pages = Pages()

    async def scenario() -> None:
        crawl = stream(endless(), pages)
        await anext(crawl)
        assert pages.running > 0
        await crawl.aclose()
        assert pages.running == 0
        await crawl.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(crawl)

    run(scenario())


def test_closing_a_crawl_that_never_began_is_nothing():
    async def scenario() -> None:
        await stream(endless()).aclose()
        crawl = await stream(endless())
        await crawl.aclose()

    run(scenario())


def test_forgetting_a_crawl_that_is_asked_one_by_one_stops_it():
    pages = Pages()

    async def scenario() -> None:
        crawl = stream(endless(), pages)
        await anext(crawl)
        del crawl
        await settled()
        assert pages.running == 0

    run(scenario())


def test_a_reader_who_is_cancelled_stops_the_crawl():
    pages = Pages()

    async def read() -> None:
        async for _ in stream(endless(), pages):
            pass

    async def scenario() -> None:
        reader = asyncio.ensure_future(read())
        await asyncio.sleep(3.5)
        assert pages.running == 5
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert pages.running == 0

    run(scenario())


def test_a_reader_who_runs_out_of_time_stops_the_crawl():
    pages = Pages()

    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3.5):
                async for _ in stream(endless(), pages):
                    pass
        assert pages.running == 0

    run(scenario())


def test_the_end_of_the_program_leaves_no_complaint(caplog: pytest.LogCaptureFixture):
    async def main() -> None:
        crawl = await stream(endless())
        await anext(crawl)
        held.append(crawl)

    held: list[ManyCrawl] = []
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        for _ in range(10):  # a real loop, which is closed with the crawl under way; what it closes first is chance
            asyncio.run(main())
        held.clear()
        gc.collect()
    assert not caplog.records, [record.exc_info for record in caplog.records]


def test_no_complaint_where_the_crawl_fails_after_the_reader_has_left(caplog: pytest.LogCaptureFixture):
    async def attempt(task: CrawlTask) -> CrawlResult:
        try:
            await asyncio.sleep(1.0 if task.position else 0.0)
        finally:
            if task.position:
                raise ZeroDivisionError
        return page(task)

    async def scenario() -> None:
        async for _ in stream(urls(5), attempt):
            break
        await settled()
        gc.collect()

    with caplog.at_level(logging.WARNING):
        run(scenario())
    assert not caplog.records, [record.exc_info for record in caplog.records]


# ---- the input


def test_an_async_generator_is_closed_when_the_loop_is_left():
    closed = []

    async def source() -> AsyncIterator[str]:
        try:
            for n in count():
                yield f"http://h{n % 9}/{n}"
        finally:
            await asyncio.sleep(1.0)
            closed.append(True)

    async def scenario() -> None:
        crawl = stream(source())
        await anext(crawl)
        await crawl.aclose()
        assert closed == [True]

    run(scenario())


def test_an_async_generator_that_is_waiting_is_closed_too():
    closed = []

    async def source() -> AsyncIterator[str]:
        yield "http://a/"
        try:
            await asyncio.sleep(1_000_000.0)
        finally:
            closed.append(True)

    async def scenario() -> None:
        async for _ in stream(source()):
            break
        await settled()
        assert closed == [True]

    run(scenario())


def test_pages_are_crawled_while_the_input_is_slow():
    async def source() -> AsyncIterator[str]:
        for n in range(4):
            yield f"http://a/{n}"
            await asyncio.sleep(10.0)

    async def scenario() -> list[float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        return [round(loop.time() - began) async for _ in stream(source(), taking(1.0))]

    assert run(scenario()) == [1, 11, 21, 31]


def broken(number: int) -> Iterator[str]:
    yield from urls(number)
    raise KeyError("the input is broken")


async def broken_later(number: int) -> AsyncIterator[str]:
    for url in urls(number):
        yield url
    await asyncio.sleep(0.5)
    raise KeyError("the input is broken")


@pytest.mark.parametrize("source", [broken, broken_later])
def test_an_input_that_fails_does_so_after_what_it_gave(source: Any):
    pages = Pages()

    async def scenario() -> None:
        read = []
        with pytest.raises(KeyError, match="the input is broken"):
            async for result in stream(source(12), pages):
                read.append(result.url)  # noqa: PERF401  # an error comes after some
        assert sorted(read) == sorted(urls(12))

    run(scenario())


@pytest.mark.parametrize("source", [broken, broken_later])
def test_a_list_whose_input_fails_fails_at_once(source: Any):
    pages = Pages(100.0)

    async def scenario() -> float:
        began = asyncio.get_running_loop().time()
        with pytest.raises(KeyError, match="the input is broken"):
            await many(source(12), pages)
        assert pages.running == 0
        return asyncio.get_running_loop().time() - began

    assert run(scenario()) < 1.0


def test_the_same_config_object_serves_many_crawls():
    config = CrawlerRunConfig(stream=True)

    async def scenario() -> list[int]:
        async def one() -> int:
            return len([result async for result in stream(urls(20), configs=config)])

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one()) for _ in range(5)]
        return [task.result() for task in tasks]

    assert run(scenario()) == [20] * 5
