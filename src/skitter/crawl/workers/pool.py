"""Worker processes that compute while the event loop goes on.

A task waits in one queue until a worker has room. A worker is given a few tasks ahead, so that it need not wait for
the event loop between two; they lie in the socket until it reads them. Workers do tasks in the order they were given,
so the first of a worker's tasks is the one it is busy with, and the one to blame when it dies or does not end:

- A worker that dies is replaced. The task it was busy with is tried once more; a task that has ended two workers is
  an error. The tasks behind it go back to the queue.
- A worker that is busy with one task for more than a second gives back those behind it. (They are in its socket all
  the same: what it makes of them in the end is used if it is first.)
- A worker that is busy with a task for which nobody waits any more is ended after half a second.

Workers are started by `run`, in the task of a caller that has to wait; nothing here is a task of its own. When a
worker goes and callers are waiting, the first of them is woken to start another. A timer looks at the workers while
there are some.
"""

import asyncio
import logging
import math
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from skitter.crawl.workers.process import Job, Shipped, WorkerProcess
from skitter.errors import CrawlError, ParseError

log = logging.getLogger(__name__)

_LOOK_S = 0.25
_ABANDONED_S = 0.5
_STUCK_S = 1.0
_START_S = 30.0
_EXIT_S = 0.5
_DEATHS = 2
_FAILED_STARTS = 2
_GIVEN_UP_S = 60.0
_AGAIN: Final = object()


class NoWorkers(Exception):  # noqa: N818  # says what there is, and is no error to the caller
    """Processes cannot be started here."""


