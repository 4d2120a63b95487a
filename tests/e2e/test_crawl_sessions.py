"""Cookies: each crawl for itself, or shared by those of one session, for as long as it lasts."""

import asyncio

import pytest

from skitter import AsyncHTTPCrawlerStrategy, AsyncWebCrawler, BrowserConfig, CrawlerRunConfig, CrawlRequest
from skitter.model.result import CrawlResult
from tests.site.server import Answer, Asked, Site


def who(result: CrawlResult) -> str:
    """Return the name on the page /whoami."""
    assert result.success, result.error_message
    return result.markdown.rpartition("You are ")[2].strip().rstrip(".")


async def test_crawls_without_a_session_share_nothing(site: Site):
    async with AsyncWebCrawler() as crawler:
        await crawler.arun(f"{site.url}/login")
        assert who(await crawler.arun(f"{site.url}/whoami")) == "nobody"
        pages = await crawler.arun_many([f"{site.url}/login", f"{site.url}/whoami"], semaphore_count=1)
        assert who(pages[1]) == "nobody"
    assert all("cookie" not in asked.headers for asked in site.seen.asked)


@pytest.mark.parametrize("way", ["config", "override", "request", "batch"])
async def test_a_session_keeps_its_cookies_however_it_is_named(site: Site, way: str):
    async with AsyncWebCrawler() as crawler:

        async def crawl(path: str, session: str) -> CrawlResult:
            url = site.url + path
            if way == "config":
                return await crawler.arun(url, CrawlerRunConfig(session_id=session))
            if way == "override":
                return await crawler.arun(url, CrawlerRunConfig(session_id="another"), session_id=session)
            if way == "request":
                return (await crawler.arun_many([CrawlRequest(url, session_id=session)], session_id="another"))[0]
            return (await crawler.arun_many([url], session_id=session))[0]

        for name in ("ann", "bea"):
            assert (await crawl(f"/login?who={name}", name)).session_id == name
        assert [who(await crawl("/whoami", name)) for name in ("ann", "bea", "cid")] == ["ann", "bea", "nobody"]
        await crawl("/login?who=dot", "ann")
        assert who(await crawl("/whoami", "ann")) == "dot"


async def test_a_session_can_be_ended(site: Site):
    async with AsyncWebCrawler() as crawler:
        await crawler.arun(f"{site.url}/login", session_id="s")
        await crawler.arun(f"{site.url}/login", session_id="t")
        assert await crawler.crawler_strategy.kill_session("s") is True
        assert await crawler.crawler_strategy.kill_session("s") is False
        assert who(await crawler.arun(f"{site.url}/whoami", session_id="s")) == "nobody"
        assert who(await crawler.arun(f"{site.url}/whoami", session_id="t")) == "me"


async def test_sessions_end_with_the_crawler(site: Site):
    crawler = AsyncWebCrawler()
    await crawler.arun(f"{site.url}/login", session_id="s")
    assert who(await crawler.arun(f"{site.url}/whoami", session_id="s")) == "me"
    await crawler.close()
    assert who(await crawler.arun(f"{site.url}/whoami", session_id="s")) == "nobody"
    await crawler.close()


async def test_many_sessions_at_once_are_not_mixed_up(site: Site):
    names = [f"n{number}" for number in range(20)]
    async with AsyncWebCrawler() as crawler:
        logins = [CrawlRequest(f"{site.url}/login?who={name}", session_id=name) for name in names]
        await crawler.arun_many(logins, semaphore_count=10)
        asked = [CrawlRequest(f"{site.url}/whoami?{name}", session_id=name) for name in names]
        assert [who(page) for page in await crawler.arun_many(asked, semaphore_count=10)] == names
        async with asyncio.TaskGroup() as group:
            pages = [group.create_task(crawler.arun(f"{site.url}/whoami", session_id=name)) for name in names]
        assert [who(page.result()) for page in pages] == names


@pytest.mark.parametrize("session", [None, "s"])
async def test_cookies_of_a_redirect_are_carried_on(site: Site, session: str | None):
    async def door(asked: Asked, answer: Answer) -> None:
        await answer.send("", status=302, headers=[("Set-Cookie", "who=guest; Path=/"), ("Location", "/whoami")])

    async with AsyncWebCrawler() as crawler:
        assert who(await crawler.arun(site.put_page("/door", door), session_id=session)) == "guest"
        later = "guest" if session else "nobody"
        assert who(await crawler.arun(f"{site.url}/whoami", session_id=session)) == later


async def test_a_redirect_that_waits_for_its_cookie_is_no_loop(site: Site):
    async def gate(asked: Asked, answer: Answer) -> None:
        if "passed=1" in asked.headers.get("cookie", ""):
            await answer.send("<h1>Inside</h1>")
        else:
            await answer.send("", status=302, headers=[("Set-Cookie", "passed=1"), ("Location", "/gate")])

    async with AsyncWebCrawler() as crawler:
        result = await crawler.arun(site.put_page("/gate", gate))
    assert (result.success, result.markdown.strip()) == (True, "# Inside")


async def test_a_retry_goes_with_the_cookies_of_its_session(site: Site):
    async def once(asked: Asked, answer: Answer) -> None:
        if asked.count == 1:
            await answer.send("", status=503, headers={"Set-Cookie": "who=again; Path=/", "Retry-After": "0"})
        else:
            await answer.send(f"<p>You are {asked.headers.get('cookie', 'nobody')}")

    async with AsyncWebCrawler() as crawler:
        with_session = await crawler.arun(site.put_page("/once", once), session_id="s", retry_delay=0.01)
        without = await crawler.arun(site.put_page("/twice", once), retry_delay=0.01)
    assert (who(with_session), who(without)) == ("who=again", "nobody")


async def test_every_session_begins_with_the_crawlers_cookies(site: Site):
    cookies = [{"name": "who", "value": "home", "url": site.url}]
    async with AsyncWebCrawler(config=BrowserConfig(cookies=cookies)) as crawler:
        assert who(await crawler.arun(f"{site.url}/whoami")) == "home"
        assert who(await crawler.arun(f"{site.url}/whoami", session_id="s")) == "home"
        await crawler.arun(f"{site.url}/login", session_id="s")
        assert who(await crawler.arun(f"{site.url}/whoami", session_id="s")) == "me"
        assert who(await crawler.arun(f"{site.url}/whoami", session_id="t")) == "home"


async def test_hooks_see_every_page(site: Site):
    strategy = AsyncHTTPCrawlerStrategy()
    seen = []

    async def before(url, asked):
        asked["headers"]["cookie"] = "who=hook"
        seen.append(url)

    strategy.set_hook("before_request", before)
    strategy.set_hook("after_request", lambda response: seen.append(response.status))
    strategy.set_hook("on_error", lambda error: seen.append(error.kind))
    async with AsyncWebCrawler(strategy) as crawler:
        assert who(await crawler.arun(f"{site.url}/whoami")) == "hook"
        await crawler.arun(f"{site.url}/fault/reset", max_retries=0)
    assert seen == [f"{site.url}/whoami", 200, f"{site.url}/fault/reset", "connect"]
