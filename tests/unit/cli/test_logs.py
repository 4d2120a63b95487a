import io
import json
import logging
from collections.abc import Iterator

import pytest

from skitter.cli.logs import set_up_logging
from skitter.cli.progress import LoggedProgress, Tally
from skitter.cli.terminal import say, short, visible


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    logger = logging.getLogger("skitter")
    before = logger.level, logger.propagate, logger.handlers[:]
    yield
    logger.setLevel(before[0])
    logger.propagate = before[1]
    logger.handlers[:] = before[2]


def test_lines_are_json_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]):
    set_up_logging(logging.INFO)
    log = logging.getLogger("skitter.some.part")
    log.debug("not now")
    log.info("page done", extra={"url": "https://example.com/\x1b[31m", "status": 200})
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("page failed")
    printed = capsys.readouterr()
    assert printed.out == ""
    [first, second] = map(json.loads, printed.err.splitlines())
    assert first["event"] == "page done"
    assert (first["level"], first["logger"], first["status"]) == ("info", "skitter.some.part", 200)
    assert first["url"] == "https://example.com/\x1b[31m"
    assert first["time"].endswith("+00:00")
    assert "ValueError: broken" in second["trace"]


@pytest.mark.parametrize("colours", [True, False])
def test_lines_are_for_people_on_a_terminal(monkeypatch: pytest.MonkeyPatch, colours: bool):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    if colours:
        monkeypatch.delenv("NO_COLOR", raising=False)
    else:
        monkeypatch.setenv("NO_COLOR", "1")
    set_up_logging(logging.INFO)
    logging.getLogger("skitter").warning("slow", extra={"url": "https://a.example/\x1b[2J", "error": None})
    line = terminal.getvalue()
    assert "slow  url=https://a.example/\\x1b[2J\n" in line
    assert "error" not in line
    assert ("\x1b[33m" in line) is colours


def test_setting_up_twice_says_things_once(capsys: pytest.CaptureFixture[str]):
    set_up_logging(logging.INFO)
    set_up_logging(logging.INFO)
    logging.getLogger("skitter").info("once")
    assert capsys.readouterr().err.count("once") == 1


def test_messages_are_one_line_without_control_characters(capsys: pytest.CaptureFixture[str]):
    say("a\nb\x1b[31m\x07")
    assert capsys.readouterr().err == "skitter: a b\\x1b[31m\\x07\n"


def test_messages_may_go_nowhere(monkeypatch: pytest.MonkeyPatch):
    closed = io.StringIO()
    closed.close()
    for stream in (closed, None):
        monkeypatch.setattr("sys.stderr", stream)
        say("nobody hears this")


def test_pages_cannot_steer_a_terminal():
    assert visible("tea\t茶\r\n\x1b]0;title\x07\x9b31m\u202e") == "tea\t茶\r\n\\x1b]0;title\\x07\\x9b31m\\u202e"
    assert visible("a\rb") == "a\\rb"


def test_long_urls_are_cut():
    assert short("x" * 120) == "x" * 120
    assert short("x" * 121) == "x" * 119 + "…"


def test_progress_is_logged_every_ten_seconds(capsys: pytest.CaptureFixture[str]):
    set_up_logging(logging.INFO)
    now = 100.0
    progress = LoggedProgress(lambda: now)
    with progress:
        for _ in range(50):
            now += 1
            progress.update(Tally(done=int(now), failed=0), 500)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["done"] for line in lines] == [110, 120, 130, 140, 150]
    assert lines[0]["total"] == 500
    assert lines[-1]["pages_per_s"] == 3.0
