"""The Markdown generator: what users call, and what the crawl calls."""

import pickle

import pytest

from skitter.base.options import Strategy
from skitter.clean import BM25ContentFilter, PruningContentFilter, RelevantContentFilter, exclude, tidy, to_html
from skitter.clean.options import CleanOptions
from skitter.errors import ConfigError
from skitter.markdown import DefaultMarkdownGenerator, MarkdownGenerationStrategy, Written, generate
from skitter.model.markdown import MarkdownGenerationResult
from skitter.parse.document import read

URL = "https://example.com/a/b"
TEXT = "Steep the leaves in water that has just boiled, and wait for four minutes before you pour."
PAGE = (
    f"<title>T</title><nav><a href='/n'>Menu</a></nav><h1>Tea</h1><p>{TEXT} <a href='c'>More</a></p><script>1</script>"
)


def written(generator: object, html: str = PAGE) -> Written:
    options = CleanOptions()
    document = read(html, url=URL, base_url=URL)
    exclude(document, options)
    tree, _ = tidy(document, options)
    cleaned = to_html(tree, options)
    return generate(generator, tree, base_url=document.base_url, cleaned_html=cleaned, raw_html=html)


def test_text_in_markdown_out():
    result = DefaultMarkdownGenerator().generate_markdown(PAGE, base_url=URL)
    whole = f"[Menu](https://example.com/n)\n\n# Tea\n\n{TEXT} [More](https://example.com/a/c)"
    assert result.raw_markdown == str(result) == whole
    assert result.markdown_with_citations == f"Menu⟨1⟩\n\n# Tea\n\n{TEXT} More⟨2⟩"
    assert result.references_markdown == (
        "\n\n## References\n\n⟨1⟩ https://example.com/n: Menu\n⟨2⟩ https://example.com/a/c: More\n"
    )
    assert (result.fit_markdown, result.fit_html) == ("", "")


def test_the_crawl_gets_the_same():
    assert written(DefaultMarkdownGenerator()).result() == DefaultMarkdownGenerator().generate_markdown(PAGE, URL)


def test_citations_can_be_left_out_and_are_made_when_they_are_read():
    result = DefaultMarkdownGenerator().generate_markdown(PAGE, citations=False)
    assert (result.markdown_with_citations, result.references_markdown) == ("", "")
    late = DefaultMarkdownGenerator().generate_markdown(PAGE)
    assert "markdown_with_citations" not in late.__dict__
    assert "⟨1⟩" in late.markdown_with_citations
    assert pickle.loads(pickle.dumps(late)) == late


def test_the_page_may_name_its_base():
    html = '<base href="https://other.org/x/"><a href="y">z</a>'
    assert DefaultMarkdownGenerator().generate_markdown(html, URL).raw_markdown == "[z](https://other.org/x/y)"


@pytest.mark.parametrize("content_filter", [PruningContentFilter(), BM25ContentFilter("leaves water")])
def test_fit_markdown_is_what_the_filter_keeps(content_filter):
    page = written(DefaultMarkdownGenerator(content_filter=content_filter))
    assert "Menu" in page.raw_markdown
    assert "Menu" not in page.fit_markdown
    assert TEXT in page.fit_markdown
    assert page.fit_html.startswith("<div>")
    assert TEXT in page.fit_html
    assert not page.warnings
    other = DefaultMarkdownGenerator().generate_markdown(PAGE, URL, content_filter=content_filter)
    assert other.fit_markdown == page.fit_markdown


def test_a_filter_that_keeps_nothing_says_so():
    page = written(DefaultMarkdownGenerator(BM25ContentFilter("zebra")))
    assert (page.fit_markdown, page.fit_html) == ("", "")
    assert page.warnings == ("BM25ContentFilter kept nothing of the page",)


class Second(RelevantContentFilter):
    """A filter of a user's own: keeps the text of the second paragraph."""

    def filter_content(self, html: str, min_word_threshold: int | None = None) -> list[str]:
        return [html.split("<p>")[2].partition("</p>")[0]]


def test_a_filter_of_ones_own_gets_the_cleaned_page():
    page = written(DefaultMarkdownGenerator(Second()), "<p>a</p><p onclick=x>b <b>c</b></p>")
    assert page.fit_html == "<div>b <b>c</b></div>"
    assert page.fit_markdown == "b **c**"


