"""The Markdown generators: what users name in `markdown_generator`."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal, Protocol, cast, runtime_checkable

import turbohtml
from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError
from turbohtml import Element

from skitter.base.options import Strategy
from skitter.errors import ConfigError
from skitter.markdown.citations import with_citations
from skitter.markdown.writer import write
from skitter.markdown.writer_options import WriterOptions
from skitter.model.markdown import MarkdownGenerationResult

ContentSource = Literal["cleaned_html", "raw_html", "fit_html"]

_NO_TEXT: Final = "script,style,template,noscript,iframe,svg"


@runtime_checkable
class ContentFilter(Protocol):
    """Picks the blocks of a page that matter."""

    def filter_content(self, html: str) -> list[str]:
        """Return the HTML of the blocks of *html* that are kept, in reading order."""
        ...


@runtime_checkable
class TreeFilter(Protocol):
    """A content filter that works on a parsed page, so that it is parsed once."""

    def keep(self, root: Element) -> list[Element]:
        """Return the elements of *root* that are kept, in reading order, none in another; *root* is used up."""
        ...


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
        values: dict[str, Any] = {
            "raw_markdown": self.raw_markdown,
            "fit_markdown": self.fit_markdown,
            "fit_html": self.fit_html,
        }
        if self.citations is not None:
            values["markdown_with_citations"], values["references_markdown"] = self.citations
            return MarkdownGenerationResult.trusted(values)
        made: list[tuple[str, str]] = []

        def cited() -> tuple[str, str]:
            if not made:
                made.append(with_citations(self.raw_markdown, self.base_url))
            return made[0]

        return MarkdownGenerationResult.trusted(
            values, {"markdown_with_citations": lambda: cited()[0], "references_markdown": lambda: cited()[1]}
        )


class MarkdownGenerationStrategy(ABC):
    """Writes a page as Markdown; subclass it to write your own.

    Attributes:
        content_filter: Picks what goes into `fit_markdown`.
        options: What the subclass makes of them.
        verbose: Whether to log.
        content_source: Which HTML `generate_markdown` is given.
    """

    # for subclasses that do not call this class's __init__
    content_filter: ContentFilter | None = None
    content_source: ContentSource = "cleaned_html"

    def __init__(
        self,
        content_filter: ContentFilter | None = None,
        options: Mapping[str, Any] | None = None,
        verbose: bool = False,  # noqa: FBT001, FBT002  # a public signature that users call by position
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

    options: Annotated[Mapping[str, Any], BeforeValidator(lambda said: {} if said is None else said)] = Field(
        default_factory=dict
    )
    """How it is written, by the names of html2text: those of `WriterOptions`."""

    content_source: ContentSource = "cleaned_html"
    """What is written: the cleaned page, the page as it came, or what `content_filter` keeps."""

    _writing: WriterOptions = PrivateAttr(default_factory=WriterOptions)

    def __init__(self, *args: Any, **options: Any) -> None:
        try:
            super().__init__(*args, **options)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            lines = [f"`{fault['loc'][0]}` is {fault['input']!r:.80}: {fault['msg']}" for fault in faults]
            raise ConfigError(f"{type(self).__name__}: {'; '.join(lines)}") from error
        self._writing = WriterOptions.of(self.options)

    def generate_markdown(
        self,
        input_html: str,
        base_url: str = "",
        html2text_options: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        content_filter: ContentFilter | None = None,
        citations: bool = True,  # noqa: FBT001, FBT002  # a public signature that users call by position
    ) -> MarkdownGenerationResult:
        """Return *input_html* as Markdown.

        Args:
            input_html: A page, or a part of one.
            base_url: What relative links are resolved against; "" leaves them as they are.
            html2text_options: How to write, over *options*.
            options: How to write, over the generator's own.
            content_filter: Used instead of the generator's own.
            citations: Number the links too; False leaves `markdown_with_citations` and `references_markdown` empty.

        Raises:
            ConfigError: If an option is unknown or its value wrong.
        """
        writing = WriterOptions.of(self.options, options, html2text_options)
        tree = _parsed(input_html, base_url)
        written = self._written(tree, input_html, base_url, writing, content_filter or self.content_filter)
        return written.result() if citations else _without_citations(written)

    def write(self, tree: turbohtml.Document, html: str, base_url: str) -> Written:
        """Return *tree*, which is *html* parsed and is used up, as Markdown."""
        return self._written(tree, html, base_url, self._writing, self.content_filter)

    def _written(
        self,
        tree: turbohtml.Document,
        html: str,
        base_url: str,
        options: WriterOptions,
        content_filter: ContentFilter | None,
    ) -> Written:
        only_fit = self.content_source == "fit_html"
        if content_filter is None:
            raw_markdown = _markdown(tree.find("body"), options, base_url)
            warnings = ("`content_source` is fit_html, without a content filter: the whole page is written",)
            return Written(raw_markdown=raw_markdown, base_url=base_url, warnings=warnings if only_fit else ())
        whole = None if only_fit else copy.copy(tree)  # filters and the writer use a tree up
        fit_html, fit = _fitted(content_filter, tree, html)
        fit_markdown = _markdown(fit, options, base_url)
        return Written(
            raw_markdown=fit_markdown if whole is None else _markdown(whole.find("body"), options, base_url),
            fit_markdown=fit_markdown,
            fit_html=fit_html,
            base_url=base_url,
            warnings=() if fit_html else (f"{type(content_filter).__name__} kept nothing of the page",),
        )


MarkdownGenerationStrategy.register(DefaultMarkdownGenerator)


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
    if type(generator).generate_markdown is DefaultMarkdownGenerator.generate_markdown:
        built_in = cast("DefaultMarkdownGenerator", generator)
        if built_in.content_source == "raw_html":
            return built_in.write(_parsed(raw_html, base_url), raw_html, base_url)
        return built_in.write(tree, cleaned_html, base_url)
    source = getattr(generator, "content_source", "cleaned_html")
    content_filter = getattr(generator, "content_filter", None)
    html = raw_html if source == "raw_html" else cleaned_html
    if source == "fit_html" and content_filter is not None:
        html, _ = _fitted(content_filter, tree, html)
    return _from_result(generator.generate_markdown(html, base_url=base_url), base_url)


def _from_result(result: MarkdownGenerationResult | str, base_url: str) -> Written:
    if isinstance(result, str):
        return Written(raw_markdown=result, base_url=base_url)
    return Written(
        raw_markdown=result.raw_markdown,
        fit_markdown=result.fit_markdown or "",
        fit_html=result.fit_html or "",
        base_url=base_url,
        citations=(result.markdown_with_citations, result.references_markdown),
    )


def _parsed(html: str, base_url: str) -> turbohtml.Document:
    """Parse *html* for writing: without what nobody reads, its URLs absolute."""
    tree = turbohtml.parse(html, positions=False, scripting=True)
    tree.remove(_NO_TEXT)
    base_url = tree.base_url(base_url)
    if base_url:
        tree.resolve_links(base_url)
    return tree


def _fitted(content_filter: ContentFilter, tree: turbohtml.Document, html: str) -> tuple[str, Element]:
    """Return what *content_filter* keeps of a page, as HTML and as an element; each block has an element around it."""
    if isinstance(content_filter, TreeFilter):
        body = tree.find("body")
        kept = [] if body is None else content_filter.keep(body)
        blocks = [Element("div", children=[element.extract()]) for element in kept]
        return "\n".join(block.html for block in blocks), Element("body", children=blocks)
    fit_html = "\n".join(f"<div>{block}</div>" for block in content_filter.filter_content(html))
    return fit_html, turbohtml.parse_fragment(fit_html, positions=False)


def _markdown(root: Element | None, options: WriterOptions, base_url: str) -> str:
    return "" if root is None else write(root, options, page_url=base_url)


def _without_citations(written: Written) -> MarkdownGenerationResult:
    return replace(written, citations=("", "")).result()
