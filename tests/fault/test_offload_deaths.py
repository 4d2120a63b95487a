"""Workers that die, spin or cannot be started, and callers that go away: no task is lost and no processor is wasted."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest

from skitter.crawl.offload import Offload
from skitter.crawl.workers import pool as pool_module
from skitter.crawl.workers.pool import WorkerPool
from skitter.errors import CrawlError, ParseError
from tests.fault.offloaded import Done, Task, taken_on_by, work

HERE = os.getpid()


def opened(processes: int = 2) -> Offload:
    return Offload(processes, work=work, small_bytes=-1)


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while psutil.pid_exists(pid):
            await asyncio.sleep(0.01)


async def until_taken_on(marks: Path, times: int = 1) -> None:
    async with asyncio.timeout(10):
        while len(taken_on_by(marks)) < times:
            await asyncio.sleep(0.01)


async def test_a_task_whose_worker_is_killed_is_done_by_another(tmp_path):
    async with opened() as offload:
        done = await offload.run(Task(url="kill-once:", marks=tmp_path))
    first, second = taken_on_by(tmp_path)
    assert done.pid == second != first
    assert not psutil.pid_exists(first)


@pytest.mark.parametrize("trick", ["kill", "no-memory"])
async def test_a_task_that_ends_two_workers_is_an_error(tmp_path, trick):
    async with opened() as offload:
        with pytest.raises(ParseError, match=f"reading {trick}: ended two worker processes") as caught:
            await offload.run(Task(url=f"{trick}:", marks=tmp_path))
        assert caught.value.kind == "parse"
        assert len({*taken_on_by(tmp_path)}) == 2
        assert (await offload.run(Task(url="echo:", body=b"on"))).body == b"on"


async def test_the_tasks_around_a_deadly_one_are_all_done():
    deadly = {10, 11, 50, 99}
    failed: set[int] = set()
    done: dict[int, bytes] = {}

    async def one(n: int) -> None:
        url = "kill:" if n in deadly else f"echo:{n}"
        try:
            done[n] = (await offload.run(Task(url=url, body=b"%d" % n))).body
        except ParseError:
            failed.add(n)

    async with opened() as offload, asyncio.TaskGroup() as group:
        for n in range(100):
            group.create_task(one(n))
    assert failed == deadly
    assert done == {n: b"%d" % n for n in range(100) if n not in deadly}


async def test_workers_killed_from_outside_at_any_moment_lose_nothing():
    async def kill_now_and_then() -> None:
        for n in range(6):
            await asyncio.sleep(0.05)
            for pid in offload.pids[: 1 + n % 2]:
                os.kill(pid, signal.SIGKILL)

    async def run_some(first: int) -> list[int]:
        found = []
        for n in range(first, first + 20):
            try:
                found.append(int((await offload.run(Task(url="echo:", body=b"%d" % n))).body))
            except ParseError:  # it was the first task of two that were killed
                found.append(n)
            await asyncio.sleep(0.005)
        return found

    async with opened() as offload, asyncio.TaskGroup() as group:
        group.create_task(kill_now_and_then())
        runs = [group.create_task(run_some(n)) for n in range(0, 400, 20)]
    assert sorted(n for run in runs for n in run.result()) == list(range(400))


async def test_a_worker_that_spins_for_nobody_is_ended_and_its_other_tasks_are_done(tmp_path):
    async with opened(processes=1) as offload, asyncio.TaskGroup() as group:
        await offload.run(Task(url="echo:"))
        spinning = group.create_task(offload.run(Task(url="spin:", marks=tmp_path)))
        await until_taken_on(tmp_path)
        [pid] = taken_on_by(tmp_path)
        behind = [group.create_task(offload.run(Task(url="echo:", body=b"%d" % n))) for n in range(3)]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in behind), "they lie in the worker's socket"
        spinning.cancel()
        await until_gone(pid)
        assert [(await task).body for task in behind] == [b"0", b"1", b"2"]
        assert all(task.result().pid != pid for task in behind)


async def test_a_deadline_ends_a_spinning_worker(tmp_path, monkeypatch):
    monkeypatch.setattr(pool_module, "_ABANDONED_S", 0.1)
    async with opened(processes=1) as offload:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await offload.run(Task(url="spin:", marks=tmp_path))
        await until_gone(taken_on_by(tmp_path)[0])


async def test_tasks_behind_a_long_one_are_done_elsewhere_and_the_long_one_too(tmp_path, monkeypatch):
    """All processes are busy with long tasks: others start in their stead, but not without end."""
    monkeypatch.setattr(pool_module, "_STUCK_S", 0.1)
    async with opened(processes=2) as offload, asyncio.TaskGroup() as group:
        long = [group.create_task(offload.run(Task(url="hold:", marks=tmp_path))) for _ in range(2)]
        await until_taken_on(tmp_path, 2)
        short = [group.create_task(offload.run(Task(url="echo:", body=b"%d" % n))) for n in range(40)]
        assert [(await task).body for task in short] == [b"%d" % n for n in range(40)]
        assert not any(task.done() for task in long)
        assert len(offload.pids) <= 4
        busy = {*taken_on_by(tmp_path)}
        assert not busy & {task.result().pid for task in short}
        (tmp_path / "released").touch()
        assert {(await task).pid for task in long} <= busy


async def test_a_task_that_was_given_back_may_still_come_from_its_first_worker(tmp_path, monkeypatch):
    monkeypatch.setattr(pool_module, "_STUCK_S", 0.0)
    monkeypatch.setattr(pool_module, "_LOOK_S", 0.02)
    async with opened(processes=2) as offload, asyncio.TaskGroup() as group:
        tasks = [Task(url=f"spin:{0.03 * (n % 3)}") for n in range(30)]
        runs = [group.create_task(offload.run(task)) for task in tasks]
    assert [run.result().url for run in runs] == [task.url for task in tasks]


@pytest.mark.parametrize("size", [0, 2**21])
@pytest.mark.parametrize("place", ["first", "last"])
async def test_a_caller_may_be_cancelled_at_any_moment(place, size):
    for step in range(8):
        async with opened(processes=1) as offload, asyncio.TaskGroup() as group:

            def begin(body: bytes) -> "asyncio.Task[Done]":
                return group.create_task(offload.run(Task(url="echo:", body=body)))

            bodies = [b"%d" % n for n in range(3)]
            others = [begin(body) for body in bodies] if place == "last" else []
            leaving = begin(bytes(size))
            others = others or [begin(body) for body in bodies]
            for _ in range(step):
                await asyncio.sleep(0 if step < 5 else 0.01)
            leaving.cancel()
            assert [(await other).body for other in others] == bodies, step


async def test_many_callers_leave_and_the_rest_are_served():
    async with opened() as offload, asyncio.TaskGroup() as group:
        runs = [group.create_task(offload.run(Task(url="echo:", body=b"%d" % n))) for n in range(300)]
        for n, run in enumerate(runs):
            if n % 3:
                run.cancel()
            if n % 50 == 0:
                await asyncio.sleep(0.01)
    assert all(run.result().body == b"%d" % n for n, run in enumerate(runs) if not run.cancelled())
    assert sum(not run.cancelled() for run in runs) >= 100


async def test_closing_while_busy_ends_all_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(pool_module, "_STUCK_S", 0.1)
    offload = opened()
    caught: list[str] = []

    async def one(n: int) -> None:
        try:
            await offload.run(Task(url="spin:" if n < 2 else "echo:", marks=tmp_path if n < 2 else None))
        except CrawlError as error:
            caught.append(str(error))

    async with asyncio.TaskGroup() as group:
        for n in range(30):
            group.create_task(one(n))
        await until_taken_on(tmp_path, 2)
        pids = offload.pids
        await offload.close()
        assert not any(psutil.pid_exists(pid) for pid in pids)
    assert {"the crawler was closed while spin: was being read"} <= {*caught}


@pytest.mark.parametrize("ticks", range(4))
async def test_closing_while_the_first_worker_starts(ticks):
    offload = opened()
    run = asyncio.get_running_loop().create_task(offload.run(Task(url="echo:")))
    for _ in range(ticks):
        await asyncio.sleep(0)
    pids = offload.pids
    await offload.close()
    with pytest.raises(CrawlError, match="closed"):
        await run
    assert not any(psutil.pid_exists(pid) for pid in pids)


async def test_cancelling_the_close_still_ends_all(tmp_path):
    async with opened() as offload:
        run = asyncio.get_running_loop().create_task(offload.run(Task(url="spin:", marks=tmp_path)))
        await until_taken_on(tmp_path)
        closing = asyncio.get_running_loop().create_task(offload.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait([closing, run])
        assert isinstance(run.exception(), CrawlError)
        await until_gone(taken_on_by(tmp_path)[0])


async def test_where_no_process_can_be_started_threads_do_the_work(monkeypatch, caplog, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    async with opened() as offload:
        async with asyncio.TaskGroup() as group:
            runs = [group.create_task(offload.run(Task(url="echo:", body=b"%d" % n))) for n in range(20)]
        assert [run.result().body for run in runs] == [b"%d" % n for n in range(20)]
        assert {run.result().pid for run in runs} == {HERE}
        assert "workers cannot be started" in caplog.text


@pytest.mark.parametrize("python", ["/bin/false", "/bin/sleep"])
async def test_what_is_started_but_is_no_worker_is_given_up(monkeypatch, python):
    # `sleep` refuses its arguments, as a program would that is not an interpreter
    monkeypatch.setattr(sys, "executable", python)
    async with opened() as offload:
        assert (await offload.run(Task(url="echo:"))).pid == HERE
        assert offload.pids == ()


async def test_a_worker_that_never_answers_is_given_up(monkeypatch, tmp_path):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(pool_module, "_START_S", 0.1)
    async with opened() as offload:
        assert (await offload.run(Task(url="echo:"))).pid == HERE


async def test_work_of_the_callers_program_is_done_in_threads(monkeypatch):
    def own(task: Task) -> int:
        return os.getpid()

    monkeypatch.setattr(own, "__module__", "__main__")
    async with Offload(2, work=own, small_bytes=-1) as offload:
        assert await offload.run(Task(url="")) == HERE
        assert offload.pids == ()


async def test_a_worker_whose_socket_is_cut_is_replaced():
    async with opened(processes=1) as offload:
        first = await offload.run(Task(url="echo:"))
        pool: WorkerPool = offload._pool
        pool._workers[0]._transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        second = await offload.run(Task(url="echo:"))
        assert second.pid != first.pid
        await until_gone(first.pid)


async def test_workers_are_tried_again_some_time_after_they_could_not_be_started(monkeypatch):
    monkeypatch.setattr(pool_module, "_GIVEN_UP_S", 0.0)
    async with opened() as offload:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", "/nowhere/python")
            await offload._pool.grow()
            await offload._pool.grow()
        assert (await offload.run(Task(url="echo:"))).pid != HERE


async def test_those_who_work_go_on_when_no_more_can_be_started(monkeypatch):
    async with opened(processes=2) as offload:
        [pid] = {(await offload.run(Task(url="echo:"))).pid}
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        async with asyncio.TaskGroup() as group:
            runs = [group.create_task(offload.run(Task(url="echo:"))) for _ in range(50)]
        assert {run.result().pid for run in runs} == {pid}
        os.kill(pid, signal.SIGKILL)
        await until_gone(pid)
        assert (await offload.run(Task(url="echo:"))).pid == HERE


async def test_a_start_that_succeeds_makes_up_for_one_that_failed(monkeypatch):
    async def fail_to_start() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", "/nowhere/python")
            await offload._pool.grow()

    async with opened(processes=1) as offload:
        await fail_to_start()
        first = await offload.run(Task(url="echo:"))
        os.kill(first.pid, signal.SIGKILL)
        await until_gone(first.pid)
        await fail_to_start()
        assert (await offload.run(Task(url="echo:"))).pid not in {HERE, first.pid}
