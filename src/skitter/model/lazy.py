"""Models whose fields may be computed when they are first read.

A page's result has parts that many callers never look at: the decoded HTML, the citations, a dict for every link. Its
maker hands those over as functions of no arguments; the first read of such a field calls its function and keeps the
value. Whatever looks at the model as a whole (dumping, comparing, copying, pickling, `repr`) computes all fields first.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

@lru_cache(maxsize=None)
def _defaults(cls: type[BaseModel]) -> list[tuple[str, Any, Any]]:
    return [(name, field.default, field.default_factory) for name, field in cls.model_fields.items()]


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
        for name, default, factory in _defaults(cls):
            if name not in said:
                values[name] = factory() if factory is not None else default
        object.__setattr__(model, "__dict__", values)
        object.__setattr__(model, "__pydantic_fields_set__", said)
        object.__setattr__(model, "__pydantic_extra__", None)
        object.__setattr__(model, "__pydantic_private__", None)
        return model

    def compute(self) -> Self:
        """Compute every field that has not been read yet."""
        values = self.__dict__
        if _LATER in values:
            for name, make in list(values[_LATER].items()):
                if name not in values:
                    values[name] = make()
            ordered = {name: values[name] for name in type(self).model_fields}
            values.clear()
            values.update(ordered)
        return self

    def __getattr__(self, name: str) -> Any:
        later = self.__dict__.get(_LATER)
        if later is not None and name in later:
            value = later[name]()
            self.__dict__[name] = value
            return value
        return super().__getattr__(name)  # type: ignore[misc]  # pydantic defines it outside of TYPE_CHECKING

    @model_serializer(mode="wrap")
    def _dump_all(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self.compute())
        return dumped

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
