"""Markdown with its links as numbered references."""

import re
from typing import Final

from skitter.base.url import join
from skitter.markdown.links import edited, find_links, unescaped

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
    for begin, middle, end, is_image, url, title in find_links(markdown):
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
    return edited(markdown, edits), "\n\n## References\n\n" + "".join(said)


def _absolute(url: str, base_url: str) -> str:
    url = unescaped(url)
    if not base_url or url.startswith(_ABSOLUTE):
        return url
    return join(base_url, url) or url


def _description(text: str, title: str) -> str:
    if "![" in text:
        text = _image.sub(r"\1", text)
    text = " ".join(unescaped(text).split())
    if title and (title := " ".join(unescaped(title).split())) != text:
        text = f"{title} - {text}" if text else title
    return f": {text}" if text else ""
