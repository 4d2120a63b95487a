import json
import random
from pathlib import Path

import pytest

from skitter.config import BrowserConfig
from skitter.errors import ConfigError
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.identity import Identity
from skitter.fetch.impersonation import profile
from skitter.fetch.options import FetchOptions
from skitter.fetch.plan import accept_language
from skitter.fetch.user_agents import pick, user_agents
from skitter.model.request import Request
from tests.site.server import Wire

STATE = {"cookies": [{"name": "stored", "value": "2", "domain": "127.0.0.1", "path": "/"}], "origins": []}


async def echoed(fetcher: HTTPFetcher, url: str, request: dict | None = None, **options) -> dict[str, str]:
    response = await fetcher.fetch(Request(url=url + "/headers", headers=request or {}), FetchOptions(**options))
    return json.loads(response.body)


@pytest.mark.parametrize("as_file", [True, False])
async def test_an_identity_is_read_from_a_browser_config(site, tmp_path: Path, as_file: bool):
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    config = BrowserConfig(
        headers={"X-Mine": "1"},
        cookies=[{"name": "given", "value": "1", "url": site.url}],
        storage_state=str(tmp_path / "state.json") if as_file else STATE,
        user_agent="Mine/1.0",
    )
    async with HTTPFetcher(identity=Identity.of(config)) as fetcher:
        sent = await echoed(fetcher, site.url)
    assert (sent["x-mine"], sent["user-agent"], sent["cookie"]) == ("1", "Mine/1.0", "given=1; stored=2")


@pytest.mark.parametrize("state", ["nowhere.json", {"cookies": "none"}, {"cookies": ["x"]}])
def test_a_storage_state_that_is_none_is_refused(state):
    with pytest.raises(ConfigError, match="storage_state"):
        Identity.of(BrowserConfig(storage_state=state))


async def test_default_headers(fetcher: HTTPFetcher, site):
    sent = await echoed(fetcher, site.url)
    assert sent["user-agent"].startswith("Mozilla/5.0 (compatible; skitter/")
    assert sent["accept"].startswith("text/html,")
    assert sent["accept-language"].startswith("en")
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
    assert next(iter(sent)) == "host"
    assert "cookie" not in sent


async def test_the_special_wins_over_the_general(site):
    identity = Identity(headers={"A": "who", "B": "who", "C": "who", "D": "who"}, user_agent="who")
    config = HTTPCrawlerConfig(headers={"b": "http", "C": "http", "D": "http"})
    async with HTTPFetcher(config, identity) as fetcher:
        sent = await echoed(fetcher, site.url, {"D": "request"}, headers={"c": "page", "D": "page"})
        assert (sent["a"], sent["b"], sent["c"], sent["d"]) == ("who", "http", "page", "request")
        assert sent["user-agent"] == "who"
        assert (await echoed(fetcher, site.url, user_agent="page"))["user-agent"] == "page"
        assert (await echoed(fetcher, site.url, headers={"User-Agent": "h"}, user_agent="p"))["user-agent"] == "h"
        assert (await echoed(fetcher, site.url, {"User-Agent": "r"}, user_agent="p"))["user-agent"] == "r"


async def test_names_of_headers_keep_their_spelling(wire):
    server = wire([Wire.READ, b"HTTP/1.1 204 OK\r\n\r\n"])
    async with HTTPFetcher() as fetcher:
        await fetcher.fetch(Request(url=server.url), FetchOptions(headers={"X-MiXed": "1", "DNT": "1"}))
    lines = server.received[0].decode().split("\r\n")
    assert [line.partition(":")[0] for line in lines[1:-2]] == [
        "Host",
        "User-Agent",
        "Accept",
        "Accept-Language",
        "Accept-Encoding",
        "X-MiXed",
        "DNT",
    ]


@pytest.mark.parametrize(
    ("locale", "header"),
    [
        ("de-DE", "de-DE,de;q=0.9"),
        ("fr", "fr"),
        ("pt_BR.UTF-8", "pt-BR,pt;q=0.9"),
        ("zh-Hant-TW", "zh-Hant-TW,zh;q=0.9"),
    ],
)
async def test_locale(fetcher: HTTPFetcher, site, locale: str, header: str):
    assert (await echoed(fetcher, site.url, locale=locale))["accept-language"] == header


