"""Tiny proxies on loopback: just enough of HTTP CONNECT, HTTP forwarding, SOCKS4(a) and SOCKS5 to be gone through."""

import asyncio
import base64
import contextlib
import socket
import struct
from typing import Any

from tests.site.server import LoopThread

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy(LoopThread):
    """A proxy that notes what it is asked for.

    Args:
        user: Name and password it asks for; None lets everybody through.
        answer: Sent instead of what was asked for: an HTTP status line, or the byte a SOCKS proxy refuses with.
        names: Where names lead, for a proxy that is handed names.
    """

    def __init__(self, user: tuple[str, str] | None = None, answer: Any = None, names: dict[str, str] | None = None):
        self._user = user
        self._answer = answer
        self._names = names or {}
        self.asked: list[str] = []

    def __enter__(self):
        super().__enter__()
        self._server = self.run(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *exc):
        self._loop.call_soon_threadsafe(self._server.close)
        super().__exit__(*exc)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self.talk(reader, writer)
        writer.close()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    async def pass_on(self, host: str, port: int, near: Connection, first: bytes = b"") -> None:
        far = await asyncio.open_connection(self._names.get(host, host), port)
        far[1].write(first)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_copy(near[0], far[1]))
                group.create_task(_copy(far[0], near[1]))
        finally:
            far[1].close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


class HTTPProxy(Proxy):
    """Forwards http:// requests, and opens tunnels for others; only the first request of a connection is noted."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        self.asked.append(f"{method} {target}")
        if self._user is not None:
            said = base64.b64encode(":".join(self._user).encode()).decode()
            if not any(line.lower().startswith("proxy-authorization:") and line.endswith(said) for line in lines):
                writer.write(b"HTTP/1.1 407 Who are you?\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
                return
        if self._answer is not None:
            writer.write(self._answer)
            return
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await self.pass_on(host.strip("[]"), int(port), (reader, writer))
        else:
            place, _, path = target.removeprefix("http://").partition("/")
            host, _, port = place.partition(":")
            kept = [line for line in lines[1:-2] if not line.lower().startswith("proxy-")]
            head = "\r\n".join([f"{method} /{path} HTTP/1.1", *kept, "", ""]).encode("latin-1")
            await self.pass_on(host, int(port or 80), (reader, writer), head)


class SOCKSProxy(Proxy):
    """Speaks SOCKS4, SOCKS4a and SOCKS5."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version = (await reader.readexactly(1))[0]
        host, port, done = await (self._socks4 if version == 4 else self._socks5)(reader, writer)
        if not host:
            return
        self.asked.append(f"socks{version} {host}")
        writer.write(done)
        if self._answer is None:
            await self.pass_on(host, port, (reader, writer))

    async def _socks4(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int, bytes]:
        _, port, address = struct.unpack(">BH4s", await reader.readexactly(7))
        await reader.readuntil(b"\0")
        host = socket.inet_ntoa(address)
        if address[:3] == b"\0\0\0":
            host = (await reader.readuntil(b"\0"))[:-1].decode()
        return host, port, b"\0" + bytes([90 if self._answer is None else self._answer]) + bytes(6)

    async def _socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int, bytes]:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        if self._user is not None:
            if 2 not in methods:
                writer.write(b"\5\xff")
                return "", 0, b""
            writer.write(b"\5\2")
            await reader.readexactly(1)
            given = [
                (await reader.readexactly((await reader.readexactly(1))[0])).decode() for _ in ("user", "password")
            ]
            right = tuple(given) == self._user
            writer.write(b"\1" + bytes([not right]))
            if not right:
                return "", 0, b""
        else:
            writer.write(b"\5\0")
        kind = (await reader.readexactly(4))[3]
        if kind == 1:
            host = socket.inet_ntoa(await reader.readexactly(4))
        elif kind == 4:
            host = socket.inet_ntop(socket.AF_INET6, await reader.readexactly(16))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        port = int.from_bytes(await reader.readexactly(2))
        return host, port, b"\5" + bytes([self._answer or 0, 0, 1]) + bytes(6)
