import gzip
import json
import pickle
from typing import Any

import pytest
from turbohtml import Element

from skitter.config import CrawlerRunConfig
from skitter.crawl.page import Page, PageTask, read_page
from skitter.crawl.scraping import LXMLWebScrapingStrategy
from skitter.errors import ConfigError
from skitter.extract.strategy import ChunkingStrategy, ExtractionStrategy
from skitter.markdown import DefaultMarkdownGenerator, MarkdownGenerationStrategy
from skitter.model.markdown import MarkdownGenerationResult
from skitter.model.scraping import ContentScrapingStrategy, Link, Links, Media, MediaItem, ScrapingResult
from skitter.parse import charset
from skitter.parse.links import expand_links
from skitter.parse.media import expand_media
from skitter.parse.metadata import expand_metadata
from skitter.parse.tables import NoTableExtraction, TableExtractionStrategy

URL = "https://www.example.com/a/page.html"
ARTICLE = """<!DOCTYPE html><html lang=en><head><title>A title</title><meta name=description content=Short>
<script>var hidden = 1</script></head><body><nav><a href=/home>Home</a></nav>
<article><h1>A heading</h1><p>Some <b>bold</b> words and a <a href="other.html">link</a>.</p>
<img src=big.jpg alt="A picture" width=640 height=480>
<table><tr><th>Name<th>Sum<tr><td>Ann<td>1<tr><td>Bob<td>2</table></article></body></html>"""


def read(
    body: bytes | str,
    content_type: str = "text/html",
    *,
    url: str = URL,
    base_url: str = URL,
    content_encoding: str = "",
    max_body_bytes: int = 2**20,
    **options: Any,
) -> Page:
    task = PageTask(
        url=url,
        base_url=base_url,
        body=body,
        content_type=content_type,
        content_encoding=content_encoding,
        max_body_bytes=max_body_bytes,
        options=CrawlerRunConfig(**options),
    )
    return pickle.loads(pickle.dumps(read_page(pickle.loads(pickle.dumps(task)))))


def hrefs(page: Page) -> list[str]:
    return [link["href"] for kind in expand_links(page.links).values() for link in kind]


def test_a_page_is_read_whole():
    page = read(ARTICLE)
    assert page.error is None
    assert page.warnings == []
    assert page.raw_markdown.startswith("[Home](https://www.example.com/home)\n\n# A heading\n\nSome **bold** words")
    assert "hidden" not in page.cleaned_html
    assert hrefs(page) == ["https://www.example.com/home", "https://www.example.com/a/other.html"]
    assert expand_media(page.media)["images"][0]["src"] == "https://www.example.com/a/big.jpg"
    assert page.tables[0]["rows"] == [["Ann", "1"], ["Bob", "2"]]
    assert expand_metadata(page.metadata)["description"] == "Short"


def test_bytes_and_text_give_the_same_page():
    body = ARTICLE.replace("bold", "b\u00f6ld")
    same = read(body)
    for sent in (body.encode(), body.encode("utf-16"), body.encode("latin-1")):
        page = read(sent)
        assert (page.raw_markdown, page.cleaned_html) == (same.raw_markdown, same.cleaned_html)
        assert charset.text(sent, page.encoding) == body


def test_a_content_encoding_is_undone():
    assert read(gzip.compress(ARTICLE.encode()), content_encoding="gzip").raw_markdown == read(ARTICLE).raw_markdown


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (b"not gzip", "gzip", "decode"),
        (gzip.compress(ARTICLE.encode())[:-20], "gzip", "decode"),
        (ARTICLE.encode(), "rot13", "decode"),
        (gzip.compress(b"x" * 2**21), "gzip", "too_large"),
    ],
)
def test_a_body_that_cannot_be_decoded_is_an_error_of_the_page(body, encoding, kind):
    page = read(body, content_encoding=encoding)
    assert page.error is not None
    assert page.error.kind == kind
    assert page.raw_markdown == ""


@pytest.mark.parametrize(
    ("body", "content_type", "markdown"),
    [
        (b'{"a": 1}', "application/json", '```json\n{\n  "a": 1\n}\n```'),
        (b'{"a": 1}', "text/html", '```json\n{\n  "a": 1\n}\n```'),
        (b"<a>x</a>", "application/xml", "```xml\n<a>x</a>\n```"),
        (b"a,b\n1,2\n", "text/csv", "```csv\na,b\n1,2\n```"),
        (b"# one\n  two <b>\n", "text/plain", "# one\n  two <b>\n"),
        (b"<p>not a page", "text/plain", "<p>not a page"),
        (b"", "text/html", ""),
        (b" \n", "text/html", ""),
        ("<svg/>", "image/svg+xml", f"![]({URL})"),
        (b"%PDF-1.7\n", "application/pdf", ""),
    ],
)
def test_every_kind_of_body_gives_a_page(body, content_type, markdown):
    page = read(body, content_type)
    assert page.error is None
    assert page.raw_markdown == markdown


