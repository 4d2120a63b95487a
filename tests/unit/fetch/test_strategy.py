import logging

import pytest

from skitter.config import BrowserConfig, CrawlerRunConfig
from skitter.errors import BrowserRequired, ConfigError, ConnectError, FetchTimeout
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.options import FetchOptions
from skitter.fetch.strategy import (
    AsyncCrawlerStrategy,
    AsyncCrawlResponse,
    AsyncHTTPCrawlerStrategy,
    ConnectionTimeoutError,
    HTTPCrawlerError,
    HTTPStatusError,
)
from skitter.model.request import Request


async def test_a_page_by_itself(site):
    strategy = AsyncHTTPCrawlerStrategy()
    response = await strategy.crawl(f"{site.url}/redirect/1")
    assert isinstance(response, AsyncCrawlResponse)
    assert "<h1>Page 1</h1>" in response.html
    assert (response.status_code, response.redirected_status_code) == (302, 200)
    assert response.redirected_url == f"{site.url}/page1"
    assert response.response_headers["content-type"] == "text/html; charset=utf-8"
    assert response.downloaded_files is None


async def test_pages_of_an_open_strategy_share_connections(site):
    async with AsyncHTTPCrawlerStrategy(HTTPCrawlerConfig(headers={"A": "1"})) as strategy:
        for n in (1, 2, 3):
            await strategy.crawl(f"{site.url}/page{n}", config=CrawlerRunConfig(headers={"B": "2"}))
    assert site.seen.connections < 3  # one, unless a request came before the connection was free again
    assert (site.seen.asked[0].headers["a"], site.seen.asked[0].headers["b"]) == ("1", "2")


@pytest.mark.parametrize(
    "path",
    ["header/windows-1251", "header/utf-8", "bom/utf-8", "none/utf-8", "meta/iso-8859-15", "header/utf-16"],
)
async def test_pages_are_decoded(site, path: str):
    encoding = path.rpartition("/")[2]
    words = "Füße, naïve café, 5 €".encode(encoding, "replace").decode(encoding)
    response = await AsyncHTTPCrawlerStrategy().crawl(f"{site.url}/charset/{path}")
    assert f"<p>{words}</p>" in response.html


async def test_raw_pages_and_encodings(site):
    strategy = AsyncHTTPCrawlerStrategy()
    assert (await strategy.crawl("raw:<p>Tea</p>")).html == "<p>Tea</p>"
    assert "<h1>Encoded</h1>" in (await strategy.crawl(f"{site.url}/encoded/zstd")).html


async def test_a_page_that_takes_too_long(site):
    with pytest.raises(ConnectionTimeoutError, match="page_timeout"):
        await AsyncHTTPCrawlerStrategy().crawl(f"{site.url}/fault/hang", CrawlerRunConfig(page_timeout=50))


async def test_errors_have_the_names_that_programs_know(closed_url: str):
    with pytest.raises(HTTPCrawlerError) as caught:
        await AsyncHTTPCrawlerStrategy().crawl(closed_url)
    assert isinstance(caught.value, ConnectError)
    assert ConnectionTimeoutError is FetchTimeout
    assert issubclass(HTTPStatusError, HTTPCrawlerError)


def test_the_two_configs_are_not_taken_for_each_other():
    with pytest.raises(ConfigError, match="HTTPCrawlerConfig"):
        AsyncHTTPCrawlerStrategy(BrowserConfig())


def test_the_constructor_of_programs():
    strategy = AsyncHTTPCrawlerStrategy(
        browser_config=HTTPCrawlerConfig(), logger=logging.getLogger(), max_connections=7, dns_cache_ttl=1, chunk_size=2
    )
    assert strategy.http_config.max_connections == 7


