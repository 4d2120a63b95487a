"""A crawl is cancelled in each round of the event loop in turn: nothing may be left, whatever it was doing."""

import asyncio
import gc
import logging
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from skitter.crawl.many import CrawlTask
from skitter.crawl.run import Attempt, Run
from skitter.dispatch import CrawlerMonitor, MemoryAdaptiveDispatcher, RateLimiter
from skitter.dispatch.memory import Memory
from skitter.dispatch.retry import Retry
from skitter.model.result import CrawlResult
from tests.crawling import many, page
from tests.virtual_time import VirtualLoop


class World:
    """A crawl in which everything happens: waits, retries, refusals, stopped pages, a slow input and a slow reader."""

    def __init__(self) -> None:
        self.running = self.started = self.finished = 0
        self.source_is_open = self.was_cancelled = False
        self.readings = [50, 50, 96, 96, 50]
        self.monitor = CrawlerMonitor(enable_ui=False)

    async def source(self) -> AsyncIterator[str]:
        self.source_is_open = True
        try:
            for n in range(9):
                yield f"http://h{n % 3}/{n}"
                if n % 4 == 3:
                    await asyncio.sleep(0.7)
        finally:
            self.source_is_open = False
            await asyncio.sleep(0)

    async def attempt(self, task: CrawlTask) -> CrawlResult | Retry:
        self.running += 1
        self.started += 1
        try:
            await asyncio.sleep(0.4)
            await asyncio.sleep(0)
        finally:
            self.running -= 1
        if task.position % 4 == 1 and task.retries < 2:
            assert task.config is not None
            task.run = Run(task.url, task.config, failed=[Attempt("http_status", "refused", 429)])
            return Retry(delay_s=0.3, host_delay_s=0.1)
        self.finished += 1
        return page(task)

    def memory(self) -> Memory:
        percent = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        return Memory(percent, 100 - percent)

    def dispatcher(self) -> MemoryAdaptiveDispatcher:
        return MemoryAdaptiveDispatcher(
            max_session_permit=3,
            per_host=2,
            check_interval=0.25,
            rate_limiter=RateLimiter(0.05, max_delay=1.0, chance=random.Random(1)),  # the same each time
            monitor=self.monitor,
            read_memory=self.memory,
        )

    async def as_list(self) -> int:
        return len(await many(self.source(), self.attempt, dispatcher=self.dispatcher()))

    async def as_stream(self) -> int:
        count = 0
        async for _ in many(self.source(), self.attempt, dispatcher=self.dispatcher(), stream=True):
            await asyncio.sleep(0.2)
            count += 1
        return count


def run_until(mode: str, last_round: int | None) -> tuple[World, Any, int]:
    """Run a crawl and cancel it before *last_round*; return the world, what came out and how many rounds it took."""
    world = World()

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        crawl = asyncio.ensure_future(world.as_list() if mode == "list" else world.as_stream())
        began = loop.rounds

        def cancel(number: int) -> None:
            if last_round is not None and number == began + last_round:
                world.was_cancelled = crawl.cancel()

        loop.on_round = cancel
        outcome = (await asyncio.gather(crawl, return_exceptions=True))[0]
        rounds = loop.rounds - began
        for _ in range(10):
            await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"cancelled in round {last_round}, and left: {left}"
        return outcome, rounds

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        outcome, rounds = runner.run(main())
        timers = [handle for handle in runner.get_loop()._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
        assert not timers, f"cancelled in round {last_round}, and left: {timers}"
    return world, outcome, rounds


@pytest.mark.parametrize("mode", ["list", "stream"])
def test_cancelled_at_any_moment_a_crawl_leaves_nothing(mode: str, caplog: pytest.LogCaptureFixture):
    world, outcome, rounds = run_until(mode, None)
    assert outcome == world.finished == 9
    assert world.started > 9
    assert rounds > 60
    cancelled = 0
    with caplog.at_level(logging.WARNING):
        for number in range(1, rounds + 1):
            world, outcome, _ = run_until(mode, number)
            assert isinstance(outcome, asyncio.CancelledError) if world.was_cancelled else outcome == 9, number
            cancelled += world.was_cancelled
            assert world.running == 0, number
            assert not world.source_is_open, number
            assert world.monitor._crawls == 0, number
        gc.collect()
    assert cancelled > 50
    assert not caplog.records, "a task or an exception that nobody looked at"
