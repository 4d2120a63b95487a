"""Whether there is so much to compute that worker processes are worth their start."""


class Demand:
    """A bucket of CPU seconds that leaks: it fills when computing takes more than a share of the time.

    Args:
        share: What may be computed in the event loop for good, as a share of the time.
        credit_s: What may be computed beyond that before the demand is high.
        memory_s: Seconds without any computing after which the demand is low again, whatever was before.
    """

    def __init__(self, *, share: float = 0.1, credit_s: float = 0.1, memory_s: float = 30.0) -> None:
        self._share = share
        self._credit_s = credit_s
        self._most_s = credit_s + share * memory_s
        self._level_s = 0.0
        self._then: float | None = None

    def add(self, cpu_s: float, now: float) -> None:
        """Note that *cpu_s* seconds were computed, wherever."""
        self._leak(now)
        self._level_s = min(self._most_s, self._level_s + cpu_s)

    def is_high(self, now: float) -> bool:
        """Say whether there is more to compute than the event loop should do itself."""
        self._leak(now)
        return self._level_s > self._credit_s

    def _leak(self, now: float) -> None:
        if self._then is not None:
            self._level_s = max(0.0, self._level_s - self._share * (now - self._then))
        self._then = now
