"""What kind of body an answer has.

What a server says is believed where the bytes do not contradict it: a page is not read as an image, a picture is not
read as text whatever its type. What is missing or says nothing is found out.
"""

import json
import re
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a body is."""

    HTML = "html"
    JSON = "json"
    XML = "xml"
    FEED = "feed"
    TEXT = "text"
    CSV = "csv"
    IMAGE = "image"
    BINARY = "binary"
    EMPTY = "empty"


_SNIFFED_BYTES: Final = 2_048
_FOUND_JSON_CHARS: Final = 1_000_000  # what is not called JSON is read to the end to find out

# The first bytes of files that are not text, whatever they are called.
_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x7fELF", "application/x-executable"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\x00asm", "application/wasm"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}

_JSON_TYPES: Final = frozenset(
    {"application/json", "text/json", "text/x-json", "application/x-json", "application/jsonl"}
    | {"application/x-ndjson", "application/ndjson", "application/jsonlines", "application/json-seq"}
)
_XML_TYPES: Final = frozenset(
    {"application/xml", "text/xml", "application/xml-dtd", "application/xml-external-parsed-entity"}
)
_HTML_TYPES: Final = frozenset(
    {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/x-server-parsed-html"}
)
_TEXT_TYPES: Final = frozenset(
    {"application/javascript", "application/x-javascript", "application/ecmascript", "application/typescript"}
    | {"application/yaml", "application/x-yaml", "application/toml", "application/sql", "application/graphql"}
)
_NEVER_TEXT: Final = ("image/", "audio/", "video/", "font/", "model/")
_CSV_TYPES: Final = frozenset(
    {"text/csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values"}
)

_markup = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|p|a|h[1-6]|table|ul|ol|br|span|img|article"
    r"|section|main|header|nav|form|iframe|font|b|i|center)\b",
    re.IGNORECASE,
)
_prologue = re.compile(
    r"\s*(?:<\?[^>]{0,512}>\s*|<!--(?s:.{0,2048}?)-->\s*|<!DOCTYPE\b[^>\[]{0,512}>\s*)*", re.IGNORECASE
)
_root = re.compile(r"<(?:[\w.-]{1,64}:)?([\w.-]{1,64})")
_control = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def media_type(body: bytes | str, content_type: str) -> str:
    """Return the media type of *body*: what its first bytes are, else what *content_type* says; "" for neither."""
    found = _signature(body) if isinstance(body, bytes) else None
    return found or content_type.partition(";")[0].strip().lower()


def kind_of(body: bytes | str, content_type: str) -> Kind:
    """Return what *body* is, before it is decoded; JSON, XML and feeds that are called something else come out later.

    Args:
        body: Without content encoding. Text without a type is HTML: it was handed over as a page.
        content_type: The Content-Type header.
    """
    if not body or (not body[:_SNIFFED_BYTES].strip() and not body.strip()):
        return Kind.EMPTY
    said = media_type(body, content_type)
    if said.startswith("image/"):
        return Kind.IMAGE
    known = _kind_said(said)
    if isinstance(body, str):
        return known or Kind.HTML
    if known is None:
        return _kind_found(body[:_SNIFFED_BYTES])
    return Kind.BINARY if _is_binary(body[:_SNIFFED_BYTES]) else known


def kind_of_text(text: str, kind: Kind) -> Kind:
    """Return what *text* is, which came as *kind*: JSON as text or HTML, HTML or a feed as XML, and the like."""
    start = text[:_SNIFFED_BYTES].lstrip("\ufeff \t\r\n")
    if kind in {Kind.HTML, Kind.XML, Kind.TEXT} and start.startswith("<"):
        root = _root_name(start)
        if root in {"rss", "feed", "rdf"} and (kind is not Kind.TEXT):
            return Kind.FEED
        if kind is Kind.XML and root == "html":
            return Kind.HTML
        return kind
    if kind in {Kind.HTML, Kind.TEXT} and start[:1] in {"{", "["} and len(text) <= _FOUND_JSON_CHARS and is_json(text):
        return Kind.JSON
    return kind


def _signature(body: bytes) -> str | None:
    start = body[:_SNIFFED_BYTES]
    found = next((kind for mark, kind in _SIGNATURES if start.startswith(mark)), None)
    if start.startswith(b"RIFF"):
        found = _RIFF.get(start[8:12])
    elif start[4:8] == b"ftyp":
        found = "image/avif" if start[8:12] in {b"avif", b"avis"} else "video/mp4"
    # A text may begin with any letters; of all these only a PDF may look like one.
    return found if found == "application/pdf" or (found and _is_binary(start)) else None


def _kind_said(said: str) -> Kind | None:
    """Return the kind that a media type names, None where the bytes have to tell."""
    if said in _HTML_TYPES:
        return Kind.HTML
    if said in _JSON_TYPES or said.endswith("+json"):
        return Kind.JSON
    if said in _CSV_TYPES:
        return Kind.CSV
    if said in _XML_TYPES or said.endswith("+xml"):
        return Kind.XML
    if said.startswith(("text/", "message/")) or said in _TEXT_TYPES:
        return Kind.TEXT
    return Kind.BINARY if said.startswith(_NEVER_TEXT) or said == "application/pdf" else None


def _kind_found(start: bytes) -> Kind:
    """Return the kind of a body of which nothing is said, by how it starts."""
    if _is_binary(start):
        return Kind.BINARY
    text = start.decode("latin-1").lstrip("ï»¿ \t\r\n")
    if text.startswith("<"):
        root = _root_name(text)
        is_xml = text[:5].lower() == "<?xml" or root in {"rss", "feed", "rdf"}
        return Kind.XML if is_xml and root != "html" else Kind.HTML
    return Kind.HTML if _markup.search(text) else Kind.TEXT


def _is_binary(start: bytes) -> bool:
    """Say whether *start* holds what no text does; UTF-16 has zero bytes, but in every second place."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    if zeros := start.count(0):
        even, odd = start[0::2], start[1::2]
        written = odd if even.count(0) == zeros else even if odd.count(0) == zeros else b""
        if zeros > len(start) // 10 and written:
            return len(_control.findall(written)) > len(written) // 100
    return len(_control.findall(start)) > len(start) // 100


def _root_name(start: str) -> str:
    """Return the name of the root element of XML, lower-case, without its prefix."""
    prologue = _prologue.match(start)
    found = _root.match(start, prologue.end() if prologue else 0)
    return found[1].lower() if found else ""


def is_json(text: str) -> bool:
    """Say whether *text* is one JSON value."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
