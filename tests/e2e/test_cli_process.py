"""The program as a process: signals, pipes, terminals, and how soon it is there."""

import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.site.server import Site

SKITTER = [sys.executable, "-m", "skitter"]
LAST_S = 15

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals, pipes and terminals as POSIX has them"),
    pytest.mark.slow,
]

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with contextlib.ExitStack() as stack:

        def start(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
            ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
            process = subprocess.Popen([*SKITTER, *arguments], cwd=tmp_path, **ends)  # type: ignore[call-overload]
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def lines_of(stream: IO[bytes] | None) -> list[dict[str, object]]:
    assert stream is not None
    return [json.loads(line) for line in stream.read().splitlines()]


def test_a_page_comes_before_the_next_url_is_known(start: Start, site: Site):
    process = start("-o", "json", "--fields", "url")
    assert process.stdin is not None
    assert process.stdout is not None
    for n in (1, 2):
        process.stdin.write(f"{site.url}/page{n}\n".encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"url": f"{site.url}/page{n}"}
    process.stdin.close()
    assert process.wait(LAST_S) == 0


def test_a_reader_that_has_seen_enough_ends_it_quietly(start: Start, site: Site):
    process = start("-o", "json", "--fields", "url", stderr=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{site.url}/page1\n".encode())
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write(f"{site.url}/page2\n".encode())
    process.stdin.flush()
    # standard input stays open: it is the output that ends the crawl
    assert process.wait(LAST_S) == 0
    assert process.stderr is not None
    assert process.stderr.read() == b""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_crawl_prints_what_had_come(start: Start, site: Site, number: signal.Signals, code: int):
    urls = [f"{site.url}/page1", f"{site.url}/fault/hang", *(f"{site.url}/page{n}" for n in range(2, 6))]
    process = start("-", "-o", "json", "--fields", "url")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(urls).encode() + b"\n")
    process.stdin.flush()
    first = json.loads(process.stdout.readline())
    while len(site.seen.asked) < len(urls):
        threading.Event().wait(0.01)
    process.send_signal(number)
    assert process.wait(LAST_S) == code
    rest = [record["url"] for record in lines_of(process.stdout)]
    assert first["url"] == urls[0]
    assert set(rest) <= set(urls[2:])
    assert rest == sorted(rest)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    assert said.endswith("interrupted\n")
    assert "Traceback" not in said


def test_on_a_terminal_pages_cannot_steer_it_and_messages_have_colours(start: Start, site: Site):
    site.put("/nasty", "<p>tea &#x1b;]0;gotcha&#7; time</p>")
    ours, theirs = os.openpty()
    process = start(f"{site.url}/nasty", "-v", stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # what a terminal says when the last program has left it
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert process.wait(LAST_S) == 0
    assert b"tea \\x1b" in shown
    assert b"gotcha\\x07 time" in shown
    assert not re.search(rb"\x1b(?!\[\d*m)|\x07", shown)
    assert b"\x1b[32minfo" in shown


def test_progress_is_shown_on_a_terminal_while_pages_go_elsewhere(start: Start, site: Site):
    ours, theirs = os.openpty()
    urls = [f"{site.url}/page{n}" for n in range(1, 6)]
    process = start(*urls, f"{site.url}/delay/1", "--output", "pages.jsonl", stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert process.wait(LAST_S) == 0
    assert b"5 done" in shown
    assert shown.decode().rstrip().endswith("skitter: 6 done, 0 failed")


def test_it_is_there_at_once(start: Start):
    used = []
    for arguments in (["--help"], ["--version"]):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert start(*arguments).wait(LAST_S) == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # 0.15 s measured; what this must not do is import the crawler, which takes twice as long
    assert min(used) < 0.4
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "skitter", "--help"], capture_output=True, text=True, check=True
    ).stderr
    for heavy in ("pydantic", "wreq", "turbohtml", "asyncio", "yaml", "skitter.config"):
        assert not [line for line in imported.splitlines() if line.rpartition("|")[2].strip() == heavy], heavy


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["doctor", "--json"]])
def test_output_that_nobody_reads_is_no_trace(start: Start, arguments: list[str]):
    process = start(*arguments)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.wait(LAST_S)
    assert process.stderr.read() == b""
