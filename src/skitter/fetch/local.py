"""Pages that need no network: `raw:` HTML and local files."""

import asyncio
import mimetypes
import os
import stat
from email.utils import formatdate
from urllib.request import url2pathname

from skitter.base import url as urls
from skitter.errors import Blocked, InvalidURL, NotFound, TooLarge
from skitter.fetch.options import FetchOptions
from skitter.fetch.targets import shown
from skitter.model.response import Response

_RAW = "raw:"
_SNIFFED = 512


async def read_local(url: str, options: FetchOptions) -> Response:
    """Return the page of a `raw:` or `file:` URL.

    Raises:
        InvalidURL: If it is no such URL.
        NotFound: If there is no such file, or it cannot be read.
        TooLarge: If it is larger than `max_body_bytes`.
        Blocked: If local files may not be read.
    """
    text = url.lstrip()
    if text[: len(_RAW)].lower() == _RAW:
        return _raw(text, options)
    if options.block_private_addresses:
        msg = f"{shown(url)} is a local file, and `block_private_addresses` is set"
        raise Blocked(msg, url=url)
    return await asyncio.to_thread(_read_file, text, options)


def _raw(text: str, options: FetchOptions) -> Response:
    html = text[len(_RAW) :]
    html = html.removeprefix("//")
    limit = options.max_body_bytes
    # a character takes 1 to 4 bytes: only where that leaves it open are they counted
    if len(html) > limit or (4 * len(html) > limit and len(html.encode("utf-8", "surrogatepass")) > limit):
        raise _too_large(_RAW, limit)
    return Response(
        url=_RAW,
        base_url=options.base_url or "",
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=html,
        max_body_bytes=limit,
    )


def _read_file(text: str, options: FetchOptions) -> Response:
    url, path = _path(text)
    body, changed_s = _bytes(path, url, options.max_body_bytes)
    return Response(
        url=url,
        base_url=options.base_url or url,
        status=200,
        headers={
            "content-type": _content_type(path, body),
            "content-length": str(len(body)),
            "last-modified": formatdate(changed_s, usegmt=True),
        },
        body=body,
        max_body_bytes=options.max_body_bytes,
    )


def _path(text: str) -> tuple[str, str]:
    """Return a file URL normalised, and the path it names on this system."""
    try:
        parsed = urls.parse(text)
    except ValueError as error:
        msg = f"{shown(text)!r} is no valid file URL: write file:///absolute/path"
        raise InvalidURL(msg, url=text) from error
    if parsed.hostname not in {"", "localhost"} and os.name != "nt":
        msg = f"{shown(text)!r} names a host: write file:///absolute/path, with three slashes"
        raise InvalidURL(msg, url=text)
    share = f"//{parsed.hostname}" if parsed.hostname not in {"", "localhost"} else ""
    path = url2pathname(share + parsed.pathname)
    if "\0" in path:
        msg = f"{shown(text)!r} names no path: it holds a zero byte"
        raise InvalidURL(msg, url=text)
    return parsed.href, path


def _bytes(path: str, url: str, limit: int) -> tuple[bytes, float]:
    try:
        # a pipe would wait for a writer, and a device may never end: only plain files are opened
        facts = os.stat(path)  # noqa: PTH116  # the path is text of any bytes
        if not stat.S_ISREG(facts.st_mode):
            kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "no plain file"
            msg = f"{shown(url)} is {kind}"
            raise NotFound(msg, url=url)
        if facts.st_size > limit:
            raise _too_large(shown(url), limit)
        with open(path, "rb") as file:  # noqa: PTH123  # as above
            body = file.read(limit + 1)
    except OSError as error:
        msg = f"{shown(url)} cannot be read: {error.strerror or error}"
        raise NotFound(msg, url=url) from error
    if len(body) > limit:
        raise _too_large(shown(url), limit)
    return body, facts.st_mtime


def _content_type(path: str, body: bytes) -> str:
    """Return what a file is: by its name, else by how it begins."""
    kind, packed = mimetypes.guess_type(path)
    if packed is not None:
        return f"application/{packed}"
    if kind is not None:
        return kind
    start = body[:_SNIFFED]
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "application/octet-stream"
    return "text/html" if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "text/plain"


def _too_large(what: str, limit: int) -> TooLarge:
    return TooLarge(f"{what} is larger than {limit} bytes: raise `max_body_bytes` to read it", url=what)
