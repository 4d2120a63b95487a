"""Links, line breaks, lists and marks inside paragraphs, made ready for Markdown."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from turbohtml import Element, Node, Text

from skitter.markdown.writer_options import WriterOptions

BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup"}
    | {"hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "tbody"}
    | {"td", "tfoot", "th", "thead", "tr", "ul", "body"}
)
_CODE: Final = frozenset({"code", "kbd", "samp"})
_SAME: Final = {"b": "b,strong", "i": "i,em", "s": "s,del,strike"}
_PART_PARAGRAPHS: Final = "h1,h2,h3,h4,h5,h6,pre,table,ul,ol,li,dl,dt,dd,blockquote"
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_parenthesis = re.compile(r"[()]").findall
_word = re.compile(r"\w").search
_number = re.compile(r"[-+\u2212]?\d+").fullmatch


def _attached(elements: Iterable[Element]) -> Iterator[Element]:
    """Yield those of *elements* that what was done before has not taken out of the page."""
    return (element for element in elements if element.parent is not None)


def prepare_breaks(breaks: Iterable[Element]) -> None:
    """Let two line breaks in a row end a paragraph, and drop those where a line ends anyway."""
    for line_break in _attached(breaks):
        if line_break.closest("pre") is not None:
            continue
        if line_break.closest("a,h1,h2,h3,h4,h5,h6") is not None:
            line_break.replace_with(Text(" "))
            continue
        before, after = _moved_to_edge(line_break)
        if before is None or after is None or _is_block(before) or _is_block(after):
            line_break.decompose()
        elif isinstance(after, Element) and after.tag == "br" and line_break.closest("td,th") is None:
            line_break.replace_with(Element("p"))  # an empty block: the next break goes, and a paragraph ends


def _moved_to_edge(line_break: Element) -> tuple[Node | None, Node | None]:
    """Move a line break at the begin or the end of a mark out of it; return what it stands between then."""
    while True:
        before, after = _beside(line_break, "previous_sibling"), _beside(line_break, "next_sibling")
        parent = line_break.parent
        at_edge = (before is None or after is None) and not (_is_block(before) or _is_block(after))
        if not at_edge or not isinstance(parent, Element) or parent.tag in BLOCKS:
            return before, after
        if parent.parent is None:
            return before, after
        if after is None:
            parent.insert_after(line_break.extract())
        else:
            parent.insert_before(line_break.extract())
        if before is None and after is None:
            parent.unwrap()


def prepare_rules(rules: Iterable[Element]) -> None:
    """Let a rule in a list end a paragraph: written directly below a text it would make a heading of it."""
    for rule in _attached(rules):
        item = rule.closest("li")
        if item is None:
            continue
        rule.replace_with(Element("p"))
        if not item.text.strip() and item.find("img") is None and item.parent is not None:
            item.decompose()


def unwrap_nested(marks: Iterable[Element]) -> None:
    """Unwrap bold text in bold text, italic text in italic text, struck text in struck text."""
    for mark in _attached(marks):
        parent = mark.parent
        if isinstance(parent, Element) and parent.closest(_SAME[_kind(mark)]) is not None:
            mark.unwrap()


def prepare_links(links: Iterable[Element], options: WriterOptions, page_url: str) -> None:
    """Make links that Markdown can write, and unwrap those that *options* leave out.

    None holds what ends a paragraph, none leads nowhere, none is the sign that leads from a heading to itself.
    """
    page = page_url.partition("#")[0]
    for link in _attached(links):
        address = link.attr("href") or ""
        begin, within, _ = address.partition("#")
        is_within = bool(within) and begin in {"", page}
        if is_within and _is_sign(link):
            link.decompose()
        elif not address or (is_within and options.skip_internal_links) or _is_ignored(address, options):
            link.unwrap()
        elif not is_within:
            _balance(link, "href", address)
            _around_blocks(link)


def prepare_images(images: Iterable[Element]) -> None:
    """Write an image that has no address as what it shows."""
    for image in _attached(images):
        if source := image.attr("src"):
            _balance(image, "src", source)
        elif alt := " ".join((image.attr("alt") or "").split()):
            image.replace_with(Text(alt))
        else:
            image.decompose()


def prepare_definitions(definitions: Iterable[Element]) -> None:
    """Begin each definition of one paragraph with a colon, as Markdown dialects that have them do."""
    for definition in _attached(definitions):
        if not any(_is_block(child) for child in definition):
            definition.insert(0, Text(": "))


def prepare_controls(controls: Iterable[Element]) -> None:
    """Part buttons and options from what stands beside them, as their borders do."""
    for control in _attached(controls):
        control.insert_before(Text(" "))
        control.insert_after(Text(" "))


def prepare_powers(marks: Iterable[Element]) -> None:
    """Write `10<sup>6</sup>` as 10^6 and not as 106, and the number of a note so that it is none of the text."""
    for mark in _attached(marks):
        before = mark.previous_sibling
        follows = isinstance(before, Text) and not before.data[-1:].isspace()
        if (follows or isinstance(before, Element)) and _number(mark.text.strip()):
            mark.insert_before(Text("^"))


def prepare_checkboxes(boxes: Iterable[Element]) -> None:
    """Let a checkbox be the first thing in its item, where Markdown has it."""
    for box in _attached(boxes):
        item = box.closest("li")
        if item is not None and box.parent != item:
            item.insert(0, box.extract())


def merge_twins(elements: Iterable[Element]) -> None:
    """Let neighbours of one kind with nothing between be one: `<b>a</b><strong>b</strong>` is bold all along.

    Keys, `<kbd>`, are parted instead.
    """
    for element in _attached(elements):
        before = element.previous_sibling
        if not isinstance(before, Element):
            continue
        if _CODE >= {before.tag, element.tag} != {"code"}:
            element.insert_before(Text(" "))
        elif _kind(before) == _kind(element):
            before.extend(tuple(element))
            element.decompose()


def _kind(mark: Element) -> str:
    return {"strong": "b", "em": "i", "del": "s", "strike": "s"}.get(mark.tag, mark.tag)


def _balance(element: Element, attribute: str, address: str) -> None:
    """Encode the parentheses of an address where they are no pairs: one would end the link."""
    depth = 0
    for sign in _parenthesis(address):
        depth += 1 if sign == "(" else -1
        if depth < 0:
            break
    if depth:
        element.attrs[attribute] = address.replace("(", "%28").replace(")", "%29")


def _is_ignored(address: str, options: WriterOptions) -> bool:
    return options.ignore_mailto_links and address[:7].lower() == "mailto:"


def _is_sign(link: Element) -> bool:
    """Say whether a link leads from a heading to itself, and is only a sign: `¶`, `#`, a drawn chain."""
    heading = link.closest("h1,h2,h3,h4,h5,h6")
    said = link.text
    return heading is not None and not _word(said) and heading.text.strip() != said.strip() and link.find("img") is None


def _around_blocks(link: Element) -> None:
    """Move a link that holds blocks into them: into its headings, else into its first block with text."""
    if link.select_one(_PART_PARAGRAPHS) is None:
        return
    holders = link.find_all(list(_HEADINGS)) or [one for one in link.iter_elements(BLOCKS) if _is_text_block(one)][:1]
    for holder in holders:
        holder.wrap_children(Element("a", link.attrs.copy()))
    link.unwrap()


def _is_text_block(element: Element) -> bool:
    return bool(element.text.strip()) and not any(_is_block(child) for child in element)


def _beside(node: Node, step: str) -> Node | None:
    """Return the sibling of *node* that is not white space."""
    sibling: Node | None = getattr(node, step)
    while isinstance(sibling, Text) and not sibling.data.strip():
        sibling = getattr(sibling, step)
    return sibling


def _is_block(node: Node | None) -> bool:
    return isinstance(node, Element) and node.tag in BLOCKS
