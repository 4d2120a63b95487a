"""The one loop that crawls many URLs.

    input → [intake] → frontier → workers → hand-over

Three kinds of tasks run in one group. The *intake* reads the input, never much further than the workers have come.
The *workers*, at most as many as the dispatcher permits, each take a due task, crawl it and hand its result over. The
*watch* reads the memory now and then. Nobody polls: `_pump` gives due tasks to idle workers whenever something has
changed that can make one due (a page has ended, URLs were read, the time has come that the frontier named, the gate
has opened).

A page that is to be tried again goes back into the frontier with its time, and its worker takes another one.
"""

import asyncio
import logging
import math
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from skitter.base.clock import epoch
from skitter.crawl.handover import Handover
from skitter.crawl.intake import WAIT_CANCELLED, Configs, CrawlTask, configure, failed_task, items, task_of
from skitter.crawl.pace import Pace
from skitter.crawl.telling import Telling
from skitter.dispatch.base import BaseDispatcher
from skitter.dispatch.memory import own_bytes
from skitter.dispatch.retry import Retry
from skitter.errors import ConfigError, CrawlError, MemoryShortage, MissingExtra
from skitter.frontier.memory import MemoryFrontier, Wait
from skitter.model.result import CrawlFailure, CrawlResult, DispatchResult

log = logging.getLogger(__name__)

CrawlOne = Callable[[CrawlTask], Awaitable[CrawlResult | Retry]]
"""Makes one attempt at a task."""

_WINDOW = 1_000
"""How many tasks are kept ready, at least."""

_HORIZON = 20_000
"""How far the input is read in search of other hosts, where the known ones cannot keep all workers busy."""

_SLICE_S = 0.005
"""How long the intake reads before others may run."""

_YIELD_EVERY = 64
"""After so many pages a worker lets others run, even if none of them had to wait for anything."""

