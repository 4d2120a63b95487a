"""What is asked of a crawler: options and their overrides, mistakes, and who the crawler is."""

import json

import pytest

from skitter import (
    AsyncHTTPCrawlerStrategy,
    AsyncWebCrawler,
    BrowserConfig,
    BrowserRequired,
    CacheMode,
    ConfigError,
    CrawlerRunConfig,
    CrawlRequest,
    HTTPCrawlerConfig,
)
from skitter.model.result import CrawlResult
from tests.site.server import Site


async def crawl(url: str, *, strategy: AsyncHTTPCrawlerStrategy | None = None, browser=None, **options) -> CrawlResult:
    async with AsyncWebCrawler(strategy, browser) as crawler:
        return await crawler.arun(url, **options)


def echoed(result: CrawlResult) -> dict:
    return json.loads(result.html)


# ---- options


async def test_options_of_a_call_go_over_those_of_its_config(site: Site):
    config = CrawlerRunConfig(css_selector="h1", session_id="mine")
    async with AsyncWebCrawler() as crawler:
        result = await crawler.arun(f"{site.url}/blog/1", config, css_selector="pre", session_id="yours")
        plain = await crawler.arun(f"{site.url}/blog/1", config=config)
    assert (result.session_id, "First post" in result.markdown, "def visit" in result.markdown) == (
        "yours",
        False,
        True,
    )
    assert (plain.session_id, plain.markdown.strip()) == ("mine", "# First post")
    assert (config.css_selector, config.session_id) == ("h1", "mine")


async def test_options_of_a_crawl_go_over_those_of_each_of_its_configs(site: Site):
    configs = [
        CrawlerRunConfig(url_matcher="*/blog/*", session_id="a"),
        CrawlerRunConfig(session_id="b", excluded_tags=["h1"]),
    ]
    own = CrawlRequest(f"{site.url}/blog/2", config=CrawlerRunConfig(session_id="own"))
    urls = [f"{site.url}/blog/1", f"{site.url}/article/1", own]
    async with AsyncWebCrawler() as crawler:
        results = await crawler.arun_many(urls, configs, css_selector="h1")
    assert [result.session_id for result in results] == ["a", "b", "own"]
    assert [result.markdown.strip() for result in results[:2]] == ["# First post", ""]
    assert "patient" in results[2].markdown, "a request's own config is the more special"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"css_selektor": "h1"}, "css_selector"),
        ({"word_count_threshold": "many"}, "word_count_threshold"),
        ({"page_timeout": -1}, "page_timeout"),
        ({"cache_mode": "sometimes"}, "cache_mode"),
    ],
)
async def test_a_wrong_option_is_raised_where_it_is_given(site: Site, options: dict, complaint: str):
    async with AsyncWebCrawler() as crawler:
        with pytest.raises(ConfigError, match=complaint):
            await crawler.arun(site.url, **options)
        with pytest.raises(ConfigError, match=complaint):
            crawler.arun_many([site.url], **options)
    assert site.seen.asked == []


@pytest.mark.parametrize("url", ["", "   ", None, 5, b"http://a.example/", ["http://a.example/"]])
async def test_what_is_no_url_is_raised(url):
    with pytest.raises(ConfigError, match="`url` must be a URL"):
        await crawl(url)


@pytest.mark.parametrize("config", [BrowserConfig(), {"css_selector": "h1"}, "h1", [CrawlerRunConfig()]], ids=repr)
async def test_what_is_no_config_is_raised(site: Site, config):
    with pytest.raises(ConfigError, match="must be of type CrawlerRunConfig"):
        await crawl(site.url, config=config)


@pytest.mark.parametrize("config", [BrowserConfig(), {"css_selector": "h1"}, "h1", [], [None]], ids=repr)
async def test_what_is_no_config_of_a_crawl_is_raised(site: Site, config):
    async with AsyncWebCrawler() as crawler:
        with pytest.raises(ConfigError, match="give a CrawlerRunConfig or a list of them"):
            crawler.arun_many([site.url], config)


@pytest.mark.parametrize("option", [{"screenshot": True}, {"deep_crawl_strategy": object()}], ids=["browser", "later"])
async def test_what_is_not_there_yet_is_raised_before_anything_is_fetched(site: Site, option: dict):
    [name] = option
    async with AsyncWebCrawler() as crawler:
        with pytest.raises(ConfigError, match=f"`{name}` .*: leave it out"):
            await crawler.arun(site.url, **option)
        with pytest.raises(ConfigError, match=f"`{name}` .*: leave it out"):
            crawler.arun_many([site.url], [CrawlerRunConfig(), CrawlerRunConfig(**option)])
        with pytest.raises(ConfigError, match=f"`{name}` .*: leave it out"):
            await crawler.arun_many([site.url], **option)
    assert site.seen.asked == []


