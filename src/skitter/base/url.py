"""URLs, by the WHATWG URL standard, and registrable domains, by the public suffix list."""

from functools import cache, lru_cache

import ada_url
from publicsuffixlist import PublicSuffixList


def parse(url: str, base: str | None = None) -> ada_url.URL:
    """Parse *url*, relative to *base*.

    Raises:
        ValueError: If it is not a URL, or relative without a base.
    """
    return ada_url.URL(url, base)


def normalize(url: str) -> str:
    """Return *url* as a browser would write it: lower-case host in ASCII, no default port, dots resolved, encoded.

    Nothing is dropped or reordered: query, blank parameters and fragment stay as they are.

    Raises:
        ValueError: If it is not an absolute URL.
    """
    return ada_url.URL(url).href


def join(base: str, reference: str) -> str | None:
    """Return *reference* as an absolute URL, None if it is not one."""
    try:
        return ada_url.URL(reference, base).href
    except ValueError:
        return None


def origin_host(url: str) -> str:
    """Return host and port of *url* as they are written, lower-case, without user information; "" where there is none.

    Cheap, for keys: the URL is cut, not parsed.
    """
    start = url.find("://")
    if start < 0:
        return ""
    start += 3
    end = len(url)
    for stop in "/?#":
        at = url.find(stop, start, end)
        if at >= 0:
            end = at
    return url[start:end].rpartition("@")[2].lower()


@lru_cache(maxsize=65_536)
def registrable_domain(host: str) -> str:
    """Return the part of *host* that is registered: `a.b.example.co.uk` → `example.co.uk`.

    An IP address, a bare name such as `localhost` and a public suffix itself are returned whole; a port is cut off.
    """
    name = host
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    name = name.partition(":")[0].rstrip(".")
    if name.replace(".", "").isdigit():
        return name
    return _suffixes().privatesuffix(name) or name


def is_public_suffix(host: str) -> bool:
    """Say whether nobody owns all of *host*: `com`, `co.uk`, `github.io`, and every name without a dot."""
    return _suffixes().publicsuffix(host) == host


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