async def test_a_crawler_is_served(site, tmp_path):
    strategy = AsyncHTTPCrawlerStrategy()
    who = BrowserConfig(user_agent="Mine/1", accept_downloads=True, downloads_path=str(tmp_path))
    async with strategy.serving(who) as fetcher:
        assert isinstance(fetcher, HTTPFetcher)
        await fetcher.fetch(Request(url=f"{site.url}/login"), FetchOptions(session_id="s"))
        assert site.seen.asked[0].headers["user-agent"] == "Mine/1"
        response = await fetcher.fetch(Request(url=f"{site.url}/attachment"), FetchOptions(session_id="s"))
        assert response.downloaded_files == (str(tmp_path / "numbers.csv"),)
        assert "who=me" in site.seen.asked[1].headers["cookie"]
        assert await strategy.kill_session("s")
        assert not await strategy.kill_session("s")
        assert await fetcher.may_fetch(f"{site.url}/page1", FetchOptions())
        assert not await fetcher.may_fetch(f"{site.url}/private/", FetchOptions())
        await fetcher.fetch(Request(url=f"{site.url}/login"), FetchOptions(session_id="t"))
    assert not await strategy.kill_session("t"), "sessions end with the crawler"


async def test_hooks(site):
    strategy, called = AsyncHTTPCrawlerStrategy(), []
    strategy.set_hook("before_request", lambda url, request: request["headers"].update({"X-Hooked": url}))

    async def after(response):
        called.append(response.status)

    strategy.set_hook("after_request", after)
    strategy.set_hook("on_error", called.append)
    await strategy.crawl(f"{site.url}/page1")
    with pytest.raises(ConnectError) as caught:
        await strategy.crawl(f"{site.url}/fault/reset")
    assert site.seen.asked[0].headers["x-hooked"] == f"{site.url}/page1"
    assert called == [200, caught.value]


def test_hooks_that_are_not_there():
    strategy = AsyncHTTPCrawlerStrategy()
    with pytest.raises(ValueError, match="before_request"):
        strategy.set_hook("before_tea", print)
    with pytest.raises(BrowserRequired, match="browser"):
        strategy.set_hook("on_page_context_created", print)


class Canned(AsyncCrawlerStrategy):
    """A strategy as a user writes one."""

    opened = closed = 0

    async def crawl(self, url: str, **kwargs):
        if "broken" in url:
            raise ConnectError("out of order", url=url)
        html = f"<p>{kwargs['config'].locale}</p>"
        return AsyncCrawlResponse(html=html, response_headers={"X-A": "1"}, status_code=203, screenshot="abc")

    async def __aenter__(self):
        self.opened += 1
        return self

    async def __aexit__(self, *exc):
        self.closed += 1


async def test_a_strategy_of_the_users_own(site):
    strategy = Canned()
    async with strategy.serving(BrowserConfig()) as fetcher:
        response = await fetcher.fetch(Request(url="canned:x"), CrawlerRunConfig(locale="de"))
        assert (response.body, response.status, response.headers) == ("<p>de</p>", 203, {"x-a": "1"})
        assert (response.url, response.rendered) == ("canned:x", {"screenshot": "abc"})
        with pytest.raises(ConnectError, match="out of order"):
            await fetcher.fetch(Request(url="broken"), FetchOptions())
        assert not await fetcher.may_fetch(f"{site.url}/private/", FetchOptions())
    assert (strategy.opened, strategy.closed) == (1, 1)


async def test_a_subclass_that_crawls_in_its_own_way_is_asked(site):
    class Shouting(AsyncHTTPCrawlerStrategy):
        async def crawl(self, url, config=None, **kwargs):
            response = await super().crawl(url, config)
            return response.model_copy(update={"html": response.html.upper()})

    async with Shouting().serving(BrowserConfig()) as fetcher:
        response = await fetcher.fetch(Request(url=f"{site.url}/page1"), CrawlerRunConfig())
        assert "<H1>PAGE 1</H1>" in response.body
        for n in range(2, 8):
            await fetcher.fetch(Request(url=f"{site.url}/page{n}"), CrawlerRunConfig())
    assert site.seen.connections < 4  # one, unless a request came before the connection was free again
