"""Worker processes of whole programs: however a program is written and however it ends, none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import skitter

ROOT = Path(__file__).parents[2]
PYTHON = [sys.executable, "-W", "error"]

START = """
import asyncio, os, sys
from skitter.crawl.offload import Offload
from tests.fault.offloaded import Task, work
print("started", flush=True)
"""

PLAIN = """
async def main():
    async with Offload(2, work=work, small_bytes=-1) as offload:
        async with asyncio.TaskGroup() as group:
            runs = [group.create_task(offload.run(Task(url="echo:", body=b"%d" % n))) for n in range(30)]
        assert [run.result().body for run in runs] == [b"%d" % n for n in range(30)]
        assert os.getpid() not in {run.result().pid for run in runs}
        print("done", flush=True)
asyncio.run(main())
"""

BUSY = """
async def main():
    offload = Offload(2, work=work, small_bytes=-1)
    {enter}
        async with asyncio.TaskGroup() as group:
            runs = [group.create_task(offload.run(Task(url="echo:"))) for n in range(30)]
        print(*offload.pids, flush=True)
        {then}
asyncio.run(main())
"""


@pytest.fixture
def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(skitter.__file__).parents[1])])}


@pytest.fixture
def started(tmp_path: Path, environment: dict[str, str]) -> Iterator[list["subprocess.Popen[str]"]]:
    """Programs that were started; they are ended afterwards."""
    programs: list[subprocess.Popen[str]] = []
    yield programs
    for program in programs:
        program.kill()
        program.communicate()


def begin(started: list["subprocess.Popen[str]"], environment: dict[str, str], code: str) -> "subprocess.Popen[str]":
    program = subprocess.Popen(
        [*PYTHON, "-c", START + code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    started.append(program)
    assert program.stdout.readline() == "started\n", program.communicate()
    return program


def all_end(pids: list[int]) -> bool:
    until = time.monotonic() + 10
    while any(map(runs, pids)) and time.monotonic() < until:
        time.sleep(0.01)
    return not any(map(runs, pids))


def runs(pid: int) -> bool:
    try:
        # who takes in the orphans of this machine may do so late, or never
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pids_of(program: "subprocess.Popen[str]") -> list[int]:
    pids = [int(pid) for pid in program.stdout.readline().split()]
    assert len(pids) == 2, program.communicate()
    return pids


@pytest.mark.parametrize("way", ["file", "command", "standard input"])
def test_a_program_needs_no_guard(tmp_path: Path, environment: dict[str, str], way: str):
    script = tmp_path / "script.py"
    script.write_text(START + PLAIN)
    # modules of these names beside a script are the script's business
    (tmp_path / "sitecustomize.py").write_text("print('customised')")
    arguments = {"file": [str(script)], "command": ["-c", START + PLAIN], "standard input": ["-"]}[way]
    done = subprocess.run(
        [*PYTHON, *arguments],
        env=environment,
        cwd=tmp_path,
        input=START + PLAIN if way == "standard input" else "",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\ndone\n", "")


def test_classes_of_the_program_itself_stay_in_it(tmp_path: Path, environment: dict[str, str]):
    script = tmp_path / "script.py"
    script.write_text(
        START
        + """
class Own:
    pass
async def main():
    async with Offload(2, work=work, small_bytes=-1) as offload:
        done = await offload.run(Task(url="options:", options=[Own()]))
        assert type(done.found[0][0]) is Own and done.pid == os.getpid()
        print("done")
asyncio.run(main())
"""
    )
    done = subprocess.run([*PYTHON, str(script)], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\ndone\n", "")


def test_ctrl_c_ends_all_without_a_word_from_the_workers(started, environment):
    code = BUSY.format(
        enter="async with offload:",
        then="await offload.run(Task(url='spin:'))",
    )
    program = begin(started, environment, code)
    pids = pids_of(program)
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=15)
    assert program.returncode == -signal.SIGINT
    assert out == ""
    assert err.count("\nKeyboardInterrupt\n") == 1, "only the program itself was interrupted"
    assert "workers/program.py" not in err
    assert all_end(pids)


def test_a_killed_program_leaves_no_worker(started, environment):
    then = "task = asyncio.create_task(offload.run(Task(url='spin:'))); await asyncio.sleep(60)"
    program = begin(started, environment, BUSY.format(enter="async with offload:", then=then))
    pids = pids_of(program)
    time.sleep(0.1)
    program.kill()
    program.communicate(timeout=15)
    assert all_end(pids), "one was busy, one was not"


@pytest.mark.parametrize("then", ["raise ValueError", "os._exit(3)"])
def test_a_program_that_closes_nothing_ends(started, environment, then):
    program = begin(started, environment, BUSY.format(enter="if True:", then=then))
    pids = pids_of(program)
    program.communicate(timeout=15)
    assert all_end(pids)


def test_a_program_that_ends_with_a_busy_worker_ends(started, environment):
    then = "task = asyncio.create_task(offload.run(Task(url='spin:'))); await asyncio.sleep(0.1)"
    program = begin(started, environment, BUSY.format(enter="if True:", then=then))
    pids = pids_of(program)
    program.communicate(timeout=15)
    assert all_end(pids)


def test_a_loop_that_runs_in_a_thread(tmp_path: Path, environment: dict[str, str]):
    in_a_thread = "thread = threading.Thread(target=asyncio.run, args=(main(),))\nthread.start()\nthread.join()"
    code = START + "import threading" + PLAIN.replace("asyncio.run(main())", in_a_thread)
    done = subprocess.run([*PYTHON, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\ndone\n", "")


@pytest.mark.parametrize(
    ("imported", "absent"),
    [
        ("skitter.crawl.workers.program", {"asyncio", "pydantic", "turbohtml", "wreq"}),
        ("skitter.crawl.page", {"wreq", "rich", "typer"}),
    ],
)
def test_a_worker_imports_what_reading_needs_and_no_more(environment, imported, absent):
    code = f"import sys, {imported}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert not absent & {*done.stdout.split()}
