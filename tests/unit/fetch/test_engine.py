"""What the engine's errors are turned into, where a test cannot bring them about; and that the engine stays bounded."""

import socket

import pytest

from skitter.errors import (
    ConfigError,
    ConnectError,
    CrawlError,
    DecodeError,
    DNSError,
    FetchTimeout,
    InvalidURL,
    ProxyError,
    TLSError,
    TooLarge,
)
from skitter.fetch import engine
from skitter.fetch.engine import Engine
from skitter.fetch.faults import body_fault, head_fault
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.options import FetchOptions
from skitter.fetch.proxies import ProxyConfig
from skitter.model.request import Request

URL = "http://a.example/dns%20error?Http2=Parse(TooLarge)"


def said(cause: str) -> str:
    return f"is_x error: wreq::Error {{ kind: Request, uri: {URL}, source: Error {{ {cause} }} }}"


def os_error(code: int, kind: str) -> str:
    cause = f'ConnectError("tcp connect error", 1.2.3.4:80, Os {{ code: {code}, kind: {kind}, message: "x" }})'
    return said(f"kind: Connect, source: Some({cause}), connect_info: None")


@pytest.mark.parametrize(
    ("kind", "text", "error", "complaint"),
    [
        ("ConnectionError", os_error(111, "ConnectionRefused"), ConnectError, "refused"),
        ("ConnectionError", os_error(101, "NetworkUnreachable"), ConnectError, "network cannot be reached"),
        ("ConnectionError", os_error(113, "HostUnreachable"), ConnectError, "host cannot be reached"),
        ("ConnectionError", os_error(99, "AddrNotAvailable"), ConnectError, "no free local port"),
        ("ConnectionError", os_error(24, "TooManyOpenFiles"), ConnectError, "ulimit -n"),
        ("ConnectionError", os_error(110, "TimedOut"), FetchTimeout, "nobody answered"),
        ("ConnectionError", os_error(1, "SomethingElse"), ConnectError, "could not be made"),
        ("TimeoutError", said("TimedOut"), FetchTimeout, "nobody answered"),
        ("ConnectionError", said('ConnectError("dns error", … Name or service not known'), DNSError, "spelling"),
        (
            "ConnectionError",
            said('ConnectError("dns error", … Temporary failure in name'),
            DNSError,
            "network",
        ),
        ("TlsError", said("kind: Connect, source: x"), TLSError, "handshake"),
        (
            "ConnectionError",
            said("kind: Connect, source: Some(Error { code: SYSCALL (5), cause: None"),
            TLSError,
            "closed",
        ),
        (
            "ConnectionError",
            said(
                'code: SSL (1), library: "SSL routines", library_code: 16, reason: "NO_SHARED_CIPHER", reason_code: 1'
            ),
            TLSError,
            "no shared cipher",
        ),
        ("BuilderError", said("InvalidUri(TooLong)"), InvalidURL, "too long"),
        ("RequestError", said("netty::Error(Parse(TooLarge))"), TooLarge, "headers"),
        ("RequestError", said("netty::Error(Parse(Version))"), ConnectError, "did not answer in HTTP"),
        ("RequestError", said("netty::Error(Http2, Error { kind: GoAway"), ConnectError, "http_version"),
        ("RequestError", said('kind: BrokenPipe, message: "Broken pipe"'), ConnectError, "before it had been asked"),
        ("RequestError", "something quite new", ConnectError, "broke the connection"),
    ],
)
def test_what_an_error_before_the_head_means(kind: str, text: str, error: type[CrawlError], complaint: str):
    fault = head_fault(kind, text, url=URL, host="a.example", proxy=None)
    assert type(fault) is error
    assert complaint in str(fault)
    assert fault.url == URL
    assert error is not DNSError or fault.retryable is ("Temporary" in text)
    through = head_fault(kind, text, url=URL, host="a.example", proxy="http://p:1")
    assert type(through) is error


@pytest.mark.parametrize(
    ("cause", "complaint"),
    [
        ("ProxyConnect(ProxyAuthRequired)", "user and password"),
        ("Socks(PasswordAuthFailure(1))", "refused the user and password"),
        ("Socks(TtlExpired)", "ttl expired"),
        ("TunnelUnsuccessful", "refused to connect"),
        ('ConnectError("dns error", …)', "has no address"),
        ('ConnectError("tcp connect error", …)', "cannot be reached"),
        ('code: SSL (1), library: "SSL routines", reason: "CERTIFICATE_VERIFY_FAILED"', "verify_ssl"),
        ("quite new", "broke the connection"),
    ],
)
def test_what_an_error_of_a_proxy_means(cause: str, complaint: str):
    fault = head_fault("ProxyConnectionError", said(cause), url=URL, host="a.example", proxy="socks5://p:1")
    assert isinstance(fault, ProxyError)
    assert complaint in str(fault)
    assert "socks5://p:1" in str(fault)


@pytest.mark.parametrize(
    ("kind", "cause", "error"),
    [
        ("TimeoutError", "TimedOut", FetchTimeout),
        ("DecodingError", "netty::Error(Body, Custom { kind: UnexpectedEof, error: IncompleteBody })", ConnectError),
        ("DecodingError", 'Custom { kind: Other, error: "brotli error" }', DecodeError),
        ("ConnectionResetError", "", ConnectError),
        ("BodyError", "quite new", ConnectError),
    ],
)
def test_what_an_error_within_the_body_means(kind: str, cause: str, error: type[CrawlError]):
    fault = body_fault(kind, f"is_decode error: wreq::Error {{ kind: Decode, source: {cause} }}", url=URL)
    assert type(fault) is error
    assert fault.url == URL


def test_an_error_keeps_its_facts_on_its_way_to_another_process():
    import pickle

    fault = head_fault("TimeoutError", said("TimedOut"), url=URL, host="a.example", proxy=None)
    fault.proxy = "http://p:1"
    again = pickle.loads(pickle.dumps(fault))
    assert (type(again), str(again), again.url, again.proxy) == (FetchTimeout, str(fault), URL, "http://p:1")


def test_proxies_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "_MOST_PINNED", 3)
    used = Engine()
    for n in range(10):
        used._proxy(ProxyConfig(f"http://proxy{n}.example:1"))
    assert [proxy.host for proxy in used._proxies] == [f"proxy{n}.example" for n in (7, 8, 9)]
    used.close()


def test_a_proxy_that_the_engine_refuses_is_the_callers_mistake():
    with pytest.raises(ConfigError, match="cannot be used") as caught:
        Engine()._proxy(ProxyConfig.model_construct(server="http://a<b", username="me", password="s3cret"))
    assert "s3cret" not in str(caught.value)


async def test_pinned_hosts_that_are_kept_are_bounded(site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "_MOST_PINNED", 3)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("127.0.0.1", 0))])
    guarded = FetchOptions(block_private_addresses=True)
    async with HTTPFetcher(is_allowed=lambda _: True) as fetcher:
        for n in (0, 1, 2, 0, 3, 4, 0):
            url = f"http://host{n}.example:{site.port}/page1"
            assert (await fetcher.fetch(Request(url=url), guarded)).status == 200
        kept = [key.pinned[0][0] for key in fetcher._engine._pinned]
    assert kept == ["host3.example", "host4.example", "host0.example"]
    assert site.seen.connections == 5
