"""Servers that break, lie, stall and flood: each is a named error, or the page."""

import asyncio

import psutil
import pytest

from skitter.errors import ConnectError, CrawlError, DecodeError, DNSError, TooLarge
from skitter.fetch.decoding import decoded
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.options import FetchOptions
from skitter.model.request import Request
from tests.site.server import Wire

OK = b"HTTP/1.1 200 OK\r\n"
NO_NAME = "x" * 64 + ".test"  # a label of 64 letters cannot be looked up anywhere


async def get(url: str, **options):
    async with HTTPFetcher() as fetcher:
        return await fetcher.fetch(Request(url=url), FetchOptions(**options))


async def closed(site) -> None:
    """Wait until we are not connected to the server any more."""
    async with asyncio.timeout(5):
        while any(one.raddr and one.raddr.port == site.port for one in psutil.Process().net_connections("tcp")):
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("path", "error", "complaint"),
    [
        ("truncated", ConnectError, "before all of the body had come"),
        ("truncated-chunks", ConnectError, "before all of the body had come"),
        ("bad-chunks", ConnectError, "chunks are damaged"),
        ("reset", ConnectError, "reset the connection before it answered"),
        ("reset-body", ConnectError, "reset the connection before all of the body had come"),
        ("close", ConnectError, "without a complete answer"),
        ("close-headers", ConnectError, "without a complete answer"),
        ("huge-header", TooLarge, "headers"),
        ("endless-headers", TooLarge, "headers"),
        ("garbage", ConnectError, "did not answer in HTTP"),
        ("bad-status", ConnectError, "did not answer in HTTP"),
    ],
)
async def test_a_broken_answer_is_a_named_error(site, path: str, error: type[CrawlError], complaint: str):
    url = f"{site.url}/fault/{path}"
    with pytest.raises(error, match=complaint) as caught:
        await get(url)
    assert url in str(caught.value)
    assert caught.value.url == url
    assert caught.value.kind == error.kind
    assert caught.value.retryable is (error is ConnectError)
    assert caught.value.__cause__ is not None
    assert len(site.seen.asked) == 1, "nothing is sent twice"


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("corrupt-gzip", "no valid gzip"),
        ("truncated-gzip", "cut short"),
        ("not-gzip", "no valid gzip"),
        ("unknown-encoding", "rot13"),
    ],
)
async def test_a_damaged_encoding_is_found_when_the_page_is_read(site, path: str, complaint: str):
    response = await get(f"{site.url}/fault/{path}")
    assert response.status == 200
    with pytest.raises(DecodeError, match=complaint):
        decoded(response.body, response.content_encoding, response.max_body_bytes)


async def test_a_bomb_stays_packed(site):
    response = await get(f"{site.url}/fault/bomb/8", max_body_bytes=2**20)
    assert len(response.body) < 20_000
    with pytest.raises(TooLarge, match="max_body_bytes"):
        decoded(response.body, response.content_encoding, response.max_body_bytes)


async def test_a_body_that_ends_with_the_connection_is_whole(site):
    assert b"A paragraph" in (await get(f"{site.url}/fault/no-length")).body


async def test_a_body_without_a_length_is_stopped_at_the_limit(site):
    async with HTTPFetcher() as fetcher:
        request = Request(url=f"{site.url}/fault/huge/1000")
        with pytest.raises(TooLarge, match="1000000 bytes: raise `max_body_bytes`"):
            await fetcher.fetch(request, FetchOptions(max_body_bytes=1_000_000))
        await closed(site)
        with pytest.raises(TooLarge, match="raise `max_download_bytes`"):
            await fetcher.fetch(request, FetchOptions(max_download_bytes=1_000_000))
        await closed(site)


async def test_a_body_that_says_it_is_too_long_is_not_read(site, wire):
    url = site.put("/long", b"x" * 1001)
    with pytest.raises(TooLarge, match="1000 bytes"):
        await get(url, max_download_bytes=1000)
    assert len((await get(url, max_download_bytes=1001)).body) == 1001
    server = wire([Wire.READ, OK + b"Content-Length: 99999999999\r\n\r\n", Wire.HANG])
    with pytest.raises(TooLarge):
        await get(server.url)


async def test_both_limits_are_exact(site):
    plain, packed = site.put("/plain", b"x" * 1000), f"{site.url}/accept"
    assert len((await get(plain, max_body_bytes=1000)).body) == 1000
    with pytest.raises(TooLarge, match="`max_body_bytes`"):
        await get(plain, max_body_bytes=999)
    size = len((await get(packed)).body)
    response = await get(packed, max_download_bytes=size)
    assert response.content_encoding == "gzip"
    with pytest.raises(TooLarge, match="`max_download_bytes`"):
        await get(packed, max_download_bytes=size - 1)


