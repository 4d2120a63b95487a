"""What holds for every page that is written as Markdown; another implementation reads it back."""

import re
from html import escape
from urllib.parse import unquote

import turbohtml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from skitter.base.url import join
from skitter.clean import exclude, tidy
from skitter.clean.options import CleanOptions
from skitter.markdown.citations import with_citations
from skitter.markdown.links import find_links, unescaped
from skitter.markdown.regions import code_regions, outside_code
from skitter.markdown.writer import write
from skitter.markdown.writer_options import WriterOptions
from skitter.parse.document import read

URL = "https://example.com/a/b"
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
READER.validateLink = lambda url: True

# What a reader of HTML, of Markdown or this program changes on purpose: control characters, kinds of white space,
# characters that are not seen, and signs from private areas.
ODD = re.compile(
    r"[\x00-\x1f\x7f-\xa0\xad\u1680\u2000-\u200b\u2028-\u202f\u205f\u2060\u3000\ufeff\ue000-\uf8ff\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]"
)
texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("*_`[]()<>#-+.!|~\\&;:= \n1aé中"))).map(
    lambda text: ODD.sub(" ", text)
)
words = st.text("abé中1.,:(“_*", min_size=1, max_size=5)


def markdown(html: str, **options: object) -> str:
    document = read(html, url=URL, base_url=URL)
    exclude(document, CleanOptions())
    tree, _ = tidy(document, CleanOptions())
    body = tree.find("body")
    return write(body, WriterOptions.of(options), page_url=URL) if body is not None else ""


def read_back(text: str) -> turbohtml.Document:
    return turbohtml.parse(READER.render(text).replace("<pre><code", "<pre>\n<code"))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@given(texts)
@example("1. a")
@example("+")
@example("    a\n    b")
@example("&amp; &copy; <b>")
@settings(max_examples=150)
def test_text_is_read_back_as_text(text):
    page = read_back(markdown(f"<p>{escape(text)}</p>"))
    assert squeezed(page.root.text) == squeezed(text)
    assert not page.select("em,strong,code,a,h1,h2,li,blockquote,hr,table,del")


@given(texts, st.sampled_from(["<pre>\n{}</pre>", "<pre><code>{}</code></pre>", "<ul><li>x<pre>\n{}</pre></li></ul>"]))
@settings(max_examples=150)
def test_code_is_read_back_byte_for_byte(text, form):
    page = read_back(markdown(form.format(escape(text, quote=False))))
    shown = page.find("pre")
    if not text.strip():
        assert shown is None
        return
    assert shown is not None
    assert shown.text.removesuffix("\n") == text.removesuffix("\n")


@given(texts.filter(str.strip))
def test_inline_code_is_read_back(text):
    page = read_back(markdown(f"<p>x <code>{escape(text, quote=False)}</code> y</p>"))
    code = page.find("code")
    assert code is not None
    assert squeezed(code.text) == squeezed(text)


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), min_size=2, max_size=4)
    )
)
@settings(max_examples=150)
def test_cells_are_read_back(rows):
    html = "".join(f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in row)}</tr>" for row in rows)
    page = read_back(markdown(f"<table>{html}</table>"))
    cells = [[squeezed(cell.text) for cell in row.select("th,td")] for row in page.select("tr")]
    expected = [[squeezed(cell) for cell in row] for row in rows]
    if any(map(any, expected)):
        assert cells == expected


@given(texts.filter(str.strip), texts.filter(str.strip))
@settings(max_examples=150)
def test_links_are_read_back(address, text):
    address = squeezed(address)
    absolute = join(URL, address)
    assume(absolute is not None and absolute.startswith("https://") and absolute.partition("#")[0] != URL)
    assume(not re.search(r"%(?![0-9A-Fa-f]{2})", address))  # the reader would encode it
    written = markdown(f'<p>x <a href="{escape(address)}">{escape(text)}</a> y</p>')
    [link] = read_back(written).select("a")
    assert squeezed(link.text) == squeezed(text)
    assert unquote(join(URL, link.attr("href") or "") or "") == unquote(absolute)
    if not written.startswith("x <"):
        [(_, _, _, is_image, url, _)] = find_links(written)
        assert not is_image
        assert unquote(join(URL, unescaped(url)) or "") == unquote(absolute)


def inline() -> st.SearchStrategy[str]:
    leaf = words.map(escape) | st.just(" ") | st.just("<code>c</code>") | st.just("<br>")
    tags = st.sampled_from(["b", "i", "strong", "em", "s", "span"])
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", tags, st.lists(inner, max_size=3)
        ),
    )


@given(st.lists(inline(), max_size=5).map("".join))
@settings(max_examples=150)
def test_marks_add_nothing_to_the_text(html):
    page = read_back(markdown(f"<p>{html}</p>"))
    wanted = turbohtml.parse(f"<p>{html}</p>").root.text
    assert "".join(page.root.text.split()) == "".join(wanted.split())


def blocks() -> st.SearchStrategy[str]:
    leaf = st.one_of(inline(), st.sampled_from(["<hr>", "<br>", "<pre>a\n  b</pre>", '<img src="i">', "<h2>h</h2>"]))
    tags = st.sampled_from(
        "p div ul ol li blockquote table tr td th a dl dd dt form h3 section pre code details center figure".split()  # noqa: SIM905
    )
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            lambda tag, parts: f"<{tag} href=x>{''.join(parts)}</{tag}>", tags, st.lists(inner, max_size=4)
        ),
        max_leaves=15,
    )


@given(st.lists(blocks(), max_size=5).map("".join))
@settings(max_examples=150)
def test_every_page_can_be_written_and_keeps_its_letters(html):
    document = read(html, url=URL, base_url=URL)
    exclude(document, CleanOptions())
    tree, _ = tidy(document, CleanOptions())
    wanted = re.sub(r"[\W_]+", "", tree.root.text)
    written = markdown(html)
    assert re.sub(r"[\W_]+", "", read_back(written).root.text) == wanted
    assert "\n\n\n" not in re.sub(r"(?s)```.*?```", "x", written)


@given(st.text("[]()!`\\<>\n \"'ab"), st.sampled_from(["", URL]))
@settings(max_examples=150)
def test_citations_of_every_text(text, base):
    cited, references = with_citations(text, base)
    numbers = re.findall(r"^⟨(\d+)⟩ ", references, re.MULTILINE)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert set(re.findall(r"⟨(\d+)⟩", cited)) == set(numbers)
    if not numbers:
        assert cited == text


@given(st.text("`\\~ >*1.\nab"))
@settings(max_examples=150)
def test_code_regions_are_in_order_and_what_is_beside_them_is_all_the_rest(text):
    regions = code_regions(text)
    flat = [position for region in regions for position in region]
    assert flat == sorted(flat)
    assert outside_code(text, lambda prose: prose) == text