def test_content_source():
    html = "<main>a <form>b</form></main>"
    raw = written(DefaultMarkdownGenerator(content_source="raw_html"), f"<nav>n</nav>{html}<style>s</style>")
    assert raw.raw_markdown == "n\n\na\n\nb"
    fit = written(DefaultMarkdownGenerator(PruningContentFilter(), content_source="fit_html"))
    assert fit.raw_markdown == fit.fit_markdown
    assert "Menu" not in fit.raw_markdown
    whole = written(DefaultMarkdownGenerator(content_source="fit_html"))
    assert "Menu" in whole.raw_markdown
    assert "without a content filter" in whole.warnings[0]


def test_options_of_the_call_win():
    generator = DefaultMarkdownGenerator(options={"ignore_links": True, "emphasis_mark": "*"})
    html = "<i>a</i> <a href='https://x.org/'>b</a>"
    assert generator.generate_markdown(html).raw_markdown == "*a* b"
    call = {"options": {"ignore_links": False}, "html2text_options": {"emphasis_mark": "_"}}
    assert generator.generate_markdown(html, **call).raw_markdown == "_a_ [b](https://x.org/)"
    first = {"options": {"emphasis_mark": "*"}, "html2text_options": {"emphasis_mark": "_"}}
    assert generator.generate_markdown(html, **first).raw_markdown == "_a_ b"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ignore_link": True}, "did you mean `ignore_links`"),
        ({"body_width": -1}, "`body_width` is -1"),
        ({"ul_item_mark": "x"}, "`ul_item_mark` is 'x'"),
        ({"handle_code_in_pre": True}, "byte for byte"),
    ],
)
def test_wrong_options_are_named_where_they_are_given(options, message):
    with pytest.raises(ConfigError, match=message):
        DefaultMarkdownGenerator(options=options)
    with pytest.raises(ConfigError, match=message):
        DefaultMarkdownGenerator().generate_markdown("a", options=options)


def test_wrong_arguments_are_named():
    with pytest.raises(ConfigError, match="content_source"):
        DefaultMarkdownGenerator(content_source="fat_html")
    with pytest.raises(ConfigError, match="content_filter"):
        DefaultMarkdownGenerator(content_filter="pruning")


def test_it_is_an_immutable_value():
    generator = DefaultMarkdownGenerator(None, None)
    assert generator == DefaultMarkdownGenerator()
    assert isinstance(generator, Strategy)
    assert isinstance(generator, MarkdownGenerationStrategy)
    assert pickle.loads(pickle.dumps(DefaultMarkdownGenerator(options={"ignore_links": True}))).generate_markdown(
        "<a href='https://x.org/'>b</a>"
    ).raw_markdown == "b"  # fmt: skip


class Plain(MarkdownGenerationStrategy):
    """A generator of a user's own."""

    def generate_markdown(self, input_html: str, base_url: str = "", **options: object) -> MarkdownGenerationResult:
        return MarkdownGenerationResult(
            raw_markdown=f"{base_url} {input_html}", markdown_with_citations="c", references_markdown="r"
        )


class Louder(DefaultMarkdownGenerator):
    """The built-in one, changed by a user."""

    def generate_markdown(self, *args: object, **options: object) -> str:
        return super().generate_markdown(*args, **options).raw_markdown.upper()


def test_a_generator_of_ones_own_gets_what_it_asks_for():
    html = "<p onclick=x>a</p>"
    cleaned = written(Plain(), html)
    assert cleaned.raw_markdown == f"{URL} <html><body><p>a</p></body></html>"
    assert cleaned.result().markdown_with_citations == "c"
    assert written(Plain(content_source="raw_html"), html).raw_markdown == f"{URL} {html}"
    fit = written(Plain(content_source="fit_html", content_filter=PruningContentFilter()))
    assert "Menu" not in fit.raw_markdown
    assert written(Louder(), html).raw_markdown == "A"


def test_nothing_gives_nothing():
    assert DefaultMarkdownGenerator().generate_markdown("").raw_markdown == ""
    assert written(DefaultMarkdownGenerator(), "<frameset><frame></frameset>").raw_markdown == ""
