"""Programs in the API that users of crawl4ai know, on a real server."""

import asyncio
import importlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.site.server import Site


@pytest.fixture(params=["crawl4ai", "skitter"])
def api(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if importlib.util.find_spec("crawl4ai") is None:
        monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "compat/src"))
    return importlib.import_module(request.param)


def submodule(api: ModuleType, name: str) -> ModuleType:
    return importlib.import_module(f"{api.__name__}.{name}")


async def test_one_page_and_everything_of_it(site: Site, api: ModuleType):
    async with api.AsyncWebCrawler() as crawler:
        result = await crawler.arun(f"{site.url}/page1")
    assert isinstance(result, api.CrawlResult)
    assert (result.success, result.status_code, result.error_message) == (True, 200, None)
    assert result.html.startswith("<!DOCTYPE html>")
    assert len(result.cleaned_html) > 0
    assert result.markdown.startswith("# ")
    assert result.markdown == result.markdown.raw_markdown == result.markdown_v2.raw_markdown
    assert result.markdown.references_markdown
    assert len(result.links["internal"]) + len(result.links["external"]) == 2
    assert len(result.media["images"]) <= 1
    assert result.metadata["title"]
    assert [page.url for page in result] == [result[0].url] == [f"{site.url}/page1"]


async def test_batch_gives_a_list_in_input_order(site: Site, api: ModuleType):
    urls = [f"{site.url}/delay/0.2", *(f"{site.url}/page{n}" for n in range(1, 8))]
    async with api.AsyncWebCrawler() as crawler:
        results = await crawler.arun_many(urls=urls, config=api.CrawlerRunConfig(stream=False))
        again = await crawler.arun_many(urls)
    assert isinstance(results, list)
    assert [result.url for result in results] == [result.url for result in again] == urls
    assert all(result.success for result in results)
    for result in results:
        used = result.dispatch_result
        assert used.task_id
        assert used.end_time >= used.start_time
        assert used.memory_usage > 0
        assert used.peak_memory > 0


@pytest.mark.parametrize("awaited", [True, False])
async def test_stream_gives_pages_as_they_finish(site: Site, api: ModuleType, awaited: bool):
    urls = [f"{site.url}/delay/0.4", *(f"{site.url}/page{n}" for n in range(1, 6))]
    config = api.CrawlerRunConfig(cache_mode=api.CacheMode.BYPASS, stream=True)
    async with api.AsyncWebCrawler() as crawler:
        running = crawler.arun_many(urls, config=config)
        seen = [result.url async for result in ((await running) if awaited else running)]
    assert sorted(seen) == sorted(urls)
    assert seen[-1] == urls[0]


async def test_a_cloned_config_changes_the_mode(site: Site, api: ModuleType):
    config = api.CrawlerRunConfig(stream=True, cache_mode=api.CacheMode.BYPASS, css_selector="h1")
    async with api.AsyncWebCrawler() as crawler:
        results = await crawler.arun_many([f"{site.url}/page1"], config=config.clone(stream=False))
    assert results[0].markdown.raw_markdown.count("\n\n") == 0


@pytest.mark.parametrize("dispatcher", ["MemoryAdaptiveDispatcher", "SemaphoreDispatcher"])
@pytest.mark.parametrize("stream", [True, False])
async def test_dispatchers_with_limiter_and_monitor(
    site: Site, api: ModuleType, dispatcher: str, stream: bool, capsys: pytest.CaptureFixture[str]
):
    limiter = api.RateLimiter(base_delay=(0.0, 0.01), max_delay=30.0, max_retries=2)
    monitor = api.CrawlerMonitor(max_visible_rows=15, display_mode=api.DisplayMode.DETAILED)
    options: dict[str, Any] = {"max_session_permit": 10, "rate_limiter": limiter, "monitor": monitor}
    if dispatcher == "MemoryAdaptiveDispatcher":
        options |= {"memory_threshold_percent": 90.0, "check_interval": 1.0}
    paced = getattr(submodule(api, "async_dispatcher"), dispatcher)(**options)
    urls = [f"{site.url}/page{n}" for n in range(1, 13)]
    config = api.CrawlerRunConfig(stream=stream)
    async with api.AsyncWebCrawler(config=api.BrowserConfig(headless=True, verbose=False)) as crawler:
        given = await crawler.arun_many(urls=urls, config=config, dispatcher=paced)
        results = [result async for result in given] if stream else given
    assert sorted(result.url for result in results) == sorted(urls)
    assert all(result.success for result in results)
    assert capsys.readouterr().out == ""


