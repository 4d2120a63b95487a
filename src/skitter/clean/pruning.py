"""PruningContentFilter: drops what reads like navigation, by how dense its text and its links are.

Every element is measured once, from the leaves up, and judged once, from the body down: linear in the page. With *T*
the characters of its text, *H* those of the HTML inside it and *L* those of the links that are its children, an
element's score is ``0.4 T/H + 0.2 (1 - L/T) + 0.2 w + 0.1 ln(T + 1)``, w being the weight of its tag, less 0.05 for a
class and less 0.05 for an id that names boilerplate. One that scores less than the threshold goes with all it holds.
What stands in a running text is never judged: a sentence keeps all its words.
"""

import math
import re
from typing import Final, Literal

from pydantic import NonNegativeInt
from turbohtml import Comment, Element, Node, Text

from skitter.base.options import Strategy
from skitter.clean.elements import BLOCKS
from skitter.clean.filters import RelevantContentFilter, page_query, parsed
from skitter.clean.words import count_words

_BOILERPLATE: Final = frozenset(
    {"nav", "footer", "header", "aside", "script", "style", "form", "iframe", "noscript", "template"}
)
_WEIGHTS: Final = {
    "article": 1.5,
    "h1": 1.2,
    "h2": 1.1,
    "p": 1.0,
    "section": 1.0,
    "h3": 1.0,
    "h4": 0.9,
    "h5": 0.8,
    "h6": 0.7,
    "span": 0.3,
}
_OTHER_WEIGHT: Final = 0.5
_IMPORTANT: Final = frozenset({"article", "main", "h1", "h2", "h3", "section", "p"})
_PARTS_OF_TEXT: Final = frozenset({"br", "hr", "wbr", "img", "picture", "input"})
_VOID: Final = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"})
_boilerplate_name = re.compile(
    r"(?<![a-z])(?:nav(?:bar|igation|(?![a-z]))|footer|header|sidebar|ads?(?![a-z])|comment|promo|advert|social|share)",
    re.IGNORECASE,
).search
_MOST_OF_A_PAGE: Final = 0.5


class PruningContentFilter(Strategy):
    """Keeps the parts of a page that read like content: much text, few links, telling tags. Needs no query."""

    user_query: str | None = None
    """Not used: a page is judged by its form alone."""

    min_word_threshold: NonNegativeInt | None = None
    """Fewest words of a part that is kept; None keeps short ones too."""

    threshold_type: Literal["fixed", "dynamic"] = "fixed"
    """`dynamic` lowers the threshold for important tags and dense text, and raises it among links."""

    threshold: float = 0.48
    """Lowest score that is kept; scores are 0.1 or so for menus and above 1 for articles."""

    preserve_classes: tuple[str, ...] | None = None
    """Elements of these classes are kept whole."""

    preserve_tags: tuple[str, ...] | None = None
    """Elements of these names are kept whole."""

    def filter_content(self, html: str, min_word_threshold: int | None = None) -> list[str]:
        """Return the HTML of the parts of *html* that are kept, in document order."""
        body = parsed(html).find("body")
        if body is None:
            return []
        chosen = self if min_word_threshold is None else self.clone(min_word_threshold=min_word_threshold)
        return [element.html for element in chosen.keep(body)]

    def keep(self, root: Element) -> list[Element]:
        """Remove from *root*, the body of a parsed page, what is not kept; return the elements that are left."""
        page = _measure(root, count=bool(self.min_word_threshold))
        self._drop_boilerplate(page)
        stack = [page]
        while stack:
            parent = stack.pop()
            for part in parent.parts:
                if part.gone or part.tag in _PARTS_OF_TEXT or self._is_preserved(part):
                    continue
                if parent.has_own_text and part.tag not in BLOCKS:
                    continue
                if self._score(part) < self._threshold(part):
                    part.element.extract()
                elif not _is_whole(part):
                    stack.append(part)
        return _with_text(root)

    def extract_page_query(self, html: str) -> str:
        """Return what the page says it is about."""
        return self.user_query or page_query(parsed(html))

    def _drop_boilerplate(self, page: "_Part") -> None:
        """Remove what its tag calls boilerplate, but no form that holds most of the page."""
        total = page.text
        for part in page.below():
            if part.tag in _BOILERPLATE and not part.gone and not self._is_preserved(part):
                if part.tag == "form" and part.text > _MOST_OF_A_PAGE * total:
                    continue
                part.element.extract()
                part.leave()

    def _is_preserved(self, part: "_Part") -> bool:
        if self.preserve_tags and part.tag in self.preserve_tags:
            return True
        return bool(self.preserve_classes) and any(map(part.element.has_class, self.preserve_classes or ()))

    def _score(self, part: "_Part") -> float:
        if self.min_word_threshold and part.words < self.min_word_threshold:
            return -1.0
        density = part.text / part.markup if part.markup else 0.0
        return (
            0.4 * density
            + 0.2 * (1 - part.link_density)
            + 0.2 * _WEIGHTS.get(part.tag, _OTHER_WEIGHT)
            + 0.1 * math.log(part.text + 1)
            - 0.05 * part.names_boilerplate()
        )

    def _threshold(self, part: "_Part") -> float:
        threshold = self.threshold
        if self.threshold_type == "dynamic":
            if part.tag in _IMPORTANT:
                threshold *= 0.8
            if part.markup and part.text / part.markup > 0.4:
                threshold *= 0.9
            if part.link_density > 0.6:
                threshold *= 1.2
        return threshold


