"""A fetch that is cancelled at any moment leaves no connection, and the fetcher goes on."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import psutil
import pytest

from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.options import FetchOptions
from skitter.model.request import Request
from tests.site.server import Wire

DEFAULT = FetchOptions()


def connections(port: int) -> int:
    """Return how many sockets of this process are connected, or connecting, to *port*."""
    return sum(bool(one.raddr) and one.raddr.port == port for one in psutil.Process().net_connections("tcp"))


async def gone(port: int) -> None:
    """Wait until no socket is connected to *port*; the server's own ends are not looked at."""
    async with asyncio.timeout(5):
        while connections(port):
            await asyncio.sleep(0.005)


@contextlib.contextmanager
def busy_server() -> Iterator[tuple[int, int]]:
    """Listen and accept nobody, with a queue that is full: a connection stays half open."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        port = server.getsockname()[1]
        yield port, connections(port)


async def cancelled(fetcher: HTTPFetcher, url: str, port: int) -> None:
    """Fetch *url*, and cancel that a little after there is a connection."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(fetcher.fetch(Request(url=url), DEFAULT))
        async with asyncio.timeout(5):
            while not connections(port):
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.03)
        task.cancel()
    assert task.cancelled()


@pytest.mark.parametrize(
    "script",
    [
        [Wire.HANG],
        [Wire.READ, Wire.HANG],
        [Wire.READ, b"HTTP/1.1 200 OK\r\nContent-Le", Wire.HANG],
        [Wire.READ, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Wire.HANG],
        [Wire.READ, b"HTTP/1.1 200 OK\r\n\r\nno end", Wire.HANG],
        [Wire.READ, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf", Wire.HANG],
        [Wire.READ, b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 9\r\n\r\n\x0b", Wire.HANG],
    ],
    ids=["connected", "asked", "head", "body", "endless body", "chunk", "br"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_wherever_the_server_stalls(wire, script: list, scheme: str):
    server = wire(script)
    async with HTTPFetcher() as fetcher:
        await cancelled(fetcher, server.url.replace("http:", f"{scheme}:"), server.port)
        await gone(server.port)


async def test_before_the_connection_stands():
    with busy_server() as (port, waiting):
        async with HTTPFetcher() as fetcher:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(fetcher.fetch(Request(url=f"http://127.0.0.1:{port}/"), DEFAULT))
                async with asyncio.timeout(5):
                    while connections(port) == waiting:
                        await asyncio.sleep(0.005)
                task.cancel()
            async with asyncio.timeout(5):
                while connections(port) > waiting:
                    await asyncio.sleep(0.005)


async def test_behind_a_proxy(wire):
    server = wire([Wire.READ, Wire.HANG])
    async with HTTPFetcher() as fetcher:
        options = FetchOptions(proxy_config=server.url)
        for url in ("http://a.example/", "https://a.example/"):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await fetcher.fetch(Request(url=url), options)
        await gone(server.port)


async def test_every_moment_of_a_fetch(site):
    """Cancel after each number of turns of the event loop, through redirects, cookies and the body."""
    url = f"{site.url}/redirect/3"
    options = FetchOptions(block_private_addresses=True, session_id="s")
    async with HTTPFetcher(HTTPCrawlerConfig(max_connections=2), is_allowed=lambda _: True) as fetcher:
        outcomes = set()
        for turns in range(60):
            with contextlib.suppress(asyncio.CancelledError):
                async with asyncio.TaskGroup() as group:
                    task = group.create_task(fetcher.fetch(Request(url=url), options))
                    for _ in range(turns):
                        await asyncio.sleep(0)
                    if turns > 30:
                        await asyncio.sleep(0.0002 * turns)
                    task.cancel()
            outcomes.add(task.cancelled())
        assert True in outcomes
        async with asyncio.timeout(5):  # no place of the two is lost
            await asyncio.gather(*(fetcher.fetch(Request(url=url), options) for _ in range(8)))
        assert len(fetcher._guard._asking) == 0
    await gone(site.port)


async def test_closing_ends_what_is_running(site):
    async with asyncio.TaskGroup() as group:
        async with HTTPFetcher() as fetcher:
            tasks = [group.create_task(fetcher.fetch(Request(url=f"{site.url}/fault/hang"), DEFAULT)) for _ in range(5)]
            async with asyncio.timeout(5):
                while len(site.seen.asked) < 5:
                    await asyncio.sleep(0.005)
        async with asyncio.timeout(5):
            await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
    await gone(site.port)


@pytest.mark.slow
async def test_a_thousand_at_once(site):
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 3000:
        pytest.skip("this process may not open so many files")
    async with HTTPFetcher() as fetcher:
        await fetcher.fetch(Request(url=f"{site.url}/page1"), DEFAULT)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(fetcher.fetch(Request(url=f"{site.url}/delay/0.5?{n}"), DEFAULT)) for n in range(1000)
            ]
        assert {task.result().status for task in tasks} == {200}
        assert {task.result().url.partition("?")[2] for task in tasks} == {str(n) for n in range(1000)}
        assert max(site.seen.most_at_once.values()) > 100
    await gone(site.port)
