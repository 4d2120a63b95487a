"""Loggers that programs hand to a crawler."""

import asyncio
import gc
import io
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from skitter.base import loggers
from skitter.base.loggers import AsyncFileLogger, AsyncLogger, AsyncLoggerBase, LogLevel, PageLog

NAMES = ["debug", "info", "notice", "success", "warning", "error", "exception", "critical", "alert", "fatal"]


def written(capsys: pytest.CaptureFixture[str], logger: AsyncLogger) -> list[str]:
    logger.close()
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_every_level_is_a_line_on_standard_error(capsys: pytest.CaptureFixture[str]):
    logger = AsyncLogger()
    for name in NAMES:
        getattr(logger, name)(f"about {name}")
    lines = written(capsys, logger)
    assert [line.split()[0] for line in lines] == [f"[{name.upper()}]" for name in NAMES]
    assert [line.split()[-1] for line in lines] == NAMES


def test_pages_are_noted_with_how_they_went(capsys: pytest.CaptureFixture[str]):
    logger = AsyncLogger()
    logger.url_status("https://example.com/", success=True, timing=1.234)
    logger.url_status("https://example.com/a", success=False, timing=0.5, tag="SCRAPE")
    logger.error_status("https://example.com/b", "no answer within 3 s")
    done, failed, error = (line.split() for line in written(capsys, logger))
    assert done == ["[FETCH]", "↓", "https://example.com/", "ok", "1.23", "s"]
    assert failed[0] == "[SCRAPE]"
    assert failed[3:] == ["failed", "0.50", "s"]
    assert error[2:] == ["https://example.com/b", "no", "answer", "within", "3", "s"]


def test_a_long_url_keeps_its_beginning_and_its_end(capsys: pytest.CaptureFixture[str]):
    logger = AsyncLogger()
    logger.url_status("https://example.com/" + "x" * 300 + "/end", success=True, timing=1, url_length=30)
    (line,) = written(capsys, logger)
    shown = line.split()[2]
    assert len(shown) == 30
    assert shown.startswith("https://example.com")
    assert shown.endswith("/end")


def test_placeholders_are_filled_and_other_braces_are_left(capsys: pytest.CaptureFixture[str]):
    logger = AsyncLogger()
    logger.info("took {seconds:.1f} s", params={"seconds": 2.25})
    logger.info("{not here} {", params={"seconds": 1})
    logger.info("100 % of {it}")
    assert [line.split("i ", 1)[1] for line in written(capsys, logger)] == [
        "took 2.2 s",
        "{not here} {",
        "100 % of {it}",
    ]


def test_levels_below_the_chosen_one_are_dropped(capsys: pytest.CaptureFixture[str]):
    for level in (LogLevel.WARNING, logging.WARNING):
        logger = AsyncLogger(log_level=level)
        for name in NAMES:
            getattr(logger, name)("x")
        assert len(written(capsys, logger)) == len(NAMES) - 4


def test_a_logger_that_is_not_verbose_is_silent_until_forced(capsys: pytest.CaptureFixture[str]):
    logger = AsyncLogger(verbose=False)
    logger.info("no")
    logger.info("forced", force_verbose=True)
    logger.verbose = True
    logger.info("later")
    assert [line.split()[-1] for line in written(capsys, logger)] == ["forced", "later"]


def test_a_logger_that_says_nothing_starts_no_thread():
    before = threading.active_count()
    quiet = AsyncLogger(verbose=False)
    quiet.error("x")
    AsyncLogger(log_level=LogLevel.ERROR).info("x")
    assert threading.active_count() == before


def test_a_file_gets_everything_with_time_and_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log_file = tmp_path / "deep" / "crawl.log"
    logger = AsyncLogger(log_file=log_file, verbose=False)
    assert not log_file.parent.exists()
    logger.success("fetched", tag="FETCH")
    logger.error("lost")
    assert written(capsys, logger) == []
    first, second = log_file.read_text().splitlines()
    assert first.split()[2:] == ["SUCCESS", "[FETCH]", "fetched"]
    assert second.split()[2:] == ["ERROR", "[ERROR]", "lost"]


