"""Every config that can be built survives cloning, dicts, JSON and pickling."""

import json
import pickle
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from skitter.base.options import Options
from skitter.config import BrowserConfig, CrawlerRunConfig, wire
from skitter.config.base import Config
from skitter.fetch.http_config import HTTPCrawlerConfig

Values = st.SearchStrategy[Any]
TEXT = st.text(max_size=12)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
OWN = {  # options whose text is not just any text
    "proxy": st.just("http://user:pass@proxy.example:8080"),
    "proxy_config": st.just({"server": "http://proxy.example:8080", "password": "p"}),
}


def values_of(annotation: Any, metadata: tuple[Any, ...] = ()) -> Values | None:
    """Return values of a type that have a JSON form, None where it has none."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return values_of(args[0], args[1:])
    return _plain(annotation, metadata) if origin is None else _composed(origin, args)


def _composed(origin: Any, args: tuple[Any, ...]) -> Values | None:
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin is Mapping:
        values = JSON_VALUES if args[1] is Any else values_of(args[1])
        return None if values is None else st.dictionaries(TEXT, values, max_size=2)
    if origin is tuple:
        items = [values_of(arg) for arg in args if arg is not ...]
        if None in items:
            return None
        return st.lists(items[0], max_size=3) if ... in args else st.tuples(*items)
    if origin in (typing.Union, types.UnionType):
        kinds = [kind for arg in args if (kind := values_of(arg)) is not None]
        return st.one_of(kinds) if kinds else None
    return None


def _plain(annotation: Any, metadata: tuple[Any, ...]) -> Values | None:
    bounds = {"max_value": 10**6}
    for limit in metadata:
        if (above := getattr(limit, "gt", None)) is not None:
            bounds["min_value"] = above + 1
        if (least := getattr(limit, "ge", None)) is not None:
            bounds["min_value"] = least
        if (most := getattr(limit, "le", None)) is not None:
            bounds["max_value"] = most
    found: dict[Any, Callable[[], Values]] = {
        Any: st.none,
        type(None): st.none,
        bool: st.booleans,
        int: lambda: st.integers(**bounds),
        float: lambda: st.floats(allow_nan=False, **bounds),
        str: lambda: TEXT,
        SecretStr: lambda: TEXT,
        bytes: lambda: st.binary(max_size=9),
    }
    if annotation in found:
        return found[annotation]()
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Options):
        return st.builds(annotation, **options_of(annotation, required=True))
    return None


def options_of(options: type[Options], *, required: bool) -> dict[str, Values]:
    fields: dict[str, FieldInfo] = options.model_fields
    found = {
        name: OWN[name] if name in OWN else values_of(field.annotation, tuple(field.metadata))
        for name, field in fields.items()
    }
    wanted = {name for name, field in fields.items() if field.is_required()} if required else found.keys()
    return {name: values for name, values in found.items() if values is not None and name in wanted}


def some_options(config: type[Options]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=options_of(config, required=False))


def test_most_options_are_drawn():
    for config, left_out in ((CrawlerRunConfig, 5), (BrowserConfig, 0)):
        assert len(options_of(config, required=False)) >= len(config.model_fields) - left_out


def same(one: Config, other: Config) -> bool:
    return one == other and one.model_fields_set == other.model_fields_set


@pytest.mark.parametrize("config", [CrawlerRunConfig, BrowserConfig])
def test_round_trips(config: type[Config]):
    @given(said=some_options(config), changes=some_options(config))
    def survives(said: dict[str, Any], changes: dict[str, Any]) -> None:
        built = config(**said)
        assert same(config.load(json.loads(json.dumps(built.dump()))), built)
        assert same(built.clone(), built)
        assert config.from_dict(built.to_dict()) == built
        assert same(pickle.loads(pickle.dumps(built)), built)
        changed = built.clone(**changes)
        expected = config(**(said | changes))
        assert all(
            getattr(changed, name) == getattr(expected, name)
            for name in config.model_fields
            if name not in {"proxy", "proxy_config", "channel", "chrome_channel"}  # two names of one thing
        )

    survives()


@given(said=some_options(HTTPCrawlerConfig))
def test_http_options_round_trip(said: dict[str, Any]):
    for one, other in (("auth", "bearer_token"), ("data", "json")):  # these exclude each other
        if said.get(other) is not None:
            said.pop(one, None)
    built = HTTPCrawlerConfig(**said)
    assert wire.load(json.loads(json.dumps(wire.dump(built)))) == built