PruningContentFilterLXML = PruningContentFilter
RelevantContentFilter.register(PruningContentFilter)


class _Part:
    """An element with its measures.

    Attributes:
        text: Characters of its text, T.
        markup: Characters of the HTML inside it, H.
        links: Characters of the links that are its children, L.
        words: Words of its text, where they are asked for.
    """

    __slots__ = (
        "element", "gone", "has_own_text", "holds_table", "links", "markup", "parent", "parts", "tag", "text", "words"
    )  # fmt: skip

    def __init__(self, element: Element, parent: "_Part | None") -> None:
        self.element = element
        self.parent = parent
        self.tag = element.tag
        self.parts: list[_Part] = []
        self.text = self.markup = self.links = self.words = 0
        self.has_own_text = self.holds_table = False
        self.gone = False

    @property
    def link_density(self) -> float:
        return self.links / self.text if self.text else 0.0

    def names_boilerplate(self) -> int:
        """Return how many of its class and its id are names of boilerplate."""
        return sum(bool(_boilerplate_name(self.element.attr(name) or "")) for name in ("class", "id"))

    def read(self, data: str, *, count: bool) -> None:
        """Add text of its own."""
        if stripped := data.strip():
            self.text += len(stripped)
            self.has_own_text = True
            if count:
                self.words += count_words(stripped)
        self.markup += len(data) + 4 * data.count("&")

    def outer_markup(self) -> int:
        """Return the characters of its HTML, tags and attributes included."""
        size = self.markup + len(self.tag) + 2
        for name, value in self.element.attrs.items():
            size += (
                len(name) + 4 + (sum(map(len, value)) + len(value) - 1 if isinstance(value, list) else len(value or ""))
            )
        return size if self.tag in _VOID else size + len(self.tag) + 3

    def below(self) -> "list[_Part]":
        """Return the parts inside it, outer ones first."""
        found = list(self.parts)
        for part in found:
            found.extend(part.parts)
        return found

    def leave(self) -> None:
        """Take its measures off those of the elements around it."""
        outer = self.outer_markup()
        if self.parent is not None and self.tag == "a":
            self.parent.links -= self.text
        around = self.parent
        while around is not None:
            around.text -= self.text
            around.words -= self.words
            around.markup -= outer
            around = around.parent
        for part in (self, *self.below()):
            part.gone = True


def _measure(root: Element, *, count: bool) -> _Part:
    """Measure *root* and all it holds, without its comments, which go; *count* says whether to count words."""
    page = _Part(root, None)
    order = [page]
    comments: list[Node] = []
    for part in order:
        for child in part.element:
            if isinstance(child, Text):
                part.read(child.data, count=count)
            elif isinstance(child, Element):
                inner = _Part(child, part)
                part.parts.append(inner)
                order.append(inner)
            elif isinstance(child, Comment):
                comments.append(child)
    for part in reversed(order):
        if part.parent is not None:
            part.parent.text += part.text
            part.parent.words += part.words
            part.parent.markup += part.outer_markup()
            part.parent.holds_table |= part.holds_table or part.tag == "table"
            if part.tag == "a":
                part.parent.links += part.text
    for comment in comments:
        comment.decompose()
    return page


def _is_whole(part: _Part) -> bool:
    """Say whether an element is kept as it is once it is kept: code, formulas, and tables that hold no further ones."""
    if part.tag == "table":
        return not part.holds_table
    return part.tag in {"pre", "code", "math"}


def _with_text(body: Element) -> list[Element]:
    """Return the children of *body* that hold text, with its own text in elements too."""
    run: list[Node] = []
    found: list[Element] = []

    def flush() -> None:
        if any((node.data if isinstance(node, Text) else node.text).strip() for node in run):
            found.append(Element("div", children=[node.extract() for node in run]))
        run.clear()

    for child in tuple(body):
        if isinstance(child, Element) and child.tag in BLOCKS:
            flush()
            if child.text.strip():
                found.append(child)
        else:
            run.append(child)
    flush()
    return found
