"""Write the modules that programs of crawl4ai import from, out of src/skitter/compat/names.py.

With `--check` nothing is written, and the exit code is 1 if the files are not what would be.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

import skitter  # noqa: E402  # found by the line above
from skitter.compat.names import MODULES  # noqa: E402

BESIDE_SKITTERS_OWN = ROOT / "src/skitter/compat/modules"
CRAWL4AI = ROOT / "compat/src/crawl4ai"
WIDTH = 120


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with its text."""
    packages = {module.rpartition(".")[0] for module in MODULES}
    for module in MODULES:
        path = Path(*module.split("."))
        path = path / "__init__.py" if module in packages else path.with_suffix(".py")
        for folder in (BESIDE_SKITTERS_OWN, CRAWL4AI):
            yield folder / path, text_of(module)
    yield CRAWL4AI / "__init__.py", text_of_top()


def text_of_top() -> str:
    """Return the text of the module `crawl4ai` itself."""
    names = sorted({*skitter.__all__} - {"__version__"})
    lines = [
        '"""Skitter, for programs that import crawl4ai; written by tools/generate_compat.py."""',
        "",
        "from typing import TYPE_CHECKING",
        "",
        "if TYPE_CHECKING:",
        *import_of("skitter", tuple(names)),
        "    from skitter import AsyncWebCrawler as Crawler",
        "else:",
        "    from skitter.compat.lookup import top",
        "",
        "    __getattr__, __dir__ = top(__name__)",
        "",
        f'__version__ = "{skitter.__version__}"',
        "",
        *listed("__all__ = [", [f'"{name}"' for name in sorted([*names, "Crawler", "__version__"])], "]"),
    ]
    return "\n".join(lines) + "\n"


def text_of(module: str) -> str:
    """Return the text of one module."""
    imports = [line for home, names in sorted(MODULES[module].items()) for line in import_of(home, names)]
    known = sorted(entry.rpartition(" ")[2] for names in MODULES[module].values() for entry in names)
    lines = [
        f'"""The names of crawl4ai\'s `{module}`; written by tools/generate_compat.py."""',
        "",
        "from typing import TYPE_CHECKING",
        "",
        *(["if TYPE_CHECKING:", *imports, "else:"] if imports else ["if not TYPE_CHECKING:"]),
        "    from skitter.compat.lookup import lazily",
        "",
        f'    __getattr__, __dir__ = lazily("{module}")',
        "",
        *listed("__all__ = [" if known else "__all__: list[str] = [", [f'"{name}"' for name in known], "]"),
    ]
    return "\n".join(lines) + "\n"


def import_of(home: str, names: tuple[str, ...]) -> list[str]:
    """Return import statements as the formatter would write them: one, and one for each other name."""
    plain = [name for name in names if " as " not in name]
    plain.sort(key=lambda name: (not name[0].isupper(), name.lower()))
    groups = ([plain] if plain else []) + [[name] for name in names if " as " in name]
    lines: list[str] = []
    for group in sorted(groups, key=lambda group: (group[0].partition(" ")[0].lower(), " as " in group[0])):
        line = f"    from {home} import {', '.join(group)}"
        if len(line) <= WIDTH:
            lines.append(line)
        else:
            lines += [f"    from {home} import (", *(f"        {name}," for name in group), "    )"]
    return lines


def listed(start: str, items: list[str], end: str) -> list[str]:
    """Return a list as the formatter would write it."""
    line = f"{start}{', '.join(items)}{end}"
    return [line] if len(line) <= WIDTH else [start, *(f"    {item}," for item in items), end]


def main() -> int:
    """Write or check."""
    check = "--check" in sys.argv[1:]
    stale = []
    for target, text in files():
        if not target.exists() or target.read_text() != text:
            stale.append(target.relative_to(ROOT).as_posix())
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
    print("\n".join(f"{'stale' if check else 'written'}: {name}" for name in stale) or "all as they should be")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
