"""The programs of the founding documents run: as they stand, and with `skitter` written for `crawl4ai`."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.site.pages import PAGES
from tests.site.server import Site

Running = dict[tuple[str, str], Future[subprocess.CompletedProcess[str]]]

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(os.environ.get("SKITTER_SHARED") or ROOT.parent / "shared") / "seed_programs"
MODULES = ["crawl4ai", "skitter"]
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
    pytest.mark.timeout(60),
    pytest.mark.skipif(not PROGRAMS.is_dir(), reason="the programs are not here: set SKITTER_SHARED"),
]


def run(program: Path, url: str) -> subprocess.CompletedProcess[str]:
    path = [str(Path(folder).absolute()) for folder in sys.path if folder]
    if importlib.util.find_spec("crawl4ai") is None:
        path.append(str(ROOT / "compat/src"))
    return subprocess.run(
        [sys.executable, "-W", "error", program],
        cwd=program.parent,
        env=os.environ | {"BASE_URL": url, "PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Every program, started, each on its own site: they mostly wait, so several run at once."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(4))

        def start(name: str, module: str) -> Future[subprocess.CompletedProcess[str]]:
            program = tmp_path_factory.mktemp(module) / name
            program.write_text((PROGRAMS / name).read_text().replace("crawl4ai", module))
            return pool.submit(run, program, stack.enter_context(Site(PAGES)).url)

        yield {(name, module): start(name, module) for module in MODULES for name in (*RUN, *TO_COME)}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", RUN)
def test_program_runs(running: Running, name: str, module: str):
    done = running[name, module].result()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("OK")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", TO_COME)
def test_a_program_that_needs_more_says_what(running: Running, name: str, module: str):
    done = running[name, module].result()
    assert done.returncode == 1, "it runs: move it to RUN"
    assert f"ConfigError: `{TO_COME[name]}`" in done.stderr.splitlines()[-1]


def test_every_program_is_listed():
    assert {*RUN, *TO_COME} == {path.name for path in PROGRAMS.glob("*.py")}
