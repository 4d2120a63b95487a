"""Which browser's fingerprint is meant by `impersonate`."""

import difflib
import re
from functools import cache

import wreq

from skitter.errors import ConfigError


def profile(name: str) -> wreq.Profile:
    """Return the engine's profile of a browser: `chrome_154`, `Firefox152`, `safari-26.4`, or `chrome` for the newest.

    Raises:
        ConfigError: If there is none of that name; the message lists names that are close.
    """
    profiles, spelled = _profiles()
    found = profiles.get(_folded(name)) or profiles.get(_newest(name))
    if found is None:
        close = difflib.get_close_matches(_folded(name), spelled, n=5, cutoff=0.5)
        near = [spelled[one] for one in close] or list(dict.fromkeys(_family(one) for one in spelled.values()))
        msg = f"`impersonate`: there is no browser {name!r}; there are {', '.join(near)}"
        raise ConfigError(msg)
    return found


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _family(spelled: str) -> str:
    return re.sub(r"[_\d]+$", "", spelled)


def _newest(family: str) -> str:
    _, spelled = _profiles()
    versions = [
        (tuple(map(int, re.findall(r"\d+", one))), folded)
        for folded, one in spelled.items()
        if _folded(_family(one)) == _folded(family)
    ]
    return max(versions, default=((), ""))[1]


@cache
def _profiles() -> tuple[dict[str, wreq.Profile], dict[str, str]]:
    """Return the profiles, and their names as we write them, by the name without what people leave out."""
    profiles: dict[str, wreq.Profile] = {}
    spelled: dict[str, str] = {}
    for name in dir(wreq.Profile):
        value = getattr(wreq.Profile, name)
        if isinstance(value, wreq.Profile):
            folded = _folded(name)
            profiles[folded] = value
            spelled[folded] = re.sub(r"(?<=[a-z])(?=[A-Z\d])", "_", name).lower()
    return profiles, spelled
