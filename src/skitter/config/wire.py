"""The JSON form of configs and strategies: ``{"type": NAME, "params": {...}}``.

Only the types in the stages' tables are read back; nothing is imported by a name that comes from outside. A function,
a compiled pattern or an object of a user's own class has no JSON form, and dumping one says so.
"""

import base64
import binascii
from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from typing import Any

from pydantic import SecretStr, ValidationError

from skitter.base.options import Options
from skitter.errors import ConfigError

_types: dict[str, type[Any]] = {}

_ABOVE = {"LXMLWebScrapingStrategy": "skitter.crawl.scraping", "WebScrapingStrategy": "skitter.crawl.scraping"}
"""Types that are made of several stages and stand above this module: theirs is imported when they are needed."""


def register(*types: type[Any], **aliases: type[Any]) -> None:
    """Let *types* be dumped and loaded, and loaded by the names of *aliases* too."""
    for one in types:
        _types[one.__name__] = one
    for name, one in aliases.items():
        _types.setdefault(name, one)


def dump(value: Any) -> Any:
    """Return the JSON form of *value*.

    Raises:
        ConfigError: If *value*, or something in it, has no JSON form.
    """
    match value:
        case Enum():
            dumped: Any = {"type": type(value).__name__, "params": value.value}
        case None | bool() | int() | float() | str():
            dumped = value
        case bytes():
            dumped = {"type": "bytes", "value": base64.b64encode(value).decode()}
        case SecretStr():
            dumped = value.get_secret_value()
        case Mapping():
            dumped = {"type": "dict", "value": {_key(key): dump(item) for key, item in value.items()}}
        case list() | tuple() | set() | frozenset():
            dumped = [dump(item) for item in value]
        case _ if _types.get(type(value).__name__) is type(value):
            dumped = {
                "type": type(value).__name__,
                "params": {key: dump(item) for key, item in _params(value).items()},
            }
        case _:
            msg = f"a {type(value).__name__} has no JSON form: leave it out, and set it again after loading"
            raise ConfigError(msg)
    return dumped


def load(data: Any) -> Any:
    """Build what `dump` returned the JSON form of.

    Raises:
        ConfigError: If *data* names an unknown type, or one of its options is wrong.
    """
    if isinstance(data, list):
        return [load(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    kind = data.get("type")
    if data.keys() == {"type", "value"} and kind in {"dict", "bytes"}:
        return _plain(kind, data["value"])
    if isinstance(kind, str) and data.keys() == {"type", "params"}:
        return _built(kind, load(data["params"]))
    return {key: load(item) for key, item in data.items()}


def _params(value: Any) -> dict[str, Any]:
    if isinstance(value, Options):
        return value.said() | {name: getattr(value, name) for name in value.model_fields_set}
    params: dict[str, Any] = value.to_dict()
    return params


def _plain(kind: str, value: Any) -> Any:
    try:
        if kind == "bytes":
            return base64.b64decode(value, validate=True)
        return {key: load(item) for key, item in value.items()}
    except (AttributeError, TypeError, binascii.Error) as error:
        msg = f"`value` of a {kind} is {value!r:.80}: {error}"
        raise ConfigError(msg) from error


def _built(kind: str, params: Any) -> Any:
    found = _types.get(kind) or (getattr(import_module(_ABOVE[kind]), kind) if kind in _ABOVE else None)
    if found is None:
        msg = f"unknown type `{kind}`: it is none of {', '.join(sorted({*_types, *_ABOVE}))}"
        raise ConfigError(msg)
    build = getattr(found, "exactly", found)
    try:
        return build(params) if issubclass(found, Enum) else build(**params)
    except ConfigError:
        raise
    except (TypeError, ValueError, ValidationError) as error:
        msg = f"`{kind}`: {error}"
        raise ConfigError(msg) from error


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    msg = f"a dict's key {key!r:.80} has no JSON form: use text"
    raise ConfigError(msg)