async def test_both_signatures_of_the_monitor(api: ModuleType):
    for options in ({}, {"urls_total": 3, "refresh_rate": 0.5, "enable_ui": False, "max_width": 100}):
        api.CrawlerMonitor(**options)
    api.CrawlerMonitor(display_mode=api.DisplayMode.AGGREGATED)


async def test_a_session_keeps_its_cookies_and_nobody_elses(site: Site, api: ModuleType):
    config = api.CrawlerRunConfig(
        markdown_generator=submodule(api, "markdown_generation_strategy").DefaultMarkdownGenerator()
    )
    crawler = api.AsyncWebCrawler(config=api.BrowserConfig(headless=True, extra_args=["--disable-gpu"]))
    await crawler.start()
    try:
        await crawler.arun(url=f"{site.url}/login", config=config, session_id="one")
        kept = await crawler.arun(url=f"{site.url}/whoami", config=config, session_id="one")
        other = await crawler.arun(url=f"{site.url}/whoami", config=config, session_id="two")
        alone = await crawler.arun(url=f"{site.url}/whoami", config=config)
    finally:
        await crawler.close()
    assert "You are me" in kept.markdown.raw_markdown
    assert "You are me" not in other.markdown.raw_markdown + alone.markdown.raw_markdown
    assert (kept.session_id, other.session_id, alone.session_id) == ("one", "two", None)


async def test_calls_side_by_side_on_one_crawler(site: Site, api: ModuleType):
    async with api.AsyncWebCrawler() as crawler, asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(crawler.arun(url=f"{site.url}/page{n}", session_id=f"session-{n}")) for n in range(1, 6)
        ]
    assert all(task.result().success for task in tasks)


@pytest.mark.slow
async def test_slow_pages_are_fetched_at_once(site: Site, api: ModuleType):
    async with api.AsyncWebCrawler() as crawler:
        await crawler.arun(f"{site.url}/page1")
        began = time.perf_counter()
        results = await crawler.arun_many([f"{site.url}/delay/1?{n}" for n in range(4)])
        took_s = time.perf_counter() - began
    assert all(result.success for result in results)
    assert took_s < 3.5, "one after the other they take four seconds"


async def test_memory_is_watched(site: Site, api: ModuleType):
    utils = submodule(api, "utils")
    monitor = utils.MemoryMonitor()
    monitor.start_monitoring()
    async with api.AsyncWebCrawler() as crawler:
        await crawler.arun_many([f"{site.url}/page{n}" for n in range(1, 20)])
    report = monitor.get_report()
    assert report["peak_mb"] > 1
    assert 0 <= report["efficiency"] <= 100
    assert 0 < utils.get_true_memory_usage_percent() < 100
    percent, available_gb, total_gb = utils.get_memory_stats()
    assert 0 < percent < 100
    assert 0 < available_gb <= total_gb
    assert utils.get_true_available_memory_gb() > 0


async def test_each_url_gets_its_config(site: Site, api: ModuleType):
    pruning = submodule(api, "content_filter_strategy").PruningContentFilter(threshold=0.48)
    configs = [
        api.CrawlerRunConfig(
            url_matcher=["*/blog/*", "*/article/*"],
            match_mode=api.MatchMode.OR,
            markdown_generator=api.DefaultMarkdownGenerator(content_filter=pruning),
        ),
        api.CrawlerRunConfig(url_matcher=lambda url: "page7" in url, css_selector="h1"),
        api.CrawlerRunConfig(url_matcher=lambda url: url.endswith("json")),
        api.CrawlerRunConfig(),
    ]
    paths = ["/blog/first", "/page7", "/json", "/page1"]
    async with api.AsyncWebCrawler() as crawler:
        results = await crawler.arun_many(urls=[f"{site.url}{path}" for path in paths], config=configs)
        none = await crawler.arun_many([f"{site.url}/page1"], config=configs[:1])
    blog, page7, data, page1 = results
    assert all(result.success for result in results)
    assert 0 < len(blog.markdown.fit_markdown) < len(blog.markdown.raw_markdown)
    assert len(page7.markdown) < len(page1.markdown)
    assert len(data.markdown) > 0
    assert page1.markdown.fit_markdown == ""
    assert none[0].success is False
    assert "config" in none[0].error_message
    assert none[0].error.kind == "no_config"


