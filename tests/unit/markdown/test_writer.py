"""Elements as Markdown: paragraphs, headings, links, images, lists, marks, breaks."""

import pytest


def test_paragraphs_headings_and_rules(markdown):
    html = "<h1>One</h1><p>Two\n  three</p><h6>Four</h6>five<hr><div>six<p>seven</p>eight</div>"
    assert markdown(html) == "# One\n\nTwo three\n\n###### Four\n\nfive\n\n---\n\nsix\n\nseven\n\neight"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x">a</a>', "[a](https://example.com/x)"),
        ('<a href="/x" title=\'t "u"\'>a</a>', '[a](https://example.com/x "t \\"u\\"")'),
        ('<a href="/x y">a</a>', "[a](https://example.com/x%20y)"),
        ('<a href="/x_(y)">a</a>', "[a](https://example.com/x_(y))"),
        ('<a href="/x)y">a</a>', "[a](https://example.com/x%29y)"),
        ('<a href="/x">a [b] c</a>', r"[a \[b\] c](https://example.com/x)"),
        ('<a href="https://x.org/">https://x.org/</a>', "<https://x.org/>"),
        ('<a href="mailto:a@b.org">mail</a>', "[mail](mailto:a@b.org)"),
        ('<a href="javascript:x()">a</a> <a>b</a> <a href="">c</a>', "a b c"),
        ('<a href="/x"></a><a href="/x"><i class="icon"></i></a>b', "b"),
        ('<a href="/x">a<br>b</a>', "[a b](https://example.com/x)"),
        ('<a href="/x"><b>a</b></a> <b><a href="/y">b</a></b>',
         "[**a**](https://example.com/x) **[b](https://example.com/y)**"),
        ('<a href="/x"><img src="/i.png" alt="i"></a>', "[![i](https://example.com/i.png)](https://example.com/x)"),
        ('<a href="#part">a</a> <a href="https://example.com/a/b#part">b</a> <a href="/c#part">c</a>',
         "a b [c](https://example.com/c#part)"),
    ],
)  # fmt: skip
def test_links(markdown, html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x"><h3>Title</h3><p>text</p></a>', "### [Title](https://example.com/x)\n\ntext"),
        ('<h3><a href="/x">Title</a></h3>', "### [Title](https://example.com/x)"),
        ('<a href="/x"><div><p>first</p><ul><li>item</li></ul></div></a>', "[first](https://example.com/x)\n\n* item"),
        ('<ul><a href="/x"><li>item</li></a><li>b</li></ul>', "* [item](https://example.com/x)\n* b"),
        ('<a href="/x"><div>one</div><div>two</div></a>', "[one two](https://example.com/x)"),
    ],
)
def test_links_around_blocks(markdown, html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize("sign", ["¶", "#", "🔗", '<svg><path d=""/></svg>'])
def test_headings_lose_the_sign_that_links_to_themselves(markdown, sign):
    assert markdown(f'<h2>Title <a class="anchor" href="#title">{sign}</a></h2>') == "## Title"


def test_a_heading_that_is_a_link_keeps_its_words(markdown):
    assert markdown('<h2><a href="#t">C#</a></h2><h2><a href="#u">#</a></h2>') == "## C#\n\n## \\#"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="/i.png" alt="an [image]\nhere">', r"![an \[image\] here](https://example.com/i.png)"),
        ('<img src="/i.png" title="t">', '![](https://example.com/i.png "t")'),
        ('a<img src="data:image/png;base64,AAAA" alt="drawn">b', "adrawnb"),
        ('a<img src="">b', "ab"),
        ('<img data-src="/lazy.png" src="data:image/gif;base64,R0">', "![](https://example.com/lazy.png)"),
        ('<figure><img src="/i.png" alt="i"><figcaption>Said</figcaption></figure>',
         "![i](https://example.com/i.png)\n\nSaid"),
    ],
)  # fmt: skip
def test_images(markdown, html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>a<li>b<ul><li>c<ol start=3><li>d<li>e</ol></ul><li>f</ul>",
         "* a\n* b\n  * c\n\n    3. d\n    4. e\n* f"),
        ("<ol><li>a<li value=7>b<li>c</ol>", "1. a\n7. b\n8. c"),
        ("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", "* a\n\n  b\n\n* c"),
        ("<ul><li><input type=checkbox checked> a<li><label><input type=checkbox> b</label></ul>", "* [x] a\n* [ ] b"),
        ("<ul><li># a</li><li>1. b</li><li>- c</li></ul>", "* \\# a\n* 1\\. b\n* \\- c"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "* a\n  * b"),
        ("<ul><li>a<hr></li><li>b</li></ul>", "* a\n* b"),
        ("<dl><dt>a</dt><dd>b</dd><dd><p>c</p><p>d</p></dd></dl>", "a\n\n: b\n\nc\n\nd"),
        ("<details><summary>a</summary>b</details>", "a\n\nb"),
        ("<blockquote><p>a</p><blockquote>b</blockquote><cite>c</cite></blockquote>", "> a\n>\n> > b\n>\n> c"),
    ],
)  # fmt: skip
def test_lists_and_quotes(markdown, html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a<br>b", "a  \nb"),
        ("a<br><br>b<br>\n<br> <br>c", "a\n\nb\n\nc"),
        ("<p><br>a<br></p>", "a"),
        ("<b>a<br></b>b", "**a**  \nb"),
        ("<p>a</p><br><p>b</p>", "a\n\nb"),
        ("<h2>a<br>b</h2>", "## a b"),
    ],
)
def test_line_breaks(markdown, html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("10<sup>6</sup> m<sup>2</sup> H<sub>2</sub>O 1<sup>st</sup> 5<sup>-1</sup>", "10^6 m^2 H2O 1st 5^-1"),
        ("<s>a</s> <del>b</del> <ins>c</ins> <mark>d</mark>", "~~a~~ ~~b~~ c d"),
        ("<q>a</q> <kbd>Ctrl</kbd><kbd>C</kbd> <samp>x</samp> <tt>y</tt>", '"a" `Ctrl` `C` `x` `y`'),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        ("<select><option>A</option><option>B</option></select><button>Go</button><button>No</button>", "A B Go No"),
        ("<p>a&nbsp;&nbsp;b &nbsp; c</p><p>&nbsp;</p><p>d&nbsp;</p>", "a b c\n\nd"),
        ("soft&shy;ly zero&#8203;width", "softly zerowidth"),
        ("a<!-- b -->c<script>d</script>", "ac"),
    ],
)
def test_inline(markdown, html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("snake_case_name and __init__", r"snake_case_name and \_\_init\_\_"),
        ("https://x.org/a_b_c", "https://x.org/a_b_c"),
        ("2*3*4", r"2\*3\*4"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("- a", r"\- a"),
        ("a # b - c 1. d", "a # b - c 1. d"),
        ("&lt;b&gt; &amp;amp; AT&amp;T", r"\<b> \&amp; AT&T"),
        ("a \\ b", r"a \\ b"),
        ("about ~5 to ~7", "about ~5 to ~7"),
        ("1.5 and 2.", "1.5 and 2."),
        ("#tag", "#tag"),
        ("-5 or +3", "-5 or +3"),
        ("\\.a \\-b \\\\_c_", "\\\\.a \\\\-b \\\\\\\\\\_c\\_"),
        ("1)a", "1)a"),
        ("~~a~~", r"\~\~a\~\~"),
        ("`a`", r"\`a\`"),
    ],
)
def test_text_stays_text(markdown, rendered, text, expected):
    written = markdown(f"<p>{text}</p>")
    assert written == expected
    assert rendered(written).strip() == f"<p>{text.replace('>', '&gt;')}</p>"


def test_nothing_is_an_empty_text(markdown):
    assert markdown("") == markdown("<p> </p>&nbsp;") == markdown("<script>a</script>") == ""


def test_deep_pages_do_not_overflow(markdown):
    assert markdown("<div>" * 5_000 + "<b>" * 5_000 + "a").strip("*") == "a"
    assert markdown("<ul><li>" * 1_000 + "a").endswith("a")
