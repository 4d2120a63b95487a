"""Emphasis where the writer gave up on it.

Markdown reads `**` as a mark only where it lies against a word in the right way (CommonMark 0.31, 6.2). The writer is
careful: next to any letter outside of ASCII it writes `<strong>`. Here the standard's own rule decides; punctuation at
the edge that would spoil a mark moves out of it, and inside of words `*` takes the place of `_`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from skitter.markdown.writer_options import WriterOptions

_fallback = re.compile(r"<(?<!\\<)(strong|em|del|s|strike)>(.*?)</\1>", re.DOTALL)
_MOVABLE: Final = r"\s|[^\w\s\\\[\]()*_`<>!~#|&;\ue000-\uf8ff]|\\[!-/:-@\[-`{-~]"
_edges = re.compile(rf"((?:{_MOVABLE})*)(.*?)((?:{_MOVABLE})*)", re.DOTALL).fullmatch
_edges_without_links = re.compile(rf"((?:{_MOVABLE}|[()])*)(.*?)((?:{_MOVABLE}|[()])*)", re.DOTALL).fullmatch


def mend_emphasis(text: str, options: WriterOptions) -> str:
    """Replace `<strong>`, `<em>`, `<del>` in *text*, Markdown without its code, by the marks of Markdown."""
    if "</" not in text:
        return text
    marks = {"strong": options.strong_mark, "em": options.emphasis_mark} | dict.fromkeys(("del", "s", "strike"), "~~")

    def mark(found: re.Match[str]) -> str:
        inner = _fallback.sub(mark, found[2]) if "<" in found[2] else found[2]
        whole = found.string
        before = whole[found.start() - 1] if found.start() else "\n"
        after = whole[found.end()] if found.end() < len(whole) else "\n"
        return _marked(marks[found[1]], before, inner, after) or f"<{found[1]}>{inner}</{found[1]}>"

    return _fallback.sub(mark, text)


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
    kind = mark[:1]
    if kind not in {"*", "_", "~"}:
        return True  # a mark of the user's own
    if kind in {before, after, inner[0], inner[-1]}:
        return False  # it would be one with its neighbour
    opens, closes_there = _flanks(before, inner[0])
    opens_there, closes = _flanks(inner[-1], after)
    if kind == "_":
        opens = opens and (not closes_there or _is_punctuation(before))
        closes = closes and (not opens_there or _is_punctuation(after))
    return opens and closes


def _flanks(before: str, after: str) -> tuple[bool, bool]:
    """Say whether a run of marks between two characters is left-flanking, and whether it is right-flanking."""
    left = not after.isspace() and (not _is_punctuation(after) or before.isspace() or _is_punctuation(before))
    right = not before.isspace() and (not _is_punctuation(before) or after.isspace() or _is_punctuation(after))
    return left, right


@lru_cache(maxsize=4096)
def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" or "\ue000" <= character <= "\uf8ff"  # those stand for code
