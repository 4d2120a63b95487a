"""The dispatcher alone: how many tasks a second go through the loop with a crawl that returns at once.

    python benchmarks/micro/dispatch.py                  # all cases, a JSON line each
    python benchmarks/micro/dispatch.py 1000000 stream   # one case: tasks, and stream or batch

Prints tasks per second of wall and of CPU time, and the memory at the start, at a tenth and at the end of the crawl.
The goals: 15,000 tasks/s at 10,000 tasks, at least 85 % of that at 1,000,000; streamed in constant memory.
"""

import asyncio
import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator

from skitter.config.crawl import CrawlerRunConfig
from skitter.crawl.many import CrawlTask, ManyCrawl
from skitter.dispatch import MemoryAdaptiveDispatcher
from skitter.dispatch.memory import own_bytes
from skitter.model.result import CrawlResult

CASES = ((10_000, "batch"), (10_000, "stream"), (100_000, "stream"), (1_000_000, "stream"), (1_000_000, "batch"))
HOSTS = 64
PERMITS = 20


async def crawl_one(task: CrawlTask) -> CrawlResult:
    """Answer at once, as a fetch would that takes no time."""
    await asyncio.sleep(0)
    return CrawlResult(url=task.url, html="x", success=True, status_code=200)


def urls(count: int) -> Iterator[str]:
    """Yield the addresses one by one."""
    return (f"http://127.0.0.{n % HOSTS + 1}:8700/x/{n}" for n in range(count))


async def run(count: int, mode: str) -> dict[str, object]:
    """Crawl *count* tasks and measure."""
    crawl = ManyCrawl(
        urls(count),
        CrawlerRunConfig(),
        crawl_one,
        dispatcher=MemoryAdaptiveDispatcher(max_session_permit=PERMITS),
        stream=mode == "stream",
    )
    gc.collect()
    start_mb = own_bytes() / 2**20
    tenth_mb = 0.0
    done = 0
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    if mode == "stream":
        async for _ in crawl:
            done += 1
            if done == count // 10:
                tenth_mb = own_bytes() / 2**20
    else:
        done = len(await crawl)
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    if done != count:
        msg = f"{count - done} tasks are missing"
        raise RuntimeError(msg)
    return {
        "tasks": count,
        "mode": mode,
        "tasks_s": round(count / wall_s),
        "tasks_cpu_s": round(count / cpu_s),
        "us_task": round(cpu_s / count * 1e6, 1),
        "start_mb": round(start_mb, 1),
        "tenth_mb": round(tenth_mb, 1),
        "end_mb": round(own_bytes() / 2**20, 1),
    }


def main() -> None:
    """Run the case that is asked for, or each in a process of its own."""
    if len(sys.argv) == 3:
        print(json.dumps(asyncio.run(run(int(sys.argv[1]), sys.argv[2]))))
        return
    for count, mode in CASES:
        subprocess.run([sys.executable, __file__, str(count), mode], check=True)


if __name__ == "__main__":
    main()
