import gzip
import sys
import tracemalloc
import zlib

import pytest

from skitter.errors import DecodeError, TooLarge
from skitter.fetch.decoding import decoded

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGE = b"<html><body>" + b"<p>A paragraph of text.</p>\n" * 3000 + b"</body></html>"
LIMIT = 2**20


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("name", ENCODERS)
def test_each_encoding(name: str):
    assert decoded(ENCODERS[name](PAGE), name, LIMIT) == PAGE
    assert decoded(ENCODERS[name](PAGE), f" {name.upper()} ", LIMIT) == PAGE


def test_deflate_without_its_frame():
    assert decoded(raw_deflate(PAGE), "deflate", LIMIT) == PAGE
    assert decoded(raw_deflate(b""), "deflate", LIMIT) == b""


@pytest.mark.parametrize("name", ["", "identity", "none", "Identity, none"])
def test_no_encoding(name: str):
    assert decoded(PAGE, name, LIMIT) == PAGE


def test_several_encodings_are_undone_in_reverse():
    assert decoded(zstd.compress(gzip.compress(PAGE)), "gzip, identity, zstd", LIMIT) == PAGE


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_several_parts(name: str):
    half = len(PAGE) // 2
    packed = ENCODERS[name](PAGE[:half]) + ENCODERS[name](b"") + ENCODERS[name](PAGE[half:])
    assert decoded(packed, name, LIMIT) == PAGE


@pytest.mark.parametrize("name", ENCODERS)
def test_what_follows_the_end_is_ignored(name: str):
    assert decoded(ENCODERS[name](PAGE) + b"\0\0<!-- a comment -->", name, LIMIT) == PAGE


@pytest.mark.parametrize("name", ENCODERS)
def test_an_empty_body_says_nothing(name: str):
    assert decoded(b"", name, LIMIT) == b""


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("lost", [1, 5, 20, 60])
def test_a_body_that_is_cut_short_is_an_error(name: str, lost: int):
    with pytest.raises(DecodeError, match="cut short"):
        decoded(ENCODERS[name](PAGE)[:-lost], name, LIMIT)


def test_a_second_part_that_is_cut_short_is_an_error():
    with pytest.raises(DecodeError, match="cut short"):
        decoded(gzip.compress(PAGE) + gzip.compress(PAGE)[:-9], "gzip", LIMIT)


@pytest.mark.parametrize("name", ENCODERS)
def test_plain_text_that_claims_an_encoding_is_an_error(name: str):
    with pytest.raises(DecodeError):
        decoded(PAGE, name, LIMIT)


def test_damage_is_an_error():
    packed = bytearray(gzip.compress(PAGE))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(DecodeError, match="gzip"):
        decoded(bytes(packed), "gzip", LIMIT)


@pytest.mark.parametrize("name", ["rot13", "compress", "br", "gzip, rot13", "aes128gcm"])
def test_unknown_encodings_are_named(name: str):
    with pytest.raises(DecodeError) as caught:
        decoded(PAGE, name, LIMIT)
    assert name.rpartition(" ")[2] in str(caught.value)


def test_nobody_encodes_five_times():
    with pytest.raises(DecodeError, match="5 times"):
        decoded(PAGE, "gzip, gzip, gzip, gzip, gzip", LIMIT)


@pytest.mark.parametrize("name", ["", *ENCODERS])
def test_the_limit_is_exact(name: str):
    packed = ENCODERS.get(name, bytes)(PAGE)
    assert len(decoded(packed, name, len(PAGE))) == len(PAGE)
    with pytest.raises(TooLarge, match="max_body_bytes"):
        decoded(packed, name, len(PAGE) - 1)


@pytest.mark.parametrize("name", ["gzip", "deflate", "zstd"])
def test_a_bomb_stops_early(name: str):
    bomb = ENCODERS[name](bytes(64 * 2**20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decoded(bomb, name, LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 8 * LIMIT
    finally:
        tracemalloc.stop()


def test_a_bomb_in_a_bomb_stops_early():
    with pytest.raises(TooLarge):
        decoded(gzip.compress(gzip.compress(bytes(64 * 2**20))), "gzip, gzip", 2**15)


def test_a_body_of_endless_tiny_parts_is_refused():
    with pytest.raises(DecodeError, match="parts"):
        decoded(gzip.compress(b"") * 20_000, "gzip", LIMIT)


def test_a_window_that_needs_too_much_memory_is_refused():
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    with pytest.raises(DecodeError, match="zstd"):
        decoded(packer.compress(PAGE) + packer.flush(), "zstd", LIMIT)
