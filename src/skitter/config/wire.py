"""The JSON form of configs and strategies: ``{"type": NAME, "params": {...}}``.

Only the types in the stages' tables are read back; nothing is imported by a name that comes from outside. A function,
a compiled pattern or an object of a user's own class has no JSON form, and dumping one says so.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from pydantic import SecretStr, ValidationError

from skitter.base.options import Options
from skitter.errors import ConfigError

_types: dict[str, type[Any]] = {}


def register(*types: type[Any]) -> None:
    """Let *types* be dumped and loaded."""
    for one in types:
        _types[one.__name__] = one


def dump(value: Any) -> Any:
    """Return the JSON form of *value*.

    Raises:
        ConfigError: If *value*, or something in it, has no JSON form.
    """
    if value is None or isinstance(value, bool | int | float | str):
        if isinstance(value, Enum):
            return {"type": type(value).__name__, "params": value.value}
        return value
    if isinstance(value, Enum):
        return {"type": type(value).__name__, "params": value.value}
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Mapping):
        return {"type": "dict", "value": {str(key): dump(item) for key, item in value.items()}}
    if isinstance(value, list | tuple | set | frozenset):
        return [dump(item) for item in value]
    name = type(value).__name__
    if _types.get(name) is type(value):
        if isinstance(value, Options):
            return {"type": name, "params": {key: dump(item) for key, item in value.said().items()}}
        if hasattr(value, "to_dict"):
            return {"type": name, "params": {key: dump(item) for key, item in value.to_dict().items()}}
    msg = f"a {name} has no JSON form: leave it out of what is dumped, and set it again after loading"
    raise ConfigError(msg)


def load(data: Any) -> Any:
    """Build what `dump` returned the JSON form of.

    Raises:
        ConfigError: If *data* names an unknown type, or one of its options is wrong.
    """
    if isinstance(data, list):
        return [load(item) for item in data]
    if not isinstance(data, dict):
        return data
    kind = data.get("type")
    if kind == "dict" and data.keys() == {"type", "value"}:
        return {key: load(item) for key, item in data["value"].items()}
    if isinstance(kind, str) and data.keys() == {"type", "params"}:
        found = _types.get(kind)
        if found is None:
            msg = f"unknown type `{kind}`: it is none of {', '.join(sorted(_types))}"
            raise ConfigError(msg)
        params = load(data["params"])
        try:
            return found(params) if issubclass(found, Enum) else found(**params)
        except (TypeError, ValueError, ValidationError) as error:
            msg = f"`{kind}`: {error}"
            raise ConfigError(msg) from error
    return {key: load(item) for key, item in data.items()}
