"""The files an image may be shown from: what its attributes and its `<picture>` name, and in which format each is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

Variant = tuple[str, int | None, str | None]
"""URL, width in pixels where it is said, and format where it is known."""

MOST_VARIANTS: Final = 64
"""Most files that are read for one image, and most sources of one player."""

_FORMATS: Final = frozenset(
    {"apng", "avif", "bmp", "gif", "heic", "ico", "jfif", "jpeg", "jpg", "jxl", "png", "svg", "tif", "tiff", "webp"}
    | {"aac", "flac", "m3u8", "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "mpd", "oga", "ogg", "ogv", "opus", "wav"}
    | {"webm"}
)
_BY_TYPE: Final = {"mpeg": "mp3", "quicktime": "mov", "x-m4v": "m4v", "x-icon": "ico", "vnd.microsoft.icon": "ico"}
_DATA_PREFIX_CHARS: Final = 64

_format_in_query = re.compile(r"\b(?:format|fm|ext)=([a-z0-9]{2,5})\b", re.IGNORECASE)
# Commas and spaces, a URL, and its descriptors up to a comma outside parentheses.
_candidate = re.compile(r"[\s,]*([^\s]+)(?:\s+((?:[^,(]|\([^)]*\)?)*))?")
_wide = re.compile(r"(?:^|\s)(\d{1,5})w\b", re.ASCII)
_lazy = re.compile(r"data-(?:.*(?:src|original)|lazy$)").match


def is_lazy(name: str) -> bool:
    """Say whether the attribute *name* holds an address that a script will show."""
    return _lazy(name) is not None


def variants(attrs: Mapping[str, str], sources: Iterable[tuple[str, str | None]]) -> list[Variant]:
    """Return each file an image may be shown from, as it is written, without repetitions.

    Args:
        attrs: The image's `src`, `srcset` and attributes of lazy loading.
        sources: `srcset` and `type` of each `<source>` of its `<picture>`.
    """
    real: dict[str, Variant] = {}
    inline: dict[str, Variant] = {}
    for src, width, kind in islice(_written(attrs, sources), MOST_VARIANTS):
        if src:
            (inline if is_data(src) else real).setdefault(src, (src, width, kind))
    # Where there is a file, what is written into the page is the blank that stands in for it.
    return list((real or inline).values())


def is_data(url: str) -> bool:
    """Say whether *url* holds its file itself."""
    return url[:5].lower() == "data:"


def without_data(url: str) -> str:
    """Return a data URI without its data."""
    head, comma, _ = url[:_DATA_PREFIX_CHARS].partition(",")
    return f"{head},…" if comma else f"{head}…"


def file_format(url: str) -> str | None:
    """Return the file format that a URL names, by its extension, else by its query."""
    if is_data(url):
        return type_format(url[5:_DATA_PREFIX_CHARS])
    path, _, query = url.partition("#")[0].partition("?")
    named = path.rpartition(".")[2].lower()
    if named not in _FORMATS and query and (found := _format_in_query.search(query)):
        named = found[1].lower()
    return named if named in _FORMATS else None


def type_format(media_type: str | None) -> str | None:
    """Return the file format of `image/svg+xml; …`: svg."""
    if not media_type:
        return None
    named = media_type.partition(";")[0].partition(",")[0].partition("/")[2].partition("+")[0].strip().lower()
    named = _BY_TYPE.get(named, named)
    return named if named in _FORMATS else None


def _written(attrs: Mapping[str, str], sources: Iterable[tuple[str, str | None]]) -> Iterator[Variant]:
    yield attrs.get("src", ""), None, None
    for name, value in attrs.items():
        if is_lazy(name):
            if "srcset" in name:
                yield from _srcset(value)
            else:
                yield value, None, None
    yield from _srcset(attrs.get("srcset", ""))
    for srcset, media_type in sources:
        yield from _srcset(srcset, type_format(media_type))


def _srcset(written: str, kind: str | None = None) -> Iterator[Variant]:
    """Yield the URLs of a `srcset` with the width in pixels that each is meant for, where it is said.

    The HTML standard, "parse a srcset attribute": a comma ends a candidate where it ends the URL or follows the
    descriptors, so that a URL may hold commas.
    """
    position = 0
    while candidate := _candidate.match(written, position):
        url, descriptors = candidate[1], candidate[2] or ""
        position = candidate.end()
        if url.endswith(","):
            url, descriptors, position = url.rstrip(","), "", candidate.end(1)
        wide = _wide.search(descriptors)
        if url:
            yield url, int(wide[1]) if wide else None, kind
