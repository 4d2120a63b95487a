"""One URL through the stages: fetch, read, result.

A `PageCrawler` makes one attempt at a time. An attempt ends in a result or in a `Retry`; who called decides where the
wait is spent: `crawl` sleeps, `many.py` gives the slot to another page meanwhile.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from skitter.base.clock import epoch
from skitter.base.loggers import PageLog
from skitter.clean.selectors import check as check_selectors
from skitter.config.crawl import CrawlerRunConfig
from skitter.crawl.offload import Offload
from skitter.crawl.outcome import failed_result, page_result
from skitter.crawl.page import Page, PageTask
from skitter.crawl.run import Run
from skitter.dispatch.retry import RETRIED_STATUSES, Retry, next_try
from skitter.errors import (
    Blocked,
    BrowserRequired,
    ConfigError,
    CrawlerClosed,
    CrawlError,
    FetchError,
    FetchTimeout,
    HTTPStatusError,
    RobotsDenied,
)
from skitter.fetch.headers import retry_after
from skitter.fetch.options import FetchOptions
from skitter.fetch.targets import shown
from skitter.model.request import Request
from skitter.model.response import Response
from skitter.model.result import CrawlResult

log = logging.getLogger(__name__)


class Fetcher(Protocol):
    """What an attempt asks for a response."""

    async def fetch(self, request: Request, options: FetchOptions) -> Response:
        """Return the answer, whatever its status.

        Raises:
            FetchError: If there is none.
        """
        ...

    async def may_fetch(self, url: str, options: FetchOptions) -> bool:
        """Say whether the site's robots.txt allows *url*."""
        ...


@dataclass(slots=True)
class _Got:
    """What an attempt has come by, however it ends."""

    response: Response | None = None
    page: Page | None = None
    refusal: HTTPStatusError | None = None


class PageCrawler:
    """Takes one URL through the stages, attempt by attempt; belongs to the event loop it was made in."""

    def __init__(self, fetcher: Fetcher, offload: Offload, page_log: PageLog | None = None) -> None:
        self._fetcher = fetcher
        self._offload = offload
        self._page_log = page_log
        self._closed = asyncio.Event()

    def close(self) -> None:
        """Let every page that is not done fail: what they are fetched and read with is about to be closed."""
        self._closed.set()

    async def crawl(self, run: Run) -> CrawlResult:
        """Try until there is a result; waits are spent here."""
        while isinstance(outcome := await self.attempt(run), Retry):
            with suppress(TimeoutError):
                async with asyncio.timeout(outcome.delay_s):
                    await self._closed.wait()
        return outcome

    async def attempt(self, run: Run) -> CrawlResult | Retry:
        """Make one attempt; what came of it is noted in *run*."""
        outcome = await self._attempt(run)
        if isinstance(outcome, CrawlResult) and run.config.verbose:
            self._tell(run, outcome)
        return outcome

    def _tell(self, run: Run, result: CrawlResult) -> None:
        took_s = time.monotonic() - run.started
        log.info(
            "page done",
            extra={
                "url": run.url,
                "status": result.status_code,
                "error": result.error.kind if result.error else None,
                "attempts": (result.crawl_stats or {}).get("attempts"),
                "took_ms": round(took_s * 1000),
            },
        )
        if self._page_log is None:
            return
        if result.error is None:
            self._page_log.url_status(run.url, success=True, timing=took_s)
        else:
            self._page_log.error_status(run.url, result.error.message)

    async def _attempt(self, run: Run) -> CrawlResult | Retry:
        if self._closed.is_set():
            return failed_result(run, closed_error(run.url))
        got = _Got()
        error = await self._get(run, got)
        if error is None and got.response is not None and got.page is not None:
            return page_result(run, got.response, got.page)
        if error is None or self._closed.is_set():
            error = closed_error(run.url)
        retry = _next_try(run, error)
        run.note(error, got.response, waited_s=retry.delay_s if retry else 0.0)
        if retry:
            log.debug("page will be tried again", extra={"url": run.url, "reason": error.kind, "in_s": retry.delay_s})
            return retry
        return await self._give_up(run, error, got)

    async def _get(self, run: Run, got: _Got) -> CrawlError | None:
        """Fetch and read the page; return why that failed, None where it did not."""
        limit_s = run.config.page_timeout / 1000
        fault: CrawlError | None
        try:
            async with asyncio.timeout(limit_s) as deadline:
                await self._fetch_and_read(run, got)
        except ConfigError:
            raise
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            fault = CrawlError(f"what {shown(run.url)} was waiting for has been cancelled", url=run.url)
        except TimeoutError as error:
            fault = _late(run, got, limit_s if deadline.expired() else None)
            fault.__cause__ = error
        except CrawlError as error:
            fault = error
        except Exception as error:  # the one place: our own fault costs one page and not the crawl
            fault = CrawlError(f"internal error at {shown(run.url)}: {type(error).__name__}: {error}", url=run.url)
            if not self._closed.is_set():
                log.exception("page failed inside skitter", extra={"url": run.url})
        else:
            fault = got.page.error if got.page is not None else None
        return got.refusal or fault

    async def _fetch_and_read(self, run: Run, got: _Got) -> None:
        run.note_proxy(None)
        got.response = await self._fetch(run)
        got.refusal = _refusal(run, got.response)
        if got.refusal is None or _next_try(run, got.refusal) is None:
            got.page = await self._read(run, got.response)

    async def _fetch(self, run: Run) -> Response:
        config = run.config
        if config.check_robots_txt and not await self._fetcher.may_fetch(run.url, config):
            msg = f"robots.txt forbids {shown(run.url)} to this user agent; `check_robots_txt=False` does not ask"
            raise RobotsDenied(msg, url=run.url)
        request = Request(url=run.url, attempt=run.attempt, chose_proxy=run.note_proxy)
        return await self._fetcher.fetch(request, config)

    async def _read(self, run: Run, response: Response) -> Page:
        return await self._offload.run(task_for(run.config, response))

    async def _give_up(self, run: Run, error: CrawlError, got: _Got) -> CrawlResult:
        """Return the result of a page that every attempt failed at: the fallback's, if there is one and it succeeds."""
        warnings: list[str] = []
        fallback = run.config.fallback_fetch_function
        if fallback is not None and _may_fall_back(error, got):
            try:
                return await self._fall_back(run, fallback)
            except ConfigError:
                raise
            except (Exception, asyncio.CancelledError) as fault:  # the caller's function may raise anything
                if isinstance(fault, asyncio.CancelledError) and _is_cancelled():
                    raise
                log.warning("fallback failed", extra={"url": run.url, "error": repr(fault)})
                warnings.append(f"`fallback_fetch_function` failed too: {type(fault).__name__}: {fault}")
        if got.response is not None and got.page is not None:
            result = page_result(run, got.response, got.page, error)
        else:
            result = failed_result(run, error, got.response)
        result.warnings += warnings
        return result

    async def _fall_back(self, run: Run, fallback: Callable[[str], Awaitable[str]]) -> CrawlResult:
        async with asyncio.timeout(run.config.page_timeout / 1000):
            html = await fallback(run.url)
            if not isinstance(html, str | bytes):
                msg = f"it must return HTML, and returned an object of type {type(html).__name__}"
                raise TypeError(msg)
            stand_in = Response(url=run.url, base_url=run.url, status=200, headers={}, body=html)
            page = await self._read(run, stand_in)
        return page_result(run, stand_in, page, page.error, resolved_by="fallback_fetch")


