import pytest

from skitter.dispatch import MemoryAdaptiveDispatcher
from skitter.dispatch.memory_adaptive import MemoryGate, Pressure
from skitter.errors import ConfigError


def gate(wait_timeout_s: float | None = 600.0) -> MemoryGate:
    return MemoryGate(threshold=90.0, critical=95.0, recovery=85.0, wait_timeout_s=wait_timeout_s)


@pytest.mark.parametrize(
    ("readings", "state"),
    [
        ([], "NORMAL"),
        ([89.9], "NORMAL"),
        ([90.0], "PRESSURE"),
        ([90.0, 86.0], "PRESSURE"),
        ([90.0, 85.0], "NORMAL"),
        ([94.9], "PRESSURE"),
        ([95.0], "CRITICAL"),
        ([95.0, 94.0], "PRESSURE"),
        ([95.0, 88.0], "PRESSURE"),
        ([95.0, 80.0], "NORMAL"),
        ([90.0, 80.0, 89.0], "NORMAL"),
        ([80.0, 99.0, 91.0, 96.0], "CRITICAL"),
    ],
)
def test_the_states(readings: list[float], state: str):
    one = gate()
    for second, percent in enumerate(readings):
        one.observe(percent, float(second), 3)
    assert one.state == state
    assert one.pressure is Pressure(state)
    assert one.may_start(3) is (state == "NORMAL")


def test_at_critical_the_younger_half_is_stopped_and_one_stays():
    one = gate()
    assert one.observe(94.0, 0.0, 20) == 0
    assert [one.observe(96.0, 1.0, running) for running in (20, 10, 5, 3, 2, 1, 0)] == [10, 5, 2, 1, 1, 0, 0]
    assert one.observe(94.0, 2.0, 20) == 0


def test_a_long_shortage_ends_the_crawl():
    one = gate(wait_timeout_s=10.0)
    one.observe(91.0, 100.0, 1)
    one.observe(99.0, 109.0, 1)
    assert one.shortage is None
    one.observe(92.0, 110.0, 1)
    assert "above 90 % for 10 s" in str(one.shortage)


def test_only_time_above_the_threshold_counts():
    one = gate(wait_timeout_s=10.0)
    one.observe(91.0, 0.0, 1)
    one.observe(89.0, 9.0, 1)
    one.observe(91.0, 10.0, 1)
    one.observe(91.0, 19.0, 1)
    assert one.shortage is None
    one.observe(91.0, 20.0, 1)
    assert one.shortage is not None


def test_without_a_limit_it_waits_for_ever():
    one = gate(wait_timeout_s=None)
    for second in range(0, 1_000_000, 1_000):
        one.observe(91.0, float(second), 0)
    assert one.shortage is None


def test_a_standstill_below_the_threshold_is_left_one_page_at_a_time():
    one = gate()
    one.observe(91.0, 0.0, 2)
    one.observe(87.0, 1.0, 2)
    one.observe(87.0, 20.0, 1)
    assert not one.may_start(0)  # it may still be what is running
    one.observe(87.0, 21.0, 0)
    one.observe(87.0, 30.0, 0)
    assert not one.may_start(0)
    one.observe(87.0, 31.0, 0)
    assert one.may_start(0)
    assert not one.may_start(1)
    one.observe(87.0, 32.0, 1)
    assert one.may_start(0)
    one.observe(91.0, 33.0, 1)
    assert not one.may_start(0)


def test_each_crawl_has_a_gate_of_its_own():
    dispatcher = MemoryAdaptiveDispatcher()
    first, second = dispatcher.gate(), dispatcher.gate()
    first.observe(99.0, 0.0, 0)
    assert second.may_start(0)


def test_the_thresholds_fit_each_other_where_only_one_is_said():
    low = MemoryAdaptiveDispatcher(memory_threshold_percent=70.0)
    assert low.recovery_threshold_percent == 65.0
    high = MemoryAdaptiveDispatcher(memory_threshold_percent=98.0)
    assert high.critical_threshold_percent == 98.0
    usual = MemoryAdaptiveDispatcher()
    assert (usual.memory_threshold_percent, usual.critical_threshold_percent, usual.recovery_threshold_percent) == (
        90.0,
        95.0,
        85.0,
    )


@pytest.mark.parametrize(
    "options",
    [
        {"memory_threshold_percent": 0.0},
        {"critical_threshold_percent": 101.0},
        {"recovery_threshold_percent": -1.0},
        {"check_interval": 0.0},
        {"max_session_permit": 0},
        {"per_host": 0},
    ],
)
def test_nonsense_is_refused(options: dict[str, float]):
    with pytest.raises(ConfigError):
        MemoryAdaptiveDispatcher(**options)  # type: ignore[arg-type]
