import asyncio
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from skitter.crawl.many import CrawlTask
from skitter.crawl.run import Attempt, Run
from skitter.dispatch import MemoryAdaptiveDispatcher, RateLimiter
from skitter.dispatch.memory import Memory
from skitter.dispatch.retry import Retry
from skitter.model.result import CrawlResult
from tests.crawling import at_once, many, page, taking
from tests.virtual_time import run


class Log:
    """Attempts that note when they start; how long they take is said by host."""

    def __init__(self, default_s: float = 0.1, **seconds: float) -> None:
        self.default_s = default_s
        self.seconds = seconds
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.ends: dict[str, list[float]] = defaultdict(list)
        self.most: dict[str, int] = defaultdict(int)
        self.running: dict[str, int] = defaultdict(int)

    async def __call__(self, task: CrawlTask) -> CrawlResult:
        loop = asyncio.get_running_loop()
        self.starts[task.host].append(loop.time() - 1_000.0)
        self.running[task.host] += 1
        self.most[task.host] = max(self.most[task.host], self.running[task.host])
        await asyncio.sleep(self.seconds.get(task.host, self.default_s))
        self.running[task.host] -= 1
        self.ends[task.host].append(loop.time() - 1_000.0)
        return page(task)

    def gaps(self, host: str) -> list[float]:
        starts = self.starts[host]
        return [round(b - a, 6) for a, b in pairwise(starts)]


async def crawl(urls: Any, attempt: Any, **options: Any) -> list[CrawlResult]:
    results: list[CrawlResult] = await many(urls, attempt, **options)
    return results


def fast_ones() -> list[str]:
    return [f"http://fast{n % 10}/{n}" for n in range(300)]


def slow_ones() -> list[str]:
    return [f"http://slow/{n}" for n in range(300)]


# ---- hosts do not hold each other up


@pytest.mark.parametrize("order", ["slow first", "mixed"])
def test_a_slow_host_does_not_hold_fast_ones_up(order: str):
    def end_of_the_fast(urls: list[str]) -> float:
        log = Log(slow=30.0)
        run(crawl(urls, log, dispatcher=at_once(50, per_host=5)))
        assert sum(map(len, log.ends.values())) == len(urls)
        return max(max(ends) for host, ends in log.ends.items() if host != "slow")

    alone = end_of_the_fast(fast_ones())
    if order == "slow first":
        beside = slow_ones() + fast_ones()
    else:
        beside = [url for pair in zip(slow_ones(), fast_ones(), strict=True) for url in pair]
    assert end_of_the_fast(beside) <= alone * 1.25


def test_a_rate_limited_host_does_not_hold_fast_ones_up():
    log = Log()
    limiter = RateLimiter(1.0)
    urls = slow_ones() + [f"http://h{n}/" for n in range(300)]  # the others are asked once each
    run(crawl(urls, log, dispatcher=at_once(10, rate_limiter=limiter)))
    assert max(max(ends) for host, ends in log.ends.items() if host != "slow") <= 3.5
    assert log.ends["slow"][-1] == pytest.approx(299.1, abs=3.0)
    assert min(log.gaps("slow")) >= 1.0


def test_slots_are_shared_fairly_where_there_is_no_limit_for_a_host():
    log = Log(slow=30.0)
    run(crawl(slow_ones()[:100] + fast_ones(), log, dispatcher=at_once(20)))
    assert max(max(ends) for host, ends in log.ends.items() if host != "slow") < 30.0


def test_a_host_s_limit_holds():
    log = Log()
    run(crawl(slow_ones()[:40] + fast_ones(), log, dispatcher=at_once(50, per_host=3)))
    assert max(log.most.values()) == 3


def test_pages_without_a_host_have_no_limit():
    log = Log(1.0)
    urls = [f"raw:<p>{n}</p>" for n in range(20)]
    run(crawl(urls, log, dispatcher=at_once(20, per_host=1, rate_limiter=RateLimiter(10.0))))
    assert log.ends[""] == [pytest.approx(1.0)] * 20


def test_a_page_that_has_waited_long_goes_first():
    order: list[str] = []

    async def attempt(task: CrawlTask) -> CrawlResult:
        order.append(task.url)
        await asyncio.sleep(1_000.0 if task.url == "http://busy/0" else 1.0)
        return page(task)

    async def source() -> Any:
        yield "http://busy/0"
        yield "http://busy/1"
        for n in range(40):  # there is always a host with nothing in flight
            yield f"http://h{n}/"
            await asyncio.sleep(0.5)

    async def scenario(fairness_timeout: float) -> int:
        order.clear()
        dispatcher = MemoryAdaptiveDispatcher(max_session_permit=2, fairness_timeout=fairness_timeout)
        dispatcher.read_memory = lambda: Memory(1, 99)
        await many(source(), attempt, dispatcher=dispatcher)
        return order.index("http://busy/1")

    assert run(scenario(10_000.0)) == 41
    assert 5 < run(scenario(10.0)) < 20


# ---- the rate limiter


def test_starts_on_one_host_are_a_delay_apart():
    log = Log(5.0)  # longer than the delay: what counts is the start
    run(crawl(slow_ones()[:10], log, dispatcher=at_once(20, rate_limiter=RateLimiter(1.0))))
    assert log.gaps("slow") == [1.0] * 9


