"""Files that are no pages, saved where the caller wants them."""

import mimetypes
import re
import unicodedata
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

from skitter.errors import ConfigError
from skitter.fetch.decoding import decoded
from skitter.model.response import Response

_PAGES = frozenset({"application/xhtml+xml", "application/xml", "application/json", "application/ld+json"})
_LONGEST_NAME = 150
_MOST_OF_A_NAME = 10_000
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)


def is_download(response: Response) -> bool:
    """Say whether an answer is an attachment, or a file that is no page."""
    if not 200 <= response.status < 300 or not response.body:
        return False
    if response.headers.get("content-disposition", "").strip().lower().startswith("attachment"):
        return True
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(kind) and not (kind.startswith("text/") or kind in _PAGES or kind.endswith(("+xml", "+json")))


def save(response: Response, folder: str) -> str:
    """Write the body of *response* into *folder* under a new name, and return its path.

    The name is the one the server gives, or the URL's, made safe: it never leads out of the folder and never replaces
    a file.

    Raises:
        DecodeError: If the body is damaged.
        TooLarge: If it is larger than allowed.
        ConfigError: If the folder cannot be written to.
    """
    body = response.body if isinstance(response.body, bytes) else response.body.encode()
    data = decoded(body, response.content_encoding, response.max_body_bytes)
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name in _numbered(file_name(response)):
            try:
                with (place / name).open("xb") as file:
                    file.write(data)
            except FileExistsError:
                continue
            return str(place / name)
    except OSError as error:
        msg = f"`downloads_path`: nothing can be written to {folder}: {error.strerror or error}"
        raise ConfigError(msg) from error
    msg = f"`downloads_path`: {folder} holds too many files called {file_name(response)}"
    raise ConfigError(msg)


def file_name(response: Response) -> str:
    """Return the name a download is saved under: from Content-Disposition, else from the URL."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("content-disposition", "")
    said = header.get_filename() or ""
    path = re.split(r"[?#]", response.url.partition("://")[2].partition("/")[2])[0]
    name = _safe(said) or _safe(unquote(path))
    if not Path(name).suffix:
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        name = (name or "download") + (mimetypes.guess_extension(kind) or "")
    return name


def _safe(name: str) -> str:
    name = re.split(r"[/\\]", name)[-1]
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    while len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
        stem, suffix = Path(name).stem, Path(name).suffix
        name = f"{stem[:-1]}{suffix}" if len(stem) > 1 else name[:-1]
    return name.encode("utf-8", "replace").decode()


def _numbered(name: str) -> Iterator[str]:
    yield name
    path = Path(name)
    for number in range(1, _MOST_OF_A_NAME):
        yield f"{path.stem} ({number}){path.suffix}"
