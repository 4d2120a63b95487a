"""Classes of a program's own in the place of skitter's: fetching, scraping, Markdown, filters, extraction, proxies."""

import asyncio
import json
from typing import Any

import pytest

from skitter import (
    AsyncCrawlerStrategy,
    AsyncCrawlResponse,
    AsyncHTTPCrawlerStrategy,
    AsyncWebCrawler,
    ChunkingStrategy,
    CrawlResult,
    DefaultMarkdownGenerator,
    ExtractionStrategy,
    FetchError,
    HTTPStatusError,
    MarkdownGenerationResult,
    ProxyConfig,
    ProxyRotationStrategy,
    RelevantContentFilter,
)
from skitter.markdown import MarkdownGenerationStrategy
from skitter.model.scraping import ContentScrapingStrategy, Link, Links, Media, ScrapingResult
from skitter.parse.tables import TableExtractionStrategy
from tests.site.server import Site
from tests.unit.fetch.proxy_servers import HTTPProxy


class Shelf(AsyncCrawlerStrategy):
    """Gives pages from memory, and notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.configs: list[Any] = []

    async def __aenter__(self):
        self.events.append("opened")
        return self

    async def __aexit__(self, *error):
        self.events.append("closed")

    async def crawl(self, url: str, **kwargs: Any) -> AsyncCrawlResponse:
        self.configs.append(kwargs["config"])
        self.events.append(url.rpartition("/")[2])
        faults = {
            "dns": FetchError("not on the shelf", url=url),
            "reset": ConnectionResetError("cut"),
            "late": TimeoutError(),
            "404": HTTPStatusError("HTTP 404", status=404),
            "bug": KeyError("shelf"),
        }
        if (fault := faults.get(self.events[-1])) is not None:
            raise fault
        if url.endswith("forever"):
            await asyncio.sleep(60)
        if url.endswith("cancelled"):
            raise asyncio.CancelledError
        if url.endswith("text"):
            return f"<h1>{url}</h1>"  # type: ignore[return-value]
        return AsyncCrawlResponse(
            html=f"<title>Shelf</title><h1>{url}</h1><a href='next'>next</a>",
            response_headers={"X-Shelf": "3"},
            status_code=302 if url.endswith("moved") else 503 if url.endswith("busy") else 200,
            redirected_url="http://b.example/there/" if url.endswith("moved") else None,
            redirected_status_code=200 if url.endswith("moved") else None,
            screenshot="iVBOR",
        )


async def test_a_strategy_of_ones_own_gets_the_pages():
    shelf = Shelf()
    async with AsyncWebCrawler(crawler_strategy=shelf) as crawler:
        assert crawler.crawler_strategy is shelf
        page = await crawler.arun("http://a.example/page", css_selector="h1")
        moved = await crawler.arun("http://a.example/moved")
        many = await crawler.arun_many([f"http://a.example/{n}" for n in range(5)], session_id="s")
    assert (page.success, page.status_code, page.markdown.strip()) == (True, 200, "# http://a.example/page")
    assert (page.response_headers, page.screenshot) == ({"x-shelf": "3"}, "iVBOR")
    assert (page.crawl_stats["resolved_by"], page.crawl_stats["attempts"]) == ("direct", 1)
    assert shelf.configs[0].css_selector == "h1"
    assert (moved.redirected_url, moved.status_code) == ("http://b.example/there/", 200)
    assert moved.links["internal"][0]["href"] == "http://b.example/there/next"
    assert [result.metadata["title"] for result in many] == ["Shelf"] * 5
    assert {config.session_id for config in shelf.configs[2:]} == {"s"}
    assert (shelf.events[0], shelf.events[-1], shelf.events.count("closed")) == ("opened", "closed", 1)


@pytest.mark.parametrize(
    ("page", "kind", "attempts", "complaint"),
    [
        ("dns", "connect", 1, "not on the shelf"),
        ("reset", "connect", 2, "Shelf had no connection to http://a.example/reset: cut"),
        ("late", "timeout", 2, "took too long"),
        ("forever", "timeout", 2, "page_timeout"),
        ("404", "http_status", 1, "HTTP 404"),
        ("busy", "http_status", 2, "HTTP 503 to attempt 2 of 2"),
        ("bug", "internal", 1, "KeyError: 'shelf'"),
        ("cancelled", "internal", 1, "cancelled"),
        ("text", "internal", 1, "Shelf.crawl must return an AsyncCrawlResponse, and returned one of type str"),
    ],
)
@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_whatever_a_strategy_does_costs_its_page_only(page, kind, attempts, complaint, many: bool):
    shelf = Shelf()
    options = {"max_retries": 1, "retry_delay": 0.001, "page_timeout": 50 if page == "forever" else 5_000}
    url, good = f"http://a.example/{page}", "http://a.example/good"
    async with AsyncWebCrawler(shelf) as crawler, asyncio.timeout(10):
        if many:
            result, other = await crawler.arun_many([url, good], **options)
        else:
            result, other = await crawler.arun(url, **options), await crawler.arun(good, **options)
    assert (result.success, result.error.kind, other.success) == (False, kind, True)
    assert complaint in result.error_message
    assert result.crawl_stats["attempts"] == shelf.events.count(page) == attempts


async def test_a_subclass_may_do_something_around_the_fetch(site: Site):
    class Noting(AsyncHTTPCrawlerStrategy):
        async def crawl(self, url: str, config=None, **kwargs: Any) -> AsyncCrawlResponse:
            answer = await super().crawl(url, config=config, **kwargs)
            answer.html = answer.html.replace("Page", "Noted page")
            return answer

    async with AsyncWebCrawler(Noting()) as crawler:
        result = await crawler.arun(f"{site.url}/page1")
    assert result.markdown.startswith("# Noted page 1")


# ---- what is made of a page


class Scraper(ContentScrapingStrategy):
    def scrap(self, url: str, html: str, **options: Any) -> ScrapingResult:
        title = html.partition("<h1>")[2].partition("</h1>")[0]
        links = Links(internal=[Link(href=url, text="self")])
        return ScrapingResult(
            cleaned_html=f"<h1>{title}!</h1>", success=True, links=links, media=Media(), metadata={"title": title}
        )


class Shouting(MarkdownGenerationStrategy):
    def generate_markdown(self, input_html: str, *args: Any, **options: Any) -> MarkdownGenerationResult:
        return MarkdownGenerationResult(
            raw_markdown=input_html.upper(), markdown_with_citations="", references_markdown=""
        )


class FirstParagraph(RelevantContentFilter):
    def filter_content(self, html: str) -> list[str]:
        return [f"<p>{html.partition('<p>')[2].partition('</p>')[0]}</p>"]


class Lines(ExtractionStrategy):
    def extract(self, url: str, html: str, *args: Any, **options: Any) -> list[dict[str, Any]]:
        return [{"url": url, "line": html}]


class ByLine(ChunkingStrategy):
    def chunk(self, text: str) -> list[str]:
        return [line for line in text.splitlines() if line]


class Captions(TableExtractionStrategy):
    def extract_tables(self, element: Any, **options: Any) -> list[dict[str, Any]]:
        return [{"caption": table.find("th").text, "rows": []} for table in element.find_all("table")]


OWN = {
    "scraping_strategy": Scraper(),
    "markdown_generator": Shouting(),
    "extraction_strategy": Lines(),
    "chunking_strategy": ByLine(),
}


async def crawled(urls: list[str], many: bool, **options: Any) -> list[CrawlResult]:
    async with AsyncWebCrawler() as crawler:
        if many:
            return await crawler.arun_many(urls, **options)
        return [await crawler.arun(url, **options) for url in urls]


@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_strategies_of_ones_own_make_the_page(site: Site, many: bool):
    urls = [f"{site.url}/page{n}" for n in range(1, 6)]
    for n, result in enumerate(await crawled(urls, many, **OWN), 1):
        assert result.success, result.error_message
        assert (result.cleaned_html, result.markdown) == (f"<h1>Page {n}!</h1>", f"<H1>PAGE {n}!</H1>")
        assert result.links == {"internal": [Link(href=result.url, text="self").model_dump()], "external": []}
        assert result.metadata == {"title": f"Page {n}"}
        assert json.loads(result.extracted_content) == [{"url": result.url, "line": f"<H1>PAGE {n}!</H1>"}]


@pytest.mark.parametrize("many", [False, True], ids=["arun", "arun_many"])
async def test_parts_of_ones_own_beside_those_of_skitter(site: Site, many: bool):
    generator = DefaultMarkdownGenerator(content_filter=FirstParagraph())
    [result] = await crawled([f"{site.url}/article/1"], many, markdown_generator=generator, table_extraction=Captions())
    assert result.markdown.fit_markdown.startswith("A crawler that visits many sites")
    assert len(result.markdown.fit_markdown.splitlines()) == 1
    assert len(result.markdown) > len(result.markdown.fit_markdown)
    assert result.tables == [{"caption": "Host", "rows": []}]


@pytest.mark.parametrize(
    "option", ["scraping_strategy", "markdown_generator", "extraction_strategy", "content_filter", "table_extraction"]
)
async def test_a_part_that_fails_costs_its_page_only_and_says_who(site: Site, option: str):
    class Breaks(Scraper, Shouting, Lines, FirstParagraph, Captions):
        def _break(self, *args: Any, **options: Any) -> Any:
            raise LookupError("lost my page")

        scrap = generate_markdown = extract = filter_content = extract_tables = _break

    own = {option: Breaks()}
    if option == "content_filter":
        own = {"markdown_generator": DefaultMarkdownGenerator(content_filter=Breaks())}
    [result] = await crawled([f"{site.url}/article/1"], True, **own)
    assert (result.success, result.status_code, "patient" in result.html) == (False, 200, True)
    assert result.error.kind == ("extract" if option == "extraction_strategy" else "parse")
    assert "Breaks failed: LookupError: lost my page" in result.error_message
    assert len(site.seen.asked) == 1, "the page would not be better the next time"


async def test_a_proxy_rotation_of_ones_own_is_asked_for_each_page(site: Site):
    class Only(ProxyRotationStrategy):
        def __init__(self) -> None:
            self.proxies: list[ProxyConfig] = []

        async def get_next_proxy(self) -> ProxyConfig | None:
            await asyncio.sleep(0)
            return self.proxies[-1] if self.proxies else None

        def add_proxies(self, proxies: list[ProxyConfig]) -> None:
            self.proxies += proxies

    rotation = Only()
    with HTTPProxy() as proxy:
        direct = await crawled([f"{site.url}/page1"], True, proxy_rotation_strategy=rotation)
        rotation.add_proxies([ProxyConfig(f"http://127.0.0.1:{proxy.port}")])
        through = await crawled([f"{site.url}/page2"], True, proxy_rotation_strategy=rotation)
        assert [result.crawl_stats["resolved_by"] for result in direct + through] == ["direct", "proxy"]
        assert proxy.asked == [f"GET {site.url}/page2"]