def test_a_file_logger_only_writes_its_file_and_appends(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log_file = tmp_path / "crawl.log"
    for n in range(2):
        logger = AsyncFileLogger(str(log_file))
        logger.url_status(f"https://example.com/{n}", success=True, timing=n)
        assert written(capsys, logger) == []
    assert [line.split()[4] for line in log_file.read_text().splitlines()] == [
        "https://example.com/0",
        "https://example.com/1",
    ]


def test_a_file_that_cannot_be_written_says_so_at_once(tmp_path: Path):
    logger = AsyncLogger(log_file=tmp_path)
    with pytest.raises(IsADirectoryError):
        logger.info("x")


def test_a_terminal_gets_colours_and_no_markup_of_a_page(capsys: pytest.CaptureFixture[str]):
    screen = io.StringIO()
    logger = AsyncLogger(console=Console(file=screen, force_terminal=True, width=40), colors={LogLevel.INFO: "blue"})
    logger.info("https://example.com/[bold]x[/bold]/and/more/than/the/terminal/is/wide")
    logger.error("lost", color="green")
    assert written(capsys, logger) == []
    first, second = screen.getvalue().splitlines()
    assert "[bold]x[/bold]" in first
    assert first.startswith("\x1b[34m")
    assert second.startswith("\x1b[32m")


def test_a_url_cannot_write_lines_or_move_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    logger = AsyncLogger(log_file=tmp_path / "log")
    logger.error_status("https://h/\n[FAKE] \x1b[2Jline", "a\rb")
    (line,) = written(capsys, logger)
    assert r"https://h/\n[FAKE] \x1b[2Jline" in line
    assert r"a\rb" in line
    assert len((tmp_path / "log").read_text().splitlines()) == 1


def test_icons_can_be_replaced(capsys: pytest.CaptureFixture[str]):
    logger = AsyncLogger(icons={"INFO": "*"}, tag_width=4)
    logger.info("x")
    assert written(capsys, logger) == ["[INFO] * x"]


def test_messages_before_the_end_of_the_program_are_written_when_the_logger_is_gone(tmp_path: Path):
    logger = AsyncFileLogger(tmp_path / "log")
    for n in range(500):
        logger.info(str(n))
    del logger
    gc.collect()
    assert len((tmp_path / "log").read_text().splitlines()) == 500


def test_it_can_be_used_again_after_it_was_closed(tmp_path: Path):
    logger = AsyncFileLogger(tmp_path / "log")
    logger.close()
    for word in ("one", "two"):
        logger.info(word)
        logger.close()
    assert [line.split()[-1] for line in (tmp_path / "log").read_text().splitlines()] == ["one", "two"]


async def test_a_slow_terminal_holds_nobody_up_and_what_was_lost_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loggers, "_MOST_WAITING", 10)
    go_on = threading.Event()

    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            go_on.wait(10)
            return super().write(text)

    screen = Slow()
    logger = AsyncLogger(console=Console(file=screen))
    async with asyncio.timeout(5):
        for n in range(50):
            logger.info("message-{n}", params={"n": n})
    go_on.set()
    while "message-9" not in screen.getvalue():
        await asyncio.sleep(0.01)
    logger.info("the last")
    logger.close()
    lines = screen.getvalue().splitlines()
    assert 10 <= len(lines) <= 12
    assert "messages before it were dropped" in lines[-1]


def test_closing_does_not_wait_for_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loggers, "_MOST_WAITING", 2)
    go_on = threading.Event()

    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            go_on.wait(10)
            return super().write(text)

    logger = AsyncLogger(console=Console(file=Slow()))
    for n in range(9):
        logger.info(str(n))
    closing = threading.Thread(target=logger.close)
    closing.start()
    go_on.set()
    closing.join(10)
    assert not closing.is_alive()


def test_a_stream_that_was_closed_is_no_fault(monkeypatch: pytest.MonkeyPatch):
    screen = io.StringIO()
    logger = AsyncLogger(console=Console(file=screen))
    screen.close()
    logger.info("x")
    logger.close()


class Collector(AsyncLoggerBase):
    """A logger of a program's own."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def debug(self, message: str, tag: str = "DEBUG", **options: Any) -> None:
        self.lines.append((tag, message))

    info = success = warning = error = debug

    def url_status(self, url, success, timing, tag="FETCH", url_length=100):
        self.lines.append((tag, url))

    def error_status(self, url, error, tag="ERROR", url_length=50):
        self.lines.append((tag, url))


def test_a_logger_of_ones_own_needs_only_the_abstract_methods():
    collector = Collector()
    asked: PageLog = collector
    asked.url_status("u", success=True, timing=1.0)
    asked.error_status("u", "late")
    for name in ("notice", "exception", "critical", "alert", "fatal"):
        getattr(collector, name)("x")
    assert [tag for tag, _ in collector.lines] == [
        "FETCH", "ERROR", "NOTICE", "EXCEPTION", "CRITICAL", "ALERT", "FATAL",
    ]  # fmt: skip
    with pytest.raises(TypeError, match="abstract"):
        AsyncLoggerBase()


def test_importing_it_loads_no_terminal_library():
    import subprocess
    import sys

    code = "import sys, skitter.base.loggers as l; l.AsyncLogger().info('x'); print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert done.stderr == "[INFO]       i x\n"
