"""Writes the reference pages from the package itself: the options with their texts, and every public name.

No text in these pages is written for them: an option's is the string under it in its group, a class's its docstring.
"""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import skitter
from skitter import errors
from skitter.config import BrowserConfig, CrawlerRunConfig
from skitter.crawler import crawl
from skitter.errors import CrawlError
from skitter.fetch.http_config import HTTPCrawlerConfig

CONFIGS = (CrawlerRunConfig, BrowserConfig, HTTPCrawlerConfig)
RESULTS = ("CrawlResult", "CrawlFailure", "MarkdownGenerationResult", "DispatchResult")
INDEX = """# Reference

Written from the source: nothing on these pages can differ from what the program does.

```{toctree}
options
results
errors
names
```
"""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One annotated attribute of a class, as its source has it."""

    name: str
    annotation: str
    default: str
    text: str


def write(folder: Path) -> None:
    """Write every page into *folder*; what has not changed is left alone, so that it is not built again."""
    folder.mkdir(exist_ok=True)
    pages = {
        "index.md": INDEX.splitlines(),
        "options.md": options_page(),
        "results.md": results_page(),
        "errors.md": errors_page(),
        "names.md": names_page(),
    }
    for name, lines in pages.items():
        text = "\n".join(lines) + "\n"
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


@cache
def attributes(cls: type) -> tuple[Attribute, ...]:
    """Return the attributes that *cls* itself defines, in their order; one without a text has an empty one."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    body = tree.body[0].body  # type: ignore[attr-defined]  # the source of a class is a class
    found = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and str(after.value.value)
            default = ast.unparse(node.value) if node.value else ""
            found.append(Attribute(node.target.id, ast.unparse(node.annotation), default, inspect.cleandoc(said or "")))
    return tuple(found)


def homes(config: type) -> dict[str, list[type]]:
    """Return for each option of *config* the classes that define it; there should be one."""
    groups: dict[str, list[type]] = {}
    for cls in config.__mro__:
        if cls.__module__.startswith("skitter."):
            for attribute in attributes(cls):
                if attribute.name in config.model_fields:  # type: ignore[attr-defined]  # a pydantic model
                    groups.setdefault(attribute.name, []).append(cls)
    return groups


# ---- pages


def options_page() -> Iterator[str]:
    yield from ("# Options", "")
    yield "Options are given by keyword, checked at once, and never change afterwards. An unknown name is an error."
    for config in CONFIGS:
        yield from ("", f"## {config.__name__}", "", summary(config))
        owners = list(dict.fromkeys(group for [group, *_] in homes(config).values()))
        for owner in sorted(owners, key=[*config.__mro__].index):
            if owner is not config:
                yield from ("", f"### {summary(owner).rstrip('.')}")
            yield from table(owner)


def results_page() -> Iterator[str]:
    yield from ("# Results", "")
    yield "What comes back for a page. A page's failure is a result as well: see [Errors](errors.md)."
    for name in RESULTS:
        cls = getattr(skitter, name)
        yield from ("", f"## {name}", "", *markdown(inspect.getdoc(cls)), *table(cls))
        yield from members(cls)


def errors_page() -> Iterator[str]:
    yield from (
        "# Errors",
        "",
        "The page's fault becomes a result: `success` is false, `error_message` says in words what",
    )
    yield from (
        "happened and what to do, and `error.kind` says it for programs. The caller's fault is raised at once.",
        "",
    )
    yield from ("| Kind | Class | Tried again | What happened |", "|---|---|---|---|")
    for name, cls in vars(errors).items():
        if is_error(cls) and cls not in {CrawlError, errors.FetchError}:
            yield f"| `{cls.kind}` | `{name}` | {'yes' if cls.retryable else 'no'} | {cell(summary(cls))} |"
    yield from ("", *markdown(inspect.getdoc(CrawlError)))


def names_page() -> Iterator[str]:
    yield from ("# Public names", "", "What `from skitter import …` offers beside options, results and errors.")
    for name in skitter.__all__:
        value = getattr(skitter, name)
        value = crawl if name == "crawl" else value  # a folder has that name, too
        if name in RESULTS or value in CONFIGS or not callable(value) or is_error(value):
            continue
        yield from ("", f"## {name}", "", *signature(name, value), *markdown(inspect.getdoc(value)))
        if isinstance(value, type):
            yield from arguments(value)
            yield from table(value)
            yield from members(value)


# ---- their parts


def table(cls: type) -> Iterator[str]:
    rows = [attribute for attribute in attributes(cls) if attribute.text and attribute.name[0] != "_"]
    if rows:
        yield from ("", "| Name | Type | Default | Meaning |", "|---|---|---|---|")
    for row in rows:
        said = code(kind(cls, row.annotation)), code(default(cls, row.name, row.default)), cell(row.text)
        yield f"| `{row.name}` | {' | '.join(said)} |"


