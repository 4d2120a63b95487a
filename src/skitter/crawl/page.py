"""One response to what is read from it, in one call that needs no network: it runs inline or in another process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skitter.config.crawl import CrawlerRunConfig
from skitter.errors import CrawlError
from skitter.markdown.generator import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """What is to be read; can be sent to another process.

    Attributes:
        url: The URL that answered.
        base_url: What relative links are relative to where the page does not say, "" for none.
        body: As it was sent, still encoded by *content_encoding*; text is read as it is.
        content_type: The Content-Type header, "" for none.
        content_encoding: What is still to be undone before *body* is the page.
        max_body_bytes: The page's largest size after that.
        options: The crawl's configuration.
    """

    url: str
    base_url: str
    body: bytes | str
    content_type: str = ""
    content_encoding: str = ""
    max_body_bytes: int = 64 * 2**20
    options: CrawlerRunConfig


@dataclass(slots=True, kw_only=True)
class Page:
    """What was read; compact, and can be sent to another process.

    Attributes:
        encoding: Name of the character encoding; `parse.charset.text(body, encoding)` gives the page's text again.
        cleaned_html: The page without what is no content.
        links: For `parse.links.expand_links`.
        media: For `parse.media.expand_media`.
        tables: Data tables.
        metadata: Title, description, Open Graph, JSON-LD, …
        markdown: The page as Markdown; None where none was asked for.
        extracted_content: Records as JSON, None where no strategy was given.
        warnings: What was skipped, cut short or replaced, in words.
        error: Why the page could not be read, None where it could.
    """

    encoding: str = "utf-8"
    cleaned_html: str = ""
    links: Any = ()
    media: Any = ()
    tables: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    markdown: Written | None = None
    extracted_content: str | None = None
    warnings: list[str] = field(default_factory=list)
    error: CrawlError | None = None

    @property
    def raw_markdown(self) -> str:
        """The page as Markdown."""
        return self.markdown.raw_markdown if self.markdown else ""

    @property
    def fit_markdown(self) -> str:
        """What the content filter kept, as Markdown."""
        return self.markdown.fit_markdown if self.markdown else ""

    @property
    def fit_html(self) -> str:
        """What the content filter kept, as HTML."""
        return self.markdown.fit_html if self.markdown else ""


def read_page(task: PageTask) -> Page:
    """Read a page: never raises for the page's faults, they are in `error`."""
    raise NotImplementedError
