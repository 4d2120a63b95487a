"""How a body that is no HTML becomes a page: JSON, XML, feeds and comma-separated values take the way of any page."""

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import turbohtml
from turbohtml import Feed, HTMLParseError

from skitter.parse.content import Kind, is_json
from skitter.parse.tables import CELLS_A_PAGE

_PRETTY_JSON_CHARS: Final = 100_000
_ENTRIES: Final = 10_000

_json_token = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A body that is not HTML, as a page.

    Attributes:
        html: The page.
        markdown: What its Markdown is, where that is not what becomes of the HTML.
        tables: What it holds in rows and columns.
        warnings: What is not in the page.
    """

    html: str
    markdown: str | None = None
    tables: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()


def rewritten(text: str, kind: Kind) -> Rewritten:
    """Return *text*, which is no HTML but of *kind*, as a page."""
    if kind is Kind.FEED:
        feed = _feed(text)
        if feed is not None:
            return Rewritten(html="".join(_feed_page(feed)), warnings=_shortened(feed))
        kind = Kind.XML
    if kind is Kind.JSON:
        pretty = len(text) <= _PRETTY_JSON_CHARS and is_json(text)
        return Rewritten(html=_code(_pretty_json(text) if pretty else text, "json"))
    if kind is Kind.XML:
        return Rewritten(html=_code(text, "xml"))
    if kind is Kind.CSV:
        table, warnings = _csv_table(text)
        return Rewritten(html=_code(text, "csv"), tables=(table,) if table else (), warnings=warnings)
    return Rewritten(html=f"<pre>\n{html.escape(text, quote=False)}</pre>", markdown=text)


def _pretty_json(text: str) -> str:
    """Return JSON indented by two spaces, each of its names and values as it was written."""
    out: list[str] = []
    depth = 0
    before = ""
    for part in _json_token.findall(text):
        if part in {"}", "]"}:
            depth -= 1
            if before not in {"{", "["}:
                out.append("\n" + "  " * depth)
        elif before in {"{", "[", ","}:
            out.append("\n" + "  " * depth)
        if part in {"{", "["}:
            depth += 1
        out.append(": " if part == ":" else part)
        before = part
    return "".join(out)


def _code(text: str, language: str) -> str:
    return f'<pre><code class="language-{language}">{html.escape(text, quote=False)}</code></pre>'


def _feed(text: str) -> Feed | None:
    """Read a feed; one that is not well-formed is read as far as an HTML parser makes sense of it."""
    text = text.strip()
    try:
        return turbohtml.parse_xml(text).feed()
    except HTMLParseError:
        return turbohtml.parse(_without_cdata(text), positions=False).feed()


def _without_cdata(text: str) -> str:
    """Return XML with the content of its CDATA sections written as ordinary text."""
    first, *sections = text.split("<![CDATA[")
    parts = [first]
    for section in sections:
        inside, _, after = section.partition("]]>")
        parts += [html.escape(inside, quote=False), after]
    return "".join(parts)


def _shortened(feed: Feed) -> tuple[str, ...]:
    count = len(feed.entries)
    return (f"the feed has {count:,} entries: only the first {_ENTRIES:,} were read",) if count > _ENTRIES else ()


def _feed_page(feed: Feed) -> Iterator[str]:
    title = html.escape(feed.title or "")
    yield f"<!DOCTYPE html><title>{title}</title><h1>{_linked(title, feed.link)}</h1>"
    if feed.description:
        yield f"<p>{_balanced(feed.description)}</p>"
    for entry in feed.entries[:_ENTRIES]:
        title = html.escape(_plain(entry.title) or entry.link or entry.id or "")
        yield f"<article><h2>{_linked(title, entry.link)}</h2>"
        for said in (entry.published or entry.updated, entry.author):
            if said:
                yield f"<p>{html.escape(' '.join(said.split()))}</p>"
        told = entry.content if isinstance(entry.content, str) else None
        yield f"<div>{_balanced(told or entry.summary or '')}</div></article>"


def _linked(title: str, link: str | None) -> str:
    return f'<a href="{html.escape(link.strip())}">{title}</a>' if link else title


def _balanced(markup: str) -> str:
    """Return *markup* so that nothing in it reaches beyond its end."""
    fragment = turbohtml.parse_fragment(markup, positions=False, scripting=True)
    return fragment.strip_tags("plaintext").inner_html


def _plain(markup: str | None) -> str:
    """Return a title without the markup that some feeds put into it."""
    if not markup or ("<" not in markup and "&" not in markup):
        return " ".join((markup or "").split())
    return " ".join(turbohtml.parse_fragment(markup, positions=False).text.split())


def _csv_table(text: str) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Return rows of comma- or tab-separated values as a table, its first row as headers."""
    first = text.partition("\n")[0]
    delimiter = max((",", "\t", ";", "|"), key=first.count)
    if delimiter not in first:
        return None, ()
    rows: list[list[str]] = []
    width, whole = 0, True
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            width = max(width, len(row))
            if width * (len(rows) + 1) > CELLS_A_PAGE:
                whole = False
                break
            if row:
                rows.append(row)
    except csv.Error:
        return None, ()
    if not rows:
        return None, ()
    width = max(map(len, rows))
    headers, *body = [row + [""] * (width - len(row)) for row in rows]
    metadata = {
        "row_count": len(body),
        "column_count": width,
        "has_headers": True,
        "has_caption": False,
        "has_summary": False,
        "id": "",
        "class": "",
    }
    warnings = () if whole else (f"the table has more than {CELLS_A_PAGE:,} cells: the rest was left out",)
    return {"headers": headers, "rows": body, "caption": "", "summary": "", "metadata": metadata}, warnings
