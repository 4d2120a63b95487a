"""The frontier against a model that looks at everything: no task lost, none taken twice, no delay broken."""

import math
from collections import defaultdict

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from skitter.frontier import MemoryFrontier, Task, Wait

HOSTS = st.sampled_from(["", "a", "b", "c"])
SECONDS = st.sampled_from([0.0, 0.5, 1.0, 4.0, 20.0])


class FrontierMachine(RuleBasedStateMachine):
    taken = Bundle("taken")

    @initialize(per_host=st.sampled_from([None, 1, 2]), fairness_s=st.sampled_from([None, 3.0]))
    def begin(self, per_host: int | None, fairness_s: float | None) -> None:
        self.frontier: MemoryFrontier[Task] = MemoryFrontier(per_host=per_host, fairness_s=fairness_s)
        self.per_host = per_host
        self.fairness_s = fairness_s
        self.now = 0.0
        self.due: dict[Task, float] = {}
        self.flying: set[Task] = set()
        self.not_before: dict[str, float] = defaultdict(float)
        self.order: dict[str, list[Task]] = defaultdict(list)  # tasks that were never put back
        self.count = 0

    @rule(host=HOSTS)
    def add(self, host: str) -> None:
        task = Task(url=f"{host}/{self.count}", host=host)
        self.count += 1
        self.frontier.add(task, self.now)
        self.due[task] = self.now
        self.order[host].append(task)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(host=HOSTS, seconds=SECONDS)
    def delay(self, host: str, seconds: float) -> None:
        self.frontier.delay_host(host, self.now + seconds, self.now)
        if host:
            self.not_before[host] = max(self.not_before[host], self.now + seconds)

    @rule(target=taken)
    def take(self) -> Task | None:
        answer = self.frontier.take(self.now)
        ready = self.ready()
        if answer is None:
            assert not self.due
        elif isinstance(answer, Wait):
            assert not ready
            assert self.due
            assert self.now < answer.until_s <= self.next_time()
        else:
            self.check_choice(answer, ready)
            del self.due[answer]
            self.flying.add(answer)
            if answer in self.order[answer.host]:
                self.order[answer.host].remove(answer)
            return answer
        return None

    @rule(task=taken)
    def done(self, task: Task | None) -> None:
        if task in self.flying:
            self.flying.remove(task)
            self.frontier.done(task, self.now)

    @rule(task=taken, seconds=SECONDS, front=st.booleans())
    def put_back(self, task: Task | None, seconds: float, front: bool) -> None:
        if task in self.flying:
            self.flying.remove(task)
            self.frontier.put_back(task, self.now, not_before=self.now + seconds, front=front)
            self.due[task] = self.now + seconds

    @invariant()
    def counts_are_right(self) -> None:
        if hasattr(self, "frontier"):
            assert self.frontier.queued == len(self.due)
            assert self.frontier.in_flight == len(self.flying)

    def teardown(self) -> None:
        """Drain it: every task comes out, once, and nothing is remembered."""
        if not hasattr(self, "frontier"):
            return
        for task in self.flying:
            self.frontier.done(task, self.now)
        left = set(self.due)
        while (answer := self.frontier.take(self.now)) is not None:
            if isinstance(answer, Wait):
                assert answer.until_s < math.inf
                self.now = answer.until_s
            else:
                left.remove(answer)
                self.frontier.done(answer, self.now)
        assert not left
        self.frontier.take(self.now + 1_000)
        assert self.frontier.hosts == 0

    def check_choice(self, task: Task, ready: dict[str, list[Task]]) -> None:
        assert task in self.due, "taken twice, or never added"
        assert task in ready[task.host], "before its time, or its host is delayed or full"
        never_put_back = self.order[task.host]
        assert task not in never_put_back or task is never_put_back[0], "not in order"
        if self.fairness_s is None:
            assert self.in_flight(task.host) == min(self.in_flight(host) for host in ready)

    def ready(self) -> dict[str, list[Task]]:
        found = defaultdict(list)
        for task, due in self.due.items():
            if max(due, self.not_before[task.host]) <= self.now and not self.is_full(task.host):
                found[task.host].append(task)
        return found

    def next_time(self) -> float:
        times = [max(due, self.not_before[task.host]) for task, due in self.due.items() if not self.is_full(task.host)]
        return min(times, default=math.inf)

    def in_flight(self, host: str) -> int:
        return sum(task.host == host for task in self.flying)

    def is_full(self, host: str) -> bool:
        return bool(host) and self.per_host is not None and self.in_flight(host) >= self.per_host


FrontierMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
TestFrontier = pytest.mark.timeout(20)(FrontierMachine.TestCase)
