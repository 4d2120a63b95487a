"""What current browsers call themselves, for `user_agent_mode="random"`: as of November 2026."""

import random
from collections.abc import Mapping
from typing import Any, NamedTuple

from skitter.errors import ConfigError


class _Browser(NamedTuple):
    name: str
    platform: str
    user_agent: str


def _chromium(system: str, version: int, tail: str = "") -> str:
    mobile = "Mobile " if "Android" in system else ""
    engine = "AppleWebKit/537.36 (KHTML, like Gecko)"
    return f"Mozilla/5.0 ({system}) {engine} Chrome/{version}.0.0.0 {mobile}Safari/537.36{tail}"


def _firefox(system: str, version: int) -> str:
    gecko = f"{version}.0" if "Android" in system else "20100101"
    return f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/{gecko} Firefox/{version}.0"


def _safari(system: str, version: str, *, phone: bool = False) -> str:
    tail = "Mobile/15E148 Safari/604.1" if phone else "Safari/605.1.15"
    return f"Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} {tail}"


_WINDOWS = "Windows NT 10.0; Win64; x64"
_MACOS = "Macintosh; Intel Mac OS X 10_15_7"
_LINUX = "X11; Linux x86_64"
_ANDROID = "Linux; Android 10; K"
_IPHONE = "iPhone; CPU iPhone OS 18_7 like Mac OS X"

_BROWSERS = (
    *(
        _Browser("chrome", platform, _chromium(system, version))
        for version in (154, 153)
        for platform, system in (("windows", _WINDOWS), ("macos", _MACOS), ("linux", _LINUX), ("android", _ANDROID))
    ),
    *(
        _Browser("edge", platform, _chromium(system, 148, " Edg/148.0.0.0"))
        for platform, system in (("windows", _WINDOWS), ("macos", _MACOS))
    ),
    *(
        _Browser("firefox", platform, _firefox(system, version))
        for version in (152, 151)
        for platform, system in (
            ("windows", _WINDOWS),
            ("macos", "Macintosh; Intel Mac OS X 10.15"),
            ("linux", _LINUX),
            ("android", "Android 13; Mobile"),
        )
    ),
    *(_Browser("safari", "macos", _safari(_MACOS, version)) for version in ("26.4", "26.3")),
    *(_Browser("safari", "ios", _safari(_IPHONE, version, phone=True)) for version in ("26.4", "26.2")),
)


_KEYS = {"browsers": "browsers", "browser_type": "browsers", "platforms": "platforms", "os_type": "platforms"}
_DEVICES = {"mobile": {"android", "ios"}, "desktop": {"windows", "macos", "linux"}}


def user_agents(narrowed: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the user agents to pick from.

    Args:
        narrowed: `browsers`, `platforms` (also called `browser_type` and `os_type`), each a name or several, and
            `device_type`, `mobile` or `desktop`.

    Raises:
        ConfigError: If a key is unknown, or nothing is left to pick from; the message lists the names.
    """
    if unknown := narrowed.keys() - _KEYS.keys() - {"device_type"}:
        known = "`browsers`, `platforms` and `device_type` are"
        msg = f"`user_agent_generator_config`: {min(unknown)!r} is not known: {known}"
        raise ConfigError(msg)
    wanted: dict[str, set[str]] = {"browsers": set(), "platforms": set()}
    for key, said in narrowed.items():
        names = {name.lower() for name in ([said] if isinstance(said, str) else said or ())}
        if key == "device_type":
            wanted["platforms"] |= {platform for name in names for platform in _DEVICES.get(name, {name})}
        else:
            wanted[_KEYS[key]] |= names
    found = tuple(
        one.user_agent
        for one in _BROWSERS
        if one.name in (wanted["browsers"] or {one.name}) and one.platform in (wanted["platforms"] or {one.platform})
    )
    if not found:
        browsers, platforms = (", ".join(dict.fromkeys(names)) for names in list(zip(*_BROWSERS, strict=True))[:2])
        msg = (
            "`user_agent_generator_config` leaves no user agent to pick from: "
            f"browsers are {browsers}; platforms are {platforms}"
        )
        raise ConfigError(msg)
    return found


def pick(narrowed: Mapping[str, Any], chance: random.Random) -> str:
    """Return one of `user_agents` at random."""
    return chance.choice(user_agents(narrowed))
