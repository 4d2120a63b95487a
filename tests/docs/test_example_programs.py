"""Every program in examples/ runs to its end and prints something."""

import contextlib
import io
import runpy
from pathlib import Path

import pytest

from tests.docs.blocks import PLACEHOLDER
from tests.site.server import Site

PROGRAMS = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program_runs(path: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    program = tmp_path / path.name
    program.write_text(path.read_text().replace(PLACEHOLDER, site.url))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(str(program), run_name="__main__")
    assert printed.getvalue().strip()
