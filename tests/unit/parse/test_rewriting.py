import json

import pytest
import turbohtml

from skitter.parse.content import Kind
from skitter.parse.rewriting import rewritten

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News &amp; more</title>
<link>http://example.com/</link><description>All of it</description>
<item><title>One</title><link>http://example.com/1</link><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate>
<description><![CDATA[<p>First <b>summary</b></p><div>]]></description></item>
<item><title>Two &lt;i&gt;here&lt;/i&gt;</title><guid>http://example.com/2</guid><description>plain</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><link href="http://example.com/"/>
<entry><title>E</title><link href="/e"/><updated>2024-02-03</updated><author><name>Ann</name></author>
<summary>short</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="http://example.com/"><title>RDF</title></channel><item><title>R</title><link>http://example.com/r</link>
</item></rdf:RDF>"""


def markdown(text: str, kind: Kind) -> str:
    return turbohtml.parse(rewritten(text, kind).html).to_markdown().strip()


def test_small_json_is_indented_and_otherwise_as_it_was():
    text = '{"b": [1.10, 1e400, "\\u00e9 {x}, \\"y\\": z"], "a": {}, "a": [], "n": [[], {"k": null}]}'
    assert markdown(text, Kind.JSON) == (
        '```json\n{\n  "b": [\n    1.10,\n    1e400,\n    "\\u00e9 {x}, \\"y\\": z"\n  ],\n  "a": {},\n  "a": [],\n'
        '  "n": [\n    [],\n    {\n      "k": null\n    }\n  ]\n}\n```'
    )


@pytest.mark.parametrize("text", ['{"a":1}\n{"a":2}', '{"a": tru', "[1,]", json.dumps(["x" * 200_000])])
def test_json_that_is_large_or_none_is_left_alone(text):
    assert markdown(text, Kind.JSON) == f"```json\n{text}\n```"


def test_xml_is_a_code_block():
    assert markdown('<a b="&amp;">x</a>', Kind.XML) == '```xml\n<a b="&amp;">x</a>\n```'


def test_text_is_as_it_is():
    text = "  one\n\n# two <b> &amp;\n\tthree\n"
    form = rewritten(text, Kind.TEXT)
    assert form.markdown == text
    assert turbohtml.parse(form.html).find("pre").text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RSS, "# [News & more](http://example.com/)"),
        (RSS, "## [One](http://example.com/1)"),
        (RSS, "Mon, 01 Jan 2024 00:00:00 GMT"),
        (RSS, "First **summary**"),
        (RSS, "## [Two here](http://example.com/2)"),
        (ATOM, "## [E](/e)"),
        (ATOM, "2024-02-03"),
        (ATOM, "Ann"),
        (ATOM, "short"),
        (RDF, "## [R](http://example.com/r)"),
    ],
)
def test_a_feed_is_its_entries(text, expected):
    assert expected in markdown(text, Kind.FEED)


def test_what_an_entry_holds_stays_in_it():
    feed = "<rss version='2.0'><channel><title>T</title>" + "".join(
        f"<item><title>{n}</title><description><![CDATA[{body}]]></description></item>"
        for n, body in enumerate(
            ["<div><b>x", "<!-- y", "<plaintext>z", "<script>w", "<table><tr><td>v", "</article></body>u"]
        )
    )
    page = turbohtml.parse(rewritten(f"{feed}</channel></rss>", Kind.FEED).html)
    assert [one.text for one in page.select("body > article > h2")] == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "text",
    [RSS.replace("</item>", "", 1), RSS.replace("&amp;", "&nbsp; &"), RSS[:-40], "\n\n" + RSS],
    ids=["unclosed", "entities", "cut", "space"],
)
def test_a_broken_feed_is_read_as_far_as_it_goes(text):
    assert "[One](http://example.com/1)" in markdown(text, Kind.FEED)
    assert "First **summary**" in markdown(text, Kind.FEED)


def test_an_entity_bomb_stays_small():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    page = rewritten(f"{bomb}<rss version='2.0'><channel><title>&b;&c;</title></channel></rss>", Kind.FEED).html
    assert len(page) < 1_000
    assert "root:" not in page


def test_what_only_looks_like_a_feed_is_xml():
    assert markdown("<feed><x/></feed>", Kind.FEED).startswith(("```xml", "#"))


def test_comma_separated_values_are_a_table():
    form = rewritten('name,"the, sum"\nAnn,1\n\nBob\n', Kind.CSV)
    assert form.tables[0]["headers"] == ["name", "the, sum"]
    assert form.tables[0]["rows"] == [["Ann", "1"], ["Bob", ""]]
    assert "```csv\nname," in turbohtml.parse(form.html).to_markdown()


@pytest.mark.parametrize("text", ["a\tb\n1\t2", "a;b\n1;2"])
def test_other_separators_are_found(text):
    assert rewritten(text, Kind.CSV).tables[0]["rows"] == [["1", "2"]]


@pytest.mark.parametrize("text", ["words", '"' + "x" * 200_000 + '",y', "\n,\n", ""])
def test_what_is_no_table_of_values_gives_none(text):
    assert len(rewritten(text, Kind.CSV).tables) <= 1


def test_a_large_table_of_values_is_cut_and_says_so():
    form = rewritten("," * 9_999 + "\n" + "1,2\n" * 200, Kind.CSV)
    assert sum(len(row) for row in form.tables[0]["rows"]) <= 1_000_000
    assert len(form.warnings) == 1
