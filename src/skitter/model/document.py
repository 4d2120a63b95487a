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


class _Addresses(dict[str, "str | None"]):
    """The absolute URLs of one page's references; each is found out when it is first asked for."""

    __slots__ = ("_base_url", "_origin", "_page")

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url
        self._origin = base_url[: base_url.index("/", 8)] if base_url.startswith("http") else None
        self._page = base_url.partition("#")[0] if base_url else None

    def __missing__(self, reference: str) -> str | None:
        found = self[reference] = self._plain(reference) or self._parsed(reference)
        return found

    def _plain(self, reference: str) -> str | None:
        """Return what is to be had without parsing."""
        if "/." in reference or "/%2" in reference:
            return None
        if reference.startswith("http"):
            return reference if _is_normal(reference) and "xn--" not in reference else None
        if reference.startswith("/"):
            return self._origin + reference if self._origin is not None and _is_rooted(reference) else None
        return self._page + reference if self._page is not None and _is_fragment(reference) else None

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
    """

    tree: turbohtml.Document
    url: str
    base_url: str
    site: str
    _addresses: _Addresses = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_addresses", _Addresses(self.base_url))

    def absolute(self, reference: str) -> str | None:
        """Return *reference* as an absolute URL as a browser would write it, None if it is not one.

        URLs that are not of the web, such as `mailto:`, stay as they are. The same one is asked for again and again:
        links repeat, and several stages read them.
        """
        return self._addresses[reference]