def arguments(cls: type) -> Iterator[str]:
    """Describe what a class is made from, where its `__init__` says so and not the class."""
    text = inspect.getdoc(vars(cls).get("__init__")) or ""
    if ":\n" in text:
        yield from ("", *markdown(text.partition("\n\n")[2]))


def members(cls: type) -> Iterator[str]:
    """Describe the public methods and properties that *cls* itself defines."""
    for name, value in vars(cls).items():
        inner = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if (
            name[0] == "_"
            or not (inspect.isfunction(inner) or isinstance(inner, property))
            or not inspect.getdoc(inner)
        ):
            continue
        title = f"{cls.__name__}.{name}"
        yield from ("", f"### {title}", "")
        if not isinstance(inner, property):
            yield from signature(name, inner)
        yield from markdown(inspect.getdoc(inner))


def signature(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, type) and (
        hasattr(value, "model_fields") or issubclass(value, BaseException) or is_enum(value)
    ):
        return
    try:
        called = inspect.signature(value)
    except ValueError:  # a class built on a type in C
        return
    kept = [one for one in called.parameters.values() if one.name not in {"self", "cls"}]
    line = f"{name}{called.replace(parameters=kept)}"
    line = re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Z_a-z])", "", line.replace("'", "")).removesuffix(" -> None")
    prefix = "await " if inspect.iscoroutinefunction(value) else ""
    yield from ("```python", *textwrap.wrap(prefix + line, 100, subsequent_indent="    "), "```", "")


def is_enum(cls: type) -> bool:
    return hasattr(cls, "__members__")


def is_error(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, CrawlError)


def summary(cls: type) -> str:
    """Return the first sentence of a docstring, which stands alone."""
    return (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ")


BOUNDS = {
    "PositiveInt": "int > 0",
    "PositiveFloat": "float > 0",
    "NonNegativeInt": "int ≥ 0",
    "NonNegativeFloat": "float ≥ 0",
}


def kind(cls: type, annotation: str) -> str:
    """Say in few words what an annotation allows."""
    tree = ast.parse(annotation, mode="eval").body
    if isinstance(tree, ast.Subscript) and ast.unparse(tree.value) == "Annotated":
        tree = tree.slice.elts[0]  # type: ignore[attr-defined]  # what Annotated holds is a tuple
    text = ast.unparse(tree)
    value = vars(sys.modules[cls.__module__]).get(text)
    if get_origin(value) is Literal:
        text = f"Literal[{', '.join(map(repr, get_args(value)))}]"
    text = re.sub(r"Literal\[(.*?)\]", lambda found: found[1].replace(", ", " | "), text)
    return re.sub(r"\b_?([A-Za-z]\w*)", lambda found: BOUNDS.get(found[1], found[1]), text)


def default(cls: type, name: str, value: str) -> str:
    """Return a default as it is written; where it is made, what is made."""
    fields = getattr(cls, "model_fields", {})
    if "default_factory" in value and name in fields:
        made = fields[name].get_default(call_default_factory=True)
        return repr(made) if isinstance(made, dict | list | tuple) else f"{type(made).__name__}()"
    return value


def code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


SECTIONS = {
    "Args": "Arguments",
    "Attributes": "Attributes",
    "Raises": "Raises",
    "Returns": "Returns",
    "Yields": "Yields",
}


def markdown(docstring: str | None) -> Iterator[str]:
    """Turn a docstring in Google's form into Markdown."""
    for part in re.split(r"\n(?=(?:\w+):\n {4})", docstring or ""):
        title, _, body = part.partition(":\n")
        if title == "Example":
            yield from ("", "```python", textwrap.dedent(body).strip("\n"), "```")
        elif title in SECTIONS and body:
            yield from ("", f"**{SECTIONS[title]}**", "", *section(textwrap.dedent(body).strip("\n")))
        else:
            yield from paragraphs(part)


def section(body: str) -> Iterable[str]:
    """Turn `name: text` entries into a list; a text without a name stays one."""
    entries = re.split(r"\n(?! )", body)
    named = [re.fullmatch(r"(\*{0,2}\w+):\s+(.*)", entry, re.DOTALL) for entry in entries]
    if all(named):
        return [f"- `{entry[1]}`: {' '.join(entry[2].split())}" for entry in named if entry]
    return [" ".join(body.split())]


def paragraphs(text: str) -> Iterator[str]:
    """Keep the text; what is indented in it is shown as it stands."""
    for block in re.split(r"\n\n(?! )", text.strip("\n")):
        head, _, indented = block.partition("\n\n    ")
        yield from (head, "")
        if indented:
            yield from ("```text", textwrap.dedent("    " + indented), "```", "")
