"""`<noscript>`: what a page without scripts shows is content; a copy of it for browsers without scripts is not."""

import re
from collections.abc import Iterable
from typing import Final

from turbohtml import Element, Text, parse_fragment

_notice = re.compile(r"java\s?-?script|\bscripts?\b|\bjs\b", re.IGNORECASE).search
_LONGEST_NOTICE: Final = 500  # in characters
_TRACKER_SIZES: Final = frozenset({"0", "1", "0px", "1px"})


def parse_noscript(elements: Iterable[Element]) -> None:
    """Turn the text that each `<noscript>` holds into elements."""
    for element in elements:
        if "<" in (text := element.text):
            element.clear()
            element.extend(tuple(parse_fragment(text, positions=False)))


def resolve_noscript(elements: Iterable[Element], body: Element | None) -> None:
    """Unwrap each `<noscript>` that holds content, and remove those that do not.

    Removed are requests to turn scripts on, counters, embedded frames, and images that stand beside it already. An
    image whose neighbour is an empty placeholder takes the placeholder's place. What the head holds to be read begins
    the *body*, as in a browser without scripts.
    """
    for element in elements:
        text = element.text.strip()
        parent = element.parent
        if parent is None:
            continue  # excluded by now
        if text:
            if len(text) <= _LONGEST_NOTICE and _notice(text):
                element.decompose()
                continue
            if body is not None and isinstance(parent, Element) and parent.tag == "head":
                body.insert(0, element.extract())
            element.unwrap()
            continue
        image = element.find("img")
        if image is None or _is_tracker(image):
            element.decompose()
            continue
        placeholder = _neighbour(element)
        if placeholder is None:
            element.unwrap()
        elif _is_real(placeholder):
            element.decompose()
        else:
            placeholder.replace_with(image.extract())
            element.decompose()


def _is_tracker(image: Element) -> bool:
    return image.attr("width") in _TRACKER_SIZES or image.attr("height") in _TRACKER_SIZES or _is_hidden(image)


def _is_hidden(image: Element) -> bool:
    return "display:none" in (image.attr("style") or "").replace(" ", "").lower()


def _neighbour(element: Element) -> Element | None:
    """Return the image that the script would show in the place of the one in *element*."""
    for step in ("previous_sibling", "next_sibling"):
        sibling = getattr(element, step)
        if isinstance(sibling, Text) and not sibling.data.strip():
            sibling = getattr(sibling, step)
        if isinstance(sibling, Element):
            images = [sibling] if sibling.tag == "img" else sibling.find_all("img", limit=2)
            if len(images) == 1:
                return images[0]
    return None


def _is_real(image: Element) -> bool:
    source = image.attr("src") or ""
    return bool(source) and not source.startswith("data:") and "placeholder" not in source and "blank." not in source
