"""How a crawl keeps to a rate limiter: the limiter is asked for times, nobody sleeps in a slot.

A limiter of the caller's own that overrides `wait_if_needed` or `update_delay` is called as it expects to be.
"""

from skitter.crawl.intake import CrawlTask
from skitter.dispatch.rate_limiter import RateLimiter
from skitter.frontier.memory import MemoryFrontier


class Pace:
    """Puts what a rate limiter says into the frontier."""

    def __init__(self, limiter: RateLimiter | None, frontier: MemoryFrontier[CrawlTask]) -> None:
        self._limiter = limiter
        self._frontier = frontier
        self._waits_itself = _overrides(limiter, "wait_if_needed")
        self._counts_itself = _overrides(limiter, "update_delay")

    def may_start(self, task: CrawlTask, now: float) -> bool:
        """Say whether *task*, which was taken, may start; where not it is put back until it may."""
        if self._limiter is None or self._waits_itself or not task.host:
            return True
        start = self._limiter.next_start(task.host, now)
        if start <= now:
            self._limiter.started(task.host, now)
            self._frontier.delay_host(task.host, self._limiter.next_start(task.host, now), now)
            return True
        self._frontier.delay_host(task.host, start, now)
        self._frontier.put_back(task, now)
        return False

    async def wait(self, task: CrawlTask) -> None:
        """Wait in the slot, where the limiter is one that insists on it."""
        if self._limiter is not None and self._waits_itself and task.host:
            await self._limiter.wait_if_needed(task.url)

    def answered(self, task: CrawlTask, status: int | None, now: float, retry_after_s: float = 0.0) -> bool:
        """Note an answer; False where the limiter says that trying again makes no sense."""
        if self._limiter is None or status is None or not task.host:
            return True
        if self._counts_itself:
            # a limiter written for the peer may return nothing
            return self._limiter.update_delay(task.url, status) is not False
        goes_on = self._limiter.answered(
            task.host, status, now, retry_after_s or None, started=None if self._waits_itself else task.started_s
        )
        if not self._waits_itself:
            self._frontier.delay_host(task.host, self._limiter.next_start(task.host, now), now)
        return goes_on


def _overrides(limiter: RateLimiter | None, name: str) -> bool:
    return limiter is not None and getattr(type(limiter), name, None) is not getattr(RateLimiter, name)