def test_a_feed_gives_its_entries_and_their_links():
    page = read(
        b"<rss version='2.0'><channel><title>News</title><item><title>One</title><link>/1</link>"
        b"<description>&lt;p&gt;more &lt;a href='/2'&gt;here&lt;/a&gt;&lt;/p&gt;</description></item></channel></rss>",
        "application/rss+xml",
    )
    assert page.raw_markdown == (
        "# News\n\n## [One](https://www.example.com/1)\n\nmore [here](https://www.example.com/2)"
    )
    assert hrefs(page) == ["https://www.example.com/1", "https://www.example.com/2"]
    assert expand_metadata(page.metadata)["title"] == "News"


def test_comma_separated_values_are_a_table():
    assert read(b"a,b\n1,2\n", "text/csv").tables[0]["rows"] == [["1", "2"]]


@pytest.mark.parametrize(
    ("body", "content_type", "warning"),
    [
        (b"%PDF-1.7\n", "text/html", "file of 9 bytes (application/pdf)"),
        (b"\x00\x01" * 600, "", "file of 1,200 bytes (unknown type)"),
        (b"", "text/html", "empty"),
        (b"caf\xc3 " * 50 + "\u0434".encode() * 500, "text/html; charset=utf-8", "50 characters are damaged"),
    ],
)
def test_what_is_not_read_is_said(body, content_type, warning):
    [said] = read(body, content_type).warnings
    assert warning in said


