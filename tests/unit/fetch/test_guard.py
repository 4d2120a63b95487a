import asyncio
import socket
from ipaddress import ip_address

import pytest

from skitter.errors import Blocked, DNSError
from skitter.fetch.guard import AddressGuard, is_public
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.options import FetchOptions
from skitter.fetch.targets import read_target
from skitter.model.request import Request

NO_NAME = "x" * 64 + ".test"  # a label of 64 letters cannot be looked up anywhere


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.31.0.1",
        "192.0.0.8",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.1.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2606:4700::5efe:10.0.0.1",
        "2606:4700::200:5efe:10.0.0.1",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_that_are_not_public(address: str):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2606:4700::5efe:8.8.8.8",
    ],
)
def test_public_addresses(address: str):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[0:0:0:0:0:ffff:7f00:1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://１２７.０.０.１/",  # noqa: RUF001  # full-width digits
        "http://localhost/",
        "http://LOCALHOST/",
        "file:///etc/hostname",
    ],
)
async def test_every_spelling_of_here_is_blocked(fetcher: HTTPFetcher, url: str):
    with pytest.raises(Blocked, match="block_private_addresses") as caught:
        await fetcher.fetch(Request(url=url), FetchOptions(block_private_addresses=True))
    assert caught.value.kind == "blocked"
    assert not caught.value.retryable


async def test_without_the_option_everything_is_fetched(fetch, site):
    assert (await fetch(f"{site.url}/page1")).status == 200


async def test_the_address_that_was_checked_is_connected_to(site):
    async with HTTPFetcher(is_allowed=lambda address: str(address) == "127.0.0.1") as fetcher:
        options = FetchOptions(block_private_addresses=True)
        for url in (f"http://localhost:{site.port}/page1", f"{site.url}/page1"):
            response = await fetcher.fetch(Request(url=url), options)
            assert response.status == 200
            assert response.remote_address == f"127.0.0.1:{site.port}"


async def test_a_host_is_blocked_where_one_of_its_addresses_is(monkeypatch: pytest.MonkeyPatch):
    answers = ["8.8.8.8", "10.0.0.1"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (one, 0)) for one in answers])
    guard = AddressGuard()
    with pytest.raises(Blocked, match=r"mixed\.example \(10\.0\.0\.1\)"):
        await guard.addresses("mixed.example", "http://mixed.example/", 0)
    guard.close()


@pytest.mark.parametrize("name", ["rebind.example", "rebind.example."])
async def test_a_name_that_changes_its_mind_gets_nowhere(site, monkeypatch: pytest.MonkeyPatch, name: str):
    """Rebinding: the first answer is allowed and pinned, the second would not be."""
    answers = iter(["127.0.0.1", "127.0.0.2"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (next(answers), 0))])
    site.hosts(2)
    async with HTTPFetcher(is_allowed=lambda address: str(address) == "127.0.0.1") as fetcher:
        for _ in range(3):
            response = await fetcher.fetch(
                Request(url=f"http://{name}:{site.port}/page1"), FetchOptions(block_private_addresses=True)
            )
            assert response.remote_address == f"127.0.0.1:{site.port}"


@pytest.mark.parametrize("place", ["http://127.0.0.2:{port}/page1", "http://[::ffff:7f00:2]:{port}/", "//127.0.0.2/"])
async def test_redirects_are_checked_too(site, place: str):
    site.hosts(2)
    url = site.put("/out", status=302, headers={"Location": place.format(port=site.port)})
    async with HTTPFetcher(is_allowed=lambda address: str(address) == "127.0.0.1") as fetcher:
        with pytest.raises(Blocked):
            await fetcher.fetch(Request(url=url), FetchOptions(block_private_addresses=True))
    assert [asked.path for asked in site.seen.asked] == ["/out"]


async def test_a_name_without_an_address(fetch):
    with pytest.raises(DNSError, match="has no address") as caught:
        await fetch(f"http://{NO_NAME}/", block_private_addresses=True)
    assert caught.value.kind == "dns"


async def test_names_are_resolved_once(monkeypatch: pytest.MonkeyPatch):
    asked = []

    def getaddrinfo(host, *_, **__):
        asked.append(host)
        return [(0, 0, 0, "", ("8.8.8.8", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    guard = AddressGuard(ttl_s=100)
    target = read_target("http://a.example/")
    async with asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(guard.addresses(target.host, target.url, 0))
    assert asked == ["a.example"]
    await guard.addresses("a.example", target.url, 99)
    assert asked == ["a.example"]
    await guard.addresses("a.example", target.url, 100)
    assert asked == ["a.example", "a.example"]
    guard.close()


@pytest.mark.parametrize(("errno", "retryable"), [(socket.EAI_AGAIN, True), (socket.EAI_NONAME, False)])
async def test_a_silent_name_server_may_answer_later(monkeypatch: pytest.MonkeyPatch, errno: int, retryable: bool):
    def getaddrinfo(*_, **__):
        raise socket.gaierror(errno, "no")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    guard = AddressGuard()
    with pytest.raises(DNSError) as caught:
        await guard.addresses("a.example", "http://a.example/", 0)
    assert caught.value.retryable is retryable
    guard.close()


async def test_what_is_known_of_names_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("8.8.8.8", 0))])
    monkeypatch.setattr("skitter.fetch.guard._MOST_NAMES", 3)
    guard = AddressGuard()
    for n in range(10):
        await guard.addresses(f"{n}.example", "http://x/", 0)
    assert list(guard._known) == ["7.example", "8.example", "9.example"]
    assert len(guard._asking) == 0
    guard.close()
