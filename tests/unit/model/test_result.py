"""What a crawl returns for one page."""

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from skitter.errors import FetchTimeout, HTTPStatusError
from skitter.model.certificate import SSLCertificate
from skitter.model.markdown import Markdown, MarkdownGenerationResult
from skitter.model.result import CrawlFailure, CrawlResult, DispatchResult
from skitter.model.scraping import Link, Links, Media, MediaItem, ScrapingResult

DOCUMENTED = {
    "url", "html", "fit_html", "success", "cleaned_html", "media", "links", "downloaded_files", "js_execution_result",
    "screenshot", "pdf", "mhtml", "extracted_content", "metadata", "error_message", "session_id", "response_headers",
    "status_code", "ssl_certificate", "dispatch_result", "redirected_url", "redirected_status_code",
    "network_requests", "console_messages", "tables", "head_fingerprint", "cached_at", "cache_status", "crawl_stats",
    "markdown",
}  # fmt: skip


def full_result() -> CrawlResult:
    forms = MarkdownGenerationResult(raw_markdown="# Tea", fit_markdown="Tea", markdown_with_citations="# Tea⟨1⟩")
    return CrawlResult(
        url="https://example.com/tea",
        html="<h1>Tea</h1>",
        success=True,
        cleaned_html="<h1>Tea</h1>",
        markdown=forms,
        links={"internal": [{"href": "https://example.com/", "text": "Home"}], "external": []},
        media={"images": [{"src": "https://example.com/a.png", "alt": "", "score": 3}], "videos": [], "audios": []},
        tables=[{"headers": ["a"], "rows": [["1"]]}],
        metadata={"title": "Tea", "og:type": None},
        status_code=301,
        redirected_status_code=200,
        response_headers={"content-type": "text/html"},
        pdf=b"%PDF\xff\x00",
        ssl_certificate=SSLCertificate(subject={"CN": "example.com"}),
        dispatch_result=DispatchResult(task_id="1", memory_usage=1.5, peak_memory=2, start_time=10.0, end_time=11.0),
        error=CrawlFailure(kind="timeout", message="late"),
        warnings=["cut short"],
        crawl_stats={"attempts": 1},
    )


def test_it_has_every_documented_field():
    assert set(CrawlResult.model_fields) >= DOCUMENTED


def test_a_failed_page_has_every_part_users_touch():
    failed = CrawlResult(url="u", success=False, error_message="no answer")
    assert (failed.html, len(failed.markdown), failed.markdown.raw_markdown) == ("", 0, "")
    assert failed.links == {"internal": [], "external": []}
    assert failed.media == {"images": [], "videos": [], "audios": []}
    assert (failed.tables, failed.warnings, failed.metadata, failed.status_code) == ([], [], None, None)
    assert not failed.markdown
    assert failed.fit_markdown == ""


def test_no_two_results_share_a_part():
    one, two = CrawlResult(url="1", success=True), CrawlResult(url="2", success=True)
    one.links["internal"].append({})
    one.warnings.append("x")
    assert two.links["internal"] == two.warnings == []


def test_it_is_its_own_container():
    result = full_result()
    assert isinstance(result, CrawlResult)
    assert result[0] is result
    assert result[-1] is result
    assert len(result) == 1
    assert bool(result)
    assert list(result) == [result]
    assert result.model_copy() in result
    (only,) = result
    assert only is result
    with pytest.raises(IndexError):
        result[1]


async def test_it_iterates_asynchronously():
    result = full_result()
    assert [page async for page in result] == [result]


def test_markdown_has_every_name_it_ever_had():
    result = full_result()
    assert result.markdown == "# Tea"
    assert result.markdown_v2.raw_markdown == result.markdown.raw_markdown == "# Tea"
    assert result.fit_markdown == result.markdown.fit_markdown == "Tea"


@pytest.mark.parametrize("given", ["# Tea", Markdown("# Tea"), MarkdownGenerationResult(raw_markdown="# Tea")])
def test_markdown_is_taken_in_every_shape(given):
    assert CrawlResult(url="u", success=True, markdown=given).markdown.raw_markdown == "# Tea"