async def test_a_request_whose_own_config_is_wrong_costs_itself_only(site: Site):
    wrong = [
        CrawlRequest(f"{site.url}/page1", config=CrawlerRunConfig(pdf=True)),
        CrawlRequest(f"{site.url}/page2", config=CrawlerRunConfig(css_selector="p[")),
    ]
    async with AsyncWebCrawler() as crawler:
        results = await crawler.arun_many([*wrong, f"{site.url}/page3"])
        assert issubclass(BrowserRequired, ConfigError)
        with pytest.raises(ConfigError, match="css_selector"):
            await crawler.arun_many([f"{site.url}/page3"], css_selector="p[")
    assert [result.error and result.error.kind for result in results] == ["config", "config", None]
    assert "`pdf` needs a browser" in results[0].error_message


async def test_a_cache_that_is_not_there_is_told(site: Site):
    result = await crawl(site.url, cache_mode=CacheMode.ENABLED)
    assert result.success
    assert [("ENABLED" in warning, "no cache" in warning) for warning in result.warnings] == [(True, True)]
    assert (await crawl(site.url, cache_mode=CacheMode.BYPASS)).warnings == []


async def test_links_are_relative_to_the_base_that_was_given(site: Site):
    for url in ("raw:<a href='b'>b</a>", "raw://<a href='b'>b</a>"):
        result = await crawl(url, base_url="https://a.example/x/")
        assert [link["href"] for link in result.links["internal"]] == ["https://a.example/x/b"]
        assert result.warnings == []
    assert any("base_url" in warning for warning in (await crawl("raw:<a href='b'>b</a>")).warnings)


# ---- who the crawler is


async def test_a_crawler_says_who_it_is(site: Site):
    browser = BrowserConfig(
        user_agent="Tea/1.0",
        headers={"X-From": "browser", "X-Kept": "yes"},
        cookies=[{"name": "who", "value": "ann", "url": site.url}],
    )
    url = f"{site.url}/echo"
    async with AsyncWebCrawler(config=browser) as crawler:
        by_all = echoed(await crawler.arun(url))["headers"]
        by_one = echoed(await crawler.arun(url, user_agent="Other/2", headers={"x-from": "page"}))["headers"]
        cookie = (await crawler.arun(f"{site.url}/whoami")).markdown
    assert (by_all["user-agent"], by_all["x-from"], by_all["x-kept"]) == ("Tea/1.0", "browser", "yes")
    assert (by_one["user-agent"], by_one["x-from"], by_one["x-kept"]) == ("Other/2", "page", "yes")
    assert "You are ann" in cookie


@pytest.mark.parametrize("keyword", ["config", "browser_config"])
async def test_the_crawlers_config_has_two_names(site: Site, keyword: str):
    async with AsyncWebCrawler(**{keyword: BrowserConfig(user_agent="Tea/1.0")}) as crawler:
        assert crawler.browser_config.user_agent == "Tea/1.0"
        assert echoed(await crawler.arun(f"{site.url}/echo"))["headers"]["user-agent"] == "Tea/1.0"


async def test_method_and_body_are_sent(site: Site):
    strategy = AsyncHTTPCrawlerStrategy(HTTPCrawlerConfig(method="POST", data={"a": "1"}, headers={"X-Http": "yes"}))
    sent = echoed(await crawl(f"{site.url}/echo", strategy=strategy))
    assert (sent["method"], sent["body"], sent["headers"]["x-http"]) == ("POST", "a=1", "yes")
    headed = await crawl(f"{site.url}/page1", method="HEAD")
    assert (headed.success, headed.status_code, headed.html) == (True, 200, "")


async def test_cookies_come_from_a_storage_state(site: Site, tmp_path):
    state = {"cookies": [{"name": "who", "value": "bea", "domain": "127.0.0.1", "path": "/"}], "origins": []}
    path = tmp_path / "state.json"
    path.write_text(json.dumps(state))
    for given in (state, str(path), path):
        result = await crawl(f"{site.url}/whoami", browser=BrowserConfig(storage_state=given))
        assert "You are bea" in result.markdown


# ---- what comes back


async def test_a_result_is_also_the_list_that_programs_expect(site: Site):
    async with AsyncWebCrawler() as crawler:
        result = await crawler.arun(site.url)
        assert isinstance(result, CrawlResult)
        assert (result[0], result[-1], len(result), list(result)) == (result, result, 1, [result])
        assert [one async for one in result] == [result]
        assert [one.url for one in await crawler.arun(site.url)] == [site.url]
        with pytest.raises(IndexError):
            result[1]
        batch = await crawler.arun_many([site.url])
        assert (type(batch), type(batch[0])) == (list, CrawlResult)


async def test_an_arun_of_a_programs_own_is_used_by_arun_many(site: Site):
    class Counting(AsyncWebCrawler):
        calls = 0

        async def arun(self, url, config=None, **options):
            self.calls += 1
            return await super().arun(url, config, **options)

    async with Counting() as crawler:
        request = CrawlRequest(f"{site.url}/login", session_id="s", metadata={"row": 1})
        result, other = await crawler.arun_many([request, f"{site.url}/page1"])
    assert crawler.calls == 2
    assert (result.session_id, result.metadata["row"], result.metadata["title"]) == ("s", 1, "Login")
    assert "row" not in other.metadata
