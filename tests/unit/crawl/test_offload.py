"""Where a page is read: here, in a thread or in a process."""

import asyncio
import gzip
import os
import threading

import pytest

from skitter.crawl.offload import Demand, Offload, weight_bytes
from tests.fault.offloaded import Task, work

HERE = os.getpid()


class Own:
    """A class of the caller's program."""


LARGE = bytes(3_000_000)


class Calls:
    """Notes which thread works; not a function of a module, so it cannot be named to a process."""

    __module__ = "__main__"
    __qualname__ = "Calls"

    def __init__(self) -> None:
        self.threads: list[int] = []

    def __call__(self, task: Task) -> str:
        self.threads.append(threading.get_ident())
        return task.url


@pytest.fixture
def in_demand() -> Demand:
    return Demand(share=0, credit_s=-1)


async def test_a_few_small_pages_start_no_process():
    async with Offload(2, work=work) as offload:
        for _ in range(40):
            assert (await offload.run(Task(url="echo:", body=bytes(100_000)))).pid == HERE
        assert offload.pids == ()


async def test_a_page_of_middling_size_goes_to_a_process_that_is_there():
    middling = Task(url="echo:", body=bytes(600_000))
    async with Offload(1, work=work) as offload:
        assert (await offload.run(middling)).pid == HERE
        assert (await offload.run(Task(url="echo:", body=LARGE))).pid != HERE
        assert (await offload.run(middling)).pid != HERE


async def test_a_large_page_goes_to_a_process_at_once():
    async with Offload(2, work=work) as offload:
        assert (await offload.run(Task(url="echo:", body=LARGE))).pid != HERE


async def at_once(offload: Offload, url: str, count: int = 2) -> set[int]:
    """Read *count* pages at once and return the processes that read them."""
    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(offload.run(Task(url=url))) for _ in range(count)]
    return {task.result().pid for task in reading}


async def test_what_takes_much_of_the_time_starts_processes():
    rounds = 0
    async with Offload(2, work=work) as offload, asyncio.timeout(10):
        while await at_once(offload, "spin:0.02") == {HERE}:
            rounds += 1
        assert rounds > 5, "as long as two processes take to start was free"
        assert HERE not in await at_once(offload, "spin:0.02", 4)


async def test_pages_one_after_the_other_are_read_here(in_demand):
    async with Offload(2, work=work, demand=in_demand) as offload:
        for _ in range(20):
            assert (await offload.run(Task(url="spin:0.005"))).pid == HERE
        assert offload.pids == ()


async def test_small_pages_do_not_wait_for_the_first_process(in_demand):
    async with Offload(2, work=work, demand=in_demand) as offload:
        assert await at_once(offload, "echo:") == {HERE}
        assert len(offload.pids) == 1


async def test_what_processes_compute_counts_as_demand():
    demand = Demand(share=0.001, credit_s=0.01)
    async with Offload(1, work=work, demand=demand) as offload:
        await offload.run(Task(url="spin:0.05", body=LARGE))
        assert await at_once(offload, "echo:") != {HERE}


async def test_options_of_the_caller_stay_in_a_thread_of_this_process(in_demand):
    calls = Calls()
    async with Offload(2, work=calls, demand=in_demand) as offload:
        assert await offload.run(Task(url="small", options=[Own()])) == "small"
        assert await offload.run(Task(url="large", body=LARGE, options=[Own()])) == "large"
        assert await offload.run(Task(url="large", body=LARGE)) == "large"
        assert threading.get_ident() not in calls.threads
        assert await offload.run(Task(url="small")) == "small"
        assert offload.pids == ()


async def test_without_processes_large_pages_are_read_in_threads():
    calls = Calls()
    async with Offload(0, work=calls) as offload:
        await offload.run(Task(url="", body=LARGE))
        await offload.run(Task(url=""))
    assert [thread == threading.get_ident() for thread in calls.threads] == [False, True]


@pytest.mark.parametrize("where", [{}, {"options": [Own()]}])
async def test_errors_of_this_process_come_as_they_are(where):
    async with Offload(2, work=work) as offload:
        with pytest.raises(ZeroDivisionError):
            await offload.run(Task(url="bug:", **where))


@pytest.mark.parametrize(
    ("body", "encoding", "least", "most"),
    [
        (b"x" * 100, "", 100, 100),
        ("x" * 100, "gzip", 100, 100),
        (b"", "gzip", 0, 0),
        (gzip.compress(os.urandom(30_000)), "gzip", 150_000, 250_000),
        (gzip.compress(bytes(50_000_000)), "gzip", 50_000_000, 50_000_000),
        (b"x" * 1000, "zstd", 4000, 8000),
    ],
)
def test_weight_is_about_the_size_of_the_text(body, encoding, least, most):
    assert least <= weight_bytes(body, encoding) <= most
