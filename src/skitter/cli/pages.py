"""A crawled page as the bytes that are printed for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from skitter.cli.terminal import short
from skitter.model.result import CrawlResult
from skitter.sinks import to_json


class Format(StrEnum):
    """What is printed of a page."""

    MARKDOWN = "markdown"
    MARKDOWN_FIT = "markdown-fit"
    JSON = "json"
    HTML = "html"
    LINKS = "links"

    @property
    def ending(self) -> str:
        """The ending of a file that holds it."""
        return _ENDINGS[self]


ALIASES = {"md": Format.MARKDOWN, "md-fit": Format.MARKDOWN_FIT, "all": Format.JSON, "jsonl": Format.JSON}
"""Other names of formats that users of such programs write."""

_ENDINGS = {
    Format.MARKDOWN: ".md",
    Format.MARKDOWN_FIT: ".md",
    Format.JSON: ".json",
    Format.HTML: ".html",
    Format.LINKS: ".txt",
}

ENDINGS = {ending: kind for kind, ending in reversed(_ENDINGS.items())} | {".jsonl": Format.JSON, ".htm": Format.HTML}
"""The format that a file's ending stands for."""


@dataclass(frozen=True, slots=True)
class Printer:
    """Turns pages into what is printed for them.

    Attributes:
        kind: What is printed.
        fields: Names of the fields of JSON, None for all.
        is_single: Whether the page stands alone: JSON is indented then, and no line names the page.
    """

    kind: Format
    fields: Sequence[str] | None = None
    is_single: bool = False

    def __call__(self, page: CrawlResult) -> bytes:
        """Return the page's bytes, with a line end; a failed page has none except as JSON."""
        if self.kind is Format.JSON:
            return to_json(page, self.fields, indent=2 if self.is_single else None) + b"\n"
        if not page.success:
            return b""
        if self.kind is Format.LINKS:
            return _encoded("".join(f"{link}\n" for link in _links(page)))
        text = _TEXTS[self.kind](page)
        if not text.endswith("\n"):
            text += "\n"
        if not self.is_single:
            text = f"<!-- page: {_named(page.url)} -->\n\n{text}\n"
        return _encoded(text)


_TEXTS: dict[Format, Callable[[CrawlResult], str]] = {
    Format.MARKDOWN: lambda page: page.markdown.raw_markdown,
    Format.MARKDOWN_FIT: lambda page: page.markdown.fit_markdown or "",
    Format.HTML: lambda page: page.html,
}


def _links(page: CrawlResult) -> list[str]:
    """Return the page's links, each once, its own site's first."""
    found = dict.fromkeys(link["href"] for side in ("internal", "external") for link in page.links.get(side, ()))
    return [link for link in found if "\n" not in link]


def _named(url: str) -> str:
    """Return *url* so that it stays inside a comment and on its line."""
    return short("".join(url.split("\n")).replace("--", "%2D%2D").replace(">", "%3E"), 2000)


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")
