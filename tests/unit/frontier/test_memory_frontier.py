import math

import pytest

from skitter.frontier import MemoryFrontier, Task, Wait, host_key


def task(host: str, name: str = "") -> Task:
    return Task(url=f"http://{host}/{name}", host=host)


def filled(*hosts: str, **options: float | int | None) -> tuple[MemoryFrontier[Task], list[Task]]:
    frontier: MemoryFrontier[Task] = MemoryFrontier(**options)  # type: ignore[arg-type]
    tasks = [task(host, str(n)) for n, host in enumerate(hosts)]
    for one in tasks:
        frontier.add(one, 0.0)
    return frontier, tasks


def taken(frontier: MemoryFrontier[Task], now: float = 0.0) -> Task:
    one = frontier.take(now)
    assert isinstance(one, Task)
    return one


def test_an_empty_frontier_has_nothing():
    frontier, _ = filled()
    assert frontier.take(0.0) is None
    assert frontier.queued == frontier.in_flight == frontier.hosts == 0


def test_a_host_s_tasks_come_in_order():
    frontier, tasks = filled("a", "a", "a")
    assert [taken(frontier) for _ in tasks] == tasks
    assert frontier.take(0.0) is None
    assert frontier.in_flight == 3


def test_the_host_with_the_fewest_in_flight_goes_first():
    frontier, (a1, _, a3, b1, b2) = filled("a", "a", "a", "b", "b")
    assert taken(frontier) is a1
    assert taken(frontier) is b1
    frontier.done(b1, 0.0)
    assert taken(frontier) is b2  # a still has one in flight
    frontier.done(a1, 0.0)
    assert taken(frontier).host == "a"
    assert taken(frontier) is a3


def test_a_slow_host_does_not_take_the_slots_of_a_fast_one():
    frontier, _ = filled(*["slow"] * 50, *["fast"] * 50)
    slots = [taken(frontier) for _ in range(10)]
    fast_done = 0
    for _ in range(45):  # the fast host's pages end at once, the slow one's never do
        ended = next(one for one in slots if one.host == "fast")
        frontier.done(ended, 0.0)
        fast_done += 1
        slots.remove(ended)
        slots.append(taken(frontier))
    assert fast_done == 45
    assert sum(one.host == "slow" for one in slots) == 5


def test_among_equals_the_one_served_longest_ago_goes_first():
    frontier, tasks = filled("a", "a", "b", "b", "c", "c")
    served = []
    for _ in tasks:
        one = taken(frontier)
        frontier.done(one, 0.0)
        served.append(one.host)
    assert served == ["a", "b", "c", "a", "b", "c"]


def test_new_hosts_do_not_push_in_before_one_that_waits():
    frontier, _ = filled("old", "old", "old")
    frontier.done(taken(frontier), 0.0)
    served = []
    for n in range(6):
        frontier.add(task(f"new{n}"), 0.0)
        one = taken(frontier)
        frontier.done(one, 0.0)
        served.append(one.host)
    assert served.count("old") == 2


def test_a_full_host_waits_until_one_of_its_own_is_done():
    frontier, (a1, a2, a3) = filled("a", "a", "a", per_host=2)
    assert [taken(frontier), taken(frontier)] == [a1, a2]
    assert frontier.take(0.0) == Wait(math.inf)
    frontier.done(a1, 5.0)
    assert taken(frontier, 5.0) is a3


def test_a_full_host_does_not_hold_others_up():
    frontier, tasks = filled("a", "a", "b", per_host=1)
    assert taken(frontier) is tasks[0]
    assert taken(frontier) is tasks[2]


def test_what_has_no_host_has_no_limit_and_no_delay():
    frontier, tasks = filled("", "", "", per_host=1)
    frontier.delay_host("", 100.0, 0.0)
    assert [taken(frontier) for _ in tasks] == tasks


def test_a_delayed_host_says_when_to_ask_again():
    frontier, (a1, b1, a2) = filled("a", "b", "a")
    frontier.delay_host("a", 10.0, 0.0)
    assert taken(frontier) is b1
    assert frontier.take(0.0) == Wait(10.0)
    assert frontier.take(9.999) == Wait(10.0)
    assert taken(frontier, 10.0) is a1
    assert taken(frontier, 10.0) is a2


def test_the_longest_delay_stands():
    frontier, (a1,) = filled("a")
    frontier.delay_host("a", 10.0, 0.0)
    frontier.delay_host("a", 5.0, 0.0)
    assert frontier.take(6.0) == Wait(10.0)
    assert taken(frontier, 10.0) is a1


