"""The rate limiter: whatever comes, a host's starts are apart, and a pause that was asked for is kept."""

import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from skitter.dispatch import RateLimiter

HOSTS = st.sampled_from(["a", "b"])
STATUS = st.sampled_from([200, 404, 429, 503])
SECONDS = st.sampled_from([0.0, 0.1, 1.0, 7.0, 500.0])


class RateLimiterMachine(RuleBasedStateMachine):
    @initialize(
        low=st.sampled_from([0.0, 0.5, 2.0]),
        more=st.sampled_from([0.0, 1.0]),
        max_delay=st.sampled_from([3.0, 60.0]),
        seed=st.integers(0, 99),
    )
    def begin(self, low: float, more: float, max_delay: float, seed: int) -> None:
        self.limiter = RateLimiter((low, low + more), max_delay, max_retries=2, chance=random.Random(seed))
        self.limiter._sweep_at = 1  # forgets as often as it can
        self.low = low
        self.longest = max(max_delay, low + more)
        self.now = 100.0
        self.last_start: dict[str, float] = {}
        self.paused_until: dict[str, float] = {}
        self.refused: dict[str, int] = {"a": 0, "b": 0}

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(host=HOSTS)
    def start_when_allowed(self, host: str) -> None:
        start = self.limiter.next_start(host, self.now)
        assert start - self.now <= self.longest
        if start > self.now:
            return
        if host in self.last_start:
            assert self.now - self.last_start[host] >= self.low
        assert self.now >= self.paused_until.get(host, 0.0)
        self.limiter.started(host, self.now)
        self.last_start[host] = self.now

    @rule(host=HOSTS, status=STATUS, retry_after_s=st.none() | SECONDS)
    def answer(self, host: str, status: int, retry_after_s: float | None) -> None:
        goes_on = self.limiter.answered(host, status, self.now, retry_after_s)
        if status in {429, 503}:
            self.refused[host] += 1
            pause_s = min(retry_after_s or 0.0, self.limiter.max_delay)
            self.paused_until[host] = max(self.paused_until.get(host, 0.0), self.now + pause_s)
            assert self.limiter.next_start(host, self.now) > self.now, "a refusal slows down"
        else:
            self.refused[host] = 0
        assert goes_on == (self.refused[host] <= 2)

    @invariant()
    def another_host_is_free(self) -> None:
        if hasattr(self, "limiter"):
            assert self.limiter.next_start("c", self.now) == self.now


RateLimiterMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRateLimiter = pytest.mark.timeout(20)(RateLimiterMachine.TestCase)
