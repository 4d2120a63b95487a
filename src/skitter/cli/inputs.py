"""URLs from arguments, lists and standard input, read while the crawl is on its way.

A list is read piece by piece, as far as the crawl has come, so that its length does not matter: the first page of ten
million lines is fetched at once. Files are opened before the crawl starts, so that one that is missing is said then.
"""

import codecs
import difflib
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skitter.base import url as urls
from skitter.cli.terminal import say, short
from skitter.cli.threads import in_thread
from skitter.config.request import CrawlRequest
from skitter.errors import ConfigError

COMMANDS = ("crawl", "doctor")

_PIECE_BYTES = 2**16
_LINE_CHARS = 2**24
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?(?=[/?#]|$)", re.ASCII)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*(?=:)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REQUEST_KEYS = {"url", "metadata", "session_id"}
_STDIN = "standard input"
_PATH = re.compile(r"/(?!/)|\.{1,2}[/\\]|~|[A-Za-z]:[/\\]")


@dataclass(slots=True)
class _List:
    """One list of URLs.

    Attributes:
        name: What it is called in messages.
        descriptor: Open for reading.
        size_bytes: How much there is to read, None where the end is open.
    """

    name: str
    descriptor: int
    size_bytes: int | None


class Inputs:
    """The URLs of a crawl, in order: an async iterable that can be gone through once.

    Attributes:
        is_single: Whether it is exactly one URL, given as an argument.
        yielded: How many URLs were handed out.
    """

    def __init__(self, parts: Sequence[CrawlRequest | _List]) -> None:
        lists = [part for part in parts if isinstance(part, _List)]
        sizes = [one.size_bytes for one in lists]
        self._parts = parts
        self._pending = len(parts) - len(lists)
        self._lists_to_come = len(lists)
        self._size_bytes = None if None in sizes else sum(size or 0 for size in sizes)
        self._bytes_read = 0
        self._lines_read = 0
        self._told: set[str] = set()
        self.is_single = len(parts) == 1 and not lists
        self.yielded = 0

    @property
    def total(self) -> int | None:
        """How many URLs there are in all, estimated from the lists' sizes until they are read; None if not known."""
        known = self.yielded + self._pending
        if not self._lists_to_come:
            return known
        if self._size_bytes is None or not self._bytes_read:
            return None
        # a file may grow while it is read
        to_come = max(0, self._size_bytes - self._bytes_read)
        return known + round(self._lines_read * to_come / self._bytes_read)

    async def __aiter__(self) -> AsyncIterator[CrawlRequest]:
        for part in self._parts:
            if isinstance(part, CrawlRequest):
                self._pending -= 1
                self.yielded += 1
                yield part
                continue
            async for number, line in self._lines(part):
                self._pending -= 1
                text = line.strip()
                if text and not text.startswith("#"):
                    self.yielded += 1
                    yield self._request(text, f"{part.name}:{number}")
            self._lists_to_come -= 1

    async def _lines(self, part: _List) -> AsyncIterator[tuple[int, str]]:
        number = 0
        async for size_bytes, lines in _pieces(part):
            self._bytes_read += size_bytes
            self._lines_read += len(lines)
            self._pending += len(lines)
            for line in lines:
                number += 1
                yield number, line

    def _request(self, text: str, where: str) -> CrawlRequest:
        """Read one line; one that is wrong is handed on as it is, so that it becomes a failed page in its place."""
        if not text.startswith("{"):
            return CrawlRequest(self._url(text, where))
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            say(f"{where}: not JSON: {error}")
            return CrawlRequest(text)
        url, metadata, session = record.get("url"), record.get("metadata"), record.get("session_id")
        fault = (
            'has no "url" that is text'
            if not isinstance(url, str)
            else 'has "metadata" that is no object'
            if not isinstance(metadata, dict | None)
            else 'has a "session_id" that is no text'
            if not isinstance(session, str | None)
            else None
        )
        if fault:
            say(f"{where}: {fault}")
            return CrawlRequest(text)
        if ignored := sorted(record.keys() - _REQUEST_KEYS):
            names = short(", ".join(ignored))
            self._say_once("keys", f'{where}: ignored: {names}; what is to be kept goes into "metadata"')
        return CrawlRequest(self._url(url.strip(), where), session_id=session, metadata=metadata or {})

    def _url(self, text: str, where: str) -> str:
        if not text.isascii() and _SURROGATE.search(text):
            say(f"{where}: not UTF-8")
            return text.encode(errors="replace").decode()
        try:
            url, note = absolute(text)
        except ConfigError as error:
            say(f"{where}: {error}")
            return text
        if note:
            self._say_once("scheme", f"{where}: {note}")
        return url

    def _say_once(self, what: str, message: str) -> None:
        if what not in self._told:
            self._told.add(what)
            say(f"{message} (said once)")


def open_inputs(arguments: Sequence[str], lists: Sequence[str] = ()) -> Inputs:
    """Return the URLs that *arguments* and *lists* name, arguments first.

    Args:
        arguments: URLs, hosts, paths of files, `@LIST` or `-`.
        lists: Paths of lists, or `-`.

    Raises:
        ConfigError: If there is no URL, an argument is none, or a list cannot be opened.
    """
    parts: list[CrawlRequest | _List] = []
    for argument in arguments:
        if argument == "-" or argument.startswith("@"):
            parts.append(_open(argument.removeprefix("@")))
        else:
            url, note = absolute(argument, may_be_path=True)
            if note:
                say(note)
            parts.append(CrawlRequest(url))
    parts += [_open(name) for name in lists]
    if not parts:
        if sys.stdin is None or sys.stdin.isatty():
            msg = "no URL: write `skitter https://example.com`; `skitter --help` says more"
            raise ConfigError(msg)
        parts.append(_open("-"))
    return Inputs(parts)


def absolute(text: str, *, may_be_path: bool = False) -> tuple[str, str | None]:
    """Return *text* as something that can be crawled, and what was assumed, if anything.

    Args:
        text: A URL, or a host with or without a path.
        may_be_path: Take the path of an existing file for that file.

    Raises:
        ConfigError: If it is none of these; the message says what to write.
    """
    if text[:5].lower().startswith(("raw:", "file:")):
        return text, None
    scheme = _SCHEME.match(text)
    if scheme and text[scheme.end() :].startswith("://"):
        if scheme[0].lower() not in {"http", "https"}:
            raise ConfigError(_cannot(text, scheme[0]))
        return _checked(text), None
    if may_be_path and (path := _local_file(text)):
        return path.resolve().as_uri(), None
    if text.startswith("//"):
        return _assumed("https:", text)
    host = _HOST.match(text)
    if host and _is_host(host[1]):
        return _assumed("http://" if _is_near(host[1]) else "https://", text)
    if scheme and not (host and host[2]):
        raise ConfigError(_cannot(text, scheme[0]))
    raise ConfigError(_nothing(text, may_be_path=may_be_path))


def _local_file(text: str) -> Path | None:
    """Return the path if it is that of a file, None if *text* may be something else.

    Raises:
        ConfigError: If it can only be a path, and there is no such file.
    """
    path = _expanded(text)
    # unlike Path.is_file, os.path.isfile takes a name that is too long for one that is not there
    if os.path.isfile(path):  # noqa: PTH113
        return path
    if _PATH.match(text):
        is_folder = os.path.isdir(path)  # noqa: PTH112
        msg = f"{short(text)}: is a folder: name a file in it" if is_folder else f"{short(text)}: no such file"
        raise ConfigError(msg)
    if text.lower().endswith((".html", ".htm")) and "/" not in text:
        msg = f"{text}: no such file; for a host of that name write https://{text}"
        raise ConfigError(msg)
    return None


def _cannot(text: str, scheme: str) -> str:
    return f"{short(text)}: {scheme}: cannot be crawled; http, https, file and raw can"


def _nothing(text: str, *, may_be_path: bool) -> str:
    if not may_be_path:
        return f"{short(text)}: not a URL: write https://HOST/PATH"
    close = difflib.get_close_matches(text, COMMANDS, n=1, cutoff=0.7)
    hint = f"; did you mean `skitter {close[0]}`?" if close else ": write https://HOST/PATH"
    return f"{short(text)}: neither a URL nor a file{hint}"


def _assumed(scheme: str, text: str) -> tuple[str, str]:
    url = _checked(scheme + text)
    return url, f"{short(text)}: no scheme, taken as {short(url)}"


def _checked(url: str) -> str:
    try:
        urls.parse(url)
    except ValueError as error:
        msg = f"{short(url)}: not a URL: write https://HOST/PATH"
        raise ConfigError(msg) from error
    return url


def _is_host(name: str) -> bool:
    return name.startswith("[") or name.lower() == "localhost" or ("." in name and all(name.rstrip(".").split(".")))


def _is_near(name: str) -> bool:
    """Say whether a host is one that browsers do not expect a certificate of: an address, localhost."""
    last = name.lower().rpartition(".")[2]
    return name.startswith("[") or last.isdigit() or last in {"localhost", "local"}


def _expanded(text: str) -> Path:
    """Return the path *text*, with the home folder for a `~` that no shell has seen, as in `@~/urls.txt`."""
    try:
        return Path(text).expanduser()
    except (RuntimeError, ValueError):
        return Path(text)


def _open(name: str) -> _List:
    if name == "-":
        if sys.stdin is None:
            msg = "standard input is closed: name a file"
            raise ConfigError(msg)
        return _List(_STDIN, sys.stdin.fileno(), _size(sys.stdin.fileno()))
    try:
        descriptor = os.open(_expanded(name), os.O_RDONLY | getattr(os, "O_BINARY", 0))
        os.read(descriptor, 0)  # a folder can be opened on some systems, but not read
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        msg = f"{name}: cannot be read: {reason}"
        raise ConfigError(msg) from error
    return _List(name, descriptor, _size(descriptor))


def _size(descriptor: int) -> int | None:
    """Return how many bytes there are still to read, None where the end is open."""
    try:
        return max(0, os.stat(descriptor).st_size - os.lseek(descriptor, 0, os.SEEK_CUR)) or None
    except OSError:
        return None


async def _pieces(part: _List) -> AsyncIterator[tuple[int, list[str]]]:
    """Yield the list's lines with how many bytes were read for them: as many at a time as one read returns.

    Raises:
        ConfigError: If it cannot be read to its end.
    """
    decoder: codecs.IncrementalDecoder | None = None
    rest: list[str] = []
    rest_chars = 0
    while True:
        try:
            piece = await in_thread(lambda: os.read(part.descriptor, _PIECE_BYTES))
        except OSError as error:
            msg = f"{part.name}: cannot be read: {error.strerror}"
            raise ConfigError(msg) from error
        decoder = decoder or _decoder(piece)
        *whole, last = decoder.decode(piece, final=not piece).split("\n")
        if whole:
            whole[0] = "".join((*rest, whole[0]))
            rest, rest_chars = [], 0
        rest.append(last)
        rest_chars += len(last)
        if rest_chars > _LINE_CHARS:
            msg = f"{part.name}: a line is longer than {_LINE_CHARS} characters: is this a list of URLs?"
            raise ConfigError(msg)
        if not piece:
            break
        yield len(piece), whole
    if part.name != _STDIN:
        os.close(part.descriptor)
    if end := "".join(rest):
        yield 0, [end]


def _decoder(start: bytes) -> codecs.IncrementalDecoder:
    """Return a decoder for the encoding that a list's first bytes tell; PowerShell writes UTF-16."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")(errors="replace")
    return codecs.getincrementaldecoder("utf-8-sig")(errors="surrogateescape")
