"""What a crawl could leave behind: open files and connections, child processes."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import psutil

from tests.site.server import Site

T = TypeVar("T")
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Footprint:
    """How much of the machine this process holds."""

    files: int
    children: int

    @classmethod
    def now(cls) -> "Footprint":
        gc.collect()
        process = psutil.Process()
        return cls(files=process.num_fds(), children=len(process.children()))


async def footprint(site: Site) -> Footprint:
    """Return what is held when every connection to *site* is gone; take it before and after, with a warm engine."""
    assert await site.is_quiet(), "connections are still open"
    return Footprint.now()


async def assert_released(site: Site, before: Footprint) -> None:
    """Wait until nothing is held beyond *before*; fail where something still is."""
    assert await site.is_quiet(), "connections are still open"
    async with asyncio.timeout(_PATIENCE_S * 2):
        for _ in range(int(_PATIENCE_S / 0.02)):
            now = Footprint.now()
            if now.files <= before.files and now.children <= before.children:
                return
            await asyncio.sleep(0.02)
    assert now == before, "something was left open"


class Stepped(Generic[T]):
    """A coroutine whose suspensions are counted; `at(n)` is called when it has been suspended n times."""

    def __init__(self, work: Coroutine[Any, Any, T], at: Callable[[int], None]) -> None:
        self._work = work
        self._at = at
        self.steps = 0

    def __await__(self) -> Generator[Any, Any, T]:
        resume: Callable[[], Any] = lambda: self._work.send(None)  # noqa: E731  # what the loop does next
        while True:
            try:
                waits_for = resume()
            except StopIteration as end:
                done: T = end.value
                return done
            self.steps += 1
            self._at(self.steps)
            try:
                yield waits_for
                resume = lambda: self._work.send(None)  # noqa: E731
            except BaseException as error:
                thrown = error
                resume = lambda: self._work.throw(thrown)  # noqa: B023, E731


async def cancelled_at(step: int, work: Coroutine[Any, Any, T]) -> tuple[bool, int]:
    """Run *work* in a task and cancel it at its n-th suspension; return whether it was, and its suspensions."""
    loop = asyncio.get_running_loop()

    async def main() -> T:
        return await stepped

    stepped = Stepped(work, lambda n: loop.call_soon(task.cancel) if n == step else None)
    task = asyncio.ensure_future(main())
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return task.cancelled(), stepped.steps
