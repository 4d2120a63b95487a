"""The base of every group of options and of every built-in strategy."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """An immutable, validated group of options; unknown names are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    def clone(self, **changes: Any) -> Self:
        """Return a copy with *changes* applied, validated as a whole."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self)(**(said | changes))

    def said(self) -> dict[str, Any]:
        """Return the options that differ from their built-in default, by name."""
        fields = type(self).model_fields
        values = {name: getattr(self, name) for name in fields}
        return {
            name: value
            for name, value in values.items()
            if not _same(value, fields[name].get_default(call_default_factory=True))
        }


class Strategy(Options):
    """A built-in strategy: options with one method. Arguments may be given by position, in the order of its fields."""

    positional: ClassVar[tuple[str, ...] | None] = None
    """Names of the arguments that may be given by position; None means every field, in order."""

    def __init__(self, *args: Any, **options: Any) -> None:
        if args:
            names = self.positional if self.positional is not None else tuple(type(self).model_fields)
            if len(args) > len(names):
                msg = f"{type(self).__name__} takes at most {len(names)} positional arguments, {len(args)} were given"
                raise TypeError(msg)
            given = dict(zip(names, args, strict=False))
            if twice := sorted(given.keys() & options.keys()):
                msg = f"{type(self).__name__} got `{twice[0]}` twice: by position and by name"
                raise TypeError(msg)
            options = given | options
        super().__init__(**options)


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))
