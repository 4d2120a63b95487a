"""The tests' own web does what its pages say, spoken to over bare sockets."""

import asyncio
import gzip
import json
import socket
import time
import zlib
from urllib.parse import urlsplit

import pytest

from tests.site.faults import FAULTS
from tests.site.pages import PAGES
from tests.site.server import Site, Wire


async def get(
    url: str, *, headers: str = "", method: str = "GET", body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    target = url.partition(parts.netloc)[2] or "/"
    fixed = f"Host: {parts.netloc}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{method} {target} HTTP/1.1\r\n{fixed}{headers}\r\n".encode() + body)
    try:
        answered = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    top, _, rest = answered.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split()[1]), fields, rest


async def test_a_numbered_page_has_what_the_seed_programs_expect(site: Site):
    status, headers, body = await get(f"{site.url}/page7")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert b"<title>Page 7</title>" in body
    assert (body.count(b"<p>"), body.count(b"<a "), body.count(b"<img ")) == (3, 2, 1)


@pytest.mark.parametrize(
    "path", ["/", "/json", "/dummy.pdf", "/blog/first", "/article/one", "/login", "/whoami", "/graph/5"]
)
async def test_pages_of_the_seed_programs_answer(site: Site, path: str):
    status, _, body = await get(site.url + path)
    assert status == 200
    assert body
    assert site.seen.hits == {path: 1}


async def test_statistics_count_what_happened(site: Site):
    async with asyncio.TaskGroup() as group:
        for n in range(5):
            group.create_task(get(f"{site.url}/delay/0.05?{n}"))
    assert site.seen.hits["/delay/0.05"] == 5
    assert site.seen.connections == 5
    assert site.seen.most_at_once["127.0.0.1"] > 1
    assert len(site.seen.starts_s(host="127.0.0.1")) == 5


async def test_hosts_share_the_pages_and_one_may_be_slow(site: Site):
    fast, slow = site.hosts(2)
    site.host_delay_s["127.0.0.2"] = 0.05
    assert (await get(f"{fast}/page1"))[0] == 200
    start_s = time.monotonic()
    assert (await get(f"{slow}/page1"))[0] == 200
    assert time.monotonic() - start_s >= 0.05


async def test_a_connection_is_kept_for_the_next_request(site: Site):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    for _ in range(3):
        writer.write(b"GET /text HTTP/1.1\r\nHost: here\r\n\r\n")
        assert await reader.readuntil(b"lines.\n")
    writer.close()
    await writer.wait_closed()
    assert site.seen.connections == 1


async def test_refusals_end_after_as_many_as_were_asked_for(site: Site):
    url = f"{site.url}/retry/429/2?after=3"
    answers = [await get(url) for _ in range(3)]
    assert [status for status, _, _ in answers] == [429, 429, 200]
    assert answers[0][1]["retry-after"] == "3"


async def test_own_pages_and_bodies_are_served(site: Site):
    url = site.put("/mine", "<p>Mine</p>", status=201, headers={"X-Mine": "yes"})
    status, headers, body = await get(url)
    assert (status, headers["x-mine"], body) == (201, "yes", b"<p>Mine</p>")
    _, _, said = await get(f"{site.url}/echo", method="POST", body=b"a=1")
    assert json.loads(said)["body"] == "a=1"


@pytest.mark.parametrize(("name", "unpack"), [("gzip", gzip.decompress), ("deflate", zlib.decompress)])
async def test_encoded_pages_unpack(site: Site, name: str, unpack):
    _, headers, body = await get(f"{site.url}/encoded/{name}")
    assert headers["content-encoding"] == name
    assert b"<h1>Encoded</h1>" in unpack(body)


async def test_truncated_body_is_shorter_than_it_says(site: Site):
    _, headers, body = await get(f"{site.url}/fault/truncated")
    assert len(body) < int(headers["content-length"])


@pytest.mark.parametrize("name", ["reset", "reset-body"])
async def test_reset_is_a_reset(site: Site, name: str):
    with pytest.raises(ConnectionResetError):
        await get(f"{site.url}/fault/{name}")


async def test_bomb_is_small_on_the_wire(site: Site):
    _, headers, body = await get(f"{site.url}/fault/bomb/8")
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 20_000
    assert len(gzip.decompress(body)) > 8 * 2**20


async def test_hanging_pages_do_not_outlive_the_site():
    with Site(PAGES | {"fault": lambda asked, answer: FAULTS[asked.parts[1]](asked, answer)}) as site:
        sock = socket.create_connection(("127.0.0.1", site.port))
        sock.sendall(b"GET /fault/hang HTTP/1.1\r\nHost: here\r\n\r\n")
        while not site.seen.asked:
            await asyncio.sleep(0.001)
        assert site.seen.open_connections == 1
    assert site.seen.open_connections == 0
    sock.close()


async def test_wire_plays_its_scripts_in_turn(wire):
    server = wire([Wire.READ, b"first"], [b"second", Wire.RESET])
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await reader.read() == b"first"
    writer.close()
    await writer.wait_closed()
    assert server.received == [b"GET / HTTP/1.1\r\n\r\n"]
    sock = socket.create_connection(("127.0.0.1", server.port))
    with sock, pytest.raises(ConnectionResetError):
        while await asyncio.to_thread(sock.recv, 100):
            pass
