"""Memory and event-loop lag over a long streamed crawl of real pages.

    python benchmarks/macro/stream_memory.py [--n 20000] [--concurrency 50] [--site 8700] [--touch]

Needs the local web of the shared folder's ``bench/speed/server.py`` on 127.0.0.1 … 127.0.0.64. Reports pages a second,
CPU milliseconds a page (this process and its workers, reaped ones included), the resident memory of the process tree
(peak, and its slope per 1,000 pages after the first 2,000), and how late the event loop was (p50, p99, max), sampled
every 5 ms throughout. `--touch` reads every field of every result, so that nothing lazy is left out.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
import urllib.request
from collections.abc import Iterator

import psutil

from skitter import AsyncWebCrawler, CrawlerRunConfig, SemaphoreDispatcher


def urls(count: int, port: int, pages: int) -> Iterator[str]:
    """Return the addresses of *count* real pages over 64 hosts."""
    for n in range(count):
        yield f"http://127.0.0.{n % 64 + 1}:{port}/page/{n * 7 % pages}?r={n // pages}"


def page_count(port: int) -> int:
    """Return how many real pages the site has: the first page it does not have is found by halving."""
    low, high = 1, 4096
    while low < high:
        middle = (low + high) // 2
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/page/{middle}", timeout=5).close()
            low = middle + 1
        except urllib.error.HTTPError:
            high = middle
    return low


def tree_rss_bytes(me: psutil.Process) -> int:
    """Return the resident memory of this process and all below it."""
    total = me.memory_info().rss
    for child in me.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def tree_cpu_s(me: psutil.Process) -> float:
    """Return the CPU seconds of this process, its living children and those it has reaped."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    dead = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + dead.ru_utime + dead.ru_stime
    for child in me.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def slope_mb_per_1000(points: list[tuple[int, int]], skip: int) -> float:
    """Return the least-squares slope of memory over pages, after the first *skip* pages."""
    kept = [(pages / 1000, size / 2**20) for pages, size in points if pages > skip]
    if len(kept) < 2:
        return 0.0
    mean_x = sum(x for x, _ in kept) / len(kept)
    mean_y = sum(y for _, y in kept) / len(kept)
    spread = sum((x - mean_x) ** 2 for x, _ in kept)
    return sum((x - mean_x) * (y - mean_y) for x, y in kept) / spread if spread else 0.0


async def measure(count: int, concurrency: int, port: int, *, touch: bool) -> dict[str, object]:
    """Crawl and measure."""
    me = psutil.Process()
    late: list[float] = []
    points: list[tuple[int, int]] = []
    peak = 0
    done = failed = 0

    async def watch_loop() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - before - 0.005)

    async def watch_memory() -> None:
        nonlocal peak
        while True:
            size = await asyncio.to_thread(tree_rss_bytes, me)
            peak = max(peak, size)
            points.append((done, size))
            await asyncio.sleep(0.25)

    config = CrawlerRunConfig(stream=True)
    pages = page_count(port)
    async with AsyncWebCrawler() as crawler, asyncio.TaskGroup() as group:
        watchers = [group.create_task(watch_loop()), group.create_task(watch_memory())]
        cpu_before, started = tree_cpu_s(me), time.perf_counter()
        crawl = crawler.arun_many(urls(count, port, pages), config, SemaphoreDispatcher(semaphore_count=concurrency))
        async for result in crawl:
            done += 1
            failed += not result.success
            if touch:
                result.model_dump()
        took_s, cpu_s = time.perf_counter() - started, tree_cpu_s(me) - cpu_before
        for watcher in watchers:
            watcher.cancel()
    late.sort()
    return {
        "pages": done,
        "failed": failed,
        "touch": touch,
        "concurrency": concurrency,
        "pages_s": round(done / took_s, 1),
        "cpu_ms_page": round(cpu_s * 1000 / done, 3),
        "peak_tree_rss_mb": round(peak / 2**20, 1),
        "slope_mb_per_1000": round(slope_mb_per_1000(points, 2000), 3),
        "loop_lag_p50_ms": round(late[len(late) // 2] * 1000, 2),
        "loop_lag_p99_ms": round(late[int(len(late) * 0.99)] * 1000, 2),
        "loop_lag_max_ms": round(late[-1] * 1000, 2),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--site", type=int, default=8700)
    parser.add_argument("--touch", action="store_true")
    given = parser.parse_args()
    figures = asyncio.run(measure(given.n, given.concurrency, given.site, touch=given.touch))
    sys.stdout.write(json.dumps(figures) + "\n")
