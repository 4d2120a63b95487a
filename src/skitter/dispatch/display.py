"""How a crawl's progress is shown: a live table on a terminal, lines elsewhere; always on standard error."""

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

from skitter.dispatch.progress import CrawlStatus, DisplayMode, Progress

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

_LEAST_INTERVAL_S = 0.25
_LINES_EVERY = 10
"""Lines stay where they are: they come this many times less often than the table is refreshed."""

_COLOURS = {
    CrawlStatus.QUEUED: "yellow",
    CrawlStatus.IN_PROGRESS: "cyan",
    CrawlStatus.COMPLETED: "green",
    CrawlStatus.FAILED: "red",
}
_FRAME_ROWS = 7
"""Rows of the terminal that the table's frame, its head and the summary take."""


class Display(Protocol):
    """Shows progress; a terminal that has gone away never troubles the crawl."""

    def start(self) -> None:
        """Begin to show."""
        ...

    def tick(self) -> None:
        """Note that something has changed."""
        ...

    def stop(self) -> None:
        """Show the end."""
        ...


class NoDisplay:
    """Shows nothing."""

    def start(self) -> None:
        """Show nothing."""

    def tick(self) -> None:
        """Show nothing."""

    def stop(self) -> None:
        """Show nothing."""


class LineDisplay:
    """Writes a line now and then, and one at the end."""

    def __init__(self, progress: Progress, stream: TextIO, *, interval_s: float) -> None:
        self._progress = progress
        self._stream = stream
        self._interval_s = interval_s * _LINES_EVERY
        self._next_s = 0.0

    def start(self) -> None:
        """Wait for the first interval."""
        self._next_s = self._progress.clock() + self._interval_s

    def tick(self) -> None:
        """Write a line where the last one is old."""
        now = self._progress.clock()
        if now >= self._next_s:
            self._next_s = now + self._interval_s
            self._write()

    def stop(self) -> None:
        """Write the last line."""
        self._write()

    def _write(self) -> None:
        try:
            self._stream.write(f"crawl: {summary(self._progress)}\n")
            self._stream.flush()
        except (OSError, ValueError):  # a closed pipe or file
            self._next_s = float("inf")


class TableDisplay:
    """Draws a table in place, from a thread: drawing takes milliseconds that the event loop does not have."""

    def __init__(
        self, draw: Callable[[], "RenderableType"], console: "Console", *, interval_s: float, redirect_stdout: bool
    ) -> None:
        from rich.live import Live

        self._interval_s = max(interval_s, _LEAST_INTERVAL_S)
        self._live = Live(get_renderable=draw, console=console, auto_refresh=False, redirect_stdout=redirect_stdout)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Draw, and keep drawing."""
        self._stop.clear()
        self._guarded(self._live.start)
        self._thread = threading.Thread(target=self._draw_on, name="skitter-monitor", daemon=True)
        self._thread.start()

    def tick(self) -> None:
        """Leave it to the thread."""

    def stop(self) -> None:
        """Draw a last time and let the terminal go."""
        if self._thread is None:
            return
        self._stop.set()
        self._thread.join(timeout=1.0)
        self._thread = None
        self._guarded(self._live.stop)

    def _draw_on(self) -> None:
        while not self._stop.wait(self._interval_s) and self._guarded(self._live.refresh):
            pass

    def _guarded(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except (OSError, ValueError):  # the terminal is gone
            return False
        return True


def display_for(progress: Progress, mode: DisplayMode, *, rows: int, max_width: int, interval_s: float) -> Display:
    """Return the table where standard error is a terminal, lines where it is not."""
    stream = sys.stderr
    if not stream.isatty():
        return LineDisplay(progress, stream, interval_s=interval_s)
    console = terminal(stream)

    def draw() -> "RenderableType":
        return table(progress, mode, rows=min(rows, console.height - _FRAME_ROWS), width=min(max_width, console.width))

    # what the program prints moves above the table where both go to the terminal; a file gets it as it is
    return TableDisplay(draw, console, interval_s=interval_s, redirect_stdout=sys.stdout.isatty())


def terminal(stream: TextIO) -> "Console":
    """Return a console on *stream* that leaves the program alone when the stream is closed at its other end."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            # rich would end the program and point standard output to nowhere
            raise BrokenPipeError

    return Terminal(file=stream)


def summary(progress: Progress) -> str:
    """Return the counts in one line."""
    done = progress.completed + progress.failed
    total = f" of {progress.urls_total}" if progress.urls_total else ""
    parts = [
        f"{done}{total} done",
        f"{progress.failed} failed",
        f"{progress.running} running",
        f"{progress.queued} queued",
        f"{progress.pages_per_s:.1f} pages/s",
        f"{progress.memory_mb:.0f} MiB ({progress.memory_state.lower()})",
        f"{progress.elapsed_s:.0f} s",
    ]
    return ", ".join(parts)


def table(progress: Progress, mode: DisplayMode, *, rows: int, width: int) -> "Table":
    """Return the progress as a table of up to *rows* pages, *width* characters wide."""
    drawn = _details(progress, max(1, rows)) if mode is DisplayMode.DETAILED else _counts(progress)
    drawn.title = "skitter"
    drawn.width = width
    waits = f"waiting {progress.average_wait_s:.1f} s on average, {progress.highest_wait_s:.1f} s at most"
    drawn.caption = f"{summary(progress)}\npeak {progress.peak_mb:.0f} MiB, {waits}"
    drawn.caption_justify = "left"
    return drawn


def _details(progress: Progress, rows: int) -> "Table":
    from rich.table import Table
    from rich.text import Text

    drawn = Table(expand=True)
    drawn.add_column("status", no_wrap=True)
    drawn.add_column("URL", no_wrap=True, overflow="ellipsis", ratio=3)
    drawn.add_column("s", justify="right", no_wrap=True)
    drawn.add_column("tries", justify="right", no_wrap=True)
    drawn.add_column("error", no_wrap=True, overflow="ellipsis", ratio=1)
    now = progress.clock()
    for stats in progress.newest(rows):
        drawn.add_row(
            Text(stats.status.value, style=_COLOURS[stats.status]),
            Text(_printable(stats.url)),
            f"{stats.duration_s(now):.1f}",
            str(stats.retry_count + 1),
            Text(_printable(stats.error_message)),
        )
    return drawn


def _counts(progress: Progress) -> "Table":
    from rich.table import Table
    from rich.text import Text

    drawn = Table(expand=True)
    drawn.add_column("status")
    drawn.add_column("pages", justify="right")
    counts = {
        CrawlStatus.QUEUED: progress.queued,
        CrawlStatus.IN_PROGRESS: progress.running,
        CrawlStatus.COMPLETED: progress.completed,
        CrawlStatus.FAILED: progress.failed,
    }
    for status, count in counts.items():
        drawn.add_row(Text(status.value, style=_COLOURS[status]), str(count))
    return drawn


def _printable(text: str) -> str:
    """Return the beginning of *text* without characters that would steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:500])
