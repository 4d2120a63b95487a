"""From what the caller gives `arun_many` to tasks: one at a time, and nothing it may hold ends the crawl."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from skitter.config.crawl import CrawlerRunConfig
from skitter.config.request import CrawlRequest
from skitter.crawl.run import Run
from skitter.errors import ConfigError
from skitter.frontier.memory import Task, host_key
from skitter.model.result import CrawlFailure, CrawlResult

Urls = str | CrawlRequest | Iterable[str | CrawlRequest] | AsyncIterable[str | CrawlRequest]
Configs = CrawlerRunConfig | Sequence[CrawlerRunConfig]
SelectConfig = Callable[[str, Configs], CrawlerRunConfig | None]

WAIT_CANCELLED = CrawlFailure(kind="cancelled", message="what the page was waiting for was cancelled, and not the page")
"""Why a page failed that nobody cancelled, but something it waited for: a task of a program's own, for instance."""

_SHOWN = 200


@dataclass(slots=True, eq=False, kw_only=True)
class CrawlTask(Task):
    """One URL of a crawl on its way.

    Attributes:
        task_id: Its own id in this crawl.
        position: Its place in the input, from 0.
        added_s: When it was read from the input, by the loop's clock.
        request: What came with the URL, None where it came alone.
        config: The config it is crawled with; chosen when its turn comes.
        run: What its attempts have learned; made and kept by whoever crawls it.
        started_s: When its last attempt started.
        starts: How often it was started.
        retries: How often an attempt asked for another.
        is_shed: Whether its attempt is being stopped because memory is short.
        fault: Why it cannot be crawled at all.
    """

    task_id: str
    position: int
    added_s: float
    request: CrawlRequest | None = None
    config: CrawlerRunConfig | None = None
    run: Run | None = None
    started_s: float = 0.0
    starts: int = 0
    retries: int = 0
    is_shed: bool = False
    fault: CrawlFailure | None = None

    @property
    def session_id(self) -> str | None:
        """The session that came with the URL; it goes before the config's."""
        return None if self.request is None else self.request.session_id

    @property
    def metadata(self) -> dict[str, Any]:
        """What came with the URL for the result's metadata."""
        return {} if self.request is None else dict(self.request.metadata)


def checked_urls(urls: object) -> AsyncIterable[Any] | Iterable[Any]:
    """Return *urls* as something to iterate over; one URL is taken for a list of one.

    Raises:
        ConfigError: If it is nothing of the kind.
    """
    if isinstance(urls, (str, CrawlRequest)):
        return (urls,)
    if isinstance(urls, (Iterable, AsyncIterable)) and not isinstance(urls, (bytes, bytearray)):
        return urls
    msg = f"`urls` is of type {type(urls).__name__}: give an iterable or async iterable of URLs"
    raise ConfigError(msg)


def checked_configs(configs: object) -> Configs:
    """Return *configs* as one config or a list of them; None is the default config.

    Raises:
        ConfigError: If it is neither, or an empty list.
    """
    if configs is None:
        return CrawlerRunConfig()
    if isinstance(configs, CrawlerRunConfig):
        return configs
    if isinstance(configs, Sequence) and configs and all(isinstance(config, CrawlerRunConfig) for config in configs):
        return configs
    msg = f"`config` is {configs!r:.200}: give a CrawlerRunConfig or a list of them"
    raise ConfigError(msg)


async def items(urls: AsyncIterable[Any] | Iterable[Any]) -> AsyncGenerator[Any, None]:
    """Yield what *urls* holds; an async generator is closed in the end, also when it was not read to its end."""
    if isinstance(urls, AsyncGenerator):
        async with aclosing(urls):
            async for item in urls:
                yield item
    elif isinstance(urls, AsyncIterable):
        async for item in urls:
            yield item
    else:
        for item in urls:
            yield item


def task_of(item: object, *, position: int, crawl_id: str, now: float) -> CrawlTask:
    """Return the task for one item of the input; what is no URL becomes a task with a fault."""
    request = item if isinstance(item, CrawlRequest) else None
    url = item if request is None else request.url
    task_id = f"{crawl_id}-{position}"
    fault = None
    if isinstance(url, str):
        if url[:1].isspace() or url[-1:].isspace():
            url = url.strip()  # a line of a file ends in one
        if not url:
            fault = _invalid("the URL is empty")
    else:
        fault = _invalid(f"a URL is a string, this is of type {type(url).__name__}: {url!r:.{_SHOWN}}")
        url = f"{url!r:.{_SHOWN}}"
    host = "" if fault else host_key(url)
    return CrawlTask(url=url, host=host, task_id=task_id, position=position, added_s=now, request=request, fault=fault)


def configure(task: CrawlTask, configs: Configs, select: SelectConfig) -> None:
    """Choose the config of *task*; where there is none, or a matcher fails, it gets a fault."""
    if task.request is not None and task.request.config is not None:
        task.config = task.request.config
        return
    shown = task.url[:_SHOWN]
    try:
        task.config = select(task.url, configs)
    except Exception as error:  # noqa: BLE001  # a matcher is the caller's function: it may raise anything, for one URL
        reason = f"choosing the config of {shown} failed: a `url_matcher` raised {type(error).__name__}: {error}"
        task.fault = CrawlFailure(kind="config", message=reason)
        return
    if task.config is None:
        reason = f"no config is for {shown}: add one without `url_matcher` at the end of the list, it is for every URL"
        task.fault = CrawlFailure(kind="no_config", message=reason)


def failed_task(task: CrawlTask, fault: CrawlFailure) -> CrawlResult:
    """Return the result of a page that was not crawled."""
    metadata = task.metadata
    if fault.kind == "no_config":
        metadata["status"] = "no_config_match"
    return CrawlResult(
        url=task.url,
        success=False,
        error=fault,
        error_message=fault.message,
        status_code=fault.status,
        metadata=metadata,
        session_id=task.session_id,
    )


def _invalid(reason: str) -> CrawlFailure:
    return CrawlFailure(kind="invalid_url", message=reason)
