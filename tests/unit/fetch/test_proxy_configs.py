import asyncio
import pickle

import pytest
from pydantic import ValidationError

from skitter.config import CrawlerRunConfig
from skitter.fetch.proxies import (
    ProxyConfig,
    ProxyRotationStrategy,
    RandomProxyStrategy,
    RoundRobinProxyStrategy,
    proxies_from,
)

ONE, TWO, THREE = (ProxyConfig(f"http://proxy{n}.example:80{n}") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("text", "server", "username", "password"),
    [
        ("http://h.example:80", "http://h.example:80", None, None),
        ("http://user:p%40ss%3A@h:1", "http://h:1", "user", "p@ss:"),
        ("user:pass@h:1", "http://h:1", "user", "pass"),
        ("http://user@h:1", "http://h:1", "user", None),
        ("h:8080", "http://h:8080", None, None),
        ("h:8080:user:pa:ss", "http://h:8080", "user", "pa:ss"),
        ("h", "http://h:80", None, None),
        ("socks5://h", "socks5://h:1080", None, None),
        ("SOCKS5H://H.Example:9", "socks5h://h.example:9", None, None),
        ("socks4://1.2.3.4:5", "socks4://1.2.3.4:5", None, None),
        ("https://h", "https://h:443", None, None),
        ("http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128", None, None),
        ("[::1]:3128", "http://[::1]:3128", None, None),
        ("socks5://u:p@[::1]", "socks5://[::1]:1080", "u", "p"),
        (" http://h:1/ ", "http://h:1", None, None),
        ("http://bücher.example:1", "http://xn--bcher-kva.example:1", None, None),
    ],
)
def test_every_way_to_write_a_proxy(text: str, server: str, username: str | None, password: str | None):
    proxy = ProxyConfig.from_string(text)
    assert (proxy.server, proxy.username, proxy.password) == (server, username, password)


@pytest.mark.parametrize(
    "text", ["", "ftp://h:1", "http://", "h:0", "h:70000", "h:port", "http://h:1/path", "a b:1", "a<b:1", "a\\b:1"]
)
def test_what_is_no_proxy_is_refused(text: str):
    with pytest.raises(ValueError, match="proxy"):
        ProxyConfig.from_string(text)


def test_fields_win_over_the_server():
    proxy = ProxyConfig("http://old:old@h:1", username="new", password="pa ss")
    assert proxy.url == "http://new:pa%20ss@h:1"
    assert proxy.host == "h"
    assert ProxyConfig("http://[::1]:1").host == "::1"


def test_credentials_are_shown_nowhere():
    proxy = ProxyConfig.from_string("http://me:secret@h:1")
    assert "secret" not in f"{proxy} {proxy!r} {CrawlerRunConfig(proxy_config=proxy)!r}"
    assert "me" not in repr(proxy).replace("username", "")
    with pytest.raises(ValidationError) as caught:
        ProxyConfig(server="ftp://me:secret@h:1")
    assert "secret" not in str(caught.value)


def test_a_proxy_is_a_value():
    proxy = ProxyConfig.from_dict({"server": "h:1", "username": "u", "password": "p", "ip": "1.2.3.4"})
    assert ProxyConfig.from_dict(proxy.to_dict()) == proxy
    assert pickle.loads(pickle.dumps(proxy)) == proxy
    assert proxy.clone(password="q").password == "q"
    assert proxy.password == "p"
    assert len({proxy, proxy.clone(), ONE}) == 2


def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PROXIES", "http://u:p@a:1, b:2:u:p,,socks5://c:3")
    assert [proxy.server for proxy in ProxyConfig.from_env()] == ["http://a:1", "http://b:2", "socks5://c:3"]
    assert ProxyConfig.from_env("NO_SUCH_PROXIES") == []


def test_a_list_of_proxies_however_they_are_given():
    given = ["http://a:1", None, "direct", "DIRECT", {"server": "b:2"}, ONE]
    config = CrawlerRunConfig(proxy_config=given)
    assert [proxy and proxy.server for proxy in config.proxy_config] == [
        "http://a:1",
        None,
        None,
        None,
        "http://b:2",
        ONE.server,
    ]
    assert proxies_from(None) is None
    assert proxies_from("direct") == (None,)


async def test_round_robin():
    strategy = RoundRobinProxyStrategy([ONE, "http://two.example:2"])
    assert [str(await strategy.get_next_proxy()) for _ in range(3)] == [str(ONE), "http://two.example:2", str(ONE)]
    strategy.add_proxies([THREE])
    assert {str(await strategy.get_next_proxy()) for _ in range(3)} == {str(ONE), "http://two.example:2", str(THREE)}
    assert await RoundRobinProxyStrategy().get_next_proxy() is None


async def test_random_is_repeatable_and_reaches_all():
    picks = [[await one.get_next_proxy() for _ in range(50)] for one in (RandomProxyStrategy([ONE, TWO], seed=1),) * 1]
    again = RandomProxyStrategy([ONE, TWO], seed=1)
    assert picks[0] == [await again.get_next_proxy() for _ in range(50)]
    assert set(picks[0]) == {ONE, TWO}
    assert await RandomProxyStrategy().get_next_proxy() is None


async def test_a_session_keeps_its_proxy():
    strategy = RoundRobinProxyStrategy([ONE, TWO])
    assert await strategy.get_proxy_for_session("a") == ONE
    assert await strategy.get_proxy_for_session("b") == TWO
    assert await strategy.get_proxy_for_session("a") == ONE
    assert strategy.get_session_proxy("b") == TWO
    assert strategy.get_active_sessions() == {"a": ONE, "b": TWO}
    await strategy.release_session("a")
    await strategy.release_session("never heard of")
    assert strategy.get_session_proxy("a") is None
    assert await strategy.get_proxy_for_session("c") == ONE
    assert await strategy.get_proxy_for_session("a") == TWO


async def test_a_session_ends_with_its_time():
    strategy = RoundRobinProxyStrategy([ONE, TWO])
    assert await strategy.get_proxy_for_session("short", ttl=0.01) == ONE
    assert await strategy.get_proxy_for_session("long", ttl=1000) == TWO
    await asyncio.sleep(0.02)
    assert strategy.get_session_proxy("short") is None
    assert strategy.get_active_sessions() == {"long": TWO}
    assert await strategy.get_proxy_for_session("short", ttl=1000) == ONE
    await strategy.get_proxy_for_session("other", ttl=0.001)
    await asyncio.sleep(0.01)
    assert await strategy.cleanup_expired_sessions() == 1


async def test_sessions_that_are_over_are_forgotten():
    strategy = RoundRobinProxyStrategy([ONE])
    for n in range(3000):
        await strategy.get_proxy_for_session(f"s{n}", ttl=0)
    assert len(strategy._leases) <= 1001


async def test_tasks_of_one_session_agree():
    class Slow(ProxyRotationStrategy):
        def __init__(self):
            self.proxies = iter([ONE, TWO, THREE])

        def add_proxies(self, proxies): ...

        async def get_next_proxy(self):
            await asyncio.sleep(0)
            return next(self.proxies)

    strategy = Slow()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(strategy.get_proxy_for_session("a")) for _ in range(3)]
    assert len({task.result() for task in tasks}) == 1


def test_the_base_cannot_be_used_by_itself():
    with pytest.raises(TypeError, match="abstract"):
        ProxyRotationStrategy()