def test_an_image_is_one_item_of_the_media():
    page = read(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png")
    assert [(one["src"], one["format"]) for one in expand_media(page.media)["images"]] == [(URL, "png")]
    assert page.raw_markdown == f"![]({URL})"
    assert read(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png", exclude_all_images=True).raw_markdown == ""


def test_prefetch_reads_links_and_nothing_else():
    page = read(ARTICLE, prefetch=True)
    assert hrefs(page) == ["https://www.example.com/home", "https://www.example.com/a/other.html"]
    assert (page.raw_markdown, page.cleaned_html, page.tables) == ("", "", [])
    assert expand_media(page.media)["images"] == []


def test_a_raw_page_has_links_by_the_base_it_is_given():
    page = read(ARTICLE, url="raw:" + ARTICLE, base_url="https://b.example/")
    assert hrefs(page) == ["https://b.example/home", "https://b.example/other.html"]


def test_a_raw_page_without_a_base_says_that_links_are_lost():
    page = read(ARTICLE + "<a href=http://x.org/>x</a>", url="raw:", base_url="")
    assert hrefs(page) == ["http://x.org/"]
    assert page.warnings == ["2 relative links lead nowhere, as the page has no URL: set `base_url`"]


def test_the_base_of_the_page_counts_for_links_markdown_and_media():
    page = read("<base href=https://cdn.example.org/lib/><a href=x>x</a><img src=i.png alt=i width=200>")
    assert hrefs(page) == ["https://cdn.example.org/lib/x"]
    assert page.raw_markdown == "[x](https://cdn.example.org/lib/x)![i](https://cdn.example.org/lib/i.png)"
    assert expand_media(page.media)["images"][0]["src"] == "https://cdn.example.org/lib/i.png"


def test_markdown_can_be_left_out():
    page = read(ARTICLE, markdown_generator=None)
    assert page.markdown is None
    assert page.raw_markdown == ""
    assert page.cleaned_html


def test_tables_can_be_left_out():
    assert read(ARTICLE, table_extraction=NoTableExtraction()).tables == []
    assert read(ARTICLE, table_score_threshold=99).tables == []


def test_only_images_means_no_exception():
    page = read("<img src=a.png><img src=b.png alt=b>")
    assert page.raw_markdown == "![](https://www.example.com/a/a.png)![b](https://www.example.com/a/b.png)"


def test_a_wrong_option_is_the_callers_mistake():
    with pytest.raises(ConfigError):
        read_page(PageTask(url=URL, base_url=URL, body="<p>", options=CrawlerRunConfig(css_selector="p[[")))


def test_the_built_in_scraping_strategy_changes_nothing():
    assert read(ARTICLE, scraping_strategy=LXMLWebScrapingStrategy()) == read(ARTICLE)


# ---- code of the user's own


class Tables(TableExtractionStrategy):
    def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
        return [{"caption": element.find("h1").text, "rows": [[options["table_score_threshold"]]]}]


class Records(ExtractionStrategy):
    def extract(self, url: str, html: str, *args: Any, **options: Any) -> list[dict[str, Any]]:
        return [{"url": url, "given": html}]


class Words(ChunkingStrategy):
    def chunk(self, text: str) -> list[str]:
        return text.split()


class Generator(MarkdownGenerationStrategy):
    def generate_markdown(
        self, input_html: str, base_url: str = "", *, citations: bool = True, **options: Any
    ) -> MarkdownGenerationResult:
        return MarkdownGenerationResult(raw_markdown=f"{base_url} {len(input_html)}", markdown_with_citations="own")


class Scraper(ContentScrapingStrategy):
    def scrap(self, url: str, html: str, **options: Any) -> ScrapingResult:
        return ScrapingResult(
            cleaned_html=f"<p>{options['excluded_tags'][0]} of {len(html)}</p>",
            success="fail" not in html,
            links=Links(external=[Link(href="http://x.org/", text="x")]),
            media=Media(images=[MediaItem(src="i.png")], tables=[{"rows": []}]),
            metadata={"title": url},
        )


class BrokenError(Exception):
    pass


class Breaks(ExtractionStrategy, MarkdownGenerationStrategy, ContentScrapingStrategy):
    def extract(self, url: str, html: str, *args: Any, **options: Any) -> list[dict[str, Any]]:
        raise BrokenError(url)

    def generate_markdown(self, *args: Any, **options: Any) -> MarkdownGenerationResult:
        raise BrokenError("markdown")

    def scrap(self, url: str, html: str, **options: Any) -> ScrapingResult:
        raise BrokenError("scrap")


class BreakingFilter:
    def filter_content(self, html: str) -> list[str]:
        raise BrokenError("filter")


class KeepsFirst:
    def filter_content(self, html: str) -> list[str]:
        return ["<p>only this</p>"]


def own(**options: Any) -> Page:
    return read_page(PageTask(url=URL, base_url=URL, body=ARTICLE, options=CrawlerRunConfig(**options)))


def test_an_own_table_strategy_is_called_with_the_page():
    assert own(table_extraction=Tables(), table_score_threshold=3).tables == [{"caption": "A heading", "rows": [[3]]}]


def test_an_own_markdown_generator_is_called_with_the_cleaned_page():
    page = own(markdown_generator=Generator())
    assert page.raw_markdown == f"{URL} {len(page.cleaned_html)}"
    assert page.markdown is not None
    assert page.markdown.result().markdown_with_citations == "own"


def test_an_own_content_filter_is_called():
    page = own(markdown_generator=DefaultMarkdownGenerator(content_filter=KeepsFirst()))
    assert page.fit_markdown == "only this"
    assert "only this" in page.fit_html
    assert "A heading" in page.raw_markdown


def test_an_own_scraping_strategy_takes_the_place_of_parse_and_clean():
    page = own(scraping_strategy=Scraper(), excluded_tags=["nav"])
    assert page.cleaned_html == f"<p>nav of {len(ARTICLE)}</p>"
    assert page.raw_markdown == f"nav of {len(ARTICLE)}"
    assert expand_links(page.links)["external"][0]["href"] == "http://x.org/"
    assert expand_media(page.media)["images"][0]["src"] == "i.png"
    assert expand_metadata(page.metadata) == {"title": URL}
    assert page.tables == [{"rows": []}]


def test_an_own_scraping_strategy_may_say_that_it_failed():
    config = CrawlerRunConfig(scraping_strategy=Scraper(), excluded_tags=["nav"])
    page = read_page(PageTask(url=URL, base_url=URL, body="<p>fail", options=config))
    assert page.error is not None
    assert (page.error.kind, page.error.url) == ("parse", URL)


@pytest.mark.parametrize(
    ("input_format", "given"),
    [
        ("html", ARTICLE),
        ("cleaned_html", "<article>"),
        ("fit_html", "<article>"),
        ("markdown", "[Home](https://www.example.com/home)"),
        ("fit_markdown", "[Home](https://www.example.com/home)"),
    ],
)
def test_an_extraction_strategy_is_given_what_it_asks_for(input_format, given):
    records = json.loads(own(extraction_strategy=Records(input_format=input_format)).extracted_content or "")
    assert records[0]["url"] == URL
    assert given in records[0]["given"]


def test_markdown_is_cut_for_extraction_and_html_is_not():
    options = {"chunking_strategy": Words(), "markdown_generator": DefaultMarkdownGenerator()}
    cut = own(extraction_strategy=Records(input_format="markdown"), **options)
    assert [one["given"] for one in json.loads(cut.extracted_content or "")] == cut.raw_markdown.split()
    whole = own(extraction_strategy=Records(input_format="html"), **options)
    assert len(json.loads(whole.extracted_content or "")) == 1


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        (
            {"extraction_strategy": Breaks()},
            "extract",
            "Breaks failed: BrokenError: https://www.example.com/a/page.html",
        ),
        ({"markdown_generator": Breaks()}, "parse", "Breaks failed: BrokenError: markdown"),
        ({"scraping_strategy": Breaks()}, "parse", "Breaks failed: BrokenError: scrap"),
        (
            {"markdown_generator": DefaultMarkdownGenerator(content_filter=BreakingFilter())},
            "parse",
            "BreakingFilter failed: BrokenError: filter",
        ),
    ],
)
def test_what_the_users_code_raises_is_an_error_of_the_page(options, kind, message):
    page = own(**options)
    assert page.error is not None
    assert (page.error.kind, str(page.error), page.error.url) == (kind, f"{URL}: {message}", URL)


def test_a_page_whose_extraction_failed_keeps_the_rest():
    page = own(extraction_strategy=Breaks())
    assert "A heading" in page.raw_markdown
    assert hrefs(page)