async def test_options_given_to_arun_are_honoured(site: Site, api: ModuleType):
    async with api.AsyncWebCrawler() as crawler:
        whole = await crawler.arun(f"{site.url}/page1")
        title = await crawler.arun(f"{site.url}/page1", css_selector="h1")
        with pytest.raises(ValueError, match="did you mean `css_selector`"):
            await crawler.arun(f"{site.url}/page1", css_selectr="h1")
    assert len(title.markdown) < len(whole.markdown)


async def test_failures_are_results(site: Site, api: ModuleType, closed_url: str):
    config = api.CrawlerRunConfig(max_retries=0)
    async with api.AsyncWebCrawler() as crawler:
        lost, missing = await crawler.arun_many([closed_url, f"{site.url}/status/404"], config=config)
        with pytest.raises(ValueError, match="url"):
            await crawler.arun("")
    assert (lost.success, lost.error.kind, lost.html, len(lost.markdown)) == (False, "connect", "", 0)
    assert lost.error_message
    assert (missing.success, missing.status_code) == (True, 404)


async def test_raw_html_and_files_are_pages(api: ModuleType, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text("<h1>Tea</h1><p>Steep it for four minutes.</p>")
    async with api.AsyncWebCrawler() as crawler:
        for url in (f"file://{page}", "raw:" + page.read_text(), "raw://" + page.read_text()):
            result = await crawler.arun(url, config=api.CrawlerRunConfig(base_url="https://example.com/"))
            assert result.success
            assert result.markdown.raw_markdown.startswith("# Tea")


async def test_a_logger_is_told_of_every_page(site: Site, api: ModuleType, closed_url: str):
    class Collected(api.AsyncLoggerBase):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            self.seen: list[tuple[str, str]] = []

        def debug(self, message, tag="DEBUG", **options):
            pass

        info = success = warning = error = debug

        def url_status(self, url, success, timing, tag="FETCH", url_length=100):
            assert timing > 0
            self.seen.append((url, "ok" if success else "failed"))

        def error_status(self, url, error, tag="ERROR", url_length=50):
            self.seen.append((url, error))

    logger = Collected()
    async with api.AsyncWebCrawler(logger=logger) as crawler:
        await crawler.arun(f"{site.url}/page1")
        lost = await crawler.arun(closed_url, max_retries=0)
        await crawler.arun(f"{site.url}/page2", verbose=False)
    assert (f"{site.url}/page1", "ok") in logger.seen
    assert (closed_url, lost.error_message) in logger.seen
    assert all("page2" not in url for url, _ in logger.seen)


async def test_a_crawl_prints_nothing_and_writes_nothing(
    site: Site, api: ModuleType, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    async with api.AsyncWebCrawler() as crawler:
        await crawler.arun_many([f"{site.url}/page1", f"{site.url}/json"])
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_without_await(site: Site, api: ModuleType):
    assert api.crawl(f"{site.url}/page1").success
    assert [result.success for result in api.crawl([f"{site.url}/page1", f"{site.url}/page2"])] == [True, True]


async def test_a_config_from_json_crawls_the_same(site: Site, api: ModuleType):
    configs = submodule(api, "async_configs")
    config = api.CrawlerRunConfig(
        css_selector="h1", markdown_generator=api.DefaultMarkdownGenerator(content_filter=api.PruningContentFilter())
    )
    back = configs.from_serializable_dict(configs.to_serializable_dict(config))
    assert back == config
    async with api.AsyncWebCrawler() as crawler:
        one = await crawler.arun(f"{site.url}/page1", config=config)
        two = await crawler.arun(f"{site.url}/page1", config=back)
    assert one.markdown.model_dump() == two.markdown.model_dump()
    assert sys.getsizeof(one.model_dump_json()) > 100


def test_the_program_that_a_type_checker_sees_runs(site: Site):
    program = Path(__file__).parents[1] / "typed/program.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", program, site.url], capture_output=True, text=True, timeout=19, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
