"""What a page says about itself: title, description, author, dates, Open Graph, Twitter cards, JSON-LD."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from turbohtml import Element

from skitter.model.document import Document

_RELATIONS: Final = frozenset({"alternate", "canonical", "icon", "amphtml", "next", "prev"})
_LINKED: Final = {"canonical": "canonical", "favicon": "icon", "amphtml": "amphtml", "next": "next", "prev": "prev"}
_GRAPHS: Final = ("og:", "twitter:", "article:")
_ADDRESSES: Final = frozenset(
    {"og:url", "og:image", "og:image:url", "og:image:secure_url", "og:video", "og:video:url", "og:audio"}
    | {"twitter:image", "twitter:image:src", "twitter:player", "twitter:url"}
)
_SEVERAL: Final = frozenset({"article:author", "article:tag", "og:locale:alternate", "og:see_also"})
_VALUE_CHARS: Final = 10_000
_JSON_LD_CHARS: Final = 2**20
_REPETITIONS: Final = 1_000

_TITLES: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title")
# Where the one value of a field may stand, the best first: `name`, `property` or `itemprop` of a <meta>.
_SOURCES: Final = {
    "description": ("description", "og:description", "twitter:description", "dc.description", "dcterms.description"),
    "keywords": ("keywords", "news_keywords"),
    "author": ("author", "dc.creator", "dcterms.creator", "byl", "parsely-author", "sailthru.author"),
    "site_name": ("og:site_name", "application-name"),
    "published_time": (
        "article:published_time",
        "datepublished",
        "date",
        "pubdate",
        "publishdate",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.date",
        "parsely-pub-date",
        "sailthru.date",
    ),
    "modified_time": (
        "article:modified_time",
        "og:updated_time",
        "datemodified",
        "lastmod",
        "last-modified",
        "dc.date.modified",
        "dcterms.modified",
    ),
    "robots": ("robots",),
    "generator": ("generator",),
}
_WANTED: Final = frozenset({*_TITLES, "article:author"}.union(*_SOURCES.values()))
# Where JSON-LD has it, if no <meta> does.
_IN_JSON_LD: Final = {"published_time": "datePublished", "modified_time": "dateModified"}

_wrapping = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:(?:-->|(?://\s*)?\]\]>)\s*;?|;)\s*$"
)
_comma_too_many = re.compile(r",(?=\s*[\]}])")


class Metadata(NamedTuple):
    """What a page says about itself, for `expand_metadata`; small and plain.

    Attributes:
        title: Of `<title>`, else of the first heading where no `<meta>` has one.
        language: As it is declared.
        said: The first content of each `<meta>` that a field is read from, by its lower-case name.
        linked: Absolute URLs, by the relation of their `<link>`.
        alternates: `href`, `hreflang`, `type` and `title` of each.
        graphs: `og:*`, `twitter:*` and `article:*`.
        json_ld: The scripts as they are written.
    """

    title: str | None
    language: str | None
    said: dict[str, str]
    linked: dict[str, str]
    alternates: list[tuple[str, str | None, str | None, str | None]]
    graphs: dict[str, Any]
    json_ld: list[str]


def read_metadata(document: Document) -> Metadata:
    """Return what the page says about itself; call it before anything is removed from the tree."""
    head = _Head(document)
    for tag, take in _READ.items():
        for element in document.tree.find_all(tag):
            take(head, element)
    return head.metadata()


def expand_metadata(found: Metadata | Mapping[str, Any]) -> dict[str, Any]:
    """Return what `read_metadata` returned as users see it; what is in that form stays as it is.

    Always there, None where the page does not say it: `title` (else `og:title`, else the first heading), `description`,
    `keywords`, `author`, `canonical`, `language`, `published_time`, `modified_time`, `site_name`, `favicon`, `robots`,
    `generator`, `amphtml`, `next` and `prev`; `jsonld` is a list of values and `alternates` one of
    `{"href", "hreflang", "type", "title"}`. The page's own `og:*`, `twitter:*` and `article:*` are keys of the same
    name; of those that are repeated the first counts, and tags, authors and further locales become a list. URLs are
    absolute.
    """
    if isinstance(found, Mapping):
        return dict(found)
    json_ld = _parsed(found.json_ld)
    fields: dict[str, Any] = {"title": found.title or _first(found.said, _TITLES)}
    fields |= {name: _first(found.said, sources) for name, sources in _SOURCES.items()}
    for name, key in _IN_JSON_LD.items():
        fields[name] = fields[name] or _first_of(json_ld, key)
    fields["author"] = fields["author"] or _first_author(json_ld) or _author(found.said)
    fields["language"] = found.language
    fields |= {name: found.linked.get(relation) for name, relation in _LINKED.items()}
    alternates = [dict(zip(("href", "hreflang", "type", "title"), one, strict=True)) for one in found.alternates]
    return {**fields, "alternates": alternates, "jsonld": json_ld, **found.graphs}


class _Head:
    """Collects one page's head while it is walked over."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._title: str | None = None
        self._heading: Element | None = None
        self._said: dict[str, str] = {}
        self._graphs: dict[str, Any] = {}
        self._linked: dict[str, str] = {}
        self._alternates: list[tuple[str, str | None, str | None, str | None]] = []
        self._json_ld: list[str] = []

    def read_title(self, element: Element) -> None:
        """Take the first title that is not a drawing's."""
        if self._title is None and (parent := element.parent) is not None and getattr(parent, "tag", "") != "svg":
            self._title = _line(element.text) or None

    def read_heading(self, element: Element) -> None:
        """Take the first heading."""
        self._heading = self._heading or element

    def read_script(self, element: Element) -> None:
        """Take JSON-LD."""
        kind = element.attr("type")
        if kind and kind.lstrip()[:19].lower() == "application/ld+json":
            self._json_ld.append(element.text)

    def read_meta(self, element: Element) -> None:
        """Take what a <meta> says under its name."""
        content = element.attr("content")
        if not content:
            return
        names = element.attr("property") or element.attr("name") or element.attr("itemprop")
        if not names:
            if (element.attr("http-equiv") or "").lower() == "content-language":
                self._said.setdefault("content-language", content)
            return
        for name in names.lower().split():
            if name in _WANTED:
                self._said.setdefault(name, content)
            if name.startswith(_GRAPHS):
                self._graph(name, content)

    def _graph(self, name: str, content: str) -> None:
        value = _line(content)
        if len(self._graphs) >= _REPETITIONS:
            return
        if name in _ADDRESSES:
            value = self._document.absolute(value) or value
        known = self._graphs.setdefault(name, value)
        if name not in _SEVERAL or known is value or known == value:
            return
        if not isinstance(known, list):
            known = self._graphs[name] = [known]
        if value not in known and len(known) < _REPETITIONS:
            known.append(value)

    def read_link(self, element: Element) -> None:
        """Take what a <link> leads to."""
        rel = element.attr("rel")
        if not rel or rel == "stylesheet":
            return
        relations = rel.lower().split()
        wanted = [relation for relation in relations if relation in _RELATIONS]
        if not wanted or "stylesheet" in relations or not (href := element.attr("href")):
            return
        url = self._document.absolute(href)
        if url is None or not href.strip():
            return
        if "alternate" not in wanted:
            for relation in wanted:
                self._linked.setdefault(relation, url)
        elif len(self._alternates) < _REPETITIONS:
            self._alternates.append((url, element.attr("hreflang"), element.attr("type"), element.attr("title")))

    def metadata(self) -> Metadata:
        """Return what was collected."""
        title = self._title
        if title is None and self._heading is not None and _first(self._said, _TITLES) is None:
            title = _line(self._heading.text) or None
        root = self._document.tree.root
        language = root.attr("lang") or root.attr("xml:lang") if root is not None else None
        language = (language or self._said.get("content-language") or "").strip() or None
        return Metadata(title, language, self._said, self._linked, self._alternates, self._graphs, self._json_ld)


