"""Every example in a docstring of the package runs, and gives what it says."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

from tests.docs.blocks import PLACEHOLDER, run_page
from tests.site.server import Site

SRC = Path(__file__).parents[2] / "src"
CRAWLS = re.compile(r"\b(arun|arun_many|crawl)\(")
"""What an example calls whose `https://example.com` is fetched; in all others it is a text."""
MODULES = sorted(
    ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
    for path in SRC.rglob("*.py")
    if ">>>" in path.read_text() or "```python" in path.read_text()
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module(name: str, request: pytest.FixtureRequest):
    module = importlib.import_module(name)
    tests = [test for test in doctest.DocTestFinder().find(module, name) if test.examples]
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    for test in tests:
        if CRAWLS.search(test.docstring or ""):
            url = request.getfixturevalue("site").url
            for example in test.examples:
                example.source = example.source.replace(PLACEHOLDER, url)
                example.want = example.want.replace(PLACEHOLDER, url)
        runner.run(test, out=said.append)
    assert not runner.failures, "".join(said)


@pytest.mark.parametrize("name", MODULES)
async def test_fenced_examples_of_a_module(name: str, site: Site, tmp_path: Path):
    for test in doctest.DocTestFinder().find(importlib.import_module(name), name):
        await run_page(test.docstring or "", url=site.url, folder=tmp_path, name=test.name)
