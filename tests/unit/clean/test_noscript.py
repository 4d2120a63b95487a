"""What a page without scripts shows."""

import pytest


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p><noscript>Please enable JavaScript.</noscript>",
        "<p>a</p><noscript><div>Bitte aktivieren Sie <b>JavaScript</b> in Ihrem Browser</div></noscript>",
        '<p>a</p><noscript><img height="1" width="1" src="https://t.org/p.gif"></noscript>',
        '<p>a</p><noscript><img style="display: none" src="https://t.org/p.gif"></noscript>',
        '<p>a</p><noscript><iframe src="https://t.org/"></iframe></noscript>',
        "<p>a</p><noscript></noscript>",
        '<head><noscript><img src="https://t.org/p.gif"></noscript><title></title></head><p>a</p>',
    ],
)
def test_notices_and_counters_go(clean, html):
    assert clean(html) == "<p>a</p>"


def test_content_stays(clean):
    assert clean("a<noscript><p>b &amp; c</p></noscript>d") == "a<p>b &amp; c</p>d"


def test_content_that_the_page_begins_with_stays(clean):
    assert clean("<noscript><p>b</p></noscript><p>c</p>") == "<p>b</p><p>c</p>"


def test_a_title_behind_a_noscript_with_a_frame_is_the_title(cleaned):
    html, _ = cleaned("<head><noscript><iframe src=x></iframe></noscript><title>T</title></head><body>b")
    assert html == "<html><head><title>T</title></head><body>b</body></html>"


def test_the_image_takes_the_place_of_its_placeholder(clean):
    html = '<p><img class="lazy" src="data:image/gif;base64,R0"><noscript><img src="/real.png" alt="r"></noscript></p>'
    assert clean(html) == '<p><img src="https://www.example.co.uk/real.png" alt="r"></p>'


def test_an_image_that_stands_beside_it_is_not_shown_twice(clean):
    html = '<figure><img src="/small.png"> <noscript><img src="/real.png"></noscript></figure>'
    assert clean(html) == '<figure><img src="https://www.example.co.uk/small.png"> </figure>'


def test_what_is_excluded_is_excluded_in_a_noscript_too(clean):
    assert clean('a<noscript><p>b</p><img src="/x.png"></noscript>', exclude_all_images=True) == "a<p>b</p>"


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ('<img data-src="/x.png" src="data:image/gif;base64,R0">', "x.png"),
        ('<img data-src="/x.png" src="/blank.gif" data-original="/y.png">', "x.png"),
        ('<img data-srcset="/s.png 100w, /l.png 800w">', "l.png"),
        ('<img src="" srcset="/1.png, /2.png 2x">', "2.png"),
        ('<picture><source srcset="/p.webp 1x"><img></picture>', "p.webp"),
        ('<img src="/real.png" data-src=\'{"not": "a url"}\'>', "real.png"),
        ('<img src="/real.png" srcset="/big.png 2x">', "real.png"),
    ],
)
def test_images_to_be_loaded_later_get_their_source(clean, image, source):
    assert clean(image) == f'<img src="https://www.example.co.uk/{source}">'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/"><svg><title>Home</title><path/></svg></a>', '<a href="https://www.example.co.uk/">Home</a>'),
        ('<a href="/"><svg><title>icon</title></svg> Home</a>', '<a href="https://www.example.co.uk/"> Home</a>'),
        ("<p>a<svg><path/></svg>b</p>", "<p>ab</p>"),
        ("<figure><svg><text>Sales</text><text>2024</text></svg></figure>", "<figure>Sales 2024</figure>"),
        ("<figure>a<svg><text>10</text><text>20</text></svg></figure>", "<figure>a</figure>"),
    ],
)
def test_drawings_keep_their_words(clean, html, expected):
    assert clean(html) == expected


@pytest.mark.parametrize("tag", ["pre", "div"])
def test_mermaid_diagrams_are_code(clean, tag):
    html = f'<{tag} class="mermaid">\ngraph TD;\n  A--&gt;B\n</{tag}>'
    assert clean(html) == '<pre><code class="language-mermaid">graph TD;\n  A--&gt;B</code></pre>'


def test_formulas_in_scripts_are_formulas(clean):
    html = '<p>a <span class="MathJax_Preview">p</span><script type="math/tex">x_1</script> b</p>'
    annotation = '<annotation encoding="application/x-tex">x_1</annotation>'
    assert clean(html) == f"<p>a <math><semantics>{annotation}</semantics></math> b</p>"