_READ: Final[dict[str, Callable[[_Head, Element], None]]] = {
    "title": _Head.read_title,
    "meta": _Head.read_meta,
    "link": _Head.read_link,
    "script": _Head.read_script,
    "h1": _Head.read_heading,
}


def _first(said: Mapping[str, str], sources: tuple[str, ...]) -> str | None:
    for source in sources:
        if (content := said.get(source)) and (value := _line(content)):
            return value
    return None


def _author(said: Mapping[str, str]) -> str | None:
    """Return who `article:author` names, where it is a name and not the address of a profile."""
    name = _first(said, ("article:author",))
    return None if name is None or "://" in name else name


def _line(text: str) -> str:
    return " ".join(text[:_VALUE_CHARS].split())


def _parsed(scripts: list[str]) -> list[Any]:
    """Return the values of JSON-LD scripts, those of an array each for itself; what cannot be read is left out."""
    values: list[Any] = []
    budget = _JSON_LD_CHARS
    for script in scripts:
        budget -= len(script)
        if budget < 0:
            break
        value = _json(script)
        if isinstance(value, list):
            values += value
        elif value is not None:
            values.append(value)
    return values


def _json(script: str) -> Any:
    """Read JSON as it is found in pages: with line feeds in strings, wrapped in a comment, with a comma too many."""
    for text in (script, _comma_too_many.sub("", _wrapping.sub("", script))):
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        # Half of a surrogate pair is no character: nothing that it is in could be written anywhere.
        return value if "\\ud" not in text.lower() else _whole_characters(value)
    return None


def _whole_characters(value: Any) -> Any:
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _nodes(values: list[Any]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for value in values:
        if isinstance(value, dict):
            nodes.append(value)
            graph = value.get("@graph")
            if isinstance(graph, list):
                nodes += [node for node in graph if isinstance(node, dict)]
    return nodes


def _first_of(values: list[Any], key: str) -> str | None:
    for node in _nodes(values):
        if isinstance(said := node.get(key), str) and (value := _line(said)):
            return value
    return None


def _first_author(values: list[Any]) -> str | None:
    for node in _nodes(values):
        authors = node.get("author")
        for author in authors if isinstance(authors, list) else [authors]:
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str) and (value := _line(name)):
                return value
    return None
