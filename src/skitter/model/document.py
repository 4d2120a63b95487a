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


class Addresses(dict[str, "str | None"]):
    """References of one page to their absolute URLs, as a browser would write them; None for those that are none.

    URLs that are not of the web, such as `mailto:`, stay as they are. Each is found out when it is first asked for.
    """

    __slots__ = ("_base_url", "_origin", "_page", "_scheme")

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url
        self._origin = base_url[: base_url.index("/", 8)] if base_url.startswith("http") else ""
        self._scheme = base_url.partition("/")[0]
        self._page = base_url.partition("#")[0]

    def __missing__(self, reference: str) -> str | None:
        found = None
        if "/." not in reference and "/%2" not in reference:
            if reference[:1] == "/" and self._origin:
                if _is_rooted(reference):
                    found = self._origin + reference
                elif reference[:2] == "//":
                    found = self._normal(self._scheme + reference)
            elif reference[:4] == "http":
                found = self._normal(reference)
            elif self._page and _is_fragment(reference):
                found = self._page + reference
        self[reference] = found = found or self._parsed(reference)
        return found

    @staticmethod
    def _normal(url: str) -> str | None:
        return url if _is_normal(url) and "xn--" not in url else None

    def _parsed(self, reference: str) -> str | None:
        stripped = reference.strip()
        if _leads_elsewhere(stripped):
            return stripped
        try:
            return join(self._base_url, stripped) if self._base_url else normalize(stripped)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page as a tree; later stages edit the tree in place.

    Attributes:
        tree: The page; no element lies deeper than 512 levels, which is where browsers stop too.
        url: Where it came from, after redirects; "" or `raw:` and `file:` URLs for local pages.
        base_url: What its relative URLs are relative to, normalised; "" where there is no such URL.
        site: The registrable domain whose links are internal, "" where the page has none.
        addresses: What its references lead to.
    """

    tree: turbohtml.Document
    url: str
    base_url: str
    site: str
    addresses: Addresses = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "addresses", Addresses(self.base_url))

    def absolute(self, reference: str) -> str | None:
        """Return *reference* as an absolute URL as a browser would write it, None if it is not one."""
        return self.addresses[reference]
