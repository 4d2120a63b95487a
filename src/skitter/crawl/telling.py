"""What a crawl tells its monitor."""

from collections.abc import Sized

from skitter.crawl.intake import CrawlTask
from skitter.dispatch.monitor import CrawlerMonitor
from skitter.dispatch.progress import CrawlStatus
from skitter.model.result import CrawlResult, DispatchResult


class Telling:
    """Tells a monitor what happens; without one nobody is told.

    Args:
        monitor: Who is told.
        epoch_s: What makes the loop's times seconds since the epoch.
    """

    def __init__(self, monitor: CrawlerMonitor | None, epoch_s: float) -> None:
        self._monitor = monitor
        self._epoch_s = epoch_s

    def begins(self, urls: object) -> None:
        """Tell that the crawl begins."""
        if self._monitor is None:
            return
        if isinstance(urls, Sized) and isinstance(self._monitor, CrawlerMonitor):
            self._monitor.expect(len(urls))
        self._monitor.start()

    def ends(self) -> None:
        """Tell that the crawl is over."""
        if self._monitor is not None:
            self._monitor.stop()

    def starts(self, task: CrawlTask) -> None:
        """Tell that an attempt at *task* starts."""
        if self._monitor is None:
            return
        if task.starts == 1:
            self._monitor.add_task(task.task_id, task.url)
        self._monitor.update_task(
            task.task_id,
            status=CrawlStatus.IN_PROGRESS,
            start_time=self._epoch_s + task.started_s,
            retry_count=task.retries,
            wait_time=task.started_s - task.added_s,
        )

    def waits_again(self, task: CrawlTask, reason: str) -> None:
        """Tell that *task* was queued again."""
        if self._monitor is not None:
            self._monitor.update_task(
                task.task_id, status=CrawlStatus.QUEUED, error_message=reason, retry_count=task.retries
            )

    def is_done(self, task: CrawlTask, result: CrawlResult, dispatched: DispatchResult) -> None:
        """Tell that *task* needs no more."""
        if self._monitor is None:
            return
        if not task.starts:
            self._monitor.add_task(task.task_id, task.url)
        self._monitor.update_task(
            task.task_id,
            status=CrawlStatus.COMPLETED if result.success else CrawlStatus.FAILED,
            end_time=dispatched.end_time,
            memory_usage=dispatched.memory_usage,
            peak_memory=dispatched.peak_memory,
            error_message=dispatched.error_message,
        )

    def stands(self, memory_state: str, queued: int, waits_s: tuple[float, float]) -> None:
        """Tell how short memory is, how many tasks wait, and how long: at most and on average."""
        if self._monitor is not None:
            self._monitor.update_memory_status(memory_state)
            self._monitor.update_queue_statistics(queued, *waits_s)
