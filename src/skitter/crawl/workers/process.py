"""One worker process, as the event loop sees it: how it is started, what it was given, what it answers."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, cast

import skitter
from skitter.crawl.workers import frames

OPTION_SLOTS: Final = 64
"""How many options a worker remembers."""

_BOOT = "import sys; sys.path[:] = sys.argv[1].split('\\n'); from skitter.crawl.workers.program import main; main()"
_TASKS_AHEAD = 4  # one is computed, the others are there when it is done
_WEIGHT_AHEAD = 2**21
_BUFFER_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Shipped:
    """Options as they are sent to workers.

    Attributes:
        options: The object that tasks hold.
        slot: Where workers keep it, below OPTION_SLOTS.
        number: Never used twice; tells what a slot held before from what it holds now.
        pickled: What is sent.
    """

    options: object
    slot: int
    number: int
    pickled: bytes


class Job:
    """One task on its way through the pool."""

    __slots__ = ("abandoned_at", "deaths", "number", "outcome", "packed", "shipped", "url", "weight", "worker")

    def __init__(self, number: int, task: Any, shipped: Shipped | None, weight: int) -> None:
        self.number = number
        self.url = getattr(task, "url", None)
        self.shipped = shipped
        self.packed: frames.Packed | None = frames.pack_task(
            number, task, *((shipped.options, shipped.slot) if shipped else (None, 0))
        )
        self.weight = weight
        self.outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.worker: WorkerProcess | None = None  # who answers for it; None while it waits
        self.abandoned_at: float | None = None
        self.deaths = 0

    def settle(self, outcome: Any) -> bool:
        """Give the caller an outcome, unless it has one."""
        if self.outcome.done():
            return False
        self.outcome.set_result(outcome)
        return True

    def leave(self) -> None:
        """Note that nobody waits for it any more."""
        if not self.outcome.cancel() and not self.outcome.cancelled():
            self.outcome.exception()  # seen, if only now: a caller may be cancelled as it comes
        self.packed = None
        self.abandoned_at = self.outcome.get_loop().time()


class Owner(Protocol):
    """Who is told what a process reports."""

    def ready(self, worker: "WorkerProcess") -> None:
        """It has started."""

    def done(self, worker: "WorkerProcess", number: int, outcome: Any, error: BaseException | None) -> None:
        """It has done a task."""

    def last(self, worker: "WorkerProcess") -> None:
        """It asks to be replaced."""

    def lost(self, worker: "WorkerProcess") -> None:
        """It has ended."""


class WorkerProcess(asyncio.BufferedProtocol):
    """One process, as the event loop sees it."""

    def __init__(self, owner: Owner, work: Callable[[Any], Any], limits: tuple[int, int]) -> None:
        self.loop = asyncio.get_running_loop()
        self.process, self._sock = _start_process(work, limits)
        self.jobs: dict[int, Job] = {}
        self.weight = 0
        self.busy_since = self.idle_since = self.loop.time()
        self.is_ready = False
        self.is_last = False
        self.is_stuck = False
        self.closed: asyncio.Future[None] = self.loop.create_future()
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._reader = frames.FrameReader()
        self._message = frames.Assembly()
        self._options: dict[int, int] = {}
        self._pieces: Iterator[bytes] | None = None
        self._is_paused = False
        self._is_closing = False

    async def connect(self) -> None:
        """Have the event loop serve the socket."""
        if self._sock.family == getattr(socket, "AF_UNIX", None):
            await self.loop.create_unix_connection(lambda: self, sock=self._sock)
        else:
            await self.loop.create_connection(lambda: self, sock=self._sock)

    def close(self) -> None:
        """Close the socket; what was not sent is dropped."""
        self._is_closing = True
        self._pieces = None
        if self._transport is not None:
            self._transport.abort()

    # ---- tasks

    def has_room(self, job: Job) -> bool:
        """Say whether *job* may be given to this worker now."""
        if not self.is_ready or self.is_last or self.is_stuck or self._pieces is not None:
            return False
        return not self.jobs or (len(self.jobs) < _TASKS_AHEAD and self.weight + job.weight <= _WEIGHT_AHEAD)

    def load(self) -> tuple[int, int]:
        """Return what the least busy worker has least of."""
        return len(self.jobs), self.weight

    def give(self, job: Job) -> None:
        """Send a task."""
        if not self.jobs:
            self.busy_since = self.loop.time()
        self.jobs[job.number] = job
        job.worker = self
        self.weight += job.weight
        if (shipped := job.shipped) is not None and self._options.get(shipped.slot) != shipped.number:
            self._options[shipped.slot] = shipped.number
            self._write(frames.frame(frames.OPTIONS, shipped.slot, shipped.pickled))
        assert job.packed is not None  # noqa: S101  # its caller waits
        if job.packed.is_large:
            self._pieces = job.packed.frames()  # nothing else is given meanwhile
            self._send_piece()
        else:
            for one in job.packed.frames():
                self._write(one)

    def _send_piece(self) -> None:
        """Send one piece of a large task a turn of the loop, as fast as the worker takes them."""
        if self._pieces is None:
            return
        piece = next(self._pieces, None)
        if piece is None:
            self._pieces = None
            return
        self._write(piece)
        if not self._is_paused:
            self.loop.call_soon(self._send_piece)

    def _write(self, frame: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame)

    # ---- what the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport over."""
        self._transport = cast("asyncio.Transport", transport)
        if self._is_closing:
            self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where to put what is received."""
        return self._reader.room()

    def buffer_updated(self, nbytes: int) -> None:
        """Report what has arrived."""
        for kind, number, cpu_s, payload in self._reader.frames(nbytes):
            if kind == frames.DONE:
                self._owner.done(self, number, (self._message.load(payload), cpu_s), None)
            elif kind == frames.FAILED:
                self._owner.done(self, number, None, self._message.load(payload))
            elif kind == frames.HELLO:
                self._owner.ready(self)
            elif kind == frames.LAST:
                self._owner.last(self)
            else:
                self._message.add(kind, number, payload)

    def pause_writing(self) -> None:
        """Send no more pieces for now."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """Go on with the pieces."""
        self._is_paused = False
        self._send_piece()

    def connection_lost(self, exc: Exception | None) -> None:
        """Report that the process has ended, or that it was let go."""
        if not self.closed.done():  # who waited for it may have been cancelled, and the wait with him
            self.closed.set_result(None)
        self._owner.lost(self)


def _start_process(
    work: Callable[[Any], Any], limits: tuple[int, int]
) -> "tuple[subprocess.Popen[bytes], socket.socket]":
    """Start a worker; returns it and our end of its socket."""
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            for end in (ours, theirs):
                with contextlib.suppress(OSError):  # a wish: a whole page fits in
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
            ours.setblocking(False)
            arguments = [f"{work.__module__}:{work.__qualname__}", str(os.getpid()), *map(str, limits)]
            return _popen(theirs, arguments), ours
    except BaseException:
        ours.close()
        raise


def _popen(theirs: socket.socket, arguments: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, *_flags(), "-c", _BOOT, "\n".join(_import_path())]
    if sys.platform == "win32":
        process = subprocess.Popen(  # noqa: S603  # our own interpreter
            [*command, "stdin", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            creationflags=subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP,
        )
        assert process.stdin is not None  # noqa: S101  # asked for
        with process.stdin:
            process.stdin.write(theirs.share(process.pid))
        return process
    # Ctrl-C goes to the whole process group: blocked here, it cannot reach a worker before that can ignore it
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return subprocess.Popen(  # noqa: S603  # our own interpreter
            [*command, str(theirs.fileno()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _flags() -> list[str]:
    # isolated: no PYTHON* variable, no current folder and no user's customisation changes what a worker imports
    flags = ["-I", "-Wignore", "-X", f"utf8={sys.flags.utf8_mode}"]
    if sys.dont_write_bytecode:
        flags.append("-B")
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return flags


def _import_path() -> list[str]:
    """Return where this process looks for modules, but for the current folder."""
    ours = str(Path(skitter.__file__).parents[1])
    folders = [folder for folder in sys.path if isinstance(folder, str) and folder]
    return folders if ours in folders else [ours, *folders]
