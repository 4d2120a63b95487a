"""How much memory there is for this program: its process tree, the machine and the control group.

In a container the machine's numbers say nothing: the control group's limit is what kills. Of what a group uses, file
cache that the kernel can drop (``inactive_file``) does not count, as in the kernel's own reckoning of a working set.
"""

import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

_MIB = 2**20
_GIB = 2**30
_UNLIMITED = 2**60
"""Version 1 groups write "no limit" as a number near 2**63, rounded to pages."""

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


@dataclass(frozen=True, slots=True)
class Memory:
    """One reading.

    Attributes:
        used_bytes: Resident memory of this process and all its descendants.
        available_bytes: What is left for it: of the machine or of the control group, whichever is less.
    """

    used_bytes: int
    available_bytes: int

    @property
    def percent(self) -> float:
        """How much of what this program could have it has taken, 0 to 100.

        What other programs use shows only as less available: they do not stall a crawl, a real shortage does.
        """
        whole = self.used_bytes + self.available_bytes
        return 100 * self.used_bytes / whole if whole else 100.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A control group's limit and what counts against it, in bytes."""

    limit_bytes: int
    working_set_bytes: int


class MemoryStats(NamedTuple):
    """What `get_memory_stats` returns."""

    percent: float
    """Used memory, 0 to 100."""

    available_gb: float
    """Memory that may still be taken, in GiB."""

    total_gb: float
    """All the memory there is for this program, in GiB."""


def read_memory() -> Memory:
    """Read the memory of the process tree and what is left for it.

    Takes a few milliseconds: every process of the machine is looked at. Safe to call from any thread.
    """
    available = psutil.virtual_memory().available
    for group in limits():
        available = min(available, max(0, group.limit_bytes - group.working_set_bytes))
    return Memory(used_bytes=tree_bytes(), available_bytes=available)


def own_bytes() -> int:
    """Return the resident memory of this process alone; takes microseconds."""
    return int(psutil.Process().memory_info().rss)


def tree_bytes() -> int:
    """Return the resident memory of this process and its descendants; pages they share count for each."""
    own = psutil.Process()
    total = int(own.memory_info().rss)
    for process in own.children(recursive=True):
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue  # it has ended since, or is not ours to look at
    return total


def limits(root: Path = _CGROUPS, own_group: Path = _OWN_GROUP) -> list[Limit]:
    """Return the memory limits of the control groups that this process is in, innermost first; none outside of Linux.

    Args:
        root: Where the control groups are mounted.
        own_group: The file that names those of this process.
    """
    try:
        lines = own_group.read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            folders = _upwards(root, path), _upwards(root / "unified", path)
            found += [limit for folder in folders for limit in map(_version_2, folder) if limit]
        elif "memory" in controllers.split(","):
            found += [limit for limit in map(_version_1, _upwards(root / "memory", path)) if limit]
    return found


def _upwards(root: Path, path: str) -> Iterator[Path]:
    """Walk from a group to the root; in a container the path may be one of the machine outside, then the root is it."""
    folder = root / path.lstrip("/")
    while folder != root and root in folder.parents:
        yield folder
        folder = folder.parent
    yield root


def _version_2(folder: Path) -> Limit | None:
    return _limit(folder, "memory.max", "memory.current", "inactive_file")


def _version_1(folder: Path) -> Limit | None:
    return _limit(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def _limit(folder: Path, limit_file: str, usage_file: str, inactive: str) -> Limit | None:
    try:
        limit = (folder / limit_file).read_text().strip()
        if limit == "max" or int(limit) >= _UNLIMITED:
            return None
        usage = int((folder / usage_file).read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return Limit(int(limit), max(0, usage - int(stat.get(inactive, 0))))
    except (OSError, ValueError):
        return None


# ---- for code of your own


def get_memory_stats() -> MemoryStats:
    """Return how much memory is used, how much is left and how much there is, as seen by this program.

    In a control group with a limit that is the group's, else the machine's.
    """
    machine = psutil.virtual_memory()
    available, total = machine.available, machine.total
    for group in limits():
        total = min(total, group.limit_bytes)
        available = min(available, max(0, group.limit_bytes - group.working_set_bytes))
    return MemoryStats(100 * (1 - min(available, total) / total), available / _GIB, total / _GIB)


def get_true_memory_usage_percent() -> float:
    """Return how much of the machine's or control group's memory is used, 0 to 100; file cache does not count."""
    return get_memory_stats().percent


def get_true_available_memory_gb() -> float:
    """Return how much memory may still be taken, in GiB."""
    return get_memory_stats().available_gb


class MemoryMonitor:
    """Follows the memory of this process and its descendants.

    A background thread looks every *interval_s* seconds, from `start_monitoring` until `stop_monitoring` or until the
    monitor is no longer referenced.

    Example:
        >>> monitor = MemoryMonitor()
        >>> monitor.start_monitoring()
        >>> report = monitor.get_report()
        >>> report["peak_mb"] >= report["start_mb"] > 0
        True
    """

    def __init__(self, interval_s: float = 0.5) -> None:
        self._interval_s = interval_s
        self._seen = _Seen()
        self._stop: threading.Event | None = None

    def start_monitoring(self) -> None:
        """Begin anew: forget what was seen and follow the memory from now on."""
        self.stop_monitoring()
        self._seen = _Seen()
        self._seen.look()
        self._stop = threading.Event()
        # the thread knows what it writes to and when to end, and not the monitor: that can be collected meanwhile
        weakref.finalize(self, self._stop.set)
        follow = threading.Thread(
            target=_follow, args=(self._seen, self._stop, self._interval_s), name="skitter-memory", daemon=True
        )
        follow.start()

    def stop_monitoring(self) -> None:
        """Stop following; the report keeps what was seen."""
        if self._stop is not None:
            self._seen.look()
            self._stop.set()
            self._stop = None

    def get_report(self) -> dict[str, float]:
        """Return what was seen since `start_monitoring`.

        Returns:
            `start_mb`, `current_mb`, `peak_mb` and `growth_mb` (current less start) in MiB; `duration_s`; `samples`;
            and `efficiency`, 0 to 100: how much of the peak is not growth that was kept. 100 means that everything
            taken since the start has been given back.
        """
        seen = self._seen
        if self._stop is not None or not seen.samples:
            seen.look()
        kept = max(0, seen.current - seen.start)
        return {
            "start_mb": seen.start / _MIB,
            "current_mb": seen.current / _MIB,
            "peak_mb": seen.peak / _MIB,
            "growth_mb": (seen.current - seen.start) / _MIB,
            "efficiency": 100 * (1 - kept / seen.peak),
            "duration_s": seen.last_s - seen.began_s,
            "samples": seen.samples,
        }


class _Seen:
    """What a monitor has seen, in bytes."""

    def __init__(self) -> None:
        self.start = self.current = self.peak = self.samples = 0
        self.began_s = self.last_s = time.monotonic()

    def look(self) -> None:
        self.current = tree_bytes()
        self.last_s = time.monotonic()
        self.peak = max(self.peak, self.current)
        self.start = self.start or self.current
        self.samples += 1


def _follow(seen: _Seen, stop: threading.Event, interval_s: float) -> None:
    while not stop.wait(interval_s):
        seen.look()
