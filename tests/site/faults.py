"""The bad pages of the tests' web, all under /fault/: what broken, overloaded and hostile servers answer."""

import asyncio
import gzip
import zlib
from collections.abc import Callable

from tests.site.server import HTML, Answer, Asked, Page

FAULTS: dict[str, Page] = {}
"""Every bad page by its name."""

BODY = (
    b"<html><head><title>Damaged</title></head><body>"
    + b"<p>A paragraph of a page that breaks.</p>\n" * 200
    + b"</body></html>"
)
REPEATED = [("Content-Type", HTML), ("Transfer-Encoding", "chunked")]


def fault(name: str) -> Callable[[Page], Page]:
    """Put a bad page into the table under *name*."""

    def put(function: Page) -> Page:
        FAULTS[name] = function
        return function

    return put


async def fault_page(asked: Asked, answer: Answer) -> None:
    """Answer /fault/<name>/<argument>; the connection is closed afterwards."""
    await FAULTS[asked.parts[1]](asked, answer)


# ---- redirects


@fault("redirect-loop")
async def redirect_loop(asked: Asked, answer: Answer) -> None:
    """Answer /fault/redirect-loop/<length>: a circle of so many redirects."""
    length = int(asked.parts[2]) if len(asked.parts) > 2 else 2
    step = int(asked.query.get("step", 0))
    await answer.send("", status=302, headers={"Location": f"/fault/redirect-loop/{length}?step={(step + 1) % length}"})


@fault("redirect-endless")
async def redirect_endless(asked: Asked, answer: Answer) -> None:
    """Redirect to another URL for ever."""
    step = int(asked.query.get("step", 0))
    await answer.send("", status=302, headers={"Location": f"/fault/redirect-endless?step={step + 1}"})


@fault("redirect-nowhere")
async def redirect_nowhere(asked: Asked, answer: Answer) -> None:
    """Redirect without saying where."""
    del asked
    await answer.send("<p>Somewhere else.</p>", status=302)


@fault("redirect-bad")
async def redirect_bad(asked: Asked, answer: Answer) -> None:
    """Redirect to what is no URL."""
    del asked
    await answer.send("", status=302, headers={"Location": "http://[not a host/"})


# ---- bodies that break off or are damaged


@fault("truncated")
async def truncated(asked: Asked, answer: Answer) -> None:
    """Promise twice what is sent."""
    del asked
    await answer.head(200, [("Content-Type", HTML), ("Content-Length", str(2 * len(BODY)))])
    await answer.write(BODY)


@fault("truncated-chunks")
async def truncated_chunks(asked: Asked, answer: Answer) -> None:
    """Leave out the last chunk."""
    del asked
    await answer.head(200, REPEATED)
    await answer.chunk(BODY)


@fault("bad-chunks")
async def bad_chunks(asked: Asked, answer: Answer) -> None:
    """Send a chunk whose size is no number."""
    del asked
    await answer.head(200, REPEATED)
    await answer.write(b"many\r\n" + BODY + b"\r\n0\r\n\r\n")


@fault("no-length")
async def no_length(asked: Asked, answer: Answer) -> None:
    """End the body by closing the connection, as HTTP/1.0 did: old, and no error."""
    del asked
    await answer.head(200, [("Content-Type", HTML), ("Connection", "close")])
    await answer.write(BODY)


@fault("corrupt-gzip")
async def corrupt_gzip(asked: Asked, answer: Answer) -> None:
    """Damage the middle of a gzip body."""
    del asked
    packed = bytearray(gzip.compress(BODY))
    middle = len(packed) // 2
    packed[middle : middle + 8] = b"\xff" * 8
    await answer.send(bytes(packed), headers={"Content-Encoding": "gzip"})


@fault("truncated-gzip")
async def truncated_gzip(asked: Asked, answer: Answer) -> None:
    """Break a gzip body off, while Content-Length is right."""
    del asked
    await answer.send(gzip.compress(BODY)[:-20], headers={"Content-Encoding": "gzip"})


@fault("not-gzip")
async def not_gzip(asked: Asked, answer: Answer) -> None:
    """Say gzip and send plain HTML."""
    del asked
    await answer.send(BODY, headers={"Content-Encoding": "gzip"})


