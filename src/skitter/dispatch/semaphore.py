"""A fixed number of pages at once."""

from skitter.dispatch.base import BaseDispatcher
from skitter.dispatch.monitor import CrawlerMonitor
from skitter.dispatch.rate_limiter import RateLimiter
from skitter.errors import ConfigError


class SemaphoreDispatcher(BaseDispatcher):
    """Crawls `semaphore_count` pages at once, whatever the memory says."""

    def __init__(
        self,
        semaphore_count: int = 5,
        max_session_permit: int | None = None,
        rate_limiter: RateLimiter | None = None,
        monitor: CrawlerMonitor | None = None,
        *,
        per_host: int | None = None,
    ) -> None:
        """Set how many.

        Args:
            semaphore_count: Pages at once.
            max_session_permit: Never more at once than this; None is 20, or *semaphore_count* if that is more.
            rate_limiter: Spaces the requests to each host.
            monitor: Is told what happens.
            per_host: Most pages of one host at once; None is no limit.

        Raises:
            ConfigError: If a number is not positive.
        """
        super().__init__(rate_limiter, monitor)
        counts = {"semaphore_count": semaphore_count, "max_session_permit": max_session_permit, "per_host": per_host}
        for name, value in counts.items():
            if value is not None and value < 1:
                msg = f"`{name}` is {value}: at least one page has to be crawled at a time"
                raise ConfigError(msg)
        self.semaphore_count = semaphore_count
        self.max_session_permit = max(20, semaphore_count) if max_session_permit is None else max_session_permit
        self.permits = min(semaphore_count, self.max_session_permit)
        self.per_host = per_host
