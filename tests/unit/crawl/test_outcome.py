"""From what was fetched and read to the result: the right values, computed when somebody looks."""

import gzip

import pytest

from skitter import DefaultMarkdownGenerator, PruningContentFilter
from skitter.config import CacheMode, CrawlerRunConfig
from skitter.crawl.one import task_for
from skitter.crawl.outcome import failed_result, page_result
from skitter.crawl.page import Page, read_page
from skitter.crawl.run import Run
from skitter.errors import ConnectError, DecodeError, HTTPStatusError, RobotsDenied
from skitter.model.response import Response
from skitter.model.result import CrawlResult

URL = "http://a.example/page"
HTML = """<!DOCTYPE html><html><head><title>Tea</title></head><body><h1>Tea</h1><p>Steep the leaves for four
minutes, and <a href="/more">read more</a>.</p><img src="/pot.png" alt="A pot" width="300" height="200">
<table><tr><th>a<th>b<tr><td>1<td>2<tr><td>3<td>4</table></body></html>"""
LAZY = {"html", "markdown", "fit_html", "metadata", "links", "media"}


def answer(body: bytes | str = HTML.encode(), **values) -> Response:
    headers = {"content-type": "text/html; charset=utf-8", "x-tea": "green"}
    return Response(
        **(
            {"url": URL, "base_url": URL, "status": 200, "headers": headers, "body": body, "http_version": "1.1"}
            | values
        )
    )


def read(response: Response, **options) -> tuple[Run, Page]:
    run = Run(URL, CrawlerRunConfig(**options))
    return run, read_page(task_for(run.config, response))


def result_of(response: Response, **options) -> CrawlResult:
    run, page = read(response, **options)
    return page_result(run, response, page)


def test_what_is_expensive_waits_until_it_is_read():
    result = result_of(answer())
    assert not LAZY & vars(result).keys()
    assert result.links["internal"][0]["href"] == "http://a.example/more"
    assert LAZY & vars(result).keys() == {"links"}
    assert result.links is result.links
    assert result.compute() is result
    assert vars(result).keys() >= LAZY


def test_what_is_computed_later_is_what_would_have_been_computed_at_once():
    filtered = {"markdown_generator": DefaultMarkdownGenerator(content_filter=PruningContentFilter())}
    first, later = result_of(answer(), **filtered), result_of(answer(), **filtered)
    dumped = first.model_dump(exclude={"crawl_stats"})
    assert dumped == later.model_dump(exclude={"crawl_stats"})
    assert {name: getattr(later, name) for name in LAZY} == {name: getattr(first, name) for name in LAZY}
    assert first.html == HTML
    assert first.markdown.startswith("# Tea\n")
    assert first.markdown.references_markdown.count("http://a.example/more") == 1
    assert first.fit_html == first.markdown.fit_html
    assert (first.metadata["title"], first.media["images"][0]["src"]) == ("Tea", "http://a.example/pot.png")
    assert first.tables[0]["rows"] == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("<p>Füße</p>".encode("windows-1252"), {"headers": {"content-type": "text/html; charset=windows-1252"}}),
        (gzip.compress("<p>Füße</p>".encode()), {"content_encoding": "gzip"}),
        ("<p>Füße</p>", {}),
        (b"\xef\xbb\xbf" + "<p>Füße</p>".encode(), {"headers": {}}),
    ],
    ids=["charset", "packed", "text", "mark"],
)
def test_html_is_the_page_decoded_as_it_was_read(body: bytes | str, values: dict):
    result = result_of(answer(body, **values))
    assert (result.html, result.markdown.strip()) == ("<p>Füße</p>", "Füße")


def test_who_gave_the_page_is_told():
    resolved = [
        result_of(one).crawl_stats["resolved_by"]
        for one in (answer(), answer(proxy="http://p.example:1"), answer(http_version=""))
    ]
    assert resolved == ["direct", "proxy", "local"]


def test_a_page_that_counts_as_failed_keeps_what_was_read():
    response = answer(status=429)
    run, page = read(response)
    error = HTTPStatusError("busy", status=429, url=URL)
    result = page_result(run, response, page, error)
    assert (result.success, result.status_code, result.error_message) == (False, 429, "busy")
    assert (result.error.kind, result.error.status) == ("http_status", 429)
    assert result.markdown.startswith("# Tea")
    assert result.response_headers["x-tea"] == "green"
    assert result.crawl_stats["resolved_by"] is None


def test_a_page_that_never_came():
    result = failed_result(Run(URL, CrawlerRunConfig(session_id="s")), ConnectError("nobody there", url=URL))
    assert (result.success, result.status_code, result.html, result.session_id) == (False, None, "", "s")
    assert (result.error.kind, result.error.retryable, result.error_message) == ("connect", True, "nobody there")
    assert result.response_headers is None
    assert result.links == {"internal": [], "external": []}


def test_a_page_that_came_and_could_not_be_read():
    result = failed_result(Run(URL, CrawlerRunConfig()), DecodeError("cut short"), answer())
    assert (result.html, result.status_code, result.redirected_url) == (HTML, 200, URL)
    damaged = failed_result(Run(URL, CrawlerRunConfig()), DecodeError("x"), answer(b"x", content_encoding="gzip"))
    assert damaged.html == ""


def test_what_robots_txt_forbids_looks_as_programs_know_it():
    result = failed_result(Run(URL, CrawlerRunConfig()), RobotsDenied("forbidden"))
    assert (result.status_code, result.error.kind) == (403, "robots")
    assert "robots.txt" in result.response_headers["x-robots-status"]


@pytest.mark.parametrize("mode", list(CacheMode))
def test_a_cache_that_is_not_there_is_told(mode: CacheMode):
    said = [
        result_of(answer(), cache_mode=mode),
        failed_result(Run(URL, CrawlerRunConfig(cache_mode=mode)), ConnectError("")),
    ]
    quiet = mode in {CacheMode.BYPASS, CacheMode.DISABLED}
    for result in said:
        assert [mode.name in warning for warning in result.warnings] == ([] if quiet else [True])


def test_what_came_with_the_request_is_in_the_metadata():
    response = answer()
    run, page = read(response)
    run.metadata = {"row": 3, "title": "Mine"}
    metadata = page_result(run, response, page).metadata
    assert (metadata["row"], metadata["title"], metadata["description"]) == (3, "Mine", None)
    assert failed_result(run, ConnectError("")).metadata == {"row": 3, "title": "Mine"}


def test_what_only_a_browser_returns_is_handed_on():
    result = result_of(answer(rendered={"screenshot": "iVBOR", "js_execution_result": {"a": 1}}))
    assert (result.screenshot, result.js_execution_result) == ("iVBOR", {"a": 1})


def test_results_share_nothing_with_what_they_are_made_of():
    response = answer(warnings=("a warning",), downloaded_files=("/tmp/a",))
    run, page = read(response)
    one, two = page_result(run, response, page), page_result(run, response, page)
    for result in (one, two):
        result.warnings.append("mine")
        result.response_headers["x-mine"] = "1"
        result.downloaded_files.append("mine")
        result.metadata["mine"] = 1
    assert two.warnings == ["a warning", "mine"]
    assert "x-mine" not in response.headers
    assert len(response.warnings) == len(response.downloaded_files) == 1
    assert "mine" not in page_result(run, response, page).metadata
