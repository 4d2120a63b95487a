import pytest
import turbohtml

from skitter.model.document import Document


def absolute(reference: str, base_url: str = "http://example.com/a/b.html?q=1#here") -> str | None:
    document = Document(tree=turbohtml.parse(""), url=base_url, base_url=base_url, site="example.com")
    first = document.absolute(reference)
    assert document.absolute(reference) == first  # asked again, it is remembered
    return first


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("http://other.org/x?b=2&a=1&ref=&c#f", "http://other.org/x?b=2&a=1&ref=&c#f"),
        ("HTTP://Other.ORG:80/A", "http://other.org/A"),
        ("https://other.org", "https://other.org/"),
        ("//other.org/x", "http://other.org/x"),
        ("//Other.org", "http://other.org/"),
        ("//[", None),
        ("/rooted/x?y", "http://example.com/rooted/x?y"),
        ("/../x/./y/%2e%2e/z", "http://example.com/x/z"),
        ("http://other.org/a/../b", "http://other.org/b"),
        ("http://other.org/a/%2E%2E/b", "http://other.org/b"),
        ("c.html", "http://example.com/a/c.html"),
        ("?r", "http://example.com/a/b.html?r"),
        ("#f", "http://example.com/a/b.html?q=1#f"),
        ("", "http://example.com/a/b.html?q=1"),
        ("  /x\n", "http://example.com/x"),
        ("/a b", "http://example.com/a%20b"),
        ("/ü", "http://example.com/%C3%BC"),
        ("\\x\\y", "http://example.com/x/y"),
        ("http://münchen.example/", "http://xn--mnchen-3ya.example/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://[::1", None),
        ("http://a b/", None),
        ("mailto:a@b.c", "mailto:a@b.c"),
        (" javascript:void(0) ", "javascript:void(0)"),
        ("tel:+1 2", "tel:+1 2"),
        ("ftp://files.example/x", "ftp://files.example/x"),
    ],
)
def test_references_become_what_a_browser_makes_of_them(reference, expected):
    assert absolute(reference) == expected


@pytest.mark.parametrize(
    ("reference", "expected"), [("http://x.org/y", "http://x.org/y"), ("/y", None), ("y", None), ("#y", None)]
)
def test_without_a_base_only_whole_urls_lead_anywhere(reference, expected):
    assert absolute(reference, "") == expected


def test_a_file_has_neighbours():
    assert absolute("c.html", "file:///tmp/a/b.html") == "file:///tmp/a/c.html"
    assert absolute("/c.html", "file:///tmp/a/b.html") == "file:///c.html"
