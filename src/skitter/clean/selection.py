"""Which elements make up the cleaned page."""

from typing import TYPE_CHECKING

from turbohtml import Element

from skitter.clean.options import CleanOptions
if TYPE_CHECKING:
    from skitter.model.document import Document


def content(document: "Document", options: CleanOptions) -> tuple[list[Element], list[str]]:
    """Return the elements that make up the cleaned page, in document order, none inside another; and warnings.

    Without `target_elements` that is the body.
    """
    raise NotImplementedError
