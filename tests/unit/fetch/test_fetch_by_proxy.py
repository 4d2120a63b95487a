import pytest

from skitter.errors import Blocked, ProxyError
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.identity import Identity
from skitter.fetch.options import FetchOptions
from skitter.fetch.proxies import ProxyConfig, RoundRobinProxyStrategy
from skitter.model.request import Request
from tests.unit.fetch.proxy_servers import HTTPProxy, SOCKSProxy


@pytest.fixture
async def insecure():
    async with HTTPFetcher(HTTPCrawlerConfig(verify_ssl=False)) as fetcher:
        yield fetcher


async def test_http_through_an_http_proxy(fetch, site, text):
    with HTTPProxy() as proxy:
        response = await fetch(f"{site.url}/page1", proxy_config=f"http://127.0.0.1:{proxy.port}")
    assert "Page 1" in text(response)
    assert proxy.asked == [f"GET {site.url}/page1"]
    assert response.proxy == f"http://127.0.0.1:{proxy.port}"
    assert response.remote_address is None


async def test_https_through_a_tunnel(fetch, insecure, site, text):
    url = site.https_url()
    with HTTPProxy() as proxy:
        response = await fetch(f"{url}/page1", by=insecure, proxy_config=f"127.0.0.1:{proxy.port}")
    assert "Page 1" in text(response)
    assert proxy.asked == [f"CONNECT {url.removeprefix('https://')}"]


@pytest.mark.parametrize("scheme", ["socks4", "socks5", "socks4a", "socks5h"])
async def test_socks(fetch, insecure, site, text, scheme: str):
    with SOCKSProxy(names={"nowhere.example": "127.0.0.1"}) as proxy:
        server = f"{scheme}://127.0.0.1:{proxy.port}"
        assert "Page 1" in text(await fetch(f"{site.url}/page1", proxy_config=server))
        assert "Page 2" in text(await fetch(f"{site.https_url()}/page2", by=insecure, proxy_config=server))
        assert [asked.partition(" ")[0] for asked in proxy.asked] == [scheme[:6]] * 2
        if scheme in {"socks4a", "socks5h"}:  # the proxy resolves the name
            url = f"http://nowhere.example:{site.port}/page3"
            assert "Page 3" in text(await fetch(url, proxy_config=server))
            assert proxy.asked[-1].endswith(" nowhere.example")


@pytest.mark.parametrize("kind", [HTTPProxy, SOCKSProxy])
async def test_credentials(fetch, site, kind):
    scheme = "http" if kind is HTTPProxy else "socks5"
    with kind(user=("m:e", "p@ss/ü")) as proxy:
        server = f"{scheme}://127.0.0.1:{proxy.port}"
        right = ProxyConfig(server, username="m:e", password="p@ss/ü")
        response = await fetch(f"{site.url}/page1", proxy_config=right)
        assert response.status == 200
        for wrong in (right.clone(password="s3cret"), ProxyConfig(server)):
            with pytest.raises(ProxyError, match="user and password") as caught:
                await fetch(f"{site.url}/page1", proxy_config=wrong)
            assert server in str(caught.value)
            assert "s3cret" not in str(caught.value)
            assert caught.value.kind == "proxy"


async def test_credentials_for_a_tunnel(fetch, insecure, site):
    with HTTPProxy(user=("me", "right")) as proxy:
        url, server = site.https_url(), f"127.0.0.1:{proxy.port}"
        assert (await fetch(url, by=insecure, proxy_config=f"http://me:right@{server}")).status == 200
        with pytest.raises(ProxyError, match="user and password"):
            await fetch(url, by=insecure, proxy_config=f"http://me:wrong@{server}")


