"""What a server answers and what becomes of it: statuses, refusals and retries, redirects, and who may not be asked."""

from email.utils import formatdate

import pytest

from skitter import AsyncHTTPCrawlerStrategy, AsyncWebCrawler, CrawlResult, HTTPCrawlerConfig, RoundRobinProxyStrategy
from skitter.base.clock import epoch
from tests.site.server import Answer, Asked, Site
from tests.unit.fetch.proxy_servers import HTTPProxy

QUICK = {"retry_delay": 0.01}


async def crawl(url: str, **options) -> CrawlResult:
    async with AsyncWebCrawler() as crawler:
        return await crawler.arun(url, **(QUICK | options))


async def crawl_many(urls: list, **options) -> list[CrawlResult]:
    async with AsyncWebCrawler() as crawler:
        return await crawler.arun_many(urls, **(QUICK | options))


# ---- a status is an answer


@pytest.mark.parametrize("status", [200, 201, 203, 400, 401, 403, 404, 410, 418, 451, 500, 501, 502, 504, 599])
async def test_any_status_is_a_page(site: Site, status: int):
    url = site.put("/page", "<h1>Tea</h1>", status=status, headers={"X-Tea": "green"})
    result = await crawl(url)
    assert (result.success, result.error, result.error_message) == (True, None, None)
    assert result.status_code == result.redirected_status_code == status
    assert (result.markdown.strip(), result.html, result.response_headers["x-tea"]) == (
        "# Tea",
        "<h1>Tea</h1>",
        "green",
    )
    assert len(site.seen.asked) == result.crawl_stats["attempts"] == 1


@pytest.mark.parametrize("status", [204, 304])
async def test_a_status_without_a_body_is_an_empty_page(site: Site, status: int):
    result = await crawl(f"{site.url}/status/{status}")
    assert (result.success, result.status_code, result.html, result.markdown) == (True, status, "", "")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_a_refusal_fails_when_the_attempts_are_used_up(site: Site, status: int, many: bool):
    url = f"{site.url}/status/{status}"
    result = (await crawl_many([url]))[0] if many else await crawl(url)
    assert (result.success, result.status_code, result.error.kind) == (False, status, "http_status")
    assert (result.error.status, result.html.count("<h1>")) == (status, 1)
    assert result.markdown.startswith(f"# Status {status}")
    assert result.response_headers["content-type"].startswith("text/html")
    assert url in result.error_message
    assert f"HTTP {status} to attempt 3 of 3" in result.error_message
    stats = result.crawl_stats
    assert (stats["attempts"], stats["retries"], stats["resolved_by"]) == (3, 2, None)
    assert [reason["reason"] for reason in stats["reasons"]] == ["http_status"] * 3
    assert [reason["status_code"] for reason in stats["reasons"]] == [status] * 3
    assert len(stats["proxies_used"]) == len(site.seen.asked) == 3
    if many:
        assert result.dispatch_result.attempts == 3
        assert result.dispatch_result.error_message == result.error_message


@pytest.mark.parametrize("path", ["/retry/429/2", "/retry/503/2", "/fault/reset-times/2"])
@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_a_page_that_comes_at_last_is_a_page(site: Site, path: str, many: bool):
    result = (await crawl_many([site.url + path]))[0] if many else await crawl(site.url + path)
    assert (result.success, result.status_code, result.error_message) == (True, 200, None)
    assert result.crawl_stats["attempts"] == len(site.seen.asked) == 3
    assert result.crawl_stats["resolved_by"] == "direct"
    assert all(reason["waited_s"] > 0 for reason in result.crawl_stats["reasons"])


@pytest.mark.parametrize("path", ["/status/429", "/fault/reset", "/fault/truncated"])
async def test_without_retries_there_is_one_attempt(site: Site, path: str):
    result = await crawl(site.url + path, max_retries=0)
    assert not result.success
    assert (len(site.seen.asked), result.crawl_stats["attempts"], result.crawl_stats["retries"]) == (1, 1, 0)
    assert len(result.crawl_stats["reasons"]) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_retry_after_is_obeyed(site: Site, form: str, many: bool):
    async def busy(asked: Asked, answer: Answer) -> None:
        if asked.count > 1:
            await answer.send("<h1>At last</h1>")
        else:  # a date has whole seconds
            said = "0.3" if form == "seconds" else formatdate(epoch() + 1.2, usegmt=True)
            await answer.send("", status=429, headers={"Retry-After": said})

    url = site.put_page("/busy", busy)
    result = (await crawl_many([url]))[0] if many else await crawl(url)
    first, second = site.seen.starts_s("/busy")
    [reason] = result.crawl_stats["reasons"]
    assert result.success
    assert second - first >= reason["waited_s"] - 0.01
    assert reason["waited_s"] >= (0.3 if form == "seconds" else 0.001)


