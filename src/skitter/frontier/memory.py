"""The frontier in memory: a queue for each host, and whose turn it is.

A host is in one of four places:

- *ready*: it has a task that may start now. Of these, the host with the fewest tasks in flight goes first and, among
  equals, the one that was served longest ago (max-min fairness): a host whose pages are slow collects tasks in flight
  and so moves behind the others, however many of its tasks wait. A task that has waited longer than `fairness_s` goes
  before all that.
- *waiting*: its delay is not over, or all it has are retries that are not due yet.
- *full*: it has as many in flight as it may have.
- *empty*: it has no task; it is forgotten with its last task in flight, or when its delay is over.

Ready and waiting hosts stand in heaps. An entry is not removed when its host moves: the host's `version` rises, which
makes older entries void, and void entries are skipped when they come up and swept out when they are the most. So each
operation costs O(log hosts), amortised.
"""

import heapq
import math
from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from skitter.base.url import origin_host


@dataclass(slots=True, eq=False, kw_only=True)
class Task:
    """One URL on its way through a crawl; two tasks for the same URL are two tasks.

    Attributes:
        url: What to crawl.
        host: Tasks with the same host share its queue, delays and limit; "" has none of them but the queue.
        due_s: Since when it waits for its turn; set by the frontier.
    """

    url: str
    host: str
    due_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may start now.

    Attributes:
        until_s: When something may, unless something ends or is added before; infinite where only that can help.
    """

    until_s: float


T = TypeVar("T", bound=Task)


def host_key(url: str) -> str:
    """Return the host whose queue, delays and limit *url* shares; "" for what is not fetched from a host.

    Cheap: the URL is cut, not parsed.
    """
    if url[:5].lower().startswith(("raw:", "file:")):
        return ""
    return origin_host(url)


class MemoryFrontier(Generic[T]):
    """Hands out tasks: in order within a host, fairly between hosts, none before its time.

    Args:
        per_host: Most tasks of one host in flight; None is no limit.
        fairness_s: A task that has waited longer goes first; None never.
    """

    def __init__(self, *, per_host: int | None = None, fairness_s: float | None = None) -> None:
        self._per_host = per_host
        self._fairness_s = fairness_s
        self._hosts: dict[str, _Host[T]] = {}
        self._ready: _Heap[T] = _Heap()
        self._aging: _Heap[T] = _Heap()
        self._waiting: _Heap[T] = _Heap()
        self._numbers = count()
        self._queued = 0
        self._in_flight = 0

    @property
    def queued(self) -> int:
        """How many tasks wait."""
        return self._queued

    @property
    def in_flight(self) -> int:
        """How many tasks have been taken and neither been done nor put back."""
        return self._in_flight

    @property
    def hosts(self) -> int:
        """How many hosts are known: those with tasks, and those whose delay is not over."""
        return len(self._hosts)

    def add(self, task: T, now: float) -> None:
        """Queue *task* behind those of its host."""
        host = self._host(task.host)
        task.due_s = now
        self._queued += 1
        host.queue.append(task)
        if len(host.queue) == 1:
            self._place(host, now)

    def take(self, now: float) -> "T | Wait | None":
        """Take the task whose turn it is.

        Returns:
            The task; or when to ask again; or None where no task is queued.
        """
        waiting = self._waiting
        while (host := waiting.first()) is not None and waiting.key <= now:
            self._place(host, now)
        host = self._overdue(now) or self._ready.first()
        if host is None:
            return self._nothing()
        task = host.pop(now)
        host.in_flight += 1
        host.served = next(self._numbers)
        self._in_flight += 1
        self._queued -= 1
        self._place(host, now)
        return task

    def done(self, task: T, now: float) -> None:
        """Note that *task*, which was taken, needs no more."""
        host = self._hosts[task.host]
        host.in_flight -= 1
        self._in_flight -= 1
        self._place(host, now)

    def put_back(self, task: T, now: float, *, not_before: float = 0.0, front: bool = True) -> None:
        """Queue *task*, which was taken, again.

        Args:
            task: The task.
            now: The time.
            not_before: When it is due.
            front: Whether it then goes before the other tasks of its host, or behind them.
        """
        host = self._hosts[task.host]
        task.due_s = max(now, not_before)
        host.in_flight -= 1
        self._in_flight -= 1
        self._queued += 1
        heapq.heappush(host.later, (task.due_s, next(self._numbers), front, task))
        self._place(host, now)

    def delay_host(self, name: str, until: float, now: float) -> None:
        """Let no task of host *name* start before *until*; a longer delay that it has stays. "" is not delayed."""
        if not name or until <= now:
            return
        host = self._host(name)
        if until > host.not_before:
            host.not_before = until
            self._place(host, now)

    def waits(self, now: float) -> tuple[float, float]:
        """Return how long the next tasks of the hosts have waited: at most and on average, in seconds. O(hosts)."""
        waits = [max(0.0, now - host.queue[0].due_s) for host in self._hosts.values() if host.queue]
        return (max(waits), sum(waits) / len(waits)) if waits else (0.0, 0.0)

    def _host(self, name: str) -> "_Host[T]":
        host = self._hosts.get(name)
        if host is None:
            # as if it had been served just now: new hosts do not push in before those that have waited
            host = self._hosts[name] = _Host(name, next(self._numbers))
        return host

    def _place(self, host: "_Host[T]", now: float) -> None:
        """Put *host* where it belongs now."""
        host.version += 1
        due = host.due(now)
        if due is None:
            if not host.in_flight:
                del self._hosts[host.name]
            return
        if self._per_host is not None and host.in_flight >= self._per_host and host.name:
            return
        if due > now:
            self._push(self._waiting, due, host)
            return
        self._push(self._ready, host.in_flight, host)
        if self._fairness_s is not None:
            self._push(self._aging, host.waits_since(now), host)

    def _push(self, heap: "_Heap[T]", key: float, host: "_Host[T]") -> None:
        heap.push(key, host)
        if len(heap.entries) > 64 + 4 * len(self._hosts):
            heap.sweep()

    def _overdue(self, now: float) -> "_Host[T] | None":
        if self._fairness_s is None:
            return None
        host = self._aging.first()
        return host if host is not None and now - self._aging.key > self._fairness_s else None

    def _nothing(self) -> Wait | None:
        if not self._queued:
            return None
        return Wait(self._waiting.key if self._waiting.first() is not None else math.inf)


class _Host(Generic[T]):
    """What is known of one host."""

    __slots__ = ("in_flight", "later", "name", "not_before", "queue", "served", "version")

    def __init__(self, name: str, served: int) -> None:
        self.name = name
        self.queue: deque[T] = deque()
        self.later: list[tuple[float, int, bool, T]] = []
        """Heap of the tasks that were put back: when due, number, whether to the front."""
        self.in_flight = 0
        self.not_before = 0.0
        self.served = served
        self.version = 0

    def due(self, now: float) -> float | None:
        """Say when a task of it may start, None if it may be forgotten."""
        if self.queue:
            return self.not_before
        if self.later:
            return max(self.not_before, self.later[0][0])
        return self.not_before if self.not_before > now else None

    def waits_since(self, now: float) -> float:
        """Say since when the task that is next has waited."""
        self._bring_back(now)
        return self.queue[0].due_s

    def pop(self, now: float) -> T:
        """Take the task that is next."""
        self._bring_back(now)
        return self.queue.popleft()

    def _bring_back(self, now: float) -> None:
        if not self.later or self.later[0][0] > now:
            return
        first: list[T] = []
        while self.later and self.later[0][0] <= now:
            _, _, front, task = heapq.heappop(self.later)
            (first if front else self.queue).append(task)
        self.queue.extendleft(reversed(first))


class _Heap(Generic[T]):
    """Hosts by a key, then by when they were last served; entries of hosts that have moved since are void."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[tuple[float, int, int, _Host[T]]] = []

    @property
    def key(self) -> float:
        """The key of the host that `first` returned."""
        return self.entries[0][0]

    def push(self, key: float, host: _Host[T]) -> None:
        heapq.heappush(self.entries, (key, host.served, host.version, host))

    def first(self) -> _Host[T] | None:
        """Return the host with the least key, None where there is none."""
        entries = self.entries
        while entries:
            _, _, version, host = entries[0]
            if version == host.version:
                return host
            heapq.heappop(entries)
        return None

    def sweep(self) -> None:
        """Take the void entries out."""
        self.entries = [entry for entry in self.entries if entry[2] == entry[3].version]
        heapq.heapify(self.entries)
