"""Every code block of the documentation runs, and prints what the page says."""

from pathlib import Path

import pytest

from tests.docs.blocks import check, run_page
from tests.site.server import Site

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")),
    *sorted(
        path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts and "reference" not in path.parts
    ),
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
async def test_page_runs(path: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    await run_page(path.read_text(), url=site.url, folder=tmp_path, name=path.name)


async def test_a_page_that_is_wrong_fails(site: Site, tmp_path: Path):
    page = "```python\nprint('tea')\n```\n\n```text\ncoffee\n```\n"
    with pytest.raises(AssertionError, match="tea"):
        await run_page(page, url=site.url, folder=tmp_path, name="page.md")
    with pytest.raises(NameError):
        await run_page("```python\nnowhere\n```\n", url=site.url, folder=tmp_path, name="page.md")


def test_dots_stand_for_anything():
    check("one ... three\n", "one two three\n", "here")