def brotli(data: bytes) -> bytes:
    """Store *data*, at most 64 KiB, as brotli that packs nothing (RFC 7932, 9.2)."""
    length = len(data) - 1
    header = 0 | 0 << 1 | 0 << 2 | length << 4 | 1 << 20  # window of 16 bits, not the last, 4 nibbles, as it is
    return header.to_bytes(3, "little") + data + b"\x03"


async def test_brotli_is_undone_with_its_limits(site):
    url = site.put("/br", brotli(b"<p>Tea</p>" * 100), headers={"Content-Encoding": "br"})
    response = await get(url)
    assert (response.body, response.content_encoding) == (b"<p>Tea</p>" * 100, "")
    with pytest.raises(TooLarge, match="max_body_bytes"):
        await get(url, max_body_bytes=999)
    for damaged in (brotli(b"x" * 500)[:-100], b"\xff" * 100):
        site.put("/br", damaged, headers={"Content-Encoding": "br"})
        with pytest.raises(DecodeError, match="br"):
            await get(url)


async def test_brotli_is_not_offered_where_its_size_could_not_be_counted(site):
    url = site.put("/br", brotli(b"x" * 100), headers={"Content-Encoding": "br"})
    response = await get(url, max_download_bytes=10_000)
    assert "br" not in site.seen.asked[0].headers["accept-encoding"].split(", ")
    with pytest.raises(DecodeError, match="br"):
        decoded(response.body, response.content_encoding, response.max_body_bytes)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"Content-Length: 2\r\n\r\nhi", b"hi"),
        (b"X-Space : 1\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (b"X-Folded: 1\r\n  2\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (b"no colon at all\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (b"X: \xfc\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (b"".join(b"X-%d: 1\r\n" % n for n in range(400)) + b"Content-Length: 2\r\n\r\nhi", b"hi"),
        (b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\nTrailer: 1\r\n\r\n", b"hi"),
        (b"\r\nuntil the end", b"until the end"),
    ],
)
async def test_answers_that_browsers_let_pass(wire, answer: bytes, body: bytes):
    assert (await get(wire([Wire.READ, OK + answer]).url)).body == body


@pytest.mark.parametrize("start", [b"HTTP/1.1 200\r\n", b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 103 Hints\r\n\r\n" + OK])
async def test_status_lines_that_browsers_let_pass(wire, start: bytes):
    assert (await get(wire([Wire.READ, start + b"Content-Length: 2\r\n\r\nhi"]).url)).body == b"hi"


async def test_nobody_listens(closed_url: str):
    with pytest.raises(ConnectError, match="connection refused") as caught:
        await get(closed_url)
    assert caught.value.retryable


async def test_a_name_without_an_address():
    with pytest.raises(DNSError, match=f"{NO_NAME} has no address") as caught:
        await get(f"http://{NO_NAME}/")
    assert not caught.value.retryable


async def test_a_url_cannot_pass_itself_off_as_an_error(closed_url: str):
    for trick in ("dns%20error,source:Parse(TooLarge)", "SSL(1)CERTIFICATE_VERIFY_FAILED", "Http2", "kind:TimedOut"):
        with pytest.raises(ConnectError, match="connection refused"):
            await get(f"{closed_url}/{trick}?{trick}#{trick}")


async def test_a_kept_connection_that_breaks_is_an_error_and_nothing_is_sent_twice(wire):
    hi = OK + b"Content-Length: 2\r\n\r\nhi"
    server = wire([Wire.READ, hi, Wire.READ, Wire.RESET], [Wire.READ, hi])
    async with HTTPFetcher() as fetcher:
        await fetcher.fetch(Request(url=server.url), FetchOptions())
        with pytest.raises(ConnectError):
            await fetcher.fetch(Request(url=f"{server.url}/second"), FetchOptions())
        assert len(server.received) == 2
        assert (await fetcher.fetch(Request(url=server.url), FetchOptions())).body == b"hi"


async def test_a_connection_that_was_closed_meanwhile_is_replaced(wire):
    hi = OK + b"Content-Length: 2\r\n\r\nhi"
    server = wire([Wire.READ, hi])
    async with HTTPFetcher() as fetcher:
        for _ in range(5):
            assert (await fetcher.fetch(Request(url=server.url), FetchOptions())).body == b"hi"
            await asyncio.sleep(0.01)


async def test_the_deadline_is_the_callers(site):
    async with HTTPFetcher() as fetcher:
        for path in ("hang", "hang-body", "drip/0.01"):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await fetcher.fetch(Request(url=f"{site.url}/fault/{path}"), FetchOptions())
        await closed(site)
