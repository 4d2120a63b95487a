import pytest

from skitter.parse.document import read

URL = "https://www.example.co.uk/a/b.html?q#top"


def test_a_page_is_at_its_url():
    document = read("<p>x", url=URL, base_url=URL)
    assert (document.url, document.base_url, document.site) == (URL, URL, "example.co.uk")


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/c/", "https://www.example.co.uk/c/"),
        (" d/ ", "https://www.example.co.uk/a/d/"),
        ("https://EXAMPLE.org", "https://example.org/"),
        ("//cdn.example.org/x", "https://cdn.example.org/x"),
        ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
        ("javascript:alert(1)", URL),
        ("data:text/html,x", URL),
        ("http://[", URL),
        ("", "https://www.example.co.uk/a/b.html?q"),
    ],
)
def test_a_page_may_name_its_base(base, expected):
    page = f'<head><base target=_top><base href="{base}"><base href="/late/">'
    assert read(page, url=URL, base_url=URL).base_url == expected


def test_the_base_a_page_names_wins_over_the_one_given():
    assert (
        read('<base href="http://a.example/">', url="raw:", base_url="http://b.example/").base_url
        == "http://a.example/"
    )


def test_a_page_that_is_nowhere_has_no_base_unless_it_names_one():
    assert read("<p>x", url="raw:").base_url == ""
    assert read('<base href="/x/">', url="raw:").base_url == ""
    assert read('<base href="http://a.example/x/">', url="raw:").base_url == "http://a.example/x/"


def test_what_is_no_url_is_no_base():
    assert read("<p>x", url="raw:", base_url="not a url").base_url == ""


def test_the_site_of_a_page_without_a_url_is_that_of_its_base():
    assert read("<p>x", url="raw:", base_url="http://docs.example.com/").site == "example.com"
    assert read("<p>x", url="file:///tmp/a.html", base_url="file:///tmp/a.html").site == ""


@pytest.mark.parametrize("text", ["", " ", "\x00", "<", "plain", "<!-- ", "</body></html><p>late", "\ufeff<p>x"])
def test_any_text_is_a_document(text):
    assert read(text, url="").tree.find("body") is not None


def test_elements_do_not_lie_deeper_than_browsers_let_them():
    document = read("<div>" * 100_000 + "bottom", url="")
    *_, last = document.tree.iter_elements()
    assert sum(1 for _ in last.ancestors) <= 514
    assert "bottom" in document.tree.text


def test_a_noscript_in_the_head_does_not_end_it():
    document = read("<head><noscript><img src=x></noscript><title>T</title></head>", url="")
    assert document.tree.select_one("head > title") is not None
