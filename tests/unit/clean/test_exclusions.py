"""What is removed, and that nothing beside it is."""

import pytest

from skitter.clean import check, exclude
from skitter.clean.options import CleanOptions
from skitter.errors import ConfigError
from skitter.parse.document import read

URL = "https://www.example.co.uk/a/b?q#f"


def test_scripts_styles_comments_and_templates_go_and_text_beside_them_stays(clean):
    html = "a<script>1</script>b<style>c{}</style>d<!-- e -->f<template><p>g</p></template>h"
    assert clean(html) == "abdfh"


def test_excluded_tags_take_what_they_hold_and_no_text_behind_them(clean):
    html = "<p>before <b>bold</b> behind</p><nav>menu</nav>tail<nav>menu</nav>"
    assert clean(html, excluded_tags=("nav", "B")) == "<p>before  behind</p>tail"


def test_an_excluded_tag_may_have_any_name(clean):
    assert clean("<o:p>x</o:p>y<my-ad>z</my-ad>", excluded_tags=("o:p", "my-ad")) == "y"


def test_excluded_selector(clean):
    html = '<div class="ad">x</div>tail<p id="keep">p</p><p>q</p>'
    assert clean(html, excluded_selector=".ad, p:not(#keep)") == 'tail<p id="keep">p</p>'


def test_selectors_see_the_page_as_it_came(clean):
    html = "<p>a</p><script>1</script><p>b</p><p>c</p>"
    assert clean(html, css_selector="p:nth-child(n+3)", excluded_selector="body > :nth-child(4)") == "<p>b</p>"


def test_excluded_is_excluded_from_what_is_selected_too(clean):
    html = '<main>a <i class="ad">x</i>b</main><div class="ad"><main>c</main></div>'
    assert clean(html, css_selector="main", excluded_selector=".ad") == "<main>a b</main>"


def test_remove_forms(clean):
    assert clean("a<form><p>x</p><input></form>b", remove_forms=True) == "ab"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"exclude_external_links": True}, 'I see <a href="https://example.co.uk/x">in</a>, out, none.'),
        ({"exclude_internal_links": True}, 'I see in, <a href="http://other.co.uk/">out</a>, none.'),
        ({"exclude_domains": ("other.co.uk",)}, 'I see <a href="https://example.co.uk/x">in</a>, out, none.'),
        ({"exclude_domains": ("er.co.uk", "r.co.uk")},
         'I see <a href="https://example.co.uk/x">in</a>, <a href="http://other.co.uk/">out</a>, none.'),
    ],
)  # fmt: skip
def test_links_go_and_their_text_stays(clean, options, expected):
    html = 'I see <a href="//example.co.uk/x">in</a>, <a href="http://other.co.uk">out</a>, none.'
    assert clean(html, **options) == expected


@pytest.mark.parametrize("domain", ["https://WWW.Other.org/path", "*.other.org", "other.org ", "OTHER.ORG:80"])
def test_domains_may_be_written_as_people_do(clean, domain):
    assert clean('<a href="http://sub.other.org/">a</a>', exclude_domains=(domain,)) == "a"


def test_mail_and_telephone_links_are_neither_internal_nor_external(clean):
    html = '<a href="mailto:a@b.org">m</a><a href="tel:+1">t</a>'
    assert clean(html, exclude_external_links=True, exclude_internal_links=True) == html


def test_social_media_links(clean):
    html = '<a href="https://m.facebook.com/x">f</a><a href="https://vk.com">v</a><a href="https://notx.com/">n</a>'
    assert clean(html, exclude_social_media_links=True) == (
        'f<a href="https://vk.com/">v</a><a href="https://notx.com/">n</a>'
    )
    more = {"exclude_social_media_links": True, "exclude_social_media_domains": ("vk.com",)}
    assert clean(html, **more) == 'fv<a href="https://notx.com/">n</a>'


def test_social_media_domains_alone_are_warned_of(cleaned):
    _, [warning] = cleaned("x", exclude_social_media_domains=("vk.com",))
    assert "exclude_social_media_links" in warning