class WorkerPool:
    """A few processes that do tasks for one event loop.

    Args:
        work: A function of a module that can be imported: what is done with a task.
        most: How many processes there may be.
        idle_s: Seconds without work after which a process is ended.
        max_tasks: Tasks after which a process is replaced.
        max_rss_bytes: Memory above which a process is replaced.
    """

    def __init__(
        self, work: Callable[[Any], Any], *, most: int, idle_s: float, max_tasks: int, max_rss_bytes: int
    ) -> None:
        self._work = work
        self._most = most
        self._idle_s = idle_s
        self._limits = (max_tasks, max_rss_bytes)
        self._workers: list[WorkerProcess] = []
        self._ended: list[WorkerProcess] = []
        self._waiting: deque[Job] = deque()
        self._count = 0
        can_start = work.__module__ != "__main__" and sys.executable and not getattr(sys, "frozen", False)
        self._failed_starts = 0
        self._given_up_until = 0.0 if can_start else math.inf
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that are running."""
        return tuple(worker.process.pid for worker in self._workers)

    @property
    def is_ready(self) -> bool:
        """Whether a process is there that takes tasks."""
        return any(worker.is_ready for worker in self._workers)

    async def run(self, task: Any, shipped: Shipped | None, *, weight: int) -> tuple[Any, float]:
        """Do a task in a process, starting one where it is needed.

        Args:
            task: What is done.
            shipped: The options it holds.
            weight: Roughly how much work it is, in bytes of text; a heavy task has a process to itself.

        Returns:
            What came of it, and the CPU seconds that it took.

        Raises:
            NoWorkers: If processes cannot be started here.
            CrawlError: If the task ended two processes, or the pool was closed meanwhile, or what the work raised:
                its own error where that is a CrawlError, else one that tells of it.
        """
        self._count += 1
        job = Job(self._count % 2**32, task, shipped, weight)
        put = self._waiting.append
        try:
            while True:
                if self._is_closed:
                    raise _closed_error(job.url)
                if self._has_given_up() and not self._workers:
                    raise NoWorkers
                put(job)
                self._feed()
                if self._is_short():
                    await self.grow()
                outcome = await job.outcome
                if outcome is not _AGAIN:
                    done: tuple[Any, float] = outcome
                    return done
                job.outcome = asyncio.get_running_loop().create_future()
                put = self._waiting.appendleft
        finally:
            job.leave()
            self._wake_one()  # it may have been this caller's turn to start a worker

    async def grow(self) -> None:
        """Start one more process, unless there are enough or one is being started."""
        if self._is_closed or self._has_given_up() or not self._has_place():
            return
        try:
            worker = WorkerProcess(self, self._work, self._limits)
        except (OSError, ValueError, subprocess.SubprocessError) as error:  # no program, no memory, no processes
            log.warning("worker not started", extra={"python": sys.executable, "error": str(error)})
            self._start_failed()
            return
        log.debug("worker started", extra={"pid": worker.process.pid})
        self._workers.append(worker)
        self._watch(_LOOK_S)
        try:
            await worker.connect()
        except BaseException:
            self._end(worker, at_once=True)
            raise

    async def close(self) -> None:
        """End all processes at once; callers that wait get an error."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        for job in self._waiting:
            job.settle(_AGAIN)
        self._waiting.clear()
        for worker in list(self._workers):
            for job in worker.jobs.values():
                job.settle(_AGAIN)
            self._end(worker, at_once=bool(worker.jobs) or not worker.is_ready)
        if not self._ended:
            return
        ended, self._ended = self._ended, []
        # in a thread, which goes on where this is cancelled
        processes = [worker.process for worker in ended]
        exits = asyncio.get_running_loop().run_in_executor(None, _wait_for_exits, processes)
        for worker in ended:
            await worker.closed
        await exits

    # ---- what workers report

    def ready(self, worker: WorkerProcess) -> None:
        """Give a worker that has started its first tasks."""
        worker.is_ready = True
        worker.idle_since = worker.loop.time()
        self._failed_starts, self._given_up_until = 0, 0.0
        self._feed()
        self._wake_one()

    def done(self, worker: WorkerProcess, number: int, outcome: Any, error: BaseException | None) -> None:
        """Hand on what came of a task, and give the worker the next."""
        job = worker.jobs.pop(number)
        worker.weight -= job.weight
        worker.busy_since = worker.idle_since = worker.loop.time()
        if error is None:
            job.settle(outcome)
        elif not job.outcome.done():
            job.outcome.set_exception(error)
        if not worker.jobs:
            if worker.is_stuck:
                worker.is_stuck = False
                worker.is_last |= sum(not one.is_stuck for one in self._workers) > self._most  # others came instead
            if worker.is_last:
                self._end(worker)
        if self._waiting:
            self._feed()
            self._wake_one()

    def last(self, worker: WorkerProcess) -> None:
        """Give a worker nothing more; it goes when it has done what it has."""
        worker.is_last = True
        if not worker.jobs:
            self._end(worker)
            self._wake_one()

    def lost(self, worker: WorkerProcess) -> None:
        """Pass on the tasks of a worker that has ended, or that is ended because of its first task."""
        if not self._end(worker, at_once=True):
            return
        jobs = list(worker.jobs.values())
        worker.jobs.clear()
        if not worker.is_ready:
            self._start_failed()
        if jobs:
            log.warning("worker ended in a task", extra={"pid": worker.process.pid, "url": jobs[0].url})
            jobs[0].deaths += 1
        for job in reversed(jobs):
            if job.worker is not worker or job.outcome.done():
                continue
            job.worker = None
            if job.deaths < _DEATHS:
                self._waiting.appendleft(job)
            else:
                job.outcome.set_exception(_deadly_error(job.url))
        self._feed()
        self._wake_one()

    # ---- the queue

    def _feed(self) -> None:
        """Give tasks to the workers that have room."""
        while self._waiting:
            job = self._waiting[0]
            if not job.outcome.done():
                free = [worker for worker in self._workers if worker.has_room(job)]
                if not free:
                    return
                min(free, key=WorkerProcess.load).give(job)
                self._watch(_LOOK_S)
            self._waiting.popleft()

    def _is_short(self) -> bool:
        """Say whether a task waits for which another worker may be started."""
        return bool(self._waiting) and self._has_place()

    def _has_place(self) -> bool:
        if len(self._workers) >= 2 * self._most or any(not worker.is_ready for worker in self._workers):
            return False  # they start one at a time: perhaps the next is enough
        return sum(not worker.is_stuck for worker in self._workers) < self._most

    def _wake_one(self) -> None:
        """Have the first waiting caller start a worker, where one is needed."""
        while not self._is_closed and self._is_short():
            if self._waiting.popleft().settle(_AGAIN):
                return

    def _start_failed(self) -> None:
        self._failed_starts += 1
        if self._failed_starts < _FAILED_STARTS:
            return
        self._given_up_until = asyncio.get_running_loop().time() + _GIVEN_UP_S
        log.warning("workers cannot be started", extra={"python": sys.executable})
        while self._waiting and not self._workers:
            self._waiting.popleft().settle(_AGAIN)

    def _has_given_up(self) -> bool:
        return self._given_up_until > asyncio.get_running_loop().time()

    # ---- looking after the workers

    def _watch(self, delay_s: float) -> None:
        """See to it that `_look` is called in *delay_s* or sooner."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + delay_s:
                return
            self._timer.cancel()
        self._timer = loop.call_later(delay_s, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for worker in list(self._workers):
            if not worker.is_ready:
                if now - worker.busy_since > _START_S:
                    self.lost(worker)
            elif worker.jobs:
                self._look_at_busy(worker, now)
            elif now - worker.idle_since >= self._idle_s:
                self._end(worker)
        self._ended = [worker for worker in self._ended if worker.process.poll() is None]
        if self._ended or any(worker.jobs or not worker.is_ready for worker in self._workers):
            self._watch(_LOOK_S)
        elif self._workers:
            self._watch(max(_LOOK_S, min(worker.idle_since for worker in self._workers) + self._idle_s - now))

    def _look_at_busy(self, worker: WorkerProcess, now: float) -> None:
        first = next(iter(worker.jobs.values()))
        if first.abandoned_at is not None and now - max(first.abandoned_at, worker.busy_since) > _ABANDONED_S:
            self.lost(worker)
        elif now - worker.busy_since > _STUCK_S and not worker.is_stuck:
            worker.is_stuck = True
            for job in reversed(worker.jobs.values()):
                if job is not first and not job.outcome.done():
                    job.worker = None
                    self._waiting.appendleft(job)
            self._feed()
            self._wake_one()

    def _end(self, worker: WorkerProcess, *, at_once: bool = False) -> bool:
        """Close a worker's socket, on which it ends by itself when it has nothing to do, or end it."""
        if worker not in self._workers:
            return False
        self._workers.remove(worker)
        self._ended.append(worker)
        worker.close()
        if at_once:
            worker.process.kill()
        if not self._is_closed:
            self._watch(_LOOK_S)
        return True


def _wait_for_exits(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        try:
            process.wait(_EXIT_S)
        except subprocess.TimeoutExpired:  # it has nothing to put in order: no need to ask
            process.kill()
            process.wait()


def _deadly_error(url: str | None) -> CrawlError:
    msg = f"reading {url or 'a page'} ended two worker processes (no memory left, or a fault in the parser): skip it"
    return ParseError(msg, url=url)


def _closed_error(url: str | None) -> CrawlError:
    return CrawlError(f"the crawler was closed while {url or 'a page'} was being read", url=url)
