"""What a dispatcher is: how many pages at once, how fast, and who watches."""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from skitter.dispatch.memory import Memory, read_memory
from skitter.dispatch.monitor import CrawlerMonitor
from skitter.dispatch.rate_limiter import RateLimiter
from skitter.errors import ConfigError
from skitter.model.result import CrawlResult


class Matching(Protocol):
    """A config that says which URLs it is for."""

    def is_match(self, url: str) -> bool:
        """Say whether it is for *url*."""
        ...


class Crawler(Protocol):
    """What a dispatcher asks of a crawler."""

    def arun(self, url: str, config: Any = None) -> Awaitable[Any]:
        """Crawl one URL."""
        ...

    def arun_many(self, urls: Any, config: Any = None, dispatcher: Any = None) -> Any:
        """Crawl many."""
        ...


@dataclass(slots=True)
class CrawlerTaskResult:
    """A page's result with how it was scheduled, as `crawl_url` of a dispatcher of your own returns it.

    Attributes:
        task_id: The page's own id in this crawl.
        url: As it was asked for.
        result: The page.
        memory_usage: Memory at the page's end in MiB, as are all memories here.
        peak_memory: Highest memory so far.
        start_time: Seconds since the epoch.
        end_time: Seconds since the epoch.
        error_message: Why it failed.
        retry_count: How often it had been tried before.
        wait_time: Seconds it waited for its turn.
    """

    task_id: str
    url: str
    result: CrawlResult
    memory_usage: float = 0.0
    peak_memory: float = 0.0
    start_time: float = 0.0
    end_time: float = 0.0
    error_message: str = ""
    retry_count: int = 0
    wait_time: float = 0.0


class Gate:
    """Whether another page may start now, over one crawl: this one always says yes.

    A state machine: readings go in, and it is asked. What a crawl learns is kept here and not in the dispatcher, which
    several crawls may share.
    """

    def observe(self, percent: float, now: float, running: int) -> int:
        """Take in a reading.

        Args:
            percent: Used memory, 0 to 100.
            now: The time.
            running: How many pages are being crawled.

        Returns:
            How many of them, the youngest, are to be stopped and queued again.
        """
        del percent, now, running
        return 0

    def may_start(self, running: int) -> bool:
        """Say whether another page may start beside *running* others."""
        del running
        return True

    @property
    def state(self) -> str:
        """What to show: "NORMAL", "PRESSURE" or "CRITICAL"."""
        return "NORMAL"

    @property
    def shortage(self) -> str | None:
        """Why the crawl is to end, None as long as it is to go on."""
        return None


Config = TypeVar("Config", bound=Matching)


class BaseDispatcher:
    """How `arun_many` crawls: subclass it for a policy of your own.

    A dispatcher runs nothing: it answers the crawl's questions. `permits` pages run at once, `per_host` of one host; a
    `gate()` is asked before each start. To go further, override `select_config`, `crawl_url` or `run_urls`: then
    `arun_many` calls yours.
    """

    rate_limiter: RateLimiter | None = None
    """Spaces the requests to each host."""

    monitor: CrawlerMonitor | None = None
    """Is told what happens."""

    permits: int = 20
    """Most pages at once."""

    per_host: int | None = None
    """Most pages of one host at once."""

    fairness_timeout: float | None = None
    """Seconds after which a waiting page goes before all others; None never."""

    check_interval: float = 1.0
    """Seconds between two readings of the memory."""

    read_memory: Callable[[], Memory] = staticmethod(read_memory)
    """Reads the memory; called in a thread."""

    crawler: Crawler | None = None
    """The crawler it last worked for; set where `crawl_url` is overridden, which may need it."""

    def __init__(self, rate_limiter: RateLimiter | None = None, monitor: CrawlerMonitor | None = None) -> None:
        self.rate_limiter = rate_limiter
        self.monitor = monitor

    def gate(self) -> Gate:
        """Return the fresh state of one crawl."""
        return Gate()

    def select_config(self, url: str, configs: Config | Sequence[Config]) -> Config | None:
        """Return the first of *configs* that is for *url*, None if none is; a single config is for every URL."""
        if isinstance(configs, Sequence):
            return next((config for config in configs if config.is_match(url)), None)
        return configs

    async def crawl_url(self, url: str, config: Any, task_id: str, retry_count: int = 0) -> CrawlerTaskResult:
        """Crawl one URL with the crawler this dispatcher works for, at once: pacing is the crawl's.

        Called by `arun_many` where a subclass overrides it.

        Raises:
            ConfigError: If no crawler has used this dispatcher yet.
        """
        if self.crawler is None:
            msg = "this dispatcher belongs to no crawler yet: hand it to `arun_many`"
            raise ConfigError(msg)
        result = await self.crawler.arun(url, config=config)
        error = result.error_message or ""
        return CrawlerTaskResult(task_id=task_id, url=url, result=result, error_message=error, retry_count=retry_count)

    async def run_urls(self, urls: Iterable[Any] | AsyncIterable[Any], crawler: Crawler, config: Any) -> list[Any]:
        """Crawl *urls* and return the results in their order."""
        config = _with_stream(config, stream=False)
        results: list[Any] = await crawler.arun_many(urls, config=config, dispatcher=Within(self))
        return results

    async def run_urls_stream(
        self, urls: Iterable[Any] | AsyncIterable[Any], crawler: Crawler, config: Any
    ) -> AsyncIterator[Any]:
        """Crawl *urls* and yield the results as pages finish."""
        config = _with_stream(config, stream=True)
        async for result in crawler.arun_many(urls, config=config, dispatcher=Within(self)):
            yield result


class Within(BaseDispatcher):
    """Stands for *dispatcher* in a crawl that its own `run_urls` has begun: that is not to be called once more."""

    def __init__(self, dispatcher: BaseDispatcher) -> None:
        super().__init__(dispatcher.rate_limiter, dispatcher.monitor)
        self.dispatcher = dispatcher


def _with_stream(config: Any, *, stream: bool) -> Any:
    """Return *config*, or the configs of it, with `stream` as it is needed; the first one decides."""
    if isinstance(config, Sequence):
        return [_with_stream(config[0], stream=stream), *config[1:]] if config else config
    return config if config is None or config.stream is stream else config.clone(stream=stream)
