"""A parsed page."""

import re
from dataclasses import dataclass

import turbohtml

from skitter.base.url import join, normalize

# A URL that a parser would leave as it is: nearly all of a page's, and asking the parser costs three times as much.
_is_normal = re.compile(
    r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,}/[\w\-.~!$&()*+,;=:@%/|]*(?:\?[\w\-.~!$&()*+,;=:@%/|?\[\]]*)?", re.ASCII
).fullmatch


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

    def absolute(self, reference: str) -> str | None:
        """Return *reference* as an absolute URL as a browser would write it, None if it is not one."""
        if _is_normal(reference) and "/." not in reference and "/%2" not in reference and "xn--" not in reference:
            return reference
        if self.base_url:
            return join(self.base_url, reference)
        try:
            return normalize(reference)
        except ValueError:
            return None
