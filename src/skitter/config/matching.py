"""Which config a URL gets, where several are given."""

from collections.abc import Callable, Sequence
from enum import Enum
from fnmatch import fnmatchcase

UrlMatcher = str | Callable[[str], bool]
"""A glob over the whole URL, or a function of it."""


class MatchMode(Enum):
    """How the matchers of a list are combined."""

    OR = "or"
    """One match is enough."""
    AND = "and"
    """All must match."""


def matches(url: str, matcher: UrlMatcher | Sequence[UrlMatcher] | None, mode: MatchMode) -> bool:
    """Say whether *url* fits; None fits every URL, an empty list none."""
    if matcher is None:
        return True
    if isinstance(matcher, str):
        return fnmatchcase(url, matcher)
    if callable(matcher):
        return bool(matcher(url))
    fits = (matches(url, one, mode) for one in matcher)
    return bool(matcher) and (any(fits) if mode is MatchMode.OR else all(fits))