def test_crawls_that_share_a_limiter_are_apart_too():
    log = Log()

    async def scenario() -> None:
        limiter = RateLimiter(1.0)
        async with asyncio.TaskGroup() as group:
            for n in range(3):
                urls = [f"http://a/{n}/{m}" for m in range(4)]
                group.create_task(many(urls, log, dispatcher=at_once(9, rate_limiter=limiter)))

    run(scenario())
    assert len(log.starts["a"]) == 12
    assert all(gap >= 1.0 for gap in log.gaps("a"))
    assert sum(log.gaps("a")) == pytest.approx(11.0)


def test_a_limiter_of_one_s_own_is_called():
    called: list[Any] = []

    class Mine(RateLimiter):
        async def wait_if_needed(self, url: str) -> None:
            called.append(url)
            await asyncio.sleep(2.0)

        def update_delay(self, url: str, status: int, retry_after_s: float | None = None) -> bool:
            called.append((url, status))
            return True

    results = run(crawl(["http://a/"], taking(1.0), dispatcher=at_once(1, rate_limiter=Mine())))
    assert called == ["http://a/", ("http://a/", 200)]
    took = results[0].dispatch_result
    assert took is not None
    assert took.end_time - took.start_time == pytest.approx(3.0, abs=0.01)  # type: ignore[operator]


# ---- another try


class Refusing:
    """A host that refuses the first requests for each URL."""

    def __init__(self, refusals: int, **retry: Any) -> None:
        self.refusals = refusals
        self.retry = {"delay_s": 2.0} | retry
        self.starts: list[tuple[str, float]] = []

    async def __call__(self, task: CrawlTask) -> CrawlResult | Retry:
        now = asyncio.get_running_loop().time() - 1_000.0
        self.starts.append((task.url, round(now, 6)))
        if task.run is None:
            assert task.config is not None
            task.run = Run(task.url, task.config)
        if len(task.run.failed) < self.refusals:
            task.run.failed.append(Attempt("http_status", "refused", 429))
            return Retry(**self.retry)
        return page(task)


def test_a_retry_gives_its_slot_to_others_meanwhile():
    async def attempt(task: CrawlTask) -> CrawlResult | Retry:
        order.append((task.url, asyncio.get_running_loop().time() - 1_000.0))
        await asyncio.sleep(1.0)
        if task.url == "http://a/" and task.starts == 1:
            return Retry(delay_s=3.0, reason="timeout")
        return page(task)

    order: list[tuple[str, float]] = []
    urls = ["http://a/", *(f"http://b/{n}" for n in range(5))]
    results = run(crawl(urls, attempt, dispatcher=at_once(1)))
    assert [result.url for result in results] == urls
    assert [url for url, _ in order] == [*urls[:4], "http://a/", *urls[4:]]
    assert order[4][1] == pytest.approx(4.0)
    first = results[0].dispatch_result
    assert first is not None
    assert (first.attempts, round(first.wait_time, 6)) == (2, 4.0)


def test_the_crawl_waits_for_the_last_retry():
    refusing = Refusing(3, delay_s=100.0)
    (result,) = run(crawl(["http://a/"], refusing, dispatcher=at_once(3)))
    assert result.success
    assert [when for _, when in refusing.starts] == [0.0, 100.0, 200.0, 300.0]


def test_a_retry_may_pause_its_host():
    refusing = Refusing(1, delay_s=10.0, host_delay_s=10.0)
    run(crawl([f"http://a/{n}" for n in range(4)], refusing, dispatcher=at_once(2)))
    assert [when for _, when in refusing.starts] == [0.0, 0.0, 10.0, 10.0, 10.0, 20.0, 20.0, 30.0]


def test_a_refusal_slows_the_host_down():
    refusing = Refusing(1, delay_s=0.1)
    limiter = RateLimiter(1.0, max_retries=9)
    run(crawl(["http://a/1", "http://a/2"], refusing, dispatcher=at_once(5, rate_limiter=limiter)))
    starts = [when for _, when in refusing.starts]
    assert starts[1] - starts[0] >= 1.5  # doubled, with a quarter of chance
    assert starts[2] - starts[1] > 1.0


def test_a_host_that_goes_on_refusing_is_not_asked_for_ever():
    refusing = Refusing(10**6, delay_s=0.1)
    limiter = RateLimiter(1.0, max_retries=2, max_delay=8.0)
    results = run(crawl([f"http://a/{n}" for n in range(5)], refusing, dispatcher=at_once(2, rate_limiter=limiter)))
    assert len(refusing.starts) == 5 + 2
    assert {(result.success, result.status_code) for result in results} == {(False, 429)}
    assert all(result.error and result.error.kind == "http_status" for result in results)
    assert "refused too many requests" in str(results[0].error_message)


def test_a_limiter_of_one_s_own_may_end_the_tries():
    class Mine(RateLimiter):
        def update_delay(self, url: str, status: int, retry_after_s: float | None = None) -> bool:
            return status != 429

    refusing = Refusing(5)
    (result,) = run(crawl(["http://a/"], refusing, dispatcher=at_once(1, rate_limiter=Mine(0.0))))
    assert result.status_code == 429
    assert len(refusing.starts) == 1
