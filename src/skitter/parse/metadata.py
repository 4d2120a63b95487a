"""What a page says about itself: title, description, author, dates, Open Graph, Twitter cards, JSON-LD."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from turbohtml import Element

from skitter.model.document import Document

_TAGS: Final = ("title", "meta", "link", "h1")
_JSON_LD: Final = 'script[type^="application/ld+json" i]'
_GRAPHS: Final = ("og:", "twitter:", "article:")
_ADDRESSES: Final = frozenset(
    {"og:url", "og:image", "og:image:url", "og:image:secure_url", "og:video", "og:video:url", "og:audio"}
    | {"twitter:image", "twitter:image:src", "twitter:player", "twitter:url"}
)
_SEVERAL: Final = frozenset({"article:author", "article:tag", "og:locale:alternate", "og:see_also"})
_VALUE_CHARS: Final = 10_000
_JSON_LD_CHARS: Final = 2**20
_REPETITIONS: Final = 1_000

# Where the one value of a field may stand, the best first: `name`, `property` or `itemprop` of a <meta>.
_SOURCES: Final = {
    "title": ("og:title", "twitter:title", "dc.title", "dcterms.title"),
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
# Where JSON-LD has it, if no <meta> does.
_IN_JSON_LD: Final = {"published_time": "datePublished", "modified_time": "dateModified"}

_wrapping = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*;?\s*$"
)
_comma_too_many = re.compile(r",(?=\s*[\]}])")


def read_metadata(document: Document) -> dict[str, Any]:
    """Return what the page says about itself; what it does not say is None.

    Always there: `title` (else `og:title`, else the first heading), `description`, `keywords`, `author`, `canonical`,
    `language`, `published_time`, `modified_time`, `site_name`, `favicon`, `robots`, `jsonld` (a list) and `alternates`
    (`{"href", "hreflang", "type", "title"}`). The page's own `og:*`, `twitter:*` and `article:*` are keys of the
    same name, lists where they are repeated. URLs are absolute.

    Call it before anything is removed from the tree.
    """
    head = _Head(document)
    for element in document.tree.iter_elements(_TAGS):
        _READ[element.tag](head, element)
    for script in document.tree.select(_JSON_LD):
        head.json_ld.append(script.text)
    return head.fields()


class _Head:
    """Collects one page's head while it is walked over."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._title: str | None = None
        self._heading: Element | None = None
        self._said: dict[str, str] = {}
        self._graphs: dict[str, Any] = {}
        self._linked: dict[str, str] = {}
        self._alternates: list[dict[str, str | None]] = []
        self.json_ld: list[str] = []

    def read_title(self, element: Element) -> None:
        """Take the first title that is not a drawing's."""
        if self._title is None and (parent := element.parent) is not None and getattr(parent, "tag", "") != "svg":
            self._title = _line(element.text) or None

    def read_heading(self, element: Element) -> None:
        """Take the first heading."""
        self._heading = self._heading or element

    def read_meta(self, element: Element) -> None:
        """Take what a <meta> says under its name."""
        content = element.attr("content")
        if not content:
            return
        for attribute in ("property", "name", "itemprop"):
            if names := element.attr(attribute):
                for name in names.lower().split():
                    self._said.setdefault(name, content)
                    if name.startswith(_GRAPHS):
                        self._graph(name, content)
                return
        if (element.attr("http-equiv") or "").lower() == "content-language":
            self._said.setdefault("content-language", content)

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
        rel = (element.attr("rel") or "").lower()
        if rel == "stylesheet" or not (href := (element.attr("href") or "").strip()):
            return
        relations = rel.split()
        if "alternate" in relations and "stylesheet" not in relations:
            if len(self._alternates) < _REPETITIONS and (url := self._document.absolute(href)):
                said = {name: element.attr(name) for name in ("hreflang", "type", "title")}
                self._alternates.append({"href": url, **said})
            return
        for name in ("canonical", "icon", "amphtml", "next", "prev"):
            if name in relations:
                self._linked.setdefault(name, href)

    def fields(self) -> dict[str, Any]:
        """Return what was collected."""
        fields: dict[str, Any] = {name: self._first(sources) for name, sources in _SOURCES.items()}
        json_ld = _parsed(self.json_ld)
        if self._title:
            fields["title"] = self._title
        elif not fields["title"] and self._heading is not None:
            fields["title"] = _line(self._heading.text) or None
        for name, key in _IN_JSON_LD.items():
            fields[name] = fields[name] or _first_of(json_ld, key)
        fields["author"] = fields["author"] or _first_author(json_ld) or self._author()
        root = self._document.tree.root
        language = root.attr("lang") or root.attr("xml:lang") if root is not None else None
        fields["language"] = (language or self._said.get("content-language") or "").strip() or None
        for name in ("canonical", "amphtml", "next", "prev"):
            href = self._linked.get(name)
            fields[name] = self._document.absolute(href) if href else None
        fields["favicon"] = self._document.absolute(icon) if (icon := self._linked.get("icon")) else None
        return {**fields, "alternates": self._alternates, "jsonld": json_ld, **self._graphs}

    def _author(self) -> str | None:
        """Return who `article:author` names, where it is a name and not the address of a profile."""
        said = self._first(("article:author",))
        return None if said is None or "://" in said else said

    def _first(self, sources: tuple[str, ...]) -> str | None:
        for source in sources:
            if (said := self._said.get(source)) and (value := _line(said)):
                return value
        return None


_READ: Final[dict[str, Callable[[_Head, Element], None]]] = {
    "title": _Head.read_title,
    "meta": _Head.read_meta,
    "link": _Head.read_link,
    "h1": _Head.read_heading,
}


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
