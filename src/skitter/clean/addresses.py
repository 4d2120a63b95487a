"""The URLs in a page, made absolute."""

import re
from typing import Final

import turbohtml

from skitter.base.url import join, parse

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

# What a URL parser would not change: nearly every URL. Asking the parser costs ten times as much.
_SAFE: Final = r"[\w\-.~!$&()*+,;=:@%/?#\[\]]"
_is_absolute = re.compile(rf"https?://[a-z0-9.\-]+(?::\d+)?(?:[/?#]{_SAFE}*)?", re.ASCII).fullmatch
_is_rooted = re.compile(rf"/(?!/){_SAFE}*", re.ASCII).fullmatch
_is_fragment = re.compile(rf"#{_SAFE}*", re.ASCII).fullmatch
_other_scheme = re.compile(r"(?!https?:|ftp:|file:)[a-z][a-z0-9+.\-]*:", re.IGNORECASE).match


def make_absolute(tree: turbohtml.Document, base_url: str) -> None:
    """Write every URL a reader can follow or see as an absolute one, by the WHATWG URL standard.

    `srcset` and the attributes of lazy loading stay as they are, and so does what is no URL. Without a base only the
    white space around URLs goes.
    """
    base = _Base(base_url)
    for tag, attribute in _ATTRIBUTES:
        for element in tree.select(tag):
            written = element.attr(attribute)
            if written and (absolute := base.absolute(written)) != written:
                element.attrs[attribute] = absolute


class _Base:
    """Joins references to one base URL; the common kinds without parsing them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._page = url.partition("#")[0]
        self._origin = ""
        if url.startswith(("http://", "https://")):
            parsed = parse(url)
            self._origin = f"{parsed.protocol}//{parsed.host}"

    def absolute(self, written: str) -> str:
        if _is_absolute(written) and "/." not in written:
            return written
        if self._origin:
            if _is_rooted(written) and "/." not in written:
                return self._origin + written
            if _is_fragment(written):
                return self._page + written
        stripped = written.strip()
        if not stripped or _other_scheme(stripped):
            return stripped
        joined = join(self._url, stripped) if self._url else None
        return stripped if joined is None else joined
