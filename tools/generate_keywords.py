"""Write src/skitter/config/keywords.py: the options of the two configs, for type checkers and editors.

A config takes its options in more shapes than it keeps them in: a list for a tuple, a dict for a group of options, text
for an enumeration. With `--check` nothing is written, and the exit code is 1 if the file is not what would be.
"""

import collections.abc
import sys
import types
import typing
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from pydantic import SecretStr  # noqa: E402  # found beside the line above

from skitter.base.options import Options  # noqa: E402
from skitter.config import BrowserConfig, CrawlerRunConfig  # noqa: E402
from skitter.config.base import Config  # noqa: E402

TARGET = ROOT / "src/skitter/config/keywords.py"
READ_SPECIALLY = {
    ("BrowserConfig", "proxy_config"): "Proxy | None",
    ("BrowserConfig", "storage_state"): "str | PathLike[str] | Mapping[str, Any] | None",
    ("CrawlerRunConfig", "cache_mode"): "CacheMode | str | None",
    ("CrawlerRunConfig", "proxy_config"): "Proxy | Sequence[Proxy | None] | None",
    ("CrawlerRunConfig", "scraping_strategy"): "ContentScrapingStrategy | Strategy | None",
}
"""Options that are read from further shapes."""


class Shapes:
    """Writes types as a caller may give them, and keeps note of what they import."""

    def __init__(self) -> None:
        self.imports: dict[str, set[str]] = {}

    def name(self, module: str, name: str) -> str:
        """Return *name*, to be imported from *module*."""
        if module != "builtins":
            self.imports.setdefault(module, set()).add(name)
        return name

    def of(self, kind: Any) -> str:
        """Return the shapes in which a value of *kind* is taken."""
        return " | ".join(dict.fromkeys(self._shapes(kind)))

    def _shapes(self, kind: Any) -> list[str]:
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin is Annotated:
            return self._shapes(args[0])
        if origin in (typing.Union, types.UnionType):
            return [shape for arg in args for shape in self._shapes(arg)]
        return [self._of_generic(origin, args)] if origin else self._of_class(kind)

    def _of_class(self, kind: Any) -> list[str]:
        if kind is type(None):
            return ["None"]
        name = self.name(kind.__module__, kind.__name__)
        if not isinstance(kind, type):
            return [name]  # Any
        if kind is SecretStr or issubclass(kind, Enum):
            return [name, "str"]
        return [name, "Mapping[str, Any]"] if issubclass(kind, Options) else [name]

    def _of_generic(self, origin: Any, args: tuple[Any, ...]) -> str:
        if origin is typing.Literal:
            choices = ", ".join(f'"{choice}"' for choice in args)
            return f"{self.name('typing', 'Literal')}[{choices}]"
        if origin is tuple and args[-1] is ...:
            return f"Sequence[{self.of(args[0])}]"
        if origin is collections.abc.Callable:
            taken = ", ".join(self.of(arg) for arg in args[0])
            return f"{self.name('collections.abc', 'Callable')}[[{taken}], {self.of(args[1])}]"
        return f"{self.name(origin.__module__, origin.__name__)}[{', '.join(self.of(arg) for arg in args)}]"


def typed_dict(head: list[str], config: type[Config], shapes: Shapes, wanted: Callable[[str], bool]) -> list[str]:
    """Return a TypedDict with the options of *config*."""
    lines = [*head, ""]
    for name, field in config.model_fields.items():
        if wanted(name):
            shape = READ_SPECIALLY.get((config.__name__, name)) or shapes.of(field.annotation)
            lines.append(f"    {name}: {shape}")
    return lines


def text() -> str:
    """Return the text of the module."""
    shapes = Shapes()
    for module, name in (
        ("typing", "Any"),
        ("typing", "TypedDict"),
        ("os", "PathLike"),
        ("collections.abc", "Mapping"),
        ("collections.abc", "Sequence"),
        ("skitter.base.options", "Strategy"),
        ("skitter.fetch.proxies", "ProxyConfig"),
        ("skitter.model.cache", "CacheMode"),
        ("skitter.model.scraping", "ContentScrapingStrategy"),
    ):
        shapes.name(module, name)
    overrides = typed_dict(
        ["class CrawlOverrides(TypedDict, total=False):", '    """Options of a crawl, beside its URL."""'],
        CrawlerRunConfig,
        shapes,
        lambda name: name != "url",
    )
    crawl = typed_dict(
        ["class CrawlKeywords(CrawlOverrides, total=False):", '    """Options of CrawlerRunConfig."""'],
        CrawlerRunConfig,
        shapes,
        lambda name: name == "url",
    )
    browser = typed_dict(
        ["class BrowserKeywords(TypedDict, total=False):", '    """Options of BrowserConfig."""'],
        BrowserConfig,
        shapes,
        lambda name: True,
    )
    std, own = [], []
    for module, names in sorted(shapes.imports.items()):
        ordered = sorted(names, key=lambda name: (not name[0].isupper(), name.lower()))
        (own if module.startswith("skitter") else std).append(f"from {module} import {', '.join(ordered)}")
    lines = [
        '"""The options of the two configs in every shape they are taken in; written by tools/generate_keywords.py.',
        "",
        "For type checkers and editors: nothing imports it when a program runs.",
        '"""',
        "",
        *std,
        "",
        *own,
        "",
        "Proxy = ProxyConfig | Mapping[str, Any] | str",
        '"""One proxy; as text, `scheme://user:password@host:port` or `direct`."""',
        "",
        "",
        *overrides,
        "",
        "",
        *crawl,
        "",
        "",
        *browser,
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write or check."""
    expected = text()
    fresh = TARGET.exists() and TARGET.read_text() == expected
    if not fresh and "--check" not in sys.argv[1:]:
        TARGET.write_text(expected)
    print("as it should be" if fresh else "stale" if "--check" in sys.argv[1:] else "written")
    return int("--check" in sys.argv[1:] and not fresh)


if __name__ == "__main__":
    sys.exit(main())
