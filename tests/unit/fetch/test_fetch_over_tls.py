import asyncio
import re
import socket
import ssl

import pytest

from skitter.errors import ConnectError, TLSError
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.options import FetchOptions
from skitter.model.certificate import SSLCertificate
from skitter.model.request import Request
from tests.site.server import CERTIFICATE


async def get(url: str, options: FetchOptions | None = None, **config):
    async with HTTPFetcher(HTTPCrawlerConfig(**config)) as fetcher:
        return await fetcher.fetch(Request(url=url), options or FetchOptions())


async def test_a_certificate_that_nobody_signed_is_refused(site):
    with pytest.raises(TLSError, match="verify_ssl") as caught:
        await get(f"{site.https_url()}/page1")
    assert caught.value.kind == "tls"
    assert not caught.value.retryable
    assert not site.seen.asked


async def test_a_pinned_name_is_still_verified(site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("127.0.0.1", 0))])
    guarded = FetchOptions(block_private_addresses=True)
    url = site.https_url()
    async with HTTPFetcher(is_allowed=lambda _: True) as fetcher:
        assert (await fetcher.fetch(Request(url=url), guarded)).status == 200
        with pytest.raises(TLSError, match="for another name"):
            await fetcher.fetch(Request(url=url.replace("localhost", "other.example")), guarded)


async def test_it_is_taken_where_the_caller_says_so(site, text):
    response = await get(f"{site.https_url()}/page1", verify_ssl=False)
    assert "Page 1" in text(response)
    assert response.certificate is None


async def test_authorities_of_the_machine_are_trusted(site, text, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert (await get(f"{site.https_url()}/page1")).status == 200


async def test_the_certificate_is_returned_where_it_is_asked_for(site):
    wanted = FetchOptions(fetch_ssl_certificate=True)
    response = await get(f"{site.https_url()}/page1", wanted, verify_ssl=False)
    pem = re.search(r"-----BEGIN CERTIFICATE.*?END CERTIFICATE-----", CERTIFICATE.read_text(), re.DOTALL)[0]
    assert response.certificate is not None
    assert response.certificate.to_der() == ssl.PEM_cert_to_DER_cert(pem)
    assert response.certificate.subject["CN"] == "localhost"
    assert (await get(f"{site.url}/page1", wanted)).certificate is None


async def test_a_certificate_can_be_asked_for_by_itself(site, closed_url: str):
    certificate = await asyncio.to_thread(SSLCertificate.from_url, site.https_url())
    assert certificate is not None
    assert certificate.subject["CN"] == "localhost"
    assert await asyncio.to_thread(SSLCertificate.from_url, closed_url) is None
    assert await asyncio.to_thread(SSLCertificate.from_url, site.url, 0.1) is None
    for url in ("localhost", "about:blank", "raw:x"):
        with pytest.raises(ValueError):
            SSLCertificate.from_url(url)


async def test_https_on_a_port_without_tls(wire):
    server = wire([b"HTTP/1.1 400 Bad Request\r\n\r\n"])
    with pytest.raises(TLSError, match="does not speak TLS on this port"):
        await get(server.url.replace("http:", "https:"))


async def test_http_1_1_is_spoken_where_the_server_has_no_http_2(site):
    # the server answers no ALPN at all: what is offered must not be taken for granted
    assert (await get(f"{site.https_url()}/page1", verify_ssl=False)).http_version == "1.1"
    assert (await get(f"{site.https_url()}/page1", verify_ssl=False, http_version="1.1")).http_version == "1.1"


@pytest.mark.parametrize(("chosen", "offered"), [(None, {"h2", "http/1.1"}), ("1.1", {"http/1.1"})])
async def test_what_is_offered_to_the_server(chosen, offered: set[str]):
    seen: set[str] = set()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.read(65536)
        seen.update(name for name in ("h2", "http/1.1") if bytes([len(name)]) + name.encode() in hello)
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(TLSError, match="closed the connection during the handshake"):
        await get(f"https://127.0.0.1:{port}/", http_version=chosen)
    server.close()
    assert seen == offered


async def test_http_2_by_force(wire):
    server = wire(["read", 0.01])
    with pytest.raises(ConnectError, match="connection"):
        await get(server.url, http_version="2")
    assert server.received[0].startswith(b"PRI * HTTP/2.0")
