"""Images that a script would load later: they get the `src` that it would give them."""

import re
from typing import Final

import turbohtml
from turbohtml import Element

_LAZY: Final = (
    "data-lazy-srcset",
    "data-srcset",
    "data-hi-res-src",
    "data-full-src",
    "data-original-src",
    "data-lazy",
    "data-original",
    "data-lazy-src",
    "data-src",
)
"""Attributes that hold an image's address until a script moves it to `src`; where several do, the last one counts."""

_address = re.compile(r"\s*(?!data:|blob:|javascript:|about:)[^\s{}<>\"']*[./][^\s{}<>\"']*\s*").fullmatch
_candidate = re.compile(r"[\s,]*(\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)")


def load_lazy_images(tree: turbohtml.Document) -> None:
    """Give every image without a real `src` the one that lazy loading or a `srcset` holds for it."""
    for name in _LAZY:
        for image in tree.select(f"img[{name}]"):
            said = image.attr(name) or ""
            if name.endswith("srcset"):
                if not _has_source(image) and (source := largest(said)):
                    image.attrs["src"] = source
            elif _address(said) and image.attr("src") != said:
                image.attrs["src"] = said.strip()
    for image in tree.select("img:not([src])") + tree.select('img[src^="data:"]') + tree.select('img[src=""]'):
        if source := largest(image.attr("srcset") or "") or _picture_source(image):
            image.attrs["src"] = source
        elif image.attr("src") == "":
            del image.attrs["src"]


def largest(srcset: str) -> str:
    """Return the URL of the largest candidate of *srcset*, "" where there is none."""
    best, size = "", -1.0
    for url, descriptor in _candidate.findall(srcset):
        if url.startswith("data:"):
            continue
        try:
            this = float(descriptor or 1)
        except ValueError:
            this = 0.0
        if this > size:
            best, size = url, this
    return best


def _picture_source(image: Element) -> str:
    picture = image.parent
    if not isinstance(picture, Element) or picture.tag != "picture":
        return ""
    sources = [largest(one.attr("srcset") or one.attr("data-srcset") or "") for one in picture.select("source")]
    return next(filter(None, sources), "")


def _has_source(image: Element) -> bool:
    source = image.attr("src") or ""
    return bool(source) and not source.startswith("data:")
