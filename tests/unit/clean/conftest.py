"""A page through all of cleaning, as the crawl does it."""

from collections.abc import Callable

import pytest

from skitter.clean import exclude, tidy, to_html
from skitter.clean.options import CleanOptions
from skitter.parse.document import read

Clean = Callable[..., str]
URL = "https://www.example.co.uk/a/b?q#f"


@pytest.fixture
def cleaned() -> Callable[..., tuple[str, list[str]]]:
    """Give the cleaned HTML of a page, and the warnings."""

    def run(html: str, *, base_url: str = URL, **options: object) -> tuple[str, list[str]]:
        chosen = CleanOptions(**options)
        document = read(html, url=base_url, base_url=base_url)
        warnings = exclude(document, chosen)
        tree, further = tidy(document, chosen)
        return to_html(tree, chosen), warnings + further

    return run


@pytest.fixture
def clean(cleaned: Callable[..., tuple[str, list[str]]]) -> Clean:
    """Give what the body of a cleaned page holds; a warning fails."""

    def run(html: str, **options: object) -> str:
        text, warnings = cleaned(html, **options)
        assert not warnings
        return text.removeprefix("<html><body>").removesuffix("</body></html>")

    return run