@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_who_asks_to_wait_too_long_is_not_asked_again(site: Site, many: bool):
    url = f"{site.url}/retry/503/1?after=100"
    result = (await crawl_many([url]))[0] if many else await crawl(url)
    assert (result.success, result.status_code, len(site.seen.asked)) == (False, 503, 1)
    assert "asks to wait 100 s, which is more than `max_retry_delay`" in result.error_message
    assert result.markdown.startswith("# Busy")


async def test_a_retry_leaves_its_slot_and_delays_its_host_only(site: Site):
    one, two = site.hosts(2)
    refused = f"{one}/retry/503/1?after=0.4"
    urls = [refused, f"{one}/page1", *(f"{two}/page{n}" for n in range(1, 6))]
    async with AsyncWebCrawler() as crawler:
        crawled = crawler.arun_many(urls, stream=True, semaphore_count=1)
        finished = [result.url async for result in crawled]
    assert finished[0] == urls[2], "the other host is crawled meanwhile, though one page is crawled at a time"
    assert sorted(finished) == sorted(urls)
    began, *later = site.seen.starts_s(host="127.0.0.1")
    assert len(later) == 2
    assert min(later) - began >= 0.39, "it asked for all its pages"


# ---- redirects


async def test_redirects_are_told_and_the_last_answer_counts(site: Site):
    result = await crawl(f"{site.url}/redirect/3")
    assert (result.url, result.redirected_url) == (f"{site.url}/redirect/3", f"{site.url}/page1")
    assert (result.status_code, result.redirected_status_code) == (200, 200)
    assert result.crawl_stats["redirects"] == [
        {"url": f"{site.url}/redirect/3", "status_code": 302, "location": f"{site.url}/redirect/2"},
        {"url": f"{site.url}/redirect/2", "status_code": 302, "location": f"{site.url}/redirect/1"},
        {"url": f"{site.url}/redirect/1", "status_code": 302, "location": f"{site.url}/page1"},
    ]
    assert result.crawl_stats["attempts"] == 1
    assert result.links["internal"][0]["href"] == f"{site.url}/page2", "relative to where the page was found"


async def test_a_redirect_to_a_missing_page_is_a_missing_page(site: Site):
    result = await crawl(f"{site.url}/redirect-to?url=/status/404")
    assert (result.success, result.status_code, result.redirected_url) == (True, 404, f"{site.url}/status/404")


async def test_a_redirect_to_a_refusal_is_tried_again_from_the_start(site: Site):
    result = await crawl(f"{site.url}/redirect-to?url=/retry/503/1")
    assert (result.success, result.crawl_stats["attempts"]) == (True, 2)
    assert [asked.path for asked in site.seen.asked] == ["/redirect-to", "/retry/503/1"] * 2


async def test_a_redirect_can_be_the_result(site: Site):
    result = await crawl(f"{site.url}/redirect/1", max_redirects=0)
    assert (result.success, result.status_code, result.response_headers["location"]) == (True, 302, "/page1")
    assert (result.redirected_url, result.crawl_stats["redirects"]) == (f"{site.url}/redirect/1", [])


async def test_more_redirects_than_allowed_is_a_failure(site: Site):
    assert (await crawl(f"{site.url}/redirect/2", max_redirects=2)).success
    result = await crawl(f"{site.url}/redirect/3", max_redirects=2)
    assert (result.error.kind, "`max_redirects`" in result.error_message) == ("too_many_redirects", True)
    assert result.crawl_stats["attempts"] == 1


# ---- who cannot be asked, or may not be


async def test_a_name_without_an_address():
    result = await crawl("http://no-such-host.invalid/")
    assert (result.success, result.error.kind, result.status_code, result.html) == (False, "dns", None, "")
    assert "no-such-host.invalid" in result.error_message
    assert result.crawl_stats["attempts"] == 1, "it will not have one a second later"


async def test_a_certificate_that_cannot_be_trusted(site: Site):
    url = f"{site.https_url()}/page1"
    result = await crawl(url)
    assert (result.error.kind, result.crawl_stats["attempts"]) == ("tls", 1)
    assert "`HTTPCrawlerConfig(verify_ssl=False)`" in result.error_message
    async with AsyncWebCrawler(AsyncHTTPCrawlerStrategy(HTTPCrawlerConfig(verify_ssl=False))) as crawler:
        result = await crawler.arun(url, fetch_ssl_certificate=True)
    assert result.success
    assert result.ssl_certificate.subject["CN"] == "localhost"