def test_a_delay_of_a_host_without_tasks_holds_for_those_to_come():
    frontier, _ = filled()
    frontier.delay_host("a", 10.0, 0.0)
    assert frontier.take(0.0) is None
    frontier.add(task("a"), 1.0)
    assert frontier.take(1.0) == Wait(10.0)


def test_a_retry_comes_at_its_time_and_before_the_others():
    frontier, (a1, a2, a3, a4) = filled("a", "a", "a", "a")
    assert taken(frontier) is a1
    frontier.put_back(a1, 0.0, not_before=3.0)
    assert frontier.in_flight == 0
    assert taken(frontier, 1.0) is a2
    assert taken(frontier, 3.0) is a1
    assert taken(frontier, 3.0) is a3
    frontier.put_back(a2, 3.0, front=False)
    assert taken(frontier, 3.0) is a4
    assert taken(frontier, 3.0) is a2


def test_retries_that_are_due_together_keep_their_order():
    frontier, tasks = filled("a", "a", "a", "a")
    first = [taken(frontier) for _ in range(3)]
    for one, due in zip(first, (3.0, 1.0, 2.0), strict=True):
        frontier.put_back(one, 0.0, not_before=due)
    assert [taken(frontier, 5.0) for _ in range(4)] == [tasks[1], tasks[2], tasks[0], tasks[3]]


def test_a_host_with_nothing_but_retries_waits_for_them():
    frontier, (a1,) = filled("a")
    frontier.put_back(taken(frontier), 0.0, not_before=7.0)
    assert frontier.take(0.0) == Wait(7.0)
    frontier.delay_host("a", 9.0, 0.0)
    assert frontier.take(7.0) == Wait(9.0)
    assert taken(frontier, 9.0) is a1


def test_a_task_that_has_waited_too_long_goes_first():
    frontier, (_, old) = filled("busy", "busy", fairness_s=100.0)
    taken(frontier)  # one in flight: hosts without any go before it
    for n in range(3):
        frontier.add(task(f"new{n}"), 50.0)
    assert taken(frontier, 60.0).host == "new0"
    assert taken(frontier, 101.0) is old
    assert taken(frontier, 101.0).host == "new1"


def test_a_long_wait_breaks_no_delay():
    frontier, (a1, b1) = filled("a", "b", fairness_s=10.0)
    frontier.delay_host("a", 100.0, 0.0)
    assert taken(frontier, 50.0) is b1
    assert frontier.take(50.0) == Wait(100.0)
    assert taken(frontier, 100.0) is a1


def test_a_retry_s_wait_counts_from_when_it_is_due():
    frontier, (a1,) = filled("a", fairness_s=10.0)
    frontier.put_back(taken(frontier), 0.0, not_before=100.0)
    frontier.add(task("b"), 95.0)
    assert taken(frontier, 106.0).host == "b"  # 11 s against 6 s
    assert taken(frontier, 106.0) is a1


def test_hosts_are_forgotten():
    frontier, tasks = filled(*(f"h{n}" for n in range(1_000)))
    for _ in tasks:
        frontier.done(taken(frontier), 0.0)
    assert frontier.hosts == 0
    frontier.delay_host("a", 5.0, 0.0)
    assert frontier.hosts == 1
    frontier.take(5.0)
    assert frontier.hosts == 0


def test_a_long_crawl_leaves_nothing_behind():
    frontier, _ = filled(fairness_s=600.0)
    slow = task("slow")
    frontier.add(slow, 0.0)
    frontier.add(task("slow"), 0.0)
    assert taken(frontier) is slow  # its host stays for the whole crawl
    for n in range(20_000):
        now = n / 1_000
        frontier.add(task(f"h{n % 7}"), now)
        one = taken(frontier, now)
        frontier.delay_host(one.host, now + 0.001, now)
        frontier.done(one, now)
    sizes = [len(heap.entries) for heap in (frontier._ready, frontier._aging, frontier._waiting)]
    assert max(sizes) < 200, sizes
    assert frontier.hosts <= 9


def test_the_wait_of_the_hosts_is_told():
    frontier, _ = filled("a", "a")
    assert frontier.waits(4.0) == (4.0, 4.0)
    frontier.add(task("b"), 2.0)
    assert frontier.waits(4.0) == (4.0, 3.0)
    assert filled()[0].waits(1.0) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://Example.com/x", "example.com"),
        ("https://user:pw@example.com:8443/a?b", "example.com:8443"),
        ("http://example.com?x=http://other/", "example.com"),
        ("raw:<a href='http://example.com/'>x</a>", ""),
        ("RAW://<p>http://x/</p>", ""),
        ("file:///tmp/page.html", ""),
        ("no url at all", ""),
    ],
)
def test_the_host_is_cut_out_of_the_url(url: str, key: str):
    assert host_key(url) == key
