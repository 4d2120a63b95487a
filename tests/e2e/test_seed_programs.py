"""The programs of the founding documents run: as they stand, and with `skitter` written for `crawl4ai`."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.server import Site

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(os.environ.get("SKITTER_SHARED") or ROOT.parent / "shared") / "seed_programs"
RUN = [
    "arun_many_basic.py",
    "batch_and_stream_monitored.py",
    "memory_monitoring.py",
    "parallel_memory.py",
    "quick_parallel.py",
    "sequential_session.py",
    "true_concurrency.py",
]
TO_COME = {"url_specific_configs.py": "PDFContentScrapingStrategy"}
"""Programs that need what is to come, and what of it they name first."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAMS.is_dir(), reason="the programs are not here: set SKITTER_SHARED"),
]


def run(program: Path, url: str) -> subprocess.CompletedProcess[str]:
    path = [str(Path(folder).absolute()) for folder in sys.path if folder]
    if importlib.util.find_spec("crawl4ai") is None:
        path.append(str(ROOT / "compat/src"))
    environment = os.environ | {"BASE_URL": url, "PYTHONPATH": os.pathsep.join(path)}
    return subprocess.run(
        [sys.executable, "-W", "error", program],
        cwd=program.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=19,
        check=False,
    )


@pytest.fixture(params=["crawl4ai", "skitter"])
def program(request: pytest.FixtureRequest, tmp_path: Path):
    """A program by its name, with the module it imports."""

    def write(name: str) -> Path:
        text = (PROGRAMS / name).read_text().replace("crawl4ai", request.param)
        written = tmp_path / name
        written.write_text(text)
        return written

    return write


@pytest.mark.parametrize("name", RUN)
def test_program_runs(site: Site, program, name: str):
    done = run(program(name), site.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("OK")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", TO_COME)
def test_a_program_that_needs_more_says_what(site: Site, program, name: str):
    done = run(program(name), site.url)
    assert done.returncode == 1, "it runs: move it to RUN"
    assert f"ConfigError: `{TO_COME[name]}`" in done.stderr.splitlines()[-1]


def test_every_program_is_listed():
    assert {*RUN, *TO_COME} == {path.name for path in PROGRAMS.glob("*.py")}
