"""The Markdown generators: what users name in `markdown_generator`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import turbohtml
from pydantic import Field

from skitter.base.options import Strategy
from skitter.model.markdown import MarkdownGenerationResult

ContentSource = Literal["cleaned_html", "raw_html", "fit_html"]


@runtime_checkable
class ContentFilter(Protocol):
    """Picks the blocks of a page that matter."""

    def filter_content(self, html: str) -> list[str]:
        """Return the HTML of the blocks of *html* that are kept, in reading order."""
        ...


class MarkdownGenerationStrategy(ABC):
    """Writes a page as Markdown; subclass it to write your own."""

    def __init__(
        self,
        content_filter: ContentFilter | None = None,
        options: Mapping[str, Any] | None = None,
        verbose: bool = False,
        content_source: ContentSource = "cleaned_html",
    ) -> None:
        self.content_filter = content_filter
        self.options = dict(options or {})
        self.verbose = verbose
        self.content_source = content_source

    @abstractmethod
    def generate_markdown(
        self, input_html: str, base_url: str = "", *, citations: bool = True, **options: Any
    ) -> MarkdownGenerationResult:
        """Return *input_html* as Markdown; relative links are resolved against *base_url*."""


class DefaultMarkdownGenerator(Strategy):
    """Writes GitHub-Flavored Markdown, with citations."""

    content_filter: ContentFilter | None = None
    """Picks what goes into `fit_markdown`; None leaves it empty."""

    options: Mapping[str, Any] = Field(default_factory=dict)
    """Names of html2text: `ignore_links`, `ignore_images`, `body_width`, `escape_html`, …"""

    content_source: ContentSource = "cleaned_html"
    """What is written: the cleaned page, the page as it came, or what `content_filter` keeps."""

    def generate_markdown(
        self, input_html: str, base_url: str = "", *, citations: bool = True, **options: Any
    ) -> MarkdownGenerationResult:
        """Return *input_html* as Markdown; relative links are resolved against *base_url*."""
        raise NotImplementedError


MarkdownGenerationStrategy.register(DefaultMarkdownGenerator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page as Markdown, before its citations: small, plain, cheap to send to another process."""

    raw_markdown: str
    fit_markdown: str = ""
    fit_html: str = ""
    base_url: str = ""
    citations: tuple[str, str] | None = None
    """Markdown with citations and its references, where the generator made them itself."""
    warnings: tuple[str, ...] = ()

    def result(self) -> MarkdownGenerationResult:
        """Return what users see; the citations are made when they are first read."""
        raise NotImplementedError


def generate(
    generator: DefaultMarkdownGenerator | MarkdownGenerationStrategy,
    tree: turbohtml.Document,
    *,
    base_url: str,
    cleaned_html: str,
    raw_html: str,
) -> Written:
    """Write a cleaned page with *generator*; *tree* is used up by it, so do this last.

    Args:
        generator: The built-in one works on *tree*; a user's own is given the HTML that its `content_source` names.
        tree: What `clean.tidy` returned.
        base_url: What relative URLs in the Markdown are resolved against.
        cleaned_html: What `clean.to_html` made of *tree*.
        raw_html: The page as it came.
    """
    raise NotImplementedError
