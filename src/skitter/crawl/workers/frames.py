"""Messages between this process and its workers, cut so that neither side is held up by a large one.

A message is a value: the task one way, the page the other way. It is pickled into one frame, its length before it.
Where a message is large, every long string, byte string, list and dict in it travels ahead of it in pieces, a frame
each, and the message itself only refers to them. A frame is at most some hundreds of kilobytes, so that an event loop
that handles one frame a turn is never busy with one for more than a millisecond, even for a page of 64 MB.

Pickle is safe here: both ends are our own processes, of the same user and the same installation, and the socket pair
between them has no name that anyone else could open. A page's bytes are a value inside a message and are never
unpickled themselves. Nothing read from a file or a network goes through this module.
"""

import io
import pickle
import struct
from collections.abc import Generator, Iterator, Sequence
from typing import Any, Final

HEADER = struct.Struct("<IIfB3x")
"""Bytes that follow, number, CPU seconds, kind."""

# kinds of frames
HELLO: Final = 1
"""A worker is ready."""
OPTIONS: Final = 2
"""Options that tasks refer to by *number*."""
TASK: Final = 3
"""Task *number*."""
DONE: Final = 4
"""What came of task *number*."""
FAILED: Final = 5
"""The error that task *number* raised."""
LAST: Final = 6
"""The worker asks to be replaced; it does what it was given and should be given no more."""
RAW: Final = 7
"""A piece of the byte string *number* of the message that follows."""
TEXT: Final = 8
"""A piece of the string *number* of the message that follows."""
SLICE: Final = 9
"""Value *number* of the message that follows, pickled."""

Frame = tuple[int, int, float, memoryview]
"""Kind, number, CPU seconds, payload; the payload is to be used before more is received."""

LARGE_BYTES: Final = 2**20
"""From here on a message is sent in pieces."""

_PIECE_BYTES = 2**18
_PIECE_CHARACTERS = 2**17
_SLICE_ITEMS = 2000
_ROOM_BYTES = 2**18


def frame(kind: int, number: int = 0, payload: bytes | memoryview = b"", *, cpu_s: float = 0.0) -> bytes:
    """Return one frame."""
    return b"".join((HEADER.pack(len(payload), number, cpu_s, kind), payload))


class Packed:
    """A message that is ready to be sent, as often as needed."""

    __slots__ = ("_cut", "_last")

    def __init__(self, last: bytes, cut: "Sequence[tuple[int, int, Any]]" = ()) -> None:
        self._last = last
        self._cut = cut

    @property
    def is_large(self) -> bool:
        """Whether it goes in pieces."""
        return bool(self._cut)

    def frames(self) -> Iterator[bytes]:
        """Return the frames, each made when it is asked for: a long byte string is not copied as a whole."""
        for kind, index, long in self._cut:
            if kind == SLICE:
                yield frame(SLICE, index, long)
            elif kind == RAW:
                view = memoryview(long)
                for start in range(0, len(view), _PIECE_BYTES):
                    yield frame(RAW, index, view[start : start + _PIECE_BYTES])
            else:
                for start in range(0, len(long), _PIECE_CHARACTERS):
                    piece = long[start : start + _PIECE_CHARACTERS].encode("utf-8", "surrogatepass")
                    yield frame(TEXT, index, piece)
        yield self._last


def pack(kind: int, number: int, value: object, *, cpu_s: float = 0.0) -> Packed:
    """Return what came of a task as a message."""
    whole = pickle.dumps(value, 5)
    if len(whole) <= LARGE_BYTES:
        return Packed(frame(kind, number, whole, cpu_s=cpu_s))
    del whole
    splitter = _Splitter(None, 0)
    return Packed(frame(kind, number, splitter.dump(value), cpu_s=cpu_s), splitter.cut)


def pack_task(number: int, task: object, options: object, slot: int) -> Packed:
    """Return a task as a message, in which the number *slot* stands for its *options*."""
    splitter = _Splitter(options, slot)
    return Packed(frame(TASK, number, splitter.dump(task)), splitter.cut)


