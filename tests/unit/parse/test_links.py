import pickle

import pytest

from skitter.parse.document import read
from skitter.parse.links import expand_links, read_links, relative_links
from skitter.parse.options import ParseOptions

URL = "https://www.example.com/docs/page.html"


def links(body: str, *, url: str = URL, base_url: str | None = None, **options: bool) -> dict[str, list[dict]]:
    document = read(body, url=url, base_url=url if base_url is None else base_url)
    return expand_links(read_links(document, ParseOptions(**options)))


def hrefs(body: str, **where: str) -> list[str]:
    found = links(body, **where)
    return [link["href"] for link in found["internal"] + found["external"]]


def test_a_link_has_every_field_that_users_know():
    [link] = links('<h2>Guides</h2><ul><li><a href="/x" title="The X" rel="next">To  X</a></ul>')["internal"]
    assert link == {
        "href": "https://www.example.com/x",
        "text": "To X",
        "title": "The X",
        "base_domain": "example.com",
        "context": "Guides",
        "rel": "next",
        "head_data": None,
        "head_extraction_status": None,
        "head_extraction_error": None,
        "intrinsic_score": None,
        "contextual_score": None,
        "total_score": None,
    }


def test_internal_are_those_of_the_same_registrable_domain():
    found = links(
        "<a href=http://example.com/1>1</a><a href=http://blog.example.com/2>2</a>"
        "<a href=http://notexample.com/3>3</a><a href=http://example.com.evil.org/4>4</a><a href=http://example.co.uk/5>5</a>"
    )
    assert [link["text"] for link in found["internal"]] == ["1", "2"]
    assert [link["base_domain"] for link in found["external"]] == ["notexample.com", "evil.org", "example.co.uk"]


def test_neighbours_under_a_public_suffix_are_external():
    found = links(
        "<a href=http://a.github.io/x>mine</a><a href=http://b.github.io/x>theirs</a>", url="http://a.github.io/"
    )
    assert [link["text"] for link in found["external"]] == ["theirs"]


@pytest.mark.parametrize("host", ["127.0.0.1:8700", "localhost:8080", "[::1]:80", "10.0.0.7"])
def test_addresses_and_bare_names_are_compared_whole(host):
    found = links("<a href=/x>x</a><a href=http://127.0.0.9/y>y</a>", url=f"http://{host}/")
    assert [link["text"] for link in found["internal"]] == ["x"]
    assert [link["text"] for link in found["external"]] == ["y"]


def test_what_leads_to_no_other_page_is_left_out():
    body = "".join(
        f'<a href="{href}">x</a>'
        for href in (
            "",
            "  ",
            "#",
            "#top",
            "page.html#top",
            "javascript:void(0)",
            " JavaScript:x",
            "java\nscript:x",
            "mailto:a@b.c",
            "tel:1",
            "data:text/html,x",
            "blob:x",
            "about:blank",
            "http://",
            "http://[",
            "whatsapp://send",
        )
    )
    assert hrefs(f"<a>none</a><a name=x>anchor</a>{body}") == []


def test_a_page_may_link_to_itself():
    assert hrefs("<a href=page.html>here</a>") == [URL]


def test_urls_are_whole_and_lose_nothing_but_their_fragment():
    assert hrefs(
        "<a href='?b=2&a=1&b=&c&ref=home&utm_source=x#frag'>1</a><a href=../up/./x>2</a><a href='/a b/ü'>3</a>"
        "<a href=HTTP://Other.ORG:80>4</a><a href=ftp://files.example.com/f>5</a>"
    ) == [
        "https://www.example.com/docs/page.html?b=2&a=1&b=&c&ref=home&utm_source=x",
        "https://www.example.com/up/x",
        "https://www.example.com/a%20b/%C3%BC",
        "ftp://files.example.com/f",
        "http://other.org/",
    ]


