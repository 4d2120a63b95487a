"""An event loop whose clock jumps: sleeping takes no time, and what happens when is exact."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Where nothing is left to do now, the time moves on to the next timer; threads' work is done at once."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self.rounds = 0
        self.on_round: Callable[[int], None] = lambda _: None
        """Called before each round of callbacks with its number: a way in between any two steps of any task."""
        super().__init__(_JumpingSelector(self._advance))

    def time(self) -> float:
        return self._now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _run_once(self) -> None:
        self.rounds += 1
        self.on_round(self.rounds)
        super()._run_once()  # type: ignore[misc]

    def _advance(self, seconds: float) -> None:
        self._now += seconds


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self, advance: Callable[[float], None]) -> None:
        super().__init__()
        self._advance = advance

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("every task waits for something that will never come")
        if not ready and timeout:
            self._advance(timeout)
        return ready


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run *coroutine* in virtual time; like `asyncio.run`, and no task may be left when it returns."""

    async def watched() -> T:
        result = await coroutine
        for _ in range(20):
            await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks are still running: {left}"
        return result

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(watched())
