"""Opening and closing a crawler: in any order, at any moment, in one event loop or several."""

import asyncio
import threading

import pytest

from skitter import (
    AsyncCrawlerStrategy,
    AsyncHTTPCrawlerStrategy,
    AsyncWebCrawler,
    BrowserConfig,
    ConfigError,
    CrawlerRunConfig,
)
from skitter.model.result import CrawlResult
from tests.leaks import Footprint, assert_released, footprint
from tests.site.server import Site


def kinds(results: list[CrawlResult]) -> list[str | None]:
    return [None if result.error is None else result.error.kind for result in results]


async def until_asked(site: Site, times: int) -> None:
    async with asyncio.timeout(5):
        while len(site.seen.asked) < times:
            await asyncio.sleep(0.002)


# ---- open and closed


async def test_nothing_is_open_before_the_start():
    crawler = AsyncWebCrawler()
    assert not crawler.ready
    await crawler.close()
    assert not crawler.ready


async def test_starting_and_closing_twice_is_once(site: Site):
    crawler = AsyncWebCrawler()
    assert await crawler.start() is crawler
    assert await crawler.start() is crawler
    assert (await crawler.arun(site.url)).success
    await crawler.close()
    await crawler.close()
    assert not crawler.ready
    assert await site.is_quiet()


async def test_a_crawler_opens_by_itself_and_again_after_it_was_closed(site: Site):
    crawler = AsyncWebCrawler()
    assert (await crawler.arun(site.url)).success
    assert crawler.ready
    await crawler.close()
    assert kinds(await crawler.arun_many([site.url])) == [None]
    assert crawler.ready
    await crawler.close()
    async with crawler as same:
        assert same is crawler
        assert (await crawler.arun(site.url)).success
    assert not crawler.ready


async def test_opened_by_many_at_once_it_is_opened_once(site: Site):
    opened = 0

    class Strategy(AsyncHTTPCrawlerStrategy):
        def serving(self, who):
            nonlocal opened
            opened += 1
            return super().serving(who)

    crawler = AsyncWebCrawler(Strategy())
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(crawler.arun(f"{site.url}/page{n}")) for n in range(1, 9)]
    assert all(task.result().success for task in tasks)
    assert opened == 1
    await crawler.close()


async def test_closing_while_it_opens_leaves_it_closed():
    crawler = AsyncWebCrawler()
    async with asyncio.TaskGroup() as group:
        group.create_task(crawler.start())
        await asyncio.sleep(0)
        group.create_task(crawler.close())
    assert not crawler.ready


async def test_a_start_that_fails_can_be_tried_again(site: Site, tmp_path):
    state = tmp_path / "cookies.json"
    crawler = AsyncWebCrawler(config=BrowserConfig(storage_state=str(state)))
    with pytest.raises(ConfigError, match="storage_state"):
        await crawler.start()
    assert not crawler.ready
    state.write_text('{"cookies": []}')
    async with crawler:
        assert (await crawler.arun(site.url)).success


async def test_a_start_that_is_cancelled_leaves_nothing_open():
    left = []

    class Strategy(AsyncCrawlerStrategy):
        async def crawl(self, url, **kwargs):
            raise NotImplementedError

        async def __aenter__(self):
            await asyncio.sleep(10)
            return self

        async def __aexit__(self, *error):
            left.append(error)

    crawler = AsyncWebCrawler(Strategy())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await crawler.start()
    assert (crawler.ready, left) == (False, [])
    await crawler.close()


async def test_what_was_used_is_given_back(site: Site):
    async with AsyncWebCrawler() as crawler:
        await crawler.arun(site.url)
    before = await footprint(site)
    async with AsyncWebCrawler() as crawler:
        big, *pages = await crawler.arun_many([f"{site.url}/big/2200", *(f"{site.url}/page{n}" for n in range(1, 20))])
        assert big.success
        assert all(page.success for page in pages)
        assert Footprint.now().children > before.children, "a large page is read in a process"
    await assert_released(site, before)


# ---- closed while it works


async def test_a_page_that_runs_fails_when_the_crawler_is_closed(site: Site):
    crawler = AsyncWebCrawler()
    async with asyncio.TaskGroup() as group:
        pages = [group.create_task(crawler.arun(f"{site.url}/fault/hang?{n}")) for n in range(3)]
        await until_asked(site, 3)
        await crawler.close()
    assert kinds([page.result() for page in pages]) == ["cancelled"] * 3
    assert "was closed" in pages[0].result().error_message
    assert await site.is_quiet()


async def test_a_page_that_waits_to_be_tried_again_fails_at_once(site: Site):
    crawler = AsyncWebCrawler()
    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        page = group.create_task(crawler.arun(f"{site.url}/retry/503/1?after=30"))
        await until_asked(site, 1)
        await asyncio.sleep(0.05)
        await crawler.close()
    assert kinds([page.result()]) == ["cancelled"]


