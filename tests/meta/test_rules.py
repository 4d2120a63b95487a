"""What holds for every test can fail: each rule of conftest.py is broken once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BROKEN = """
import asyncio
import socket
import warnings

tasks = []

async def test_a_task_that_runs_on():
    tasks.append(asyncio.get_running_loop().create_task(asyncio.sleep(60)))

async def test_a_callback_that_raises():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.001)

def test_a_socket_that_stays_open():
    socket.socket()

def test_a_stranger_that_is_asked():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1).close()
    except OSError:
        pass

def test_a_warning():
    warnings.warn("mind the gap")
"""


def test_breaking_a_rule_fails(tmp_path: Path):
    test = tmp_path / "test_broken.py"
    test.write_text(BROKEN)
    pytest_ = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-p", "tests.conftest"]
    done = subprocess.run(
        [*pytest_, "-p", "no:cacheprovider", test], cwd=ROOT, capture_output=True, text=True, check=False
    )
    for complaint in (
        "tasks are still running",
        "Exception in callback",
        "unclosed <socket",
        "only this machine may be asked",
        "mind the gap",
    ):
        assert complaint in done.stdout, done.stdout + done.stderr
    assert "2 failed, 3 passed, 3 errors" in done.stdout, "three rules are looked at when a test has ended"


def test_names_that_are_not_here_are_not_looked_up():
    import socket

    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("example.com", 80)
