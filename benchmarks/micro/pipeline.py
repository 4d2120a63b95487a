"""CPU time of reading one page, whole and step by step, over the real pages of the corpora.

    python benchmarks/micro/pipeline.py [--repeat 3] [--limit N] [--json FILE]

The pages are those that the comparison with other crawlers serves: the article and the readability pages, as text, with
a base URL. `whole` is `read_page`, from text to Markdown without citations, which are made when somebody reads them;
the steps are its parts, timed in a run of their own. Each number is the median of the repeats, in milliseconds of CPU
time a page. Wall time says little on a shared machine and is not taken.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import turbohtml

from skitter.clean import exclude, tidy, to_html
from skitter.config import CrawlerRunConfig
from skitter.crawl.page import PageTask, read_page
from skitter.markdown import generate
from skitter.parse.document import read
from skitter.parse.links import expand_links, read_links
from skitter.parse.media import read_media
from skitter.parse.metadata import read_metadata
from skitter.parse.tables import DefaultTableExtraction

URL = "http://site.test/a/b.html"


def corpora() -> Path:
    """Return the folder of the corpora: what SKITTER_CORPORA names, else the one beside the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "corpora"
    return Path(os.environ.get("SKITTER_CORPORA", beside))


def pages() -> list[str]:
    """Return the pages as text, always in the same order."""
    root = corpora()
    paths = sorted((root / "article-extraction-benchmark" / "html").glob("*.html.gz"))
    paths += sorted((root / "readability-pages").glob("*/source.html.gz"))
    return [gzip.decompress(path.read_bytes()).decode("utf-8", "replace") for path in paths]


def whole(texts: list[str], options: CrawlerRunConfig) -> dict[str, float]:
    """Return the CPU time of reading a page."""
    started = time.process_time()
    for text in texts:
        page = read_page(PageTask(url=URL, base_url=URL, body=text, content_type="text/html", options=options))
        assert page.error is None, page.error
    return {"whole": time.process_time() - started}


class Stopwatch:
    """Adds up the CPU time of steps by name."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the CPU time of the block to the step *name*."""
        started = time.process_time()
        yield
        self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - started


def steps(texts: list[str], options: CrawlerRunConfig) -> dict[str, float]:
    """Return the CPU time of each step of reading a page."""
    watch = Stopwatch()
    generator = options.markdown_generator
    assert generator is not None
    for text in texts:
        with watch.step("parse"):
            document = read(text, url=URL, base_url=URL)
        with watch.step("metadata"):
            read_metadata(document)
        with watch.step("exclude"):
            exclude(document, options)
        with watch.step("links"):
            links = read_links(document, options)
        with watch.step("media"):
            read_media(document, options)
        with watch.step("tables"):
            body = document.tree.find("body")
            if body is not None:
                DefaultTableExtraction().extract_tables(body)
        with watch.step("tidy"):
            tree, _ = tidy(document, options)
        with watch.step("to_html"):
            html = to_html(tree, options)
        with watch.step("markdown"):
            written = generate(generator, tree, base_url=URL, cleaned_html=html, raw_html=text)
        with watch.step("freeing the trees"):
            del document, tree, body
        with watch.step("(later: link dicts)"):
            expand_links(links)
        with watch.step("(later: citations)"):
            _ = written.result().markdown_with_citations
    return watch.spent


def measure(run: Callable[[], dict[str, float]], count: int, repeat: int) -> dict[str, float]:
    """Return the median of each time over *repeat* runs, in milliseconds a page."""
    runs = [run() for _ in range(repeat)]
    return {name: statistics.median(one[name] for one in runs) * 1000 / count for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    texts = pages()[: arguments.limit]
    options = CrawlerRunConfig(base_url=URL)
    whole(texts[:20], options)  # what is imported and compiled once
    found = measure(lambda: whole(texts, options), len(texts), arguments.repeat)
    found |= measure(lambda: steps(texts, options), len(texts), arguments.repeat)
    characters = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} pages, {characters / 1000:.0f} thousand characters a page, ms of CPU a page:")
    for name, spent_ms in found.items():
        print(f"  {name:22} {spent_ms:7.3f}")
    if arguments.json:
        facts = {"python": platform.python_version(), "turbohtml": turbohtml.__version__, "pages": len(texts)}
        arguments.json.write_text(json.dumps({**facts, "ms_cpu_a_page": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
