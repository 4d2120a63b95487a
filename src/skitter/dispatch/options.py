"""What is asked of crawling many URLs."""

from pydantic import NonNegativeFloat, PositiveInt

from skitter.base.options import Options


class DispatchOptions(Options):
    """How many pages at once and how fast, where no dispatcher is given."""

    stream: bool = False
    """`arun_many` yields results as pages finish instead of returning a list."""

    semaphore_count: PositiveInt = 5
    """Most pages at once where no dispatcher is given. Left unset: 5 of one host and 50 in all."""

    mean_delay: NonNegativeFloat = 0.1
    """Least seconds between the starts of two requests to one host where no dispatcher is given; applies when it or `max_range` is set."""

    max_range: NonNegativeFloat = 0.3
    """Random seconds on top of `mean_delay`."""
