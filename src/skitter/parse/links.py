"""The links of a page: where they lead, what they say, and what stands around them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from turbohtml import Element, Text

from skitter.base.url import origin_host, registrable_domain
from skitter.model.document import Document
from skitter.parse.link_scores import PageTerms, intrinsic_score
from skitter.parse.options import ParseOptions

Link = tuple[str, str, str, str, str, str, bool, float | None]
"""`href`, `text`, `title`, `base_domain`, `context`, `rel`, whether it is internal, and `intrinsic_score`."""

_TAGS: Final = ("a", "area", "h1", "h2", "h3", "h4", "h5", "h6")
_OTHER_SCHEMES: Final = ("ftp://", "file://")
_CONTEXT_CHARS: Final = 100
_BESIDE_CHARS: Final = 40
_MARKS_CHARS: Final = 8  # less than this is a separator and no sentence
# An anchor may hold another (`<a><object><a>…`), so the texts of a page's links can be longer than the page.
_TEXT_CHARS_A_PAGE: Final = 32 * 2**20

_is_complete = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE).match


def read_links(document: Document, options: ParseOptions) -> list[Link]:
    """Return the links of the page in document order, each URL once, without its fragment.

    Nothing else is taken off a URL: the order of the query, blank and tracking parameters stay. What leads to no other
    page is left out: `#fragment`, `javascript:`, `mailto:`, `tel:`, `data:` and the like, and what is not a URL.

    Linear in the page. A URL that occurs again adds nothing but its text where the first had none.
    """
    found: dict[str, Link] = {}
    addresses = _Addresses(document, https=options.preserve_https_for_internal_links)
    domains = _Domains()
    terms = PageTerms.of(document) if options.score_links else None
    texts = _Texts()
    site = document.site
    for element in document.tree.iter_elements(_TAGS):
        if element.tag[0] == "h":
            texts.heading = element
            continue
        href = addresses[element.attr("href")]
        before = found.get(href)
        if not href or (before and before[1]):
            continue
        text = texts.of(element)
        if before:
            found[href] = (href, text, *before[2:])
            continue
        domain = domains[href.split("/", 3)[2]]
        title, rel = element.attr("title") or "", element.attr("rel") or ""
        score = None if terms is None else intrinsic_score(element, href, text, title, rel, terms)
        found[href] = (href, text, title, domain, texts.around(element, text), rel, domain == site, score)
    return list(found.values())


def relative_links(document: Document) -> int:
    """Return how many links need a base URL; they are not among `read_links` of a page that has none."""
    return sum(
        not _is_complete(href)
        for element in document.tree.iter_elements(("a", "area"))
        if (href := (element.attr("href") or "").strip()) and not href.startswith("#")
    )


def expand_links(links: Iterable[Link] | Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return what `read_links` returned as users see it; what is in that form stays as it is."""
    if isinstance(links, Mapping):
        return dict(links)
    internal: list[dict[str, Any]] = []
    external: list[dict[str, Any]] = []
    for href, text, title, domain, context, rel, is_internal, score in links:
        (internal if is_internal else external).append(
            {
                "href": href,
                "text": text,
                "title": title,
                "base_domain": domain,
                "context": context,
                "rel": rel,
                "head_data": None,
                "head_extraction_status": None,
                "head_extraction_error": None,
                "intrinsic_score": score,
                "contextual_score": None,
                "total_score": score,
            }
        )
    return {"internal": internal, "external": external}


class _Addresses(dict[str | None, str]):
    """Where the `href`s of one page lead: absolute URLs without fragment, "" where that is no other page."""

    __slots__ = ("_document", "_https", "_own")

    def __init__(self, document: Document, *, https: bool) -> None:
        super().__init__({None: ""})
        self._document = document
        self._own = {document.base_url.partition("#")[0], document.url.partition("#")[0]}
        self._https = https and document.url.startswith("https://")

    def __missing__(self, written: str) -> str:
        reference, fragment, _ = written.partition("#") if "#" in written else (written, "", "")
        href = self._document.absolute(reference) or ""
        is_page = href.startswith("http") or href.startswith(_OTHER_SCHEMES)
        if not is_page or (href in self._own and (fragment or not written.strip())):
            href = ""
        elif self._https and href.startswith("http:") and self._is_internal(href):
            href = f"https{href[4:]}"
        self[written] = href
        return href

    def _is_internal(self, href: str) -> bool:
        return registrable_domain(origin_host(href)) == self._document.site


class _Domains(dict[str, str]):
    """The registrable domains of one page's hosts, which may have user names before them."""

    def __missing__(self, host: str) -> str:
        domain = self[host] = registrable_domain(host.rpartition("@")[2])
        return domain


class _Texts:
    """The texts of one page's links and of what is around them, up to a budget."""

    def __init__(self) -> None:
        self._budget = _TEXT_CHARS_A_PAGE
        self._heading: Element | None = None
        self._above: str | None = None

    @property
    def heading(self) -> Element | None:
        """The last heading before the links to come."""
        return self._heading

    @heading.setter
    def heading(self, element: Element) -> None:
        self._heading, self._above = element, None

    def of(self, element: Element) -> str:
        """Return what a reader sees of a link: its text, else what its image or it itself is called."""
        if text := " ".join(self._read(element).split()):
            return text
        if element.tag == "area":
            return " ".join((element.attr("alt") or "").split())
        image = element.find("img", attrs={"alt": True})
        said = (image and image.attr("alt")) or element.attr("aria-label") or element.attr("title") or ""
        return " ".join(said.split())

    def around(self, element: Element, text: str) -> str:
        """Return a link's *text* with what stands directly beside it; where it stands alone, the heading above it."""
        before, after = element.previous_sibling, element.next_sibling
        left = before.data[-_BESIDE_CHARS:].lstrip() if type(before) is Text else ""
        right = after.data[:_BESIDE_CHARS].rstrip() if type(after) is Text else ""
        if len(left) + len(right) >= _MARKS_CHARS:
            return " ".join(f"{left}{text[:_CONTEXT_CHARS]}{right}".split())[:_CONTEXT_CHARS]
        if self._above is None:
            whole = self._read(self._heading) if self._heading is not None else ""
            self._above = " ".join(whole[: 4 * _CONTEXT_CHARS].split())[:_CONTEXT_CHARS]
        return self._above

    def _read(self, element: Element) -> str:
        text = element.text if self._budget > 0 else ""
        self._budget -= len(text)
        return text
