"""Runs the code in a page of Markdown.

- ``https://example.com`` is the tests' own web: its address is put in before a block runs, and taken out of what it
  prints.
- The ``python`` blocks of a page are one program, run as in a notebook: `await` may stand at the top level.
- In a ``console`` block, what stands after ``$`` is run by the shell where it starts with a command in `COMMANDS`.
- A ``text`` block right after a ``python`` block, and what follows a command, is what is printed; ``...`` stands for
  anything.
- A block with a ``:caption:`` is a file of that name, which later blocks find in their folder.
- ``<!-- not run: why -->`` right before a block leaves it out.
"""

import ast
import asyncio
import contextlib
import doctest
import inspect
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

PLACEHOLDER = "https://example.com"
COMMANDS = ("skitter ", "cat ", "head ", "printf ", "python ")

_FENCE = re.compile(
    r"(?P<left_out><!-- not run: [^>]+ -->\n+)?^(?P<fence>```+)(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, its text, and the line it starts at."""

    language: str
    text: str
    line: int
    caption: str | None
    left_out: bool
    expected: str | None
    """What it prints, None where the page does not say."""


def blocks(page: str) -> Iterator[Block]:
    """Return the blocks of a page in their order, each output with the block it belongs to."""
    found = list(_FENCE.finditer(page))
    for fence, after in zip_longest(found, found[1:]):
        language = fence["info"].strip().removeprefix("{code-block}").strip()
        caption = re.match(r":caption: (.*)\n+", fence["body"])
        follows = (
            after is not None
            and after["info"].strip() == "text"
            and page[fence.end() : after.start()].strip() in {"", "prints"}
        )
        yield Block(
            language=language,
            text=fence["body"][caption.end() :] if caption else fence["body"],
            line=page.count("\n", 0, fence.start("fence")) + 1,
            caption=caption[1] if caption else None,
            left_out=bool(fence["left_out"]),
            expected=after["body"] if follows and after is not None else None,
        )


async def run_page(page: str, *, url: str, folder: Path, name: str) -> None:
    """Run every block of *page*, with *url* in the place of the placeholder and *folder* as the working directory."""
    scope: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        text = block.text.replace(PLACEHOLDER, url)
        where = f"{name}, line {block.line}"
        if block.left_out:
            continue
        if block.caption:
            Path(folder, block.caption).write_text(text)
        elif block.language == "python":
            printed = await _run_python(text, scope, where)
            if block.expected is not None:
                check(block.expected, printed.replace(url, PLACEHOLDER), where)
        elif block.language == "console":
            for command, expected in _commands(text):
                if command.startswith(COMMANDS):
                    printed = await asyncio.to_thread(_run_command, command, folder, where)
                    check(expected.replace(url, PLACEHOLDER), printed.replace(url, PLACEHOLDER), f"{where}: {command}")


def check(expected: str, printed: str, where: str) -> None:
    """Compare what was printed with what a page says, where it says something."""
    same = not expected.strip() or doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS)
    assert same, f"{where} prints\n{printed}\ninstead of\n{expected}"


async def _run_python(text: str, scope: dict[str, Any], where: str) -> str:
    code = compile(text, where, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        if code.co_flags & inspect.CO_COROUTINE:
            await eval(code, scope)
        else:
            await asyncio.to_thread(exec, code, scope)  # it may call asyncio.run
    return printed.getvalue()


def _commands(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def _run_command(command: str, folder: Path, where: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 0, f"{where}: {command} exits with {done.returncode}\n{done.stderr}"
    return done.stdout
