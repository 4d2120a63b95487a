"""CrawlerMonitor: is told what a crawl does, and shows it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from skitter.dispatch.display import Display, NoDisplay, display_for, table
from skitter.dispatch.progress import CrawlStats, CrawlStatus, DisplayMode, Progress
from skitter.errors import ConfigError

if TYPE_CHECKING:
    from rich.table import Table

_FINISHED = frozenset({CrawlStatus.COMPLETED, CrawlStatus.FAILED})


class CrawlerMonitor:
    """Follows a crawl and shows it on standard error: a live table on a terminal, a line now and then elsewhere.

    Hand it to a dispatcher; `arun_many` starts it, tells it what happens, and stops it. The counts go over all pages;
    of the finished ones the last thousand are remembered singly.
    """

    def __init__(
        self,
        urls_total: int = 0,
        refresh_rate: float = 1.0,
        enable_ui: bool = True,  # noqa: FBT001, FBT002  # its place among the arguments is known
        max_width: int = 120,
        *,
        max_visible_rows: int = 15,
        display_mode: DisplayMode = DisplayMode.DETAILED,
    ) -> None:
        """Set what is shown.

        Args:
            urls_total: How many pages there will be, 0 where that is not known.
            refresh_rate: Seconds between two drawings of the table; a quarter of a second at least.
            enable_ui: Whether anything is shown; the numbers are there anyway.
            max_width: Widest table in characters; the terminal's width is a limit too.
            max_visible_rows: Most pages in the table; the terminal's height is a limit too.
            display_mode: A row for each page, or counts.

        Raises:
            ConfigError: If a number is not positive.
        """
        for name, value in (
            ("refresh_rate", refresh_rate),
            ("max_width", max_width),
            ("max_visible_rows", max_visible_rows),
        ):
            if value <= 0:
                msg = f"`{name}` is {value}: give a number above 0"
                raise ConfigError(msg)
        self.refresh_rate = refresh_rate
        self.enable_ui = enable_ui
        self.max_width = max_width
        self.max_visible_rows = max_visible_rows
        self.display_mode = display_mode
        self._progress = Progress(urls_total)
        self._display: Display = NoDisplay()
        self._crawls = 0

    @property
    def urls_total(self) -> int:
        """How many pages there will be, 0 where that is not known."""
        return self._progress.urls_total

    # ---- told by the crawl

    def start(self) -> None:
        """Begin to show; several crawls may share a monitor."""
        self._crawls += 1
        if self._crawls > 1:
            return
        self._progress.begin()
        if self.enable_ui:
            self._display = display_for(
                self._progress,
                self.display_mode,
                rows=self.max_visible_rows,
                max_width=self.max_width,
                interval_s=self.refresh_rate,
            )
        self._display.start()

    def expect(self, urls_total: int) -> None:
        """Note how many pages there will be, where that was not said before."""
        self._progress.urls_total = self._progress.urls_total or urls_total

    def stop(self) -> None:
        """Show the end and let the terminal go; the numbers stay."""
        if not self._crawls:
            return
        self._crawls -= 1
        if not self._crawls:
            self._progress.end()
            self._display.stop()
            self._display = NoDisplay()

    def add_task(self, task_id: str, url: str) -> None:
        """Note a page that waits for its turn."""
        self._progress.add(task_id, url)

    def update_task(  # noqa: PLR0913, PLR0917  # the peer's signature
        self,
        task_id: str,
        status: CrawlStatus | None = None,
        start_time: datetime | float | None = None,
        end_time: datetime | float | None = None,
        memory_usage: float | None = None,
        peak_memory: float | None = None,
        error_message: str | None = None,
        retry_count: int | None = None,
        wait_time: float | None = None,
    ) -> None:
        """Note what is new of a page; what is None stays. An unknown page is ignored.

        Args:
            task_id: The page.
            status: Where it is on its way.
            start_time: When its last attempt started, in seconds since the epoch.
            end_time: When it ended.
            memory_usage: Memory of the process tree in MiB.
            peak_memory: Highest memory so far in MiB.
            error_message: What went wrong.
            retry_count: How often it had been tried before.
            wait_time: Seconds it waited for its turn.
        """
        stats = self._progress.open(task_id)
        if stats is None:
            return
        news = {
            "status": status,
            "start_time": start_time,
            "end_time": end_time,
            "memory_usage": memory_usage,
            "peak_memory": peak_memory,
            "error_message": error_message,
            "retry_count": retry_count,
            "wait_time": wait_time,
        }
        for name, value in news.items():
            if value is not None:
                setattr(stats, name, value)
        if memory_usage is not None:
            self._progress.note_memory(memory_usage, peak_memory or memory_usage)
        if status in _FINISHED:
            self._progress.finish(stats)
        self._display.tick()

    def update_memory_status(self, status: str) -> None:
        """Note how short memory is: "NORMAL", "PRESSURE" or "CRITICAL"."""
        self._progress.memory_state = status
        self._display.tick()

    def update_queue_statistics(self, total_queued: int, highest_wait_time: float, avg_wait_time: float) -> None:
        """Note how many pages wait, and for how many seconds."""
        self._progress.queued = total_queued
        self._progress.highest_wait_s = highest_wait_time
        self._progress.average_wait_s = avg_wait_time
        self._display.tick()

    # ---- asked by anyone

    def get_task_stats(self, task_id: str) -> dict[str, Any]:
        """Return what is known of a page; empty where it is unknown or long finished."""
        stats = self._progress.find(task_id)
        return {} if stats is None else _as_dict(stats)

    def get_all_task_stats(self) -> dict[str, dict[str, Any]]:
        """Return what is known of the pages under way and of the last thousand finished ones, by their ids."""
        return {stats.task_id: _as_dict(stats) for stats in self._progress.finished() + self._progress.unfinished()}

    def get_memory_status(self) -> str:
        """Return how short memory is."""
        return self._progress.memory_state

    def get_queue_stats(self) -> dict[str, float]:
        """Return `total_queued`, `highest_wait_time` and `avg_wait_time`."""
        progress = self._progress
        return {
            "total_queued": progress.queued,
            "highest_wait_time": progress.highest_wait_s,
            "avg_wait_time": progress.average_wait_s,
        }

    def get_summary(self) -> dict[str, Any]:
        """Return the counts of the whole crawl.

        Returns:
            `urls_total`, `urls_completed` (failed ones are not in it), `urls_failed`, `in_progress`, `queued`,
            `pages_per_s`, `elapsed_s`, `memory_mb`, `peak_memory_mb` and `memory_status`.
        """
        progress = self._progress
        return {
            "urls_total": progress.urls_total,
            "urls_completed": progress.completed,
            "urls_failed": progress.failed,
            "in_progress": progress.running,
            "queued": progress.queued,
            "pages_per_s": progress.pages_per_s,
            "elapsed_s": progress.elapsed_s,
            "memory_mb": progress.memory_mb,
            "peak_memory_mb": progress.peak_mb,
            "memory_status": progress.memory_state,
        }

    def render(self) -> "Table":
        """Return the table as it is now, for a `rich` console."""
        return table(self._progress, self.display_mode, rows=self.max_visible_rows, width=self.max_width)


def _as_dict(stats: CrawlStats) -> dict[str, Any]:
    return {name: getattr(stats, name) for name in CrawlStats.__slots__}
