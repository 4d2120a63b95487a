"""A page gives the same result from a server, from a file and as raw HTML, whatever its size and where it is read."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from skitter import AsyncWebCrawler, BM25ContentFilter, DefaultMarkdownGenerator, PruningContentFilter
from skitter.model.result import CrawlResult
from tests.site.server import Site

OF_THE_FETCH = {"url", "redirected_url", "response_headers", "crawl_stats"}
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Green tea — Füße</title>
<meta name="description" content="About green tea"><link rel="canonical" href="/tea/green.html">
<script type="application/ld+json">{"@type": "Article", "name": "Green tea"}</script></head><body>
<nav class="menu"><a href="/">Home</a> <a href="black.html">Black</a></nav>
<article><h1>Green tea</h1><p>Steep the leaves for <b>two</b> minutes in water of eighty degrees, not longer, as
<a href="https://other.example/why">bitterness</a> comes <a href="//cdn.example/x">late</a>.</p>
<img src="/leaf.png" alt="A leaf" width="400" height="300">
<pre><code class="language-python">brew(2)\n  # 80 °C</code></pre>
<table><thead><tr><th>Tea</th><th>Minutes</th></tr></thead><tbody><tr><td>Sencha</td><td>2</td></tr>
<tr><td>Gyokuro</td><td>3</td></tr></tbody></table></article>
<form><input name="q"></form><footer><a href="mailto:tea@example.co.uk">Write</a></footer></body></html>"""


def dumped(result: CrawlResult) -> dict[str, Any]:
    return result.model_dump(exclude=OF_THE_FETCH)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"css_selector": "article", "excluded_tags": ["table"], "word_count_threshold": 3},
        {"markdown_generator": DefaultMarkdownGenerator(content_filter=PruningContentFilter())},
        {"markdown_generator": DefaultMarkdownGenerator(content_filter=BM25ContentFilter("steep the leaves"))},
        {"only_text": True, "exclude_external_links": True},
        {"prefetch": True},
    ],
    ids=["plain", "selection", "pruning", "bm25", "text", "prefetch"],
)
async def test_every_way_to_a_page_gives_the_same(site: Site, tmp_path: Path, options: dict[str, Any]):
    file = tmp_path / "green tea.html"
    file.write_text(PAGE, encoding="utf-8")
    base = site.put("/plain", PAGE)
    packed = site.put("/packed", gzip.compress(PAGE.encode()), headers={"Content-Encoding": "gzip"})
    redirected = f"{site.url}/redirect-to?url=/plain"
    urls = [base, packed, redirected, f"file://{file}", file.as_uri(), f"raw:{PAGE}", f"raw://{PAGE}"]
    async with AsyncWebCrawler() as crawler:
        results = [await crawler.arun(url, base_url=base, **options) for url in urls]
        batch = await crawler.arun_many(urls, base_url=base, **options)
    first, *others = [dumped(result) for result in results]
    assert (first["success"], first["status_code"], first["html"], first["warnings"]) == (True, 200, PAGE, [])
    assert len(first["links"]["external"]) == (0 if "only_text" in options else 2)
    for url, other in zip(urls[1:], others, strict=True):
        assert other == first, url[:60]
    assert [dumped(result) | {"dispatch_result": None} for result in batch] == [first] * len(urls)


async def test_what_the_result_of_a_local_page_says_of_itself(tmp_path: Path):
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    async with AsyncWebCrawler() as crawler:
        for url in (f"raw:{PAGE}", file.as_uri()):
            result = await crawler.arun(url)
            assert (result.url, result.success, result.status_code) == (url, True, 200)
            assert (result.crawl_stats["resolved_by"], result.crawl_stats["attempts"]) == ("local", 1)
            assert result.crawl_stats["proxies_used"] == []
            assert result.response_headers["content-type"].startswith("text/html")
        assert result.links["external"][0]["href"].startswith("https://other.example")


async def test_a_file_that_is_not_there_is_a_failure_and_tried_once(tmp_path: Path):
    async with AsyncWebCrawler() as crawler:
        missing = await crawler.arun(f"file://{tmp_path}/none.html")
        folder = await crawler.arun(tmp_path.as_uri())
        device = await crawler.arun("file:///dev/zero")
    for result in (missing, folder, device):
        assert (result.success, result.error.kind, result.crawl_stats["attempts"]) == (False, "not_found", 1)
    assert "none.html" in missing.error_message


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "a.example/x", "http://", "http://[::1", "mailto:a@b.c", "http:///x y"]
)
async def test_what_is_no_url_of_a_page_is_a_failure_that_says_how_to_write_it(url: str):
    async with AsyncWebCrawler() as crawler:
        alone, [among] = await crawler.arun(url), await crawler.arun_many([url])
    for result in (alone, among):
        assert (result.success, result.error.kind, result.url) == (False, "invalid_url", url)
        assert result.error_message == alone.error_message
    assert alone.crawl_stats["attempts"] == 1


@pytest.mark.parametrize("where", ["here", "in a process"])
async def test_a_result_outlives_its_crawler(site: Site, where: str):
    body = PAGE + "<p>More of the same.</p>" * (1 if where == "here" else 100_000)
    async with AsyncWebCrawler() as crawler:
        result = await crawler.arun(site.put("/page", body))
    assert (result.html, result.metadata["title"]) == (body, "Green tea — Füße")
    assert result.markdown.references_markdown.count("https://other.example/why") == 1
    assert [link["href"] for link in result.links["internal"]][:2] == [f"{site.url}/", f"{site.url}/black.html"]
    assert result.media["images"][0]["src"] == f"{site.url}/leaf.png"
    back = json.loads(result.model_dump_json())
    assert back["markdown"]["raw_markdown"] == result.markdown
    assert CrawlResult.model_validate(back).markdown.raw_markdown == result.markdown
