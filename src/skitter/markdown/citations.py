"""Markdown with its links as numbered references.

Each ``](`` is looked at once. Most stand behind the only bracket since the link before; where there are more, the
brackets between are counted. Linear in the text, whatever it holds.
"""

import re
from bisect import bisect_right
from typing import Final

from skitter.base.url import join
from skitter.markdown.regions import code_regions

_target = re.compile(
    r"\(\s*+(?:<([^<>\n]*+)>|((?:[^\s()\\]++|\\.|\((?:[^\s()\\]++|\\.|\([^\s()]*+\))*+\))*+))"
    r"(?:\s++(?:\"((?:[^\"\\]++|\\.)*+)\"|'((?:[^'\\]++|\\.)*+)'|\(((?:[^()\\]++|\\.)*+)\)))?\s*+\)",
    re.DOTALL,
).match
_bracket = re.compile(r"\\.|[\[\]]", re.DOTALL)
_escape = re.compile(r"\\([!-/:-@\[-`{-~])")
_image = re.compile(r"!\[((?:[^\[\]\\]|\\.)*)\]\([^()]*\)")
_ABSOLUTE: Final = ("http://", "https://", "mailto:", "tel:", "ftp://", "file://", "data:")


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
        address = _absolute(url, base_url)
        number = numbers.get(address)
        text = markdown[begin + 1 : middle]
        if number is None:
            number = numbers[address] = len(numbers) + 1
            said.append(_description(text, title))
        elif not said[number - 1]:
            said[number - 1] = _description(text, title)
        if is_image:
            edits.append((middle, end, f"⟨{number}⟩]"))
        else:
            edits += [(begin, begin + 1, ""), (middle, end, f"⟨{number}⟩")]
    if not numbers:
        return markdown, ""
    lines = [f"⟨{number}⟩ {url}{said[number - 1]}\n" for url, number in numbers.items()]
    return _edited(markdown, edits), "\n\n## References\n\n" + "".join(lines)


def _links(markdown: str) -> list[tuple[int, int, int, bool, str, str]]:
    """Return begin, ``](`` and end of each link and image, whether it is an image, its URL and its title.

    An image inside a link comes before the link.
    """
    found: list[tuple[int, int, int, bool, str, str]] = []
    regions = code_regions(markdown)
    begins = [begin for begin, _ in regions]
    open_brackets: list[int] = []
    find = markdown.find
    scanned = paragraph = 0
    blank = find("\n\n")
    middle = find("](")
    while middle >= 0:
        if regions and (region := bisect_right(begins, middle) - 1) >= 0 and middle < regions[region][1]:
            middle = find("](", regions[region][1])
            continue
        begin = find("[", scanned, middle)
        simple = begin >= 0 and find("[", begin + 1, middle) < 0 and find("]", scanned, middle) < 0
        if not simple or find("\\", scanned, middle) >= 0 or regions:
            escaped = _count(markdown, scanned, middle, open_brackets, regions)
            begin = -1 if escaped else open_brackets.pop() if open_brackets else -1
        scanned = middle + 1
        while 0 <= blank < middle:
            paragraph = blank + 2
            blank = find("\n\n", paragraph)
        target = _target(markdown, middle + 1) if begin >= paragraph else None
        if target is not None:
            is_image = markdown[begin - 1 : begin] == "!" and markdown[begin - 2 : begin - 1] != "\\"
            url = target[1] if target[1] is not None else target[2]
            title = target[3] or target[4] or target[5] or ""
            scanned = target.end()
            if url:
                found.append((begin, middle, scanned, is_image, url, title))
            if not is_image:  # a link holds no link
                open_brackets = (
                    [one for one in open_brackets if markdown[one - 1 : one] == "!"] if open_brackets else []
                )
        middle = find("](", scanned)
    return found


def _count(markdown: str, begin: int, end: int, open_brackets: list[int], regions: list[tuple[int, int]]) -> bool:
    """Push and pop the brackets between *begin* and *end*; say whether the one at *end* is escaped."""
    region = bisect_right(regions, (begin, begin)) - 1 if regions else 0
    region = max(region, 0)
    for bracket in _bracket.finditer(markdown, begin, end + 1):
        at = bracket.start()
        while region < len(regions) and regions[region][1] <= at:
            region += 1
        if region < len(regions) and regions[region][0] <= at:
            continue
        kind = bracket[0]
        if kind[0] == "\\":
            if at + 1 == end:
                return True
        elif kind == "[":
            open_brackets.append(at)
        elif at < end and open_brackets:
            open_brackets.pop()
    return False


def _edited(markdown: str, edits: list[tuple[int, int, str]]) -> str:
    edits.sort()
    pieces: list[str] = []
    done = 0
    for begin, end, by in edits:
        pieces += (markdown[done:begin], by)
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
    parts = [" ".join(part.split()) for part in (title, text)]
    said = " - ".join(dict.fromkeys(part for part in parts if part))
    return f": {said}" if said else ""
