"""What a crawl of one URL learns of its attempts, and what is told of them."""

import pytest

from skitter.config import CrawlerRunConfig
from skitter.crawl.run import Attempt, Run
from skitter.errors import ConnectError, HTTPStatusError, ParseError, ProxyError
from skitter.model.response import Hop, Response


def run() -> Run:
    return Run("http://a.example/", CrawlerRunConfig())


def answer(**values) -> Response:
    url = "http://a.example/"
    return Response(
        **({"url": url, "base_url": url, "status": 200, "headers": {}, "body": b"tea", "http_version": "1.1"} | values)
    )


def test_a_page_at_the_first_attempt():
    stats = run().stats(answer(), resolved_by="direct")
    assert (stats["attempts"], stats["retries"], stats["reasons"]) == (1, 0, [])
    assert (stats["resolved_by"], stats["fallback_fetch_used"]) == ("direct", False)
    assert stats["proxies_used"] == [{"proxy": "direct", "status_code": 200, "blocked": False, "reason": ""}]
    assert (stats["http_version"], stats["body_bytes"], stats["redirects"]) == ("1.1", 3, [])
    assert stats["took_s"] >= 0


def test_a_page_after_failures():
    crawl = run()
    crawl.note(ConnectError("no answer"), None, waited_s=0.5)
    crawl.note(HTTPStatusError("busy", status=503), answer(status=503), waited_s=1.0)
    assert crawl.attempt == 2
    stats = crawl.stats(answer(proxy="http://p.example:1"), resolved_by="proxy")
    assert (stats["attempts"], stats["retries"]) == (3, 2)
    assert stats["reasons"] == [
        {"reason": "connect", "message": "no answer", "status_code": None, "waited_s": 0.5},
        {"reason": "http_status", "message": "busy", "status_code": 503, "waited_s": 1.0},
    ]
    assert [(one["proxy"], one["status_code"]) for one in stats["proxies_used"]] == [
        ("direct", None),
        ("direct", 503),
        ("http://p.example:1", 200),
    ]


@pytest.mark.parametrize(("resolved_by", "attempts"), [(None, 1), ("fallback_fetch", 1), ("local", 2)])
def test_only_what_was_fetched_counts_as_an_attempt(resolved_by: str | None, attempts: int):
    crawl = run()
    crawl.note(ConnectError("no answer"), None, waited_s=0)
    stats = crawl.stats(answer(), resolved_by=resolved_by)
    assert stats["attempts"] == attempts
    assert len(stats["proxies_used"]) == 1, "a fallback and a local page go through none"
    assert stats["fallback_fetch_used"] == (resolved_by == "fallback_fetch")


def test_nothing_was_tried():
    stats = run().stats(None, resolved_by=None)
    assert (stats["attempts"], stats["retries"], stats["proxies_used"]) == (0, 0, [])
    assert "http_version" not in stats


def test_each_attempt_names_its_proxy():
    by_response, by_error, by_note, by_none = (run() for _ in range(4))
    for one in (by_response, by_error, by_note):
        one.note_proxy("http://noted:1")
    by_response.note(ParseError("bad"), answer(proxy="http://answered:1"), waited_s=0)
    refused = ProxyError("refused")
    refused.proxy = "http://refused:1"
    by_error.note(refused, None, waited_s=0)
    by_note.note(ConnectError("late"), None, waited_s=0)
    by_none.note(ConnectError("late"), None, waited_s=0)
    proxies = [one.failed[0].proxy for one in (by_response, by_error, by_note, by_none)]
    assert proxies == ["http://answered:1", "http://refused:1", "http://noted:1", None]


def test_an_error_that_has_a_status_names_it():
    crawl = run()
    crawl.note(HTTPStatusError("busy", status=429), None, waited_s=0)
    assert crawl.failed == [Attempt("http_status", "busy", 429)]


def test_redirects_are_told():
    hop = Hop(url="http://a.example/", status=301, location="http://b.example/")
    stats = run().stats(answer(hops=(hop,)), resolved_by="direct")
    assert stats["redirects"] == [
        {"url": "http://a.example/", "status_code": 301, "location": "http://b.example/"},
    ]
