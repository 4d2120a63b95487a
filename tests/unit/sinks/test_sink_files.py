import json
import os
import stat
import sys
from pathlib import Path

import pytest

from skitter.errors import NotFound
from skitter.model.result import CrawlFailure, CrawlResult
from skitter.sinks import PageFolder, replace_file

posix = pytest.mark.skipif(os.name == "nt", reason="links, modes and pipes as POSIX has them")


def page(url: str, *, failed: bool = False) -> CrawlResult:
    failure = CrawlFailure.of(NotFound("not there")) if failed else None
    return CrawlResult(url=url, success=not failed, status_code=None if failed else 200, error=failure)


def test_a_file_is_replaced_whole(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_text("before")
    replace_file(path, b"after")
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_former_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.md"
    path.write_text("before")

    def full(*names: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_links_are_followed_and_permissions_kept(tmp_path: Path):
    target = tmp_path / "target.md"
    target.write_text("before")
    target.chmod(0o640)
    link = tmp_path / "link.md"
    link.symlink_to(target)
    replace_file(link, b"after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@posix
def test_a_new_file_has_the_usual_permissions(tmp_path: Path):
    usual = tmp_path / "usual"
    usual.touch()
    replace_file(tmp_path / "a.md", b"")
    assert (tmp_path / "a.md").stat().st_mode == usual.stat().st_mode


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/null as Linux has it")
def test_a_device_is_written_to_and_not_replaced():
    replace_file(Path("/dev/null"), b"gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_folder_has_a_file_for_each_page_and_a_line_for_all(tmp_path: Path):
    folder = PageFolder(tmp_path / "deep" / "pages", ".md")
    first = folder.write(page("https://example.com/a/b"), b"# One\n")
    again = folder.write(page("https://example.com/a/b"), b"# Two\n")
    failed = folder.write(page("https://example.com/gone", failed=True), b"")
    folder.close()
    assert first == again == tmp_path / "deep/pages/example.com/a/b.md"
    assert first.read_bytes() == b"# Two\n"
    assert failed is None
    index = (tmp_path / "deep/pages/index.jsonl").read_text()
    lines = [json.loads(line) for line in index.splitlines()]
    assert [line["file"] for line in lines] == ["example.com/a/b.md", "example.com/a/b.md", None]
    assert lines[2]["error"]["kind"] == "not_found"
    assert [line["success"] for line in lines] == [True, True, False]
