"""One URL through the stages: fetch, read, result.

A `Crawler` makes one attempt at a time. An attempt ends in a result or in a `Retry`; who called decides where the wait
is spent: `crawl` sleeps, `many.py` gives the slot to another page meanwhile.
"""

import asyncio
import logging
import random
import time

from typing import Protocol

from skitter.base.loggers import PageLog
from skitter.config.crawl import CrawlerRunConfig
from skitter.crawl.offload import Offload
from skitter.crawl.outcome import failed_result, page_result
from skitter.crawl.page import Page, PageTask
from skitter.crawl.run import Attempt, Run
from skitter.dispatch.retry import RETRIED_STATUSES, Retry, next_try
from skitter.errors import (
    BrowserRequired,
    ConfigError,
    CrawlError,
    FetchError,
    FetchTimeout,
    HTTPStatusError,
    RobotsDenied,
)
from skitter.fetch.headers import retry_after
from skitter.fetch.options import FetchOptions
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


class PageCrawler:
    """Takes one URL through the stages, attempt by attempt."""

    def __init__(self, fetcher: Fetcher, offload: Offload, page_log: PageLog | None = None) -> None:
        self._fetcher = fetcher
        self._offload = offload
        self._page_log = page_log

    async def crawl(self, run: Run) -> CrawlResult:
        """Try until there is a result; waits are spent here."""
        while isinstance(outcome := await self.attempt(run), Retry):
            await asyncio.sleep(outcome.delay_s)
        return outcome

    async def attempt(self, run: Run) -> CrawlResult | Retry:
        """Make one attempt; what came of it is noted in *run*."""
        result = await self._attempt(run)
        if isinstance(result, CrawlResult) and run.config.verbose:
            self._tell(run, result, took_s=time.monotonic() - run.started)
        return result

    def _tell(self, run: Run, result: CrawlResult, *, took_s: float) -> None:
        log.info(
            "page done",
            extra={
                "url": run.url,
                "status": result.status_code,
                "error": result.error.kind if result.error else None,
                "attempts": len(run.failed) + 1,
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
        config = run.config
        deadline_s = config.page_timeout / 1000
        response: Response | None = None
        try:
            async with asyncio.timeout(deadline_s) as deadline:
                response = await self._fetch(run)
                if response.status in RETRIED_STATUSES:
                    refused = _refusal(run, response)
                    if retry := self._retry(run, refused, response):
                        return retry
                    return page_result(run, response, await self._read(run, response), refused)
                return page_result(run, response, await self._read(run, response))
        except TimeoutError as error:
            if not deadline.expired():
                raise
            late = FetchTimeout(
                f"{_short(run.url)} was not done within {deadline_s:g} s: raise `page_timeout` if the page is that slow",
                url=run.url,
            )
            late.__cause__ = error
            return self._retry(run, late, response) or await self._give_up(run, late, response)
        except ConfigError:
            raise
        except CrawlError as error:
            return self._retry(run, error, response) or await self._give_up(run, error, response)
        except Exception as error:  # noqa: BLE001  # the one place: our own fault costs one page and not the crawl
            log.exception("page failed inside skitter", extra={"url": run.url})
            fault = CrawlError(f"internal error at {_short(run.url)}: {type(error).__name__}: {error}", url=run.url)
            return await self._give_up(run, fault, response)

    async def _fetch(self, run: Run) -> Response:
        config = run.config
        if config.check_robots_txt and not await self._fetcher.may_fetch(run.url, config):
            msg = f"robots.txt forbids {_short(run.url)} to this user agent; `check_robots_txt=False` does not ask"
            raise RobotsDenied(msg, url=run.url)
        return await self._fetcher.fetch(Request(url=run.url, attempt=run.attempt), config)

    async def _read(self, run: Run, response: Response) -> Page:
        return await self._offload.run(task_for(run.config, response))

    def _retry(self, run: Run, error: CrawlError, response: Response | None) -> Retry | None:
        asked_s = error.retry_after_s if isinstance(error, FetchError) else None
        worth_it = error.retryable or isinstance(error, HTTPStatusError)
        retry = None
        if worth_it:
            retry = next_try(
                run.config, attempt=run.attempt, reason=error.kind, retry_after_s=asked_s, spread=random.random()
            )
        run.failed.append(
            Attempt(
                reason=error.kind,
                message=str(error),
                status=response.status if response is not None else None,
                proxy=response.proxy if response is not None else getattr(error, "proxy", None),
                waited_s=retry.delay_s if retry else 0.0,
            )
        )
        if retry:
            log.debug("page will be tried again", extra={"url": run.url, "reason": error.kind, "in_s": retry.delay_s})
        return retry

    async def _give_up(self, run: Run, error: CrawlError, response: Response | None) -> CrawlResult:
        fallback = run.config.fallback_fetch_function
        if fallback is None or isinstance(error, RobotsDenied):
            return failed_result(run, error, response)
        try:
            async with asyncio.timeout(run.config.page_timeout / 1000):
                html = await fallback(run.url)
                stand_in = Response(url=run.url, base_url=run.url, status=200, headers={}, body=html)
                page = await self._read(run, stand_in)
        except Exception as fault:  # noqa: BLE001  # the caller's function may raise anything; the first error stands
            log.warning("fallback failed", extra={"url": run.url, "error": repr(fault)})
            result = failed_result(run, error, response)
            result.warnings.append(f"`fallback_fetch_function` failed too: {type(fault).__name__}: {fault}")
            return result
        return page_result(run, stand_in, page, resolved_by="fallback_fetch")


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
        ConfigError: If an option needs a part that is not there.
    """
    if wanted := config.needs_browser():
        msg = (
            f"`{wanted[0]}` needs a browser, and this version of skitter has none yet: leave it out to fetch over HTTP"
        )
        raise BrowserRequired(msg)
    for name in ("deep_crawl_strategy", "link_preview_config"):
        if getattr(config, name) is not None:
            msg = f"`{name}` is not part of this version of skitter yet: leave it out"
            raise ConfigError(msg)


def _refusal(run: Run, response: Response) -> HTTPStatusError:
    error = HTTPStatusError(
        f"{_short(run.url)} answered HTTP {response.status} to every attempt: crawl this host more slowly",
        status=response.status,
        url=run.url,
    )
    error.retry_after_s = retry_after(response.headers, time.time())
    return error


def _short(url: str) -> str:
    return url if len(url) <= 200 else f"{url[:200]}…"
