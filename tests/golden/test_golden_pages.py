"""Small pages by hand, and the Markdown they are to become; run as a program, this writes that anew."""

from pathlib import Path

import pytest

from skitter.clean import exclude, tidy, to_html
from skitter.clean.options import CleanOptions
from skitter.markdown import DefaultMarkdownGenerator, Written, generate
from skitter.parse.document import read

PAGES = Path(__file__).parent / "pages"
URL = "https://site.example/dir/page.html"


def written(html: str) -> Written:
    options = CleanOptions()
    document = read(html, url=URL, base_url=URL)
    exclude(document, options)
    tree, _ = tidy(document, options)
    cleaned = to_html(tree, options)
    return generate(DefaultMarkdownGenerator(), tree, base_url=URL, cleaned_html=cleaned, raw_html=html)


def told(html: str) -> str:
    """Return the Markdown and the references, as the golden files have them."""
    page = written(html)
    return f"{page.raw_markdown}\n{page.result().references_markdown}"


@pytest.mark.parametrize("page", sorted(path.stem for path in PAGES.glob("*.html")))
def test_page(page):
    expected = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    assert told((PAGES / f"{page}.html").read_text(encoding="utf-8")) == expected


if __name__ == "__main__":
    for path in PAGES.glob("*.html"):
        path.with_suffix(".md").write_text(told(path.read_text(encoding="utf-8")), encoding="utf-8")
