"""A web server of the tests: HTTP/1.1 on loopback, in a thread of its own, whose every answer is a plain function.

The thread keeps the server honest when a test blocks its event loop, runs without one, or starts another process. A
page is ``async (asked, answer) -> None`` under a name in ``pages.py`` or ``faults.py``: it may use `Answer.send` for a
proper response, or write raw bytes, wait and cut the connection for an improper one.
"""

import asyncio
import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

T = TypeVar("T")
HTML = "text/html; charset=utf-8"
CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""A self-signed certificate for localhost and 127.0.0.1, with its key; worth nothing outside the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, as it came.

    Attributes:
        path: Decoded, without the query.
        parts: The path's segments.
        headers: By lower-case name; several of one name are joined by ", ".
        host: The Host header without its port.
        connection: Number of the connection it came over, from 1.
        start_s: When its head had been read, on the monotonic clock.
        count: How often its target has been asked for, from 1.
    """

    method: str
    target: str
    path: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    host: str
    connection: int
    start_s: float
    url: str
    count: int = 1


class Answer:
    """The way back to the client of one request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, head_only: bool = False) -> None:
        self.reader = reader
        self.writer = writer
        self.head_only = head_only
        self.keep_alive = False
        """Whether another request may follow; only a proper response leaves that open."""

    async def send(
        self,
        body: str | bytes = b"",
        *,
        status: int = 200,
        content_type: str = HTML,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> None:
        """Send a proper response."""
        payload = body.encode() if isinstance(body, str) else body
        await self.head(
            status, [("Content-Type", content_type), ("Content-Length", str(len(payload))), *_pairs(headers)]
        )
        if not self.head_only:
            await self.write(payload)
        self.keep_alive = True

    async def json(self, value: Any, *, status: int = 200) -> None:
        """Send *value* as JSON."""
        await self.send(json.dumps(value, indent=1), status=status, content_type="application/json")

    async def head(self, status: int, headers: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        """Send a status line and headers, whatever they promise."""
        lines = [f"HTTP/1.1 {status} {_reason(status)}", *(f"{name}: {value}" for name, value in _pairs(headers))]
        await self.write("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def chunk(self, data: bytes) -> None:
        """Send one chunk of a chunked body; an empty one ends it."""
        await self.write(b"%x\r\n%b\r\n" % (len(data), data))

    async def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def hang(self) -> None:
        """Say nothing until the client gives up and closes, or the test ends."""
        while await self.reader.read(2**16):
            pass

    def reset(self) -> None:
        """Cut the connection with a TCP reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Page = Callable[[Asked, Answer], Awaitable[None]]


@dataclass
class Statistics:
    """What the server has seen."""

    asked: list[Asked] = field(default_factory=list)
    """Every request, in the order of arrival."""

    connections: int = 0
    """Connections accepted so far."""

    open_connections: int = 0
    """Connections that stand now."""

    running: Counter[str] = field(default_factory=Counter)
    """Requests being answered now, by host."""

    most_at_once: Counter[str] = field(default_factory=Counter)
    """The most requests that were answered at the same time, by host."""

    @property
    def hits(self) -> Counter[str]:
        """Requests by path."""
        return Counter(asked.path for asked in self.asked)

    def starts_s(self, path: str | None = None, *, host: str | None = None) -> list[float]:
        """When the requests of a path or host came, in order, on the monotonic clock."""
        return [
            asked.start_s
            for asked in self.asked
            if (path is None or asked.path == path) and (host is None or asked.host == host)
        ]


class LoopThread:
    """An event loop in a thread of its own, for as long as a `with` block lasts."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* on the loop and wait for what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _end_tasks(self) -> None:
        for _ in range(4):  # who connects at the last moment has a task a round later, and closes in the next
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=5) if tasks else None
            await asyncio.sleep(0)


class Site(LoopThread):
    """The web server; `url` is its address, `seen` what it was asked.

    Args:
        pages: Pages by the first segment of their path; "" is the start page.
    """

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._pages = pages
        self._own: dict[str, Page] = {}
        self._servers: dict[str, asyncio.Server] = {}
        self.seen = Statistics()
        self._counts: Counter[str] = Counter()
        self.host_delay_s: dict[str, float] = {}
        """Seconds by which every answer of a host is held back."""
        self.port = 0

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self.run(self._listen("127.0.0.1"))
        except BaseException:
            super().__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exc: Any) -> None:
        for server in self._servers.values():
            self._loop.call_soon_threadsafe(server.close)
        super().__exit__(*exc)

    @property
    def url(self) -> str:
        """The address, `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.port}"

    def hosts(self, count: int) -> list[str]:
        """Return the addresses of *count* hosts that all serve the same pages: 127.0.0.1, 127.0.0.2, …"""
        names = [f"127.0.0.{n}" for n in range(1, count + 1)]
        for name in names:
            if name not in self._servers:
                self.run(self._listen(name))
        return [f"http://{name}:{self.port}" for name in names]

    def https_url(self) -> str:
        """Return an address that serves the same pages over TLS, with the self-signed `CERTIFICATE`."""
        if "https" not in self._servers:
            self.run(self._listen_tls())
        port = self._servers["https"].sockets[0].getsockname()[1]
        return f"https://localhost:{port}"

    async def is_quiet(self, within_s: float = 5.0) -> bool:
        """Wait until no connection stands any more; False where one still does after *within_s*."""
        end_s = time.monotonic() + within_s
        while self.seen.open_connections and time.monotonic() < end_s:
            await asyncio.sleep(0.005)
        return not self.seen.open_connections

    def put(
        self,
        path: str,
        body: str | bytes = b"",
        *,
        status: int = 200,
        content_type: str = HTML,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> str:
        """Serve a page of the test's own at *path*, and return its URL."""
        pairs = list(_pairs(headers))

        async def page(asked: Asked, answer: Answer) -> None:
            del asked
            await answer.send(body, status=status, content_type=content_type, headers=pairs)

        return self.put_page(path, page)

    def put_page(self, path: str, page: Page) -> str:
        """Serve what *page* does at *path*, and return its URL."""
        self._own[path] = page
        return self.url + path

    async def _listen(self, address: str) -> None:
        server = await asyncio.start_server(self._connection, address, self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._servers[address] = server

    async def _listen_tls(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._servers["https"] = await asyncio.start_server(self._connection, "127.0.0.1", 0, ssl=context)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen.connections += 1
        self.seen.open_connections += 1
        number = self.seen.connections
        try:
            # a client that goes away is nothing special; a cancelled task is the end of the test
            with contextlib.suppress(
                ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError
            ):
                while await self._exchange(reader, writer, number):
                    pass
        finally:
            self.seen.open_connections -= 1
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        asked = await read_request(reader, connection)
        self._counts[asked.target] += 1
        asked = replace(asked, count=self._counts[asked.target])
        answer = Answer(reader, writer, head_only=asked.method == "HEAD")
        self.seen.asked.append(asked)
        self.seen.running[asked.host] += 1
        self.seen.most_at_once[asked.host] = max(self.seen.most_at_once[asked.host], self.seen.running[asked.host])
        try:
            await asyncio.sleep(self.host_delay_s.get(asked.host, 0))
            await self._page(asked)(asked, answer)
        finally:
            self.seen.running[asked.host] -= 1
        return answer.keep_alive and asked.headers.get("connection", "").lower() != "close"

    def _page(self, asked: Asked) -> Page:
        own = self._own.get(asked.path)
        if own is not None:
            return own
        name = asked.parts[0] if asked.parts else ""
        return self._pages.get(name) or self._pages.get(name.rstrip("0123456789") + "#") or _not_found


class Wire(LoopThread):
    """A server that plays scripted bytes, whatever it is sent.

    A script is a list of bytes to send, numbers of seconds to wait, and `Wire.RESET`, `Wire.HANG` or `Wire.READ` (wait
    for the head of a request). A connection plays the next script, the last one again and again; then it is closed.
    """

    RESET = "reset"
    HANG = "hang"
    READ = "read"

    def __init__(self, *scripts: Iterable[bytes | float | str]) -> None:
        self._scripts = [list(script) for script in scripts]
        self.received: list[bytes] = []
        """What each connection's READ steps were sent."""
        self.connections = 0

    def __enter__(self) -> Self:
        super().__enter__()
        self._server = self.run(asyncio.start_server(self._connection, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *exc: Any) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        super().__exit__(*exc)

    @property
    def url(self) -> str:
        """The address, `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.port}"

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self._scripts[min(self.connections, len(self._scripts) - 1)]
        self.connections += 1
        answer = Answer(reader, writer)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                for step in script:
                    await self._play(step, reader, answer)
        finally:
            writer.close()

    async def _play(self, step: bytes | float | str, reader: asyncio.StreamReader, answer: Answer) -> None:
        if isinstance(step, bytes):
            await answer.write(step)
        elif isinstance(step, int | float):
            await asyncio.sleep(step)
        elif step == self.READ:
            self.received.append(await reader.readuntil(b"\r\n\r\n"))
        elif step == self.HANG:
            await answer.hang()
        else:
            answer.reset()


async def read_request(reader: asyncio.StreamReader, connection: int) -> Asked:
    """Read one request.

    Raises:
        asyncio.IncompleteReadError: If the client has closed the connection.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    start_s = time.monotonic()
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    if headers.get("transfer-encoding") == "chunked":
        body = await _read_chunked(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    split = urlsplit(target)
    path = unquote(split.path)
    host = headers.get("host", "")
    return Asked(
        method=method,
        target=target,
        path=path,
        parts=tuple(part for part in path.split("/") if part),
        query=dict(parse_qsl(split.query, keep_blank_values=True)),
        headers=headers,
        body=body,
        host=host.rpartition(":")[0] or host,
        connection=connection,
        start_s=start_s,
        url=target if split.scheme else f"http://{host}{target}",
    )


async def _read_chunked(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _not_found(asked: Asked, answer: Answer) -> None:
    body = f"<h1>Not found</h1><p>No page is at {asked.path}.</p>"
    await answer.send(f"<html><head><title>Not found</title></head><body>{body}</body></html>", status=404)


def _pairs(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return headers.items() if isinstance(headers, Mapping) else headers


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Whatever"
