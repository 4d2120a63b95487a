"""One crawl of the command line: requests in, pages out, in the order of the input or as they come."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from skitter.cli.inputs import Inputs
from skitter.cli.options import Setup
from skitter.cli.order import InOrder
from skitter.cli.output import Output, ReaderGone
from skitter.cli.pages import Format, Printer
from skitter.cli.progress import Progress, Tally
from skitter.cli.terminal import say, short
from skitter.config.request import CrawlRequest
from skitter.crawler import AsyncWebCrawler
from skitter.fetch.strategy import AsyncHTTPCrawlerStrategy
from skitter.model.result import CrawlResult

log = logging.getLogger(__name__)

_LAST_PAGES_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one run of the program is to do.

    Attributes:
        order: Puts pages into the order of the input; None prints them as they come.
        quiet: Whether nothing is said of single pages.
        chatty: Whether the warnings of each of many pages are said.
    """

    inputs: Inputs
    setup: Setup
    printer: Printer
    output: Output
    progress: Progress
    order: InOrder | None
    quiet: bool = False
    chatty: bool = False


async def crawl(job: Job, tally: Tally) -> None:
    """Crawl and print, and count the pages in *tally*; when cancelled, what had come is printed first.

    Raises:
        ConfigError: If an option is wrong, or the output cannot be written any more.
        MemoryError: If there was too little memory for too long.
    """
    room = asyncio.Event()
    room.set()
    strategy = AsyncHTTPCrawlerStrategy(job.setup.http)
    configs = list(job.setup.configs)
    with contextlib.suppress(ReaderGone):
        try:
            async with AsyncWebCrawler(strategy, config=job.setup.browser) as crawler:
                pages = crawler.arun_many(
                    _requests(job, room), configs[0] if len(configs) == 1 else configs, stream=True
                )
                async with contextlib.aclosing(pages):
                    async for page in pages:
                        await _deliver(job, tally, page)
                        _make_room(job.order, room)
        except BaseException as error:
            if not isinstance(error, ReaderGone):
                await _print_the_rest(job)
            raise
        finally:
            await job.output.close()
            if job.order is not None:
                job.order.close()


async def _requests(job: Job, room: asyncio.Event) -> AsyncIterator[CrawlRequest]:
    async for request in job.inputs:
        if not room.is_set():
            log.warning("input waits for a slow page", extra={"place": job.order.next_number if job.order else None})
            await room.wait()
        yield request


def _make_room(order: InOrder | None, room: asyncio.Event) -> None:
    if order is not None and order.is_full:
        room.clear()
    else:
        room.set()


async def _deliver(job: Job, tally: Tally, page: CrawlResult) -> None:
    tally.count(page)
    if not job.quiet:
        for message in _remarks(job, page):
            say(message)
    record = job.printer(page)
    if job.order is None:
        await job.output.write(page, record)
    else:
        for ready in job.order.offer(_place(page), record):
            await job.output.write(page, ready)
    job.progress.update(tally, job.inputs.total)


def _place(page: CrawlResult) -> int:
    """Return the page's place in the input."""
    assert page.dispatch_result is not None  # noqa: S101  # every page of a crawl of many has one
    return int(page.dispatch_result.task_id.rpartition("-")[2])


async def _print_the_rest(job: Job) -> None:
    """Print the pages that were still to wait for others, as far as that can be done soon."""
    if job.order is None:
        return
    with contextlib.suppress(TimeoutError, ReaderGone):
        async with asyncio.timeout(_LAST_PAGES_S):
            for record in job.order.rest():
                await job.output.write(None, record)


def _remarks(job: Job, page: CrawlResult) -> Iterator[str]:
    """Yield what a person should be told of *page*."""
    url = short(page.url)
    if not page.success:
        message = page.error_message or "failed"
        yield message if url in message else f"{url}: {message}"
    elif job.printer.kind is not Format.JSON and (page.redirected_status_code or 0) >= 400:
        yield f"{url}: the server answered HTTP {page.redirected_status_code}"
    if job.chatty or job.inputs.is_single:
        for warning in page.warnings:
            yield f"{url}: {warning}"
