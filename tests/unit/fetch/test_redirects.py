import json

import pytest

from skitter.errors import InvalidURL, TooManyRedirects
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.http_config import HTTPCrawlerConfig
from skitter.fetch.options import FetchOptions
from skitter.model.request import Request
from skitter.model.response import Hop
from tests.site.server import Answer, Asked


async def send(config: HTTPCrawlerConfig, url: str, **options):
    async with HTTPFetcher(config) as fetcher:
        return await fetcher.fetch(Request(url=url), FetchOptions(**options))


async def test_each_hop_is_recorded(fetch, site, text):
    response = await fetch(f"{site.url}/redirect/2?status=301#here")
    assert "Page 1" in text(response)
    assert response.url == f"{site.url}/page1#here"
    assert response.hops == (
        Hop(
            url=f"{site.url}/redirect/2?status=301#here",
            status=301,
            location=f"{site.url}/redirect/1?status=301#here",
        ),
        Hop(url=f"{site.url}/redirect/1?status=301#here", status=301, location=f"{site.url}/page1#here"),
    )
    assert site.seen.connections < 3, "a redirect's body is read to its end, and the connection kept"


@pytest.mark.parametrize(
    ("status", "method", "after"),
    [
        (301, "GET", "GET"),
        (301, "POST", "GET"),
        (301, "PUT", "PUT"),
        (302, "POST", "GET"),
        (302, "HEAD", "HEAD"),
        (302, "DELETE", "DELETE"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (308, "PATCH", "PATCH"),
    ],
)
async def test_what_becomes_of_method_and_body(site, status: int, method: str, after: str):
    body = {"data": "body"} if method not in {"GET", "HEAD"} else {}
    config = HTTPCrawlerConfig(method=method, headers={"X-Kept": "1"}, **body)
    await send(config, f"{site.url}/redirect-to?status={status}&url=/echo")
    asked = site.seen.asked[-1]
    assert asked.method == after
    assert asked.body == (b"body" if body and after == method else b"")
    assert ("content-type" in asked.headers) is bool(body and after == method)
    assert asked.headers["x-kept"] == "1"


@pytest.mark.parametrize("status", [300, 304, 305, 306])
async def test_other_statuses_are_not_followed(fetch, site, status: int):
    url = site.put("/x", status=status, headers={"Location": "/page1"})
    assert (await fetch(url)).status == status


@pytest.mark.parametrize(("config", "options"), [({"follow_redirects": False}, {}), ({}, {"max_redirects": 0})])
async def test_not_following_returns_the_redirect(site, config: dict, options: dict):
    response = await send(HTTPCrawlerConfig(**config), f"{site.url}/redirect/2", **options)
    assert (response.status, response.hops, response.headers["location"]) == (302, (), "/redirect/1")
    assert response.body == b"<p>Elsewhere.</p>"


async def test_the_limit_is_named(fetch, site):
    assert (await fetch(f"{site.url}/redirect/3", max_redirects=3)).status == 200
    with pytest.raises(TooManyRedirects, match=r"more than 2 times.*max_redirects") as caught:
        await fetch(f"{site.url}/redirect/3", max_redirects=2)
    assert caught.value.kind == "too_many_redirects"
    assert caught.value.url == f"{site.url}/redirect/3"
    assert not caught.value.retryable
    with pytest.raises(TooManyRedirects, match="more than 20 times"):
        await fetch(f"{site.url}/fault/redirect-endless")


@pytest.mark.parametrize("length", [1, 2, 3])
async def test_loops_are_named(fetch, site, length: int):
    url = f"{site.url}/fault/redirect-loop/{length}?step=0"
    with pytest.raises(TooManyRedirects, match="loop: ") as caught:
        await fetch(url)
    assert str(caught.value).count(" → ") == length
    assert len(site.seen.asked) == length


async def test_the_same_url_with_other_cookies_is_no_loop(fetch, site, text):
    async def page(asked: Asked, answer: Answer):
        if "seen=1" in asked.headers.get("cookie", ""):
            await answer.send("<p>Come in.</p>")
        else:
            await answer.send(status=302, headers={"Location": "/door", "Set-Cookie": "seen=1; Path=/"})

    url = site.put_page("/door", page)
    response = await fetch(url)
    assert "Come in" in text(response)
    assert [hop.location for hop in response.hops] == [url]


async def test_a_cookie_that_changes_for_ever_ends_at_the_limit(fetch, site):
    async def page(asked: Asked, answer: Answer):
        await answer.send(status=302, headers={"Location": "/door", "Set-Cookie": f"n={asked.count}; Path=/"})

    with pytest.raises(TooManyRedirects, match="more than 20"):
        await fetch(site.put_page("/door", page))


async def test_a_redirect_to_nowhere_is_an_answer(fetch, site, text):
    response = await fetch(f"{site.url}/fault/redirect-nowhere")
    assert response.status == 302
    assert "Somewhere else" in text(response)
    assert (await fetch(site.put("/empty", status=302, headers={"Location": ""}))).status == 302


@pytest.mark.parametrize(
    ("location", "complaint"),
    [
        ("http://[not a host/", "is no URL"),
        ("ftp://a.example/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("raw:<p>mine</p>", "only http and https"),
    ],
)
async def test_a_redirect_that_cannot_be_followed(fetch, site, location: str, complaint: str):
    with pytest.raises(InvalidURL, match=complaint):
        await fetch(site.put("/x", status=302, headers={"Location": location}))


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("page1", "/dir/page1"),
        ("../page1", "/page1"),
        ("//127.0.0.1:{port}/page1", "/page1"),
        ("?q=1", "/dir/x?q=1"),
        ("/a b", "/a%20b"),
        ("/\u00fc", "/%C3%BC"),
    ],
)
async def test_every_kind_of_location(fetch, site, location: str, target: str):
    raw = location.format(port=site.port).encode().decode("latin-1")

    async def page(asked: Asked, answer: Answer):
        if asked.query:
            await answer.send("here")
        else:
            await answer.send(status=302, headers={"Location": raw})

    await fetch(site.put_page("/dir/x", page))
    assert site.seen.asked[-1].target == target


