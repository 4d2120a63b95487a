"""The links in Markdown.

Most links are plain: no bracket or code in their text, no parenthesis in their address. Those one regular expression
reads; for the others the brackets are counted. Linear in the text, whatever it holds.
"""

import re
from collections.abc import Iterable, Iterator

from skitter.markdown.regions import code_regions, is_escaped

_plain_link = re.compile(r"\[((?:[^\[\]\\`]++|\\[^\n])*+)\]\(([^\s()<>\\]++)(?: \"([^\"\\\n]*+)\")?\)").finditer
_bracket = re.compile(r"[\[\]]").search
_address = r"(?:[^\s()\\]++|\\.)*+"
for _ in range(32):  # so many parentheses in each other are what readers of Markdown allow (CommonMark 0.31, 6.3)
    _address = rf"(?:[^\s()\\]++|\\.|\({_address}\))*+"
_target = re.compile(
    rf"\(\s*+(?:<([^<>\n]*+)>|({_address}))"
    r"(?:\s++(?:\"((?:[^\"\\]++|\\.)*+)\"|'((?:[^'\\]++|\\.)*+)'|\(((?:[^()\\]++|\\.)*+)\)))?\s*+\)",
    re.DOTALL,
).match
_escape = re.compile(r"\\([!-/:-@\[-`{-~])")

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
    scan = _Scan(markdown)
    find, has_code = markdown.find, bool(scan.code)
    for plain in _plain_link(markdown):
        begin, end = plain.span()
        text, url, title = plain.groups()
        if scan.open_brackets or find("[", scan.position, begin) >= 0:
            yield from scan.up_to(begin)
        before = markdown[begin - 1] if begin else ""
        if scan.position > begin or ((has_code or before == "\\") and not scan.is_bracket(begin)) or "\n\n" in text:
            continue
        scan.position = end
        is_image = before == "!" and scan.is_image(begin)
        if scan.open_brackets and not is_image:
            scan.close_links()
        yield begin, begin + 1 + len(text), end, is_image, url, title or ""
    yield from scan.up_to(len(markdown))


class _Scan:
    """Reads brackets in order, and knows which are open, where code is, and where paragraphs begin."""

    def __init__(self, markdown: str) -> None:
        self.position = 0
        self.open_brackets: list[int] = []
        self._markdown = markdown
        self.code = code_regions(markdown)[::-1]
        self._paragraph = 0
        self._blank = markdown.find("\n\n")

    def up_to(self, limit: int) -> Iterator[Link]:
        """Read the brackets before *limit*; a link that begins before it may end behind it."""
        while self.position < limit and (bracket := _bracket(self._markdown, self.position, limit)):
            at = bracket.start()
            self.position = at + 1
            if not self.is_bracket(at):
                continue
            if bracket[0] == "[":
                self.open_brackets.append(at)
            elif self.open_brackets:
                link = self._closed(self.open_brackets.pop(), at)
                if link is not None:
                    yield link
        self.position = max(self.position, limit)

    def is_bracket(self, at: int) -> bool:
        """Say whether the bracket at *at* is neither escaped nor in code."""
        code = self.code
        while code and code[-1][1] <= at:
            code.pop()
        return not (code and code[-1][0] <= at) and not is_escaped(self._markdown, at)

    def close_links(self) -> None:
        """Forget the brackets that could begin a link around another: a link holds none."""
        self.open_brackets = [one for one in self.open_brackets if self.is_image(one)]

    def is_image(self, bracket: int) -> bool:
        """Say whether the bracket belongs to an image."""
        markdown = self._markdown
        return bracket > 0 and markdown[bracket - 1] == "!" and not is_escaped(markdown, bracket - 1)

    def _closed(self, begin: int, middle: int) -> Link | None:
        target = _target(self._markdown, middle + 1)
        if target is None or begin < self._paragraph_of(middle):
            return None
        self.position = target.end()
        is_image = self.is_image(begin)
        if not is_image:
            self.close_links()
        url = target[2] if target[1] is None else target[1]
        title = target[3] or target[4] or target[5] or ""
        return (begin, middle, self.position, is_image, url, title) if url else None

    def _paragraph_of(self, position: int) -> int:
        while 0 <= self._blank < position:
            self._paragraph = self._blank + 2
            self._blank = self._markdown.find("\n\n", self._paragraph)
        return self._paragraph
