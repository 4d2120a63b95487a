"""Emphasis where the writer gave up on it.

Markdown reads `**` as a mark only where it lies against a word in the right way (CommonMark 0.31, 6.2). The writer is
careful: next to any letter outside of ASCII it writes `<strong>`. Here the standard's own rule decides; punctuation at
the edge that would spoil a mark moves out of it, and inside of words `*` takes the place of `_`.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from skitter.markdown.writer_options import WriterOptions

_fallback = re.compile(r"<(?<!\\<)(strong|em|del|s|strike)>(.*?)</\1>", re.DOTALL)
_APART: Final = frozenset((*"\n .,;:?(", ""))  # beside one of them any mark around a word is read
_MOVABLE: Final = r"\s|[^\w\s\\\[\]()*_`<>!~#|&;\ue000-\uf8ff]|\\[!-/:-@\[-`{-~]"
_edges = re.compile(rf"((?:{_MOVABLE})*)(.*?)((?:{_MOVABLE})*)", re.DOTALL).fullmatch
_edges_without_links = re.compile(rf"((?:{_MOVABLE}|[()])*)(.*?)((?:{_MOVABLE}|[()])*)", re.DOTALL).fullmatch


def mend_emphasis(text: str, options: WriterOptions) -> str:
    """Replace `<strong>`, `<em>`, `<del>` in *text*, Markdown without its code, by the marks of Markdown."""
    if "<" not in text or "</" not in text:  # looking for one character costs next to nothing
        return text
    marks = {"strong": options.strong_mark, "em": options.emphasis_mark} | dict.fromkeys(("del", "s", "strike"), "~~")
    return _converted(text, marks)


def _converted(text: str, marks: Mapping[str, str]) -> str:
    pieces: list[str] = []
    before, done = "", 0
    for found in _fallback.finditer(text):
        begin, end = found.span()
        pieces.append(text[done:begin])
        before = (before + pieces[-1])[-2:]
        inner = _converted(found[2], marks) if "<" in found[2] else found[2]
        name = found[1]
        mark = marks[name]
        after = text[end] if end < len(text) else "\n"
        if before[-1:] in _APART and after in _APART and inner[:1].isalnum() and inner[-1].isalnum():
            pieces.append(f"{mark}{inner}{mark}")
        else:
            pieces.append(_marked(mark, _last(before), inner, after) or f"<{name}>{inner}</{name}>")
        before, done = pieces[-1][-2:], end
    pieces.append(text[done:])
    return "".join(pieces)


def _marked(mark: str, before: str, inner: str, after: str) -> str:
    """Return *inner* between marks that are read as such, "" where none would be."""
    if not inner.strip():
        return inner
    marks = (mark, mark.replace("_", "*")) if "_" in mark else (mark, mark.replace("*", "_"))
    for one in marks:
        if _is_read(one, before, inner, after):
            return f"{one}{inner}{one}"
    edges = (_edges if "](" in inner else _edges_without_links)(inner)
    if edges is None:
        return ""
    lead, core, trail = edges.groups()
    if not core:
        return inner
    for one in marks:
        if _is_read(one, lead[-1:] or before, core, trail[:1] or after):
            return f"{lead}{one}{core}{one}{trail}"
    return ""


def _is_read(mark: str, before: str, inner: str, after: str) -> bool:
    kind, last = mark[:1], _last(inner[-2:])
    if kind not in {"*", "_", "~"}:
        return True  # a mark of the user's own
    if kind in {before, after, inner[0], last}:
        return False  # it would be one with its neighbour
    opens, closes_there = _flanks(before, inner[0])
    opens_there, closes = _flanks(last, after)
    if kind == "_":
        opens = opens and (not closes_there or _is_punctuation(before))
        closes = closes and (not opens_there or _is_punctuation(after))
    return opens and closes


def _last(text: str) -> str:
    """Return the last character of *text*, a full stop for any that is escaped: it is punctuation, and no mark."""
    return "." if text[-2:-1] == "\\" and _is_punctuation(text[-1]) else text[-1:] or "\n"


@lru_cache(maxsize=4096)
def _flanks(before: str, after: str) -> tuple[bool, bool]:
    """Say whether a run of marks between two characters is left-flanking, and whether it is right-flanking."""
    left = not after.isspace() and (not _is_punctuation(after) or before.isspace() or _is_punctuation(before))
    right = not before.isspace() and (not _is_punctuation(before) or after.isspace() or _is_punctuation(after))
    return left, right


@lru_cache(maxsize=4096)
def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" or "\ue000" <= character <= "\uf8ff"  # those stand for code
