"""The cleaned page: what is left of it with few attributes and no empty elements, and its HTML.

The copy is made by the sanitizer of the HTML library, in C: it keeps known elements and the attributes below, unwraps
other elements and drops comments, and with them addresses that no reader can follow, such as `javascript:`.
"""

from functools import cache
from typing import Final, cast

import turbohtml
from turbohtml import Element, Html, Indent, Node, Text
from turbohtml.clean import OnDisallowed, Policy, Sanitizer

from skitter.clean.blocks import drop_small_blocks
from skitter.clean.elements import BLOCKS, ELEMENTS, ONLY_TEXT
from skitter.clean.exclusions import keep_only
from skitter.clean.options import CleanOptions
from skitter.clean.selectors import check
from skitter.model.document import Document

_ATTRIBUTES: Final = {
    "*": frozenset({"src", "href", "alt", "title", "width", "height", "class", "id", "rowspan", "colspan"})
    | {"lang", "dir", "cite"},
    "ol": frozenset({"start", "type", "reversed"}),
    "li": frozenset({"value"}),
    "input": frozenset({"type", "checked"}),
    "details": frozenset({"open"}),
    "time": frozenset({"datetime"}),
    "data": frozenset({"value"}),
    "video": frozenset({"poster"}),
    "source": frozenset({"type"}),
    "td": frozenset({"align"}),
    "th": frozenset({"align", "scope"}),
    "table": frozenset({"role"}),
    "math": frozenset({"display", "alttext"}),
    "annotation": frozenset({"encoding"}),
    "mi": frozenset({"mathvariant"}),
    "pre": frozenset({"data-lang", "data-language"}),
    "code": frozenset({"data-lang", "data-language"}),
    "div": frozenset({"data-lang", "data-language"}),
    "figure": frozenset({"data-lang", "data-language"}),
}
_DROPPED_WHOLE: Final = frozenset(
    {"head", "script", "style", "template", "noscript", "iframe", "embed", "canvas", "noembed", "noframes", "datalist"}
)
_SCHEMES: Final = frozenset(
    {"http", "https", "ftp", "ftps", "sftp", "file", "mailto", "tel", "sms", "callto", "sip", "sips", "xmpp", "geo"}
    | {"irc", "ircs", "news", "nntp", "webcal", "magnet", "ed2k", "git", "ssh", "gopher", "gemini", "urn", "doi"}
    | {"skype", "whatsapp", "tg", "facetime", "bitcoin", "ethereum"}
)
_EMPTY: Final = ":empty:not(img[src],br,hr,wbr,td,th,source[src],track,pre *,code *,math *)"
_PLAYERS: Final = "video,audio"
_NEVER_EMPTY: Final = frozenset({"html", "body", "td", "th"})
_SHOWN_EMPTY: Final = frozenset({"img", "input", "video", "audio"})
_KEPT_PREFIX: Final = "data-skitter-kept-"


def tidy(document: Document, options: CleanOptions) -> tuple[turbohtml.Document, list[str]]:
    """Return a reduced copy of the page, and warnings; call it after `exclude`.

    Its body holds only what `target_elements` match, where they are given. The document's own tree loses what they do
    not match, but keeps its attributes.

    Raises:
        ConfigError: If an option can never work.
    """
    check(options)
    tree = document.tree
    warnings: list[str] = []
    if options.target_elements:
        selector = ",".join(options.target_elements)
        warnings = keep_only(tree, tree.select(selector), f"`target_elements` {selector!r}")
    copy = _copy(tree, options)
    body = copy.find("body")
    if body is not None:
        if options.word_count_threshold > 1:
            drop_small_blocks(body, options.word_count_threshold)
        _drop_empty(body)
    _set_head(copy, tree)
    return copy, warnings


def to_html(tree: turbohtml.Document, options: CleanOptions) -> str:
    """Return the copy that `tidy` made as HTML: a document with its title, or only what the selectors matched."""
    layout = Html(layout=Indent(2)) if options.prettiify else None
    body = tree.find("body")
    if body is not None and (options.css_selector is not None or options.target_elements is not None):
        return body.serialize(layout, inner=True).strip()
    return tree.serialize(layout)


