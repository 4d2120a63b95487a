"""What a crawl has done so far: counts, and the pages that were touched last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from skitter.base.clock import epoch

_KEPT = 1_000
"""How many finished pages are remembered."""


class CrawlStatus(Enum):
    """Where a page is on its way."""

    QUEUED = "QUEUED"
    """It waits for its turn."""
    IN_PROGRESS = "IN_PROGRESS"
    """It is being crawled."""
    COMPLETED = "COMPLETED"
    """It was crawled."""
    FAILED = "FAILED"
    """It could not be crawled."""


class DisplayMode(Enum):
    """What a monitor shows."""

    DETAILED = "DETAILED"
    """A row for each page, the newest first."""
    AGGREGATED = "AGGREGATED"
    """Counts by status."""


@dataclass(slots=True)
class CrawlStats:
    """One page; times are seconds since the epoch, memories MiB."""

    task_id: str
    url: str
    status: CrawlStatus = CrawlStatus.QUEUED
    start_time: datetime | float | None = None
    end_time: datetime | float | None = None
    memory_usage: float = 0.0
    peak_memory: float = 0.0
    error_message: str = ""
    wait_time: float = 0.0
    retry_count: int = 0

    def duration_s(self, now: float) -> float:
        """Return how long it took, or has taken; 0 where it has not started."""
        if self.start_time is None:
            return 0.0
        return _seconds(self.end_time if self.end_time is not None else now) - _seconds(self.start_time)


def _seconds(moment: datetime | float) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else moment


class Progress:
    """Counts what a crawl does; remembers the pages under way and the last finished ones, however many there are."""

    def __init__(self, urls_total: int = 0, *, clock: Callable[[], float] = epoch) -> None:
        self.urls_total = urls_total
        self.clock = clock
        self.began: float | None = None
        self.ended: float | None = None
        self.completed = self.failed = self.requeued = 0
        self.queued = 0
        self.highest_wait_s = self.average_wait_s = 0.0
        self.memory_state = "NORMAL"
        self.memory_mb = self.peak_mb = 0.0
        self._open: dict[str, CrawlStats] = {}
        self._finished: dict[str, CrawlStats] = {}

    def begin(self) -> None:
        """Note that the crawl starts."""
        self.began, self.ended = self.clock(), None

    def end(self) -> None:
        """Note that the crawl is over."""
        self.ended = self.clock()

    def add(self, task_id: str, url: str) -> None:
        """Note a page."""
        self._open[task_id] = CrawlStats(task_id, url)

    def open(self, task_id: str) -> CrawlStats | None:
        """Return a page that is not finished, to be changed; None where it is unknown."""
        return self._open.get(task_id)

    def finish(self, stats: CrawlStats) -> None:
        """Note that a page, whose status was set, needs no more."""
        if self._open.pop(stats.task_id, None) is None:
            return
        if stats.status is CrawlStatus.COMPLETED:
            self.completed += 1
        else:
            self.failed += 1
        self._finished[stats.task_id] = stats
        if len(self._finished) > _KEPT:
            del self._finished[next(iter(self._finished))]

    def note_memory(self, used_mb: float, peak_mb: float) -> None:
        """Note the newest memory of the process tree."""
        self.memory_mb = used_mb
        self.peak_mb = max(self.peak_mb, peak_mb)

    @property
    def running(self) -> int:
        """How many pages are being crawled."""
        return sum(stats.status is CrawlStatus.IN_PROGRESS for stats in self.unfinished())

    @property
    def elapsed_s(self) -> float:
        """How long the crawl has run."""
        if self.began is None:
            return 0.0
        return max(0.0, (self.ended if self.ended is not None else self.clock()) - self.began)

    @property
    def pages_per_s(self) -> float:
        """How many pages were finished in a second, on average."""
        return (self.completed + self.failed) / self.elapsed_s if self.elapsed_s > 0 else 0.0

    def unfinished(self) -> list[CrawlStats]:
        """Return the pages under way, oldest first; safe beside a thread that adds some."""
        return list(self._open.values())

    def finished(self) -> list[CrawlStats]:
        """Return the last finished pages, oldest first; safe beside a thread that adds some."""
        return list(self._finished.values())

    def find(self, task_id: str) -> CrawlStats | None:
        """Return what is known of a page, None where it is unknown or long finished."""
        return self._open.get(task_id) or self._finished.get(task_id)

    def newest(self, count: int) -> list[CrawlStats]:
        """Return up to *count* pages: those being crawled, then those that wait for another try, then finished ones."""
        unfinished = self.unfinished()[::-1]
        unfinished.sort(key=lambda stats: stats.status is not CrawlStatus.IN_PROGRESS)
        rows = unfinished[:count]
        return rows + self.finished()[::-1][: count - len(rows)]
