"""The URLs in a page, made absolute."""

from typing import Final

from skitter.model.document import Document

_ATTRIBUTES: Final = (
    ("a", "href"),
    ("area", "href"),
    ("img", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("source", "src"),
    ("track", "src"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("form", "action"),
    ("input", "src"),
    ("blockquote", "cite"),
    ("q", "cite"),
    ("ins", "cite"),
    ("del", "cite"),
)


def make_absolute(document: Document) -> None:
    """Write every URL a reader can follow or see as an absolute one, by the WHATWG URL standard.

    One that is absolute already stays as it is, as long as nothing in it has to be encoded. `srcset` and the attributes
    of lazy loading stay as they are, and so does what is no URL. Without a base only the white space around URLs goes.
    """
    addresses = document.addresses
    for tag, attribute in _ATTRIBUTES:
        for element in document.tree.select(tag):
            written = element.attr(attribute)
            if not written or _is_absolute(written):
                continue
            absolute = addresses[written]
            if absolute != written:
                element.attrs[attribute] = written.strip() if absolute is None else absolute


def _is_absolute(written: str) -> bool:
    """Say whether *written* is an absolute URL that can stay as it is: parsing one costs ten times this."""
    return (
        written.startswith(("http://", "https://"))
        and "/" in written[8:]
        and written.isascii()
        and " " not in written
        and "\n" not in written
        and "\t" not in written
    )
