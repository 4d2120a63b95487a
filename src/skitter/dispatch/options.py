"""What is asked of crawling many URLs."""

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt

from skitter.base.options import Options


class DispatchOptions(Options):
    """How many pages at once and how fast, where no dispatcher is given."""

    stream: bool = False
    """`arun_many` yields results as pages finish instead of returning a list."""

    semaphore_count: PositiveInt = 5
    """Most pages at once where no dispatcher is given. Left unset: 5 of one host and 50 in all."""

    mean_delay: NonNegativeFloat = 0.1
    """Least seconds between the starts of two requests to one host where no dispatcher is given.

    Applies when it or `max_range` is set."""

    max_range: NonNegativeFloat = 0.3
    """Random seconds on top of `mean_delay`."""


class RetryOptions(Options):
    """When a page is tried again."""

    max_retries: NonNegativeInt = 2
    """How often a page is tried again after a connection error, a timeout, 429 or 503."""

    retry_delay: NonNegativeFloat = 0.5
    """Seconds before the first retry; doubled each time, spread at random by half, never less than `Retry-After`."""

    max_retry_delay: NonNegativeFloat = 60.0
    """Longest wait before a retry in seconds; a `Retry-After` beyond it ends the attempts."""
