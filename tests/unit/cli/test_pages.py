import json

import pytest

from skitter.cli.pages import ALIASES, ENDINGS, Format, Printer
from skitter.errors import NotFound
from skitter.model.markdown import Markdown, MarkdownGenerationResult
from skitter.model.result import CrawlFailure, CrawlResult

PAGE = CrawlResult(
    url="https://example.com/",
    success=True,
    html="<h1>Tea</h1>",
    markdown=Markdown(MarkdownGenerationResult(raw_markdown="# Tea\n\n[a](/a)\n", fit_markdown="# Tea")),
    links={
        "internal": [{"href": "https://example.com/a"}, {"href": "https://example.com/a"}],
        "external": [{"href": "https://other.example/"}, {"href": "https://bad.example/\nx"}],
    },
)
FAILED = CrawlResult(url="https://example.com/", success=False, error=CrawlFailure.of(NotFound("not there")))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Format.MARKDOWN, "# Tea\n\n[a](/a)\n"),
        (Format.MARKDOWN_FIT, "# Tea\n"),
        (Format.HTML, "<h1>Tea</h1>\n"),
        (Format.LINKS, "https://example.com/a\nhttps://other.example/\n"),
    ],
)
def test_one_page_is_printed_as_it_is(kind: Format, text: str):
    assert Printer(kind, is_single=True)(PAGE).decode() == text


@pytest.mark.parametrize("kind", [Format.MARKDOWN, Format.MARKDOWN_FIT, Format.HTML])
def test_each_of_many_is_named(kind: Format):
    alone = Printer(kind, is_single=True)(PAGE).decode()
    assert Printer(kind)(PAGE).decode() == f"<!-- page: https://example.com/ -->\n\n{alone}\n"


def test_a_name_cannot_leave_its_line():
    page = CrawlResult(url="raw:a -->\n<!-- page: https://other.example -->", success=True)
    [line, *rest] = Printer(Format.MARKDOWN)(page).decode().splitlines()
    assert line == "<!-- page: raw:a %2D%2D%3E<!%2D%2D page: https://other.example %2D%2D%3E -->"
    assert not any(rest)


def test_json_is_a_line_for_each_of_many_and_indented_for_one():
    line = Printer(Format.JSON, ["url", "success"])(PAGE)
    assert line == b'{"url":"https://example.com/","success":true}\n'
    alone = Printer(Format.JSON, is_single=True)(PAGE)
    assert alone.startswith(b'{\n  "url"')
    assert json.loads(alone)["markdown"]["fit_markdown"] == "# Tea"


@pytest.mark.parametrize("kind", Format)
def test_a_failed_page_is_printed_as_json_only(kind: Format):
    printed = Printer(kind)(FAILED)
    assert bool(printed) is (kind is Format.JSON)


def test_text_that_is_no_unicode_is_printed():
    page = CrawlResult(url="https://example.com/", success=True, html="a\ud800b")
    assert Printer(Format.HTML, is_single=True)(page) == b"a?b\n"


def test_names_and_endings():
    assert {ALIASES[name] for name in ("md", "md-fit", "all")} == {"markdown", "markdown-fit", "json"}
    assert ENDINGS[".md"] is Format.MARKDOWN
    assert ENDINGS[".jsonl"] is Format.JSON
    assert all(kind.ending in ENDINGS for kind in Format)
