import asyncio
import itertools
import random

import pytest

from skitter.dispatch import RateLimiter
from skitter.errors import ConfigError
from tests.virtual_time import run


class Middle(random.Random):
    """Chance that is always in the middle."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def limiter(base_delay: float | tuple[float, float] = 1.0, **options: object) -> RateLimiter:
    return RateLimiter(base_delay, chance=Middle(), **options)  # type: ignore[arg-type]


def test_the_defaults():
    one = RateLimiter()
    assert (one.base_delay, one.max_delay, one.max_retries, one.rate_limit_codes) == ((1.0, 3.0), 60.0, 3, [429, 503])


def test_starts_are_a_delay_apart():
    one = limiter(2.0)
    assert one.next_start("a", 10.0) == 10.0
    one.started("a", 10.0)
    assert one.next_start("a", 10.0) == 12.0
    assert one.next_start("b", 10.0) == 10.0


def test_the_delay_is_picked_each_time():
    one = RateLimiter((1.0, 3.0), chance=random.Random(7))
    delays = set()
    for n in range(20):
        one.started("a", n * 100.0)
        delays.add(one.next_start("a", n * 100.0) - n * 100.0)
    assert len(delays) == 20
    assert all(1.0 <= delay <= 3.0 for delay in delays)


def test_a_refusal_doubles_the_delay_and_pauses():
    one = limiter(1.0)
    one.started("a", 0.0)
    assert one.answered("a", 429, 0.5) is True
    assert one.next_start("a", 0.5) == 2.5
    one.started("a", 2.5)
    assert one.next_start("a", 2.5) == 4.5
    one.answered("a", 503, 3.0)
    assert one.next_start("a", 3.0) == 7.0


def test_the_delay_has_an_end():
    one = limiter(1.0, max_delay=5.0, max_retries=99)
    for n in range(10):
        one.answered("a", 429, float(n))
    assert one.next_start("a", 9.0) == 14.0


def test_a_delay_of_zero_grows_too():
    one = limiter(0.0)
    one.started("a", 0.0)
    assert one.next_start("a", 0.0) == 0.0
    one.answered("a", 429, 0.0)
    assert one.next_start("a", 0.0) == 1.0


def test_good_answers_bring_the_delay_down():
    one = limiter(1.0)
    one.answered("a", 429, 0.0)
    one.answered("a", 429, 0.0)
    delays = []
    for n in range(1, 9):
        one.answered("a", 200, n * 100.0)
        one.started("a", n * 100.0)
        delays.append(one.next_start("a", n * 100.0) - n * 100.0)
    assert delays[:3] == [3.0, 2.25, 1.6875]
    assert delays[-1] == 1.0


@pytest.mark.parametrize(
    ("asked_s", "held_s"), [(None, 2.0), (0.0, 1.0), (1.0, 1.0), (1.5, 1.5), (30.0, 30.0), (4_000.0, 60.0)]
)
def test_retry_after_is_kept_up_to_the_longest_delay(asked_s: float | None, held_s: float):
    one = limiter(1.0)
    one.answered("a", 429, 0.0, asked_s)
    assert one.next_start("a", 0.0) == held_s


def test_the_delay_grows_no_further_than_the_host_asks():
    one = limiter(1.0, max_retries=99)
    for n in range(9):
        one.answered("a", 429, n * 10.0, 3.0)
    assert one.next_start("a", 80.0) == 83.0
    one.started("a", 83.0)
    assert one.next_start("a", 83.0) == 86.0


def test_refusals_in_a_row_say_that_trying_again_makes_no_sense():
    one = limiter(1.0, max_retries=2)
    assert [one.answered("a", 429, float(n)) for n in range(4)] == [True, True, False, False]
    assert one.answered("a", 200, 9.0) is True
    assert one.answered("a", 429, 10.0) is True
    assert one.answered("b", 429, 10.0) is True


def test_refusals_of_requests_under_way_together_count_once():
    one = limiter(1.0, max_retries=2)
    assert all(one.answered("a", 429, 10.0 + n / 10, started=9.0) for n in range(20))
    assert one.next_start("a", 12.0) == 11.9 + 2.0
    assert one.answered("a", 429, 20.0, started=14.0) is True
    assert one.answered("a", 429, 30.0, started=25.0) is False


def test_which_answers_are_refusals_can_be_said():
    one = limiter(1.0, rate_limit_codes=[403])
    one.answered("a", 429, 0.0)
    assert one.next_start("a", 0.0) == 0.0
    one.answered("a", 403, 0.0)
    assert one.next_start("a", 0.0) == 2.0


def test_idle_hosts_are_forgotten_and_slow_ones_are_not():
    one = limiter(1.0)
    one.answered("refusing", 429, 0.0)
    for n in range(50_000):
        one.started(f"h{n}", float(n))
    assert len(one._hosts) < 5_000
    assert one._hosts["refusing"].refused == 1


@pytest.mark.parametrize(
    "options",
    [
        {"base_delay": -1.0},
        {"base_delay": (3.0, 1.0)},
        {"base_delay": (-1.0, 1.0)},
        {"max_delay": -1.0},
        {"max_retries": -1},
    ],
)
def test_nonsense_is_refused(options: dict[str, object]):
    with pytest.raises(ConfigError):
        RateLimiter(**options)  # type: ignore[arg-type]


# ---- waiting


async def starts_of(one: RateLimiter, urls: list[str]) -> list[float]:
    began = asyncio.get_running_loop().time()
    starts = []

    async def call(url: str) -> None:
        await one.wait_if_needed(url)
        starts.append(asyncio.get_running_loop().time() - began)

    async with asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(call(url))
    return [round(start, 6) for start in starts]


def test_callers_are_let_through_one_by_one():
    assert run(starts_of(limiter(1.0), ["http://a/x"] * 5)) == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_hosts_do_not_wait_for_each_other():
    assert run(starts_of(limiter(1.0), ["http://a/1", "http://a/2", "http://b/1", "http://b/2"])) == [
        0.0,
        0.0,
        1.0,
        1.0,
    ]


def test_the_port_is_part_of_the_host():
    assert run(starts_of(limiter(1.0), ["http://a:1/", "http://a:2/"])) == [0.0, 0.0]


def test_a_refusal_holds_up_those_who_already_wait():
    async def scenario() -> list[float]:
        one = limiter(1.0)
        loop = asyncio.get_running_loop()
        await one.wait_if_needed("http://a/0")
        began = loop.time()
        starts = []

        async def call() -> None:
            await one.wait_if_needed("http://a/1")
            starts.append(round(loop.time() - began, 6))

        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(call())
            await asyncio.sleep(0.5)
            assert one.update_delay("http://a/0", 429, retry_after_s=10.0) is True
        return starts

    starts = run(scenario())
    assert starts[0] == 10.5
    assert [b - a for a, b in itertools.pairwise(starts)] == [2.0, 2.0]


def test_who_gives_up_waiting_holds_nobody_up_for_long():
    async def scenario() -> float:
        one = limiter(1.0)
        loop = asyncio.get_running_loop()
        await one.wait_if_needed("http://a/0")
        began = loop.time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await one.wait_if_needed("http://a/1")
        await one.wait_if_needed("http://a/2")
        return loop.time() - began

    assert run(scenario()) <= 2.0


def test_a_delay_can_be_noted_where_no_loop_runs():
    one = limiter(1.0, max_retries=1)
    assert one.update_delay("http://a/0", 200) is True
    assert one.update_delay("http://a/0", 429) is True
    assert one.update_delay("http://a/1", 429) is False
