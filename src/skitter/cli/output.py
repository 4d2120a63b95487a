"""Where pages are printed to: standard output, a file, or a folder with a file for each."""

import asyncio
import errno
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO

from skitter.cli.terminal import visible
from skitter.cli.threads import in_thread
from skitter.errors import ConfigError
from skitter.model.result import CrawlResult
from skitter.sinks import PageFolder, replace_file

_STDOUT = "standard output"
_LAST_WRITE_S = 2.0


class ReaderGone(Exception):  # noqa: N818  # named for what happened
    """Who read the output has closed it, as `head` does."""


class Output(Protocol):
    """Takes what is printed for pages."""

    async def write(self, page: CrawlResult | None, record: bytes) -> None:
        """Take the bytes printed for a page; returns when they are on their way.

        Args:
            page: The page; a folder needs it.
            record: The bytes.

        Raises:
            ReaderGone: If nobody reads them.
            ConfigError: If they cannot be written; the message says what to do.
        """
        ...

    async def close(self) -> None:
        """End the output: what was written before is whole."""
        ...


class Screen:
    """Shows pages on a terminal, with their control characters written out."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    async def write(self, page: CrawlResult | None, record: bytes) -> None:
        """Write *record*; see `Output`."""
        del page
        encoding = self._terminal.encoding or "utf-8"
        text = visible(record.decode(errors="replace")).encode(encoding, "replace").decode(encoding)
        with _faults(_STDOUT):
            self._terminal.write(text)
            self._terminal.flush()

    async def close(self) -> None:
        """Do nothing: the terminal is not ours."""


class Stream:
    """Writes pages one after the other, each at once, to an open file or pipe.

    A pipe takes what it has room for. For the rest there is a thread: a reader that is slow holds up the crawl, but
    not what is on its way, whose time limits go on.
    """

    def __init__(self, name: str, descriptor: int, *, is_own: bool) -> None:
        """Write to *descriptor*, and close it in the end if it *is_own*; messages call it *name*."""
        self._name = name
        self._descriptor = descriptor
        self._is_own = is_own
        self._may_block = not stat.S_ISREG(os.fstat(descriptor).st_mode)
        self._running: asyncio.Future[None] | None = None

    async def write(self, page: CrawlResult | None, record: bytes) -> None:
        """Write *record*; see `Output`."""
        del page
        await self._finish()
        left = memoryview(record)
        with _faults(self._name):
            if not self._may_block:
                _write_all(self._descriptor, left)
                return
            left = _write_what_fits(self._descriptor, left)
        if left:
            self._running = in_thread(lambda: _write_all(self._descriptor, left))
            await self._finish()

    async def close(self) -> None:
        """Wait a little for a write that was cancelled, so that its last line is whole, and close the file."""
        try:
            async with asyncio.timeout(_LAST_WRITE_S):
                await self._finish()
        except TimeoutError:
            return
        if self._is_own:
            os.close(self._descriptor)

    async def _finish(self) -> None:
        if (running := self._running) is not None:
            try:
                with _faults(self._name):
                    await asyncio.shield(running)
            finally:
                if running.done():  # it is not where we were cancelled
                    self._running = None


class WholeFile:
    """Writes a single page to a file, which appears whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def write(self, page: CrawlResult | None, record: bytes) -> None:
        """Write *record*; see `Output`."""
        if record or (page is not None and page.success):
            with _faults(str(self._path)):
                replace_file(self._path, record)

    async def close(self) -> None:
        """Do nothing: the file is whole."""


class Folder:
    """Writes each page to a file of its own."""

    def __init__(self, folder: PageFolder, name: str) -> None:
        self._folder = folder
        self._name = name

    async def write(self, page: CrawlResult | None, record: bytes) -> None:
        """Write *record*; see `Output`."""
        if page is not None:
            with _faults(self._name):
                self._folder.write(page, record)

    async def close(self) -> None:
        """Close the index."""
        self._folder.close()


def is_folder(target: str) -> bool:
    """Say whether `--output` *target* names a folder: one that exists, or any path that ends in a slash."""
    separators = ("/", os.sep) if os.altsep is None else ("/", os.sep, os.altsep)
    return target.endswith(separators) or Path(target).is_dir()


def open_output(target: str | None, *, ending: str, is_single: bool) -> Output:
    """Open where pages go.

    Args:
        target: A file, a folder, or None or "-" for standard output.
        ending: Of the files in a folder.
        is_single: Whether there is one page only.

    Raises:
        ConfigError: If it cannot be written.
    """
    if target is None or target == "-":
        return _standard_output()
    path = Path(target)
    with _faults(target):
        if is_folder(target):
            return Folder(PageFolder(path, ending), target)
        if is_single:
            _check_writable(path)
            return WholeFile(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    return Stream(target, descriptor, is_own=True)


def _standard_output() -> Output:
    if sys.stdout is None:
        msg = "standard output is closed: write to a file with --output FILE"
        raise ConfigError(msg)
    return Screen(sys.stdout) if sys.stdout.isatty() else Stream(_STDOUT, sys.stdout.fileno(), is_own=False)


def _check_writable(path: Path) -> None:
    """Find out before the crawl whether *path* can be written, without changing it.

    Raises:
        OSError: If it cannot.
    """
    if path.exists():
        os.close(os.open(path, os.O_WRONLY))
    elif not path.parent.is_dir():
        raise FileNotFoundError
    elif not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _write_all(descriptor: int, left: memoryview) -> None:
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:  # who started us made the pipe so
            select.select([], [descriptor], [])


def _write_what_fits(descriptor: int, left: memoryview) -> memoryview:
    """Write as much as can be written without waiting, and return the rest."""
    if not hasattr(select, "poll"):
        return left
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    while left and poll.poll(0):
        # a pipe that is ready takes this much at once (POSIX, pipe(7)): more might wait
        left = left[os.write(descriptor, left[: select.PIPE_BUF]) :]
    return left


@contextmanager
def _faults(name: str) -> Iterator[None]:
    """Turn what the system says of a write into what the user is told."""
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGone from error
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "its folder does not exist" if missing else error.strerror or str(error)
        msg = f"{name}: cannot be written: {reason}"
        raise ConfigError(msg) from error
