"""A parsed page through parse and clean, and the scraping strategy that is this way under the name users know."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import turbohtml

from skitter.base.options import Strategy
from skitter.clean import exclude, tidy, to_html
from skitter.config import wire
from skitter.config.crawl import CrawlerRunConfig
from skitter.crawl.calling import calling
from skitter.errors import ParseError
from skitter.model.document import Document
from skitter.model.scraping import ContentScrapingStrategy, Links, Media, ScrapingResult
from skitter.parse.document import read
from skitter.parse.links import Links as FoundLinks
from skitter.parse.links import expand_links, read_links, relative_links
from skitter.parse.media import Media as FoundMedia
from skitter.parse.media import expand_media, read_media
from skitter.parse.metadata import Metadata, expand_metadata, read_metadata
from skitter.parse.tables import DefaultTableExtraction, NoTableExtraction

Items = dict[str, list[dict[str, Any]]]
"""Links or media as users see them."""


def no_links() -> Items:
    """Return the links of a page without any."""
    return {"internal": [], "external": []}


def no_media() -> Items:
    """Return the media of a page without any."""
    return {"images": [], "videos": [], "audios": []}


@dataclass(slots=True, kw_only=True)
class Scraped:
    """What parse and clean make of a page.

    Attributes:
        tree: The cleaned page; None with `prefetch`.
        cleaned_html: The same as HTML.
        links: For `expand_links`.
        media: For `expand_media`.
        tables: Data tables.
        metadata: For `expand_metadata`.
        warnings: What was skipped or cut, in words.
    """

    tree: turbohtml.Document | None = None
    cleaned_html: str = ""
    links: FoundLinks | Items = field(default_factory=no_links)
    media: FoundMedia | Items = field(default_factory=no_media)
    tables: list[dict[str, Any]] = field(default_factory=list)
    metadata: Metadata | Mapping[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def scrape(document: Document, options: CrawlerRunConfig) -> Scraped:
    """Read *document* and clean it; its tree is used up."""
    scraped = Scraped()
    if not options.prefetch:
        scraped.metadata = read_metadata(document)
    scraped.warnings += exclude(document, options)
    scraped.links = links = read_links(document, options)
    if not document.base_url and (lost := relative_links(links)):
        scraped.warnings.append(f"{lost} relative links lead nowhere, as the page has no URL: set `base_url`")
    if options.prefetch:
        return scraped
    scraped.media = read_media(document, options)
    scraped.tables = _tables(document, options, scraped.warnings)
    scraped.tree, warnings = tidy(document, options)
    scraped.warnings += warnings
    scraped.cleaned_html = to_html(scraped.tree, options)
    return scraped


def _tables(document: Document, options: CrawlerRunConfig, warnings: list[str]) -> list[dict[str, Any]]:
    strategy = options.table_extraction or DefaultTableExtraction()
    root = document.tree.find("body") or document.tree.root
    if isinstance(strategy, NoTableExtraction) or root is None:
        return []
    told: dict[str, Any] = {"table_score_threshold": options.table_score_threshold}
    if isinstance(strategy, DefaultTableExtraction):
        told["warnings"] = warnings
    with calling(ParseError, strategy):
        return strategy.extract_tables(root, **told)


class LXMLWebScrapingStrategy(Strategy):
    """Reads a page the built-in way; naming it changes nothing."""

    logger: Any = None
    """Taken for programs that pass one; what goes wrong is raised, or said in the result's warnings."""

    def scrap(self, url: str, html: str, **options: Any) -> ScrapingResult:
        """Return the cleaned HTML, links, media, tables and metadata of *html*, which was fetched from *url*.

        Args:
            url: What relative links are relative to, unless `base_url` is among the options.
            html: The page.
            options: Those of CrawlerRunConfig, by name.

        Raises:
            ConfigError: If an option is unknown or its value is wrong.
        """
        config = CrawlerRunConfig(**options)
        scraped = scrape(read(html, url=url, base_url=config.base_url or url), config)
        media = expand_media(scraped.media)
        return ScrapingResult(
            cleaned_html=scraped.cleaned_html,
            success=True,
            links=Links.model_validate(expand_links(scraped.links)),
            media=Media.model_validate({**media, "tables": scraped.tables}),
            metadata=expand_metadata(scraped.metadata),
        )

    async def ascrap(self, url: str, html: str, **options: Any) -> ScrapingResult:
        """Do the same off the event loop."""
        return await asyncio.to_thread(self.scrap, url, html, **options)


WebScrapingStrategy = LXMLWebScrapingStrategy
"""The same, by its older name."""

ContentScrapingStrategy.register(LXMLWebScrapingStrategy)
wire.register(LXMLWebScrapingStrategy)
