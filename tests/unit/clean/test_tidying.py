"""The reduced copy: attributes, empty elements, selected parts, small blocks."""

import pytest

from skitter.clean.blocks import text_blocks
from skitter.clean.filters import parsed
from skitter.clean.words import count_words


def test_attributes_that_stay_and_those_that_go(clean):
    html = (
        '<a href="https://x.org/" title="t" class="c" id="i" onclick="f()" style="color:red" data-x="1" rel="r">a</a>'
        '<img src="https://x.org/i" alt="b" width="1" height="2" loading="lazy"><ol start="3"><li value="4">c</li></ol>'
    )
    assert clean(html) == (
        '<a href="https://x.org/" title="t" class="c" id="i">a</a>'
        '<img src="https://x.org/i" alt="b" width="1" height="2"><ol start="3"><li value="4">c</li></ol>'
    )


def test_keep_data_attributes(clean):
    assert clean('<p data-x="javascript:1" data-y="" z="3">a</p>', keep_data_attributes=True) == (
        '<p data-x="javascript:1" data-y="">a</p>'
    )


def test_keep_attrs_keeps_just_those_whatever_they_are(clean):
    html = '<p onclick="f()" style="x:y" aria-label="l" data-z="1" hidden>a</p>'
    kept = ("onclick", "STYLE", "aria-label", "hidden")
    assert clean(html, keep_attrs=kept) == '<p onclick="f()" style="x:y" aria-label="l" hidden="">a</p>'


@pytest.mark.parametrize("href", ["javascript:void(0)", " JavaScript:x", "data:text/html,x", "vbscript:x"])
def test_addresses_nobody_can_follow_go(clean, href):
    assert clean(f'<a href="{href}">a</a>') == "<a>a</a>"


def test_data_images_lose_their_source(clean):
    assert clean('<img src="data:image/png;base64,AAAA" alt="a">b') == '<img alt="a">b'


def test_empty_elements_go_from_the_inside_out(clean):
    html = "<div><p><span></span><i></i></p></div>a<b> </b>c<a id='x'></a><ul><li></li></ul>"
    assert clean(html) == "a c"


def test_what_is_shown_without_text_stays(clean):
    html = (
        "<p>a<br>b<wbr>c</p><hr><table><tbody><tr><td></td><th></th></tr></tbody></table>"
        "<pre><code>d<span></span>e</code></pre>"
        '<ul><li><input type="checkbox" checked=""> f</li></ul><video src="https://x.org/v"></video>'
    )
    assert clean(html) == html


def test_controls_that_show_nothing_go(clean):
    assert clean('<input type="hidden" value="x"><input type="text">a<datalist><option>b</option></datalist>') == "a"


def test_players_lose_what_browsers_do_not_show(clean):
    html = '<video><source src="https://x.org/v.mp4"><p>Your browser is old</p></video><iframe>old</iframe>'
    assert clean(html) == '<video><source src="https://x.org/v.mp4"></video>'


def test_an_empty_block_that_parts_texts_stays(clean):
    assert clean("a<div></div>b<div></div> <div></div>c<p>d</p><div></div>e") == "a<div></div>b <div></div>c<p>d</p>e"


def test_elements_nobody_knows_are_unwrapped_and_custom_ones_stay(clean):
    assert clean("<blink2>a</blink2><my-card class='x'>b</my-card><font>c</font>") == (
        'a<my-card class="x">b</my-card><font>c</font>'
    )


def test_target_elements_are_kept_once_in_document_order_and_cleaned(cleaned):
    html = '<h1>t</h1><p class="a">1<script>x</script></p>gone<div class="b" onclick="f()"><p class="a">2</p></div>'
    text, warnings = cleaned(html, target_elements=(".b", "p.a", "h1"))
    assert text == '<h1>t</h1><p class="a">1</p><div class="b"><p class="a">2</p></div>'
    assert not warnings


def test_css_selector_matches_are_cleaned_too(clean):
    html = '<main onclick="x">a<style>s</style><p><main>b</main></p></main>c<main>d</main>'
    assert clean(html, css_selector="main") == "<main>a<main>b</main></main><main>d</main>"


