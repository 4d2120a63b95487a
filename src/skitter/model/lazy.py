"""Models whose fields may be computed when they are first read.

A page's result has parts that many callers never look at: the decoded HTML, the citations, a dict for every link. Its
maker hands those over as functions of no arguments; the first read of such a field calls its function, keeps the value
and lets the function go. Whatever looks at the model as a whole (dumping, comparing, copying, pickling) computes all
fields first.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Self, cast

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, SerializerFunctionWrapHandler, model_serializer
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

_LATER = "~later"  # not an identifier: no field can have this name


class LazyModel(BaseModel):
    """A model that may compute fields when they are first read."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @classmethod
    def trusted(cls, values: dict[str, Any], later: dict[str, Callable[[], Any]] | None = None) -> Self:
        """Build a model without validating: *values* by field, and functions for the fields that may wait.

        Both dicts become the model's own. Fields named in neither get their defaults.
        """
        model = cls.__new__(cls)
        said = set(values)
        if later:
            said.update(later)
            values[_LATER] = later
        values.update({name: default for name, default in _plain_defaults(cls) if name not in said})
        object.__setattr__(model, "__dict__", values)
        object.__setattr__(model, "__pydantic_fields_set__", said)
        object.__setattr__(model, "__pydantic_extra__", None)
        object.__setattr__(model, "__pydantic_private__", None)
        return model

    def model_post_init(self, context: Any, /) -> None:
        """Take away the empty lists and dicts that nobody gave: each costs memory, and most are never looked at."""
        values, said = self.__dict__, self.__pydantic_fields_set__
        for name in _made_defaults(type(self)):
            if name not in said:
                values.pop(name, None)

    def compute(self) -> Self:
        """Compute every field that has not been read yet."""
        values = self.__dict__
        fields = type(self).model_fields
        if _LATER in values or len(values) < len(fields):
            ordered = {name: getattr(self, name) for name in fields}
            values.clear()
            values.update(ordered)
        return self

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__
        later: dict[str, Callable[[], Any]] = values.get(_LATER) or {}
        make = later.get(name) or _made_defaults(type(self)).get(name)
        if make is not None:
            try:
                value = make()
            except AttributeError as error:
                # left as it is, it would read as if the field did not exist
                msg = f"`{name}` could not be computed: {error}"
                raise RuntimeError(msg) from error
            values.setdefault(name, value)
            later.pop(name, None)
        if name in values:  # also where another thread was first
            return values[name]
        return super().__getattr__(name)  # type: ignore[misc]  # pydantic defines it outside of TYPE_CHECKING

    @model_serializer(mode="wrap")
    def _dump_all(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self.compute())
        return dumped

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe what is dumped by the fields; the serializer adds nothing to them."""
        fields = dict(schema)
        fields.pop("serialization", None)
        return handler(cast("CoreSchema", fields))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LazyModel):
            other.compute()
        return super(LazyModel, self.compute()).__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # as every model that is compared by value

    def __repr_args__(self) -> Any:
        return super(LazyModel, self.compute()).__repr_args__()

    def __getstate__(self) -> dict[Any, Any]:
        return super(LazyModel, self.compute()).__getstate__()

    def __copy__(self) -> Self:
        return super(LazyModel, self.compute()).__copy__()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return super(LazyModel, self.compute()).__deepcopy__(memo)


@cache
def _plain_defaults(cls: type[BaseModel]) -> list[tuple[str, Any]]:
    return [(name, field.default) for name, field in cls.model_fields.items() if field.default_factory is None]


@cache
def _made_defaults(cls: type[BaseModel]) -> dict[str, Callable[[], Any]]:
    fields = cls.model_fields.items()
    return {name: cast("Callable[[], Any]", field.default_factory) for name, field in fields if field.default_factory}
