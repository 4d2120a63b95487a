"""Marks where Markdown reads them, in every script."""

import pytest


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a <b>b</b> <i>c</i> <strong>d</strong> <em>e</em>", "a **b** _c_ **d** _e_"),
        ("<b><i>a</i></b> <i><b>b</b></i>", "**_a_** _**b**_"),
        ("<b> a </b>b", "**a** b"),
        ("<b>a</b><b>b</b><i>c</i><i>d</i>", "**ab**_cd_"),
        ("<b>a <strong>b</strong></b> <i><em>c</em></i>", "**a b** _c_"),
        ("f<b>oo</b>", "f**oo**"),
        ("f<i>oo</i>d", "f*oo*d"),
        ("<i>a</i>s", "*a*s"),
        ("<b>a:</b> b", "**a:** b"),
        ("<b>a:</b>b", "**a**:b"),
        ("<b>(a)</b>b", "(**a**)b"),
        ("<b>“a”</b> b", "**“a”** b"),
        ("“<i>a</i>”, a—<i>b</i>—c", "“_a_”, a—_b_—c"),
        ("a<b>.</b>b", "a.b"),
        ("привет <b>мир</b>, <i>мир</i>.", "привет **мир**, _мир_."),
        ("中<b>文</b>字<i>学</i>", "中**文**字*学*"),
        ("<b>中文。</b>字", "**中文**。字"),
        ("שלום <b>עולם</b>", "שלום **עולם**"),
        ("<b>é <code>x</code></b>", "**é `x`**"),
        ("<s>é</s>t", "~~é~~t"),
        ("<b></b>a<i> </i>b", "a b"),
        ("&lt;strong&gt;é&lt;/strong&gt;", r"\<strong>é\</strong>"),
        ("<code>&lt;strong&gt;é&lt;/strong&gt;</code> <b>é</b>", "`<strong>é</strong>` **é**"),
    ],
)
def test_marks(markdown, rendered, html, expected):
    written = markdown(f"<p>{html}</p>")
    assert written == expected
    shown = rendered(written)
    assert not set("*_~") & set(shown), f"a mark that is not read as one: {shown}"


def test_marks_of_ones_own(markdown):
    html = "<b>a</b> <i>b</i> <b>é</b>x<i>é</i>"
    assert markdown(html, strong_mark="__", emphasis_mark="*") == "__a__ *b* **é**x*é*"
    assert markdown(html, ignore_emphasis=True) == "a b éxé"
