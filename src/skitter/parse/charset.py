"""Bytes to text: which character encoding a page is in, by what it says and by what it is.

What a page says about itself is often wrong, so the bytes have the last word where they are clear: text that is valid
UTF-8 is UTF-8, and a declared encoding that most of the page contradicts is not used. The order is that of the HTML
standard: byte-order mark, Content-Type header, `<meta>` (or the XML declaration), then detection.

Encodings have the names and the meaning of the WHATWG Encoding Standard: `latin-1` is windows-1252, `gb2312` is GBK,
and every byte string can be decoded, with U+FFFD where it is damaged.
"""

import codecs
import re
from functools import lru_cache
from typing import Final, NamedTuple

from turbohtml.detect import Detection, detect

UTF8: Final = "utf-8"

_MARKS: Final = ((b"\xef\xbb\xbf", UTF8), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_UTF8_LABELS: Final = frozenset(
    {"utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"}
)
# Browsers refuse these for the sake of scripts in the page; a reader of text need not. The names are Python's.
_REFUSED_BY_BROWSERS: Final = {"hz-gb-2312": "hz", "iso-2022-kr": "iso2022_kr"}
# Two or more bytes a character, none of them a plain extension of ASCII in the way the single-byte encodings are.
_MULTIBYTE: Final = frozenset({"gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "hz", "iso2022_kr"})
_NOT_ASCII_COMPATIBLE: Final = frozenset({"utf-16le", "utf-16be", "iso-2022-jp", "hz", "iso2022_kr"})

_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]{1,512}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\s*<\?xml\b[^>]{0,128}?\bencoding\s*=\s*[\"']([\w:.-]{1,40})", re.IGNORECASE)
_PAGE_LANGUAGE = re.compile(rb"<html\b[^>]{0,512}?\blang\s*=\s*[\"']?([a-z]{2})\b", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

_HEAD_BYTES: Final = 4096  # where browsers look for a declaration; it is believed further down as well
_DECLARED_WITHIN_BYTES: Final = 2**17
_DETECT_WITHIN_BYTES: Final = 2**20

# What typesetting adds to a page in English: marks that no alphabet is made of. Windows-1252 has them where Cyrillic
# and Greek encodings have letters, and a handful of them is not enough for a detector to tell the two apart.
_TYPOGRAPHY: Final = frozenset(
    "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022\u2122\u20ac\u00a0\u00ad\u00d7©®°·£§«»½¼é"
)
_WESTERN: Final = frozenset({"ca", "da", "de", "en", "es", "fi", "fr", "id", "is", "it", "nb", "nl", "no", "pt", "sv"})
_LATIN: Final = frozenset({"windows-1252", "windows-1250", "windows-1254", "windows-1257", "iso-8859-2", "iso-8859-4"})


class Decoded(NamedTuple):
    """A page as text.

    Attributes:
        text: The page, without a byte-order mark.
        encoding: The name that `text` decodes it with again.
        damaged: How many characters are not in that encoding; each is U+FFFD in the text.
    """

    text: str
    encoding: str
    damaged: int


def decode(body: bytes, content_type: str = "", *, tld: str | None = None) -> Decoded:
    """Return the text of *body* and its encoding; never fails.

    Args:
        body: A page, without content encoding.
        content_type: Its Content-Type header.
        tld: Last label of the host it came from, such as "jp": helps where nothing is declared.
    """
    encoding = _marked(body)
    if encoding is None:
        declared = _from_header(content_type)
        if declared in {None, UTF8} and not _has_escapes(body):
            try:
                return Decoded(body.decode(UTF8), UTF8, 0)
            except UnicodeDecodeError:
                pass
        declared = declared or _from_page(body)
        encoding = _believed(body, declared) or _detected(body, tld) or declared or "windows-1252"
    decoded = text(body, encoding)
    return Decoded(decoded, encoding, decoded.count("\ufffd"))


def text(body: bytes, encoding: str) -> str:
    """Return *body* as text in *encoding*, a name that `decode` returned; damage becomes U+FFFD."""
    decoded, _ = _decoder(encoding)(body, "replace")
    return decoded.removeprefix("\ufeff")


def canonical(label: str) -> str | None:
    """Return the encoding that *label* names in the WHATWG Encoding Standard, lower-case; None for an unknown label."""
    return _canonical(label.strip().lower())


@lru_cache(maxsize=256)
def _canonical(label: str) -> str | None:
    if label in _UTF8_LABELS:
        return UTF8
    if label in _REFUSED_BY_BROWSERS:
        return _REFUSED_BY_BROWSERS[label]
    if label in {"utf-16", "utf-16le", "utf-16be"}:  # in a <meta>, which is what is asked below, they mean UTF-8
        return "utf-16be" if label == "utf-16be" else "utf-16le"
    if not re.fullmatch(r"[\w:.-]+", label, re.ASCII):
        return None
    # The detector knows every label of the standard. Behind an unknown one it judges the text, which is UTF-8 here.
    found = detect(b'<meta charset="%b">\xc3\xa9\xc3\xa9' % label.encode()).encoding
    return None if found is None or found.lower() == UTF8 else found.lower()


@lru_cache(maxsize=64)
def _decoder(encoding: str) -> "codecs._Decoder":
    if encoding == UTF8:
        return codecs.lookup(UTF8).decode
    try:
        return codecs.lookup(f"whatwg-{encoding}").decode
    except LookupError:
        return codecs.lookup(encoding).decode


def _from_header(content_type: str) -> str | None:
    found = _HEADER_CHARSET.search(content_type)
    return canonical(found[1]) if found else None


def _from_page(body: bytes) -> str | None:
    """Return what the page itself declares, in its head or, where nothing stands there, further down."""
    if found := _XML_ENCODING.match(body[:512]):
        return _in_page(found[1])
    head = _COMMENT.sub(b"", body[:_HEAD_BYTES])
    found = _META_CHARSET.search(head) or _META_CHARSET.search(body, _HEAD_BYTES // 2, _DECLARED_WITHIN_BYTES)
    return _in_page(found[1]) if found else None


def _in_page(label: bytes) -> str | None:
    encoding = canonical(label.decode("ascii", "replace"))
    # A page in UTF-16 could not have been read up to here.
    return UTF8 if encoding in {"utf-16le", "utf-16be"} else encoding


def _marked(body: bytes) -> str | None:
    """Return the encoding that the first bytes leave no doubt about."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding
    start = body[:512]
    return _utf16(start) if b"\0" in start else None


def _utf16(start: bytes) -> str | None:
    """Say which UTF-16 *start* is: markup and spaces, at least, have a zero byte each."""
    pairs = len(start) // 2
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > pairs * 0.2 and even <= odd * 0.1:
        return "utf-16le"
    if even > pairs * 0.2 and odd <= even * 0.1:
        return "utf-16be"
    return None


def _has_escapes(body: bytes) -> bool:
    """Say whether *body* switches alphabets as ISO-2022-JP does, in bytes that are all ASCII."""
    return b"\x1b" in body and (b"\x1b$" in body or b"\x1b(J" in body)


def _believed(body: bytes, declared: str | None) -> str | None:
    """Return the encoding to use where the bytes bear *declared* out, or are UTF-8; None where they do neither."""
    if declared is None:
        return None
    if declared in _NOT_ASCII_COMPATIBLE:
        return declared if _is_plausible(text(body, declared)) else None
    if body.isascii():
        return None if _has_escapes(body) else declared
    utf8 = body.decode(UTF8, "replace")
    damaged = utf8.count("\ufffd")
    if declared == UTF8:
        # A page that was cut, or into which a few foreign bytes were pasted, is still UTF-8.
        return UTF8 if damaged * 2 <= len(_NOT_ASCII.findall(utf8)) else None
    if not damaged:
        # By chance, a few two-byte characters of another encoding may look like UTF-8; a page of them does not.
        surplus = len(body) - len(utf8)
        if declared not in _MULTIBYTE or surplus >= 16 or "\ufffd" in text(body, declared):
            return UTF8
    return declared if _is_plausible(text(body, declared)) else None


def _is_plausible(decoded: str) -> bool:
    """Say whether *decoded* is mostly text, where it is not ASCII."""
    damaged = decoded.count("\ufffd")
    return not damaged or damaged * 10 <= len(_NOT_ASCII.findall(decoded))


def _detected(body: bytes, tld: str | None) -> str | None:
    """Return the encoding that the bytes look like, whatever is declared."""
    head, rest = body[:_HEAD_BYTES], body[_HEAD_BYTES:_DETECT_WITHIN_BYTES]
    sample = _META_CHARSET.sub(b"", head) + rest  # what is declared would be believed
    western = text(sample, "windows-1252")
    foreign = _NOT_ASCII.findall(western)
    if sum(one in _TYPOGRAPHY for one in foreign) >= len(foreign) * 0.9 and not _has_escapes(sample):
        return "windows-1252"
    hint = tld if tld and re.fullmatch(r"[a-z0-9-]+", tld) else None
    found = detect(sample, Detection(tld=hint)).encoding
    if found is None:
        return None
    encoding = found.lower()
    language = _PAGE_LANGUAGE.search(sample, 0, _HEAD_BYTES)
    said_western = language is not None and language[1].decode().lower() in _WESTERN
    if said_western and encoding not in _LATIN | {UTF8} and len(foreign) * 50 < len(western):
        return "windows-1252"
    return encoding
