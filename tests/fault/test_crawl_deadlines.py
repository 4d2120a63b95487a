"""One limit covers all of an attempt: wherever a page gets stuck, it fails in time, says where, and leaves nothing."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from skitter import AsyncHTTPCrawlerStrategy, AsyncWebCrawler, CrawlResult, ExtractionStrategy
from tests.site.server import Answer, Asked, Site

LIMIT = {"page_timeout": 120, "max_retries": 0}
OK = b"HTTP/1.1 200 OK\r\n"


async def crawl(url: str, **options: Any) -> CrawlResult:
    async with AsyncWebCrawler() as crawler:
        return await crawler.arun(url, **(LIMIT | options))


def assert_late(result: CrawlResult, *, was_fetched: bool = False) -> None:
    assert (result.success, result.error.kind, result.error.retryable) == (False, "timeout", True)
    assert ("was fetched, but not read" in result.error_message) == was_fetched
    assert "raise `page_timeout`" in result.error_message
    assert result.crawl_stats["attempts"] == 1


@contextlib.contextmanager
def full_server() -> Iterator[str]:
    """Listen with a queue that is full: a connection stays half open."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


async def test_connecting():
    with full_server() as url:
        assert_late(await crawl(url))


async def test_shaking_hands(wire):
    assert_late(await crawl(wire(["hang"]).url.replace("http:", "https:")))


@pytest.mark.parametrize(
    "script",
    [
        ["hang"],
        ["read", "hang"],
        ["read", OK + b"Content-Le", "hang"],
        ["read", OK + b"Content-Length: 9\r\n\r\nhalf", "hang"],
        ["read", OK + b"\r\n", *[b"a drop ", 0.02] * 100],
        ["read", OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\na\r\n", 0.02] * 100],
        ["read", b"HTTP/1.1 100 Continue\r\n\r\n", "hang"],
    ],
    ids=["silent", "asked", "head", "body", "drops", "chunks", "continue"],
)
async def test_answering(wire, script: list):
    assert_late(await crawl(wire(script).url))


async def test_redirecting(site: Site):
    async def slow(asked: Asked, answer: Answer) -> None:
        await asyncio.sleep(0.03)
        await answer.send("", status=302, headers={"Location": f"/slow?n={asked.query.get('n', '')}1"})

    result = await crawl(site.put_page("/slow", slow))
    assert_late(result)
    assert 0 < len(site.seen.asked) < 10, "each redirect is quick enough, all of them are not"


async def test_asking_for_robots_txt(site: Site):
    async def hang(asked: Asked, answer: Answer) -> None:
        await answer.hang()

    site.put_page("/robots.txt", hang)
    assert_late(await crawl(f"{site.url}/page1", check_robots_txt=True))
    assert await site.is_quiet()


async def test_going_through_a_proxy(site: Site, wire):
    result = await crawl(f"{site.url}/page1", proxy_config=wire(["read", "hang"]).url)
    assert_late(result)
    assert result.crawl_stats["proxies_used"][0]["proxy"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("moment", ["before_request", "after_request"])
async def test_waiting_for_a_hook(site: Site, moment: str):
    async def slow(*arguments: Any) -> None:
        await asyncio.sleep(60)

    strategy = AsyncHTTPCrawlerStrategy()
    strategy.set_hook(moment, slow)
    async with AsyncWebCrawler(strategy) as crawler:
        assert_late(await crawler.arun(f"{site.url}/page1", **LIMIT))


async def test_waiting_for_a_connection_that_others_use(site: Site):
    async with AsyncWebCrawler(AsyncHTTPCrawlerStrategy(max_connections=1)) as crawler:
        results = await crawler.arun_many([f"{site.url}/fault/hang?{n}" for n in range(3)], **LIMIT)
    for result in results:
        assert_late(result)


class Stuck(ExtractionStrategy):
    """Computes until it is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def extract(self, url: str, html: str, *args: Any, **options: Any) -> list[dict[str, Any]]:
        self.goes_on.wait(10)
        return []


async def test_reading_with_a_strategy_that_does_not_end(site: Site):
    stuck = Stuck()
    try:
        result = await crawl(f"{site.url}/page1", extraction_strategy=stuck)
    finally:
        stuck.goes_on.set()
    assert_late(result, was_fetched=True)
    assert (result.status_code, "<h1>Page 1</h1>" in result.html) == (200, True)


async def test_reading_in_a_process_what_takes_too_long():
    page = "raw:" + "<p>Some <b>words</b> and a <a href='http://a.example/b'>link</a>.</p>\n" * 250_000
    async with AsyncWebCrawler() as crawler:
        result = await crawler.arun(page, **LIMIT)
        assert_late(result, was_fetched=True)
        assert (await crawler.arun("raw:<h1>Tea</h1>")).markdown.strip() == "# Tea"
    assert psutil.Process().children() == []


async def test_each_attempt_has_the_whole_limit(site: Site):
    async def once(asked: Asked, answer: Answer) -> None:
        if asked.count == 1:
            await answer.hang()
        await answer.send("<h1>Tea</h1>")

    result = await crawl(site.put_page("/once", once), page_timeout=400, max_retries=1, retry_delay=0.01)
    assert (result.success, result.crawl_stats["attempts"]) == (True, 2)
    assert result.crawl_stats["reasons"][0]["reason"] == "timeout"


async def test_a_fallback_has_its_own_limit(site: Site):
    async def archive(url: str) -> str:
        await asyncio.sleep(60)
        return "<p>too late"

    result = await crawl(f"{site.url}/fault/hang", fallback_fetch_function=archive)
    assert_late(result)
    assert "`fallback_fetch_function` failed too: TimeoutError" in result.warnings[0]
