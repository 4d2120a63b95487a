"""Formulas that are written in scripts: they become elements, before scripts go."""

from collections.abc import Iterable
from typing import Final

from turbohtml import Element, Text

_PREVIEWS: Final = ("MathJax", "MathJax_Display", "MathJax_Preview", "MathJax_SVG", "MathJax_CHTML")


def formulas_to_elements(scripts: Iterable[Element]) -> None:
    """Replace each `<script type="math/tex">` by a formula, and drop what it was drawn as beside it."""
    for script in scripts:
        kind = script.attr("type") or ""
        if not kind.startswith("math/tex"):
            continue
        while isinstance(drawn := script.previous_sibling, Element) and any(map(drawn.has_class, _PREVIEWS)):
            drawn.decompose()
        annotation = Element("annotation", {"encoding": "application/x-tex"}, [Text(script.text)])
        display = {"display": "block"} if "mode=display" in kind.replace(" ", "") else {}
        script.insert_after(Element("math", display, [Element("semantics", children=[annotation])]))
