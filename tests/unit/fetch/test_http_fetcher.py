import asyncio
import json
from contextlib import suppress

import pytest
from pydantic import SecretStr, ValidationError

from skitter.config import CrawlerRunConfig
from skitter.errors import ConfigError, InvalidURL
from skitter.fetch.hooks import Hooks
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.options import FetchOptions
from skitter.model.request import Request
from tests.site.server import Wire


async def echo(config: HTTPCrawlerConfig, url: str, **options) -> dict:
    async with HTTPFetcher(config) as fetcher:
        response = await fetcher.fetch(Request(url=url), FetchOptions(**options))
    return json.loads(response.body)


async def test_a_page(fetch, site, text):
    response = await fetch(f"{site.url}/page1#part")
    assert response.url == response.base_url == f"{site.url}/page1#part"
    assert response.status == 200
    assert "<h1>Page 1</h1>" in text(response)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.http_version == "1.1"
    assert response.remote_address == f"127.0.0.1:{site.port}"
    assert (response.hops, response.proxy, response.certificate, response.content_encoding) == ((), None, None, "")
    assert site.seen.asked[0].target == "/page1"


@pytest.mark.parametrize(
    "status", [200, 203, 206, 300, 304, 400, 401, 403, 404, 410, 429, 451, 500, 502, 503, 599, 999]
)
async def test_a_status_is_a_status(fetch, site, text, status: int):
    response = await fetch(f"{site.url}/status/{status}")
    assert response.status == status
    assert status == 304 or f"Status {status}" in text(response)


@pytest.mark.parametrize("status", [204, 205, 304])
async def test_an_answer_without_a_body_is_not_waited_for(fetch, wire, status: int):
    server = wire([Wire.READ, f"HTTP/1.1 {status} X\r\nContent-Length: 99999999999\r\n\r\n".encode(), Wire.HANG])
    async with asyncio.timeout(5):
        assert (await fetch(server.url)).body == b""


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate", "zstd"])
async def test_encodings_stay_on_the_body(fetch, site, text, encoding: str):
    response = await fetch(f"{site.url}/encoded/{encoding}")
    assert response.content_encoding == encoding.removeprefix("raw-")
    assert b"<h1>" not in response.body
    assert "<h1>Encoded</h1>" in text(response)


async def test_connections_are_kept(fetch, site):
    for n in range(20):
        await fetch(f"{site.url}/page{n + 1}")
    assert site.seen.connections < 5  # one, unless a request came before the connection was free again


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_methods(site, method: str):
    for config, options in ((HTTPCrawlerConfig(method=method), {}), (HTTPCrawlerConfig(), {"method": method})):
        async with HTTPFetcher(config) as fetcher:
            response = await fetcher.fetch(Request(url=f"{site.url}/echo"), FetchOptions(**options))
        assert site.seen.asked[-1].method == method
        assert bool(response.body) is (method != "HEAD")


@pytest.mark.parametrize(
    ("body", "kind", "sent"),
    [
        ({"data": {"a": "1 & 2", "ü": ["x", "y"]}}, "application/x-www-form-urlencoded", "a=1+%26+2&%C3%BC=x&%C3%BC=y"),
        ({"data": "as it ïs"}, "text/plain; charset=utf-8", "as it ïs"),
        ({"data": b"\x00\xff"}, "application/octet-stream", "\x00\xff"),
        ({"json": {"a": [1, None, "ü"]}}, "application/json", '{"a":[1,null,"ü"]}'),
        ({"json": []}, "application/json", "[]"),
        ({"data": {}}, "application/x-www-form-urlencoded", ""),
    ],
)
async def test_bodies(site, body: dict, kind: str, sent: str):
    echoed = await echo(HTTPCrawlerConfig(method="POST", **body), f"{site.url}/echo")
    assert echoed["headers"]["content-type"] == kind
    raw = echoed["body"].encode("latin-1")
    assert raw == (body["data"] if isinstance(body.get("data"), bytes) else sent.encode())


async def test_the_callers_content_type_wins(site):
    config = HTTPCrawlerConfig(method="PUT", data="<a/>", headers={"content-type": "text/xml"})
    assert (await echo(config, f"{site.url}/echo"))["headers"]["content-type"] == "text/xml"


@pytest.mark.parametrize("body", [{"data": "x"}, {"json": {}}])
async def test_a_get_has_no_body(site, body: dict):
    with pytest.raises(ConfigError, match="POST"):
        await echo(HTTPCrawlerConfig(**body), f"{site.url}/echo")
    assert (await echo(HTTPCrawlerConfig(**body), f"{site.url}/echo", method="POST"))["body"]


def test_options_that_exclude_each_other():
    for both in ({"data": "x", "json": 1}, {"auth": ("a", "b"), "bearer_token": "c"}):
        with pytest.raises(ValidationError, match="exclude each other"):
            HTTPCrawlerConfig(**both)


async def test_basic_and_bearer_authentication(site, text):
    async with HTTPFetcher(HTTPCrawlerConfig(auth=("ada", SecretStr("pa:ss")))) as fetcher:
        response = await fetcher.fetch(Request(url=f"{site.url}/basic-auth/ada/pa:ss"), FetchOptions())
    assert "Hello, ada" in text(response)
    echoed = await echo(HTTPCrawlerConfig(bearer_token="t0ken"), f"{site.url}/echo")
    assert echoed["headers"]["authorization"] == "Bearer t0ken"
    config = HTTPCrawlerConfig(bearer_token="t0ken", headers={"Authorization": "Mine"})
    assert (await echo(config, f"{site.url}/echo"))["headers"]["authorization"] == "Mine"


