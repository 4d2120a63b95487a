"""The program of a worker process: tasks come in over a socket, what a function makes of them goes back.

`pool.py` starts it, as an ordinary start of the interpreter. It imports the function's module and what that needs, and
nothing of the caller's program. It prints nothing unless it crashes.
"""

import contextlib
import faulthandler
import gc
import importlib
import logging
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skitter.crawl.workers import frames
from skitter.errors import CrawlError

_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
_TASKS_BETWEEN_LOOKS = 64
_LONG_S = 0.1
_OUT_OF_MEMORY = 70


def main() -> None:
    """Serve the socket that the command line names, until its other end is closed."""
    channel, reference, parent, max_tasks, max_rss_bytes = sys.argv[2:]
    _outlive_only(int(parent))
    sock = _opened(channel)
    with contextlib.suppress(ConnectionError):  # nobody is there to read the answer
        work = _named(reference)
        gc.freeze()  # what is imported stays: no collection needs to look at it
        sock.sendall(frames.frame(frames.HELLO))
        _Server(sock, work, int(max_tasks), int(max_rss_bytes)).serve()
    os._exit(0)  # at once: there is nothing to put in order


class _Server:
    """Does one task after the other."""

    def __init__(self, sock: socket.socket, work: Callable[[Any], Any], max_tasks: int, max_rss_bytes: int) -> None:
        self._sock = sock
        self._work = work
        self._max_tasks = max_tasks
        self._max_rss_bytes = max_rss_bytes
        self._done = 0
        self._is_last = False

    def serve(self) -> None:
        reader = frames.FrameReader()
        message = frames.Assembly()
        while received := self._sock.recv_into(reader.room()):
            for kind, number, _, payload in reader.frames(received):
                if kind == frames.TASK:
                    started = time.process_time()
                    for reply in self._answer(number, message, payload, started).frames():
                        self._sock.sendall(reply)
                    self._look(was_long=time.process_time() - started > _LONG_S)
                elif kind == frames.OPTIONS:
                    message.options[number] = message.load(payload)
                else:
                    message.add(kind, number, payload)

    def _answer(self, number: int, message: frames.Assembly, payload: memoryview, started: float) -> frames.Packed:
        task = None
        try:
            task = message.load(payload)
            value = self._work(task)
            return frames.pack(frames.DONE, number, value, cpu_s=time.process_time() - started)
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)  # nothing can be relied on; a new worker tries again
        except Exception as error:  # noqa: BLE001  # whatever a page provokes goes back to where the task came from
            return _failure(number, error, task, time.process_time() - started)

    def _look(self, *, was_long: bool) -> None:
        """Ask to be replaced when much was done or much memory is used."""
        self._done += 1
        if self._is_last or not (was_long or self._done % _TASKS_BETWEEN_LOOKS == 0 or self._done >= self._max_tasks):
            return
        if self._done >= self._max_tasks or _rss_bytes() > self._max_rss_bytes:
            self._is_last = True
            self._sock.sendall(frames.frame(frames.LAST))


def _failure(number: int, error: Exception, task: Any, cpu_s: float) -> frames.Packed:
    if isinstance(error, CrawlError):
        with contextlib.suppress(Exception):  # one that cannot be pickled goes as a text
            return frames.pack(frames.FAILED, number, error, cpu_s=cpu_s)
    url = getattr(task, "url", None)
    fault = CrawlError(f"a worker process failed on {url or 'a task'}: {type(error).__name__}: {error}", url=url)
    fault.add_note("".join(traceback.format_exception(error)))
    return frames.pack(frames.FAILED, number, fault, cpu_s=cpu_s)


def _opened(channel: str) -> socket.socket:
    if channel == "stdin":  # Windows: a socket is handed over as a description of it
        return socket.fromshare(sys.stdin.buffer.read())  # type: ignore[attr-defined,no-any-return,unused-ignore]
    return socket.socket(fileno=int(channel))


def _named(reference: str) -> Callable[[Any], Any]:
    module, _, name = reference.partition(":")
    work: Callable[[Any], Any] = getattr(importlib.import_module(module), name)
    return work


def _outlive_only(parent: int) -> None:
    """Leave Ctrl-C to the parent, end with the parent, and keep quiet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger().addHandler(logging.NullHandler())  # else warnings go to the caller's standard error
    if sys.stderr is not None:
        faulthandler.enable()
    if sys.platform == "linux":
        # the closed socket says it too, but is read only between two tasks
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


def _rss_bytes() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # not Linux: only the number of tasks counts
        return 0