def task_for(config: CrawlerRunConfig, response: Response) -> PageTask:
    """Return what is to be read from *response*."""
    return PageTask(
        url=response.url,
        base_url=config.base_url or response.base_url,
        body=response.body,
        content_type=response.headers.get("content-type", ""),
        content_encoding=response.content_encoding,
        max_body_bytes=response.max_body_bytes,
        options=config.page_options,
    )


def check(config: CrawlerRunConfig) -> None:
    """Refuse what this version cannot do, before anything is fetched.

    Raises:
        ConfigError: If an option needs a part that is not there, or holds no selector where it should.
    """
    check_selectors(config)
    if wanted := config.needs_browser():
        msg = (
            f"`{wanted[0]}` needs a browser, and this version of skitter has none yet: leave it out to fetch over HTTP"
        )
        raise BrowserRequired(msg)
    for name in ("deep_crawl_strategy", "link_preview_config"):
        if getattr(config, name) is not None:
            msg = f"`{name}` is not part of this version of skitter yet: leave it out"
            raise ConfigError(msg)


def closed_error(url: str) -> CrawlerClosed:
    """Return the error of a page whose crawler was closed before it was crawled."""
    return CrawlerClosed(f"the crawler was closed before {shown(url)} was crawled", url=url)


def _refusal(run: Run, response: Response) -> HTTPStatusError | None:
    """Return the error of an answer that says "not now", None where it is one to keep."""
    if response.status not in RETRIED_STATUSES:
        return None
    asked_s = retry_after(response.headers, epoch())
    what = f"{shown(run.url)} answered HTTP {response.status} to attempt {run.attempt + 1}"
    if asked_s is not None and asked_s > run.config.max_retry_delay:
        msg = f"{what} and asks to wait {asked_s:,.0f} s, which is more than `max_retry_delay`: crawl it later"
    else:
        msg = f"{what} of {run.config.max_retries + 1}: crawl this host more slowly"
    error = HTTPStatusError(msg, status=response.status, url=run.url)
    error.retry_after_s = asked_s
    return error


def _next_try(run: Run, error: CrawlError) -> Retry | None:
    """Say when to try again after *error*, None when it is over."""
    is_refusal = isinstance(error, HTTPStatusError) and error.status in RETRIED_STATUSES
    if not (error.retryable or is_refusal):
        return None
    asked_s = error.retry_after_s if isinstance(error, FetchError) else None
    return next_try(run.config, attempt=run.attempt, reason=error.kind, retry_after_s=asked_s, spread=random.random())


def _late(run: Run, got: _Got, limit_s: float | None) -> FetchTimeout:
    """Return the error of a page that took too long; *limit_s* where it was our limit and not one of the caller's."""
    done = "was fetched, but not read" if got.response is not None else "was not done"
    if limit_s is None:
        msg = f"{shown(run.url)} {done}: something it was waiting for took too long"
    else:
        msg = f"{shown(run.url)} {done} within {limit_s:g} s: raise `page_timeout` if the page is that slow"
    return FetchTimeout(msg, url=run.url)


def _may_fall_back(error: CrawlError, got: _Got) -> bool:
    """Say whether the caller's fallback is asked: where the page could not be had, and nobody forbids it."""
    if isinstance(error, RobotsDenied | Blocked | CrawlerClosed):
        return False
    return isinstance(error, FetchError) or got.response is None


def _is_cancelled() -> bool:
    """Say whether a CancelledError is meant for the task that runs, and not only for what it was waiting for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
