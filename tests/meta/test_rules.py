"""What holds for every test can fail: each rule of conftest.py is broken once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BROKEN = {
    "a task that runs on": (
        """
import asyncio
tasks = []
async def test_it():
    tasks.append(asyncio.get_running_loop().create_task(asyncio.sleep(60)))
""",
        "tasks are still running",
    ),
    "a socket that stays open": (
        """
import socket
def test_it():
    socket.socket()
""",
        "unclosed <socket",
    ),
    "a stranger that is asked": (
        """
import socket
def test_it():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1).close()
    except OSError:
        pass
""",
        "only this machine may be asked",
    ),
    "a warning": (
        """
import warnings
def test_it():
    warnings.warn("mind the gap")
""",
        "mind the gap",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", BROKEN)
def test_breaking_a_rule_fails(tmp_path: Path, what: str):
    code, complaint = BROKEN[what]
    test = tmp_path / "test_broken.py"
    test.write_text(code)
    pytest_ = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-p", "tests.conftest"]
    done = subprocess.run(
        [*pytest_, "-p", "no:cacheprovider", test], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert complaint in done.stdout


def test_names_that_are_not_here_are_not_looked_up():
    import socket

    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("example.com", 80)