async def test_user_and_password_in_the_url(fetch, site, text):
    url = f"http://ada:p%40ss@127.0.0.1:{site.port}/basic-auth/ada/p@ss"
    response = await fetch(url)
    assert "Hello, ada" in text(response)
    assert response.url == f"{site.url}/basic-auth/ada/p@ss"


async def test_non_ascii_urls(fetch, site):
    await fetch(f"{site.url}/echo/ü ö?q=ä&b=a|b#ß")
    assert site.seen.asked[0].target == "/echo/%C3%BC%20%C3%B6?q=%C3%A4&b=a|b"


@pytest.mark.parametrize("url", ["example.com", "ftp://a.example/", "http://"])
async def test_what_is_no_url(fetch, url: str):
    with pytest.raises(InvalidURL):
        await fetch(url)


async def test_a_url_that_is_too_long(fetch, site):
    with pytest.raises(InvalidURL, match="too long"):
        await fetch(f"{site.url}/{'x' * 70_000}")


async def test_conditional_requests(fetcher: HTTPFetcher, site):
    for headers in ({"If-None-Match": '"7"'}, {"If-Modified-Since": "Mon, 06 Jan 2025 10:00:00 GMT"}):
        response = await fetcher.fetch(Request(url=f"{site.url}/cached/7", headers=headers), FetchOptions())
        assert (response.status, response.body, response.headers["etag"]) == (304, b"", '"7"')


async def test_only_so_many_requests_at_once(site):
    async with HTTPFetcher(HTTPCrawlerConfig(max_connections=3)) as fetcher, asyncio.TaskGroup() as group:
        for _ in range(12):
            group.create_task(fetcher.fetch(Request(url=f"{site.url}/delay/0.02"), FetchOptions()))
    # the site may note the end of an answer after the next request has come
    assert 3 <= max(site.seen.most_at_once.values()) <= 6


async def test_other_options_are_worked_out_anew(fetcher: HTTPFetcher, site):
    for n in range(600):
        options = FetchOptions(headers={"N": str(n)})
        await fetcher.fetch(Request(url=f"{site.url}/page1"), options)
        assert site.seen.asked[-1].headers["n"] == str(n)
    assert len(fetcher._plans) <= 256


async def test_a_fetcher_is_opened_first(site):
    fetcher = HTTPFetcher()
    with pytest.raises(RuntimeError, match="async with"):
        await fetcher.fetch(Request(url=site.url), FetchOptions())
    async with fetcher:
        assert (await fetcher.fetch(Request(url=site.url), FetchOptions())).status == 200
    with pytest.raises(RuntimeError):
        await fetcher.fetch(Request(url=site.url), FetchOptions())


async def test_closing_closes_the_connections(site):
    async with HTTPFetcher() as fetcher:
        for url in site.hosts(8):
            await fetcher.fetch(Request(url=f"{url}/page1"), FetchOptions())
        assert site.seen.open_connections == 8
    async with asyncio.timeout(5):
        while site.seen.open_connections:
            await asyncio.sleep(0.01)


async def test_a_redirect_is_not_followed_after_the_closing(site):
    """Nobody would close the connection any more."""
    closings = 0

    def allow(address: object) -> bool:
        nonlocal closings
        if site.seen.asked and not closings:  # the first answer is there
            closings += 1
            with suppress(StopIteration):  # it waits for nothing
                fetcher.__aexit__(None, None, None).send(None)
        return True

    async with HTTPFetcher(is_allowed=allow) as fetcher:
        with pytest.raises(RuntimeError, match="within `async with`"):
            await fetcher.fetch(Request(url=f"{site.url}/redirect/1"), FetchOptions(block_private_addresses=True))
    assert (len(site.seen.asked), closings) == (1, 1)
    assert await site.is_quiet()


async def test_a_crawls_whole_config_is_read(fetcher: HTTPFetcher, site):
    config = CrawlerRunConfig(headers={"A": "1"}, max_redirects=0)
    response = await fetcher.fetch(Request(url=f"{site.url}/redirect/2"), config)
    assert response.status == 302
    assert site.seen.asked[0].headers["a"] == "1"


async def test_hooks_are_called(site):
    hooks, called = Hooks(), []

    async def before(url, request):
        called.append(("before", url, request["method"]))
        request["headers"]["X-Hooked"] = "yes"

    hooks.set("before_request", before)
    hooks.set("after_request", lambda response: called.append(("after", response.status)))
    hooks.set("on_error", lambda error: called.append(("error", error.kind)))
    async with HTTPFetcher(hooks=hooks) as fetcher:
        response = await fetcher.fetch(Request(url=f"{site.url}/headers"), FetchOptions())
        assert json.loads(response.body)["x-hooked"] == "yes"
        with pytest.raises(InvalidURL):
            await fetcher.fetch(Request(url="nothing"), FetchOptions())
        hooks.set("before_request", None)
        response = await fetcher.fetch(Request(url=f"{site.url}/headers"), FetchOptions())
        assert "x-hooked" not in json.loads(response.body)
    assert called == [
        ("before", f"{site.url}/headers", "GET"),
        ("after", 200),
        ("error", "invalid_url"),
        ("after", 200),
    ]


async def test_a_hook_that_raises_fails_the_page(site):
    hooks = Hooks()
    hooks.set("before_request", lambda *_: 1 / 0)
    async with HTTPFetcher(hooks=hooks) as fetcher:
        with pytest.raises(ZeroDivisionError):
            await fetcher.fetch(Request(url=site.url), FetchOptions())
        hooks.set("before_request", lambda _, request: request["headers"].update({"Bad\n": "x"}))
        with pytest.raises(ConfigError, match="before_request"):
            await fetcher.fetch(Request(url=site.url), FetchOptions())
    assert not site.seen.asked


def test_there_are_no_other_hooks():
    with pytest.raises(ValueError, match="before_request"):
        Hooks().set("before_tea", print)
