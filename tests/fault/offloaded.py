"""What the tests of offloading have computed instead of pages: imported by their worker processes too."""

import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skitter.errors import DecodeError, HTTPStatusError


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Has what Offload looks at of a PageTask; `url` says what is done: `name:argument`."""

    url: str
    body: bytes | str = b""
    content_encoding: str = ""
    options: Any = None
    marks: Path | None = None
    """A folder in which each process that takes on the task leaves its number."""


@dataclass(slots=True)
class Done:
    url: str
    pid: int
    body: bytes | str = b""
    found: list[Any] = field(default_factory=list)


def work(task: Task) -> Done:
    if task.marks is not None:
        (task.marks / f"{time.monotonic_ns()}-{os.getpid()}").touch()
    name, _, argument = task.url.partition(":")
    done = Done(task.url, os.getpid())
    TRICKS[name](task, done, argument)
    return done


def taken_on_by(marks: Path) -> list[int]:
    """Return the processes that took the task on, in the order in which they did."""
    return [int(mark.name.partition("-")[2]) for mark in sorted(marks.glob("*-*"))]


def kill(task: Task, done: Done, argument: str) -> None:
    os.kill(done.pid, signal.SIGKILL)


def kill_once(task: Task, done: Done, argument: str) -> None:
    if len(taken_on_by(task.marks)) == 1:
        os.kill(done.pid, signal.SIGKILL)


def spin(task: Task, done: Done, argument: str) -> None:
    until = time.monotonic() + float(argument or "inf")
    while time.monotonic() < until:
        pass


def hold(task: Task, done: Done, argument: str) -> None:
    while not (task.marks / "released").exists():
        pass


def spin_once(task: Task, done: Done, argument: str) -> None:
    if len(taken_on_by(task.marks)) == 1:
        spin(task, done, "")


def no_memory(task: Task, done: Done, argument: str) -> None:
    raise MemoryError


def refuse(task: Task, done: Done, argument: str) -> None:
    error = HTTPStatusError("refused", status=int(argument), url=task.url)
    error.retry_after_s = 2.5
    raise error


def fail(task: Task, done: Done, argument: str) -> None:
    raise DecodeError("cut short", url=task.url)


def bug(task: Task, done: Done, argument: str) -> None:
    raise ZeroDivisionError("nothing to divide")


def echo(task: Task, done: Done, argument: str) -> None:
    done.body = task.body


def options(task: Task, done: Done, argument: str) -> None:
    done.found = [task.options]


def rows(task: Task, done: Done, argument: str) -> None:
    done.found = [("row", n, f"text {n}") for n in range(int(argument))]


def unpicklable(task: Task, done: Done, argument: str) -> None:
    done.found = [lambda: None]


def modules(task: Task, done: Done, argument: str) -> None:
    done.found = sorted(sys.modules)


def environment(task: Task, done: Done, argument: str) -> None:
    done.found = [sys.path, sys.flags.isolated, signal.getsignal(signal.SIGINT) is signal.SIG_IGN]


def grow(task: Task, done: Done, argument: str) -> None:
    kept.append(b"x" * int(argument))
    spin(task, done, "0.15")  # what took long is when memory is looked at


def talk(task: Task, done: Done, argument: str) -> None:
    sys.stdout.write("to standard output\n")
    sys.stdout.flush()
    warnings.warn("to standard error", stacklevel=1)


kept: list[bytes] = []
TRICKS: dict[str, Callable[[Task, Done, str], None]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(kill, kill_once, spin, spin_once, hold, no_memory, refuse, fail, bug, echo),
        *(options, rows, unpicklable, modules, environment, grow, talk),
    )
}