async def test_a_page_that_is_being_read_fails(site: Site):
    crawler = AsyncWebCrawler()
    async with asyncio.TaskGroup() as group:
        page = group.create_task(crawler.arun(f"{site.url}/big/3000"))
        await until_asked(site, 1)
        async with asyncio.timeout(5):
            while not Footprint.now().children:
                await asyncio.sleep(0.002)
        await crawler.close()
    assert kinds([page.result()]) == ["cancelled"]
    assert Footprint.now().children == 0


@pytest.mark.parametrize("stream", [True, False])
async def test_the_rest_of_a_crawl_fails_when_its_crawler_is_closed(site: Site, stream: bool):
    crawler = AsyncWebCrawler()
    urls = [f"{site.url}/page{n}" for n in range(1, 5)] + [f"{site.url}/fault/hang?{n}" for n in range(8)]

    async def crawl() -> list[CrawlResult]:
        running = crawler.arun_many(urls, semaphore_count=4, stream=stream)
        return [result async for result in running] if stream else await running

    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        task = group.create_task(crawl())
        await until_asked(site, 8)
        await crawler.close()
    results = task.result()
    assert sorted(result.url for result in results) == sorted(urls)
    assert {result.url for result in results if result.success} == set(urls[:4])
    assert set(kinds(results)) == {None, "cancelled"}
    assert not crawler.ready
    assert len(site.seen.asked) == 8, "nothing was asked after the end"


async def test_a_crawl_that_was_closed_stays_so_when_the_crawler_is_used_again(site: Site):
    crawler = AsyncWebCrawler()
    seen = []
    async for result in crawler.arun_many(
        (f"{site.url}/page{n}" for n in range(1, 30)), stream=True, semaphore_count=1
    ):
        seen.append(result)
        if len(seen) == 3:
            await crawler.close()
            assert (await crawler.arun(f"{site.url}/blog/1")).success
    assert len(seen) == 29
    assert kinds(seen[:3]) == [None] * 3
    assert kinds(seen[-20:]) == ["cancelled"] * 20
    await crawler.close()


async def test_a_program_may_wrap_arun_and_close(site: Site):
    crawler = AsyncWebCrawler()
    own = crawler.arun

    async def wrapped(url, config=None, **options):
        return await own(url, config=config, **options)

    crawler.arun = wrapped
    seen = []
    async for result in crawler.arun_many((f"{site.url}/page{n}" for n in range(1, 9)), stream=True, semaphore_count=1):
        seen.append(result)
        await crawler.close()
    assert (len(seen), kinds(seen)[0], kinds(seen)[-1]) == (8, None, "cancelled")
    assert not crawler.ready


# ---- several


async def test_two_crawlers_side_by_side(site: Site):
    async with AsyncWebCrawler() as one, AsyncWebCrawler(config=BrowserConfig(user_agent="Two/2")) as two:
        await one.arun(f"{site.url}/login", session_id="s")
        pages = [await crawler.arun(f"{site.url}/whoami", session_id="s") for crawler in (one, two)]
        await one.close()
        assert (await two.arun(f"{site.url}/page1")).success
    assert ["You are me" in page.markdown for page in pages] == [True, False]
    assert [asked.headers["user-agent"] == "Two/2" for asked in site.seen.asked] == [False, False, True, True]


@pytest.mark.parametrize("closes", [True, False])
def test_one_event_loop_after_the_other(site: Site, closes: bool):
    crawler = AsyncWebCrawler()

    async def use() -> list[str | None]:
        async with asyncio.TaskGroup() as group:  # several at once: they wait for each other to open it
            alone = [group.create_task(crawler.arun(f"{site.url}/page{n}")) for n in range(3)]
        many = await crawler.arun_many([f"{site.url}/page{n}" for n in range(20)])
        if closes:
            await crawler.close()
        return kinds([task.result() for task in alone] + many)

    for _ in range(3):
        assert asyncio.run(use()) == [None] * 23
    asyncio.run(crawler.close())
    assert not crawler.ready


def test_two_event_loops_at_the_same_time_are_too_many(site: Site):
    crawler = AsyncWebCrawler()
    opened, done = threading.Event(), threading.Event()

    async def hold() -> None:
        async with crawler:
            opened.set()
            await asyncio.to_thread(done.wait, 10)
            assert (await crawler.arun(site.url)).success

    async def use() -> None:
        for doing in (crawler.arun(site.url), crawler.start(), crawler.close()):
            with pytest.raises(ConfigError, match="a crawler for each event loop"):
                await doing

    holding = threading.Thread(target=lambda: asyncio.run(hold()))
    holding.start()
    try:
        assert opened.wait(10)
        asyncio.run(use())
    finally:
        done.set()
        holding.join()
    assert len(site.seen.asked) == 1


# ---- what it is made of


@pytest.mark.parametrize(
    "options",
    [
        {"config": CrawlerRunConfig()},
        {"browser_config": {"headless": True}},
        {"crawler_strategy": BrowserConfig()},
        {"crawler_strategy": AsyncHTTPCrawlerStrategy},
    ],
    ids=str,
)
def test_what_is_given_in_the_wrong_place_is_refused_at_once(options: dict):
    with pytest.raises(ConfigError, match="must be of type"):
        AsyncWebCrawler(**options)
