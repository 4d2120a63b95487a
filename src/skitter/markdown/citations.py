"""Markdown with its links as numbered references.

Each ``](`` is looked at once. Most stand behind the only bracket since the link before; where there are more, or
escaped ones, or code, the brackets between are counted. Linear in the text, whatever it holds.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from skitter.base.url import join
from skitter.markdown.regions import code_regions

_plain_target = re.compile(r"\(([^\s()<>\\]++)\)").match
_target = re.compile(
    r"\(\s*+(?:<([^<>\n]*+)>|((?:[^\s()\\]++|\\.|\((?:[^\s()\\]++|\\.|\([^\s()]*+\))*+\))*+))"
    r"(?:\s++(?:\"((?:[^\"\\]++|\\.)*+)\"|'((?:[^'\\]++|\\.)*+)'|\(((?:[^()\\]++|\\.)*+)\)))?\s*+\)",
    re.DOTALL,
).match
_bracket = re.compile(r"[\\\[\]]")
_escape = re.compile(r"\\([!-/:-@\[-`{-~])")
_image = re.compile(r"!\[((?:[^\[\]\\]|\\.)*)\]\([^()]*\)")
_ABSOLUTE: Final = ("http://", "https://", "mailto:", "tel:", "ftp://", "file://", "data:")

_Link = tuple[int, int, int, bool, str, str]
"""Begin, ``](`` and end of a link or an image, whether it is an image, its URL and its title."""


def with_citations(markdown: str, base_url: str = "") -> tuple[str, str]:
    r"""Return *markdown* with a number for each link's address, and the list of the addresses.

    ``[text](url "title")`` becomes ``text⟨1⟩`` and an image ``![text⟨1⟩]``; an address has one number however often it
    occurs. Code and ``<https://…>`` stay as they are.

    Args:
        markdown: What the numbers go into.
        base_url: What relative addresses are relative to; "" leaves them as they are.

    Returns:
        The text, and ``"\n\n## References\n\n⟨1⟩ url: title - text\n…"``, which is empty without links.
    """
    numbers: dict[str, int] = {}
    said: list[str] = []
    edits: list[tuple[int, int, str]] = []
    for begin, middle, end, is_image, url, title in _links(markdown):
        number = numbers.get(url)
        if number is None:
            address = _absolute(url, base_url)
            number = numbers.setdefault(address, len(said) + 1)
            numbers[url] = number
            if number > len(said):
                said.append(f"⟨{number}⟩ {address}{_description(markdown[begin + 1 : middle], title)}\n")
        if is_image:
            edits.append((middle, end, f"⟨{number}⟩]"))
        else:
            edits.append((begin, begin + 1, ""))
            edits.append((middle, end, f"⟨{number}⟩"))
    if not said:
        return markdown, ""
    return _edited(markdown, edits), "\n\n## References\n\n" + "".join(said)


def _links(markdown: str) -> Iterator[_Link]:
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


def _edited(markdown: str, edits: list[tuple[int, int, str]]) -> str:
    edits.sort()
    pieces: list[str] = []
    done = 0
    for begin, end, by in edits:
        pieces.append(markdown[done:begin])
        pieces.append(by)
        done = end
    pieces.append(markdown[done:])
    return "".join(pieces)


def _absolute(url: str, base_url: str) -> str:
    if "\\" in url:
        url = _escape.sub(r"\1", url)
    if not base_url or url.startswith(_ABSOLUTE):
        return url
    return join(base_url, url) or url


def _description(text: str, title: str) -> str:
    if "![" in text:
        text = _image.sub(r"\1", text)
    if "\\" in text or "\\" in title:
        text, title = _escape.sub(r"\1", text), _escape.sub(r"\1", title)
    text = " ".join(text.split())
    if title and (title := " ".join(title.split())) != text:
        text = f"{title} - {text}" if text else title
    return f": {text}" if text else ""