@pytest.mark.parametrize(
    ("kind", "answer", "complaint"),
    [
        (HTTPProxy, b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "refused to connect"),
        (HTTPProxy, b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", "refused to connect"),
        (HTTPProxy, b"", "closed the connection"),
        (SOCKSProxy, 5, "connection refused"),
        (SOCKSProxy, 4, "host unreachable"),
        (SOCKSProxy, 2, "not allowed"),
    ],
)
async def test_a_proxy_that_refuses(fetch, insecure, site, kind, answer, complaint: str):
    with kind(answer=answer) as proxy:
        scheme = "http" if kind is HTTPProxy else "socks5"
        with pytest.raises(ProxyError, match=complaint) as caught:
            await fetch(site.https_url(), by=insecure, proxy_config=f"{scheme}://u:s3cret@127.0.0.1:{proxy.port}")
    assert caught.value.retryable
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks4", "https"])
async def test_a_proxy_that_is_not_there(fetch, site, closed_url: str, scheme: str):
    server = closed_url.replace("http:", f"{scheme}:")
    with pytest.raises(ProxyError, match="cannot be reached") as caught:
        await fetch(f"{site.url}/page1", proxy_config=server)
    assert server in str(caught.value)
    assert caught.value.proxy == server


async def test_several_proxies_take_turns_by_attempt(fetch, site):
    with HTTPProxy() as one, HTTPProxy() as two:
        config = [f"127.0.0.1:{one.port}", "direct", f"127.0.0.1:{two.port}"]
        used = [(await fetch(site.url, attempt=n, proxy_config=config)).proxy for n in range(4)]
    assert used == [f"http://{config[0]}", None, f"http://{config[2]}", f"http://{config[0]}"]


async def test_rotation_and_sticky_sessions(fetch, site):
    with HTTPProxy() as one, HTTPProxy() as two:
        proxies = [f"http://127.0.0.1:{proxy.port}" for proxy in (one, two)]
        rotation = RoundRobinProxyStrategy(proxies)
        used = [(await fetch(site.url, proxy_rotation_strategy=rotation)).proxy for _ in range(3)]
        assert used == [proxies[0], proxies[1], proxies[0]]
        sticky = {"proxy_rotation_strategy": rotation, "proxy_session_id": "s", "proxy_session_ttl": 100}
        assert {(await fetch(site.url, **sticky)).proxy for _ in range(3)} == {proxies[1]}
        await rotation.release_session("s")
        assert (await fetch(site.url, **sticky)).proxy == proxies[0]


async def test_the_crawlers_own_proxy_is_used_where_a_page_names_none(site):
    with HTTPProxy() as proxy:
        identity = Identity(proxy=ProxyConfig(f"127.0.0.1:{proxy.port}"))
        async with HTTPFetcher(identity=identity) as fetcher:
            assert (await fetcher.fetch(Request(url=site.url), FetchOptions())).proxy is not None
            assert (await fetcher.fetch(Request(url=site.url), FetchOptions(proxy_config="direct"))).proxy is None
    assert len(proxy.asked) == 1


async def test_the_guard_looks_at_what_a_proxy_is_asked_for(site):
    options = {"block_private_addresses": True}
    with HTTPProxy() as proxy:
        identity = Identity(proxy=ProxyConfig(f"127.0.0.1:{proxy.port}"))
        async with HTTPFetcher(identity=identity) as fetcher:
            with pytest.raises(Blocked):
                await fetcher.fetch(Request(url=site.url), FetchOptions(**options))
        async with HTTPFetcher(identity=identity, is_allowed=lambda _: True) as fetcher:
            assert (await fetcher.fetch(Request(url=site.url), FetchOptions(**options))).status == 200
    assert len(proxy.asked) == 1


async def test_the_guard_looks_at_a_proxy_that_came_with_the_page(site):
    site.hosts(2)
    with HTTPProxy() as proxy:
        options = FetchOptions(block_private_addresses=True, proxy_config=f"127.0.0.1:{proxy.port}")
        async with HTTPFetcher(is_allowed=lambda address: str(address) == "127.0.0.2") as fetcher:
            with pytest.raises(Blocked, match=r"127\.0\.0\.1"):
                await fetcher.fetch(Request(url=f"http://127.0.0.2:{site.port}/"), options)
    assert not proxy.asked


async def test_proxies_of_the_environment_are_not_used(fetch, site, monkeypatch: pytest.MonkeyPatch):
    with HTTPProxy() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with HTTPFetcher() as fetcher:
            assert (await fetch(site.url, by=fetcher)).proxy is None
    assert not proxy.asked
