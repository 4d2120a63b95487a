"""Puts what finishes in any order back into the order of the input, in bounded memory.

Pages that finish before their turn are held: up to some MiB of them in memory, beyond that in a temporary file. When
one page keeps very many others waiting and the file has grown to its limit, `is_full` asks for no more input until
that page has come.
"""

import tempfile
from collections.abc import Iterator
from typing import IO


class InOrder:
    """Gives back numbered records in the order of their numbers, 0, 1, 2, …, each as soon as all before it are there.

    Args:
        memory_bytes: How much is held in memory before a temporary file is used.
        file_bytes: Size of that file beyond which `is_full` is true.
        held: Number of records held beyond which `is_full` is true.
    """

    def __init__(self, *, memory_bytes: int = 32 * 2**20, file_bytes: int = 2**30, held: int = 200_000) -> None:
        self._most_memory_bytes = memory_bytes
        self._most_file_bytes = file_bytes
        self._most_held = held
        self._held: dict[int, bytes | tuple[int, int]] = {}
        self._memory_bytes = 0
        self._file: IO[bytes] | None = None
        self._file_bytes = 0
        self._in_file = 0
        self._next = 0

    @property
    def is_full(self) -> bool:
        """Whether no more should be begun: too much waits. What is offered is taken all the same."""
        return self._file_bytes >= self._most_file_bytes or len(self._held) >= self._most_held

    @property
    def next_number(self) -> int:
        """The number of the record that the others wait for."""
        return self._next

    def offer(self, number: int, record: bytes) -> Iterator[bytes]:
        """Take a record and yield those whose turn has come, in order; nothing happens until it is iterated.

        Raises:
            OSError: If the temporary file cannot be written.
        """
        if number != self._next:
            self._hold(number, record)
            return
        self._next += 1
        yield record
        while self._next in self._held:
            self._next += 1
            yield self._take(self._next - 1)

    def rest(self) -> Iterator[bytes]:
        """Yield all that is still held, in order; records that never came are passed over."""
        for number in sorted(self._held):
            yield self._take(number)

    def close(self) -> None:
        """Remove the temporary file."""
        if self._file is not None:
            self._file.close()

    def _hold(self, number: int, record: bytes) -> None:
        if self._memory_bytes + len(record) <= self._most_memory_bytes:
            self._held[number] = record
            self._memory_bytes += len(record)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `close`
        self._file.seek(self._file_bytes)
        self._file.write(record)
        self._held[number] = (self._file_bytes, len(record))
        self._file_bytes += len(record)
        self._in_file += 1

    def _take(self, number: int) -> bytes:
        held = self._held.pop(number)
        if isinstance(held, bytes):
            self._memory_bytes -= len(held)
            return held
        assert self._file is not None  # noqa: S101  # what is in it was written to it
        self._file.seek(held[0])
        record = self._file.read(held[1])
        self._in_file -= 1
        if not self._in_file:
            self._file.seek(0)
            self._file.truncate()
            self._file_bytes = 0
        return record
