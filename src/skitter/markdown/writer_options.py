"""The options of writing Markdown, by the names users know from html2text."""

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final

import turbohtml
from pydantic import Field, NonNegativeInt, PositiveInt, ValidationError

from skitter.base.options import Options
from skitter.errors import ConfigError

_WITHOUT_COUNTERPART: Final = {
    "handle_code_in_pre": "code blocks are always written byte for byte",
    "links_each_paragraph": "with `inline_links=False` the addresses stand at the end",
    "wrap_tables": "a row of a table is one line",
    "decode_errors": "pages are decoded before",
    "single_line_breaks": "the name is `single_line_break`",
}


class WriterOptions(Options):
    """How a page's elements are written as Markdown."""

    body_width: NonNegativeInt = 0
    """Wrap paragraphs at this column; 0 leaves them on one line."""

    wrap_links: bool = True
    """Let a wrapped line break inside a link."""

    wrap_list_items: bool = False
    """Wrap the items of lists too."""

    single_line_break: bool = False
    """Part paragraphs by one line break and not by a blank line."""

    ignore_links: bool = False
    """Write links as their text."""

    ignore_anchors: bool = False
    """The same as `ignore_links`."""

    ignore_mailto_links: bool = False
    """Write `mailto:` links as their text."""

    skip_internal_links: bool = True
    """Write links within the page, `#chapter`, as their text: Markdown has no places for them to lead to."""

    protect_links: bool = False
    """Write every address between `<` and `>`."""

    use_automatic_links: bool = True
    """Write a link whose text is its address as `<address>`."""

    inline_links: bool = True
    """Write addresses behind their links; False collects them at the end, `[text][1]`."""

    ignore_images: bool = False
    """Leave images out."""

    images_to_alt: bool = False
    """Write images as their alternative text."""

    images_as_html: bool = False
    """Write images as `<img>`."""

    images_with_size: bool = False
    """Write images that state their width or height as `<img>`."""

    default_image_alt: str = ""
    """Alternative text of images that have none."""

    ignore_emphasis: bool = False
    """Write bold, italic and struck text plainly."""

    emphasis_mark: str = "_"
    """What stands around italic text; `*` stands inside of words, where Markdown reads no other."""

    strong_mark: str = "**"
    """What stands around bold text."""

    hide_strikethrough: bool = False
    """Leave struck text out."""

    include_sup_sub: bool = False
    """Write `<sup>` and `<sub>` as such; else as plain text, with `^` between two numbers."""

    ul_item_mark: Annotated[str, Field(pattern=r"^[-*+]{1,9}$")] = "*"
    """What stands before the items of bulleted lists; several characters take turns by depth."""

    open_quote: str = '"'
    """What stands before the text of `<q>`."""

    close_quote: str = '"'
    """What stands behind the text of `<q>`."""

    mark_code: bool = True
    """Write code blocks between fences; False indents them by four spaces."""

    bypass_tables: bool = False
    """Write tables as HTML."""

    ignore_tables: bool = False
    """Write tables as the text of their cells."""

    pad_tables: bool = False
    """Make the columns of a table equally wide."""

    escape_snob: bool = False
    """Escape every character that could mean something in Markdown, and not only where it does."""

    escape_html: bool = True
    """Escape `<` and `&` of the text where they would be read as HTML."""

    escape_backslash: bool = True
    """Escape backslashes of the text."""

    escape_dot: bool = True
    """Escape the dot of `1.` at the begin of a line."""

    escape_plus: bool = True
    """Escape `+` at the begin of a line."""

    escape_dash: bool = True
    """Escape `-` at the begin of a line."""

    unicode_snob: bool = True
    """Keep typographic characters; False writes their closest ASCII, `"` for `“`."""

    preserve_tags: tuple[str, ...] = ()
    """Names of elements that are written as HTML."""

    google_doc: bool = False
    """Read the styles of a Google Docs export; they are there with `content_source="raw_html"`."""

    google_list_indent: PositiveInt = 36
    """Pixels by which a Google Docs export indents a list in another."""

    @classmethod
    def of(cls, *layers: Mapping[str, Any] | None) -> "WriterOptions":
        """Return the options of all *layers*; a later one wins.

        Raises:
            ConfigError: If a name is unknown, with the closest ones, or a value wrong.
        """
        said: dict[str, Any] = {}
        for layer in layers:
            said |= layer or {}
        for name in said:
            if name not in cls.model_fields:
                raise ConfigError(_unknown(name))
        try:
            return cls(**said)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            lines = [
                f"Markdown option `{fault['loc'][0]}` is {fault['input']!r:.80}: {fault['msg']}" for fault in faults
            ]
            raise ConfigError("; ".join(lines)) from error


def _unknown(name: str) -> str:
    if name in _WITHOUT_COUNTERPART:
        return f"there is no Markdown option `{name}`: {_WITHOUT_COUNTERPART[name]}"
    close = difflib.get_close_matches(name, WriterOptions.model_fields, n=3)
    hint = f"; did you mean {' or '.join(f'`{one}`' for one in close)}?" if close else ""
    return f"there is no Markdown option `{name}`{hint}"


@lru_cache(maxsize=64)
def layout(options: WriterOptions) -> turbohtml.Markdown:
    """Return *options* as the HTML library's writer takes them."""
    markdown = turbohtml.Markdown
    return markdown(
        lists=markdown.Lists(bullets=options.ul_item_mark),
        inline=markdown.Inline(
            strong=options.strong_mark,
            emphasis=options.emphasis_mark,
            strikethrough="hide" if options.hide_strikethrough else "keep",
            ignore_emphasis=options.ignore_emphasis,
            hide_strikethrough=options.google_doc and options.hide_strikethrough,
            quote_open=options.open_quote,
            quote_close=options.close_quote,
        ),
        code=markdown.Code(block_style="fenced" if options.mark_code else "indented"),
        links=markdown.Links(
            style="inline" if options.inline_links else "reference",
            autolink=options.use_automatic_links,
            ignore=options.ignore_links or options.ignore_anchors,
        ),
        images=markdown.Images(mode=_image_mode(options), default_alt=options.default_image_alt),
        tables=markdown.Tables(mode=_table_mode(options), pad=options.pad_tables),
        escaping=markdown.Escaping(mode="all" if options.escape_snob else "minimal"),
        wrapping=markdown.Wrapping(
            width=options.body_width, list_items=options.wrap_list_items, links=options.wrap_links
        ),
        document=markdown.Document(
            block_spacing="single" if options.single_line_break else "double", transliterate=not options.unicode_snob
        ),
        google=markdown.GoogleDoc(enabled=options.google_doc, list_indent=options.google_list_indent),
    )


def _image_mode(options: WriterOptions) -> Any:
    if options.ignore_images:
        return "ignore"
    if options.images_to_alt:
        return "alt"
    return "html" if options.images_as_html else "markdown"


def _table_mode(options: WriterOptions) -> Any:
    if options.ignore_tables:
        return "strip"
    return "html" if options.bypass_tables else "markdown"
