"""A page to Markdown, as the crawl does it; and Markdown to what a reader sees, by another implementation."""

from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt

from skitter.clean import exclude, tidy
from skitter.clean.options import CleanOptions
from skitter.markdown.writer import write
from skitter.markdown.writer_options import WriterOptions
from skitter.parse.document import read

URL = "https://example.com/a/b"


@pytest.fixture
def markdown() -> Callable[..., str]:
    """Give a page's Markdown."""

    def run(html: str, **options: object) -> str:
        document = read(html, url=URL, base_url=URL)
        exclude(document, CleanOptions())
        tree, _ = tidy(document, CleanOptions())
        body = tree.find("body")
        assert body is not None
        return write(body, WriterOptions.of(options), page_url=URL)

    return run


@pytest.fixture(scope="session")
def rendered() -> Callable[[str], str]:
    """Give the HTML that Markdown stands for."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render
