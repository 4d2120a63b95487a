"""What is slow holds nothing else up: a host that does not answer, a page that takes long to read, a slow reader."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from skitter import AsyncHTTPCrawlerStrategy, AsyncWebCrawler
from tests.site.server import Answer, Asked, Site

SLOW = "127.0.0.1"


@pytest.fixture
def gate(site: Site) -> threading.Event:
    """While it is closed, the first host answers nobody."""
    opened = threading.Event()

    async def page(asked: Asked, answer: Answer) -> None:
        while asked.host == SLOW and not opened.is_set():
            await asyncio.sleep(0.01)
        await answer.send("<h1>Tea</h1>")

    site.put_page("/tea", page)
    return opened


@pytest.mark.parametrize("order", ["slow first", "mixed"])
async def test_a_slow_host_does_not_hold_the_others_up(site: Site, gate: threading.Event, order: str):
    slow_host, *hosts = site.hosts(4)
    slow = [f"{slow_host}/tea?{n}" for n in range(300)]
    fast = [f"{hosts[n % 3]}/tea?{n}" for n in range(300)]
    urls = slow + fast if order == "slow first" else [url for pair in zip(slow, fast, strict=True) for url in pair]
    finished: list[str] = []
    async with AsyncWebCrawler() as crawler:
        async for result in crawler.arun_many(urls, stream=True):
            assert result.success, result.error_message
            finished.append(result.url)
            if len(finished) == 300:
                assert set(finished) == set(fast), "all of the fast ones are there, and none of the slow"
                gate.set()
    assert sorted(finished) == sorted(urls)
    assert site.seen.most_at_once[SLOW] <= 5


async def ticking(at_each: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(0.001)
        at_each()


async def test_a_huge_page_is_read_while_the_event_loop_turns(site: Site):
    """Count the turns between the page's last byte and its result: read in the event loop, there would be none."""
    html = f"<p>{'All work and no play makes a long page. ' * 50}<a href='/no'>No</a></p>\n" * 10_000
    assert len(html) > 20_000_000
    url = site.put("/huge", html)
    ticks = fetched_at = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1

    def note(response: object) -> None:
        nonlocal fetched_at
        fetched_at = ticks

    strategy = AsyncHTTPCrawlerStrategy()
    strategy.set_hook("after_request", note)
    async with AsyncWebCrawler(strategy) as crawler, asyncio.TaskGroup() as group:
        ticker = group.create_task(ticking(tick))
        result = await crawler.arun(url)
        while_reading = ticks - fetched_at
        ticker.cancel()
    assert result.success, result.error_message
    assert result.html == html
    assert while_reading > 20


async def test_a_slow_reader_slows_the_crawl_down(site: Site):
    asked = 0

    async def page(asked_for: Asked, answer: Answer) -> None:
        nonlocal asked
        asked += 1
        await answer.send("<h1>Tea</h1>")

    url = site.put_page("/tea", page)
    async with AsyncWebCrawler() as crawler:
        results = crawler.arun_many((f"{url}?{n}" for n in range(10_000_000)), stream=True, semaphore_count=10)
        async for _ in results:
            await asyncio.sleep(0.3)  # time enough for thousands
            assert asked < 60
            await results.aclose()
