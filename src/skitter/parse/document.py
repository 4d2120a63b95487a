"""Text to a tree, once: every later stage works on the same tree."""

import turbohtml

from skitter.base.url import normalize, origin_host, registrable_domain
from skitter.model.document import Document


def read(text: str, *, url: str, base_url: str = "") -> Document:
    """Parse *text* as HTML; any text is a document.

    Linear in the text, however deep it is nested: elements below level 512 become siblings, as in browsers.

    Args:
        text: The page.
        url: Where it came from, after redirects.
        base_url: What its relative URLs are relative to if it names no base; "" where there is no such URL.
    """
    # As a browser with scripts, which leaves the text of `<noscript>` alone: parsed, one that stands in the head and
    # holds an image would end it, and the title and what follows would be in the body.
    tree = turbohtml.parse(text, positions=False, scripting=True, allow_declarative_shadow_roots=False)
    return Document(tree=tree, url=url, base_url=_base(tree, base_url), site=_site(url) or _site(base_url))


def _base(tree: turbohtml.Document, base_url: str) -> str:
    """Return what the page names as its base, else *base_url*, else "": an absolute URL of a page, or nothing."""
    # Searching by tag makes the index that cleaning starts with; `tree.base_url` would be a walk of its own.
    named = [tree.base_url(base_url)] if tree.find_all("base", limit=1) else []
    for url in (*named, base_url):
        try:
            normalized = normalize(url)
        except ValueError:  # `<base href="/here/">` in a page that is nowhere
            continue
        if normalized.startswith(("http://", "https://", "file://")):
            return normalized
    return ""


def _site(url: str) -> str:
    return registrable_domain(origin_host(url)) if url.startswith(("http://", "https://")) else ""
