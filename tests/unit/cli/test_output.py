import asyncio
import os
import sys
from pathlib import Path

import pytest

from skitter.cli.output import ReaderGone, Stream, is_folder, open_output
from skitter.errors import ConfigError
from skitter.model.result import CrawlResult

PAGE = CrawlResult(url="https://example.com/a", success=True)
FAILED = CrawlResult(url="https://example.com/b", success=False)


def open_to(target: Path | str, *, is_single: bool = False):
    return open_output(str(target), ending=".md", is_single=is_single)


def test_a_slash_or_a_folder_that_exists_is_a_folder(tmp_path: Path):
    assert is_folder("pages/")
    assert is_folder(str(tmp_path))
    assert not is_folder("pages")
    assert not is_folder("pages.jsonl")


async def test_pages_are_in_the_file_at_once(tmp_path: Path):
    path = tmp_path / "pages.md"
    path.write_text("before")
    output = open_to(path)
    await output.write(PAGE, b"one\n")
    assert path.read_bytes() == b"one\n"
    await output.write(FAILED, b"")
    await output.write(None, b"two\n")
    await output.close()
    assert path.read_bytes() == b"one\ntwo\n"


async def test_a_single_page_appears_whole_or_not_at_all(tmp_path: Path):
    path = tmp_path / "page.md"
    path.write_text("before")
    output = open_to(path, is_single=True)
    assert path.read_text() == "before"
    await output.write(FAILED, b"")
    assert path.read_text() == "before"
    await output.write(PAGE, b"after\n")
    assert path.read_text() == "after\n"
    await output.close()


async def test_a_folder_gets_a_file_for_each_page(tmp_path: Path):
    output = open_to(f"{tmp_path}/new/")
    await output.write(PAGE, b"one\n")
    await output.write(FAILED, b"")
    await output.close()
    assert (tmp_path / "new/example.com/a.md").read_bytes() == b"one\n"
    assert (tmp_path / "new/index.jsonl").read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("is_single", [True, False])
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("missing/page.md", "missing/page.md: cannot be written: its folder does not exist"),
        ("file/page.md", "file/page.md: cannot be written: "),
        ("file/", "file/: cannot be written: "),
    ],
)
def test_what_cannot_be_written_is_said_before_the_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, says: str, is_single: bool
):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(ConfigError) as caught:
        open_to(target, is_single=is_single)
    assert says in str(caught.value)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everything")
@pytest.mark.parametrize("is_single", [True, False])
def test_a_file_of_somebody_else_is_said_before_the_crawl(tmp_path: Path, is_single: bool):
    path = tmp_path / "page.md"
    path.touch(0o444)
    with pytest.raises(ConfigError, match="cannot be written: Permission denied"):
        open_to(path, is_single=is_single)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full as Linux has it")
async def test_a_full_disk_is_said():
    output = open_to("/dev/full")
    with pytest.raises(ConfigError, match="/dev/full: cannot be written: No space left on device"):
        await output.write(PAGE, b"one\n")
    await output.close()


def piped() -> tuple[Stream, int]:
    read, write = os.pipe()
    return Stream("pipe", write, is_own=True), read


async def test_a_reader_that_has_gone_ends_the_output():
    output, read = piped()
    os.close(read)
    with pytest.raises(ReaderGone):
        await output.write(PAGE, b"one\n")
    await output.close()


async def test_a_slow_reader_does_not_hold_up_the_loop():
    output, read = piped()
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(output.write(PAGE, b"x" * 1_000_000))
        await asyncio.sleep(0.01)
        assert not writing.done()
        rest = 1_000_000
        while rest:
            rest -= len(await asyncio.to_thread(os.read, read, 65536))
    await output.close()
    os.close(read)


async def test_a_cancelled_write_is_ended_before_the_next():
    output, read = piped()
    line = b"x" * 300_000 + b"\n"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await output.write(PAGE, line)
    async with asyncio.TaskGroup() as group:
        group.create_task(output.write(None, b"last\n"))
        got = b""
        while not got.endswith(b"last\n"):
            got += await asyncio.to_thread(os.read, read, 65536)
    await output.close()
    os.close(read)
    assert got == line + b"last\n"
