"""One response to what is read from it, in one call that needs no network: it runs inline or in another process.

    body → decoded → text → Document → metadata, links, media, tables → cleaned HTML → Markdown → records

What is not HTML is rewritten as HTML first and goes the same way. Each step is a function of its stage; a strategy of
the user's own takes the place of the steps that it stands for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Final

import turbohtml

from skitter.base.url import origin_host
from skitter.config.crawl import CrawlerRunConfig
from skitter.crawl.calling import calling
from skitter.crawl.scraping import Items, LXMLWebScrapingStrategy, Scraped, no_links, no_media, scrape
from skitter.errors import ConfigError, CrawlError, ExtractError, ParseError
from skitter.fetch.decoding import decoded
from skitter.fetch.targets import shown
from skitter.markdown import DefaultMarkdownGenerator, Written, generate
from skitter.model.scraping import ContentScrapingStrategy
from skitter.parse import charset
from skitter.parse.content import Kind, kind_of, kind_of_text, media_type
from skitter.parse.document import read
from skitter.parse.links import Links
from skitter.parse.media import Media, image_at
from skitter.parse.metadata import Metadata
from skitter.parse.rewriting import Rewritten, rewritten

_DAMAGED_SHARE: Final = 0.001  # of the page's characters; a few damaged ones are found in any page
_MARKDOWN_FORMATS: Final = frozenset({"markdown", "fit_markdown"})


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
        metadata: For `parse.metadata.expand_metadata`.
        markdown: The page as Markdown; None where none was asked for.
        extracted_content: Records as JSON, None where no strategy was given.
        warnings: What was skipped, cut short or replaced, in words.
        error: Why the page could not be read, None where it could.
    """

    encoding: str = charset.UTF8
    cleaned_html: str = ""
    links: Links | Items = field(default_factory=no_links)
    media: Media | Items = field(default_factory=no_media)
    tables: list[dict[str, Any]] = field(default_factory=list)
    metadata: Metadata | Mapping[str, Any] = field(default_factory=dict)
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
    """Read a page: decode, parse, clean, write as Markdown, extract.

    Returns:
        What was read. Where something failed, `error` says what, and the page holds what was read until then.

    Raises:
        ConfigError: If an option can never work, whatever the page.
    """
    page = Page()
    try:
        _read(task, page)
    except ConfigError:
        raise
    except CrawlError as error:
        if error.url is None:  # raised by what is given a body and knows no URL
            error.url = task.url
            error.args = (f"{shown(task.url)}: {error}", *error.args[1:])
        page.error = error
    return page


def _read(task: PageTask, page: Page) -> None:
    body = task.body
    if isinstance(body, bytes):
        body = decoded(body, task.content_encoding, task.max_body_bytes)
    kind = kind_of(body, task.content_type)
    if kind is Kind.EMPTY:
        page.warnings.append("the page is empty")
    elif kind is Kind.BINARY:
        named = media_type(body, task.content_type) or "unknown type"
        page.warnings.append(f"the page is a file of {len(body):,} bytes ({named}): nothing is read from it")
    elif kind is Kind.IMAGE:
        _read_image(task, page, media_type(body, task.content_type))
    else:
        _read_text(task, page, _text(body, task, page), kind)


def _text(body: bytes | str, task: PageTask, page: Page) -> str:
    if isinstance(body, str):
        return body
    text, page.encoding, damaged = charset.decode(body, task.content_type, tld=_top_level_domain(task.url))
    if damaged > len(text) * _DAMAGED_SHARE:
        page.warnings.append(
            f"{damaged:,} characters are damaged: the page is not wholly in {page.encoding}, as which it was read"
        )
    return text


def _top_level_domain(url: str) -> str | None:
    label = origin_host(url).partition(":")[0].rpartition(".")[2]
    return label if label.isascii() and label.isalpha() else None


def _read_image(task: PageTask, page: Page, kind: str) -> None:
    """Read an image: a page that shows it, and one item in the media."""
    _read_text(task, page, f'<p><img src="{escape(task.url)}"></p>', Kind.HTML)
    if not task.options.exclude_all_images and not task.options.prefetch:
        page.media = image_at(task.url, kind)


def _read_text(task: PageTask, page: Page, text: str, kind: Kind) -> None:
    options = task.options
    kind = kind_of_text(text, kind)
    form = Rewritten(html=text) if kind is Kind.HTML else rewritten(text, kind)
    page.warnings += form.warnings
    strategy = options.scraping_strategy
    base_url = task.base_url or options.base_url or ""
    if strategy is None or isinstance(strategy, LXMLWebScrapingStrategy):
        document = read(form.html, url="" if task.url.startswith("raw:") else task.url, base_url=base_url)
        base_url = document.base_url
        scraped = scrape(document, options)
    else:
        scraped = _scraped_by(strategy, form.html, task)
    page.cleaned_html, page.links, page.media = scraped.cleaned_html, scraped.links, scraped.media
    page.tables, page.metadata = [*scraped.tables, *form.tables], scraped.metadata
    page.warnings += scraped.warnings
    if not options.prefetch:
        _write(task, page, scraped, form, base_url)
        page.extracted_content = _extracted(task, page, text)


def _scraped_by(strategy: ContentScrapingStrategy, html: str, task: PageTask) -> Scraped:
    """Let a strategy of the user's own read the page."""
    with calling(ParseError, strategy):
        options = {name: value for name, value in task.options.to_dict().items() if name != "url"}
        result = strategy.scrap(task.url, html, **options)
    if not result.success:
        msg = f"{type(strategy).__name__} says that it failed"
        raise ParseError(msg, url=task.url)
    media = result.media.model_dump()
    return Scraped(
        tree=turbohtml.parse(result.cleaned_html, positions=False),
        cleaned_html=result.cleaned_html,
        links=result.links.model_dump(),
        tables=media.pop("tables"),
        media=media,
        metadata=result.metadata,
    )


def _write(task: PageTask, page: Page, scraped: Scraped, form: Rewritten, base_url: str) -> None:
    """Write the page as Markdown, with the generator that the options name."""
    generator = task.options.markdown_generator
    if generator is None or scraped.tree is None:
        return
    with calling(ParseError, generator, getattr(generator, "content_filter", None)):
        written = generate(
            generator, scraped.tree, base_url=base_url, cleaned_html=scraped.cleaned_html, raw_html=form.html
        )
    if form.markdown is not None and isinstance(generator, DefaultMarkdownGenerator):
        written = replace(
            written, raw_markdown=form.markdown, fit_markdown=form.markdown if written.fit_markdown else ""
        )
    page.warnings += written.warnings
    page.markdown = written


def _extracted(task: PageTask, page: Page, text: str) -> str | None:
    """Return the records that the options' strategy reads from the page, as JSON."""
    strategy = task.options.extraction_strategy
    if strategy is None:
        return None
    given = {
        "html": text,
        "cleaned_html": page.cleaned_html,
        "fit_html": page.fit_html or page.cleaned_html,
        "fit_markdown": page.fit_markdown or page.raw_markdown,
    }.get(strategy.input_format, page.raw_markdown)
    with calling(ExtractError, strategy, task.options.chunking_strategy):
        is_markdown = strategy.input_format in _MARKDOWN_FORMATS
        sections = task.options.chunking_strategy.chunk(given) if is_markdown else [given]
        records = strategy.run(task.url, sections)
        return json.dumps(records, indent=4, ensure_ascii=False, default=str)
