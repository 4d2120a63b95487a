"""What a content filter is: subclass RelevantContentFilter to write your own."""

from abc import ABC, abstractmethod
from logging import Logger
from typing import Final

import turbohtml
from turbohtml import Element, Node

_LONG_PARAGRAPH: Final = 150  # characters; shorter ones are rarely what a page is about


class RelevantContentFilter(ABC):
    """Picks the blocks of a page that matter; subclass it to write your own.

    Attributes:
        user_query: What the user looks for, None where nobody said.
        verbose: Whether to log what is dropped.
        logger: Where to.
    """

    def __init__(
        self,
        user_query: str | None = None,
        verbose: bool = False,  # noqa: FBT001, FBT002  # a public signature that users call by position
        logger: Logger | None = None,
    ) -> None:
        self.user_query = user_query
        self.verbose = verbose
        self.logger = logger

    @abstractmethod
    def filter_content(self, html: str, min_word_threshold: int | None = None) -> list[str]:
        """Return the HTML of the blocks of *html* that matter, in document order."""

    def extract_page_query(self, html: str | Node) -> str:
        """Return what the page says it is about: `user_query` if there is one, else its title and the like."""
        return self.user_query or page_query(parsed(html) if isinstance(html, str) else html)


def parsed(html: str) -> turbohtml.Document:
    """Parse what a filter was given as text, without what nobody reads."""
    tree = turbohtml.parse(html, positions=False, scripting=True)
    tree.remove("script,style,template,noscript,iframe")
    return tree


def page_query(page: Node) -> str:
    """Return what a page says it is about: title, first heading, keywords and description, else a long paragraph."""
    said = [_text(page.find("title")), _text(page.find("h1"))]
    for name in ("keywords", "description"):
        meta = page.select_one(f'meta[name="{name}" i]')
        said.append((meta.attr("content") or "") if meta is not None else "")
    query = " ".join(" ".join(said).split())
    if query:
        return query
    for paragraph in page.iter_elements("p"):
        if len(text := " ".join(paragraph.text.split())) > _LONG_PARAGRAPH:
            return text
    return ""


def _text(element: Element | None) -> str:
    return "" if element is None else element.text
