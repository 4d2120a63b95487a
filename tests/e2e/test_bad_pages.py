"""What broken, overloaded and hostile servers answer becomes a result with a reason, through the front door."""

import pytest

from skitter import AsyncWebCrawler, CrawlResult
from tests.site.server import Site, Wire

QUICK = {"retry_delay": 0.01, "max_retries": 1}


async def crawl(url: str, **options: object) -> CrawlResult:
    async with AsyncWebCrawler() as crawler:
        return await crawler.arun(url, **(QUICK | options))


@pytest.mark.parametrize(
    ("fault", "options", "kind"),
    [
        ("redirect-loop/1", {}, "too_many_redirects"),
        ("redirect-loop/3", {}, "too_many_redirects"),
        ("redirect-endless", {}, "too_many_redirects"),
        ("redirect-bad", {}, "invalid_url"),
        ("truncated", {}, "connect"),
        ("truncated-chunks", {}, "connect"),
        ("bad-chunks", {}, "connect"),
        ("corrupt-gzip", {}, "decode"),
        ("truncated-gzip", {}, "decode"),
        ("unknown-encoding", {}, "decode"),
        ("reset", {}, "connect"),
        ("reset-body", {}, "connect"),
        ("close", {}, "connect"),
        ("close-headers", {}, "connect"),
        ("hang", {"page_timeout": 100}, "timeout"),
        ("hang-body", {"page_timeout": 100}, "timeout"),
        ("drip/0.02", {"page_timeout": 100}, "timeout"),
        ("bomb/20", {"max_body_bytes": 1_000_000}, "too_large"),
        ("huge/4", {"max_download_bytes": 1_000_000}, "too_large"),
        ("huge/4", {"max_body_bytes": 1_000_000}, "too_large"),
        ("endless-headers", {}, "too_large"),
        ("garbage", {}, "connect"),
        ("bad-status", {}, "connect"),
    ],
)
async def test_fault_has_a_kind_and_a_message(site: Site, fault: str, options: dict[str, object], kind: str):
    result = await crawl(f"{site.url}/fault/{fault}", **options)
    assert not result.success
    assert result.error is not None
    assert result.error.kind == kind, result.error_message
    assert "127.0.0.1" in result.error.message
    assert result.markdown == ""
    assert await site.is_quiet()


@pytest.mark.parametrize("fault", ["no-length", "not-gzip", "huge/1", "redirect-nowhere"])
async def test_odd_pages_are_pages(site: Site, fault: str):
    result = await crawl(f"{site.url}/fault/{fault}")
    assert result.success == (fault != "not-gzip"), result.error_message


@pytest.mark.parametrize("where", ["header", "meta", "bom", "none", "wrong"])
async def test_words_survive_a_wrong_or_missing_charset(site: Site, where: str):
    encoding = "utf-8" if where in {"bom", "none"} else "windows-1252"
    result = await crawl(f"{site.url}/charset/{where}/{encoding}")
    assert result.success
    if where != "wrong":
        assert "Füße, naïve café, 5 €" in result.markdown


@pytest.mark.parametrize("packed", ["gzip", "deflate", "raw-deflate", "zstd"])
async def test_packed_pages_are_unpacked(site: Site, packed: str):
    result = await crawl(f"{site.url}/encoded/{packed}")
    assert result.markdown.startswith("# Encoded")


@pytest.mark.parametrize(
    "path", ["json", "xml", "feed", "text", "binary", "image.png", "dummy.pdf", "empty", "only-image", "nested/100000"]
)
async def test_whatever_is_served_gives_a_result(site: Site, path: str):
    result = await crawl(f"{site.url}/{path}")
    assert result.success, result.error_message
    assert isinstance(result.markdown, str)
    assert result.model_dump_json()


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_refusals_are_waited_out(site: Site, form: str):
    path = "/retry/429/1"
    result = await crawl(f"{site.url}{path}?after=1&as={form}")
    first, second = site.seen.starts_s(path)
    assert result.success
    # a date has whole seconds: what is left of the current one is not waited for
    assert second - first >= (1.0 if form == "seconds" else 0.0)
    assert result.crawl_stats is not None
    assert result.crawl_stats["attempts"] == 2


async def test_a_wait_longer_than_allowed_ends_the_attempts(site: Site):
    result = await crawl(f"{site.url}/retry/503/1?after=60", max_retry_delay=1, max_retries=5)
    assert (result.success, result.status_code) == (False, 503)
    assert "Busy" in result.html
    assert len(site.seen.asked) == 1


async def test_resets_are_tried_again(site: Site):
    result = await crawl(f"{site.url}/fault/reset-times/1")
    assert result.success
    assert site.seen.hits["/fault/reset-times/1"] == 2


async def test_nobody_listens(closed_url: str):
    result = await crawl(closed_url, max_retries=0)
    assert result.error is not None
    assert result.error.kind == "connect"


async def test_bytes_that_are_no_http(wire):
    server = wire([Wire.READ, b"SSH-2.0-OpenSSH_9.2\r\n"])
    result = await crawl(server.url, max_retries=0)
    assert result.error is not None
    assert result.error.kind == "connect"
