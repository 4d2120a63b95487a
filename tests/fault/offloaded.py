"""What the tests of offloading have computed instead of pages: imported by their worker processes too."""

import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skitter.errors import DecodeError, HTTPStatusError


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Has what Offload looks at of a PageTask; `url` says what is done."""

    url: str
    body: bytes | str = b""
    content_encoding: str = ""
    options: Any = None
    marks: Path | None = None
    """A folder in which each worker that takes on the task leaves its process's number."""


@dataclass(slots=True)
class Done:
    url: str
    pid: int
    body: bytes | str = b""
    found: list[Any] = field(default_factory=list)


def work(task: Task) -> Done:
    if task.marks is not None:
        (task.marks / f"{time.monotonic_ns()}-{os.getpid()}").touch()
    what, _, rest = task.url.partition(":")
    result = Done(task.url, os.getpid())
    match what:
        case "echo":
            result.body = task.body
        case "options":
            result.found = [task.options]
        case "spin":
            until = time.monotonic() + float(rest or "inf")
            while time.monotonic() < until:
                pass
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die-once":
            if len(list(task.marks.iterdir())) == 1:
                os.kill(os.getpid(), signal.SIGKILL)
        case "no-memory":
            raise MemoryError
        case "status":
            error = HTTPStatusError("refused", status=int(rest), url=task.url)
            error.retry_after_s = 2.5
            raise error
        case "decode":
            raise DecodeError("cut short", url=task.url)
        case "bug":
            raise ZeroDivisionError("nothing to divide")
        case "unpicklable":
            result.found = [lambda: None]
        case "rows":
            result.found = [("row", n, f"text {n}") for n in range(int(rest))]
        case "strings":
            result.body = rest * 1_500_000
            result.found = [result.body, {"long": [result.body]}, {n: str(n) for n in range(5000)}]
        case "modules":
            result.found = sorted(sys.modules)
        case "environment":
            result.found = [sys.path, os.getcwd(), sys.flags.isolated]
        case "memory":
            kept.append(b"x" * int(rest))
        case "print":
            print("to standard output")
    return result


kept: list[bytes] = []