@pytest.mark.parametrize("locale", ["", "de DE", "x\r\ny", "日本"])
def test_a_locale_that_is_none_is_refused(locale: str):
    with pytest.raises(ConfigError, match="locale"):
        accept_language(locale)


async def test_random_user_agents(fetcher: HTTPFetcher, site):
    options = FetchOptions(user_agent_mode="random", user_agent_generator_config={"platforms": ["windows"]})
    agents = set()
    for _ in range(40):
        response = await fetcher.fetch(Request(url=site.url + "/headers"), options)
        agents.add(json.loads(response.body)["user-agent"])
    assert len(agents) > 2
    assert all("Windows NT" in agent for agent in agents)
    assert fetcher.user_agent(options).startswith("Mozilla/5.0 (Windows")


async def test_a_session_keeps_its_random_user_agent(site):
    async with HTTPFetcher(identity=Identity(user_agent_mode="random")) as fetcher:
        agents = {(await echoed(fetcher, site.url, session_id="a"))["user-agent"] for _ in range(10)}
        assert len(agents) == 1
        assert (await echoed(fetcher, site.url, session_id="a", user_agent="Mine"))["user-agent"] == "Mine"
        assert (await echoed(fetcher, site.url, user_agent_mode=""))["user-agent"].startswith("Mozilla/5.0 (compatible")


def test_user_agents_are_narrowed():
    assert len(user_agents({})) > 15
    assert all("Firefox" in one for one in user_agents({"browsers": "Firefox"}))
    assert all("Android" in one or "iPhone" in one for one in user_agents({"device_type": "mobile"}))
    [mac] = {one.partition(";")[0] for one in user_agents({"browser_type": ["safari"], "os_type": ["macos"]})}
    assert mac == "Mozilla/5.0 (Macintosh"
    assert pick({}, random.Random(1)) == pick({}, random.Random(1))


@pytest.mark.parametrize("narrowed", [{"browsers": "netscape"}, {"browsers": "edge", "platforms": "ios"}, {"odd": 1}])
def test_user_agents_that_do_not_exist_are_refused(narrowed: dict):
    with pytest.raises(ConfigError, match="user_agent_generator_config"):
        user_agents(narrowed)


@pytest.mark.parametrize(
    "name", ["chrome_137", "Chrome137", "chrome-137", "firefox", "safari_26.4", "safari_ios", "edge"]
)
def test_browsers_that_can_be_impersonated(name: str):
    assert name[:4].lower() in str(profile(name)).lower()


def test_a_family_means_its_newest():
    assert str(profile("chrome")) == str(profile("chrome_154"))
    assert str(profile("firefox")) == str(profile("firefox_152"))


@pytest.mark.parametrize(("name", "close"), [("chrome_9", "chrome_"), ("firefx_139", "firefox_139"), ("lynx", "opera")])
def test_an_unknown_browser_is_refused_with_names_that_are_close(name: str, close: str):
    with pytest.raises(ConfigError, match=close):
        profile(name)


async def test_impersonation_shows_the_browsers_headers(fetcher: HTTPFetcher, site):
    sent = await echoed(fetcher, site.url, impersonate="chrome_137")
    assert "Chrome/137.0.0.0" in sent["user-agent"]
    assert '"Google Chrome";v="137"' in sent["sec-ch-ua"]
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
    assert fetcher.user_agent(FetchOptions(impersonate="chrome_137")) == ""
    sent = await echoed(fetcher, site.url, impersonate="firefox", locale="de-DE", headers={"X-Mine": "1"})
    assert "Firefox/" in sent["user-agent"]
    assert (sent["accept-language"], sent["x-mine"]) == ("de-DE,de;q=0.9", "1")
    with pytest.raises(ConfigError, match="impersonate"):
        await echoed(fetcher, site.url, impersonate="lynx")


@pytest.mark.parametrize(
    "options", [{"headers": {"A": "x\ny"}}, {"headers": {"A b": "x"}}, {"user_agent": "x\r\nA: b"}]
)
async def test_headers_that_cannot_be_sent_are_refused(fetcher: HTTPFetcher, site, options: dict):
    with pytest.raises(ConfigError, match="CrawlerRunConfig"):
        await echoed(fetcher, site.url, **options)
