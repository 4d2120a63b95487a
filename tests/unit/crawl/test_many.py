import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest

from skitter.base.clock import epoch
from skitter.config import CrawlerRunConfig, CrawlRequest
from skitter.crawl.many import CrawlTask, ManyCrawl
from skitter.dispatch import BaseDispatcher, CrawlerMonitor, CrawlerTaskResult, MemoryAdaptiveDispatcher
from skitter.errors import ConfigError, DNSError, MissingExtra
from skitter.fetch.proxies import RoundRobinProxyStrategy
from skitter.model.result import CrawlResult
from tests.crawling import at_once, many, page, taking
from tests.virtual_time import run


async def awaited(crawl: ManyCrawl) -> Any:
    return await crawl


def crawled(*args: Any, **options: Any) -> list[CrawlResult]:
    return run(awaited(many(*args, **options)))


def urls(count: int, hosts: int = 7) -> list[str]:
    return [f"http://h{n % hosts}/{n}" for n in range(count)]


# ---- what comes out


@pytest.mark.parametrize("count", [0, 1, 2, 5, 300])
def test_each_url_gives_one_result_in_the_order_of_the_input(count: int):
    async def random_time(task: CrawlTask) -> CrawlResult:
        await asyncio.sleep(hash(task.url) % 10 / 10)
        return page(task)

    assert [result.url for result in crawled(urls(count), random_time)] == urls(count)


def test_the_same_url_many_times_is_crawled_many_times():
    starts = []

    async def attempt(task: CrawlTask) -> CrawlResult:
        starts.append(task.url)
        return page(task)

    results = crawled(["http://a/"] * 20, attempt)
    assert len(results) == len(starts) == 20
    assert len({result.dispatch_result.task_id for result in results if result.dispatch_result}) == 20


def test_never_more_at_once_than_permitted_and_as_many_as_possible():
    running = most = 0

    async def attempt(task: CrawlTask) -> CrawlResult:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(1.0)
        running -= 1
        return page(task)

    async def timed() -> float:
        began = asyncio.get_running_loop().time()
        await many(urls(50), attempt, dispatcher=at_once(10))
        return asyncio.get_running_loop().time() - began

    assert run(timed()) == pytest.approx(5.0)
    assert most == 10


def test_each_result_says_how_it_was_scheduled():
    async def timed() -> tuple[list[CrawlResult], float]:
        return await many(urls(4, hosts=4), taking(2.0), dispatcher=at_once(2)), epoch()

    results, now = run(timed())
    dispatched = [result.dispatch_result for result in results]
    assert all(one is not None for one in dispatched)
    assert [round(one.wait_time, 6) for one in dispatched if one] == [0.0, 0.0, 2.0, 2.0]
    assert [round(one.end_time - one.start_time, 3) for one in dispatched if one] == [2.0] * 4  # type: ignore[operator]
    assert [one.attempts for one in dispatched if one] == [1, 1, 1, 1]
    assert all(one.memory_usage == 100.0 for one in dispatched[2:] if one)
    assert all(one.peak_memory >= one.memory_usage > 1 for one in dispatched if one)
    assert all(abs(now - one.start_time) < 60 for one in dispatched if one)  # type: ignore[operator]


async def test_it_runs_on_an_ordinary_event_loop_with_the_machine_s_memory():
    results = await many(urls(200), taking(0.001), dispatcher=MemoryAdaptiveDispatcher(check_interval=0.01))
    assert [result.url for result in results] == urls(200)
    dispatched = results[-1].dispatch_result
    assert dispatched is not None
    assert 1 < dispatched.memory_usage <= dispatched.peak_memory


def test_the_end_is_logged_once(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="skitter.crawl.loop"):
        crawled([*urls(3), None])
    (record,) = caplog.records
    assert record.message == "crawl done"
    assert (record.pages, record.failed, record.not_done) == (4, 1, 0)  # type: ignore[attr-defined]


def test_a_crawl_can_be_a_task():
    async def scenario() -> list[Any]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(many(urls(n))) for n in (3, 5)]
        return [len(task.result()) for task in tasks] + [len(await asyncio.wait_for(many(urls(2)), 5.0))]

    assert run(scenario()) == [3, 5, 2]


def test_a_crawl_that_is_not_used_does_nothing():
    started = []

    def source() -> Iterator[str]:
        started.append(1)
        yield "http://a/"

    crawl = many(source())
    crawl.close()
    del crawl
    assert not started


