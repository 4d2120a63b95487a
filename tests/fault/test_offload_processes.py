"""Worker processes compute what they are given, nothing more is done and nothing is left."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from skitter.crawl.offload import Offload
from skitter.errors import CrawlError, DecodeError, HTTPStatusError
from tests.fault.offloaded import Task, taken_on_by, work

FDS = Path("/proc/self/fd")
HERE = os.getpid()


@pytest.fixture
async def offload_with() -> AsyncIterator[Callable[..., Offload]]:
    """Open an Offload that does everything in processes; afterwards no process and no file is left."""
    opened: list[Offload] = []
    before = len(list(FDS.iterdir())) if FDS.exists() else 0
    pids: set[int] = set()

    def open_one(processes: int = 2, **options: Any) -> Offload:
        opened.append(Offload(processes, **({"work": work, "small_bytes": -1} | options)))
        return opened[-1]

    yield open_one
    for one in opened:
        pids |= {*one.pids}
        await one.close()
        assert one.pids == ()
    assert not [pid for pid in pids if psutil.pid_exists(pid)], "a process or its zombie is left"
    if before:
        assert len(list(FDS.iterdir())) == before, "a file is left open"


async def many(offload: Offload, tasks: list[Task], at_once: int = 50) -> list[Any]:
    """Run *tasks*; returns what came of each, in their order: exceptions too."""
    results: list[Any] = [None] * len(tasks)
    numbers = iter(range(len(tasks)))

    async def one_after_the_other() -> None:
        for n in numbers:
            try:
                results[n] = await offload.run(tasks[n])
            except CrawlError as error:
                results[n] = error

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(one_after_the_other())
    return results


async def test_what_is_computed_comes_back(offload_with):
    done = await offload_with().run(Task(url="echo:", body=b"body"))
    assert (done.url, done.body) == ("echo:", b"body")
    assert done.pid != HERE


async def test_nothing_is_started_before_it_is_needed(offload_with):
    offload = offload_with()
    assert offload.pids == ()
    async with offload:
        assert offload.pids == ()


async def test_each_caller_gets_its_own_of_two_thousand(offload_with):
    offload = offload_with()
    bodies = [bytes([n % 251]) * (n * 37 % 5000) for n in range(2000)]
    results = await many(offload, [Task(url=f"echo:{n}", body=body) for n, body in enumerate(bodies)])
    assert [(done.url, done.body) for done in results] == [(f"echo:{n}", body) for n, body in enumerate(bodies)]
    assert HERE not in {done.pid for done in results}
    assert len(offload.pids) <= 2


async def test_all_processes_are_used(offload_with):
    offload = offload_with(processes=2)
    used: set[int] = set()
    async with asyncio.timeout(10):  # the second starts when the first has more to do than it can
        while len(used) < 2:
            used |= {done.pid for done in await many(offload, [Task(url="spin:0.001") for _ in range(20)])}
    assert used == {*offload.pids}


async def test_slow_tasks_do_not_change_who_gets_what(offload_with):
    urls = [f"spin:{0.02 if n % 7 == 0 else 0}" for n in range(100)]
    results = await many(offload_with(), [Task(url=url) for url in urls], at_once=20)
    assert [done.url for done in results] == urls


@pytest.mark.parametrize("body", [b"\x00\xff" * 25_000_000, "é—" * 9_000_000], ids=["bytes", "text"])
async def test_a_large_body_goes_and_comes_while_the_loop_turns(offload_with, body):
    offload = offload_with()
    await offload.run(Task(url="echo:"))
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with asyncio.TaskGroup() as group:
        counting = group.create_task(count_turns())
        done = await offload.run(Task(url="echo:", body=body))
        counting.cancel()
    assert done.body == body
    assert turns > 100, "it was cut into pieces, each in a turn of its own"


async def test_many_rows_come_back(offload_with):
    done = await offload_with().run(Task(url="rows:100000"))
    assert len(done.found) == 100_000
    assert done.found[77_777] == ("row", 77_777, "text 77777")


async def test_small_tasks_pass_a_large_one(offload_with):
    offload = offload_with(processes=1)
    await offload.run(Task(url="echo:"))
    results = await many(offload, [Task(url="echo:", body=bytes(n % 3 * 900_000)) for n in range(12)], at_once=12)
    assert [len(done.body) for done in results] == [n % 3 * 900_000 for n in range(12)]


async def test_options_are_the_same_for_every_task(offload_with):
    offload = offload_with(processes=1)
    choices = [{"number": n, "more": ["x" * 100]} for n in range(200)]  # more than a worker remembers
    tasks = [Task(url="options:", options=choices[n * 7 % 200]) for n in range(600)]
    results = await many(offload, tasks)
    assert [done.found for done in results] == [[task.options] for task in tasks]


async def test_errors_of_skitter_come_back_as_they_are(offload_with):
    offload = offload_with(processes=1)
    with pytest.raises(HTTPStatusError, match="refused") as refused:
        await offload.run(Task(url="refuse:503"))
    assert (refused.value.status, refused.value.retry_after_s, refused.value.url) == (503, 2.5, "refuse:503")
    with pytest.raises(DecodeError, match="cut short"):
        await offload.run(Task(url="fail:"))
    assert (await offload.run(Task(url="echo:"))).pid == offload.pids[0], "an error is no reason to end a process"


@pytest.mark.parametrize(
    ("url", "kind"), [("bug:", "ZeroDivisionError"), ("unpicklable:", "(Attribute|Pickling)Error")]
)
async def test_other_errors_come_back_with_their_trace(offload_with, url, kind):
    with pytest.raises(CrawlError, match=f"failed on {url}: {kind}") as caught:
        await offload_with().run(Task(url=url))
    assert caught.value.kind == "internal"
    assert caught.value.url == url
    assert "Traceback" in caught.value.__notes__[0]


async def test_a_worker_is_replaced_after_its_share_of_tasks(offload_with):
    offload = offload_with(processes=2, max_tasks=40)
    results = await many(offload, [Task(url="echo:", body=b"%d" % n) for n in range(400)])
    assert [done.body for done in results] == [b"%d" % n for n in range(400)]
    counts = [sum(done.pid == pid for done in results) for pid in {done.pid for done in results}]
    assert len(counts) >= 8
    assert max(counts) <= 44, "what it was given before it asked to go is the most it does"


async def test_a_worker_that_uses_much_memory_is_replaced(offload_with):
    offload = offload_with(processes=1, max_rss_bytes=100 * 2**20)
    first = await offload.run(Task(url="grow:1000"))
    second = await offload.run(Task(url="grow:200000000"))
    assert first.pid == second.pid
    async with asyncio.timeout(10):  # it asks after its answer
        while (await offload.run(Task(url="echo:"))).pid == first.pid:
            pass


async def test_idle_workers_end_and_are_started_again(offload_with):
    offload = offload_with(idle_s=0.05)
    first = await offload.run(Task(url="echo:"))
    async with asyncio.timeout(10):
        while offload.pids or psutil.pid_exists(first.pid):
            await asyncio.sleep(0.02)
    again = await offload.run(Task(url="echo:"))
    assert again.pid not in {first.pid, HERE}


async def test_three_at_once_do_not_meddle(offload_with):
    three = [offload_with() for _ in range(3)]
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(many(one, [Task(url=f"echo:{n}") for n in range(50)])) for one in three]
    pids = [{done.pid for done in run.result()} for run in runs]
    assert not pids[0] & pids[1] | pids[1] & pids[2] | pids[0] & pids[2]
    await three[0].close()
    assert (await three[1].run(Task(url="echo:"))).pid in pids[1]


async def test_a_worker_sees_the_modules_of_its_parent_and_nothing_of_its_surroundings(offload_with, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere/start.py")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    path, isolated, ignores_interrupts = (await offload_with().run(Task(url="environment:"))).found
    assert path == [folder for folder in sys.path if folder]
    assert isolated
    assert ignores_interrupts


@pytest.mark.skipif(sys.platform != "linux", reason="looks where only Linux says it")
async def test_ctrl_c_cannot_reach_a_worker_before_it_can_ignore_it(offload_with):
    offload = offload_with()
    run = asyncio.get_running_loop().create_task(offload.run(Task(url="echo:")))
    while not offload.pids:
        await asyncio.sleep(0)
    status = Path(f"/proc/{offload.pids[0]}/status").read_text()
    await run
    blocked = int(re.search(r"^SigBlk:\s*(\w+)", status, re.MULTILINE)[1], 16)
    assert blocked & 1 << (signal.SIGINT - 1)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()), "and here nothing has changed"


async def test_a_worker_is_silent(offload_with, capfd):
    await offload_with().run(Task(url="talk:"))
    assert capfd.readouterr() == ("", "")


async def test_a_task_is_taken_on_once(offload_with, tmp_path):
    offload = offload_with()
    done = await offload.run(Task(url="echo:", marks=tmp_path))
    assert taken_on_by(tmp_path) == [done.pid]


async def test_a_closed_one_takes_nothing(offload_with):
    offload = offload_with()
    await offload.run(Task(url="echo:"))
    await offload.close()
    await offload.close()
    with pytest.raises(CrawlError, match="closed"):
        await offload.run(Task(url="echo:"))
