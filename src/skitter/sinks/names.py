"""The file that a page is kept in: a path that can be read back by eye, and that no URL can lead astray.

A URL whose path is plain lower-case ASCII is mirrored: `https://example.com/docs/intro` is kept in
`example.com/docs/intro.md`. Whatever cannot be mirrored exactly (a query, upper case, other scripts, long or reserved
names, a last segment `index`, …) is mirrored as far as it goes and gets twelve hexadecimal digits of the URL's hash
behind a tilde, which a mirrored name never contains. So two URLs share a path only if they mean the same page or
their hashes are equal, on file systems that ignore case too.
"""

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

_SEGMENT_BYTES = 80
_SEGMENTS = 8
_PLAIN = re.compile(r"[a-z0-9_][a-z0-9._-]*")
_HOST = re.compile(r"[a-z0-9.-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?|index\.jsonl")
"""Names of devices on Windows, with or without an ending, and the name of the folder's index."""


def file_path(url: str, ending: str) -> PurePosixPath:
    """Return the relative path for the page at *url*: at most 8 folders below the host's, 80 bytes a name.

    Args:
        url: Any text; what is no URL gets a path too.
        ending: The file's ending, with its dot.

    Example:
        >>> str(file_path("https://example.com/docs/intro", ".md"))
        'example.com/docs/intro.md'
        >>> str(file_path("https://example.com/search?q=tea", ".md"))
        'example.com/search-q-tea~073ddbde0c1d.md'
    """
    host, path, rest = _parts(url)
    folder, exact = _host_folder(url, host)
    *above, last = path.split("/") if path else [""]
    names = [_folder_name(segment, ending) for segment in above[:_SEGMENTS]]
    last_name = _safe(last) if last else "index"
    exact = (
        exact
        and not rest
        and len(above) <= _SEGMENTS
        and last != "index"
        and all(_is_exact(segment) and not segment.endswith(ending) for segment in above)
        and (not last or _is_exact(last))
    )
    if not exact:
        more = _safe(rest[:200]) if rest else ""
        stem = _cut(f"{last_name}-{more}" if more else last_name, _SEGMENT_BYTES)
        last_name = (
            f"{stem.strip('-.')}~{hashlib.blake2b(url.encode(errors='surrogatepass'), digest_size=6).hexdigest()}"
        )
    return PurePosixPath(folder, *names, last_name + ending)


def _parts(url: str) -> tuple[str, str, str]:
    """Cut *url* into its host with port, its path without the first slash, and query with fragment."""
    if url[:4].lower() == "raw:":
        return "", "page", url[4:204]
    try:
        cut = urlsplit(url)
    except ValueError:
        return "", "page", url[:200]
    rest = "-".join(part for part in (cut.query, cut.fragment) if part)
    if not rest and url.endswith(("?", "#")):
        rest = "-"
    return cut.netloc.lower(), cut.path.removeprefix("/"), rest


def _host_folder(url: str, host: str) -> tuple[str, bool]:
    """Return the host's folder, and whether it stands for this scheme, host and port alone."""
    scheme = url.partition(":")[0].lower()
    if not host:
        return scheme if scheme in {"file", "raw"} else "other", False
    name, _, port = host.rpartition("@")[2].partition(":")
    exact = _HOST.fullmatch(name) is not None and "@" not in host and (not port or port.isdigit())
    if scheme == "http" and not port:
        port = "80"
    elif scheme == "https" and port:
        port += "_tls"
    label = f"{name}_{port}" if port else name
    return _safe(label), exact and scheme in {"http", "https"} and _is_exact(label)


def _folder_name(segment: str, ending: str) -> str:
    """Return a folder's name that no file has: those end in *ending*."""
    name = _safe(segment)
    return f"{name}_" if name.endswith(ending) else name


def _is_exact(segment: str) -> bool:
    return (
        _PLAIN.fullmatch(segment) is not None
        and len(segment) <= _SEGMENT_BYTES
        and not segment.endswith(".")
        and _RESERVED.fullmatch(segment) is None
    )


def _safe(segment: str) -> str:
    """Return *segment* as a file's name, on every file system: letters, digits, `.`, `_` and `-` of any script."""
    if _is_exact(segment):
        return segment
    text = unicodedata.normalize("NFC", unquote(segment, errors="replace")).lower()
    kept = "".join(char if char.isalnum() or char in "._" else "-" for char in text)
    kept = _cut(re.sub("-{2,}", "-", kept).strip("-. "), _SEGMENT_BYTES).strip("-. ") or "-"
    return f"_{kept}" if _RESERVED.fullmatch(kept) else kept


def _cut(text: str, size_bytes: int) -> str:
    return text.encode(errors="replace")[:size_bytes].decode(errors="ignore")