def test_a_crawl_is_used_once():
    async def twice() -> None:
        crawl = many(urls(2))
        await crawl
        with pytest.raises(RuntimeError, match="begun before"):
            await crawl
        with pytest.raises(RuntimeError, match="begun before"):
            async for _ in crawl:
                pass

    run(twice())


# ---- what goes in


def lines() -> Iterator[str]:
    yield from ("http://a/1\n", "  http://a/2  ", "http://b/1")


async def from_somewhere() -> AsyncIterator[str]:
    for line in ("http://a/1", "http://a/2", "http://b/1"):
        await asyncio.sleep(1.0)
        yield line


@pytest.mark.parametrize(
    "source",
    [
        lambda: ["http://a/1", "http://a/2", "http://b/1"],
        lambda: ("http://a/1", "http://a/2", "http://b/1"),
        lambda: dict.fromkeys(["http://a/1", "http://a/2", "http://b/1"]),
        lines,
        from_somewhere,
    ],
)
def test_any_iterable_will_do(source: Any):
    assert [result.url for result in crawled(source())] == ["http://a/1", "http://a/2", "http://b/1"]


@pytest.mark.parametrize("one", ["http://a/", CrawlRequest("http://a/")])
def test_one_url_is_a_list_of_one(one: Any):
    assert [result.url for result in crawled(one)] == ["http://a/"]


@pytest.mark.parametrize("nonsense", [None, 5, b"http://a/", object()])
def test_what_holds_no_urls_is_refused_at_once(nonsense: object):
    with pytest.raises(ConfigError, match="`urls`"):
        many(nonsense)


@pytest.mark.parametrize("nonsense", ["x", [CrawlerRunConfig(), "x"], 5, {"a": 1}])
def test_what_is_no_config_is_refused_at_once(nonsense: object):
    with pytest.raises(ConfigError, match="`config`"):
        many(["http://a/"], configs=nonsense)


@pytest.mark.parametrize("item", [None, 5, 1.5, b"http://a/", ["http://a/"], "", "   ", CrawlRequest("")])
def test_an_item_that_is_no_url_is_a_failed_result(item: object):
    good, bad, other = crawled(["http://a/1", item, "http://a/2"])
    assert good.success
    assert other.success
    assert not bad.success
    assert bad.error is not None
    assert bad.error.kind == "invalid_url"
    assert bad.error_message == bad.error.message
    assert bad.dispatch_result is not None
    assert bad.dispatch_result.error_message == bad.error_message


def test_nothing_but_nonsense_leaves_others_time():
    async def scenario() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0)
                ticks += 1

        ticker = asyncio.ensure_future(tick())
        results = await many([None] * 2_000)
        ticker.cancel()
        assert len(results) == 2_000
        return ticks

    assert run(scenario()) > 5


def test_a_request_carries_its_own():
    seen: dict[str, CrawlTask] = {}

    async def attempt(task: CrawlTask) -> CrawlResult:
        seen[task.url] = task
        return page(task)

    usual, own = CrawlerRunConfig(), CrawlerRunConfig(only_text=True)
    crawled(
        ["http://a/1", CrawlRequest("http://a/2", config=own, session_id="s", metadata={"row": 7})],
        attempt,
        configs=usual,
    )
    plain, rich = seen["http://a/1"], seen["http://a/2"]
    assert (plain.config, plain.session_id, plain.metadata) == (usual, None, {})
    assert (rich.config, rich.session_id, rich.metadata) == (own, "s", {"row": 7})


def test_the_input_is_read_no_further_than_needed():
    read = 0

    def source() -> Iterator[str]:
        nonlocal read
        for n in range(10_000_000):
            read = n + 1
            yield f"http://h{n % 100}/{n}"

    async def scenario() -> None:
        crawl = many(source())
        count = 0
        async for _ in crawl:
            count += 1
            assert read <= count + 1_100
            if count == 3_000:
                break

    run(scenario())


