"""BM25ContentFilter and the stems it compares."""

import math

import pytest

from skitter.clean import BM25ContentFilter, BM25ContentFilterLXML, RelevantContentFilter
from skitter.clean.bm25 import bm25
from skitter.clean.stemming import stem

PAGE = """
<html><head><title>Tea</title><meta name="description" content="brewing green tea"></head><body>
<h1>Tea</h1><p>Green leaves like cooler water.</p><p>Black leaves like it boiling.</p>
<p>Our office is closed on Sundays.</p><p>Write to us for a catalogue.</p>
<ul><li>a kettle</li><li>water from the tap</li><li>clean waters of a well</li></ul>
<table><tr><th>Leaf</th><th>Water</th></tr><tr><td>green</td><td>80</td></tr></table>
loose words about water <p>Imprint</p>
</body></html>
"""


def kept(query: str | None, html: str = PAGE, **options: object) -> list[str]:
    return BM25ContentFilter(query, **options).filter_content(html)


def test_blocks_that_answer_are_kept_in_document_order():
    assert kept("water", bm25_threshold=0.5) == [
        "<p>Green leaves like cooler water.</p>",
        "<ul><li>water from the tap</li><li>clean waters of a well</li></ul>",
        "<table><tbody><tr><th>Leaf</th><th>Water</th></tr><tr><td>green</td><td>80</td></tr></tbody></table>",
        "<div>\nloose words about water </div>",
    ]


def test_a_higher_threshold_keeps_less():
    few, many = kept("green water", bm25_threshold=2.0), kept("green water", bm25_threshold=0.1)
    assert set(few) < set(many)


def test_headings_weigh_more():
    page = "<h1>apples here</h1><p>apples here</p>" + "<p>of pears</p>" * 3
    assert kept("apples", page, bm25_threshold=2.0) == ["<h1>apples here</h1>"]


def test_stemming_finds_other_forms_and_can_be_turned_off():
    page = "<p>Connected machines</p><p>A bus</p><p>A car</p>"
    assert kept("connections", page, bm25_threshold=0.1) == ["<p>Connected machines</p>"]
    assert kept("connections", page, bm25_threshold=0.1, use_stemming=False) == []
    assert kept("connections", page, bm25_threshold=0.1, language="german") == []


def test_stop_words_are_not_looked_for():
    assert kept("the of and") == []


def test_punctuation_does_not_hide_a_word():
    assert kept("fox", "<p>the fox, it ran</p><p>a</p><p>b</p>", bm25_threshold=0.1) == ["<p>the fox, it ran</p>"]


def test_equal_blocks_are_kept_once():
    assert kept("fox", "<p>a fox</p><div>a  fox</div><p>x</p>", bm25_threshold=0.1) == ["<p>a fox</p>"]


def test_scripts_without_spaces():
    page = "<p>機械学習の基礎</p><p>料理の本</p><p>旅行の本</p>"
    assert kept("機械学習", page) == ["<p>機械学習の基礎</p>"]


def test_min_word_threshold():
    assert BM25ContentFilter("water", 0.5).filter_content(PAGE, 5) == [
        "<p>Green leaves like cooler water.</p>",
        "<ul><li>clean waters of a well</li></ul>",
    ]


def test_without_a_query_the_page_says_what_it_is_about():
    chosen = BM25ContentFilter()
    assert chosen.extract_page_query(PAGE) == "Tea Tea brewing green tea"
    assert "<p>Green leaves like cooler water.</p>" in chosen.filter_content(PAGE)
    long = "word " * 40
    assert chosen.extract_page_query(f"<p>short</p><p>{long}</p>") == long.strip()
    assert chosen.extract_page_query("<p>short</p>") == ""
    assert chosen.filter_content("<p>short</p>") == []


def test_no_answer_is_an_empty_list():
    assert kept("zebra") == []
    assert kept("zebra", "") == []


def test_scores_are_those_of_the_formula():
    blocks = [["red", "fox", "fox"], ["blue", "sky"], ["red"]]
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 3 / 2))
    assert bm25(blocks, ["fox"]) == [pytest.approx(expected), 0.0, 0.0]
    assert bm25([], ["fox"]) == []
    assert bm25(blocks, []) == [0.0, 0.0, 0.0]


def test_arguments_by_position_are_those_of_the_peer():
    chosen = BM25ContentFilter("q", 1.2, "english", False)
    assert (chosen.user_query, chosen.bm25_threshold, chosen.language, chosen.use_stemming) == (
        "q",
        1.2,
        "english",
        False,
    )
    assert BM25ContentFilterLXML is BM25ContentFilter
    assert isinstance(chosen, RelevantContentFilter)


class Shouting(RelevantContentFilter):
    """A filter of a user's own."""

    def filter_content(self, html: str, min_word_threshold: int | None = None) -> list[str]:
        return [self.extract_page_query(html).upper()]


def test_a_filter_can_be_subclassed():
    assert Shouting().filter_content(PAGE) == ["TEA TEA BREWING GREEN TEA"]
    assert Shouting(user_query="q", verbose=True).filter_content(PAGE) == ["Q"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *(("caresses", "caress"), ("ponies", "poni"), ("cats", "cat"), ("feed", "feed"), ("agreed", "agre")),
        *(("plastered", "plaster"), ("bled", "bled"), ("motoring", "motor"), ("sing", "sing"), ("sized", "size")),
        *(("hopping", "hop"), ("falling", "fall"), ("filing", "file"), ("happy", "happi"), ("sky", "sky")),
        *(("relational", "relat"), ("conditional", "condit"), ("vietnamization", "vietnam"), ("operator", "oper")),
        *(("formality", "formal"), ("triplicate", "triplic"), ("electrical", "electr"), ("goodness", "good")),
        *(("adjustment", "adjust"), ("adoption", "adopt"), ("effective", "effect"), ("probate", "probat")),
        *(("rate", "rate"), ("cease", "ceas"), ("controlling", "control"), ("rolling", "roll"), ("is", "is")),
        *(("größe", "größe"), ("c3po", "c3po")),
    ],
)
def test_stems(word, expected):
    assert stem(word) == expected
