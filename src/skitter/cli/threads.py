"""Calls that may block for ever, such as reading a terminal or writing to a pipe that nobody empties."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_thread(function: Callable[[], T]) -> asyncio.Future[T]:
    """Call *function* in a thread of its own; what it returns or raises is in the future.

    When the future is cancelled the call goes on and the thread is left behind: unlike the event loop's own threads,
    which are waited for at exit, one that blocks does not keep the program from ending.
    """
    future: concurrent.futures.Future[T] = concurrent.futures.Future()

    def work() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001  # handed to who awaits
            future.set_exception(error)

    threading.Thread(target=work, name="skitter-blocking", daemon=True).start()
    return asyncio.wrap_future(future)
