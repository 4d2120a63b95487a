import io
import re
import sys
import threading
from collections.abc import Callable

import pytest
from rich.console import Console

from skitter.dispatch import CrawlerMonitor, CrawlStats, CrawlStatus, DisplayMode
from skitter.dispatch.display import LineDisplay, TableDisplay, summary, table
from skitter.dispatch.display import terminal as terminal_on
from skitter.dispatch.progress import Progress
from skitter.errors import ConfigError


class Terminal(io.StringIO):
    """Standard error on a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def quiet(**options: object) -> CrawlerMonitor:
    return CrawlerMonitor(enable_ui=False, **options)  # type: ignore[arg-type]


def shown(monitor: CrawlerMonitor, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(monitor.render())
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_both_signatures_are_taken():
    first = CrawlerMonitor(urls_total=7, refresh_rate=0.5, enable_ui=False, max_width=90)
    assert (first.urls_total, first.refresh_rate, first.enable_ui, first.max_width) == (7, 0.5, False, 90)
    second = CrawlerMonitor(max_visible_rows=3, display_mode=DisplayMode.AGGREGATED)
    assert (second.max_visible_rows, second.display_mode) == (3, DisplayMode.AGGREGATED)
    assert (second.urls_total, second.refresh_rate, second.enable_ui, second.max_width) == (0, 1.0, True, 120)


@pytest.mark.parametrize("options", [{"refresh_rate": 0.0}, {"max_width": 0}, {"max_visible_rows": -1}])
def test_nonsense_is_refused(options: dict[str, float]):
    with pytest.raises(ConfigError):
        CrawlerMonitor(**options)  # type: ignore[arg-type]


def test_a_page_is_followed():
    monitor = quiet()
    monitor.start()
    monitor.add_task("1", "http://a/1")
    assert monitor.get_task_stats("1")["status"] is CrawlStatus.QUEUED
    monitor.update_task("1", status=CrawlStatus.IN_PROGRESS, start_time=10.0, wait_time=2.0, retry_count=1)
    assert monitor.get_summary()["in_progress"] == 1
    monitor.update_task(
        "1", status=CrawlStatus.COMPLETED, end_time=14.0, memory_usage=50.0, peak_memory=80.0, error_message=""
    )
    assert monitor.get_task_stats("1") == {
        "task_id": "1",
        "url": "http://a/1",
        "status": CrawlStatus.COMPLETED,
        "start_time": 10.0,
        "end_time": 14.0,
        "memory_usage": 50.0,
        "peak_memory": 80.0,
        "error_message": "",
        "wait_time": 2.0,
        "retry_count": 1,
    }
    assert list(monitor.get_all_task_stats()) == ["1"]
    monitor.stop()
    totals = monitor.get_summary()
    assert (totals["urls_completed"], totals["urls_failed"], totals["in_progress"]) == (1, 0, 0)
    assert (totals["memory_mb"], totals["peak_memory_mb"]) == (50.0, 80.0)


def test_the_queue_and_the_memory_are_told():
    monitor = quiet()
    assert monitor.get_memory_status() == "NORMAL"
    monitor.update_memory_status("PRESSURE")
    monitor.update_queue_statistics(total_queued=9, highest_wait_time=4.0, avg_wait_time=1.5)
    assert monitor.get_memory_status() == "PRESSURE"
    assert monitor.get_queue_stats() == {"total_queued": 9, "highest_wait_time": 4.0, "avg_wait_time": 1.5}


def test_unknown_pages_are_ignored():
    monitor = quiet()
    monitor.update_task("?", status=CrawlStatus.FAILED)
    assert monitor.get_task_stats("?") == {}
    assert monitor.get_summary()["urls_failed"] == 0


def test_a_finished_page_is_counted_once():
    monitor = quiet()
    monitor.add_task("1", "u")
    for _ in range(3):
        monitor.update_task("1", status=CrawlStatus.FAILED)
    assert monitor.get_summary()["urls_failed"] == 1


def test_of_many_pages_only_the_last_are_remembered():
    monitor = quiet()
    for n in range(5_000):
        monitor.add_task(str(n), f"http://a/{n}")
        monitor.update_task(str(n), status=CrawlStatus.COMPLETED)
    assert monitor.get_summary()["urls_completed"] == 5_000
    assert len(monitor.get_all_task_stats()) == 1_000
    assert monitor.get_task_stats("4999")
    assert not monitor.get_task_stats("3999")


def test_crawls_may_share_a_monitor():
    monitor = quiet()
    monitor.start()
    monitor.start()
    monitor.stop()
    monitor.add_task("1", "u")
    assert monitor._progress.ended is None
    monitor.stop()
    assert monitor._progress.ended is not None
    monitor.stop()


def test_how_many_there_will_be_can_be_told_later_but_is_not_overruled():
    monitor = quiet()
    monitor.expect(5)
    assert monitor.urls_total == 5
    assert "of 5 done" in shown(monitor)
    said = quiet(urls_total=9)
    said.expect(5)
    assert said.urls_total == 9


# ---- the table


def busy(**options: object) -> CrawlerMonitor:
    monitor = quiet(**options)
    for n in range(30):
        monitor.add_task(str(n), f"http://host/{n}")
        monitor.update_task(str(n), status=CrawlStatus.IN_PROGRESS, start_time=0.0)
        if n < 20:
            status = CrawlStatus.FAILED if n == 19 else CrawlStatus.COMPLETED
            monitor.update_task(str(n), status=status, end_time=1.0, error_message="HTTP 500" if n == 19 else "")
    return monitor


def test_the_newest_pages_are_shown_running_ones_first():
    text = shown(busy(max_visible_rows=12))
    rows = [line for line in text.splitlines() if "http://host/" in line]
    numbers = [int(row.split("http://host/")[1].split()[0]) for row in rows]
    assert numbers == [29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18]
    assert "HTTP 500" in text
    assert "20 done, 1 failed, 10 running" in text


def test_counts_are_shown():
    monitor = busy(display_mode=DisplayMode.AGGREGATED)
    monitor.update_queue_statistics(7, 1.0, 0.5)
    text = shown(monitor)
    cells = {line.split()[1]: int(line.split()[3]) for line in text.splitlines() if line.startswith("│")}
    assert cells == {"QUEUED": 7, "IN_PROGRESS": 10, "COMPLETED": 19, "FAILED": 1}
    assert "http://" not in text


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_table_keeps_its_width(width: int):
    monitor = quiet(max_width=width)
    monitor.add_task("1", "http://host/" + "x" * 400)
    lines = shown(monitor, width=200).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width


def test_a_url_cannot_steer_the_terminal():
    monitor = quiet()
    monitor.add_task("1", "http://a/\x1b[2J[red]\n\u202e")
    text = shown(monitor)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]" in text


def test_at_least_one_row_is_shown_on_a_small_terminal():
    monitor = busy()
    drawn = table(monitor._progress, DisplayMode.DETAILED, rows=-3, width=80)
    assert drawn.row_count == 1


# ---- where it is shown


def progress(clock: Callable[[], float]) -> Progress:
    one = Progress(4, clock=clock)
    one.begin()
    return one


def test_lines_come_now_and_then_and_at_the_end():
    clock, stream = Clock(), io.StringIO()
    one = progress(clock)
    display = LineDisplay(one, stream, interval_s=1.0)
    display.start()
    for second in range(25):
        clock.now = 1_000.0 + second
        display.tick()
    one.end()
    display.stop()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[-1] == "crawl: 0 of 4 done, 0 failed, 0 running, 0 queued, 0.0 pages/s, 0 MiB (normal), 24 s"


def test_a_closed_stream_troubles_nobody():
    clock, stream = Clock(), io.StringIO()
    display = LineDisplay(progress(clock), stream, interval_s=0.0)
    display.start()
    stream.close()
    display.tick()
    display.tick()
    display.stop()


def test_without_a_terminal_there_are_lines(capsys: pytest.CaptureFixture[str]):
    monitor = CrawlerMonitor()
    monitor.start()
    monitor.add_task("1", "http://a/")
    monitor.update_task("1", status=CrawlStatus.COMPLETED)
    monitor.stop()
    captured = capsys.readouterr()
    assert captured.err.startswith("crawl: 1 done, 0 failed")
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_nothing_is_shown_where_that_is_wanted(capsys: pytest.CaptureFixture[str]):
    monitor = quiet()
    monitor.start()
    monitor.stop()
    captured = capsys.readouterr()
    assert captured.err == captured.out == ""


def test_on_a_terminal_there_is_a_table_that_is_drawn_by_a_thread(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "12")
    stdout = sys.stdout
    monitor = CrawlerMonitor(max_visible_rows=50)
    monitor.start()
    assert [thread.name for thread in threading.enumerate()].count("skitter-monitor") == 1
    assert sys.stdout is stdout  # it does not go to the terminal: it is left alone
    for n in range(30):
        monitor.add_task(str(n), f"http://host/{n}")
    monitor.stop()
    assert "skitter-monitor" not in [thread.name for thread in threading.enumerate()]
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue().split("skitter")[-1])
    assert "http://host/29" in last
    assert "http://host/20" not in last  # 12 lines have room for 5 pages
    assert max(map(len, last.splitlines())) <= 100


def test_the_table_is_redrawn_and_a_terminal_that_goes_away_troubles_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TERM", "xterm")
    drawn = threading.Semaphore(0)

    class Gone(Terminal):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    class Here(Terminal):
        def write(self, text: str) -> int:
            drawn.release()
            return super().write(text)

    for stream in (Here(), Gone()):
        display = TableDisplay(lambda: "the table", terminal_on(stream), interval_s=0.0, redirect_stdout=False)
        display.start()
        if isinstance(stream, Here):
            assert all(drawn.acquire(timeout=5.0) for _ in range(4))
        display.stop()
        display.stop()
        assert "skitter-monitor" not in [thread.name for thread in threading.enumerate()]


def test_the_summary_of_a_crawl_that_has_not_begun():
    assert summary(Progress()).startswith("0 done, 0 failed")
    assert CrawlStats("1", "u").duration_s(5.0) == 0.0
    assert CrawlStats("1", "u", start_time=2.0).duration_s(5.0) == 3.0
