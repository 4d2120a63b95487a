"""`skitter.crawl`: crawling without `await`, in scripts and where an event loop runs already."""

import asyncio
import signal
import subprocess
import sys
import threading

import pytest

import skitter
from skitter import BrowserConfig, ConfigError, CrawlerRunConfig, CrawlRequest, CrawlResult, SemaphoreDispatcher
from tests.leaks import Footprint
from tests.site.server import Site


@pytest.fixture(params=["script", "notebook"])
def crawl(request: pytest.FixtureRequest):
    """Call it as a script does, and within a running event loop as a notebook does."""
    if request.param == "script":
        return skitter.crawl

    async def cell(*args, **options):
        return skitter.crawl(*args, **options)

    return lambda *args, **options: asyncio.run(cell(*args, **options))


def test_one_url_gives_its_result(crawl, site: Site):
    result = crawl(f"{site.url}/page1", css_selector="h1")
    assert isinstance(result, CrawlResult)
    assert result.markdown.strip() == "# Page 1"
    request = CrawlRequest(f"{site.url}/page2", metadata={"row": 2})
    assert crawl(request).metadata["row"] == 2


def test_several_give_a_list_in_their_order(crawl, site: Site):
    urls = [f"{site.url}/delay/0.05", f"{site.url}/page1", CrawlRequest(f"{site.url}/page2")]
    results = crawl((url for url in urls), dispatcher=SemaphoreDispatcher(3))
    assert [result.url.rpartition("/")[2] for result in results] == ["0.05", "page1", "page2"]
    assert crawl([]) == []
    assert len(crawl([site.url])) == 1


def test_configs_are_used(crawl, site: Site):
    configs = [CrawlerRunConfig(url_matcher="*/blog/*", css_selector="h1"), CrawlerRunConfig(css_selector="h2")]
    browser = BrowserConfig(user_agent="Tea/1.0")
    results = crawl([f"{site.url}/blog/1", f"{site.url}/article/1"], config=configs, browser_config=browser)
    assert [result.markdown.strip() for result in results] == ["# First post", "## A table"]
    assert {asked.headers["user-agent"] for asked in site.seen.asked} == {"Tea/1.0"}


def test_a_page_that_fails_is_a_result(crawl, closed_url: str):
    result = crawl(closed_url, max_retries=0)
    assert (result.success, result.error.kind) == (False, "connect")


def test_mistakes_are_raised(crawl, site: Site):
    with pytest.raises(ConfigError, match="AsyncWebCrawler"):
        crawl([site.url], stream=True)
    with pytest.raises(ConfigError, match="css_selector"):
        crawl(site.url, css_selektor="h1")
    with pytest.raises(ConfigError, match="urls"):
        crawl(5)


def test_a_config_that_streams_gives_a_list_all_the_same(crawl, site: Site):
    config = CrawlerRunConfig(stream=True)
    assert crawl(site.url, config=config).success
    assert [result.success for result in crawl([site.url, site.url], config=[config])] == [True, True]
    assert config.stream


def test_what_the_input_raises_comes_out(crawl):
    def urls():
        yield "raw:<p>Tea</p>"
        raise KeyError("row 2")

    with pytest.raises(KeyError, match="row 2"):
        crawl(urls())


async def test_nothing_is_left_of_it(site: Site):
    skitter.crawl(site.url)
    await site.is_quiet()
    before, threads = Footprint.now(), threading.active_count()
    skitter.crawl([f"{site.url}/big/2200", *(f"{site.url}/page{n}" for n in range(1, 9))])
    await site.is_quiet()
    assert Footprint.now() == before
    assert threading.active_count() == threads


@pytest.mark.skipif(sys.platform == "win32", reason="there, no other process can be interrupted")
@pytest.mark.parametrize("place", ["script", "notebook"])
def test_it_can_be_interrupted(site: Site, place: str):
    program = f"""
import asyncio, signal, threading, skitter
signal.signal(signal.SIGINT, signal.default_int_handler)  # a program in the background is begun without
def cell():
    try:
        skitter.crawl([{site.url!r} + "/fault/hang"] * 3)
    except KeyboardInterrupt:
        print("interrupted", len(threading.enumerate()), flush=True)
async def notebook():
    cell()
if {place!r} == "script":
    cell()
else:
    asyncio.new_event_loop().run_until_complete(notebook())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as running:
        while len(site.seen.asked) < 3 and running.poll() is None:
            threading.Event().wait(0.01)
        running.send_signal(signal.SIGINT)
        try:
            assert running.communicate(timeout=10)[0] == "interrupted 1\n"
        finally:
            running.kill()
