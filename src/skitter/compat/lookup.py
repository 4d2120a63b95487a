"""From a name that a program asks for to skitter's object."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, NoReturn

import skitter
from skitter.compat.names import IMPORTED_AHEAD, LATER, MODULES
from skitter.errors import ConfigError


def lazily(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a module of crawl4ai."""
    homes = {
        shown: (home, name)
        for home, names in MODULES[module].items()
        for name, _, alias in (entry.partition(" as ") for entry in names)
        for shown in (alias or name,)
    }
    ahead = IMPORTED_AHEAD.get(module, ())

    def find(name: str) -> Any:
        if name in homes:
            home, own_name = homes[name]
            return getattr(import_module(home), own_name)
        if name in ahead:
            return stand_in(name)
        refuse(module, name)

    def names() -> list[str]:
        return sorted([*homes, *ahead])

    return find, names


def top(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for the module `crawl4ai` itself: skitter's names, and its own modules."""

    def find(name: str) -> Any:
        if name in MODULES:
            return import_module(f"{package}.{name}")
        if name == "Crawler":
            return skitter.AsyncWebCrawler
        if name in skitter.__all__:
            return getattr(skitter, name)
        refuse(package, name)

    def names() -> list[str]:
        return sorted([*skitter.__all__, "Crawler"])

    return find, names


def refuse(module: str, name: str) -> NoReturn:
    """Say that *name* is not there.

    Raises:
        ImportError: If it is to come: the one error whose message a `from … import` shows.
        AttributeError: If it is not known at all.
    """
    if name in LATER:
        raise ImportError(_not_yet(name), name=name)
    msg = f"module {module!r} has no attribute {name!r}"
    raise AttributeError(msg)


@cache
def stand_in(name: str) -> type:
    """Return a class that can be imported and not constructed."""

    def refuse_construction(self: object, *arguments: Any, **options: Any) -> NoReturn:
        del self, arguments, options
        raise ConfigError(_not_yet(name))

    return type(name, (), {"__init__": refuse_construction, "__doc__": f"{_not_yet(name)}.", "__module__": __name__})


def _not_yet(name: str) -> str:
    version = ".".join(skitter.__version__.split(".")[:2])
    return f"`{name}` ({LATER[name]}) is not part of skitter {version} yet"
