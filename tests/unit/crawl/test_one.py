"""One URL, attempt by attempt: what is tried again and when, what ends it, and what is said about it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from email.utils import formatdate

import pytest

from skitter.base.clock import epoch
from skitter.config import CrawlerRunConfig
from skitter.crawl.offload import Offload
from skitter.crawl.one import PageCrawler, check, task_for
from skitter.crawl.page import Page, PageTask
from skitter.crawl.run import Run
from skitter.dispatch.retry import Retry
from skitter.errors import (
    Blocked,
    BrowserRequired,
    ConfigError,
    ConnectError,
    CrawlError,
    DecodeError,
    DNSError,
    HTTPStatusError,
    ParseError,
    TLSError,
    TooLarge,
)
from skitter.fetch.faults import dns_error
from skitter.fetch.options import FetchOptions
from skitter.model.request import Request
from skitter.model.response import Response
from skitter.model.result import CrawlResult
from tests.virtual_time import run

URL = "http://a.example/"
Step = Response | BaseException | Callable[[Request], Awaitable[Response]]


def answer(status: int = 200, body: bytes = b"<h1>Tea</h1>", **headers: str) -> Response:
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(url=URL, base_url=URL, status=status, headers=spelled, body=body, http_version="1.1")


DAMAGED = Response(url=URL, base_url=URL, status=200, headers={}, body=b"no gzip", content_encoding="gzip")


class Script:
    """Answers each attempt with its next step, the last one again and again; notes when."""

    def __init__(self, *steps: Step, allowed: bool = True) -> None:
        self.steps = list(steps)
        self.allowed = allowed
        self.asked_s: list[float] = []
        self.requests: list[Request] = []

    async def fetch(self, request: Request, options: FetchOptions) -> Response:
        self.asked_s.append(asyncio.get_running_loop().time())
        self.requests.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, BaseException):
            raise step
        return step if isinstance(step, Response) else await step(request)

    async def may_fetch(self, url: str, options: FetchOptions) -> bool:
        return self.allowed

    @property
    def waits_s(self) -> list[float]:
        return [later - sooner for sooner, later in zip(self.asked_s, self.asked_s[1:], strict=False)]


def crawl(script: Script, *, page_log=None, offload: Offload | None = None, url: str = URL, **options) -> CrawlResult:
    async def one() -> CrawlResult:
        async with offload or Offload(0) as reading:
            return await PageCrawler(script, reading, page_log).crawl(Run(url, CrawlerRunConfig(**options)))

    return run(one())


async def never(request: Request) -> Response:
    await asyncio.sleep(1e6)
    raise AssertionError("nobody waits so long")


# ---- what is tried again


@pytest.mark.parametrize(
    "trouble",
    [
        ConnectError("x"),
        dns_error("a.example", URL, temporary=True),
        HTTPStatusError("x", status=503),
        TimeoutError("the caller's own limit"),
        never,
        answer(429),
        answer(503),
    ],
    ids=lambda step: getattr(step, "__name__", None) or str(getattr(step, "status", type(step).__name__)),
)
def test_what_may_pass_is_tried_again(trouble: Step):
    script = Script(trouble, trouble, answer())
    result = crawl(script, page_timeout=5_000)
    assert result.success
    assert len(script.requests) == result.crawl_stats["attempts"] == 3
    assert [request.attempt for request in script.requests] == [0, 1, 2]
    assert len(result.crawl_stats["reasons"]) == result.crawl_stats["retries"] == 2


@pytest.mark.parametrize(
    "trouble",
    [
        dns_error("a.example", URL, temporary=False),
        TLSError("x"),
        TooLarge("x"),
        DecodeError("x"),
        Blocked("x"),
        ParseError("x"),
        HTTPStatusError("x", status=404),
        ValueError("a fault of ours"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_will_not_pass_is_tried_once(trouble: BaseException, caplog: pytest.LogCaptureFixture):
    script = Script(trouble, answer())
    result = crawl(script)
    assert not result.success
    assert len(script.requests) == result.crawl_stats["attempts"] == len(result.crawl_stats["reasons"]) == 1
    kind = trouble.kind if isinstance(trouble, CrawlError) else "internal"
    assert result.error.kind == result.crawl_stats["reasons"][0]["reason"] == kind
    assert [record.exc_info is not None for record in caplog.records if record.levelno >= logging.ERROR] == (
        [True] if kind == "internal" else []
    )


def test_waits_double_and_are_spread_and_bounded():
    script = Script(ConnectError("x"))
    result = crawl(script, retry_delay=1, max_retries=5, max_retry_delay=6)
    bounds = [(0.5, 1.5), (1, 3), (2, 6), (4, 6), (6, 6)]
    assert all(low - 1e-9 <= wait <= high + 1e-9 for wait, (low, high) in zip(script.waits_s, bounds, strict=True))
    assert [reason["waited_s"] for reason in result.crawl_stats["reasons"]] == pytest.approx([*script.waits_s, 0])
    again = Script(ConnectError("x"))
    crawl(again, retry_delay=1, max_retries=1)
    assert again.waits_s[0] != pytest.approx(script.waits_s[0], rel=1e-9), "pages that fail together come back apart"


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_there_are_as_many_attempts_as_were_asked_for(retries: int):
    script = Script(answer(503))
    result = crawl(script, max_retries=retries)
    assert len(script.requests) == result.crawl_stats["attempts"] == retries + 1
    assert (result.success, result.status_code, result.error.kind) == (False, 503, "http_status")
    assert f"answered HTTP 503 to attempt {retries + 1} of {retries + 1}" in result.error_message
    assert result.markdown.startswith("# Tea"), "the page of a refusal is read when it is the last"


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_that_asks_to_wait_is_left_alone_so_long(form: str):
    said = "20" if form == "seconds" else formatdate(epoch() + 21, usegmt=True)
    script = Script(answer(429, retry_after=said), answer())
    assert crawl(script).success
    assert script.waits_s[0] >= 19


@pytest.mark.parametrize("said", ["", "soon", "-5", "inf", "nan"])
def test_nonsense_asks_for_nothing(said: str):
    script = Script(answer(429, retry_after=said), answer())
    assert crawl(script).success
    assert script.waits_s[0] < 1


def test_who_asks_for_too_long_a_wait_ends_it_at_once():
    script = Script(answer(503, retry_after="3600"), answer())
    result = crawl(script)
    assert len(script.requests) == result.crawl_stats["attempts"] == 1
    assert result.error_message == (
        "http://a.example/ answered HTTP 503 to attempt 1 and asks to wait 3,600 s, which is more than "
        "`max_retry_delay`: crawl it later"
    )
    assert crawl(Script(answer(503, retry_after="3600"), answer()), max_retry_delay=3600).success


def test_an_attempt_at_a_time_says_when_the_next_is_due():
    async def one() -> list[CrawlResult | Retry]:
        async with Offload(0) as offload:
            pages = PageCrawler(Script(answer(429, retry_after="7"), answer()), offload)
            task = Run(URL, CrawlerRunConfig())
            return [await pages.attempt(task), await pages.attempt(task)]

    again, result = run(one())
    assert isinstance(again, Retry)
    assert (again.delay_s, again.host_delay_s, again.reason) == (7, 7, "http_status")
    assert isinstance(result, CrawlResult)


# ---- the limit of an attempt


def test_each_attempt_has_its_own_limit():
    script = Script(never)
    result = crawl(script, page_timeout=3_000, retry_delay=1, max_retries=1)
    assert script.waits_s[0] == pytest.approx(3 + result.crawl_stats["reasons"][0]["waited_s"])
    assert result.error.kind == "timeout"
    assert result.error_message == f"{URL} was not done within 3 s: raise `page_timeout` if the page is that slow"


def test_a_limit_of_the_callers_own_is_told_from_ours():
    result = crawl(Script(TimeoutError()), max_retries=0)
    assert result.error.kind == "timeout"
    assert "page_timeout" not in result.error_message


class SlowReading(Offload):
    """Takes a minute for each page."""

    async def run(self, task: PageTask) -> Page:
        await asyncio.sleep(60)
        return await super().run(task)


@pytest.mark.parametrize("status", [200, 503])
def test_reading_counts_towards_the_limit(status: int):
    result = crawl(Script(answer(status)), offload=SlowReading(0), page_timeout=1_000, max_retries=0)
    assert (result.success, result.status_code, result.html) == (False, status, "<h1>Tea</h1>")
    if status == 200:
        assert (result.error.kind, "was fetched, but not read within 1 s" in result.error_message) == ("timeout", True)
    else:
        assert result.error.kind == "http_status", "that the server refused says more"


def test_a_wait_that_something_else_ended_fails_the_page():
    async def cancelled(request: Request) -> Response:
        other = asyncio.get_running_loop().create_future()
        other.cancel()
        return await other

    result = crawl(Script(cancelled), max_retries=0)
    assert (result.error.kind, "cancelled" in result.error_message) == ("internal", True)


@pytest.mark.parametrize("doing", ["fetching", "reading", "waiting", "falling back"])
def test_who_is_cancelled_is_cancelled(doing: str):
    step = {"fetching": never, "reading": answer(), "waiting": answer(503, retry_after="9")}.get(doing, DNSError("x"))

    async def main() -> bool:
        async with SlowReading(0) if doing == "reading" else Offload(0) as offload:
            pages = PageCrawler(Script(step), offload)
            config = CrawlerRunConfig(fallback_fetch_function=lambda url: asyncio.sleep(1e6, ""))
            task = asyncio.ensure_future(pages.crawl(Run(URL, config)))
            await asyncio.sleep(1)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled()

    assert run(main())


# ---- closing


@pytest.mark.parametrize("doing", ["fetching", "waiting"])
def test_closing_fails_what_is_running(doing: str):
    async def main() -> tuple[CrawlResult, CrawlResult, float]:
        loop = asyncio.get_running_loop()

        async def cut_off(request: Request) -> Response:
            await asyncio.sleep(10)
            raise RuntimeError("the pool is closed")

        async with Offload(0) as offload, asyncio.TaskGroup() as group:
            pages = PageCrawler(Script(cut_off if doing == "fetching" else answer(503, retry_after="50")), offload)
            running = group.create_task(pages.crawl(Run(URL, CrawlerRunConfig(fallback_fetch_function=never_called))))
            await asyncio.sleep(9)
            pages.close()
            began = loop.time()
            result = await running
            return result, await pages.crawl(Run(URL, CrawlerRunConfig())), loop.time() - began

    running, late, took_s = run(main())
    assert (running.error.kind, late.error.kind) == ("cancelled", "cancelled")
    assert "closed before http://a.example/ was crawled" in running.error_message
    assert running.crawl_stats["attempts"] == 1
    assert late.crawl_stats["attempts"] == 0
    assert took_s < 2, "nobody waits for the next attempt"


async def never_called(url: str) -> str:
    raise AssertionError(url)


# ---- the fallback


async def stand_in(url: str) -> str:
    return f"<h1>Instead</h1><p>Of {url}, see <a href='next'>this</a>.</p>"


@pytest.mark.parametrize(
    "trouble",
    [
        answer(429),
        ConnectError("x"),
        DNSError("x"),
        DAMAGED,
        never,
        ValueError(),
    ],
    ids=["429", "connect", "dns", "damaged", "late", "internal"],
)
def test_the_fallback_gives_the_page_where_every_attempt_failed(trouble: Step):
    script = Script(trouble)
    result = crawl(script, fallback_fetch_function=stand_in, max_retries=1, page_timeout=1_000)
    assert result.success, result.error_message
    assert (result.status_code, result.error, result.markdown.splitlines()[0]) == (200, None, "# Instead")
    assert result.links["internal"][0]["href"] == "http://a.example/next"
    stats = result.crawl_stats
    assert (stats["resolved_by"], stats["fallback_fetch_used"]) == ("fallback_fetch", True)
    assert stats["attempts"] == len(script.requests) == len(stats["reasons"]) == len(stats["proxies_used"])


def test_the_fallback_is_not_asked_without_need():
    assert crawl(Script(ConnectError("x"), answer()), fallback_fetch_function=never_called).success
    forbidden = crawl(Script(answer(), allowed=False), fallback_fetch_function=never_called, check_robots_txt=True)
    guarded = crawl(Script(Blocked("x")), fallback_fetch_function=never_called)
    assert (forbidden.error.kind, guarded.error.kind) == ("robots", "blocked")


@pytest.mark.parametrize(
    ("fallback", "complaint"),
    [
        (lambda url: asyncio.sleep(0), "it must return HTML, and returned an object of type NoneType"),
        (lambda url: asyncio.sleep(1e6), "TimeoutError"),
        (lambda url: 1 / 0, "division by zero"),
        (never_called, "AssertionError: http://a.example/"),
    ],
    ids=["nothing", "late", "plain", "fails"],
)
def test_a_fallback_that_fails_is_told_and_the_first_error_stands(fallback, complaint: str):
    result = crawl(Script(ConnectError("nobody there")), fallback_fetch_function=fallback, max_retries=0)
    assert (result.success, result.error_message) == (False, "nobody there")
    assert len(result.warnings) == 1
    assert complaint in result.warnings[0]
    assert result.crawl_stats["attempts"] == 1


def test_a_fallback_whose_wait_was_cancelled_has_failed():
    async def cancelled(url: str) -> str:
        raise asyncio.CancelledError

    result = crawl(Script(ConnectError("nobody there")), fallback_fetch_function=cancelled, max_retries=0)
    assert (result.error.kind, len(result.warnings)) == ("connect", 1)


# ---- what is asked


def test_robots_txt_is_asked_only_where_that_is_wanted():
    assert crawl(Script(answer(), allowed=False)).success
    script = Script(answer(), allowed=False)
    result = crawl(script, check_robots_txt=True)
    assert (result.success, result.error.kind, result.status_code, script.requests) == (False, "robots", 403, [])
    assert "check_robots_txt" in result.error_message


def test_the_proxy_of_an_attempt_that_was_given_up_is_known():
    async def through(request: Request) -> Response:
        request.chose_proxy(f"http://proxy{request.attempt}:1")
        return await never(request)

    used = crawl(Script(through, through, never), page_timeout=10).crawl_stats["proxies_used"]
    assert [one["proxy"] for one in used] == ["http://proxy0:1", "http://proxy1:1", "direct"]


def test_the_callers_mistakes_are_raised():
    with pytest.raises(ConfigError, match="mine"):
        crawl(Script(ConfigError("mine")))
    with pytest.raises(ConfigError, match="css_selector"):
        crawl(Script(answer()), css_selector="div[")
    with pytest.raises(ConfigError, match="css_selector"):
        crawl(Script(ConnectError("x")), css_selector="div[", fallback_fetch_function=stand_in, max_retries=0)


def test_a_password_is_not_repeated_in_messages():
    secret = "http://ann:s3cret@a.example/"
    for script in (Script(answer(429)), Script(never), Script(ValueError("x")), Script(answer(), allowed=False)):
        result = crawl(script, url=secret, max_retries=0, page_timeout=10, check_robots_txt=True)
        assert "s3cret" not in result.error_message


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("screenshot", True),
        ("js_code", "1"),
        ("wait_for", "css:h1"),
        ("fetch_mode", "browser"),
        ("scan_full_page", True),
        ("process_in_browser", True),
        ("deep_crawl_strategy", object()),
        ("link_preview_config", {}),
    ],
)
def test_what_is_not_there_is_refused_by_its_name(option: str, value: object):
    with pytest.raises(ConfigError, match=f"`{option}` ") as caught:
        check(CrawlerRunConfig(**{option: value}))
    assert isinstance(caught.value, BrowserRequired) == (option not in {"deep_crawl_strategy", "link_preview_config"})
    check(CrawlerRunConfig(wait_until="load", delay_before_return_html=3))


def test_a_page_is_read_with_the_base_that_was_given():
    assert task_for(CrawlerRunConfig(), answer()).base_url == URL
    assert task_for(CrawlerRunConfig(base_url="http://b.example/"), answer()).base_url == "http://b.example/"


# ---- what is told


class PageLog:
    def __init__(self) -> None:
        self.lines: list[tuple] = []

    def url_status(self, url: str, success: bool, timing: float, tag: str = "FETCH") -> None:
        self.lines.append((url, success))

    def error_status(self, url: str, error: str, tag: str = "ERROR") -> None:
        self.lines.append((url, error))


@pytest.mark.parametrize("verbose", [True, False])
def test_each_page_is_told_once_at_its_end(caplog: pytest.LogCaptureFixture, verbose: bool):
    page_log = PageLog()
    with caplog.at_level(logging.INFO, "skitter.crawl.one"):
        crawl(Script(ConnectError("x"), answer()), page_log=page_log, verbose=verbose)
        crawl(Script(DNSError("no address")), page_log=page_log, verbose=verbose)
    records = [record for record in caplog.records if record.getMessage() == "page done"]
    if not verbose:
        assert (records, page_log.lines) == ([], [])
        return
    assert [(one.url, one.status, one.error, one.attempts) for one in records] == [
        (URL, 200, None, 2),
        (URL, None, "dns", 1),
    ]
    assert page_log.lines == [(URL, True), (URL, "no address")]
