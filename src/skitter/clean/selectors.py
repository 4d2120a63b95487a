"""CSS selectors that come from options."""

import re
from collections.abc import Iterable
from functools import lru_cache

from turbohtml import Element, Node
from turbohtml.query import SelectorSyntaxError

from skitter.clean.options import CleanOptions
from skitter.errors import ConfigError

_TAG = re.compile(r"[A-Za-z][^\s<>/\"'=\x00]*")
_ATTRIBUTE = re.compile(r"[^\s<>/\"'=\x00]+")


def check(options: CleanOptions) -> None:
    """Raise where *options* can never work: a selector that is no CSS, a tag or an attribute that cannot exist.

    Raises:
        ConfigError: With the option's name in its message.
    """
    for name in ("css_selector", "excluded_selector"):
        if (selector := getattr(options, name)) is not None:
            _check_selector(name, selector)
    for selector in options.target_elements or ():
        _check_selector("target_elements", selector)
    for tag in options.excluded_tags or ():
        if not _TAG.fullmatch(tag):
            msg = f"`excluded_tags` holds {tag!r}, which is no tag name: use `excluded_selector` for anything else"
            raise ConfigError(msg)
    for attribute in options.keep_attrs or ():
        if not _ATTRIBUTE.fullmatch(attribute):
            msg = f"`keep_attrs` holds {attribute!r}, which is no attribute name"
            raise ConfigError(msg)


def tag_selector(tags: Iterable[str]) -> str:
    """Return a selector of the elements with these names, whatever characters the names hold."""
    return ",".join(re.sub(r"([^\w-])", r"\\\1", tag.lower()) for tag in tags)


def outermost(elements: Iterable[Element]) -> list[Element]:
    """Return those of *elements*, given in document order, that lie in no other of them; each once. Linear."""
    chosen: dict[Node, None] = {}
    free: set[Node] = set()  # ancestors that are known to lie in no chosen element
    for element in elements:
        if element in chosen:
            continue
        passed = []
        for ancestor in element.ancestors:
            if ancestor in chosen:
                break
            if ancestor in free:
                chosen[element] = None
                break
            passed.append(ancestor)
        else:
            chosen[element] = None
        if element in chosen:
            free.update(passed)
    return [node for node in chosen if isinstance(node, Element)]


def _check_selector(option: str, selector: str) -> None:
    fault = _fault(selector)
    if fault is not None:
        msg = f"`{option}` is {selector!r}: {fault}"
        raise ConfigError(msg)


@lru_cache(maxsize=256)
def _fault(selector: str) -> str | None:
    if not selector.strip():
        return "it is empty; use None to keep the whole page"
    try:
        Element("p").select(selector)
    except SelectorSyntaxError as error:
        return str(error)
    return None