def _copy(tree: turbohtml.Document, options: CleanOptions) -> turbohtml.Document:
    names = tuple(name.lower() for name in options.keep_attrs or ())
    prefix = "data-" if options.keep_data_attributes else _KEPT_PREFIX if names else ""
    sanitizer = _sanitizer(prefix, only_text=options.only_text)
    if not names:
        return sanitizer.sanitize_node(tree)
    # The sanitizer removes what can run code, such as `onclick`, whatever it is told; under another name it is kept.
    for element in tree.iter_elements():
        for name in names:
            if (value := element.attr(name)) is not None:
                element.attrs[_KEPT_PREFIX + name] = value
    copy = sanitizer.sanitize_node(tree)
    for element in copy.iter_elements():
        for name in names:
            if (value := element.attr(_KEPT_PREFIX + name)) is not None:
                element.attrs[name] = value
                del element.attrs[_KEPT_PREFIX + name]
    return copy


@cache
def _sanitizer(kept_prefix: str, *, only_text: bool) -> Sanitizer:
    return Sanitizer(
        Policy(
            tags=ONLY_TEXT if only_text else ELEMENTS,
            attributes=_ATTRIBUTES,
            attribute_prefixes=frozenset({kept_prefix} if kept_prefix else ()),
            url_schemes=_SCHEMES,
            allow_fragment_urls=True,
            on_disallowed_tag=OnDisallowed.STRIP,
            remove_with_content=_DROPPED_WHOLE | {"video", "audio"} if only_text else _DROPPED_WHOLE,
            custom_element_check=None if only_text else bool,
            # The copy goes on as a tree. For HTML text, elements would be escaped that a parser would not put where
            # they are, and pages are full of those: a form in a form, a table in a paragraph of old pages.
            xml=True,
        )
    )


def _set_head(copy: turbohtml.Document, tree: turbohtml.Document) -> None:
    """Give the copy a head with the page's title."""
    head, root = tree.find("head"), copy.root
    title = head.find("title") if head is not None else None
    if title is not None and root is not None and (text := " ".join(title.text.split())):
        root.insert(0, Element("head", children=[Element("title", children=[Text(text)])]))


def _drop_empty(body: Element) -> None:
    """Remove elements that hold neither text nor anything else to see, from the inside out."""
    emptied = body.select(f"{_EMPTY},{_PLAYERS}")
    parting: list[Element] = []
    while emptied:
        parents: set[Element] = set()
        blocks = []
        for element in emptied:
            tag = element.tag
            if tag in BLOCKS:
                blocks.append(element)
            elif tag not in _SHOWN_EMPTY or not _is_shown(element):
                _drop(element, parents)
        for element in blocks:
            if element.tag in _NEVER_EMPTY:
                continue
            if _parts_text(element):
                parting.append(element)
            else:
                _drop(element, parents)
        emptied = [parent for parent in parents if not _holds_content(parent) and parent.tag not in _NEVER_EMPTY]
        if not emptied and parents:  # what a block stood beside may be gone
            emptied, parting = parting, []


def _drop(element: Element, parents: set[Element]) -> None:
    """Remove an empty element, add its parent to *parents*, and keep white space, which parts words."""
    parent = element.parent
    if not isinstance(parent, Element):
        return
    parents.add(parent)
    if len(element):
        element.unwrap()
    else:
        element.decompose()


def _is_shown(element: Element) -> bool:
    """Say whether an element without content is seen nonetheless; a player loses what browsers do not show."""
    tag = element.tag
    if tag == "img":
        return bool((element.attr("alt") or "").strip())
    if tag == "input":
        return element.attr("type") == "checkbox"
    if tag in {"video", "audio"}:
        for child in tuple(element):
            if not (isinstance(child, Element) and child.tag in {"source", "track"}):
                child.decompose()
    return True


def _parts_text(element: Element) -> bool:
    """Say whether *element*, an empty block, stands between two texts, which would become one without it."""
    before = element.previous_sibling
    if type(before) is Text and not before.data.strip():
        before = before.previous_sibling
    if not _is_inline(before):
        return False
    after = element.next_sibling
    if type(after) is Text and not after.data.strip():
        after = after.next_sibling
    return _is_inline(after)


def _is_inline(node: Node | None) -> bool:
    kind = type(node)
    return kind is Text or (kind is Element and cast("Element", node).tag not in BLOCKS)


def _holds_content(element: Element) -> bool:
    return element.find() is not None or bool(element.text.strip())
