import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skitter.cli.order import InOrder


def record(number: int) -> bytes:
    return f"record {number}\n".encode()


@given(st.permutations(range(30)), st.integers(0, 200))
def test_records_come_out_in_order_and_none_is_lost(numbers: list[int], memory_bytes: int):
    order = InOrder(memory_bytes=memory_bytes)
    out = [ready for number in numbers for ready in order.offer(number, record(number))]
    assert out == [record(number) for number in range(30)]
    assert list(order.rest()) == []
    order.close()


def test_a_record_comes_as_soon_as_those_before_it_are_there():
    order = InOrder()
    assert list(order.offer(1, b"b")) == []
    assert list(order.offer(0, b"a")) == [b"a", b"b"]
    assert list(order.offer(2, b"c")) == [b"c"]
    assert order.next_number == 3


def test_memory_is_bounded_and_the_file_is_emptied():
    order = InOrder(memory_bytes=1000, file_bytes=5000)
    for number in range(1, 70):
        assert list(order.offer(number, b"x" * 100)) == []
    assert order.is_full
    assert len(b"".join(order.offer(0, b"x" * 100))) == 7000
    assert not order.is_full
    for number in range(71, 90):
        list(order.offer(number, b"x" * 100))
    assert not order.is_full
    assert len(list(order.offer(70, b""))) == 20
    order.close()


def test_too_many_small_records_are_full_too():
    order = InOrder(held=3)
    for number in (1, 2, 3):
        list(order.offer(number, b""))
    assert order.is_full
    list(order.offer(0, b""))
    assert not order.is_full


def test_what_is_held_at_the_end_comes_out_in_order():
    order = InOrder(memory_bytes=20)
    numbers = random.Random(1).sample(range(1, 50), 30)
    for number in numbers:
        assert list(order.offer(number, record(number))) == []
    assert list(order.rest()) == [record(number) for number in sorted(numbers)]
    order.close()


def test_a_writer_that_stops_in_between_loses_only_what_it_took():
    order = InOrder()
    list(order.offer(1, b"b"))
    list(order.offer(2, b"c"))
    ready = order.offer(0, b"a")
    assert [next(ready), next(ready)] == [b"a", b"b"]
    with pytest.raises(RuntimeError, match="cancelled"):
        ready.throw(RuntimeError("cancelled"))
    assert list(order.rest()) == [b"c"]
