import os
import sys
from pathlib import Path

import pytest

from skitter.errors import InvalidURL, NotFound, TooLarge

posix = pytest.mark.skipif(sys.platform == "win32", reason="names and pipes of POSIX")


@pytest.mark.parametrize("url", ["raw:<p>Tea</p>", "raw://<p>Tea</p>", "RAW:<p>Tea</p>", "  raw:<p>Tea</p>"])
async def test_raw_html(fetch, url: str):
    response = await fetch(url, base_url="https://a.example/")
    assert response.body == "<p>Tea</p>"
    assert (response.status, response.base_url, response.http_version) == (200, "https://a.example/", "")
    assert response.headers["content-type"].startswith("text/html")


async def test_raw_html_may_hold_anything(fetch):
    assert (await fetch("raw:")).body == ""
    assert (await fetch("raw:http://x")).body == "http://x"
    assert (await fetch("raw:///path")).body == "/path"


async def test_raw_html_has_the_limit_of_a_page(fetch):
    assert len((await fetch("raw:" + "é" * 50, max_body_bytes=100)).body) == 50
    with pytest.raises(TooLarge, match="max_body_bytes"):
        await fetch("raw:" + "é" * 51, max_body_bytes=100)


async def test_a_file(fetch, tmp_path: Path):
    page = tmp_path / "a page ü#?%.html"
    page.write_bytes("<p>ü</p>".encode())
    response = await fetch(page.as_uri())
    assert response.body == "<p>ü</p>".encode()
    assert response.headers["content-type"] == "text/html"
    assert response.headers["content-length"] == "9"
    assert response.headers["last-modified"].endswith("GMT")
    assert response.url == response.base_url == page.as_uri()
    assert response.remote_address is None


async def test_a_file_by_localhost_and_unencoded(fetch, tmp_path: Path):
    page = tmp_path / "a page.html"
    page.write_text("x")
    assert (await fetch(f"file://localhost{page.as_posix()}")).body == b"x"
    assert (await fetch(f"FILE:{page.as_posix()}")).body == b"x"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.html", b"", "text/html"),
        ("a.json", b"{}", "application/json"),
        ("a.pdf", b"%PDF", "application/pdf"),
        ("a.txt", b"x", "text/plain"),
        ("page", b"\xef\xbb\xbf\n<!doctype html>", "text/html"),
        ("page", "<p>".encode("utf-16"), "text/plain"),
        ("notes", b"only words", "text/plain"),
        ("data", b"\x7fELF\0\0", "application/octet-stream"),
        ("a.html.gz", b"\x1f\x8b", "application/gzip"),
    ],
)
async def test_the_type_of_a_file(fetch, tmp_path: Path, name: str, content: bytes, kind: str):
    (tmp_path / name).write_bytes(content)
    assert (await fetch((tmp_path / name).as_uri())).headers["content-type"] == kind


async def test_files_that_are_not_there(fetch, tmp_path: Path):
    with pytest.raises(NotFound, match="No such file"):
        await fetch((tmp_path / "nothing").as_uri())
    with pytest.raises(NotFound, match="is a folder"):
        await fetch(tmp_path.as_uri())


@posix
async def test_only_plain_files_are_opened(fetch, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for url in ((tmp_path / "pipe").as_uri(), "file:///dev/zero"):
        with pytest.raises(NotFound, match="no plain file"):
            await fetch(url)


@posix
@pytest.mark.parametrize("url", ["file://other.example/x", "file://etc/hostname"])
async def test_a_file_of_another_host(fetch, url: str):
    with pytest.raises(InvalidURL, match="file:///"):
        await fetch(url)


@pytest.mark.parametrize("url", ["file://%00/x", "file:///a%00b", "file://[x/"])
async def test_file_urls_that_are_none(fetch, url: str):
    with pytest.raises((InvalidURL, NotFound)):
        await fetch(url)


async def test_a_file_has_the_limit_of_a_page(fetch, tmp_path: Path):
    (tmp_path / "a.html").write_bytes(b"x" * 101)
    assert len((await fetch((tmp_path / "a.html").as_uri(), max_body_bytes=101)).body) == 101
    with pytest.raises(TooLarge, match="max_body_bytes"):
        await fetch((tmp_path / "a.html").as_uri(), max_body_bytes=100)
