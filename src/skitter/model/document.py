"""A parsed page."""

import re
from dataclasses import dataclass, field
from typing import Final

import turbohtml

from skitter.base.url import join, normalize

# What a URL parser would leave as it is: nearly all that pages hold. Asking the parser costs several times as much.
_SAFE: Final = r"[\w\-.~!$&()*+,;=:@%/|?#\[\]]"
_is_normal = re.compile(rf"https?://(?:[a-z0-9-]+\.)+[a-z]{{2,}}/{_SAFE}*", re.ASCII).fullmatch
_is_rooted = re.compile(rf"/(?!/){_SAFE}*", re.ASCII).fullmatch
_is_fragment = re.compile(rf"#{_SAFE}*", re.ASCII).fullmatch
_leads_elsewhere = re.compile(r"(?!https?:|ftp:|file:)[a-z][a-z0-9+.\-]*:", re.IGNORECASE).match


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page as a tree; later stages edit the tree in place.

    Attributes:
        tree: The page; no element lies deeper than 512 levels, which is where browsers stop too.
        url: Where it came from, after redirects; "" or `raw:` and `file:` URLs for local pages.
        base_url: What its relative URLs are relative to, normalised; "" where there is no such URL.
        site: The registrable domain whose links are internal, "" where the page has none.
    """

    tree: turbohtml.Document
    url: str
    base_url: str
    site: str
    _absolute: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def absolute(self, reference: str) -> str | None:
        """Return *reference* as an absolute URL as a browser would write it, None if it is not one.

        URLs that are not of the web, such as `mailto:`, stay as they are. The same one is asked for again and again:
        links repeat, and several stages read them.
        """
        try:
            return self._absolute[reference]
        except KeyError:
            found = self._absolute[reference] = self._parsed(reference)
            return found

    def _parsed(self, reference: str) -> str | None:
        base = self.base_url
        if "/." not in reference and "/%2" not in reference:
            if _is_normal(reference) and "xn--" not in reference:
                return reference
            if base.startswith("http"):
                if _is_rooted(reference):
                    return base[: base.index("/", 8)] + reference
                if _is_fragment(reference):
                    return base.partition("#")[0] + reference
        stripped = reference.strip()
        if _leads_elsewhere(stripped):
            return stripped
        try:
            return join(base, stripped) if base else normalize(stripped)
        except ValueError:
            return None
