"""As many pages at once as the memory allows."""

from collections.abc import Callable
from enum import StrEnum

from skitter.dispatch.base import BaseDispatcher, Gate
from skitter.dispatch.memory import Memory, read_memory
from skitter.dispatch.monitor import CrawlerMonitor
from skitter.dispatch.rate_limiter import RateLimiter
from skitter.errors import ConfigError

_PATIENCE_S = 10.0
"""How long a crawl that stands still below the threshold waits for memory that nothing of it will give back."""


class Pressure(StrEnum):
    """How short memory is."""

    NORMAL = "NORMAL"
    """Pages start."""

    PRESSURE = "PRESSURE"
    """No page starts; those that run go on."""

    CRITICAL = "CRITICAL"
    """The youngest half of those that run is stopped and queued again, at each reading; one stays."""


class MemoryGate(Gate):
    """NORMAL → PRESSURE at *threshold*, → CRITICAL at *critical*, back to NORMAL only at *recovery*; all in percent.

    Above the threshold for *wait_timeout_s* on end, there is a `shortage`. Between recovery and threshold a crawl in
    which nothing runs any more has nothing to wait for: after some seconds it goes on, one page at a time.
    """

    def __init__(self, *, threshold: float, critical: float, recovery: float, wait_timeout_s: float | None) -> None:
        self._threshold = threshold
        self._critical = critical
        self._recovery = recovery
        self._wait_timeout_s = wait_timeout_s
        self._pressure = Pressure.NORMAL
        self._percent = 0.0
        self._above_since: float | None = None
        self._idle_since: float | None = None
        self._trickles = False
        self._shortage: str | None = None

    @property
    def pressure(self) -> Pressure:
        """The state."""
        return self._pressure

    @property
    def state(self) -> str:
        """The state's name."""
        return self._pressure.value

    @property
    def shortage(self) -> str | None:
        """What to tell the caller when the wait has been too long."""
        return self._shortage

    def observe(self, percent: float, now: float, running: int = 0) -> int:
        """Take in a reading; return how many of the *running* pages, the youngest, are to be stopped."""
        self._percent = percent
        if percent >= self._critical:
            self._pressure = Pressure.CRITICAL
        elif percent >= self._threshold:
            self._pressure = Pressure.PRESSURE
        elif percent <= self._recovery:
            self._pressure = Pressure.NORMAL
        elif self._pressure is Pressure.CRITICAL:
            self._pressure = Pressure.PRESSURE
        self._watch_the_wait(now)
        self._watch_the_standstill(now, running)
        return running // 2 if self._pressure is Pressure.CRITICAL else 0

    def may_start(self, running: int) -> bool:
        """Say whether another page may start beside *running* others."""
        return self._pressure is Pressure.NORMAL or (self._trickles and not running)

    def _watch_the_wait(self, now: float) -> None:
        if self._pressure is Pressure.NORMAL or self._percent < self._threshold:
            self._above_since = None
            return
        if self._above_since is None:
            self._above_since = now
        waited_s = now - self._above_since
        if self._wait_timeout_s is not None and waited_s >= self._wait_timeout_s:
            self._shortage = (
                f"memory was above {self._threshold:g} % for {waited_s:.0f} s (now {self._percent:.0f} %): crawl fewer "
                "pages at once, stream the results, or raise `memory_threshold_percent` or `memory_wait_timeout`"
            )

    def _watch_the_standstill(self, now: float, running: int) -> None:
        if self._pressure is Pressure.NORMAL or self._percent >= self._threshold:
            self._idle_since, self._trickles = None, False
            return
        if running and not self._trickles:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        elif now - self._idle_since >= _PATIENCE_S:
            self._trickles = True


class MemoryAdaptiveDispatcher(BaseDispatcher):
    """Crawls up to `max_session_permit` pages at once, and fewer when memory is short.

    What counts is this program's memory with its child processes against what is left of the machine, or of the
    control group where it has a limit: other programs' memory matters only when it leaves too little.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # the peer's signature
        self,
        memory_threshold_percent: float = 90.0,
        critical_threshold_percent: float = 95.0,
        recovery_threshold_percent: float = 85.0,
        check_interval: float = 1.0,
        max_session_permit: int = 20,
        fairness_timeout: float = 600.0,
        memory_wait_timeout: float | None = 600.0,
        rate_limiter: RateLimiter | None = None,
        monitor: CrawlerMonitor | None = None,
        *,
        per_host: int | None = None,
        read_memory: Callable[[], Memory] = read_memory,
    ) -> None:
        """Set the limits.

        Args:
            memory_threshold_percent: From here on no page starts.
            critical_threshold_percent: From here on the youngest half of the running pages is stopped and queued again,
                at each reading; never below the threshold.
            recovery_threshold_percent: Down here pages start again; five below the threshold where it is not below it.
            check_interval: Seconds between two readings.
            max_session_permit: Most pages at once.
            fairness_timeout: Seconds after which a waiting page goes before all others.
            memory_wait_timeout: Seconds above the threshold after which the crawl ends with a MemoryError, when the
                running pages are done; None waits for ever.
            rate_limiter: Spaces the requests to each host.
            monitor: Is told what happens.
            per_host: Most pages of one host at once; None is no limit.
            read_memory: Reads the memory; called in a thread.

        Raises:
            ConfigError: If a value is out of its range.
        """
        super().__init__(rate_limiter, monitor)
        for name, percent in (
            ("memory_threshold_percent", memory_threshold_percent),
            ("critical_threshold_percent", critical_threshold_percent),
            ("recovery_threshold_percent", recovery_threshold_percent),
        ):
            if not 0 < percent <= 100:
                msg = f"`{name}` is {percent}: give a percentage above 0, up to 100"
                raise ConfigError(msg)
        if max_session_permit < 1 or (per_host is not None and per_host < 1):
            msg = f"`max_session_permit` is {max_session_permit} and `per_host` {per_host}: at least 1"
            raise ConfigError(msg)
        if check_interval <= 0:
            msg = f"`check_interval` is {check_interval}: give seconds above 0"
            raise ConfigError(msg)
        self.memory_threshold_percent = memory_threshold_percent
        self.critical_threshold_percent = max(critical_threshold_percent, memory_threshold_percent)
        self.recovery_threshold_percent = (
            recovery_threshold_percent
            if recovery_threshold_percent < memory_threshold_percent
            else max(0.0, memory_threshold_percent - 5)
        )
        self.check_interval = check_interval
        self.max_session_permit = max_session_permit
        self.fairness_timeout = fairness_timeout
        self.memory_wait_timeout = memory_wait_timeout
        self.permits = max_session_permit
        self.per_host = per_host
        self.read_memory = read_memory

    def gate(self) -> MemoryGate:
        """Return the fresh state of one crawl."""
        return MemoryGate(
            threshold=self.memory_threshold_percent,
            critical=self.critical_threshold_percent,
            recovery=self.recovery_threshold_percent,
            wait_timeout_s=self.memory_wait_timeout,
        )
