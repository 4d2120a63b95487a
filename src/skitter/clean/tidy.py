"""The cleaned page: few attributes, no empty elements; and its HTML."""

from collections.abc import Sequence

from turbohtml import Element

from skitter.clean.options import CleanOptions


def tidy(content: Sequence[Element], options: CleanOptions) -> None:
    """Reduce the elements of *content* in place: attributes, empty elements, small blocks, inline marks."""
    raise NotImplementedError


def to_html(content: Sequence[Element], options: CleanOptions) -> str:
    """Return *content* as HTML; a body is written as a document with its title."""
    raise NotImplementedError
