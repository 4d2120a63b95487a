import asyncio
from typing import Any

import pytest

from skitter.config import CrawlerRunConfig
from skitter.dispatch import (
    BaseDispatcher,
    CrawlerMonitor,
    MemoryAdaptiveDispatcher,
    RateLimiter,
    SemaphoreDispatcher,
    dispatcher_for,
)
from skitter.errors import ConfigError


def test_the_parameters_have_their_names_places_and_defaults():
    limiter, monitor = RateLimiter(), CrawlerMonitor(enable_ui=False)
    one = MemoryAdaptiveDispatcher(80.0, 90.0, 70.0, 2.0, 7, 60.0, None, limiter, monitor)
    assert (one.permits, one.max_session_permit, one.fairness_timeout, one.memory_wait_timeout) == (7, 7, 60.0, None)
    assert (one.check_interval, one.rate_limiter, one.monitor) == (2.0, limiter, monitor)
    usual = MemoryAdaptiveDispatcher()
    assert (usual.permits, usual.fairness_timeout, usual.memory_wait_timeout, usual.per_host) == (
        20,
        600.0,
        600.0,
        None,
    )
    other = SemaphoreDispatcher(3, 9, limiter, monitor)
    assert (other.permits, other.rate_limiter, other.monitor) == (3, limiter, monitor)
    assert SemaphoreDispatcher().permits == 5


@pytest.mark.parametrize(
    ("options", "permits"),
    [
        ({"semaphore_count": 100}, 100),
        ({"semaphore_count": 100, "max_session_permit": 30}, 30),
        ({"semaphore_count": 3, "max_session_permit": 30}, 3),
    ],
)
def test_both_limits_of_the_semaphore_hold(options: dict[str, int], permits: int):
    assert SemaphoreDispatcher(**options).permits == permits  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"semaphore_count": 0}, {"max_session_permit": 0}, {"per_host": -1}])
def test_at_least_one_page_is_crawled(options: dict[str, int]):
    with pytest.raises(ConfigError):
        SemaphoreDispatcher(**options)  # type: ignore[arg-type]


def test_a_crawl_without_a_dispatcher_is_polite_and_fast():
    one = dispatcher_for(CrawlerRunConfig())
    assert (one.permits, one.per_host, one.rate_limiter) == (50, 5, None)


def test_a_number_that_is_said_is_kept_to():
    one = dispatcher_for(CrawlerRunConfig(semaphore_count=5))
    assert (one.permits, one.per_host) == (5, None)


def test_a_delay_that_is_said_is_kept_to():
    one = dispatcher_for(CrawlerRunConfig(mean_delay=2.0))
    assert one.rate_limiter is not None
    assert one.rate_limiter.base_delay == (2.0, 2.3)
    other = dispatcher_for(CrawlerRunConfig(max_range=0.0))
    assert other.rate_limiter is not None
    assert other.rate_limiter.base_delay == (0.1, 0.1)


def test_the_first_config_that_is_for_a_url_is_chosen():
    pdf, any_other = CrawlerRunConfig(url_matcher="*.pdf"), CrawlerRunConfig()
    choose = BaseDispatcher().select_config
    assert choose("http://a/x.pdf", [pdf, any_other]) is pdf
    assert choose("http://a/x.html", [pdf, any_other]) is any_other
    assert choose("http://a/x.html", [pdf]) is None
    assert choose("http://a/x.html", pdf) is pdf  # a single one is for every URL


def test_a_dispatcher_of_one_s_own_needs_no_more_than_it_changes():
    class Mine(BaseDispatcher):
        permits = 3

    assert Mine().permits == 3
    assert Mine().gate().may_start(100)
    assert Mine().gate().observe(100.0, 0.0, 10) == 0
    assert Mine().gate().shortage is None


def test_crawl_url_needs_a_crawler():
    with pytest.raises(ConfigError, match="arun_many"):
        asyncio.run(BaseDispatcher().crawl_url("http://a/", CrawlerRunConfig(), "1"))


def test_run_urls_asks_the_crawler_for_a_list():
    asked: list[Any] = []

    class Crawler:
        async def arun_many(self, urls: Any, config: Any = None, dispatcher: Any = None) -> list[str]:
            asked.append((urls, config.stream, type(dispatcher.dispatcher)))
            return ["result"]

    config = CrawlerRunConfig(stream=True)
    answer = asyncio.run(SemaphoreDispatcher().run_urls(["u"], crawler=Crawler(), config=config))  # type: ignore[arg-type]
    assert answer == ["result"]
    assert asked == [(["u"], False, SemaphoreDispatcher)]
