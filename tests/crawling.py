"""Crawls of many URLs without a network: what one attempt does is said by the test."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from skitter.config import CrawlerRunConfig
from skitter.crawl.many import CrawlTask, ManyCrawl
from skitter.dispatch import BaseDispatcher, SemaphoreDispatcher
from skitter.dispatch.memory import Memory
from skitter.model.result import CrawlResult

Attempt = Callable[[CrawlTask], Awaitable[Any]]


def page(task: CrawlTask, **values: Any) -> CrawlResult:
    """Return a result."""
    return CrawlResult(url=task.url, **({"html": "x", "success": True, "status_code": 200} | values))


def taking(seconds: float) -> Attempt:
    """Return an attempt that takes a while."""

    async def attempt(task: CrawlTask) -> CrawlResult:
        await asyncio.sleep(seconds)
        return page(task)

    return attempt


def many(
    urls: Any,
    attempt: Attempt | None = None,
    *,
    dispatcher: BaseDispatcher | None = None,
    configs: Any = None,
    **options: Any,
) -> ManyCrawl:
    """Return a crawl of *urls*, in pages of 10 ms where nothing else is said."""
    return ManyCrawl(
        urls,
        configs or CrawlerRunConfig(),
        attempt or taking(0.01),
        dispatcher=dispatcher or at_once(5),
        **options,
    )


def at_once(pages: int, **options: Any) -> SemaphoreDispatcher:
    """Return a dispatcher that reads no real memory."""
    dispatcher = SemaphoreDispatcher(pages, pages, **options)
    dispatcher.read_memory = lambda: Memory(used_bytes=100 * 2**20, available_bytes=900 * 2**20)
    return dispatcher
