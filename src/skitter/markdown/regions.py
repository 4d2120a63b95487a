"""Where the code is in Markdown, so that what looks like markup in it is left alone."""

import re
from collections.abc import Callable, Iterator

_run = re.compile(r"`+").match
_fence_prefix = re.compile(r"[ \t>*+\-]*(?:\d+[.)][ \t>*+\-]*)*").fullmatch
_closing_prefix = re.compile(r"[ \t>]*").fullmatch


def code_regions(markdown: str) -> list[tuple[int, int]]:
    """Return begin and end of each code span and fenced code block, in order (CommonMark 0.31, 4.5 and 6.1).

    Linear in the text.
    """
    if "`" not in markdown:
        return []
    runs = [(begin, end, is_escaped(markdown, begin)) for begin, end in _runs(markdown)]
    partners = _partners(runs)
    regions: list[tuple[int, int]] = []
    at = 0
    while at < len(runs):
        begin, end, escaped = runs[at]
        if escaped:
            at += 1
        elif end - begin >= 3 and _opens_fence(markdown, begin, end):
            at, end = _end_of_fence(markdown, runs, at)
            regions.append((begin, end))
        elif (partner := partners[at]) and markdown.find("\n\n", end, runs[partner][0]) < 0:
            regions.append((begin, runs[partner][1]))
            at = partner + 1
        else:
            at += 1
    return regions


def outside_code(markdown: str, mend: Callable[[str], str]) -> str:
    """Return *markdown* with what is no code replaced by what *mend* makes of it.

    *mend* is given the text with one private character in the place of each code span and block, and keeps those.
    """
    regions = code_regions(markdown)
    if not regions:
        return mend(markdown)
    stand_in = next(sign for sign in map(chr, range(0xE010, 0xF8FF)) if sign not in markdown)
    pieces: list[str] = []
    code: list[str] = []
    done = 0
    for begin, end in regions:
        pieces.append(markdown[done:begin])
        code.append(markdown[begin:end])
        done = end
    pieces.append(markdown[done:])
    mended = mend(stand_in.join(pieces)).split(stand_in)
    return mended[0] + "".join(part for pair in zip(code, mended[1:], strict=True) for part in pair)


def _runs(markdown: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each run of backticks; a regular expression would look at every character for them."""
    begin = markdown.find("`")
    while run := _run(markdown, begin) if begin >= 0 else None:
        yield run.span()
        begin = markdown.find("`", run.end())


def is_escaped(markdown: str, position: int) -> bool:
    """Say whether a backslash takes the meaning of the character at *position*."""
    if position == 0 or markdown[position - 1] != "\\":
        return False
    first = position - 1
    while first > 0 and markdown[first - 1] == "\\":
        first -= 1
    return (position - first) % 2 == 1


def _partners(runs: list[tuple[int, int, bool]]) -> list[int]:
    """Return for each run of backticks the next one of the same length, 0 where there is none."""
    partners = [0] * len(runs)
    following: dict[int, int] = {}
    for at in range(len(runs) - 1, -1, -1):
        begin, end, _ = runs[at]
        partners[at] = following.get(end - begin, 0)
        following[end - begin] = at
    return partners


def _opens_fence(markdown: str, begin: int, end: int) -> bool:
    line = markdown.rfind("\n", 0, begin) + 1
    stop = markdown.find("\n", end)
    info = markdown[end : stop if stop >= 0 else len(markdown)]
    return "`" not in info and _fence_prefix(markdown, line, begin) is not None


def _end_of_fence(markdown: str, runs: list[tuple[int, int, bool]], opening: int) -> tuple[int, int]:
    """Return the run after the fenced block that *opening* begins, and where the block ends."""
    length = runs[opening][1] - runs[opening][0]
    for at in range(opening + 1, len(runs)):
        begin, end, _ = runs[at]
        if end - begin < length:
            continue
        line = markdown.rfind("\n", 0, begin) + 1
        stop = markdown.find("\n", end)
        stop = len(markdown) if stop < 0 else stop
        if _closing_prefix(markdown, line, begin) and not markdown[end:stop].strip():
            return at + 1, stop
    return len(runs), len(markdown)