def test_each_url_counts_once_with_its_first_text():
    found = links("<a href=/x#a><img src=i.png></a><a href=/x#b>words</a><a href=/x>others</a><a href=/y>y</a>")[
        "internal"
    ]
    assert [(link["href"], link["text"]) for link in found] == [
        ("https://www.example.com/x", "words"),
        ("https://www.example.com/y", "y"),
    ]


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("<a href=/x> two\n <b>words</b> </a>", "two words"),
        ("<a href=/x><img alt='a  picture'></a>", "a picture"),
        ("<a href=/x><img src=i><img alt=second></a>", "second"),
        ("<a href=/x aria-label=spoken></a>", "spoken"),
        ("<a href=/x title=titled></a>", "titled"),
        ("<a href=/x></a>", ""),
        ("<map><area href=/x alt=area></map>", "area"),
        ("<svg><a href=/x><text>drawn</text></a></svg>", "drawn"),
    ],
)
def test_the_text_is_what_a_reader_sees(link, text):
    assert [one["text"] for one in links(link)["internal"]] == [text]


@pytest.mark.parametrize(
    ("body", "context"),
    [
        ("<h1>Top</h1><p>As the <a href=/x>report</a> says, it rains.", "As the report says, it rains."),
        ("<h1>Top</h1><p><a href=/y>y</a> | <a href=/x>x</a>", "Top"),
        ("<h1>Top</h1><h2>Second  heading</h2><a href=/x>x</a>", "Second heading"),
        ("<a href=/x>x</a><h1>Later</h1>", ""),
    ],
)
def test_the_context_is_the_text_beside_or_the_heading_above(body, context):
    assert [link["context"] for link in links(body)["internal"] if link["text"] != "y"] == [context]


def test_the_context_is_short():
    [link] = links(f"<h1>{'heading ' * 99}</h1><p>{'before ' * 99}<a href=/x>{'link ' * 99}</a>{'after ' * 99}")[
        "internal"
    ]
    assert 0 < len(link["context"]) <= 100


def test_links_follow_the_base_of_the_page():
    found = links("<base href=https://cdn.example.org/lib/><a href=x>x</a><a href=https://www.example.com/y>y</a>")
    assert [link["href"] for link in found["external"]] == ["https://cdn.example.org/lib/x"]
    assert [link["href"] for link in found["internal"]] == ["https://www.example.com/y"]


def test_a_page_without_a_url_has_only_whole_links():
    body = "<a href=/x>x</a><a href=y>y</a><a href=#z>z</a><a href=http://a.org/w>w</a><a href=mailto:x>m</a>"
    assert hrefs(body, url="raw:", base_url="") == ["http://a.org/w"]
    assert relative_links(read_links(read(body, url="raw:"), ParseOptions())) == 2


def test_links_of_a_file_are_its_neighbours():
    found = links("<a href=b.html>b</a><a href=http://x.org/>x</a>", url="file:///tmp/a.html")
    assert [link["href"] for link in found["internal"]] == ["file:///tmp/b.html"]


def test_internal_links_can_be_kept_on_https():
    body = (
        "<a href=http://www.example.com/x>1</a><a href=https://www.example.com/x>2</a><a href=http://other.org/>3</a>"
    )
    assert hrefs(body) == ["http://www.example.com/x", "https://www.example.com/x", "http://other.org/"]
    document = read(body, url=URL, base_url=URL)
    kept = expand_links(read_links(document, ParseOptions(preserve_https_for_internal_links=True)))
    assert [link["href"] for link in kept["internal"]] == ["https://www.example.com/x"]
    plain = read(body, url="http://www.example.com/", base_url="http://www.example.com/")
    found = expand_links(read_links(plain, ParseOptions(preserve_https_for_internal_links=True)))
    assert found["internal"][0]["href"] == "http://www.example.com/x"


def test_user_names_in_urls_are_no_part_of_the_domain():
    assert [link["base_domain"] for link in links("<a href=http://u:p@other.org:81/x>x</a>")["external"]] == [
        "other.org"
    ]


def test_what_is_sent_between_processes_is_small():
    found = read_links(
        read("".join(f"<a href=/{n}>{n}</a>" for n in range(1000)), url=URL, base_url=URL), ParseOptions()
    )
    assert len(pickle.dumps(found)) < 100_000


def test_what_is_expanded_already_stays():
    ready = {"internal": [{"href": "x"}], "external": []}
    assert expand_links(ready) == ready
