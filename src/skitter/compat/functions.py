"""Functions of crawl4ai's `utils` that skitter has under other names or with other arguments."""

from skitter.base.url import join, parse, registrable_domain


def normalize_url(href: str, base_url: str) -> str:
    """Return *href* as an absolute URL; nothing but its form is changed.

    Raises:
        ValueError: If it is none, seen from *base_url*.
    """
    url = join(base_url, href.strip())
    if url is None:
        msg = f"{href!r:.200} is no URL, seen from {base_url!r:.200}"
        raise ValueError(msg)
    return url


def get_base_domain(url: str) -> str:
    """Return the registrable domain of *url*, by the public suffix list; "" where it has no host."""
    try:
        return registrable_domain(parse(url).host)
    except ValueError:
        return ""


def is_external_url(url: str, base_domain: str) -> bool:
    """Say whether *url* leads out of a registrable domain; a relative one does not, `mailto:` and the like do."""
    try:
        target = parse(url)
    except ValueError:
        return False
    return registrable_domain(target.host) != registrable_domain(base_domain.lower())
