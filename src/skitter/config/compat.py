"""Old names of options: one table each, old to new."""

import warnings
from typing import Any

from skitter.model.cache import CacheMode

_CACHE_FLAGS = {
    "bypass_cache": CacheMode.BYPASS,
    "disable_cache": CacheMode.DISABLED,
    "no_cache_read": CacheMode.WRITE_ONLY,
    "no_cache_write": CacheMode.READ_ONLY,
}


def renamed(options: dict[str, Any]) -> dict[str, Any]:
    """Return *options* with old names replaced, and warn of each."""
    if not _CACHE_FLAGS.keys() & options.keys():
        return options
    options = dict(options)
    flags = {name for name in _CACHE_FLAGS if options.pop(name, False)}
    if flags:
        mode = CacheMode.DISABLED if {"no_cache_read", "no_cache_write"} <= flags else _CACHE_FLAGS[min(flags)]
        options.setdefault("cache_mode", mode)
        warnings.warn(
            f"{', '.join(sorted(flags))}: use `cache_mode=CacheMode.{mode.name}`", DeprecationWarning, stacklevel=4
        )
    return options
