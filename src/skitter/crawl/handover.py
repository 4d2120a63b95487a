"""Where finished pages go: a list in the order of the input, or a reader who takes them as they come."""

import asyncio
from collections import deque
from typing import Protocol

from skitter.model.result import CrawlResult


class Handover(Protocol):
    """Takes finished pages."""

    def expect(self) -> None:
        """Note that another page was read from the input."""
        ...

    async def put(self, position: int, result: CrawlResult) -> None:
        """Take the page at *position* of the input; waits where the reader is slow."""
        ...


class Collected:
    """Keeps all pages, in the order of the input."""

    def __init__(self) -> None:
        self._results: list[CrawlResult | None] = []

    def expect(self) -> None:
        """Keep a place."""
        self._results.append(None)

    async def put(self, position: int, result: CrawlResult) -> None:
        """Put *result* in its place."""
        self._results[position] = result

    def results(self) -> list[CrawlResult]:
        """Return the pages that are there."""
        return [result for result in self._results if result is not None]


class Channel:
    """Hands pages to one reader; holds up to *limit* of them and makes the crawl wait beyond."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[CrawlResult] = deque()
        self._putters: deque[asyncio.Future[None]] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._is_closed = False

    def expect(self) -> None:
        """Keep nothing: pages are handed over as they come."""

    async def put(self, position: int, result: CrawlResult) -> None:
        """Hand *result* over as soon as there is room."""
        del position
        while len(self._items) >= self._limit:
            putter = asyncio.get_running_loop().create_future()
            self._putters.append(putter)
            await putter
        self._items.append(result)
        self._wake_reader()

    async def get(self) -> CrawlResult | None:
        """Return the next page, None when there will be no more."""
        while not self._items:
            if self._is_closed:
                return None
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        result = self._items.popleft()
        while self._putters:
            putter = self._putters.popleft()
            if not putter.done():
                putter.set_result(None)
                break
        return result

    def close(self) -> None:
        """Say that there will be no more; what is there can still be read."""
        self._is_closed = True
        self._wake_reader()

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
