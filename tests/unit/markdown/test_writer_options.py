"""Each option of writing Markdown does what its name says."""

import pytest

from skitter.markdown.writer_options import WriterOptions

LONG = "<p>" + "word " * 30 + '<a href="/x">a link of several words</a></p>'


@pytest.mark.parametrize(
    ("options", "html", "expected"),
    [
        ({"single_line_break": True}, "<p>a</p><p>b</p>", "a\nb"),
        ({"ignore_links": True}, '<a href="/x">a</a><img src="/i">', "a![](https://example.com/i)"),
        ({"ignore_anchors": True}, '<a href="/x">a</a>', "a"),
        ({"ignore_mailto_links": True}, '<a href="MAILTO:a@b.org">a</a>', "a"),
        ({"skip_internal_links": False}, '<a href="#x">a</a>', "[a](https://example.com/a/b#x)"),
        ({"protect_links": True}, '<a href="/x">a</a> <img src="/i" alt="b" title="t">',
         '[a](<https://example.com/x>) ![b](<https://example.com/i> "t")'),
        ({"use_automatic_links": False}, '<a href="https://x.org/">https://x.org/</a>', "[https://x.org/](https://x.org/)"),
        ({"inline_links": False}, '<a href="/x">a</a>', "[a][1]\n\n[1]: https://example.com/x"),
        ({"ignore_images": True}, 'a<img src="/i" alt="b">', "a"),
        ({"images_to_alt": True}, 'a <img src="/i" alt="b">', "a b"),
        ({"images_as_html": True}, '<img src="/i" alt="b">', '<img src="https://example.com/i" alt="b">'),
        ({"images_with_size": True}, '<img src="/i" width="3"><img src="/j">',
         '<img src="https://example.com/i" width="3">![](https://example.com/j)'),
        ({"default_image_alt": "picture"}, '<img src="/i">', "![picture](https://example.com/i)"),
        ({"ignore_emphasis": True}, "<b>a</b> <i>b</i> <b>é</b>", "a b é"),
        ({"emphasis_mark": "*"}, "<i>a</i>", "*a*"),
        ({"strong_mark": "__"}, "<b>a</b>", "__a__"),
        ({"hide_strikethrough": True}, "a<s>b</s>c", "ac"),
        ({"include_sup_sub": True}, "10<sup>6</sup> H<sub>2</sub>O", "10<sup>6</sup> H<sub>2</sub>O"),
        ({"ul_item_mark": "-"}, "<ul><li>a</ul>", "- a"),
        ({"ul_item_mark": "-+"}, "<ul><li>a<ul><li>b</ul></ul>", "- a\n  + b"),
        ({"open_quote": "«", "close_quote": "»"}, "<q>a</q>", "«a»"),
        ({"mark_code": False}, "<pre>a</pre>", "    a"),
        ({"escape_snob": True}, "a - b + c! #1", r"a \- b \+ c\! \#1"),
        ({"escape_html": False}, "a &lt;b&gt; &amp;amp; <code>\\&lt;</code>", "a <b> &amp; `\\<`"),
        ({"escape_backslash": False}, "a \\ b \\* c", "a \\ b \\\\* c"),
        ({"escape_dot": False}, "<p>1. a</p><p>2) b</p>", "1. a\n\n2) b"),
        ({"escape_plus": False}, "<p>+ a</p>", "+ a"),
        ({"escape_dash": False}, "<p>- a</p>", "- a"),
        ({"unicode_snob": False}, "“a” — b…", '"a" -- b...'),
        ({"preserve_tags": ("u", "aside")}, "a <u>b</u><aside><p>c</p></aside>", "a <u>b</u><aside><p>c</p></aside>"),
    ],
)  # fmt: skip
def test_option(markdown, options, html, expected):
    assert markdown(html, **options) == expected


def test_body_width(markdown):
    lines = markdown(LONG, body_width=40).split("\n")
    assert max(map(len, lines)) <= 60
    assert len(lines) > 3
    whole = markdown(LONG, body_width=40, wrap_links=False).split("\n")
    assert any("[a link of several words](https://example.com/x)" in line for line in whole)
    item = f"<ul><li>{'word ' * 30}</li></ul>"
    assert markdown(item, body_width=40).count("\n") == 0
    assert markdown(item, body_width=40, wrap_list_items=True).count("\n") > 2


def test_google_docs(markdown):
    from skitter.markdown import DefaultMarkdownGenerator

    html = '<p><span style="font-weight:700">a</span></p><ul><li style="margin-left:72px">b</li></ul>'
    options = {"google_doc": True, "google_list_indent": 36}
    generator = DefaultMarkdownGenerator(options=options, content_source="raw_html")
    assert "**a**" in generator.generate_markdown(html).raw_markdown


def test_every_option_is_shown_here():
    import re
    from pathlib import Path

    folder = Path(__file__).parent
    text = "".join(path.read_text() for path in folder.glob("test_*.py"))
    assert not [name for name in WriterOptions.model_fields if not re.search(rf"\b{name}\b", text)]
