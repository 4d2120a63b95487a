"""What the two flat configs have in common: class-wide defaults and their JSON form."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from pydantic import ValidationError

from skitter.base.options import Options
from skitter.config import wire
from skitter.errors import ConfigError


class Config(Options):
    """A flat config: a value that is said wins over the class-wide default, which wins over the built-in one."""

    _defaults: ClassVar[dict[str, Any]] = {}

    def __init__(self, **options: Any) -> None:
        self._build(self.get_defaults() | self._spelled(options))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._defaults = {}

    def _build(self, options: dict[str, Any]) -> None:
        try:
            super().__init__(**options)
        except ValidationError as error:
            raise ConfigError(_explain(type(self), options, error)) from error

    @classmethod
    def _spelled(cls, options: dict[str, Any]) -> dict[str, Any]:
        """Return *options* as the fields have them, where a config knows further names."""
        return options

    @classmethod
    def exactly(cls, **options: Any) -> Self:
        """Build a config from *options* alone, whatever class-wide defaults are set."""
        config = cls.__new__(cls)
        cls._build(config, cls._spelled(options))
        return config

    def clone(self, **changes: Any) -> Self:
        """Return a copy with *changes* applied, validated as a whole; class-wide defaults do not come into it."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        return self.exactly(**(said | self._spelled(changes)))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return what `clone` returns: an immutable value needs no deep copy."""
        del deep
        return self.clone(**(update or {}))

    def __getstate__(self) -> dict[Any, Any]:
        # what was derived from the options is derived again where it is needed
        state = super().__getstate__()
        fields = type(self).model_fields
        return state | {"__dict__": {name: value for name, value in state["__dict__"].items() if name in fields}}

    @classmethod
    def set_defaults(cls, **options: Any) -> None:
        """Change what configs built from now on start with, in this process.

        Raises:
            ConfigError: If an option is unknown or its value is wrong.
        """
        options = cls._spelled(options)
        _check_names(cls, options)
        cls(**options)
        cls._defaults |= _copied(options)

    @classmethod
    def get_defaults(cls) -> dict[str, Any]:
        """Return the class-wide defaults that were set, those of base classes included."""
        merged: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            merged |= _copied(vars(base).get("_defaults", {}))
        return merged

    @classmethod
    def reset_defaults(cls, *names: str) -> None:
        """Forget the class-wide defaults of *names*, or all of them."""
        _check_names(cls, names)
        for name in names or tuple(cls._defaults):
            cls._defaults.pop(name, None)

    @classmethod
    def from_kwargs(cls, options: Mapping[str, Any]) -> Self:
        """Build a config from a dict of options."""
        return cls(**options)

    def to_dict(self) -> dict[str, Any]:
        """Return every option by name; values that are strategies or groups stay objects."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    @classmethod
    def from_dict(cls, options: Mapping[str, Any]) -> Self:
        """Build a config from a dict of options.

        In what `to_dict` returned, an option with its built-in value counts as not said.
        """
        fields = cls.model_fields
        if options.keys() == fields.keys():
            unset = cls.exactly()
            return cls.exactly(**{name: value for name, value in options.items() if value != getattr(unset, name)})
        return cls(**options)

    def dump(self) -> dict[str, Any]:
        """Return the config in its JSON form: what was said, and the class-wide defaults it was built with.

        Raises:
            ConfigError: If a value has no JSON form, such as a function.
        """
        dumped: dict[str, Any] = wire.dump(self)
        return dumped

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Build the config that `dump` returned the JSON form of, or one from a plain dict of options.

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


def _copied(value: Any) -> Any:
    """Copy the containers in *value*, so that no caller holds a part of it; strategies are values and are shared."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(_copied(item) for item in value)
    return value


def _check_names(cls: type[Config], names: Iterable[str]) -> None:
    if unknown := sorted(set(names) - set(cls.model_fields)):
        raise ConfigError(_unknown(cls, unknown[0]))


def _unknown(cls: type[Config], name: str) -> str:
    close = difflib.get_close_matches(name, cls.model_fields, n=1)
    return f"{cls.__name__} has no option `{name}`" + (f"; did you mean `{close[0]}`?" if close else "")


def _explain(cls: type[Config], options: Mapping[str, Any], error: ValidationError) -> str:
    """Say what is wrong, an option each; of an option of several types, what each of them found wrong."""
    wrong: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else "options"
        if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1:
            wrong[_unknown(cls, name)] = []
            continue
        path = ".".join(str(part) for part in fault["loc"][1:] if _is_place(part))
        message = fault["msg"].replace("valid tuple", "list")
        found = wrong.setdefault(f"{cls.__name__}: `{name}` is {_shown(name, options.get(name))}: ", [])
        found.append(f"{path}: {message}" if path else message)
    return "; ".join(start + ", ".join(dict.fromkeys(messages)) for start, messages in wrong.items())


def _is_place(part: int | str) -> bool:
    """Say whether part of a location is an option or an index, and not the name of a type that was tried."""
    return isinstance(part, int) or (part.isidentifier() and part.islower() and part not in _TRIED_TYPES)


_TRIED_TYPES = {"bool", "bytes", "callable", "dict", "float", "int", "list", "none", "str", "tuple"}


def _shown(name: str, value: Any) -> str:
    if "proxy" in name or not isinstance(value, str | int | float | bytes | None):
        return f"of type {type(value).__name__}"  # no password is shown, and no long value
    return f"{value!r:.80}"