def test_parts_of_tables_can_be_selected(clean):
    html = "<table><tr><td class=x>a<td>b<tr class=y><td>c</table>"
    assert clean(html, css_selector=".x") == '<table><tbody><tr><td class="x">a</td></tr></tbody></table>'
    assert clean(html, target_elements=(".y",)) == '<table><tbody><tr class="y"><td>c</td></tr></tbody></table>'


def test_target_elements_that_match_nothing(cleaned):
    text, [warning] = cleaned("<p>a</p>", target_elements=("#none",))
    assert text == ""
    assert "`target_elements` '#none'" in warning


def test_only_text_keeps_its_form_and_nothing_else(clean):
    html = (
        '<h2 class="c">a <a href="/x">b</a></h2><p>c <b>d</b><code>e</code><br>f<img src="i" alt="g"></p>'
        "<ul><li><em>h</em></li></ul><table><tr><td><i>j</i></td></tr></table><pre><code>k\n  l</code></pre>"
        '<video src="v">m</video>'
    )
    assert clean(html, only_text=True) == (
        '<h2 class="c">a b</h2><p>c de<br>f</p><ul><li>h</li></ul>'
        "<table><tbody><tr><td>j</td></tr></tbody></table><pre>k\n  l</pre>"
    )


def test_prettiify(cleaned):
    html, _ = cleaned("<p>a</p><pre>b\n  c</pre>", prettiify=True)
    assert html == "<html>\n  <body>\n    <p>a</p>\n    <pre>b\n  c</pre>\n  </body>\n</html>"


def test_word_count_threshold(clean):
    html = (
        "<h2>Head</h2><p>one two three</p><p>one two</p>bare text<div>two words<p>now there are four</p>and then three"
        "</div><ul><li>short</li><li>not so very short</li></ul><table><tbody><tr><td>x</td></tr></tbody></table>"
        '<pre>code</pre><p>see <img src="https://x.org/i"></p><dl><dt>term</dt><dd>brief</dd></dl>'
    )
    assert clean(html, word_count_threshold=3) == (
        "<h2>Head</h2><p>one two three</p><div><p>now there are four</p>and then three"
        "</div><ul><li>not so very short</li></ul><table><tbody><tr><td>x</td></tr></tbody></table>"
        '<pre>code</pre><p>see <img src="https://x.org/i"></p><dl><dt>term</dt></dl>'
    )


def test_a_threshold_of_one_keeps_every_word(clean):
    assert clean("<p>a</p>b", word_count_threshold=1) == "<p>a</p>b"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  one\n two ", 2),
        ("naïve café", 2),
        ("機械学習の基礎", 4),
        ("学习 Python 编程", 3),
        ("ภาษาไทย", 4),
        ("한국어 문장", 2),
        ("「日本」。", 1),
    ],
)
def test_words_are_counted_with_and_without_spaces(text, words):
    assert count_words(text) == words


def test_blocks_of_text():
    body = parsed("<p>a <b>b</b></p>c <i>d</i><div><span>e</span><ul><li>f</li></ul>g</div><pre>h</pre> <p> </p>").find(
        "body"
    )
    blocks = [(block.element.tag, block.text.strip(), block.whole) for block in text_blocks(body)]
    assert blocks == [
        ("p", "a b", True),
        ("body", "c d", False),
        ("div", "e", False),
        ("li", "f", True),
        ("div", "g", False),
        ("pre", "h", True),
    ]


def test_prefetch_and_other_groups_do_not_matter(clean):
    """Options combine: each removes its own."""
    html = '<nav>n</nav><form>f</form><main><a href="https://o.org/">o</a> stays <img src="/i.png"></main>'
    options = {
        "css_selector": "main",
        "excluded_tags": ("nav",),
        "remove_forms": True,
        "exclude_external_links": True,
        "exclude_all_images": True,
        "word_count_threshold": 2,
    }
    assert clean(html, **options) == "<main>o stays </main>"
