"""What holds for every input of the pure parts of fetching."""

import contextlib
import gzip
import string
import sys
import zlib
from ipaddress import IPv4Address, IPv6Address

from hypothesis import example, given, settings
from hypothesis import strategies as st

from skitter.errors import DecodeError, InvalidURL, TooLarge
from skitter.fetch.cookies import CookieJar
from skitter.fetch.decoding import decoded
from skitter.fetch.downloads import file_name
from skitter.fetch.guard import is_public
from skitter.fetch.headers import http_date, read_headers, retry_after
from skitter.fetch.proxies import ProxyConfig
from skitter.fetch.targets import read_target, redirected
from skitter.model.certificate import SSLCertificate
from skitter.model.response import Response

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKERS = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstd.compress}
LIMIT = 100_000
urls = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}".format,
        st.sampled_from(["http", "https", "ftp", "raw", "HTTP"]),
        st.text(string.ascii_letters + string.digits + ".-:@[]%ü_", min_size=1, max_size=30),
        st.text(max_size=30),
    ),
)


@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(PACKERS)), max_size=3))
def test_decoding_undoes_encoding(body: bytes, names: list[str]):
    packed = body
    for name in names:
        packed = PACKERS[name](packed)
    assert decoded(packed, ", ".join(names), LIMIT) == body


@given(st.binary(max_size=500), st.text(max_size=20) | st.sampled_from(["gzip", "deflate", "zstd", "gzip, zstd"]))
def test_decoding_garbage_gives_bytes_or_a_named_error(body: bytes, encoding: str):
    with contextlib.suppress(DecodeError, TooLarge):
        assert len(decoded(body, encoding, LIMIT)) <= LIMIT


@given(st.binary(min_size=1, max_size=2000), st.sampled_from(sorted(PACKERS)), st.data())
def test_a_damaged_body_is_never_taken_for_another(body: bytes, name: str, data: st.DataObject):
    packed = bytearray(PACKERS[name](body))
    cut = data.draw(st.integers(1, len(packed) - 1))
    with contextlib.suppress(DecodeError):
        assert decoded(bytes(packed[:cut]), name, LIMIT) == body


@given(urls)
def test_a_url_is_read_or_refused(text: str):
    try:
        target = read_target(text)
    except InvalidURL:
        return
    assert target.scheme in {"http", "https"}
    assert target.host
    assert 0 <= target.port < 65536
    assert read_target(target.url) == read_target(read_target(target.url).url)
    assert "@" not in target.url.partition("://")[2].partition("/")[0]


@given(urls, st.text(max_size=60))
def test_a_redirect_leads_to_the_web_or_is_refused(base: str, location: str):
    try:
        target = redirected(read_target(base), location)
    except InvalidURL:
        return
    assert target.scheme in {"http", "https"}


@given(st.lists(st.text(max_size=60), max_size=8), urls, urls, st.floats(0, 4e9))
def test_cookies_never_fail_and_never_go_to_strangers(lines: list[str], here: str, there: str, now: float):
    try:
        setter, other = read_target(here), read_target(there)
    except InvalidURL:
        return
    jar = CookieJar()
    jar.receive("\n".join(lines), setter, now)
    header = jar.header_for(other, now)
    assert not any(sign in header for sign in "\r\n\0")
    if setter.host != other.host and setter.host.split(".")[-1] != other.host.split(".")[-1]:
        assert header == ""


@given(st.text(max_size=80), st.floats(0, 4e9))
@example("Wed, 21 Oct 2015 07:28:00 +99999999999", 0.0)
def test_retry_after_is_a_delay_or_none(said: str, now: float):
    delay_s = retry_after({"retry-after": said}, now)
    assert delay_s is None or 0 <= delay_s < float("inf")
    moment_s = http_date(said)
    assert moment_s is None or isinstance(moment_s, float)


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=20), st.binary(max_size=40)), max_size=20))
def test_headers_are_always_read(pairs: list[tuple[bytes, bytes]]):
    headers = read_headers(pairs)
    assert {str(name, "latin-1").lower() for name, _ in pairs} == set(headers)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_public_in_no_disguise_if_it_is_not_by_itself(number: int):
    plain = is_public(IPv4Address(number))
    assert is_public(IPv6Address(0xFFFF << 32 | number)) is plain
    assert is_public(IPv6Address((0x64FF9B << 96) | number)) is plain
    assert is_public(IPv6Address((0x2002 << 112) | number << 80 | 1)) is plain
    assert not is_public(IPv6Address(number))
    if not IPv4Address(number).is_global:
        assert not plain


@given(st.integers(0, 2**128 - 1))
def test_no_ipv6_address_is_public_that_python_knows_to_be_private(number: int):
    address = IPv6Address(number)
    if is_public(address):
        assert not address.is_loopback
        assert not address.is_link_local
        assert not address.is_multicast
        assert not address.is_private or address.ipv4_mapped or number >> 96 == 0x64FF9B


@given(st.text(max_size=40))
def test_a_proxy_is_read_or_refused(text: str):
    try:
        proxy = ProxyConfig.from_string(text)
    except ValueError:
        return
    assert ProxyConfig.from_string(proxy.url) == proxy
    if proxy.password and len(proxy.password) > 3 and proxy.password not in proxy.server:
        assert proxy.password not in repr(proxy)


@given(st.text(max_size=300), urls)
def test_a_download_has_a_safe_name(said: str, url: str):
    headers = {"content-disposition": f'attachment; filename="{said}"', "content-type": "application/pdf"}
    name = file_name(Response(url=url, base_url=url, status=200, headers=headers, body=b""))
    assert name
    assert len(name.encode()) <= 160
    assert not set(name) & set('/\\<>:"|?*\0\r\n')
    assert name not in {".", ".."}


CERTIFICATE = bytes.fromhex(
    "3059304fa003020102020101300006002f300f310d300b06035504030c0461626364"
    "301e170d3236303130313030303030305a170d3336303130313030303030305a3000"
)


@settings(max_examples=300)
@given(
    st.binary(max_size=400)
    | st.builds(
        lambda at, by: CERTIFICATE[:at] + by + CERTIFICATE[at + 1 :],
        st.integers(0, len(CERTIFICATE)),
        st.binary(max_size=3),
    )
)
def test_a_certificate_is_always_read(der: bytes):
    read = SSLCertificate.from_der(der)
    assert isinstance(read.subject, dict)
    assert len(read.fingerprint) == 64
    assert read.to_json()
