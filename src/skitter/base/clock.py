"""The machine's clock, read in one place; what can take the time as an argument does."""

import time


def epoch() -> float:
    """Return the time in seconds since the epoch."""
    return time.time()  # noqa: TID251  # the one place
