"""Where pages are printed to: standard output, a file, or a folder with a file for each."""

import asyncio
import errno
import os
import select
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from skitter.cli.terminal import visible
from skitter.cli.threads import in_thread
from skitter.errors import ConfigError
from skitter.model.result import CrawlResult
from skitter.sinks import PageFolder, replace_file


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


class Stream:
    """Writes pages one after the other, each at once, to an open file, pipe or terminal."""

    def __init__(
        self, name: str, write: Callable[[bytes], None], *, blocks: bool, own_descriptor: int | None = None
    ) -> None:
        """Write with *write*, in a thread if it may block; close *own_descriptor* at the end. Messages say *name*."""
        self._name = name
        self._write = write
        self._blocks = blocks
        self._own_descriptor = own_descriptor
        self._running: asyncio.Future[None] | None = None

    async def write(self, page: CrawlResult | None, record: bytes) -> None:
        """Write *record*; see `Output`."""
        del page
        if not record:
            return
        await self._finish()
        with _faults(self._name):
            if not self._blocks:
                self._write(record)
                return
            self._running = in_thread(lambda: self._write(record))
            await self._finish()

    async def close(self) -> None:
        """Wait a little for a write that was cancelled, so that its last line is whole, and close the file."""
        try:
            async with asyncio.timeout(_LAST_WRITE_S):
                await self._finish()
        except TimeoutError:
            return
        if self._own_descriptor is not None:
            os.close(self._own_descriptor)

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


_LAST_WRITE_S = 2.0


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
    return Stream(
        target,
        lambda record: _write_all(descriptor, record),
        blocks=_may_block(descriptor),
        own_descriptor=descriptor,
    )


def _standard_output() -> Stream:
    stream = sys.stdout
    if stream is None:
        msg = "standard output is closed: write to a file with --output FILE"
        raise ConfigError(msg)
    if not stream.isatty():
        descriptor = stream.fileno()
        return Stream("standard output", lambda record: _write_all(descriptor, record), blocks=_may_block(descriptor))

    def show(record: bytes) -> None:
        text = visible(record.decode(errors="replace"))
        stream.write(text.encode(stream.encoding, "replace").decode(stream.encoding))
        stream.flush()

    return Stream("standard output", show, blocks=False)


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


def _may_block(descriptor: int) -> bool:
    return not stat.S_ISREG(os.fstat(descriptor).st_mode)


def _write_all(descriptor: int, record: bytes) -> None:
    left = memoryview(record)
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:  # who started us made the pipe so
            select.select([], [descriptor], [])


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