def test_it_is_read_further_where_one_host_cannot_keep_the_workers_busy():
    fast: list[float] = []

    async def attempt(task: CrawlTask) -> CrawlResult:
        await asyncio.sleep(10.0 if task.host == "slow" else 0.1)
        if task.host != "slow":
            fast.append(asyncio.get_running_loop().time())
        return page(task)

    async def scenario() -> None:
        began = asyncio.get_running_loop().time()
        urls = [f"http://slow/{n}" for n in range(3_000)] + [f"http://h{n % 9}/{n}" for n in range(200)]
        seen = 0
        async for result in many(urls, attempt, dispatcher=at_once(10, per_host=5)):
            seen += "slow" not in result.url
            if seen == 200:
                break
        assert max(fast) - began < 10.0

    run(scenario())


# ---- configs


def test_the_first_config_that_matches_is_used():
    used: dict[str, CrawlerRunConfig | None] = {}

    async def attempt(task: CrawlTask) -> CrawlResult:
        used[task.url] = task.config
        return page(task)

    pdf = CrawlerRunConfig(url_matcher="*.pdf")
    api = CrawlerRunConfig(url_matcher=lambda url: "api" in url)
    rest = CrawlerRunConfig()
    crawled(["http://a/x.pdf", "http://a/api/1", "http://a/"], attempt, configs=[pdf, api, rest])
    assert used == {"http://a/x.pdf": pdf, "http://a/api/1": api, "http://a/": rest}


def test_no_match_is_a_failed_result_that_says_so():
    request = CrawlRequest("http://a/x.html", metadata={"row": 1})
    good, bad = crawled(["http://a/x.pdf", request], configs=[CrawlerRunConfig(url_matcher="*.pdf")])
    assert good.success
    assert not bad.success
    assert bad.error is not None
    assert bad.error.kind == "no_config"
    assert "http://a/x.html" in str(bad.error_message)
    assert bad.metadata == {"status": "no_config_match", "row": 1}


def test_a_matcher_that_fails_costs_its_url_only():
    def matcher(url: str) -> bool:
        if "bad" in url:
            raise KeyError("oops")
        return True

    good, bad = crawled(["http://a/", "http://a/bad"], configs=[CrawlerRunConfig(url_matcher=matcher)])
    assert good.success
    assert bad.error is not None
    assert bad.error.kind == "config"
    assert "KeyError: 'oops'" in str(bad.error_message)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_a_proxy_session_ends_with_the_crawl_where_that_is_wanted(stream: bool, fails: bool):
    async def attempt(task: CrawlTask) -> CrawlResult:
        assert task.config is not None
        assert task.config.proxy_rotation_strategy is not None
        await task.config.proxy_rotation_strategy.get_proxy_for_session("s")
        if fails:
            raise ConfigError("no")
        return page(task)

    async def scenario(auto_release: bool) -> list[str]:
        proxies = RoundRobinProxyStrategy(["http://proxy:1"])
        config = CrawlerRunConfig(
            proxy_rotation_strategy=proxies, proxy_session_id="s", proxy_session_auto_release=auto_release
        )
        with suppress(ConfigError):
            if stream:
                async for _ in many(urls(3), attempt, configs=[config]):
                    pass
            else:
                await many(urls(3), attempt, configs=config)
        return list(proxies.get_active_sessions())

    assert run(scenario(True)) == []
    assert run(scenario(False)) == ["s"]


# ---- faults


def test_a_page_s_fault_is_a_result():
    async def attempt(task: CrawlTask) -> CrawlResult:
        if "bad" in task.url:
            raise DNSError("no such host: nowhere", url=task.url)
        return page(task)

    good, bad = crawled(["http://a/", "http://bad/"], attempt)
    assert good.success
    assert bad.error is not None
    assert (bad.error.kind, bad.error_message) == ("dns", "no such host: nowhere")


@pytest.mark.parametrize("error", [ConfigError("no browser"), MissingExtra("pip install"), ZeroDivisionError("ours")])
@pytest.mark.parametrize("stream", [False, True])
def test_the_caller_s_fault_and_ours_end_the_crawl(error: Exception, stream: bool):
    cancelled = 0

    async def attempt(task: CrawlTask) -> CrawlResult:
        nonlocal cancelled
        if task.position == 3:
            raise error
        try:
            await asyncio.sleep(100.0)
        except asyncio.CancelledError:
            cancelled += 1
            raise
        return page(task)

    async def scenario() -> None:
        with pytest.raises(type(error)) as caught:
            if stream:
                async for _ in many(urls(10), attempt, stream=True):
                    pass
            else:
                await many(urls(10), attempt)
        assert caught.value is error

    run(scenario())
    assert cancelled == 4  # the others that had started


