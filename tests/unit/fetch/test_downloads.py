import gzip
import sys
from pathlib import Path

import pytest

from skitter.errors import ConfigError, DecodeError, TooLarge
from skitter.fetch.downloads import file_name, is_download, save
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.options import FetchOptions
from skitter.model.request import Request
from skitter.model.response import Response


def answer(kind: str = "", disposition: str = "", url: str = "https://a.example/dir/file", **fields) -> Response:
    headers = {"content-type": kind, "content-disposition": disposition}
    return Response(**{"url": url, "base_url": url, "status": 200, "headers": headers, "body": b"data"} | fields)


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/zip", "application/octet-stream; x=y"])
def test_files_are_downloads(kind: str):
    assert is_download(answer(kind))


@pytest.mark.parametrize(
    "kind",
    ["text/html", "TEXT/Plain; charset=x", "application/json", "image/svg+xml", "application/xhtml+xml", ""],
)
def test_pages_are_none(kind: str):
    assert not is_download(answer(kind))
    assert is_download(answer(kind, "attachment"))
    assert not is_download(answer(kind, "inline; filename=x.html"))


def test_only_what_was_delivered_is_a_download():
    assert not is_download(answer("application/pdf", status=404))
    assert not is_download(answer("application/pdf", body=b""))


@pytest.mark.parametrize(
    ("disposition", "url", "kind", "name"),
    [
        ('attachment; filename="report.pdf"', "", "", "report.pdf"),
        ("attachment; filename=report.pdf", "", "", "report.pdf"),
        ("attachment; filename*=UTF-8''na%C3%AFve%20file.txt", "", "", "naïve file.txt"),
        ('attachment; filename="../../etc/passwd"', "", "", "passwd"),
        ('attachment; filename="..\\\\..\\\\evil.exe"', "", "", "evil.exe"),
        ('attachment; filename="/etc/cron.d/x.sh"', "", "", "x.sh"),
        ('attachment; filename="..."', "https://a.example/fallback.csv", "", "fallback.csv"),
        ('attachment; filename="a<b>:c|d?.txt"', "", "", "a_b__c_d_.txt"),
        ('attachment; filename="CON.txt"', "", "", "_CON.txt"),
        ('attachment; filename=".bashrc"', "", "text/plain", "bashrc.txt"),
        ("attachment", "https://a.example/x/report%20two.pdf?y=1", "", "report two.pdf"),
        ("attachment", "https://a.example/x/..%2F..%2Fpasswd", "text/plain", "passwd.txt"),
        ("attachment", "https://a.example/", "application/pdf", "download.pdf"),
        ("attachment", "https://a.example/", "x/unknown", "download"),
    ],
)
def test_names_are_safe(disposition: str, url: str, kind: str, name: str):
    assert file_name(answer(kind, disposition, url or "https://a.example/")) == name


def test_a_long_name_is_cut_and_keeps_its_ending():
    name = file_name(answer("", f'attachment; filename="{"ü" * 500}.pdf"'))
    assert len(name.encode()) <= 150
    assert name.endswith("ü.pdf")
    assert 0 < len(file_name(answer("", f'attachment; filename="a.{"x" * 500}"'))) <= 150


def test_nothing_is_replaced(tmp_path: Path):
    saved = [save(answer("application/pdf", 'attachment; filename="a.pdf"'), str(tmp_path / "new")) for _ in range(3)]
    assert [Path(path).name for path in saved] == ["a.pdf", "a (1).pdf", "a (2).pdf"]
    assert all(Path(path).read_bytes() == b"data" for path in saved)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights")
def test_a_link_in_the_way_is_not_followed(tmp_path: Path):
    (tmp_path / "target").write_text("precious")
    (tmp_path / "a.pdf").symlink_to(tmp_path / "target")
    (tmp_path / "a (1).pdf").symlink_to(tmp_path / "nowhere")
    path = save(answer("application/pdf", 'attachment; filename="a.pdf"'), str(tmp_path))
    assert Path(path).name == "a (2).pdf"
    assert (tmp_path / "target").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_files_are_saved_unpacked_and_within_the_limit(tmp_path: Path):
    packed = answer("application/pdf", body=gzip.compress(b"x" * 1000), content_encoding="gzip", max_body_bytes=1000)
    assert Path(save(packed, str(tmp_path))).read_bytes() == b"x" * 1000
    with pytest.raises(TooLarge):
        save(
            answer("x/y", body=gzip.compress(b"x" * 1001), content_encoding="gzip", max_body_bytes=1000), str(tmp_path)
        )
    with pytest.raises(DecodeError):
        save(answer("x/y", content_encoding="gzip"), str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_is_none(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="downloads_path"):
        save(answer("application/pdf"), str(tmp_path / "file"))


async def test_files_are_saved_where_the_caller_wants_them(site, tmp_path: Path):
    async with HTTPFetcher(HTTPCrawlerConfig(downloads_path=str(tmp_path))) as fetcher:
        pdf = await fetcher.fetch(Request(url=f"{site.url}/dummy.pdf"), FetchOptions())
        page = await fetcher.fetch(Request(url=f"{site.url}/page1"), FetchOptions())
    assert pdf.downloaded_files == (str(tmp_path / "dummy.pdf"),)
    assert (tmp_path / "dummy.pdf").read_bytes() == pdf.body
    assert page.downloaded_files == ()


async def test_nothing_is_saved_without_a_folder(fetch, site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    response = await fetch(f"{site.url}/attachment")
    assert (response.body, response.downloaded_files) == (b"a,b\n1,2\n", ())
    assert not list(tmp_path.iterdir())