@fault("unknown-encoding")
async def unknown_encoding(asked: Asked, answer: Answer) -> None:
    """Name a content encoding that does not exist."""
    del asked
    await answer.send(BODY, headers={"Content-Encoding": "rot13"})


# ---- connections that break


@fault("reset")
async def reset(asked: Asked, answer: Answer) -> None:
    """Reset the connection instead of answering."""
    del asked
    answer.reset()


@fault("reset-body")
async def reset_body(asked: Asked, answer: Answer) -> None:
    """Reset the connection within the body."""
    del asked
    await answer.head(200, [("Content-Type", HTML), ("Content-Length", str(2 * len(BODY)))])
    await answer.write(BODY)
    await asyncio.sleep(0.05)  # what was sent leaves before the reset
    answer.reset()


@fault("reset-times")
async def reset_times(asked: Asked, answer: Answer) -> None:
    """Answer /fault/reset-times/<k>: reset k times, then answer."""
    if asked.count <= int(asked.parts[2]):
        answer.reset()
    else:
        await answer.send(BODY)


@fault("close")
async def close(asked: Asked, answer: Answer) -> None:
    """Close the connection instead of answering."""
    del asked, answer


@fault("close-headers")
async def close_headers(asked: Asked, answer: Answer) -> None:
    """Close the connection within the headers."""
    del asked
    await answer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Le")


@fault("hang")
async def hang(asked: Asked, answer: Answer) -> None:
    """Never answer."""
    del asked
    await answer.hang()


@fault("hang-body")
async def hang_body(asked: Asked, answer: Answer) -> None:
    """Stop in the middle of the body."""
    del asked
    await answer.head(200, [("Content-Type", HTML), ("Content-Length", str(2 * len(BODY)))])
    await answer.write(BODY)
    await answer.hang()


@fault("drip")
async def drip(asked: Asked, answer: Answer) -> None:
    """Answer /fault/drip/<seconds>: a byte of the body after each so many seconds."""
    await answer.head(200, [("Content-Type", HTML), ("Content-Length", str(len(BODY)))])
    for place in range(len(BODY)):
        await answer.write(BODY[place : place + 1])
        await asyncio.sleep(float(asked.parts[2]))


# ---- too much


@fault("bomb")
async def bomb(asked: Asked, answer: Answer) -> None:
    """Answer /fault/bomb/<megabytes>: a small gzip body that unpacks to so many."""
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(b"<html><body>") + b"".join(
        packer.compress(bytes(2**20)) for _ in range(int(asked.parts[2]))
    )
    await answer.send(packed + packer.flush(), headers={"Content-Encoding": "gzip"})


@fault("huge")
async def huge(asked: Asked, answer: Answer) -> None:
    """Answer /fault/huge/<megabytes>: a chunked body of so many, whose length is nowhere said."""
    await answer.head(200, REPEATED)
    block = (b"<p>" + b"huge " * 13000 + b"</p>\n")[: 2**16]
    for _ in range(16 * int(asked.parts[2])):
        await answer.chunk(block)
    await answer.chunk(b"")


@fault("huge-header")
async def huge_header(asked: Asked, answer: Answer) -> None:
    """Send a header of a megabyte."""
    del asked
    await answer.send(BODY, headers={"X-Huge": "x" * 2**20})


@fault("endless-headers")
async def endless_headers(asked: Asked, answer: Answer) -> None:
    """Send headers until the client has enough."""
    del asked
    await answer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(1_000_000):
        await answer.write(b"X-Header-%d: %b\r\n" % (n, b"x" * 100))


# ---- not HTTP


@fault("garbage")
async def garbage(asked: Asked, answer: Answer) -> None:
    """Answer in no protocol at all."""
    del asked
    await answer.write(b"\x00\x01\x02 this is not HTTP\r\n\r\n" * 10)


@fault("bad-status")
async def bad_status(asked: Asked, answer: Answer) -> None:
    """Answer a status that is no number."""
    del asked
    await answer.write(b"HTTP/1.1 fine OK\r\nContent-Length: 0\r\n\r\n")