async def test_who_listens_nowhere_is_asked_again(closed_url: str):
    result = await crawl(closed_url)
    assert (result.error.kind, result.error.retryable, result.crawl_stats["attempts"]) == ("connect", True, 3)
    assert "nobody listens there" in result.error_message


@pytest.mark.parametrize("path", ["/private/page", "/private/"])
@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_robots_txt_is_obeyed_where_that_is_asked_for(site: Site, path: str, many: bool):
    site.put(path, "<h1>Private</h1>")
    assert (await crawl(site.url + path)).success
    options = {"check_robots_txt": True, "fallback_fetch_function": _never}
    result = (await crawl_many([site.url + path], **options))[0] if many else await crawl(site.url + path, **options)
    assert (result.success, result.status_code, result.error.kind) == (False, 403, "robots")
    assert [asked.path for asked in site.seen.asked] == [path, "/robots.txt"]
    assert (await crawl(f"{site.url}/page1", check_robots_txt=True)).success


async def test_private_addresses_can_be_refused(site: Site):
    result = await crawl(f"{site.url}/page1", block_private_addresses=True)
    assert (result.success, result.error.kind) == (False, "blocked")
    assert site.seen.asked == []
    local = await crawl(f"file://{__file__}", block_private_addresses=True)
    assert local.error.kind == "blocked"


async def _never(url: str) -> str:
    raise AssertionError(url)


# ---- proxies and fallbacks


async def test_the_proxies_that_were_used_are_told(site: Site, closed_url: str):
    with HTTPProxy() as good, HTTPProxy(answer=b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") as busy:
        proxies = [closed_url, f"http://127.0.0.1:{busy.port}", f"http://127.0.0.1:{good.port}"]
        result = await crawl(f"{site.url}/page1", proxy_config=proxies)
        assert result.success, result.error_message
        stats = result.crawl_stats
        assert [one["proxy"] for one in stats["proxies_used"]] == proxies
        assert [one["status_code"] for one in stats["proxies_used"]] == [None, 503, 200]
        assert [reason["reason"] for reason in stats["reasons"]] == ["proxy", "http_status"]
        assert (stats["resolved_by"], stats["attempts"]) == ("proxy", 3)
        assert len(good.asked) == len(busy.asked) == 1


async def test_a_proxy_that_hangs_is_known_by_its_name(site: Site, wire):
    hanging = wire(["hang"]).url
    result = await crawl(f"{site.url}/page1", proxy_config=[hanging, *["direct"] * 5], page_timeout=250, max_retries=5)
    assert result.success
    first, *_, last = result.crawl_stats["proxies_used"]
    assert (first["proxy"], last["proxy"]) == (hanging, "direct")


@pytest.mark.parametrize("session", [None, "one"])
async def test_proxies_take_turns_and_stay_with_their_session(site: Site, session: str | None):
    with HTTPProxy() as one, HTTPProxy() as two:
        rotation = RoundRobinProxyStrategy([f"http://127.0.0.1:{proxy.port}" for proxy in (one, two)])
        urls = [f"{site.url}/page{n}" for n in range(1, 7)]
        results = await crawl_many(urls, proxy_rotation_strategy=rotation, proxy_session_id=session, semaphore_count=1)
        used = [result.crawl_stats["proxies_used"][0]["proxy"].rpartition(":")[2] for result in results]
        assert all(result.success for result in results)
        assert sorted(used) == sorted(([str(one.port)] * 6) if session else [str(one.port), str(two.port)] * 3)


async def test_a_fallback_gives_the_page_of_a_site_that_refuses(site: Site):
    asked = []

    async def archive(url: str) -> str:
        asked.append(url)
        return "<title>Archived</title><p>From <a href='/elsewhere'>elsewhere</a>.</p>"

    urls = [f"{site.url}/status/503", f"{site.url}/fault/corrupt-gzip", f"{site.url}/page1"]
    refused, damaged, good = await crawl_many(urls, fallback_fetch_function=archive, max_retries=1)
    for result in (refused, damaged):
        assert (result.success, result.status_code, result.metadata["title"]) == (True, 200, "Archived")
        assert result.links["internal"][0]["href"] == f"{site.url}/elsewhere"
        assert result.crawl_stats["resolved_by"] == "fallback_fetch"
    assert (refused.crawl_stats["attempts"], damaged.crawl_stats["attempts"]) == (2, 1)
    assert good.crawl_stats["resolved_by"] == "direct"
    assert sorted(asked) == sorted(urls[:2])
