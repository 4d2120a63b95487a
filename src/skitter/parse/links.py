"""The links of a page: where they lead, what they say, and what stands around them.

Reading takes from the tree what only the tree knows, as plain text; `expand_links` makes of it what users see, when
somebody looks.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from turbohtml import Element, Text

from skitter.base.url import origin_host, registrable_domain
from skitter.model.document import Addresses, Document
from skitter.parse.link_scores import PageTerms, intrinsic_score
from skitter.parse.options import ParseOptions

Link = tuple[str, str, str, str, str, str, int, float | None]
"""`href` as it is written, `text`, `title`, `rel`, the text before and after, the heading's number, and its score."""


class Links(NamedTuple):
    """The links of a page, for `expand_links`; small and plain.

    Attributes:
        url: Where the page is.
        base_url: What its relative links are relative to, "" where there is no such URL.
        site: The registrable domain whose links are internal.
        https: Whether internal links are written as https.
        headings: Those that links stand under, as numbered by the links; number 0 is none.
        found: The links in document order, each `href` once.
    """

    url: str
    base_url: str
    site: str
    https: bool
    headings: list[str]
    found: list[Link]


_TAGS: Final = ("a", "area", "h1", "h2", "h3", "h4", "h5", "h6")
_SCHEMES: Final = ("http://", "https://", "ftp://", "file://")
_CONTEXT_CHARS: Final = 100
_BESIDE_CHARS: Final = 40
_MARKS_CHARS: Final = 8  # less than this is a separator and no sentence
# An anchor may hold another (`<a><object><a>…`), so the texts of a page's links can be longer than the page.
_TEXT_CHARS_A_PAGE: Final = 32 * 2**20

_is_complete = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE).match


def read_links(document: Document, options: ParseOptions) -> Links:
    """Return the links of the page; linear in it."""
    found: dict[str, Link] = {}
    terms = PageTerms.of(document) if options.score_links else None
    heading: Element | None = None
    headings = [""]
    budget = _TEXT_CHARS_A_PAGE
    # All in one loop: a call for each part of each link would take a third of the time.
    for element in document.tree.iter_elements(_TAGS):
        if element.tag[0] == "h":
            heading = element
            continue
        href = element.attr("href")
        if not href:
            continue
        known = found.get(href)
        if known is not None and known[1]:
            continue
        text = " ".join(element.text.split()) if budget > 0 else ""
        budget -= len(text)
        if not text:
            text = _called(element)
        if known is not None:
            found[href] = (href, text, *known[2:])
            continue
        if heading is not None:
            whole = heading.text if budget > 0 else ""
            budget -= len(whole)
            headings.append(" ".join(whole[: 4 * _CONTEXT_CHARS].split())[:_CONTEXT_CHARS])
            heading = None
        before, after = element.previous_sibling, element.next_sibling
        left = before.data[-_BESIDE_CHARS:] if type(before) is Text else ""
        right = after.data[:_BESIDE_CHARS] if type(after) is Text else ""
        title, rel = element.attr("title") or "", element.attr("rel") or ""
        score = None
        if terms is not None and (address := document.absolute(href)) is not None:
            score = intrinsic_score(element, address, text, title, rel, terms)
        found[href] = (href, text, title, rel, left, right, len(headings) - 1, score)
    https = options.preserve_https_for_internal_links and document.url.startswith("https://")
    return Links(document.url, document.base_url, document.site, https, headings, list(found.values()))


def relative_links(links: Links) -> int:
    """Return how many links need a base URL; they are not among those of a page that has none."""
    return sum(not (_is_complete(href.strip()) or href.startswith("#")) for href, *_ in links.found)


def expand_links(links: Links | Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return what `read_links` returned as users see it; what is in that form stays as it is.

    Each URL is there once, absolute and without its fragment, with the text of the first link to it that has one.
    Nothing else is taken off a URL: the order of the query, blank and tracking parameters stay. What leads to no other
    page is left out: `#fragment`, `javascript:`, `mailto:`, `tel:`, `data:` and the like, and what is not a URL.
    """
    if isinstance(links, Mapping):
        return dict(links)
    seen: dict[str, dict[str, Any]] = {}
    internal: list[dict[str, Any]] = []
    external: list[dict[str, Any]] = []
    targets = _Targets(links)
    domains = _Domains()
    for written, text, title, rel, left, right, heading, score in links.found:
        href = targets.of(written)
        if not href:
            continue
        if (known := seen.get(href)) is not None:
            known["text"] = known["text"] or text
            continue
        domain = domains[href.split("/", 3)[2]]
        seen[href] = link = {
            "href": href,
            "text": text,
            "title": title,
            "base_domain": domain,
            "context": _context(left, text, right) or links.headings[heading],
            "rel": rel,
            "head_data": None,
            "head_extraction_status": None,
            "head_extraction_error": None,
            "intrinsic_score": score,
            "contextual_score": None,
            "total_score": score,
        }
        (internal if domain == links.site else external).append(link)
    return {"internal": internal, "external": external}


class _Targets:
    """Where the links of one page lead."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._addresses = Addresses(links.base_url)
        self._own = {links.base_url.partition("#")[0], links.url.partition("#")[0]}

    def of(self, written: str) -> str:
        """Return the absolute URL of an `href` without its fragment, "" where it leads to no other page."""
        reference, fragment, _ = written.partition("#")
        href = self._addresses[reference]
        if href is None or not href.startswith(_SCHEMES):
            return ""
        if href in self._own and (fragment or not written.strip()):
            return ""
        if self._links.https and href.startswith("http:"):
            internal = registrable_domain(origin_host(href)) == self._links.site
            return f"https{href[4:]}" if internal else href
        return href


class _Domains(dict[str, str]):
    """The registrable domains of one page's hosts, which may have user names before them."""

    def __missing__(self, host: str) -> str:
        domain = self[host] = registrable_domain(host.rpartition("@")[2])
        return domain


def _called(element: Element) -> str:
    """Return what a link without text is called: its image, else itself."""
    image = element.select_one("img[alt]")
    said = (image and image.attr("alt")) or (element.tag == "area" and element.attr("alt"))
    return " ".join((said or element.attr("aria-label") or element.attr("title") or "").split())


def _context(left: str, text: str, right: str) -> str:
    """Return a link's *text* with what stands beside it, "" where it stands alone."""
    left, right = left.lstrip(), right.rstrip()
    if len(left) + len(right) < _MARKS_CHARS:
        return ""
    return " ".join(f"{left}{text[:_CONTEXT_CHARS]}{right}".split())[:_CONTEXT_CHARS]
