"""Functions of the caller's that look at each request and its answer."""

import inspect
from collections.abc import Callable
from typing import Any

Hook = Callable[..., Any]

_NAMES = ("before_request", "after_request", "on_error")


class Hooks:
    """One function, plain or async, for each moment of a fetch."""

    def __init__(self) -> None:
        self._functions: dict[str, Hook] = {}

    def __bool__(self) -> bool:
        return bool(self._functions)

    def set(self, name: str, function: Hook | None) -> None:
        """Call *function* at a moment from now on; None calls nothing.

        Raises:
            ValueError: If there is no such moment.
        """
        if name not in _NAMES:
            msg = f"there is no hook {name!r} over HTTP: {', '.join(_NAMES)}"
            raise ValueError(msg)
        if function is None:
            self._functions.pop(name, None)
        else:
            self._functions[name] = function

    async def fire(self, name: str, *arguments: Any) -> None:
        """Call the function of a moment, if there is one, and wait for it."""
        function = self._functions.get(name)
        if function is not None:
            outcome = function(*arguments)
            if inspect.isawaitable(outcome):
                await outcome