_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What is to be crawled, and how.

    Attributes:
        urls: The input.
        configs: One config, or several of which each URL gets the first that matches.
        crawl_one: Makes one attempt.
        dispatcher: Says how many at once and how fast.
        handover: Takes the results.
        finishes_what_it_read: When the input raises, the pages read before it are finished first.
    """

    urls: Any
    configs: Configs
    crawl_one: CrawlOne
    dispatcher: BaseDispatcher
    handover: Handover
    finishes_what_it_read: bool


class CrawlLoop:
    """One crawl of many URLs, from the first to the last; made where an event loop runs, and run once."""

    def __init__(self, orders: Orders) -> None:
        dispatcher = orders.dispatcher
        self._orders = orders
        self._dispatcher = dispatcher
        self._permits = dispatcher.permits
        self._window = max(_WINDOW, 20 * self._permits)
        self._horizon = max(_HORIZON, self._window)
        self._gate = dispatcher.gate()
        self._frontier: MemoryFrontier[CrawlTask] = MemoryFrontier(
            per_host=dispatcher.per_host, fairness_s=dispatcher.fairness_timeout
        )
        self._pace = Pace(dispatcher.rate_limiter, self._frontier)
        self._crawl_id = secrets.token_hex(4)
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._epoch_s = epoch() - self._began
        self._telling = Telling(dispatcher.monitor, self._epoch_s)
        self._group = asyncio.TaskGroup()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._is_open = True  # pages may start
        self._is_read = False  # the input has come to its end
        self._is_starving = False  # there are workers and nothing is due
        self._running: dict[CrawlTask, asyncio.Task[Any]] = {}
        self._idle: list[asyncio.Future[CrawlTask | None]] = []
        self._busy = self._workers = 0
        self._intake: asyncio.Task[None] | None = None
        self._read_on: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pump_is_due = False
        self._failure: Exception | None = None
        self._read = self._done = self._failed = 0
        self._memory_mb = self._peak_mb = 0.0

    async def run(self) -> None:
        """Crawl until every result is handed over.

        Raises:
            ConfigError: If a page could not be crawled because of the caller's options.
            MemoryShortage: If memory stayed short for too long; running pages were finished.
            Exception: What the input raised.
        """
        self._note_memory(own_bytes() / _MIB)
        self._telling.begins(self._orders.urls)
        try:
            await self._run_group()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            self._tell_the_rest()
            self._telling.ends()
            log.info(
                "crawl done",
                extra={
                    "pages": self._done,
                    "failed": self._failed,
                    "not_done": self._read - self._done,
                    "took_s": round(self._loop.time() - self._began, 3),
                    "peak_mb": round(self._peak_mb),
                },
            )
        if self._failure is not None:
            raise self._failure

    async def _run_group(self) -> None:
        """Run the group; what fails in it comes out as it is, and not as a group of one."""
        first: BaseException | None = None
        try:
            async with self._group:
                self._intake = self._group.create_task(self._closing(self._take_in), name="skitter-intake")
                watch = self._group.create_task(self._closing(self._watch), name="skitter-watch")
                try:
                    await self._ended
                finally:
                    self._is_open = False
                self._intake.cancel()
                watch.cancel()
                for idle in self._idle:
                    if not idle.done():
                        idle.set_result(None)
        except BaseExceptionGroup as failures:
            first = failures.exceptions[0]
        if first is not None:
            raise first

    async def _closing(self, part: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run *part*; if it fails, nothing starts any more from this moment on."""
        try:
            await part()
        except BaseException:
            self._is_open = False
            raise

    # ---- intake

    async def _take_in(self) -> None:
        """Read the input as far as the workers need it."""
        try:
            async with aclosing(items(self._orders.urls)) as source:
                pause_s = self._loop.time() + _SLICE_S
                async for item in source:
                    now = self._loop.time()
                    self._add(item, now)
                    while not self._is_wanting(self._window, self._horizon):
                        self._read_on = self._loop.create_future()
                        await self._read_on
                    if now >= pause_s:
                        await asyncio.sleep(0)
                        pause_s = self._loop.time() + _SLICE_S
        except Exception as error:  # the input is the caller's: it may raise anything, which is kept
            if not self._orders.finishes_what_it_read:
                raise
            self._failure = error
        self._is_read = True
        self._end_if_done()

    def _add(self, item: object, now: float) -> None:
        task = task_of(item, position=self._read, crawl_id=self._crawl_id, now=now)
        self._read += 1
        self._orders.handover.expect()
        self._frontier.add(task, now)
        if not self._pump_is_due:
            # not at once: the first workers are to choose from more than the first URL
            self._pump_is_due = True
            self._loop.call_soon(self._pump)

    def _is_wanting(self, window: int, horizon: int) -> bool:
        """Say whether more of the input is needed: to have tasks, or to have hosts enough for all workers."""
        queued = self._frontier.queued
        if queued < window:
            return True
        return queued < horizon and (self._is_starving or self._frontier.hosts < self._permits)

    # ---- who crawls what

    def _pump(self) -> None:
        """Give due tasks to idle workers."""
        self._pump_is_due = False
        while self._busy < self._permits and (task := self._next()) is not None:
            self._busy += 1
            if self._idle:
                self._idle.pop().set_result(task)
            else:
                self._workers += 1
                self._group.create_task(
                    self._closing(partial(self._work, task)), name=f"skitter-worker-{self._workers}"
                )

    def _next(self) -> CrawlTask | None:
        """Take the task whose turn it is, None where none may start now."""
        if not self._is_open or not self._gate.may_start(len(self._running)):
            return None
        now = self._loop.time()
        task = self._frontier.take(now)
        while isinstance(task, CrawlTask) and not self._pace.may_start(task, now):
            task = self._frontier.take(now)
        self._is_starving = not isinstance(task, CrawlTask)
        if self._read_on is not None and self._is_wanting(self._window // 2, self._horizon // 2):
            if not self._read_on.done():
                self._read_on.set_result(None)
            self._read_on = None
        if isinstance(task, Wait):
            self._pump_at(task.until_s)
            return None
        return task

    def _pump_at(self, when: float) -> None:
        if when == math.inf or (self._timer is not None and self._timer.when() <= when):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._pump()

    def _end_if_done(self) -> None:
        if self._busy or self._ended.done():
            return
        if not self._is_open or (self._is_read and not self._frontier.queued):
            self._ended.set_result(None)

    # ---- one worker

    async def _work(self, task: CrawlTask | None) -> None:
        worker = cast("asyncio.Task[Any]", asyncio.current_task())
        count = 0
        while task is not None:
            await self._crawl(task, worker)
            count += 1
            if not count % _YIELD_EVERY:
                await asyncio.sleep(0)
            task = self._next() or await self._rest()

    async def _rest(self) -> CrawlTask | None:
        """Wait for a task; None where there will be none."""
        self._busy -= 1
        self._end_if_done()
        if not self._is_open:
            return None
        idle: asyncio.Future[CrawlTask | None] = self._loop.create_future()
        self._idle.append(idle)
        return await idle

    async def _crawl(self, task: CrawlTask, worker: asyncio.Task[Any]) -> None:
        """Make one attempt at *task*, and hand over what came of it or queue it again."""
        task.started_s = self._loop.time()
        if task.fault is None and task.config is None:
            configure(task, self._orders.configs, self._dispatcher.select_config)
        outcome: CrawlResult | Retry | None
        if task.fault is None:
            outcome = await self._attempt(task, worker)
        else:
            outcome = failed_task(task, task.fault)
        now = self._loop.time()
        if isinstance(outcome, Retry):
            outcome = self._try_again(task, outcome, now)
        elif outcome is None:
            self._queue_again(task, now, due_s=now, reason="stopped: memory is short")
        else:
            self._pace.answered(task, outcome.status_code, now)
            self._frontier.done(task, now)
        if outcome is not None:
            await self._finish(task, outcome, now)

    async def _attempt(self, task: CrawlTask, worker: asyncio.Task[Any]) -> CrawlResult | Retry | None:
        """Return what came of an attempt, None where it was stopped because memory is short."""
        task.starts += 1
        self._telling.starts(task)
        self._running[task] = worker
        try:
            await self._pace.wait(task)
            outcome = await self._orders.crawl_one(task)
        except asyncio.CancelledError:
            if not worker.cancelling():
                return failed_task(task, WAIT_CANCELLED)
            if not task.is_shed or worker.uncancel():
                raise
            task.is_shed = False
            return None
        except (ConfigError, MissingExtra):
            raise
        except CrawlError as error:
            outcome = failed_task(task, CrawlFailure.of(error))
        finally:
            del self._running[task]
        if task.is_shed:  # it was done all the same
            task.is_shed = False
            worker.uncancel()
        return outcome

    def _try_again(self, task: CrawlTask, retry: Retry, now: float) -> CrawlResult | None:
        """Queue *task* again; return its result where the rate limiter says that this makes no sense."""
        task.retries += 1
        status = task.run.failed[-1].status if task.run is not None and task.run.failed else None
        goes_on = self._pace.answered(task, status, now, retry.host_delay_s)
        self._frontier.delay_host(task.host, now + retry.host_delay_s, now)
        if goes_on:
            self._queue_again(task, now, due_s=now + retry.delay_s, reason=retry.reason)
            return None
        self._frontier.done(task, now)
        reason = (
            f"{task.host} has refused too many requests in a row, the last with HTTP {status}: crawl it more slowly, "
            "or raise `max_retries` of the rate limiter"
        )
        return failed_task(task, CrawlFailure(kind="http_status", message=reason, retryable=True, status=status))

    def _queue_again(self, task: CrawlTask, now: float, *, due_s: float, reason: str) -> None:
        self._frontier.put_back(task, now, not_before=due_s)
        self._telling.waits_again(task, reason)

    async def _finish(self, task: CrawlTask, result: CrawlResult, now: float) -> None:
        """Say how *task* was scheduled and hand its result over."""
        self._done += 1
        if not result.success:
            self._failed += 1
        dispatched = DispatchResult(
            task_id=task.task_id,
            memory_usage=self._memory_mb,
            peak_memory=self._peak_mb,
            start_time=self._epoch_s + task.started_s,
            end_time=self._epoch_s + now,
            error_message=result.error_message or "",
            wait_time=task.started_s - task.added_s,
            attempts=max(1, task.starts),
        )
        result.dispatch_result = dispatched
        self._telling.is_done(task, result, dispatched)
        await self._orders.handover.put(task.position, result)

    # ---- memory

    async def _watch(self) -> None:
        """Read the memory now and then, and do what the gate says."""
        while self._gate.shortage is None:
            memory = await asyncio.to_thread(self._dispatcher.read_memory)
            self._note_memory(memory.used_bytes / _MIB)
            going_on = [task for task in self._running if not task.is_shed]
            shed = self._gate.observe(memory.percent, self._loop.time(), len(going_on))
            for task in going_on[len(going_on) - shed :]:
                task.is_shed = True
                self._running[task].cancel()
            if shed or self._gate.state != "NORMAL":
                log.debug("memory is short", extra={"percent": round(memory.percent, 1), "stopped": shed})
            self._tell_the_rest()
            self._pump()
            await asyncio.sleep(self._dispatcher.check_interval)
        self._failure = MemoryShortage(self._gate.shortage)
        self._is_open = False
        if self._intake is not None:
            self._intake.cancel()
        self._end_if_done()

    def _note_memory(self, used_mb: float) -> None:
        self._memory_mb = used_mb
        self._peak_mb = max(self._peak_mb, used_mb)

    def _tell_the_rest(self) -> None:
        if self._dispatcher.monitor is not None:  # looking at all hosts costs something
            waits_s = self._frontier.waits(self._loop.time())
            self._telling.stands(self._gate.state, self._frontier.queued, waits_s)
