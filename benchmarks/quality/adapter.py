"""Adapters for the shared quality scores: a page's bytes to Markdown.

Run from the repository: ``python ../shared/bench/quality.py benchmarks.quality.adapter:fit_markdown``.
"""

from skitter.clean import PruningContentFilter, exclude, tidy, to_html
from skitter.clean.options import CleanOptions
from skitter.markdown import DefaultMarkdownGenerator, Written, generate
from skitter.parse.charset import decode
from skitter.parse.document import read

_OPTIONS = CleanOptions()
_RAW = DefaultMarkdownGenerator()
_FIT = DefaultMarkdownGenerator(content_filter=PruningContentFilter())


def raw_markdown(html: bytes, url: str) -> str:
    """Return the whole page."""
    return _written(html, url, _RAW).raw_markdown


def fit_markdown(html: bytes, url: str) -> str:
    """Return what the pruning filter keeps of the page."""
    return _written(html, url, _FIT).fit_markdown


def _written(html: bytes, url: str, generator: DefaultMarkdownGenerator) -> Written:
    text = decode(html, "")[0]
    document = read(text, url=url, base_url=url)
    exclude(document, _OPTIONS)
    tree, _ = tidy(document, _OPTIONS)
    cleaned = to_html(tree, _OPTIONS)
    return generate(generator, tree, base_url=document.base_url, cleaned_html=cleaned, raw_html=text)
