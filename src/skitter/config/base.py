"""What the two flat configs have in common: class-wide defaults and their JSON form."""

import copy
import difflib
from typing import Any, ClassVar, Self

from pydantic import ValidationError, model_validator

from skitter.base.options import Options
from skitter.config import wire
from skitter.errors import ConfigError


class Config(Options):
    """A flat config: a value that is said wins over the class-wide default, which wins over the built-in one."""

    _defaults: ClassVar[dict[str, Any]]

    def __init__(self, **options: Any) -> None:
        try:
            super().__init__(**options)
        except ValidationError as error:
            raise ConfigError(_explain(type(self), error)) from error

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._defaults = {}

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, values: Any) -> Any:
        if cls._defaults and isinstance(values, dict):
            return copy.deepcopy(cls._defaults) | values
        return values

    @classmethod
    def set_defaults(cls, **options: Any) -> None:
        """Change what configs built from now on start with, in this process.

        Raises:
            ConfigError: If an option is unknown or its value is wrong.
        """
        _check_names(cls, options)
        cls(**options)
        cls._defaults |= copy.deepcopy(options)

    @classmethod
    def get_defaults(cls) -> dict[str, Any]:
        """Return the class-wide defaults that were set."""
        return copy.deepcopy(cls._defaults)

    @classmethod
    def reset_defaults(cls, *names: str) -> None:
        """Forget the class-wide defaults of *names*, or all of them."""
        _check_names(cls, names)
        for name in names or tuple(cls._defaults):
            cls._defaults.pop(name, None)

    @classmethod
    def from_kwargs(cls, options: dict[str, Any]) -> Self:
        """Build a config from a dict of options."""
        return cls(**options)

    def to_dict(self) -> dict[str, Any]:
        """Return every option by name; values that are strategies or groups stay objects."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    @classmethod
    def from_dict(cls, options: dict[str, Any]) -> Self:
        """Build a config from what `to_dict` returned."""
        return cls(**options)

    def dump(self) -> dict[str, Any]:
        """Return the config in its JSON form: only what differs from the built-in defaults.

        Raises:
            ConfigError: If a value has no JSON form, such as a function.
        """
        return wire.dump(self)

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Build a config from what `dump` returned.

        Raises:
            ConfigError: If *data* names an unknown type or option.
        """
        loaded = wire.load(data)
        if isinstance(loaded, dict):
            loaded = cls(**loaded)
        if not isinstance(loaded, cls):
            msg = f"expected a {cls.__name__}, the data holds a {type(loaded).__name__}"
            raise ConfigError(msg)
        return loaded


def _check_names(cls: type[Config], names: Any) -> None:
    if unknown := sorted(set(names) - set(cls.model_fields)):
        raise ConfigError(_unknown(cls, unknown[0]))


def _unknown(cls: type[Config], name: str) -> str:
    close = difflib.get_close_matches(name, cls.model_fields, n=1)
    return f"{cls.__name__} has no option `{name}`" + (f"; did you mean `{close[0]}`?" if close else "")


def _explain(cls: type[Config], error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_url=False):
        name = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1:
            lines.append(_unknown(cls, name))
        else:
            lines.append(f"{cls.__name__}: `{name}` is {fault['input']!r:.80}: {fault['msg']}")
    return "; ".join(dict.fromkeys(lines))
