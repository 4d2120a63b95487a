"""What it costs to have pages read in worker processes.

Each page is 35 KB of gzip that become 190 KB of text; what comes back are 120 KB of strings and a hundred links. The
reading is a stand-in that does nothing else ("handing over"), or keeps a processor busy for 1.8 ms ("reading").

    python benchmarks/micro/offload.py [pages]
"""

import asyncio
import gzip
import random
import sys
import time
from dataclasses import dataclass
from typing import Any

import psutil

from skitter.crawl.offload import Offload

READING_S = 0.0018
AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """As much of a PageTask as matters here."""

    url: str
    body: bytes
    content_encoding: str = "gzip"
    options: Any = None


@dataclass(slots=True)
class Page:
    """As large as a page's reading usually is."""

    cleaned_html: str
    markdown: str
    links: list[tuple[str, str, str]]


def handing_over(task: Task) -> Page:
    """Return as much as a page does, at once."""
    return RESULTS[len(task.body) % len(RESULTS)]


def reading(task: Task) -> Page:
    """Return as much as a page does, after as long as a page takes."""
    started = time.thread_time()
    gzip.decompress(task.body)
    while time.thread_time() - started < READING_S:
        sum(range(1000))
    return RESULTS[len(task.body) % len(RESULTS)]


def text(characters: int, seed: int) -> str:
    """Return words as those of a page that is mostly ASCII and not quite."""
    chance = random.Random(seed)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(3000)]
    words += ["“schön”", "café", "naïve—", "über"]
    out = " ".join(chance.choices(words, k=characters // 5))
    return out[:characters]


BODIES = [gzip.compress(text(95_000, seed).encode(), 6) for seed in range(8)]
RESULTS = [
    Page(
        text(70_000, seed),
        text(40_000, seed),
        [(f"https://example.com/{seed}/{n}", f"Link {n}", "") for n in range(100)],
    )
    for seed in range(3)
]


async def measure(work: Any, processes: int, pages: int) -> dict[str, float]:
    """Read *pages* pages; returns milliseconds of CPU a page, here and in all processes, and pages a second."""
    async with Offload(processes, work=work, small_bytes=-1) as offload:

        async def one_after_the_other(count: int) -> None:
            for n in range(count):
                await offload.run(Task(url="https://example.com/", body=BODIES[n % len(BODIES)]))

        async def many(count: int) -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(one_after_the_other(count // AT_ONCE))

        await many(500)  # all processes are there
        workers = [psutil.Process(pid) for pid in offload.pids]
        before = [sum(worker.cpu_times()[:2]) for worker in workers]
        began, here = time.perf_counter(), time.process_time()
        await many(pages)
        took_s, here_s = time.perf_counter() - began, time.process_time() - here
        there_s = sum(sum(worker.cpu_times()[:2]) for worker in workers) - sum(before)
        rss = [worker.memory_info().rss for worker in workers]
    return {
        "processes": len(workers),
        "here_ms": here_s / pages * 1000,
        "all_ms": (here_s + there_s) / pages * 1000,
        "pages_per_s": pages / took_s,
        "largest_worker_mb": max(rss) / 2**20,
    }


async def main() -> None:
    """Print a line for each way."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    sizes = sum(map(len, BODIES)) // len(BODIES)
    print(f"{sizes} bytes in; {pages} pages, {AT_ONCE} at once")
    for work in (handing_over, reading):
        for processes in (1, 2):
            found = await measure(work, processes, pages)
            print(f"{work.__name__:12}", "  ".join(f"{name} {value:8.3f}" for name, value in found.items()))


if __name__ == "__main__":
    import offload  # this module, by the name under which worker processes import it

    asyncio.run(offload.main())
