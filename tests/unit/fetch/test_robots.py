import asyncio
import gzip

import pytest

from skitter.errors import ConnectError, FetchTimeout
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.options import FetchOptions
from skitter.fetch.robots import RobotsRules
from skitter.model.response import Response
from tests.site.server import Answer, Asked
from tests.unit.fetch.proxy_servers import HTTPProxy

RULES = (
    "User-agent: *\nDisallow: /private/\nAllow: /private/open\nCrawl-delay: 2.5\n\nUser-agent: badbot\nDisallow: /\n"
)
DEFAULT = FetchOptions()


async def may(fetcher: HTTPFetcher, url: str, **options) -> bool:
    return await fetcher.may_fetch(url, FetchOptions(**options))


async def test_rules_are_followed(fetcher: HTTPFetcher, site):
    site.put("/robots.txt", RULES, content_type="text/plain")
    assert await may(fetcher, f"{site.url}/page1")
    assert not await may(fetcher, f"{site.url}/private/x")
    assert await may(fetcher, f"{site.url}/private/open")
    assert not await may(fetcher, f"{site.url}/page1", user_agent="BadBot/1.0")
    assert site.seen.hits == {"/robots.txt": 1}


async def test_local_pages_and_what_is_no_url_are_left_to_the_fetch(fetcher: HTTPFetcher):
    for url in ("raw:<p>", "file:///x", "example.com", "ftp://a.example/"):
        assert await may(fetcher, url)


async def test_one_fetch_whatever_the_number_of_waiters(fetcher: HTTPFetcher, site):
    async def page(asked: Asked, answer: Answer):
        await asyncio.sleep(0.05)
        await answer.send(RULES, content_type="text/plain")

    site.put_page("/robots.txt", page)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(may(fetcher, f"{site.url}/private/{n}")) for n in range(100)]
    assert not any(task.result() for task in tasks)
    assert site.seen.hits == {"/robots.txt": 1}


async def test_a_waiter_that_is_cancelled_makes_way(fetcher: HTTPFetcher, site):
    async def page(asked: Asked, answer: Answer):
        if asked.count == 1:
            await answer.hang()
        await answer.send(RULES, content_type="text/plain")

    site.put_page("/robots.txt", page)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(may(fetcher, f"{site.url}/private/1"))
        while not site.seen.asked:
            await asyncio.sleep(0.005)
        second = group.create_task(may(fetcher, f"{site.url}/private/2"))
        await asyncio.sleep(0)
        first.cancel()
    assert second.result() is False
    assert len(fetcher._robots._asking) == 0


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (200, False),
        (204, True),
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
async def test_what_a_status_means(fetcher: HTTPFetcher, site, status: int, allowed: bool):
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n" if status != 204 else "", status=status)
    assert await may(fetcher, f"{site.url}/page1") is allowed


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("corrupt-gzip", False), ("bomb/17", False), ("redirect-loop", True), ("redirect-bad", True)],
)
async def test_what_cannot_be_read(fetcher: HTTPFetcher, site, path: str, allowed: bool):
    site.put("/robots.txt", status=302, headers={"Location": f"/fault/{path}"})
    assert await may(fetcher, f"{site.url}/page1") is allowed


@pytest.mark.parametrize("path", ["reset", "truncated", "garbage"])
async def test_a_site_that_fails_is_not_fetched_and_says_why(fetcher: HTTPFetcher, site, path: str):
    site.put("/robots.txt", status=302, headers={"Location": f"/fault/{path}"})
    for _ in range(2):
        with pytest.raises(ConnectError, match=rf"robots\.txt could not be asked for.*/fault/{path}"):
            await may(fetcher, f"{site.url}/page1")
    assert site.seen.hits["/robots.txt"] == 1


async def test_an_unreachable_site_says_so(fetcher: HTTPFetcher, closed_url: str):
    with pytest.raises(ConnectError, match="connection refused") as caught:
        await may(fetcher, f"{closed_url}/page1")
    assert caught.value.url == f"{closed_url}/page1"


