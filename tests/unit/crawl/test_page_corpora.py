"""Real pages: every one is read, and what is read of it can be written down."""

import gzip
import json
from pathlib import Path

import pytest

from skitter.config import CrawlerRunConfig
from skitter.crawl.page import PageTask, read_page
from skitter.parse.links import expand_links
from skitter.parse.media import expand_media
from skitter.parse.metadata import expand_metadata

URL = "http://www.example.com/a/b.html"


@pytest.mark.corpora
@pytest.mark.parametrize(
    "options",
    [{}, {"score_links": True, "image_score_threshold": -1, "table_score_threshold": -99, "only_text": True}],
    ids=["as it comes", "with everything"],
)
def test_real_pages_are_read(corpora: Path, options: dict[str, object]):
    config = CrawlerRunConfig(**options)
    paths = sorted(corpora.glob("*/html/*.html.gz"))[::12] + sorted(corpora.glob("*/*/source.html.gz"))[::6]
    assert len(paths) > 50
    for path in paths:
        body = gzip.decompress(path.read_bytes())
        page = read_page(PageTask(url=URL, base_url=URL, body=body, content_type="text/html", options=config))
        assert page.error is None, path
        links = expand_links(page.links)
        found = [links, expand_media(page.media), expand_metadata(page.metadata), page.tables, page.raw_markdown]
        assert json.dumps(found, ensure_ascii=False).encode(), path
        assert all(
            link["href"].startswith(("http://", "https://", "ftp://")) for kind in links.values() for link in kind
        )
