"""Which options may be sent to a worker process: those made of skitter's own and the standard library's parts.

A class or function of the caller's program cannot be found from another process, and importing the caller's modules
there would run them again. Options that hold one stay in this process.
"""

import io
import itertools
import pickle
import sys
from collections import OrderedDict
from typing import Any

from skitter.crawl.workers.process import OPTION_SLOTS, Shipped

_KNOWN = frozenset({"skitter", "pydantic", "pydantic_core", *sys.stdlib_module_names}) - {"__main__"}


class Shipping:
    """Remembers how options are sent, by identity.

    Args:
        modules: Further top-level modules that workers import anyway.
    """

    def __init__(self, modules: frozenset[str] = frozenset()) -> None:
        self._modules = _KNOWN | modules
        self._numbers = itertools.count()
        # holds the options, so that no other object gets their identity
        self._known: OrderedDict[int, tuple[object, Shipped | None]] = OrderedDict()
        self._slots = list(range(OPTION_SLOTS))

    def of(self, options: object) -> Shipped | None:
        """Return how *options* are sent; None if they must stay in this process. Quick for those seen lately."""
        known = self._known.get(id(options))
        if known is not None:
            self._known.move_to_end(id(options))
            return known[1]
        if len(self._known) == OPTION_SLOTS:
            _, (_, old) = self._known.popitem(last=False)
            if old is not None:
                self._slots.append(old.slot)
        pickled = pickled_if_known(options, self._modules)
        shipped = None
        if pickled is not None:
            shipped = Shipped(options=options, slot=self._slots.pop(), number=next(self._numbers), pickled=pickled)
        self._known[id(options)] = (options, shipped)
        return shipped


def pickled_if_known(value: object, modules: frozenset[str] = _KNOWN) -> bytes | None:
    """Return *value* pickled, None if it holds anything of other modules or what cannot be pickled."""
    out = io.BytesIO()
    try:
        _Picky(out, modules).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError):
        return None
    return out.getvalue()


class _Picky(pickle.Pickler):
    def __init__(self, out: io.BytesIO, modules: frozenset[str]) -> None:
        super().__init__(out, 5)
        self._modules = modules

    def reducer_override(self, value: Any) -> Any:
        """Refuse classes and functions of unknown modules; called for all but the plainest values."""
        for one in (value, type(value)):
            module = getattr(one, "__module__", None)
            if isinstance(module, str) and module.partition(".")[0] not in self._modules:
                msg = f"{one!r:.100} is of {module}"
                raise pickle.PicklingError(msg)
        return NotImplemented
