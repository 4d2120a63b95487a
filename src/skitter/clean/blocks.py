"""The blocks of text a page is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from turbohtml import Element, Node, Text

from skitter.clean.elements import BLOCKS, HEADINGS
from skitter.clean.words import count_words

WHOLE: Final = frozenset({"pre", "table", "math"})
"""Elements that make one block, whatever they hold."""

_NEVER_SMALL: Final = WHOLE | HEADINGS | {"dt", "summary", "caption"}
_NOT_TEXT: Final = ("img", "video", "audio", "math", "code", "input")


@dataclass(frozen=True, slots=True)
class Block:
    """Text that stands together on the page.

    Attributes:
        element: The element whose own text it is.
        nodes: The text and the inline elements it consists of, in order; for one of WHOLE, the element itself.
        whole: Whether the element holds nothing else.
    """

    element: Element
    nodes: tuple[Node, ...]
    whole: bool

    @property
    def text(self) -> str:
        """The text as it is written, white space included."""
        if self.element.tag == "table" and self.whole:
            return " ".join(self.element.stripped_strings)
        return "".join(node.data if isinstance(node, Text) else node.text for node in self.nodes)


def text_blocks(root: Element, *, whole: frozenset[str] = WHOLE) -> Iterator[Block]:
    """Yield the blocks of text in *root*, in document order; linear in its size.

    A block is a run of text and inline elements between the begins and ends of block elements. Runs of white space are
    none. The tree may be changed behind the block that was yielded last.

    Args:
        root: Where to look; it need not be a block element.
        whole: Names of elements that make one block, whatever they hold.
    """
    holders = _holders(root, whole)
    stack: list[tuple[Element, Iterator[Node], list[Node], bool]] = [(root, iter(tuple(root.children)), [], False)]
    while stack:
        element, children, run, broken = stack.pop()
        for child in children:
            if isinstance(child, Text) or not isinstance(child, Element):
                run.append(child)
            elif child.tag in BLOCKS or child.tag in whole or child in holders:
                if _has_text(run):
                    yield Block(element, tuple(run), whole=False)
                stack.append((element, children, [], True))
                if child.tag in whole:
                    yield Block(child, (child,), whole=True)
                else:
                    stack.append((child, iter(tuple(child.children)), [], False))
                break
            else:
                run.append(child)
        else:
            if _has_text(run):
                yield Block(element, tuple(run), whole=not broken)


def drop_small_blocks(root: Element, fewest_words: int) -> None:
    """Remove from *root* the blocks of text with fewer words; headings, tables, code and formulas stay, images too."""
    for block in text_blocks(root, whole=_NEVER_SMALL):
        element = block.element
        if element.tag in _NEVER_SMALL or count_words(block.text) >= fewest_words:
            continue
        if any(isinstance(node, Element) and _holds_more_than_text(node) for node in block.nodes):
            continue
        for node in (element,) if block.whole and element is not root else block.nodes:
            node.decompose()


def _holders(root: Element, whole: frozenset[str]) -> set[Node]:
    """Return the elements that hold a block element."""
    holders: set[Node] = set()
    for element in root.iter_elements(BLOCKS | whole):
        for ancestor in element.ancestors:
            if ancestor in holders:
                break
            holders.add(ancestor)
    return holders


def _has_text(run: list[Node]) -> bool:
    return any((node.data if isinstance(node, Text) else node.text).strip() for node in run)


def _holds_more_than_text(element: Element) -> bool:
    return element.tag in _NOT_TEXT or element.find(list(_NOT_TEXT)) is not None