def test_external_images_go_with_their_picture(clean):
    html = (
        '<p>a<picture><source srcset="https://cdn.org/x.webp"><img src="https://cdn.org/x.png"></picture>b'
        '<img src="/own.png">c<img src="data:image/png;base64,AAAA" alt="inline">d</p>'
    )
    assert clean(html, exclude_external_images=True) == (
        '<p>ab<img src="https://www.example.co.uk/own.png">c<img alt="inline">d</p>'
    )


def test_images_of_excluded_domains(clean):
    assert clean('<img src="https://a.cdn.org/x.png">t', exclude_domains=("cdn.org",)) == "t"


def test_all_images(clean):
    html = '<p>a<img src="x">b<picture><img src="y"></picture>c<svg><text>word</text></svg>d</p>'
    assert clean(html, exclude_all_images=True) == "<p>abcd</p>"


def test_excluded_links_are_gone_from_the_tree_that_links_are_read_from():
    document = read('<a href="/in">a</a><area href="http://out.org/">', url=URL, base_url=URL)
    exclude(document, CleanOptions(exclude_external_links=True))
    assert [link.attr("href") for link in document.tree.select("a,area")] == ["https://www.example.co.uk/in"]


def test_a_selector_that_matches_nothing_empties_the_page_and_says_so(cleaned):
    html, [warning] = cleaned("<p>text</p>", css_selector="#none")
    assert html == ""
    assert "`css_selector` '#none' matches nothing" in warning


def test_a_selector_that_matches_the_body_keeps_the_page(clean):
    assert clean("<p>a</p>b", css_selector="body, p") == "<p>a</p>b"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"css_selector": "a["}, "css_selector"),
        ({"css_selector": " "}, "css_selector"),
        ({"excluded_selector": "//div"}, "excluded_selector"),
        ({"target_elements": ("p", "a:nope")}, "target_elements"),
        ({"excluded_tags": ("div.x y",)}, "excluded_tags"),
        ({"keep_attrs": ("a b",)}, "keep_attrs"),
    ],
)
def test_options_that_can_never_work_are_named(options, name):
    with pytest.raises(ConfigError, match=f"^`{name}`"):
        check(CleanOptions(**options))


@pytest.mark.parametrize(
    ("written", "absolute"),
    [
        ("/x y", "https://www.example.co.uk/x%20y"),
        (" \n/x\t ", "https://www.example.co.uk/x"),
        ("\\x", "https://www.example.co.uk/x"),
        ("../c", "https://www.example.co.uk/c"),
        ("?n", "https://www.example.co.uk/a/b?n"),
        ("#n", "https://www.example.co.uk/a/b?q#n"),
        ("//h/", "https://h/"),
        ("HTTP://H.org:80/./é", "http://h.org/%C3%A9"),
        ("mailto:a b", "mailto:a b"),
        ("http://[", "http://["),
    ],
)
def test_urls_become_absolute_as_in_a_browser(written, absolute):
    document = read("", url=URL, base_url=URL)
    document.tree.find("body").insert_adjacent_html("beforeend", "<a>x</a><blockquote>")
    document.tree.find("a").attrs["href"] = document.tree.find("blockquote").attrs["cite"] = written
    exclude(document, CleanOptions())
    assert document.tree.find("a").attr("href") == document.tree.find("blockquote").attr("cite") == absolute


def test_without_a_base_urls_stay(clean):
    assert clean('<a href=" /x ">y</a>', base_url="") == '<a href="/x">y</a>'


def test_declarative_shadow_roots_are_shown(clean):
    html = '<my-card><template shadowrootmode="open"><p>shadow</p><slot></slot></template>light</my-card>'
    assert clean(html) == "<my-card><p>shadow</p>light</my-card>"


def test_hostile_nesting_is_linear(clean):
    deep = "<div>" * 20_000 + "x"
    assert clean(deep, css_selector="div", excluded_selector=".none").endswith("</div>")
