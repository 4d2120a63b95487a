"""The dispatcher of a crawl that was given none."""

from skitter.dispatch.memory_adaptive import MemoryAdaptiveDispatcher
from skitter.dispatch.options import DispatchOptions
from skitter.dispatch.rate_limiter import RateLimiter

_PERMITS = 50
_PER_HOST = 5


def dispatcher_for(options: DispatchOptions) -> MemoryAdaptiveDispatcher:
    """Return the dispatcher that *options* describe.

    50 pages at once and 5 of one host, or `semaphore_count` where it is set. Requests to one host are spaced where
    `mean_delay` or `max_range` is set.
    """
    said = options.model_fields_set
    limiter = None
    if said & {"mean_delay", "max_range"}:
        limiter = RateLimiter(base_delay=(options.mean_delay, options.mean_delay + options.max_range))
    if "semaphore_count" in said:
        return MemoryAdaptiveDispatcher(max_session_permit=options.semaphore_count, rate_limiter=limiter)
    return MemoryAdaptiveDispatcher(max_session_permit=_PERMITS, per_host=_PER_HOST, rate_limiter=limiter)
