import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import psutil
import pytest

from skitter.dispatch import (
    MemoryMonitor,
    get_memory_stats,
    get_true_available_memory_gb,
    get_true_memory_usage_percent,
)
from skitter.dispatch.memory import Limit, Memory, limits, own_bytes, read_memory, tree_bytes

MIB = 2**20


def test_a_percentage_is_of_what_this_program_could_have():
    assert Memory(used_bytes=1, available_bytes=3).percent == 25.0
    assert Memory(used_bytes=5, available_bytes=0).percent == 100.0
    assert Memory(used_bytes=0, available_bytes=0).percent == 100.0


def test_what_is_read_is_plausible():
    memory = read_memory()
    assert memory.used_bytes > MIB
    assert 0 < memory.available_bytes <= psutil.virtual_memory().total
    assert 0 < memory.percent < 100
    assert MIB < own_bytes() <= tree_bytes() * 2


def test_child_processes_count():
    script = "data = bytearray(40 * 2**20); print('there', flush=True); input()"
    before = tree_bytes()
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert tree_bytes() - before > 30 * MIB
        child.communicate(b"\n")


# ---- control groups


def group(folder: Path, **files: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(f"{text}\n")


def own(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "own"
    file.write_text(text)
    return file


def test_version_2(tmp_path: Path):
    group(
        tmp_path / "cg/app/inner",
        memory__max=500 * MIB,
        memory__current=300 * MIB,
        memory__stat=f"anon 1\ninactive_file {100 * MIB}\nactive_file 7",
    )
    group(tmp_path / "cg/app", memory__max="max", memory__current=900 * MIB, memory__stat="inactive_file 0")
    group(tmp_path / "cg", memory__max=1000 * MIB, memory__current=950 * MIB, memory__stat="inactive_file 0")
    found = limits(tmp_path / "cg", own(tmp_path, "0::/app/inner\n"))
    assert found == [Limit(500 * MIB, 200 * MIB), Limit(1000 * MIB, 950 * MIB)]


def test_version_1(tmp_path: Path):
    group(
        tmp_path / "cg/memory/docker/1",
        memory__limit_in_bytes=400 * MIB,
        memory__usage_in_bytes=100 * MIB,
        memory__stat=f"cache 5\ntotal_inactive_file {30 * MIB}",
    )
    unlimited = 9223372036854771712
    group(tmp_path / "cg/memory", memory__limit_in_bytes=unlimited, memory__usage_in_bytes=1, memory__stat="cache 1")
    text = "9:name=systemd:/\n4:memory:/docker/1\n0::/\n"
    assert limits(tmp_path / "cg", own(tmp_path, text)) == [Limit(400 * MIB, 70 * MIB)]


@pytest.mark.parametrize("path", ["/machine/outside/abc", "/../abc", "/"])
def test_in_a_container_the_path_may_be_one_of_the_machine(tmp_path: Path, path: str):
    group(tmp_path / "cg", memory__max=100, memory__current=60, memory__stat="inactive_file 10")
    assert limits(tmp_path / "cg", own(tmp_path, f"0::{path}\n")) == [Limit(100, 50)]


def test_damaged_or_missing_files_are_no_limit(tmp_path: Path):
    assert limits(tmp_path / "none", tmp_path / "none") == []
    group(tmp_path / "cg", memory__max="what?", memory__current=60, memory__stat="inactive_file 10")
    assert limits(tmp_path / "cg", own(tmp_path, "0::/\n")) == []
    group(tmp_path / "cg", memory__max=100)
    (tmp_path / "cg/memory.stat").unlink()
    assert limits(tmp_path / "cg", own(tmp_path, "0::/\n")) == []


# ---- for code of one's own


def test_the_helpers_agree():
    percent, available_gb, total_gb = get_memory_stats()
    assert 0 < percent < 100
    assert 0 < available_gb < total_gb
    assert get_true_memory_usage_percent() == pytest.approx(percent, abs=10)
    assert get_true_available_memory_gb() == pytest.approx(available_gb, rel=0.2)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "skitter-memory"]


def test_a_monitor_sees_the_peak_and_what_was_given_back():
    monitor = MemoryMonitor(interval_s=60.0)
    monitor.start_monitoring()
    block = bytearray(os.urandom(1024) * (60 * 1024))
    high = monitor.get_report()
    del block
    report = monitor.get_report()
    monitor.stop_monitoring()
    assert high["growth_mb"] > 50
    assert high["efficiency"] < 95
    assert report["peak_mb"] >= high["peak_mb"] > report["current_mb"]
    assert high["efficiency"] < report["efficiency"] <= 100
    assert report["samples"] == 3
    assert report["duration_s"] >= 0


def test_a_report_can_be_had_without_a_start():
    report = MemoryMonitor().get_report()
    assert report["peak_mb"] >= report["start_mb"] > 1
    assert report["efficiency"] == 100


def test_it_looks_by_itself():
    monitor = MemoryMonitor(interval_s=0.001)
    monitor.start_monitoring()
    seen = monitor._seen
    deadline = threading.Event()
    for _ in range(1_000):
        if seen.samples > 2:
            break
        deadline.wait(0.01)
    monitor.stop_monitoring()
    assert seen.samples > 2


def test_no_thread_is_left_by_a_stop_or_by_forgetting_the_monitor():
    first = MemoryMonitor(interval_s=30.0)
    first.start_monitoring()
    first.start_monitoring()
    second = MemoryMonitor(interval_s=30.0)
    second.start_monitoring()
    running = [thread for thread in threading.enumerate() if thread.name == "skitter-memory"]
    assert running
    first.stop_monitoring()
    gone = weakref.ref(second)
    del second
    gc.collect()
    assert gone() is None
    for thread in running:
        thread.join(5.0)
    assert not threads()