async def test_a_location_in_latin_1(fetch, wire):
    server = wire(
        ["read", b"HTTP/1.1 302 Found\r\nLocation: /\xfc\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"],
        ["read", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"],
    )
    assert (await fetch(server.url)).url == f"{server.url}/%C3%BC"


async def test_a_meta_refresh_is_not_followed(fetch, site):
    url = site.put("/x", '<meta http-equiv="refresh" content="0; url=/page1">')
    assert (await fetch(url)).hops == ()
    assert len(site.seen.asked) == 1


async def test_credentials_go_to_the_origin_that_was_asked_for(site):
    here, there = site.hosts(2)
    config = HTTPCrawlerConfig(
        auth=("ada", "secret"), headers={"Cookie": "mine=1", "X-Key": "2", "Host": f"127.0.0.1:{site.port}"}
    )
    for place, trusted in ((f"{here}/headers", True), (f"{there}/headers", False)):
        response = await send(config, f"{here}/redirect-to?url={place}")
        sent = json.loads(response.body)
        assert ("authorization" in sent, "cookie" in sent) == (trusted, trusted)
        assert sent["host"] == place.split("/")[2]
        assert sent["x-key"] == "2"
    config = HTTPCrawlerConfig(headers={"Authorization": "Mine"})
    assert "authorization" not in json.loads((await send(config, f"{here}/redirect-to?url={there}/headers")).body)


async def test_credentials_come_back_with_the_origin(site):
    here, there = site.hosts(2)
    config = HTTPCrawlerConfig(bearer_token="t")
    await send(config, f"{here}/redirect-to?url={there}/redirect-to%3Furl={here}/headers")
    assert ["authorization" in asked.headers for asked in site.seen.asked] == [True, False, True]


async def test_credentials_in_a_location_are_used_there_only(fetch, site):
    here = site.hosts(2)[0]
    response = await fetch(f"{here}/redirect-to?url=http://me:pw@127.0.0.2:{site.port}/redirect-to%3Furl={here}/echo")
    assert ["authorization" in asked.headers for asked in site.seen.asked] == [False, True, False]
    assert "me:pw" not in "".join(hop.location for hop in response.hops)
