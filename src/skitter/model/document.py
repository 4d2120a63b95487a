"""A parsed page."""

from dataclasses import dataclass

import turbohtml


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page as a tree; later stages edit the tree in place.

    Attributes:
        tree: The page; no element lies deeper than 512 levels, which is where browsers stop too.
        url: Where it came from, after redirects; "" or `raw:` and `file:` URLs for local pages.
        base_url: What its relative URLs are relative to, "" where there is no such URL.
        site: The registrable domain whose links are internal, "" where the page has none.
    """

    tree: turbohtml.Document
    url: str
    base_url: str
    site: str
