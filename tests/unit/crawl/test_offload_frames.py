"""Messages survive the way through a socket, however they are cut."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skitter.crawl.workers import frames
from skitter.crawl.workers.frames import Assembly, FrameReader

values = st.recursive(
    st.none() | st.integers() | st.text() | st.binary() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


def received(stream: bytes, sizes: random.Random, options: dict[int, object] | None = None) -> list[tuple[int, object]]:
    """Play *stream* to a receiver in parts of random sizes; returns the numbers and values of its messages."""
    reader, message = FrameReader(), Assembly()
    message.options |= options or {}
    found, at = [], 0
    while at < len(stream):
        room = reader.room()
        assert len(room)
        part = stream[at : at + min(len(room), sizes.choice((1, 15, 17, 4000, 10**6)))]
        room[: len(part)] = part
        at += len(part)
        for kind, number, _, payload in reader.frames(len(part)):
            if kind in {frames.DONE, frames.TASK}:
                found.append((number, message.load(payload)))
            else:
                message.add(kind, number, payload)
    return found


def stream_of(*packed: frames.Packed) -> bytes:
    return b"".join(one for message in packed for one in message.frames())


@settings(max_examples=40)
@given(st.lists(values, max_size=4), st.randoms(use_true_random=False))
def test_messages_come_as_they_were_sent_however_the_stream_is_cut(sent, sizes):
    stream = stream_of(*(frames.pack(frames.DONE, number, value) for number, value in enumerate(sent)))
    assert received(stream, sizes) == list(enumerate(sent))


LONG = {
    "text": "a" * 1_200_000,
    "wide text": "日本" * 700_000,
    "text that widens late": "a" * 1_000_000 + "é—😀" * 200_000,
    "lone surrogates": "\ud800x\udfff" * 500_000,
    "bytes": bytes(range(256)) * 8000,
    "rows": [("a", n, f"text {n}" * 3) for n in range(60_000)],
    "tuple": tuple(str(n) * 5 for n in range(100_000)),
    "dict": {f"key {n}": {"n": n} for n in range(70_000)},
    "long in rows": [{"n": n, "text": ["é" * 300_000] if n % 1500 == 0 else ""} for n in range(4500)],
}


@pytest.mark.parametrize("name", LONG)
def test_long_values_travel_in_pieces(name: str):
    value = {"long": LONG[name], "short": [1, "two"]}
    packed = frames.pack(frames.DONE, 7, value)
    pieces = list(packed.frames())
    assert packed.is_large
    assert len(pieces) > 1
    assert max(map(len, pieces)) < 700_000, "the other side would be busy with it for long"
    after = frames.pack(frames.DONE, 8, "after")
    assert received(stream_of(packed, after), random.Random(1)) == [(7, value), (8, "after")]


def test_text_that_stands_twice_is_sent_once():
    text = "x" * 2_000_000
    packed = frames.pack(frames.DONE, 1, [text, {"again": text}])
    assert len(stream_of(packed)) < 2_100_000
    [(_, [first, second])] = received(stream_of(packed), random.Random(1))
    assert first == text
    assert first is second["again"]


def test_frames_can_be_had_again():
    packed = frames.pack(frames.DONE, 1, ["x" * 2_000_000])
    assert list(packed.frames()) == list(packed.frames())


def test_a_task_goes_without_its_options():
    options = {"an option": "that is long"}
    task = ["url", b"body", options, "that is longer" * 5]
    packed = frames.pack_task(3, task, options, 5)
    stream = stream_of(packed)
    assert b"an option" not in stream
    assert received(stream, random.Random(1), {5: "the options"}) == [(3, [*task[:2], "the options", task[3]])]


def test_a_task_without_options_has_none():
    assert received(stream_of(frames.pack_task(1, ["u", None], None, 0)), random.Random(1)) == [(1, ["u", None])]


def test_a_large_body_is_not_copied_as_a_whole():
    body = bytes(10_000_000)
    packed = frames.pack_task(1, ["u", body], None, 0)
    pieces = packed.frames()
    assert len(next(pieces)) < 300_000
    assert sum(map(len, pieces)) > 9_000_000
    assert received(stream_of(packed), random.Random(1)) == [(1, ["u", body])]


def test_the_room_shrinks_again_after_a_large_frame():
    reader = FrameReader()
    usual = len(reader.room())
    frame = frames.frame(frames.DONE, 1, b"x" * 3_000_000)
    at, wide = 0, 0
    while at < len(frame):
        room = reader.room()
        wide = max(wide, len(room))
        part = frame[at : at + len(room)]
        room[: len(part)] = part
        at += len(part)
        complete = [len(payload) for *_, payload in reader.frames(len(part))]
    assert complete == [3_000_000]
    assert wide > usual
    assert len(reader.room()) == usual
