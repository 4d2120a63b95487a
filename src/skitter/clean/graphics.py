"""Drawings: what they say in words stays, the rest goes."""

import re
from collections import Counter
from collections.abc import Iterable

import turbohtml
from turbohtml import Element, Namespace, Text

_word = re.compile(r"[^\W\d_]{2,}").search


def svg_to_text(drawings: Iterable[Element]) -> None:
    """Replace each `<svg>` by the words it shows, or by nothing.

    A drawing shows words in its `<text>`. Its title is read out where it is all that a link or a button holds; beside
    a text it only repeats what the icon means.
    """
    outer = [one for one in drawings if one.namespace is Namespace.SVG and _inside(one, "svg") is None]
    controls = [_inside(one, "a") or _inside(one, "button") for one in outer]
    alone = Counter(control for control in controls if control is not None)
    for drawing, control in zip(outer, controls, strict=True):
        if control is not None:
            words = _title(drawing) if alone[control] == 1 and _is_all_of(control, drawing) else ""
        else:
            words = _labels(drawing)
        if words:
            drawing.replace_with(Text(words))
        else:
            drawing.decompose()


def mermaid_to_code(tree: turbohtml.Document) -> None:
    """Let the source of a mermaid diagram stand as a code block; a diagram that was drawn already has none."""
    for tag in ("pre", "div"):
        for element in tree.select(f"{tag}.mermaid"):
            source = element.text
            if not source.strip() or element.find("svg") is not None:
                continue
            code = Element("code", {"class": "language-mermaid"}, [Text(source.strip("\n"))])
            element.replace_with(Element("pre", children=[code]))


def _labels(drawing: Element) -> str:
    """Return the words of a drawing; numbers alone are the scale of a chart."""
    texts = [" ".join(one.text.split()) for one in drawing.select("text, foreignObject")]
    words = " ".join(filter(None, texts))
    return words if _word(words) else ""


def _title(drawing: Element) -> str:
    title = drawing.select_one("title")
    said = title.text if title is not None else drawing.attr("aria-label") or ""
    return " ".join(said.split())


def _is_all_of(control: Element, drawing: Element) -> bool:
    beside = control.text.replace(drawing.text, "", 1)
    return not beside.strip() and control.find("img") is None


def _inside(element: Element, tag: str) -> Element | None:
    parent = element.parent
    return parent.closest(tag) if isinstance(parent, Element) else None
