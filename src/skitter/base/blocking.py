"""Waiting for a coroutine in code that cannot `await`."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


def wait_for(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run *work* to its end in an event loop of its own, also where one is running already, as in a notebook.

    Who interrupts the wait cancels the work, and gets the interrupt when that has ended.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work())
    return _wait_beside_loop(work)


def _wait_beside_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    begun: Future[Callable[[], object]] = Future()

    async def noted() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101  # it is made by `asyncio.run`
        begun.set_result(lambda: loop.call_soon_threadsafe(task.cancel))
        return await work()

    with ThreadPoolExecutor(1, thread_name_prefix="skitter-wait") as other:
        waiting = other.submit(lambda: asyncio.run(noted()))
        try:
            return waiting.result()
        except BaseException:
            if not waiting.done():
                with suppress(RuntimeError):  # it ended at this very moment
                    begun.result()()
            raise
