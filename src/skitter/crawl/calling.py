"""Calling code of the user's own while a page is read: what it raises costs the page, and says whose fault it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from skitter.errors import CrawlError

_OURS = frozenset({"skitter", "builtins"})


@contextmanager
def calling(error: type[CrawlError], *parts: object) -> Iterator[None]:
    """Turn what one of *parts* raises into an *error*, where one of them is not skitter's own."""
    try:
        yield
    except CrawlError:
        raise
    except Exception as fault:
        own = next((part for part in parts if type(part).__module__.partition(".")[0] not in _OURS), None)
        if own is None:
            raise
        msg = f"{type(own).__name__} failed: {type(fault).__name__}: {fault}"
        raise error(msg) from fault
