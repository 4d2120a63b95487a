"""How promising a link is, from 0 to 10, judged by its URL, its text and its place, without fetching it."""

import re
from dataclasses import dataclass
from typing import Final, Self

from turbohtml import Element

from skitter.model.document import Document

_WORD = re.compile(r"[^\W\d_]{4,}")
_NAVIGATION = re.compile(r"\b(?:nav|navbar|navigation|menu|main|content|sidebar|toc)\b", re.IGNORECASE)
_ADVERTISING = re.compile(r"\b(?:ads?|advert\w*|sponsor\w*|promo\w*|banner)\b", re.IGNORECASE)
_GOOD_REL: Final = frozenset({"canonical", "next", "prev", "chapter"})
_BAD_REL: Final = frozenset({"nofollow", "sponsored", "ugc"})
_REFERENCE: Final = frozenset(
    {"api", "doc", "docs", "documentation", "guide", "guides", "help", "manual", "reference", "tutorial", "tutorials"}
)
_READING: Final = frozenset({"article", "articles", "blog", "news", "post", "posts", "story", "stories"})
_MACHINERY: Final = frozenset(
    {"account", "admin", "cart", "checkout", "login", "logout", "password", "register", "signin", "signup"}
)
_GENERIC: Final = frozenset(
    {"click here", "continue", "continue reading", "details", "download", "here", "learn more", "link", "more"}
    | {"next", "previous", "prev", "read more", "see more", "show more", "view", "view more"}
)


@dataclass(frozen=True, slots=True)
class PageTerms:
    """What a page is about, to compare its links with.

    Attributes:
        words: Lower-case words of four letters and more of its title and main headings.
        is_reference: Whether it says that it is documentation.
    """

    words: frozenset[str]
    is_reference: bool

    @classmethod
    def of(cls, document: Document) -> Self:
        """Read the terms of a page."""
        titles = [document.tree.find("title"), *document.tree.find_all("h1", limit=3)]
        said = " ".join(one.text[:500] for one in titles if one is not None)
        words = frozenset(_WORD.findall(said.lower()))
        path = re.split(r"[/.\-_?#]+", document.url.lower())
        return cls(words, bool(words & _REFERENCE) or not _REFERENCE.isdisjoint(path))


def intrinsic_score(element: Element, href: str, text: str, title: str, rel: str, terms: PageTerms) -> float:
    """Return the score of the link *element*, 0 to 10, rounded to two places."""
    score = 1.0 if title else 0.0
    score += _place(element)
    relations = set(rel.lower().split())
    score += bool(relations & _GOOD_REL) - 0.5 * bool(relations & _BAD_REL)
    score += _address(href) + _words(text, terms)
    return round(min(10.0, max(0.0, score)), 2)


def _place(element: Element) -> float:
    """Judge the classes of the link and of what it stands in."""
    classes = [element.attr("class") or ""]
    parent = element.parent
    if isinstance(parent, Element):
        classes += [parent.tag, parent.attr("class") or ""]
    said = " ".join(classes)
    return 1.5 * bool(_NAVIGATION.search(said)) - bool(_ADVERTISING.search(said))


def _address(href: str) -> float:
    path = href.split("/", 3)[3].partition("?")[0].lower() if href.count("/") > 2 else ""
    parts = [part for part in path.split("/") if part]
    named = {word for part in parts for word in (part, *part.split("-"))}
    score = 0.5 if href.startswith("https://") else 0.0
    if named & _REFERENCE:
        score += 2
    if named & _READING:
        score += 1
    if named & _MACHINERY:
        score -= 1.5
    return score + (len(parts) <= 2) - 0.5 * (len(parts) > 5)


def _words(text: str, terms: PageTerms) -> float:
    lower = text[:500].lower()
    count = len(lower.split())
    score = (len(lower) > 3) + 0.5 * (count >= 2) + 0.5 * (count >= 4) - (lower in _GENERIC)
    words = set(_WORD.findall(lower))
    if words and terms.words:
        score += 2 * len(words & terms.words) / len(words)
    return score + (terms.is_reference and not words.isdisjoint(_REFERENCE))