# ---- dispatchers of one's own


def test_a_dispatcher_may_choose_the_config():
    class Mine(BaseDispatcher):
        def select_config(self, url: str, configs: Any) -> Any:
            return CrawlerRunConfig(only_text=True)

    async def attempt(task: CrawlTask) -> CrawlResult:
        return page(task, html=str(task.config is not None and task.config.only_text))

    assert [result.html for result in crawled(urls(2), attempt, dispatcher=Mine())] == ["True", "True"]


class Crawler:
    """As much of a crawler as a dispatcher asks for."""

    async def arun(self, url: str, config: Any = None, **_: Any) -> CrawlResult:
        await asyncio.sleep(1.0)
        return CrawlResult(url=url, html=f"by arun, {config.only_text}", success=True)

    def arun_many(self, urls: Any, config: Any = None, dispatcher: Any = None) -> ManyCrawl:
        return many(urls, configs=config, dispatcher=dispatcher, crawler=self, stream=config.stream)


def test_a_dispatcher_may_crawl_each_url_itself():
    class Mine(BaseDispatcher):
        async def crawl_url(self, url: str, config: Any, task_id: str, retry_count: int = 0) -> CrawlerTaskResult:
            answer = await super().crawl_url(url, config, task_id)
            answer.result.html += "!"
            return answer

    results = crawled(urls(3), dispatcher=Mine(), crawler=Crawler())
    assert [result.html for result in results] == ["by arun, False!"] * 3
    assert all(result.dispatch_result for result in results)


@pytest.mark.parametrize("stream", [False, True])
def test_a_dispatcher_may_run_the_whole_crawl_around_the_usual_one(stream: bool):
    told: list[str] = []

    class Mine(BaseDispatcher):
        permits = 2

        async def run_urls(self, urls: Any, crawler: Any, config: Any) -> list[Any]:
            told.append("run_urls")
            return await super().run_urls(urls, crawler, config)

        async def run_urls_stream(self, urls: Any, crawler: Any, config: Any) -> AsyncIterator[Any]:
            told.append("run_urls_stream")
            async for result in super().run_urls_stream(urls, crawler, config):
                yield result

    async def scenario() -> list[str]:
        config = CrawlerRunConfig(stream=stream)
        crawl = Crawler().arun_many(urls(5), config=config, dispatcher=Mine())
        results = [result async for result in crawl] if stream else await crawl
        return sorted(result.url for result in results)

    assert run(scenario()) == urls(5)
    assert told == ["run_urls_stream" if stream else "run_urls"]


def test_what_a_dispatcher_s_own_crawl_answers_is_unwrapped():
    class Mine(BaseDispatcher):
        async def run_urls(self, urls: Any, crawler: Any, config: Any) -> list[CrawlerTaskResult]:
            return [
                CrawlerTaskResult(
                    task_id=f"t{n}",
                    url=url,
                    result=CrawlResult(url=url, success=True),
                    memory_usage=5.0,
                    start_time=1.0,
                    end_time=3.0,
                    retry_count=2,
                )
                for n, url in enumerate(urls)
            ]

    first, _ = crawled(["http://a/", "http://b/"], dispatcher=Mine(), crawler=Crawler())
    assert isinstance(first, CrawlResult)
    assert first.dispatch_result is not None
    assert (first.dispatch_result.task_id, first.dispatch_result.memory_usage) == ("t0", 5.0)
    assert (first.dispatch_result.end_time, first.dispatch_result.attempts) == (3.0, 3)


# ---- the monitor


def test_the_monitor_is_told():
    monitor = CrawlerMonitor(enable_ui=False)

    async def attempt(task: CrawlTask) -> CrawlResult:
        await asyncio.sleep(1.0)
        if task.position == 1:
            raise DNSError("no such host")
        return page(task)

    crawled([*urls(5), None], attempt, dispatcher=at_once(2, monitor=monitor))
    totals = monitor.get_summary()
    assert (totals["urls_total"], totals["urls_completed"], totals["urls_failed"]) == (6, 4, 2)
    assert (totals["in_progress"], totals["queued"]) == (0, 0)
    assert totals["memory_mb"] == 100.0
    stats = monitor.get_all_task_stats()
    assert len(stats) == 6
    assert [one["error_message"] for one in stats.values() if "1" in one["url"]] == ["no such host"]
    assert monitor._crawls == 0
