"""How soon a host may be asked again."""

import asyncio
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass

from skitter.base.url import origin_host
from skitter.errors import ConfigError

_LEAST_BACK_OFF_S = 0.5
"""What doubling begins with where the delay is zero."""

_SWEEP_AT = 4_096
"""How many hosts are remembered before the idle ones are looked for."""


@dataclass(slots=True)
class _Host:
    """One host's pace.

    Attributes:
        next_s: Before this time no request starts.
        held_s: Before this time none starts even if its turn was promised: the host asked for a pause.
        delay_s: The delay that grew with refusals; the base delay applies where it is longer.
        refused: Refusals in a row.
        refused_s: When the newest refusal came: the answer to what was asked before it says nothing new.
    """

    next_s: float = 0.0
    held_s: float = 0.0
    delay_s: float = 0.0
    refused: int = 0
    refused_s: float = float("-inf")


class RateLimiter:
    """Spaces the starts of requests to each host, and slows down where the host says so.

    The starts of two requests to one host are `base_delay` apart. A refusal (429 or 503) about doubles the delay, up to
    `max_delay`; each other answer takes a quarter off again. A `Retry-After` is kept, up to `max_delay`, and the delay
    does not grow beyond it. Refusals of requests that had been under way together count once. Hosts do not wait for
    each other.

    `next_start`, `started` and `answered` are the state machine, with times of one clock passed in; it is what
    `arun_many` asks. `wait_if_needed` and `update_delay` do the same for code of your own. A subclass that overrides
    `wait_if_needed` or `update_delay` is called by `arun_many` instead.
    """

    def __init__(
        self,
        base_delay: float | tuple[float, float] = (1.0, 3.0),
        max_delay: float = 60.0,
        max_retries: int = 3,
        rate_limit_codes: Iterable[int] | None = None,
        *,
        chance: random.Random | None = None,
    ) -> None:
        """Set the pace.

        Args:
            base_delay: Seconds between two starts: from and to, picked at random each time, or one number.
            max_delay: Longest delay in seconds.
            max_retries: How many refusals in a row from one host are answered by trying again; beyond it a page that is
                refused fails at once.
            rate_limit_codes: The HTTP statuses that are refusals; None is 429 and 503.
            chance: Where random numbers come from.

        Raises:
            ConfigError: If a delay is negative or *base_delay* is the wrong way round.
        """
        low, high = base_delay if isinstance(base_delay, (tuple, list)) else (base_delay, base_delay)
        if not 0 <= low <= high:
            msg = f"`base_delay` is {base_delay!r}: give (from, to) in seconds, from 0"
            raise ConfigError(msg)
        if max_delay < 0 or max_retries < 0:
            msg = f"`max_delay` is {max_delay!r} and `max_retries` {max_retries!r}: neither can be negative"
            raise ConfigError(msg)
        self.base_delay: tuple[float, float] = (float(low), float(high))
        self.max_delay = float(max_delay)
        self.max_retries = max_retries
        self.rate_limit_codes = [429, 503] if rate_limit_codes is None else list(rate_limit_codes)
        self._chance = chance or random.Random()
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = _SWEEP_AT

    # ---- the state machine

    def next_start(self, host: str, now: float) -> float:
        """Say when a request to *host* may start; a time that is past means now."""
        state = self._hosts.get(host)
        return now if state is None else max(state.next_s, state.held_s)

    def started(self, host: str, now: float) -> None:
        """Note that a request to *host* starts at *now*, or will."""
        state = self._state(host, now)
        state.next_s = now + max(self._base_s(), state.delay_s)

    def answered(
        self,
        host: str,
        status: int,
        now: float,
        retry_after_s: float | None = None,
        *,
        started: float | None = None,
    ) -> bool:
        """Note what *host* answered.

        Args:
            host: Who answered.
            status: The HTTP status.
            now: The time.
            retry_after_s: Seconds it asked to wait.
            started: When the request started; a refusal that was asked for before the newest one does not count again.

        Returns:
            Whether trying again makes sense: False when it has refused more than `max_retries` times in a row.
        """
        if status not in self.rate_limit_codes:
            known = self._hosts.get(host)
            if known is not None:
                known.refused = 0
                known.delay_s = 0.75 * known.delay_s if known.delay_s > _LEAST_BACK_OFF_S / 10 else 0.0
            return True
        state = self._state(host, now)
        if started is None or started > state.refused_s:
            state.refused_s = now
            state.refused += 1
            slow = max(state.delay_s, self._base_s(), _LEAST_BACK_OFF_S)
            grown = slow * 2 * self._chance.uniform(0.75, 1.25)
            if retry_after_s is not None:  # no slower than the host wants it
                grown = min(grown, max(slow, retry_after_s))
            state.delay_s = min(grown, self.max_delay)
        pause_s = max(state.delay_s, min(retry_after_s or 0.0, self.max_delay))
        state.held_s = max(state.held_s, now + pause_s)
        return state.refused <= self.max_retries

    # ---- for code of your own

    async def wait_if_needed(self, url: str) -> None:
        """Wait until the host of *url* may be asked; callers are let through one by one, in order."""
        host = origin_host(url)
        loop = asyncio.get_running_loop()
        while (start := self.next_start(host, now := loop.time())) > now:
            self.started(host, start)  # the turn is taken before the wait: the next caller comes after this one
            await asyncio.sleep(start - now)
            state = self._hosts.get(host)
            if state is None or state.held_s <= loop.time():
                return
        self.started(host, now)

    def update_delay(self, url: str, status: int, retry_after_s: float | None = None) -> bool:
        """Note that *url* was answered with *status*; False when its host has refused too often in a row."""
        return self.answered(origin_host(url), status, _now(), retry_after_s)

    # ---- inside

    def _base_s(self) -> float:
        low, high = self.base_delay
        return low if low == high else self._chance.uniform(low, high)

    def _state(self, host: str, now: float) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            if len(self._hosts) >= self._sweep_at:
                self._forget_idle(now)
            state = self._hosts[host] = _Host()
        return state

    def _forget_idle(self, now: float) -> None:
        """Forget hosts that may be asked at once and have not slowed down; what they would have to say is nothing."""
        self._hosts = {
            host: state
            for host, state in self._hosts.items()
            if max(state.next_s, state.held_s) > now or state.refused or state.delay_s > self.base_delay[1]
        }
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._hosts))


def _now() -> float:
    """Return the running loop's time, which `wait_if_needed` goes by; without a loop, that of its usual clock."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return time.monotonic()
