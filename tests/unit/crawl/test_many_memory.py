import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from skitter.crawl.many import CrawlTask
from skitter.dispatch import CrawlerMonitor, MemoryAdaptiveDispatcher
from skitter.dispatch.memory import Memory
from skitter.errors import CrawlError, MemoryShortage
from skitter.model.result import CrawlResult
from tests.crawling import many, page
from tests.virtual_time import run


class Machine:
    """Memory by a script: what is read at each second; the last reading stays."""

    def __init__(self, *percent: float) -> None:
        self.percent = list(percent)
        self.readings = 0

    def __call__(self) -> Memory:
        percent = self.percent[min(self.readings, len(self.percent) - 1)]
        self.readings += 1
        return Memory(used_bytes=round(percent * 100), available_bytes=round((100 - percent) * 100))


def adaptive(machine: Machine, permits: int = 8, **options: Any) -> MemoryAdaptiveDispatcher:
    return MemoryAdaptiveDispatcher(max_session_permit=permits, read_memory=machine, **options)


class Pages:
    """Attempts of a fixed length that note what becomes of them."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.starts: Counter[str] = Counter()
        self.start_times: list[float] = []
        self.running: list[str] = []
        self.stopped: list[str] = []

    async def __call__(self, task: CrawlTask) -> CrawlResult:
        self.starts[task.url] += 1
        self.start_times.append(asyncio.get_running_loop().time() - 1_000.0)
        self.running.append(task.url)
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.stopped.append(task.url)
            raise
        finally:
            self.running.remove(task.url)
        return page(task)


def urls(count: int) -> list[str]:
    return [f"http://h{n}/" for n in range(count)]


async def crawl(pages: Any, count: int, dispatcher: MemoryAdaptiveDispatcher) -> list[CrawlResult]:
    results: list[CrawlResult] = await many(urls(count), pages, dispatcher=dispatcher)
    return results


def test_under_pressure_no_page_starts_and_those_that_run_go_on():
    pages = Pages(2.5)
    machine = Machine(50, 50, 92, 92, 92, 92, 88, 88, 84, 50)  # over at second 8
    results = run(crawl(pages, 20, adaptive(machine, 8)))
    assert [result.url for result in results] == urls(20)
    assert not pages.stopped
    starts = [round(when, 3) for when in pages.start_times]
    assert starts == [0.0] * 8 + [8.0] * 8 + [10.5] * 4


def test_at_critical_the_youngest_are_queued_again_and_nothing_is_lost():
    pages = Pages(5.5)
    machine = Machine(50, 96, 96, 96, 96, 50)
    results = run(crawl(pages, 20, adaptive(machine, 8)))
    assert [result.url for result in results] == urls(20)
    assert all(result.success for result in results)
    assert pages.stopped == [
        "http://h4/",
        "http://h5/",
        "http://h6/",
        "http://h7/",
        "http://h2/",
        "http://h3/",
        "http://h1/",
    ]
    assert sum(pages.starts.values()) == 20 + 7
    assert pages.starts["http://h0/"] == 1
    attempts = {result.url: result.dispatch_result.attempts for result in results if result.dispatch_result}
    assert attempts == dict(pages.starts)


def test_what_was_stopped_goes_first_when_there_is_memory_again():
    pages = Pages(1.5)
    machine = Machine(50, 96, 50)
    run(crawl(pages, 30, adaptive(machine, 4)))
    again = [url for url, count in pages.starts.items() if count == 2]
    assert sorted(again) == ["http://h2/", "http://h3/"]


def test_a_page_that_is_done_all_the_same_is_not_crawled_twice():
    starts: Counter[str] = Counter()

    async def stubborn(task: CrawlTask) -> CrawlResult:
        starts[task.url] += 1
        with suppress(asyncio.CancelledError):  # bad manners, but not the loop's to punish
            await asyncio.sleep(1.5)
        return page(task)

    results = run(crawl(stubborn, 12, adaptive(Machine(50, 96, 50), 4)))
    assert [result.url for result in results] == urls(12)
    assert set(starts.values()) == {1}


def test_a_page_that_fails_while_it_is_stopped_is_a_failed_page():
    async def failing(task: CrawlTask) -> CrawlResult:
        try:
            await asyncio.sleep(1.5)
        except asyncio.CancelledError:
            raise CrawlError("the browser is gone") from None
        return page(task)

    results = run(crawl(failing, 12, adaptive(Machine(50, 96, 50), 4)))
    assert len(results) == 12
    assert [result.error_message for result in results if not result.success] == ["the browser is gone"] * 2


def test_cancelling_the_crawl_wins_over_stopping_a_page():
    pages = Pages(100.0)

    async def scenario() -> None:
        dispatcher = adaptive(Machine(50, 96), 4)
        task = asyncio.ensure_future(crawl(pages, 12, dispatcher))
        await asyncio.sleep(0.99)
        asyncio.get_running_loop().call_at(1_001.0, task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not pages.running

    run(scenario())


def test_too_long_a_shortage_ends_the_crawl_when_the_running_pages_are_done():
    pages = Pages(30.0)
    dispatcher = adaptive(Machine(50, 92), 3, memory_wait_timeout=10.0)

    async def scenario() -> list[Any]:
        with pytest.raises(MemoryError, match="above 90 % for 10 s") as caught:
            await crawl(pages, 20, dispatcher)
        assert isinstance(caught.value, MemoryShortage)
        assert round(asyncio.get_running_loop().time()) == 1_030
        return caught.value.results

    assert [result.url for result in run(scenario())] == urls(3)
    assert not pages.stopped


def test_in_a_stream_all_that_was_done_comes_before_the_error():
    pages = Pages(30.0)
    dispatcher = adaptive(Machine(50, 92), 3, memory_wait_timeout=10.0)

    async def scenario() -> list[str]:
        read = []
        with pytest.raises(MemoryError):
            async for result in many(urls(20), pages, dispatcher=dispatcher, stream=True):
                read.append(result.url)  # noqa: PERF401  # an error comes after some
        return sorted(read)

    assert run(scenario()) == urls(3)


def test_a_shortage_ends_the_reading_of_the_input():
    closed = []

    async def source() -> Any:
        try:
            for url in urls(2):
                yield url
            await asyncio.sleep(1_000_000.0)
        finally:
            closed.append(True)

    async def scenario() -> None:
        with pytest.raises(MemoryError):
            await many(source(), Pages(1.0), dispatcher=adaptive(Machine(92), memory_wait_timeout=5.0))

    run(scenario())
    assert closed == [True]


def test_without_a_limit_the_crawl_waits():
    pages = Pages(1.0)
    machine = Machine(50, *[92] * 5_000, 50)
    results = run(crawl(pages, 10, adaptive(machine, 4, memory_wait_timeout=None)))
    assert len(results) == 10
    assert max(pages.start_times) > 5_000


def test_a_crawl_that_stands_still_below_the_threshold_goes_on():
    pages = Pages(1.0)
    results = run(crawl(pages, 10, adaptive(Machine(92, 87), 4, memory_wait_timeout=None)))
    assert len(results) == 10
    assert max(Counter(pages.start_times[4:]).values()) == 1


def test_the_interval_is_kept_to():
    machine = Machine(50)
    run(crawl(Pages(9.0), 1, adaptive(machine, check_interval=2.0)))
    assert machine.readings == 5


def test_the_monitor_is_told_of_the_memory():
    states = []

    class Monitor(CrawlerMonitor):
        def update_memory_status(self, status: str) -> None:
            states.append(status)
            super().update_memory_status(status)

    machine = Machine(50, 92, 96, 50)
    run(crawl(Pages(1.5), 12, adaptive(machine, 4, monitor=Monitor(enable_ui=False))))
    assert states[:4] == ["NORMAL", "PRESSURE", "CRITICAL", "NORMAL"]
