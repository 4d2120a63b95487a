"""Old and second names of options."""

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
    """Return the options of a crawl with old names replaced, and warn of each."""
    if not _CACHE_FLAGS.keys() & options.keys():
        return options
    options = dict(options)
    flags = {name for name in _CACHE_FLAGS if options.pop(name, False)}
    if flags:
        mode = CacheMode.DISABLED if {"no_cache_read", "no_cache_write"} <= flags else _CACHE_FLAGS[min(flags)]
        options.setdefault("cache_mode", mode)
        names = ", ".join(f"`{name}`" for name in sorted(flags))
        warnings.warn(f"{names}: use `cache_mode=CacheMode.{mode.name}`", DeprecationWarning, stacklevel=4)
    return options


def paired(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a browser where two names of one thing say the same, whichever was given."""
    if "proxy" in options and "proxy_config" not in options:
        options = options | {"proxy_config": options["proxy"]}
    elif "proxy_config" in options and "proxy" not in options:
        options = options | {"proxy": None}
    for one, other in (("channel", "chrome_channel"), ("chrome_channel", "channel")):
        if one in options and other not in options:
            options = options | {other: options[one]}
    return options
