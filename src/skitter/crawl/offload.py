"""Where a page is read: here, in a thread or in a worker process.

- Here, in the event loop, while little is to be done: a program that crawls a few pages, or one page after the other,
  starts no process. A page must be small for that.
- In a worker process as soon as several pages want to be read at once and reading has taken as long as two processes
  take to start, and always for a large page. The parser holds the interpreter's lock, so threads would block the event
  loop all the same.
- In a thread where the options hold classes or functions of the caller's program, which another process cannot have,
  and where processes cannot be started. Such code should not wait or compute for long: it holds up other pages.

A page for which nobody waits any more because its deadline has passed is not read to its end in a process, but cannot
be stopped in a thread.
"""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from skitter.crawl.page import Page, PageTask, read_page
from skitter.crawl.workers.cpus import usable_cpus
from skitter.crawl.workers.pool import NoWorkers, WorkerPool
from skitter.crawl.workers.portable import Shipping
from skitter.errors import CrawlError

_EXPANSION = 6  # HTML compresses to a fifth or so
_LESS_WITH_PROCESSES = 8  # where a process runs already, the event loop need not wait for a page of middling size
_THREADS_BESIDE_CPUS = 2


class Demand:
    """Says whether there is so much to compute that worker processes are worth their start.

    A bucket of CPU seconds that leaks: it fills when computing takes more than a share of the time.

    Args:
        share: What may be computed in the event loop for good, as a share of the time.
        credit_s: What may be computed beyond that before the demand is high.
        memory_s: Seconds without any computing after which the demand is low again, whatever was before.
    """

    def __init__(self, *, share: float = 0.1, credit_s: float = 0.4, memory_s: float = 30.0) -> None:
        self._share = share
        self._credit_s = credit_s
        self._most_s = credit_s + share * memory_s
        self._level_s = 0.0
        self._then: float | None = None

    def add(self, cpu_s: float, now: float) -> None:
        """Note that *cpu_s* seconds were computed, wherever."""
        self._leak(now)
        self._level_s = min(self._most_s, self._level_s + cpu_s)

    def is_high(self, now: float) -> bool:
        """Say whether there is more to compute than the event loop should do itself."""
        self._leak(now)
        return self._level_s > self._credit_s

    def _leak(self, now: float) -> None:
        if self._then is not None:
            self._level_s = max(0.0, self._level_s - self._share * (now - self._then))
        self._then = now


class Offload:
    """Reads pages without holding up the event loop; an async context manager.

    Nothing is started before it is needed.

    Args:
        processes: The most worker processes; None for one a processor, 0 for none.
        work: What reads a page: a function of a module that can be imported.
        demand: Says when there is so much to do that processes are started; None for the usual.
        small_bytes: The largest page, roughly and decoded, that may be read in the event loop, at some 10 ms a
            megabyte; an eighth of it once a process runs; -1 for none.
        idle_s: Seconds without work after which a process ends.
        max_tasks: Pages after which a process is replaced.
        max_rss_bytes: Memory above which a process is replaced.
    """

    def __init__(
        self,
        processes: int | None = None,
        *,
        work: Callable[[PageTask], Page] = read_page,
        demand: Demand | None = None,
        small_bytes: int = 2 * 2**20,
        idle_s: float = 60.0,
        max_tasks: int = 10_000,
        max_rss_bytes: int = 400 * 2**20,
    ) -> None:
        self._work = work
        self._demand = demand if demand is not None else Demand()
        self._small_bytes = small_bytes
        self._most = usable_cpus() if processes is None else processes
        self._pool = WorkerPool(work, most=self._most, idle_s=idle_s, max_tasks=max_tasks, max_rss_bytes=max_rss_bytes)
        self._shipping = Shipping(frozenset({work.__module__.partition(".")[0]}))
        self._turn = asyncio.Lock()
        self._callers = 0
        self._threads = asyncio.Semaphore(usable_cpus() + _THREADS_BESIDE_CPUS)
        self._is_closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The worker processes that are running."""
        return self._pool.pids

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all processes at once; callers that still wait get an error."""
        self._is_closed = True
        await self._pool.close()

    async def run(self, task: PageTask) -> Page:
        """Read one page; a caller that is cancelled leaves nothing behind.

        Raises:
            CrawlError: If reading failed in a process, ended two processes, or this was closed meanwhile.
            Exception: What the work raises, where it runs in this process.
        """
        if self._is_closed:
            msg = "the crawler is closed: open a new one"
            raise CrawlError(msg, url=task.url)
        self._callers += 1
        try:
            return await self._run(task)
        finally:
            self._callers -= 1

    async def _run(self, task: PageTask) -> Page:
        shipped = self._shipping.of(task.options)
        if shipped is None:
            return await self._in_thread(task)
        weight = weight_bytes(task.body, task.content_encoding)
        if not self._goes_away(weight):
            async with self._turn:
                await asyncio.sleep(0)  # one page a turn of the loop: others come in between
                if self._most and self._is_high():
                    await self._pool.grow()
                if not self._goes_away(weight):
                    return self._here(task)
        if not self._most:
            return await self._in_thread(task)
        try:
            page, cpu_s = await self._pool.run(task, shipped, weight=weight)
        except NoWorkers:
            return await self._in_thread(task)
        self._demand.add(cpu_s, time.monotonic())
        done: Page = page
        return done

    def _is_high(self) -> bool:
        # where pages come one after the other, a process would only wait for the next one
        return self._callers > 1 and self._demand.is_high(time.monotonic())

    def _goes_away(self, weight: int) -> bool:
        """Say whether a page is read elsewhere: it is large, or there is much to do and a process to do it."""
        if self._pool.is_ready:
            return weight * _LESS_WITH_PROCESSES > self._small_bytes or self._is_high()
        return weight > self._small_bytes or (self._is_high() and not self._most)

    def _here(self, task: PageTask) -> Page:
        started = time.thread_time()
        try:
            return self._work(task)
        finally:
            self._demand.add(time.thread_time() - started, time.monotonic())

    async def _in_thread(self, task: PageTask) -> Page:
        # few: while one computes, the event loop waits for the interpreter's lock behind all of them
        async with self._threads:
            return await asyncio.to_thread(self._work, task)


def weight_bytes(body: bytes | str, content_encoding: str) -> int:
    """Return roughly how much text *body* is when it is decoded."""
    if not content_encoding or isinstance(body, str):
        return len(body)
    weight = len(body) * _EXPANSION
    if content_encoding == "gzip":
        # RFC 1952, 2.3.1: the size of the last member, so that an honest bomb is known for what it is
        weight = max(weight, int.from_bytes(body[-4:], "little"))
    return weight
