"""Markdown with its links as numbered references."""

import re
from bisect import bisect_right
from typing import Final

from skitter.base.url import join
from skitter.markdown.links import find_links, unescaped

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
    signs: dict[str, str] = {}
    said: list[str] = []
    pieces: list[str] = []
    begins: list[int] = []
    done = 0
    for begin, middle, end, is_image, url, title in find_links(markdown):
        sign = signs.get(url)
        if sign is None:
            address = _absolute(url, base_url)
            sign = signs.get(address)
            if sign is None:
                sign = signs[address] = f"⟨{len(said) + 1}⟩"
                said.append(f"{sign} {address}{_description(markdown[begin + 1 : middle], title)}\n")
            signs[url] = sign
        begins.append(done)
        if is_image:
            pieces.append(f"{markdown[done:middle]}{sign}]")
        elif begin >= done:
            pieces.append(f"{markdown[done:begin]}{markdown[begin + 1 : middle]}{sign}")
        else:  # around images: its bracket stands in a piece that is written already
            at = bisect_right(begins, begin) - 1
            outer = begin - begins[at]
            pieces[at] = pieces[at][:outer] + pieces[at][outer + 1 :]
            begins[at] += 1
            pieces.append(f"{markdown[done:middle]}{sign}")
        done = end
    if not said:
        return markdown, ""
    pieces.append(markdown[done:])
    return "".join(pieces), "\n\n## References\n\n" + "".join(said)


def _absolute(url: str, base_url: str) -> str:
    url = unescaped(url)
    if url[:8] == "https://" or not base_url or url.startswith(_ABSOLUTE):
        return url
    return join(base_url, url) or url


def _description(text: str, title: str) -> str:
    if "![" in text:
        text = _image.sub(r"\1", text)
    text = " ".join(unescaped(text).split())
    if title and (title := " ".join(unescaped(title).split())) != text:
        text = f"{title} - {text}" if text else title
    return f": {text}" if text else ""