async def test_one_that_does_not_come_is_not_waited_for(fetcher: HTTPFetcher, site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("skitter.fetch.robots._PATIENCE_S", 0.3)
    site.put("/robots.txt", status=302, headers={"Location": "/fault/hang"})
    for _ in range(2):
        with pytest.raises(FetchTimeout, match=r"within 0\.3 s"):
            await may(fetcher, f"{site.url}/page1")
    assert site.seen.hits["/robots.txt"] == 1


async def test_redirects_are_followed(fetcher: HTTPFetcher, site):
    site.put("/robots.txt", status=301, headers={"Location": "/real"})
    site.put("/real", "User-agent: *\nDisallow: /no\n")
    assert not await may(fetcher, f"{site.url}/no")
    assert await may(fetcher, f"{site.url}/yes")


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /no\n",
        "User-agent: *\r\nDisallow: /no\r\nDisallow: /ü\r\n".encode(),
        b"User-agent: *\nDisallow: /no\n# \xff\xfe not UTF-8\n",
        b"User-agent: *\nDisallow: /no\n" + b"# padding\n" * 60_000 + b"Disallow: /late\n",
    ],
)
async def test_how_it_is_written(fetcher: HTTPFetcher, site, body: bytes):
    site.put("/robots.txt", body)
    assert not await may(fetcher, f"{site.url}/no")
    assert await may(fetcher, f"{site.url}/late"), "what stands behind 500 KiB is not read"


async def test_it_may_be_compressed(fetcher: HTTPFetcher, site):
    site.put("/robots.txt", gzip.compress(RULES.encode()), headers={"Content-Encoding": "gzip"})
    assert not await may(fetcher, f"{site.url}/private/x")


async def test_each_origin_has_its_own(fetcher: HTTPFetcher, site):
    here, there = site.hosts(2)
    for host in (here, there):
        await may(fetcher, f"{host}/page1")
        await may(fetcher, f"{host}/page2")
    assert [asked.host for asked in site.seen.asked] == ["127.0.0.1", "127.0.0.2"]


async def test_it_is_fetched_as_the_page_would_be_but_plainly(site):
    site.put("/robots.txt", RULES)
    config = HTTPCrawlerConfig(method="POST", json={"a": 1}, headers={"X-A": "1"}, bearer_token="t")
    with HTTPProxy() as proxy:
        async with HTTPFetcher(config) as fetcher:
            options = {"user_agent": "Mine", "proxy_config": f"127.0.0.1:{proxy.port}", "max_redirects": 0}
            assert not await may(fetcher, f"{site.url}/private/x", **options)
        assert proxy.asked == [f"GET {site.url}/robots.txt"]
    [asked] = site.seen.asked
    assert (asked.method, asked.body) == ("GET", b"")
    assert (asked.headers["user-agent"], asked.headers["x-a"]) == ("Mine", "1")


def answered(status: int, body: bytes = b"") -> Response:
    return Response(url="u", base_url="u", status=status, headers={}, body=body)


async def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch):
    asked = []

    async def fetch(url: str, options: FetchOptions) -> Response:
        asked.append(url)
        if "broken" in url:
            raise ConnectError("no")
        return answered(404)

    monkeypatch.setattr("skitter.fetch.robots._MOST_SITES", 3)
    rules = RobotsRules(fetch)
    for n in (1, 2, 3, 4, 4, 1):
        assert await rules.allowed(f"http://site{n}.example/", "x", DEFAULT)
    with pytest.raises(ConnectError):
        await rules.allowed("https://broken.example/", "x", DEFAULT)
    assert asked == [f"http://site{n}.example:80/robots.txt" for n in (1, 2, 3, 4, 1)] + [
        "https://broken.example:443/robots.txt"
    ]
