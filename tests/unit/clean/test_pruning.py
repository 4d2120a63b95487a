"""PruningContentFilter: what it scores, and that it loses no sentence's words."""

import math

import pytest

from skitter.base.options import Strategy
from skitter.clean import PruningContentFilter, PruningContentFilterLXML, RelevantContentFilter
from skitter.clean.filters import parsed

TEXT = "Steep the leaves in water that has just boiled, and wait for four minutes before you pour."
PAGE = f"""
<html><head><title>Tea</title></head><body>
<header><h1>Shop</h1></header>
<nav><a href="/a">Home</a> <a href="/b">About</a></nav>
<div class="menu"><a href="/some/long/path/one">One</a><a href="/some/long/path/two">Two</a></div>
<article><h2>How to brew</h2><p>{TEXT}</p><p>{TEXT} See <span><a href="/a/very/long/address/indeed">this</a></span>.</p>
<pre>kettle --boil
  --wait</pre></article>
bare words of the body that belong to nothing
<footer>Imprint</footer>
</body></html>
"""


def kept(html: str, **options: object) -> str:
    return "".join(PruningContentFilter(**options).filter_content(html))


def test_navigation_goes_and_the_article_stays_whole():
    html = kept(PAGE)
    assert TEXT in html
    assert "this</a></span>." in html, "a link in a sentence is part of it"
    assert "kettle --boil\n  --wait" in html
    assert not any(word in html for word in ("Home", "One", "Imprint", "Shop"))


def test_bare_text_of_the_body_is_kept():
    assert "bare words of the body that belong to nothing" in kept(PAGE)


def test_blocks_come_in_document_order_each_an_element():
    blocks = PruningContentFilter().filter_content(f"<p>1 {TEXT}</p>2 {TEXT}<div>3 {TEXT}</div>")
    assert [block[:6] for block in blocks] == ["<p>1 S", "<div>2", "<div>3"]


@pytest.mark.parametrize(
    ("html", "score"),
    [
        ("<p>abcd</p>", 0.4 + 0.2 + 0.2 * 1.0 + 0.1 * math.log(5)),
        ("<h1>abcd</h1>", 0.4 + 0.2 + 0.2 * 1.2 + 0.1 * math.log(5)),
        ("<div><p>abcd</p></div>", 0.4 * 4 / 11 + 0.2 + 0.2 * 0.5 + 0.1 * math.log(5)),
        ('<div><a href="x">abcd</a></div>', 0.4 * 4 / 20 + 0.0 + 0.2 * 0.5 + 0.1 * math.log(5)),
        ("<div><b>ab</b><a>cd</a></div>", 0.4 * 4 / 18 + 0.2 * 0.5 + 0.2 * 0.5 + 0.1 * math.log(5)),
        ('<p class="comments">abcd</p>', 0.35 + 0.2 + 0.2 * 1.0 + 0.1 * math.log(5)),
        ('<p class="heads up navy">abcd</p>', 0.4 + 0.2 + 0.2 * 1.0 + 0.1 * math.log(5)),
    ],
)
def test_score(html, score):
    assert kept(html, threshold=score - 1e-9) == html
    assert kept(html, threshold=score + 1e-9) == ""


@pytest.mark.parametrize(
    ("html", "factor"),
    [
        ("<p>abcd</p>", 0.8 * 0.9),
        ("<div><b></b><i></i>abcd</div>", 1.0),
        ('<div><a href="http://x">abcd</a></div>', 1.2),
    ],
)
def test_dynamic_threshold(html, factor):
    low, high = 0.0, 4.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if kept(html, threshold=middle) else (low, middle)
    dynamic = {"threshold_type": "dynamic"}
    assert kept(html, threshold=low / factor - 1e-6, **dynamic)
    assert not kept(html, threshold=low / factor + 1e-6, **dynamic)


def test_min_word_threshold_drops_short_parts_and_no_words_of_a_sentence():
    html = f"<div><p>{TEXT} <b>Really.</b></p><p>Too short</p><p>機械学習の基礎を学ぶ</p></div>"
    assert kept(html, min_word_threshold=5) == f"<div><p>{TEXT} <b>Really.</b></p><p>機械学習の基礎を学ぶ</p></div>"
    blocks = PruningContentFilter().filter_content(html, 6)
    assert blocks == [f"<div><p>{TEXT} <b>Really.</b></p></div>"]


def test_preserved_classes_and_tags_stay_whole():
    html = f'<p>{TEXT}</p><div class="x keep"><a href="/a/long/one">a</a></div><nav><a href="/b">b</a></nav>'
    assert kept(html) == f"<p>{TEXT}</p>"
    assert kept(html, preserve_classes=("keep",), preserve_tags=("nav",)) == html


def test_a_form_around_the_page_is_no_boilerplate():
    html = kept(f"<form><p>{TEXT}</p><nav>n</nav><form><input></form></form>")
    assert TEXT in html
    assert "nav" not in html
    assert TEXT not in kept(f"<form><p>{TEXT}</p></form><p>{TEXT * 2}</p>").replace(TEXT * 2, "")


def test_tables_and_code_are_kept_whole_and_layout_tables_are_not():
    rows = "<tr><td>1</td><td></td></tr>" * 30
    table = f"<table><tbody>{rows}</tbody></table>"
    assert kept(table, threshold=0.4) == table
    outer = f"<table><tbody><tr><td>{table}</td><td>{TEXT * 3}</td><td><nav>n</nav></td></tr></tbody></table>"
    assert "nav" not in kept(outer, threshold=0.3)


def test_line_breaks_and_images_of_a_text_stay_with_it():
    html = f'<p>{TEXT}<br>{TEXT} <img src="x"></p>'
    assert kept(html) == html


def test_nothing_kept_is_an_empty_list():
    assert PruningContentFilter().filter_content("<nav>a</nav>") == []
    assert PruningContentFilter().filter_content("") == []


def test_it_works_on_a_tree():
    body = parsed(PAGE).find("body")
    assert [element.tag for element in PruningContentFilter().keep(body)] == ["article", "div"]


def test_arguments_by_position_are_those_of_the_peer():
    chosen = PruningContentFilter(None, 10, "dynamic", 0.5)
    assert (chosen.min_word_threshold, chosen.threshold_type, chosen.threshold) == (10, "dynamic", 0.5)
    assert PruningContentFilterLXML is PruningContentFilter
    assert isinstance(chosen, RelevantContentFilter)
    assert isinstance(chosen, Strategy)


def test_deep_and_wide_pages_take_time_in_proportion():
    deep = "<div>" * 5_000 + TEXT
    wide = f"<p>{TEXT}</p>" * 5_000
    assert TEXT in kept(deep + wide)