def test_markdown_of_none_is_empty():
    assert CrawlResult(url="u", success=True, markdown=None).markdown == ""


def test_json_holds_everything_and_gives_it_back():
    result = full_result()
    text = result.model_dump_json()
    assert json.loads(text)["markdown"]["fit_markdown"] == "Tea"
    back = CrawlResult.model_validate_json(text)
    assert back == result
    assert back.markdown.model_dump() == result.markdown.model_dump()
    assert back.pdf == b"%PDF\xff\x00"
    assert type(back.ssl_certificate) is SSLCertificate
    assert back.dispatch_result == result.dispatch_result
    assert json.loads(json.dumps(result.model_dump(mode="json"))) == json.loads(text)


def test_dict_gives_it_back():
    result = full_result()
    assert CrawlResult(**result.model_dump()) == result


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_old_names_of_dumping_work():
    result = CrawlResult.trusted({"url": "u", "success": True}, {"html": lambda: "<p>"})
    assert result.dict()["html"] == "<p>"
    assert json.loads(result.json())["html"] == "<p>"
    assert result.copy().html == "<p>"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_copies_are_equal(copied):
    result = full_result()
    twin = copied(result)
    assert twin == result
    assert twin is not result
    assert twin.markdown.fit_markdown == "Tea"
    assert twin.model_copy(update={"url": "other"}) != result


def test_users_may_write_to_it():
    result = full_result()
    result.extracted_content = "[]"
    result.metadata["mine"] = 1
    assert json.loads(result.model_dump_json())["metadata"]["mine"] == 1
    with pytest.raises(ValueError, match="extracted_contents"):
        result.extracted_contents = "[]"


def test_repr_is_short_and_computes_nothing():
    def html() -> str:
        pytest.fail("repr computed the page")

    result = CrawlResult.trusted({"url": "u", "success": False, "error_message": "late"}, {"html": html})
    assert repr(result) == "CrawlResult(url='u', success=False, error_message='late')"
    assert len(str(full_result())) < 200


def test_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match="success"):
        CrawlResult(url="u")
    with pytest.raises(ValueError, match="ssl_certificate"):
        CrawlResult(url="u", success=True, ssl_certificate="no dict")


def test_its_json_schema_names_every_field():
    for mode in ("validation", "serialization"):
        schema: dict[str, Any] = CrawlResult.model_json_schema(mode=mode)
        assert set(schema["properties"]) >= DOCUMENTED
        assert "message" in schema["$defs"]["CrawlFailure"]["properties"]


def test_a_failure_says_what_the_error_said():
    late = CrawlFailure.of(FetchTimeout("no answer within 3 s", url="u"))
    assert (late.kind, late.message, late.retryable, late.status) == ("timeout", "no answer within 3 s", True, None)
    refused = CrawlFailure.of(HTTPStatusError("refused", status=429))
    assert (refused.kind, refused.status) == ("http_status", 429)


def test_dispatch_results_take_seconds_and_dates():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    given = {"task_id": "1", "memory_usage": 1, "peak_memory": 1}
    assert DispatchResult(**given, start_time=1.5, end_time=2).start_time == 1.5
    assert DispatchResult(**given, start_time=at, end_time=at).end_time == at
    kept = DispatchResult(**given, start_time=1.5, end_time=2.5)
    assert DispatchResult.model_validate_json(kept.model_dump_json()) == kept
    assert (kept.error_message, kept.wait_time, kept.attempts) == ("", 0.0, 1)


def test_what_a_scraping_strategy_returns_has_the_documented_parts():
    scraped = ScrapingResult(cleaned_html="<p>", success=True, links=Links(internal=[Link(href="/a")]))
    assert scraped.links.internal[0].model_dump()["href"] == "/a"
    assert (scraped.media, scraped.metadata) == (Media(), {})
    assert MediaItem(src="a.png").model_dump().keys() >= {"src", "data", "alt", "desc", "score", "type", "group_id"}
