import json
import pickle

import pytest

from skitter.parse.document import read
from skitter.parse.metadata import expand_metadata, read_metadata

URL = "https://www.example.com/a/page.html"


def metadata(page: str) -> dict:
    return expand_metadata(read_metadata(read(page, url=URL, base_url=URL)))


def test_a_page_that_says_nothing_has_every_field_nonetheless():
    found = metadata("<p>x")
    assert {name for name, value in found.items() if value is not None} == {"alternates", "jsonld"}
    assert {"title", "description", "keywords", "author", "canonical", "language", "published_time"} <= found.keys()
    assert {"modified_time", "site_name", "favicon", "robots"} <= found.keys()


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title> The\n title </title><meta property=og:title content=Other><h1>Heading</h1>", "The title"),
        ("<title></title><meta property=og:title content=' Open  Graph '><h1>Heading</h1>", "Open Graph"),
        ("<body><h1>The <b>heading</b></h1><h1>Second</h1>", "The heading"),
        ("<body><svg><title>Drawing</title></svg><h1>Heading</h1>", "Heading"),
        ("<title>First</title><title>Second</title>", "First"),
        ("<body><p>Text", None),
    ],
)
def test_the_title(page, title):
    assert metadata(page)["title"] == title


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("<meta name=Description content=' A\n page '>", "description", "A page"),
        ("<meta property=og:description content=OG>", "description", "OG"),
        ("<meta name=description content=''><meta property=og:description content=OG>", "description", "OG"),
        ("<meta name=keywords content='a, b'>", "keywords", "a, b"),
        ("<meta name=author content='A. Writer'>", "author", "A. Writer"),
        ("<meta property=article:author content='A. Writer'>", "author", "A. Writer"),
        ("<meta property=article:author content='https://social.example/writer'>", "author", None),
        ("<link rel=canonical href=../b>", "canonical", "https://www.example.com/b"),
        ("<link rel='SHORTCUT icon' href=/f.ico>", "favicon", "https://www.example.com/f.ico"),
        ("<link rel=next href='?p=2'>", "next", "https://www.example.com/a/page.html?p=2"),
        ("<meta name=robots content='noindex, nofollow'>", "robots", "noindex, nofollow"),
        ("<meta property=og:site_name content=Site>", "site_name", "Site"),
        (
            "<meta property=article:published_time content=2024-05-01T10:00:00Z>",
            "published_time",
            "2024-05-01T10:00:00Z",
        ),
        ("<meta itemprop=datePublished content=2024-05-01>", "published_time", "2024-05-01"),
        ("<meta property=article:modified_time content=2024-05-02>", "modified_time", "2024-05-02"),
        ("<meta name=twitter:card content=summary>", "twitter:card", "summary"),
        ("<meta property=og:image content=/i.png>", "og:image", "https://www.example.com/i.png"),
        ("<meta property='og:title twitter:title' content=Both>", "twitter:title", "Both"),
        ("<meta name=og:title content=Named>", "og:title", "Named"),
        ("<meta property=og:type content=article><meta property=og:type content=video>", "og:type", "article"),
        ("<meta property=article:tag content=a><meta property=article:tag content=b>", "article:tag", ["a", "b"]),
        ("<meta property=article:section content=News>", "article:section", "News"),
        ("<meta http-equiv=Content-Language content=de-AT>", "language", "de-AT"),
    ],
)
def test_what_the_head_says(head, field, value):
    assert metadata(f"<head>{head}</head>")[field] == value


def test_the_language_of_the_page_is_that_of_its_root():
    assert metadata("<html lang=' fr '><meta http-equiv=content-language content=de>")["language"] == "fr"


def test_what_stands_in_the_body_by_mistake_counts_too():
    assert metadata("<body><p>x</p><meta name=description content=late>")["description"] == "late"


def test_alternates_are_listed():
    found = metadata(
        "<link rel=alternate hreflang=de href=/de><link rel=alternate type=application/rss+xml title=Feed href=/feed>"
        "<link rel='alternate stylesheet' href=/x.css>"
    )
    assert found["alternates"] == [
        {"href": "https://www.example.com/de", "hreflang": "de", "type": None, "title": None},
        {"href": "https://www.example.com/feed", "hreflang": None, "type": "application/rss+xml", "title": "Feed"},
    ]


def script(text: str) -> str:
    return f"<script type='application/ld+json; charset=utf-8'>{text}</script>"


ARTICLE = {"@type": "Article", "author": [{"name": "A. Writer"}], "datePublished": "2024-01-02", "headline": "H"}


def test_json_ld_is_read_from_anywhere_in_the_page():
    found = metadata(f"<body><p>x</p>{script(json.dumps(ARTICLE))}{script(json.dumps([{'a': 1}, {'b': 2}]))}")
    assert found["jsonld"] == [ARTICLE, {"a": 1}, {"b": 2}]


def test_json_ld_gives_what_no_meta_says():
    graph = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, ARTICLE]}
    found = metadata(script(json.dumps(graph)))
    assert (found["author"], found["published_time"]) == ("A. Writer", "2024-01-02")
    said = metadata("<meta name=author content=Meta>" + script(json.dumps(graph)))
    assert said["author"] == "Meta"


@pytest.mark.parametrize(
    "broken",
    [
        '{"a": "line\nfeed"}',
        '<!-- {"a": "line\nfeed"} -->',
        '//<![CDATA[\n{"a": "line\nfeed"}\n//]]>',
        '{"a": "line\nfeed",}',
        '\n{"a": "line\nfeed"};\n',
    ],
)
def test_json_ld_is_read_as_pages_write_it(broken):
    assert metadata(script(broken))["jsonld"] == [{"a": "line\nfeed"}]


@pytest.mark.parametrize("broken", ["", "{", "not json", "[" * 100_000, '{"a": undefined}', "null", "{'a': 1}"])
def test_json_ld_beyond_repair_is_left_out(broken):
    assert metadata(script(broken) + script('{"b": 1}'))["jsonld"] == [{"b": 1}]


def test_half_a_character_in_json_ld_does_no_harm():
    found = metadata(script('{"a": "x\\ud83d", "b": "\\ud83d\\ude00"}'))["jsonld"]
    assert json.dumps(found, ensure_ascii=False).encode()
    assert found[0]["b"] == "\N{GRINNING FACE}"


def test_values_and_their_number_are_bounded():
    page = f"<meta name=description content='{'x' * 50_000}'>" + "".join(
        f"<meta property=og:x{n} content=y><link rel=alternate href=/{n}>" for n in range(3_000)
    )
    found = metadata(page)
    assert len(found["description"]) == 10_000
    assert len(found["alternates"]) == 1_000
    assert sum(name.startswith("og:") for name in found) == 1_000


def test_what_is_sent_between_processes_is_plain():
    found = read_metadata(read("<title>x</title>" + script("{}"), url=URL, base_url=URL))
    assert expand_metadata(pickle.loads(pickle.dumps(found)))["title"] == "x"


def test_what_is_expanded_already_stays():
    assert expand_metadata({"title": "x"}) == {"title": "x"}
