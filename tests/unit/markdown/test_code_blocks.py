"""Code blocks: every byte of the code, and its language."""

import html

import pytest
import turbohtml

CODE = [
    "def f():\n    return 1\n\n\n    # after\n",
    "\n\nleading",
    "\ttab\r\n trailing   \n\t\n",
    "``` fence\n```` longer\n~~~",
    "a & b < c > d &amp; e",
    "# no heading\n* no list\n> no quote\n[no](link)",
    "   ",
    "\\ `a` \\\\ _b_ **c**",
]


@pytest.mark.parametrize("code", CODE)
@pytest.mark.parametrize("form", ["<pre>\n{}</pre>", "<pre><code>{}</code></pre>", "<pre><code><b>{}</b></code></pre>"])
@pytest.mark.parametrize("around", ["{}", "<blockquote>{}</blockquote>", "<ol><li>a{}</li></ol>", "<ul><li>{}</ul>"])
def test_code_is_what_it_was(markdown, rendered, code, form, around):
    if not code.strip():
        assert markdown(around.format(form.format(code))).strip(" 1.a*>") == ""
        return
    page = around.format(form.format(html.escape(code, quote=False)))
    shown = turbohtml.parse(rendered(markdown(page)).replace("<pre><code>", "<pre><code>\n")).find("pre")
    assert shown is not None
    assert shown.text.removeprefix("\n").removesuffix("\n") == code.replace("\r\n", "\n").removesuffix("\n")


@pytest.mark.parametrize(
    "html",
    [
        '<pre><code class="language-python">x</code></pre>',
        '<pre class="language-python line-numbers"><code>x</code></pre>',
        '<pre><code class="hljs lang-python">x</code></pre>',
        '<div class="highlight highlight-source-python"><pre>x</pre></div>',
        '<div class="highlight-python notranslate"><div class="highlight"><pre>x</pre></div></div>',
        '<div class="language-python highlighter-rouge"><div class="highlight"><pre><code>x</code></pre></div></div>',
        '<pre class="brush: python; toolbar: false">x</pre>',
        '<pre class="sourceCode python"><code class="sourceCode python">x</code></pre>',
        '<figure class="highlight python"><pre>x</pre></figure>',
        '<pre data-lang="python">x</pre>',
        '<pre lang="python"><code>x</code></pre>',
        '<pre class="python">x</pre>',
        '<pre><code class="python hljs">x</code></pre>',
    ],
)
def test_language(markdown, html):
    assert markdown(html) == "```python\nx\n```"


@pytest.mark.parametrize(
    "html",
    [
        "<pre>x</pre>",
        '<pre class="wp-block-code"><code>x</code></pre>',
        '<pre><code class="language-none">x</code></pre>',
        '<pre lang="en">x</pre>',
        '<pre class="language-`bad`">x</pre>',
        '<article class="language-python"><pre>x</pre></article>',
    ],
)
def test_no_language(markdown, html):
    assert markdown(html) == "```\nx\n```"


@pytest.mark.parametrize(
    "html",
    [
        "<pre>a<br>  b<br/><br>c</pre>",
        "<pre><code><div>a</div><div>  b</div><div><br></div><div>c</div></code></pre>",
        '<pre><i class="line">a</i>\n<i class="line">  b</i>\n<i class="line"></i>\n<i>c</i></pre>',
        '<pre><span class="line">a</span><span class="line">  b</span><span class="line"> </span>'
        '<span class="line">c</span></pre>',
        '<pre><button>Copy</button><i class="lineno">1</i>a\n<i class="lineno">2</i>  b\n\nc</pre>',
        '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2\n3\n4</pre></td>'
        '<td class="code"><pre>a\n  b\n\nc\n</pre></td></tr></table>',
        "<table><tr><td><pre>1\n2\n3\n4</pre></td><td><div><pre>a\n  b\n\nc</pre></div></td></tr></table>",
        '<pre><ol class="linenums"><li>a</li><li>  b</li><li><br></li><li>c</li></ol></pre>',
        "<pre><div><i>1</i><p>a</p></div><div><i>2</i><p>  b</p></div>"
        "<div><i>3</i><p> </p></div><div><i>4</i><p>c</p></div></pre>",
        "<p><code>a<br>  b<br><br>c</code></p>",
        "<div><code>a\n  b\n\nc</code></div>",
        "<code><pre>a\n  b\n\nc</pre></code>",
    ],
)  # fmt: skip
def test_lines(markdown, html):
    lines = [line.rstrip() for line in markdown(html).split("\n")]
    assert lines == ["```", "a", "  b", "", "c", "```"]


def test_code_tables_of_a_file_view(markdown):
    rows = "".join(
        f'<tr><td class="blob-num" data-line-number="{n}"></td><td class="blob-code">{line}</td></tr>'
        for n, line in enumerate(["def f():", "    pass"], 1)
    )
    html = f'<div class="highlight-source-python"><table class="js-file-line-container">{rows}</table></div>'
    assert markdown(html) == "```python\ndef f():\n    pass\n```"


def test_no_break_spaces_in_code_are_spaces(markdown):
    assert markdown("<pre>if x:\n&nbsp;&nbsp;&nbsp;&nbsp;y</pre>") == "```\nif x:\n    y\n```"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<code>a`b</code>", "``a`b``"),
        ("<code>`a`</code>", "`` `a` ``"),
        ("<code>a_b **c** \\d &lt;e></code>", r"`a_b **c** \d <e>`"),
        ("<code>a</code><code>b</code>", "`ab`"),
        ("<p>in <code>a\nb</code> text</p>", "in `a b` text"),
        ('<a href="/x"><code>a</code></a>', "[`a`](https://example.com/x)"),
    ],
)
def test_code_spans(markdown, html, expected):
    assert markdown(html) == expected


def test_indented_code_blocks(markdown):
    assert markdown("<p>a</p><pre>b\n  c</pre>", mark_code=False) == "a\n\n    b\n      c"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<math><mi>x</mi><annotation encoding="application/x-tex">x_1*y</annotation></math>', "$x_1*y$"),
        ('<math alttext="{\\displaystyle a^{2}}" display="block"><mi>a</mi></math>', "$$a^{2}$$"),
        ('<span class="katex"><span class="katex-mathml"><math><annotation encoding="application/x-tex">\\frac{a}{b}'
         '</annotation></math></span><span class="katex-html">ab</span></span>', r"$\frac{a}{b}$"),
        ("<math><mi>a</mi></math>", "a"),
        ('<script type="math/tex; mode=display">\\sum_i</script>', r"$$\sum_i$$"),
    ],
)  # fmt: skip
def test_formulas(markdown, html, expected):
    assert markdown(f"<p>{html}</p>") == expected
