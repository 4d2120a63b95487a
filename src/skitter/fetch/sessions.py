"""Sessions: cookies that several crawls share, until they are killed or forgotten."""

from collections.abc import Iterable

from skitter.fetch.cookies import Cookie, CookieJar

_MOST = 10_000
_IDLE_S = 1800.0


class Session:
    """What crawls with the same session id share.

    Attributes:
        jar: Its cookies.
        user_agent: The one that was picked for it, where one was picked at random.
        used_s: When it was last asked for, on the monotonic clock.
    """

    __slots__ = ("jar", "used_s", "user_agent")

    def __init__(self, jar: CookieJar, used_s: float) -> None:
        self.jar = jar
        self.used_s = used_s
        self.user_agent: str | None = None


class Sessions:
    """The sessions by their id, the least used first; a state machine that is given the time.

    Args:
        most: How many are kept; the least recently used makes room.
        idle_s: Seconds after which a session that nobody used is forgotten.
    """

    def __init__(self, *, most: int = _MOST, idle_s: float = _IDLE_S) -> None:
        self._most = most
        self._idle_s = idle_s
        self._by_id: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._by_id

    def get(self, session_id: str, cookies: Iterable[Cookie], now: float) -> Session:
        """Return a session; one that is new starts with *cookies*."""
        session = self._by_id.pop(session_id, None)
        if session is None or now - session.used_s > self._idle_s:
            session = Session(CookieJar(cookies), now)
        session.used_s = now
        self._by_id[session_id] = session
        self._forget(now)
        return session

    def kill(self, session_id: str) -> bool:
        """Forget a session; False where there is none."""
        return self._by_id.pop(session_id, None) is not None

    def clear(self) -> None:
        """Forget all of them."""
        self._by_id.clear()

    def _forget(self, now: float) -> None:
        while self._by_id:
            oldest = next(iter(self._by_id))
            if len(self._by_id) <= self._most and now - self._by_id[oldest].used_s <= self._idle_s:
                return
            del self._by_id[oldest]
