"""Functions of crawl4ai's `utils`."""

import pytest

from skitter.compat.functions import get_base_domain, is_external_url, normalize_url


@pytest.mark.parametrize(
    ("href", "base", "url"),
    [
        ("/b", "https://example.com/a/c", "https://example.com/b"),
        ("b?x=1&y", "https://example.com/a/c", "https://example.com/a/b?x=1&y"),
        (" ../b#top ", "https://EXAMPLE.com/a/c/", "https://example.com/a/b#top"),
        ("//cdn.example.com/x", "https://example.com/", "https://cdn.example.com/x"),
        ("https://other.org", "https://example.com/", "https://other.org/"),
        ("?b=2&a=1&utm_source=x", "https://example.com/", "https://example.com/?b=2&a=1&utm_source=x"),
        ("mailto:a@example.com", "https://example.com/", "mailto:a@example.com"),
    ],
)
def test_normalize_url(href: str, base: str, url: str):
    assert normalize_url(href, base) == url


@pytest.mark.parametrize(("href", "base"), [("/b", "no base"), ("http://[", "https://example.com/")])
def test_normalize_url_refuses_what_is_none(href: str, base: str):
    with pytest.raises(ValueError, match="is no URL"):
        normalize_url(href, base)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.example.co.uk/a", "example.co.uk"),
        ("https://USER@Blog.Example.com:8080/", "example.com"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://localhost/", "localhost"),
        ("https://someone.github.io/", "someone.github.io"),
        ("/relative", ""),
        ("mailto:a@example.com", ""),
    ],
)
def test_get_base_domain(url: str, domain: str):
    assert get_base_domain(url) == domain


@pytest.mark.parametrize(
    ("url", "domain", "external"),
    [
        ("https://www.example.com/", "example.com", False),
        ("https://example.com/", "WWW.example.com", False),
        ("https://notexample.com/", "example.com", True),
        ("https://other.org/", "example.com", True),
        ("/page", "example.com", False),
        ("#top", "example.com", False),
        ("mailto:a@example.com", "example.com", True),
        ("javascript:void(0)", "example.com", True),
        ("http://a.github.io/", "b.github.io", True),
    ],
)
def test_is_external_url(url: str, domain: str, external: bool):
    assert is_external_url(url, domain) is external
