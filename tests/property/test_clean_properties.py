"""What holds for every page that is cleaned."""

import re
from collections import Counter
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from skitter.clean import BM25ContentFilter, PruningContentFilter, exclude, tidy, to_html
from skitter.clean.filters import parsed
from skitter.clean.options import CleanOptions
from skitter.clean.stemming import stem
from skitter.clean.words import count_words
from skitter.parse.document import read

URL = "https://example.com/a"
HARMLESS = (
    *("p", "div", "span", "b", "a", "ul", "li", "blockquote", "section", "em", "h2", "my-card", "unknown", "font"),
)
HOSTILE = (
    *HARMLESS,
    *("table", "tr", "td", "script", "style", "noscript", "template", "svg", "math", "select", "option", "form"),
    *("iframe", "pre", "code", "textarea", "title", "head", "body", "frameset", "video", "picture"),
)
VOID = (
    *("<br>", "<hr>", "<wbr>", "<input>", "<area>", "<!-- c -->", "</p>", "</div>"),
    *('<img src="/i">', '<img data-src="x">'),
)
words = st.text("abcdefgh éш中", min_size=1, max_size=8)


def pages(tags: tuple[str, ...], *more: str) -> st.SearchStrategy[str]:
    """Give pages of nested elements."""
    leaf = st.one_of(words, st.sampled_from(more)) if more else words
    attributes = st.sampled_from(
        ["", ' class="x y"', ' href="/p?q#f"', ' href="http://o.org/"', " onclick=x hidden", ' id="i"']
    )

    def nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(
            lambda tag, attribute, parts: f"<{tag}{attribute}>{''.join(parts)}</{tag}>",
            st.sampled_from(tags), attributes, st.lists(inner, max_size=4),
        )  # fmt: skip

    return st.lists(st.recursive(leaf, nest, max_leaves=20), max_size=5).map("".join)


def cleaned(html: str, **options: object) -> str:
    chosen = CleanOptions(**options)
    document = read(html, url=URL, base_url=URL)
    exclude(document, chosen)
    tree, _ = tidy(document, chosen)
    return to_html(tree, chosen)


def text_of(html: str) -> str:
    return "".join(parsed(html).root.text.split())


options = st.fixed_dictionaries(
    {},
    optional={
        "css_selector": st.sampled_from(["p", "div p, .x", ":nth-child(2)", "#i", "td", "body", "*"]),
        "target_elements": st.sampled_from([("p",), (".x", "li"), ("tr", "td"), ()]),
        "excluded_tags": st.sampled_from([("p",), ("svg", "b"), ("body",), ("noscript",)]),
        "excluded_selector": st.sampled_from([".y", "p > b", "html", "img"]),
        "word_count_threshold": st.integers(0, 4),
        **dict.fromkeys(
            ("only_text", "keep_data_attributes", "remove_forms", "prettiify", "exclude_external_links",
             "exclude_internal_links", "exclude_social_media_links", "exclude_external_images", "exclude_all_images"),
            st.booleans(),
        ),
    },
)  # fmt: skip


@given(pages(HOSTILE, *VOID), options)
@settings(max_examples=100)
def test_every_page_can_be_cleaned_with_every_option(html, chosen):
    assert not parsed(cleaned(html, **chosen)).select("[onclick],script,iframe,template,svg")


@given(st.text(), options)
def test_every_text_is_a_page(text, chosen):
    cleaned(text, **chosen)


@given(pages(HARMLESS, "<br>", "<hr>", "<!-- c -->", "<script>s</script>", "<i></i>"))
@settings(max_examples=100)
def test_no_text_is_lost_and_none_invented(html):
    whole = parsed(html)
    whole.remove("script")
    assert text_of(cleaned(html)) == "".join(whole.root.text.split())


@given(pages(HARMLESS), st.sampled_from(HARMLESS))
@settings(max_examples=100)
def test_what_is_excluded_takes_its_own_text_and_no_other(html, tag):
    rest = parsed(html)
    rest.remove(tag)
    assert text_of(cleaned(html, excluded_tags=(tag,))) == "".join(rest.root.text.split())


@given(pages(HARMLESS), st.booleans(), st.booleans())
def test_links_leave_their_text(html, external, internal):
    chosen = {"exclude_external_links": external, "exclude_internal_links": internal}
    assert text_of(cleaned(html, **chosen)) == text_of(cleaned(html))


@given(pages(HARMLESS, '<img src="/i">', "<br>"))
def test_only_text_has_all_the_text(html):
    assert text_of(cleaned(html, only_text=True)) == text_of(cleaned(html))


@given(pages((*HARMLESS, "table", "tr", "td", "pre"), "<br>", '<img src="/i">'))
def test_cleaning_twice_is_cleaning_once(html):
    once = cleaned(html)
    assert cleaned(once) == once


@given(pages(HARMLESS, "<br>"), st.integers(0, 5))
def test_a_threshold_only_removes(html, fewest):
    all_words, some = (Counter(re.findall(r"\S+", text_of(page))) for page in (cleaned(html), cleaned(html)))
    assert not some - all_words
    assert len(text_of(cleaned(html, word_count_threshold=fewest))) <= len(text_of(cleaned(html)))


filters = st.sampled_from(
    [
        PruningContentFilter(threshold=0.3),
        PruningContentFilter(None, 2, "dynamic"),
        BM25ContentFilter("a b", 0.1),
        BM25ContentFilter(),
    ]
)


@given(pages(HOSTILE, *VOID), filters)
@settings(max_examples=100)
def test_filters_keep_parts_of_the_page_in_order(html, content_filter):
    kept = content_filter.filter_content(html)
    assert all(isinstance(block, str) and block.startswith("<") for block in kept)
    whole = Counter("".join(parsed(html).root.text.split()))
    assert not Counter("".join(text_of(f"<body>{block}") for block in kept)) - whole


@given(st.text())
def test_words_are_never_more_than_characters(text):
    assert 0 <= count_words(text) <= len(text)


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_stem_is_no_longer_than_its_word(word):
    assert len(stem(word)) <= len(word) + 1


@given(st.text(max_size=200))
def test_text_survives_as_text(text):
    body = cleaned(f"<p>x{escape(text)}</p>")
    control = re.compile(r"[\x00-\x20\x7f-\x9f\xa0]+")
    assert control.sub("", parsed(body).root.text) == control.sub("", f"x{text}")