class _Splitter:
    """Cuts what is long out of one message."""

    def __init__(self, options: object, slot: int) -> None:
        self._options = options
        self._slot = slot
        self.cut: list[tuple[int, int, Any]] = []
        self._known: dict[int, int] = {}  # by identity: what was cut out stays alive in `cut`

    def reference(self, value: Any) -> Any:
        """Return what stands for *value* in the message, None for the value itself."""
        kind = type(value)
        if (kind is bytes and len(value) > _PIECE_BYTES) or (kind is str and len(value) > _PIECE_CHARACTERS):
            index = self._known.get(id(value))
            if index is None:
                index = self._known[id(value)] = self._add(RAW if kind is bytes else TEXT, value)
            return ("value", index)
        if (kind is list or kind is tuple or kind is dict) and len(value) > _SLICE_ITEMS:
            items = list(value.items()) if kind is dict else value
            slices = [items[start : start + _SLICE_ITEMS] for start in range(0, len(items), _SLICE_ITEMS)]
            # dumping a slice may add values of its own: they come before it
            return (kind.__name__, [self._add(SLICE, self.dump(one)) for one in slices])
        return self._slot if value is self._options and value is not None else None

    def _add(self, kind: int, value: Any) -> int:
        self.cut.append((kind, len(self.cut), value))
        return len(self.cut) - 1

    def dump(self, value: object) -> bytes:
        """Pickle *value* without what is long in it."""
        out = io.BytesIO()
        _CuttingPickler(out, self).dump(value)
        return out.getvalue()


class _CuttingPickler(pickle.Pickler):
    def __init__(self, out: io.BytesIO, splitter: _Splitter) -> None:
        super().__init__(out, 5)
        self._splitter = splitter

    def persistent_id(self, value: Any) -> Any:
        return self._splitter.reference(value)


class Assembly:
    """Puts messages together from their frames, on the side that receives them."""

    def __init__(self) -> None:
        self.options: dict[int, Any] = {}
        """Options by number, for tasks that refer to them."""
        self._values: list[Any] = []

    def add(self, kind: int, index: int, payload: memoryview) -> None:
        """Take in a piece of the message that follows."""
        if kind == RAW:
            if index == len(self._values):
                self._values.append([])
            self._values[index].append(bytes(payload))
        elif kind == TEXT:
            piece = str(payload, "utf-8", "surrogatepass")
            if index == len(self._values):
                self._values.append(_growing())
                next(self._values[index])
            self._values[index].send(piece)
        else:
            self._values.append(self._load(payload))

    def load(self, payload: memoryview) -> Any:
        """Return the message whose own frame holds *payload*."""
        if not self._values and not self.options:
            return pickle.loads(payload)  # noqa: S301  # from our own process, see above
        value = self._load(payload)
        self._values = []
        return value

    def _load(self, payload: memoryview) -> Any:
        return _Joiner(payload, self).load()

    def referred(self, reference: Any) -> Any:
        """Return what *reference* stands for in the message that is being loaded."""
        if isinstance(reference, int):
            return self.options[reference]
        kind, where = reference
        if kind == "value":
            long = self._values[where]
            return b"".join(long) if isinstance(long, list) else next(long)
        items: list[Any] = []
        for index in where:
            items += self._values[index]
        return items if kind == "list" else tuple(items) if kind == "tuple" else dict(items)


class _Joiner(pickle.Unpickler):
    def __init__(self, payload: memoryview, assembly: Assembly) -> None:
        super().__init__(io.BytesIO(payload))
        self._assembly = assembly

    def persistent_load(self, reference: Any) -> Any:
        return self._assembly.referred(reference)


def _growing() -> Generator[str, str | None, None]:
    """Take in the pieces of a string, then give the string.

    CPython makes a local string longer in place, so that no step takes long; joining the pieces of 64 MB at the end
    took 25 to 340 ms.
    """
    text = ""
    while (piece := (yield "")) is not None:
        text += piece
    while True:
        yield text


class FrameReader:
    """Finds the frames in what is received; does no input itself."""

    def __init__(self) -> None:
        self._view = memoryview(bytearray(_ROOM_BYTES))
        self._start = 0
        self._end = 0

    def room(self) -> memoryview:
        """Return where the next bytes are to be written; never empty."""
        have = self._end - self._start
        need = HEADER.size
        if have >= HEADER.size:
            need += HEADER.unpack_from(self._view, self._start)[0]
        if have == 0 and len(self._view) > _ROOM_BYTES:
            self._view = memoryview(bytearray(_ROOM_BYTES))
            self._start = self._end = 0
        elif have == 0:
            self._start = self._end = 0
        elif need > len(self._view):
            wider = memoryview(bytearray(need))
            wider[:have] = self._view[self._start : self._end]
            self._view, self._start, self._end = wider, 0, have
        elif self._start + need > len(self._view) or self._end == len(self._view):
            self._view[:have] = self._view[self._start : self._end]
            self._start, self._end = 0, have
        return self._view[self._end :]

    def frames(self, received_bytes: int) -> Iterator[Frame]:
        """Return the frames that are complete now that *received_bytes* more were written."""
        self._end += received_bytes
        while self._end - self._start >= HEADER.size:
            size, number, cpu_s, kind = HEADER.unpack_from(self._view, self._start)
            begin = self._start + HEADER.size
            if begin + size > self._end:
                return
            self._start = begin + size
            yield kind, number, cpu_s, self._view[begin : begin + size]
