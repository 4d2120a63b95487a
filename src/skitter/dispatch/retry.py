"""When a page is tried again: a function of what happened, with chance passed in."""

from dataclasses import dataclass

from skitter.dispatch.options import RetryOptions

RETRIED_STATUSES = frozenset({429, 503})
"""HTTP statuses that say "not now"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """An attempt that is to be made again.

    Attributes:
        delay_s: Seconds until the page is due.
        host_delay_s: Seconds until its host may be asked again, for any page.
        reason: What happened: an error kind or "HTTP 429".
    """

    delay_s: float
    host_delay_s: float = 0.0
    reason: str = ""


def next_try(
    options: RetryOptions, *, attempt: int, reason: str, retry_after_s: float | None, spread: float
) -> Retry | None:
    """Say when to try again, None when it is over.

    The wait doubles with each attempt, is spread by half to either side so that pages that failed together do not come
    back together, and is never shorter than what the server asked for. When the server asks for more than
    `max_retry_delay` it is over: a page must not wait for an hour in silence.

    Args:
        options: How often and how long.
        attempt: The attempt that failed, from 0.
        reason: What happened.
        retry_after_s: What the server asked to wait, None if it did not say.
        spread: A random number, 0 to 1.
    """
    if attempt >= options.max_retries:
        return None
    delay_s = min(options.retry_delay * 2.0**attempt * (0.5 + spread), options.max_retry_delay)
    if retry_after_s is None:
        return Retry(delay_s=delay_s, reason=reason)
    if retry_after_s > options.max_retry_delay:
        return None
    return Retry(delay_s=max(delay_s, retry_after_s), host_delay_s=retry_after_s, reason=reason)
