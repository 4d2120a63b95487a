"""The cleaned page: few attributes, no empty elements; and its HTML."""

import turbohtml

from skitter.clean.options import CleanOptions
from skitter.model.document import Document


def tidy(document: Document, options: CleanOptions) -> tuple[turbohtml.Document, list[str]]:
    """Return a reduced copy of the page, and warnings; call it after `exclude`.

    Its body holds only what `target_elements` match, where they are given. The document's own tree loses what they do
    not match, but keeps its attributes.
    """
    raise NotImplementedError


def to_html(tree: turbohtml.Document, options: CleanOptions) -> str:
    """Return the copy that `tidy` made as HTML: a document with its title, or only what the selectors matched."""
    raise NotImplementedError
