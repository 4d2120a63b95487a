import json

import pytest

from skitter.fetch.cookies import Cookie
from skitter.fetch.http import HTTPFetcher
from skitter.fetch.identity import Identity
from skitter.fetch.options import FetchOptions
from skitter.fetch.sessions import Sessions
from skitter.model.request import Request


async def cookies(fetch, site, **options) -> dict[str, str]:
    return json.loads((await fetch(f"{site.url}/cookies", **options)).body)


async def test_without_a_session_each_crawl_is_alone(fetch, site):
    await fetch(f"{site.url}/login")
    assert await cookies(fetch, site) == {}


async def test_a_session_keeps_its_cookies(fetch, fetcher: HTTPFetcher, site):
    await fetch(f"{site.url}/login?who=a", session_id="a")
    await fetch(f"{site.url}/login?who=b", session_id="b")
    assert await cookies(fetch, site, session_id="a") == {"who": "a", "theme": "dark"}
    assert await cookies(fetch, site, session_id="b") == {"who": "b", "theme": "dark"}
    assert await cookies(fetch, site) == {}
    assert fetcher.kill_session("a")
    assert not fetcher.kill_session("a")
    assert await cookies(fetch, site, session_id="a") == {}
    assert await cookies(fetch, site, session_id="b") == {"who": "b", "theme": "dark"}


async def test_cookies_of_a_redirect_are_carried_on(fetch, site):
    site.put("/in", status=302, headers=[("Location", "/cookies"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    response = await fetch(f"{site.url}/in")
    assert json.loads(response.body) == {"a": "1", "b": "2"}
    assert await cookies(fetch, site) == {}


async def test_cookies_do_not_go_to_other_hosts(fetch, site):
    here, there = site.hosts(2)
    site.put("/in", status=302, headers=[("Location", f"{there}/cookies"), ("Set-Cookie", "a=1; Path=/")])
    assert json.loads((await fetch(f"{here}/in", session_id="s")).body) == {}
    assert await cookies(fetch, site, session_id="s") == {"a": "1"}


async def test_every_crawl_starts_with_the_configured_cookies(site):
    given = Cookie.of({"name": "given", "value": "1", "url": site.url})
    async with HTTPFetcher(identity=Identity(cookies=(given,))) as fetcher:

        async def fetch(url: str, **options):
            return await fetcher.fetch(Request(url=url), FetchOptions(**options))

        assert await cookies(fetch, site) == {"given": "1"}
        assert await cookies(fetch, site, headers={"Cookie": "own=2"}) == {"own": "2", "given": "1"}
        await fetch(f"{site.url}/set-cookies?given=other", session_id="s")
        assert await cookies(fetch, site, session_id="s") == {"given": "other"}
        assert await cookies(fetch, site) == {"given": "1"}


def test_sessions_are_forgotten_when_they_are_idle():
    sessions = Sessions(idle_s=100)
    first = sessions.get("a", (), 0)
    assert sessions.get("a", (), 100) is first
    sessions.get("b", (), 150)
    assert sessions.get("a", (), 201) is not first
    assert "b" in sessions
    sessions.get("c", (), 260)
    assert "b" not in sessions


def test_the_least_used_session_makes_room():
    sessions = Sessions(most=3)
    for now, name in enumerate("abcad"):
        sessions.get(name, (), now)
    assert len(sessions) == 3
    assert "b" not in sessions
    sessions.clear()
    assert not sessions.kill("a")


@pytest.mark.parametrize("name", ["", "ü", "a/b"])
async def test_any_name_is_a_session(fetch, site, name: str):
    await fetch(f"{site.url}/login?who=x", session_id=name)
    assert (await cookies(fetch, site, session_id=name))["who"] == "x"
