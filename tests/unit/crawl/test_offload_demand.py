"""When worker processes are worth their start, and how many there may be."""

from pathlib import Path

import pytest

from skitter.crawl.offload import Demand
from skitter.crawl.workers.cpus import _quota, usable_cpus


def test_a_few_pages_are_no_demand():
    demand = Demand()
    for n in range(50):
        demand.add(0.0018, n * 0.002)
    assert not demand.is_high(0.1)


def test_many_pages_at_once_are():
    demand = Demand()
    for n in range(300):
        demand.add(0.0018, n * 0.002)
    assert demand.is_high(0.6)


def test_a_page_a_second_never_is():
    demand = Demand()
    high = []
    for now in range(100_000):
        demand.add(0.0018, now)
        high.append(demand.is_high(now))
    assert not any(high)


def test_demand_ends_some_time_after_the_last_page():
    demand = Demand(share=0.1, credit_s=0.1, memory_s=30)
    for n in range(100_000):
        demand.add(0.0018, n * 0.001)
    assert demand.is_high(100 + 29)
    assert not demand.is_high(100 + 31)


def test_demand_starts_where_time_starts():
    demand = Demand()
    assert not demand.is_high(-5.0)
    demand.add(0.3, -5.0)
    assert not demand.is_high(-5.0)
    demand.add(0.2, -5.0)
    assert demand.is_high(-5.0)


def test_this_process_may_use_a_processor():
    assert usable_cpus() >= 1


@pytest.mark.parametrize(
    ("membership", "files", "quota"),
    [
        ("0::/\n", {}, None),
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
        ("0::/a/b\n", {"cpu.max": "400000 100000", "a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000"}, 2.0),
        ("0::/known/to/the/host\n", {"cpu.max": "50000 100000"}, 0.5),
        (
            "5:memory:/\n4:cpu,cpuacct:/box\n",
            {"cpu,cpuacct/box/cpu.cfs_quota_us": "300000", "cpu,cpuacct/box/cpu.cfs_period_us": "100000"},
            3.0,
        ),
        ("4:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ("0::/\n", {"cpu.max": "nonsense\n"}, None),
    ],
)
def test_quota_of_a_container(tmp_path: Path, membership: str, files: dict[str, str], quota: float | None):
    (tmp_path / "membership").write_text(membership)
    root = tmp_path / "cgroup"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    assert _quota(root, tmp_path / "membership") == quota


def test_quota_where_there_are_no_cgroups(tmp_path: Path):
    assert _quota(tmp_path, tmp_path / "missing") is None
