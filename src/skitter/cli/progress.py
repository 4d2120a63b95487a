"""How far the crawl has come, while it goes on."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from skitter.model.result import CrawlResult

log = logging.getLogger(__name__)

_EVERY_S = 10.0


@dataclass(slots=True)
class Tally:
    """How many pages have come.

    Attributes:
        done: Pages that succeeded.
        failed: Pages that failed.
        refused: Those of *done* whose server answered with a status of 400 or more.
    """

    done: int = 0
    failed: int = 0
    refused: int = 0

    def count(self, page: CrawlResult) -> None:
        """Count *page*."""
        if not page.success:
            self.failed += 1
            return
        self.done += 1
        self.refused += (page.redirected_status_code or 0) >= 400

    @property
    def pages(self) -> int:
        """All pages that have come."""
        return self.done + self.failed


class Progress:
    """Shows nothing; the base of what does."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *fault: object) -> None:
        """End."""

    def update(self, tally: Tally, total: int | None) -> None:
        """Show *tally*, of *total* where that is known."""


class LoggedProgress(Progress):
    """Logs a line every ten seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = self._last = clock()

    def update(self, tally: Tally, total: int | None) -> None:
        """Log *tally* if it is time to."""
        now = self._clock()
        if now - self._last < _EVERY_S:
            return
        self._last = now
        rate = tally.pages / (now - self._begun)
        facts = {"done": tally.done, "failed": tally.failed, "total": total, "pages_per_s": round(rate, 1)}
        log.info("progress", extra=facts)


class ShownProgress(Progress):
    """Shows a live line on a terminal: done, failed, pages a second, and the time left where the total is known."""

    def __enter__(self) -> Self:
        """Begin the line."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import (
            Progress as RichProgress,
        )

        self._rich = RichProgress(
            TextColumn("{task.fields[text]}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            refresh_per_second=4,
            redirect_stdout=False,
            transient=True,
        )
        self._task = self._rich.add_task("", total=None, text="…")
        self._begun = time.monotonic()
        self._rich.start()
        return self

    def update(self, tally: Tally, total: int | None) -> None:
        """Show *tally*."""
        rate = tally.pages / max(1e-3, time.monotonic() - self._begun)
        text = (
            f"{tally.done} done, [red]{tally.failed} failed[/red], {rate:.1f}/s"
            if tally.failed
            else (f"{tally.done} done, {rate:.1f}/s")
        )
        self._rich.update(self._task, completed=tally.pages, total=total, text=text)

    def __exit__(self, *fault: object) -> None:
        """Remove the line."""
        self._rich.stop()
