"""Formulas as TeX between dollar signs."""

from collections.abc import Iterable

from turbohtml import Element

from skitter.markdown.verbatim import Verbatim

_RENDERED = ".katex-display,.katex,mjx-container,.MathJax_Display,.MathJax,.mwe-math-element"


def prepare_formulas(formulas: Iterable[Element], verbatim: Verbatim) -> None:
    """Replace each formula whose TeX is known, and the drawing it is part of, by its TeX."""
    for formula in formulas:
        annotation = formula.select_one('annotation[encoding*="tex" i]')
        tex = annotation.text if annotation is not None else formula.attr("alttext") or ""
        tex = " ".join(tex.split())
        if not tex:
            continue
        tex = _unwrapped(tex)
        whole = formula
        while isinstance(outer := whole.parent, Element) and (around := outer.closest(_RENDERED)) is not None:
            whole = around
        is_block = formula.attr("display") == "block" or "display" in (whole.attr("class") or "").lower()
        verbatim.take(whole, f"$${tex}$$" if is_block else f"${tex}$")


def _unwrapped(tex: str) -> str:
    """Return *tex* without the style that only says how large it is set."""
    if tex.startswith("{\\displaystyle") and tex.endswith("}"):
        return tex[len("{\\displaystyle") : -1].strip()
    return tex
