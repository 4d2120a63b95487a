"""The links in Markdown.

Each ``](`` is looked at once. Most stand behind the only bracket since the link before; where there are more, or
escaped ones, or code, the brackets between are counted. Linear in the text, whatever it holds.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from skitter.markdown.regions import code_regions

_plain_target = re.compile(r"\(([^\s()<>\\]++)\)").match
_target = re.compile(
    r"\(\s*+(?:<([^<>\n]*+)>|((?:[^\s()\\]++|\\.|\((?:[^\s()\\]++|\\.|\([^\s()]*+\))*+\))*+))"
    r"(?:\s++(?:\"((?:[^\"\\]++|\\.)*+)\"|'((?:[^'\\]++|\\.)*+)'|\(((?:[^()\\]++|\\.)*+)\)))?\s*+\)",
    re.DOTALL,
).match
_escape = re.compile(r"\\([!-/:-@\[-`{-~])")
_bracket = re.compile(r"[\\\[\]]")

Link = tuple[int, int, int, bool, str, str]
"""Begin, ``](`` and end of a link or an image, whether it is an image, its URL and its title."""


def protected(markdown: str) -> str:
    """Return *markdown* with every address between `<` and `>`."""
    edits = []
    for _, middle, _, _, url, _ in find_links(markdown):
        if markdown[middle + 2] != "<":
            begin = markdown.index(url, middle)
            edits.append((begin, begin + len(url), f"<{unescaped(url)}>"))
    return edited(markdown, edits)


def unescaped(text: str) -> str:
    """Return *text* without the backslashes before punctuation."""
    return _escape.sub(r"\1", text) if "\\" in text else text


def edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Return *text* with each part from begin to end replaced; the parts do not overlap."""
    pieces: list[str] = []
    done = 0
    for begin, end, by in sorted(edits):
        pieces.append(text[done:begin])
        pieces.append(by)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def find_links(markdown: str) -> Iterator[Link]:
    """Yield each link and image; an image inside a link comes before the link."""
    regions = code_regions(markdown)
    begins = [begin for begin, _ in regions]
    open_brackets: list[int] = []
    find = markdown.find
    scanned = paragraph = 0
    blank = find("\n\n")
    escape = find("\\")
    middle = find("](")
    while middle >= 0:
        if regions and (region := bisect_right(begins, middle) - 1) >= 0 and middle < regions[region][1]:
            middle = find("](", regions[region][1])
            continue
        begin = find("[", scanned, middle)
        if 0 <= escape < scanned:
            escape = find("\\", scanned)
        if (
            0 <= escape < middle
            or begin < 0
            or find("[", begin + 1, middle) >= 0
            or find("]", scanned, middle) >= 0
            or _holds_code(begins, scanned, middle)
        ):
            escaped = _count(markdown, scanned, middle, open_brackets, regions)
            begin = -1 if escaped or not open_brackets else open_brackets.pop()
        scanned = middle + 1
        while 0 <= blank < middle:
            paragraph = blank + 2
            blank = find("\n\n", paragraph)
        if begin >= paragraph and (target := _plain_target(markdown, scanned) or _target(markdown, scanned)):
            is_image = begin > 0 and markdown[begin - 1] == "!" and markdown[begin - 2 : begin - 1] != "\\"
            scanned = target.end()
            url, title = _url_and_title(target)
            if url:
                yield begin, middle, scanned, is_image, url, title
            if open_brackets and not is_image:  # a link holds no link
                open_brackets = [one for one in open_brackets if markdown[one - 1 : one] == "!"]
        middle = find("](", scanned)


def _url_and_title(target: re.Match[str]) -> tuple[str, str]:
    if target.re.groups == 1:
        return target[1], ""
    return target[2] if target[1] is None else target[1], target[3] or target[4] or target[5] or ""


def _holds_code(begins: list[int], begin: int, end: int) -> bool:
    return bool(begins) and bisect_right(begins, begin) != bisect_right(begins, end)


def _count(markdown: str, begin: int, end: int, open_brackets: list[int], regions: list[tuple[int, int]]) -> bool:
    """Push and pop the brackets between *begin* and *end*; say whether the one at *end* is escaped."""
    region = max(bisect_right(regions, (begin, begin)) - 1, 0)
    escaped = -1
    for bracket in _bracket.finditer(markdown, begin, end + 1):
        at = bracket.start()
        while region < len(regions) and regions[region][1] <= at:
            region += 1
        if at == escaped or (region < len(regions) and regions[region][0] <= at):
            continue
        kind = markdown[at]
        if kind == "\\":
            escaped = at + 1
        elif kind == "[":
            open_brackets.append(at)
        elif at < end and open_brackets:
            open_brackets.pop()
    return escaped == end
