"""Content encodings undone, within a limit: pure, so that it runs wherever the page is read."""

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

from skitter.errors import DecodeError, TooLarge

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

_PLAIN = frozenset({"", "identity", "none", "binary", "utf-8"})
"""No encoding at all; the last three are common mistakes for that."""

_MOST_LAYERS = 4
_MOST_PARTS = 10_000
_PIECE = 2**16
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGICS = (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + n, 0x2A, 0x4D, 0x18]) for n in range(16)))
_ZSTD_WINDOW_LOG = 23  # 8 MiB, the most a server may ask of a client (RFC 9659)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes: ...


def decoded(body: bytes, content_encoding: str, max_body_bytes: int) -> bytes:
    """Return *body* as it was before the server encoded it.

    Args:
        body: All that was sent.
        content_encoding: The header: encodings in the order in which they were applied.
        max_body_bytes: Largest size of the result, and of every step before it.

    Raises:
        DecodeError: If the body is damaged or cut short, or an encoding is unknown.
        TooLarge: If it is larger than allowed; found out with that much memory and no more.
    """
    layers = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in _PLAIN]
    if len(layers) > _MOST_LAYERS:
        msg = f"the body is encoded {len(layers)} times, which no honest server does"
        raise DecodeError(msg)
    for name in reversed(layers):
        undo = _UNDO.get(name)
        if undo is None:
            msg = f"unknown content encoding {name[:40]!r}: gzip, deflate, zstd and br can be read"
            if name == "br":
                msg = "the body is encoded with br where that was not asked for"
            raise DecodeError(msg)
        if body:  # an answer to HEAD, and 304, say an encoding and have no body
            body = undo(body, max_body_bytes)
    if len(body) > max_body_bytes:
        raise _too_large(max_body_bytes)
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    return _joined("gzip", body, limit, lambda: zlib.decompressobj(31), (_GZIP_MAGIC,))


def _inflate(body: bytes, limit: int) -> bytes:
    # "deflate" is the zlib format; some servers send it without that format's head and tail
    has_head = len(body) >= 2 and body[0] & 15 == 8 and int.from_bytes(body[:2]) % 31 == 0
    return _joined("deflate", body, limit, lambda: zlib.decompressobj(15 if has_head else -15), ())


def _unzstd(body: bytes, limit: int) -> bytes:
    options: dict[int, int] = {DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    return _joined("zstd", body, limit, lambda: ZstdDecompressor(options=options), _ZSTD_MAGICS)


_UNDO = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate, "zstd": _unzstd}


def _joined(
    name: str, body: bytes, limit: int, decompressor: Callable[[], _Decompressor], magics: tuple[bytes, ...]
) -> bytes:
    """Decode one part after the other; what follows the last and does not begin like one is ignored, as browsers do.

    Nearly every body has one part, which is decoded in one call. Of more than one, each is fed a piece at a time: a
    decompressor copies what it has not used, and many tiny parts would have the whole body copied for each.
    """
    decoded_parts: list[bytes] = []
    size = at = 0
    for _ in range(_MOST_PARTS):
        part = decompressor()
        while not part.eof:
            piece = memoryview(body)[at : at + _PIECE] if decoded_parts else body
            if not piece:
                msg = f"the {name} body is cut short: the server, or something on the way, lost its end"
                raise DecodeError(msg)
            try:
                data = part.decompress(piece, limit - size + 1)
            except (zlib.error, ZstdError) as error:
                msg = f"the body is no valid {name}: {error}"
                raise DecodeError(msg) from error
            size += len(data)
            if size > limit:
                raise _too_large(limit)
            decoded_parts.append(data)
            at += len(piece)
        at -= len(part.unused_data)
        if not body.startswith(magics, at):
            return decoded_parts[0] if len(decoded_parts) == 1 else b"".join(decoded_parts)
    msg = f"the {name} body has more than {_MOST_PARTS} parts, which no honest server sends"
    raise DecodeError(msg)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the page is larger than {limit} bytes after decompression: raise `max_body_bytes` to get it")
