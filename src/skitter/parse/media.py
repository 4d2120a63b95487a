"""The media of a page: images with all their variants, videos and sounds, players that are embedded.

Reading takes from the tree what only the tree knows, as plain text; `expand_media` makes of it what users see, when
somebody looks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from turbohtml import Element, Node, Text

from skitter.model.document import Addresses, Document
from skitter.parse.image_files import MOST_VARIANTS, file_format, is_data, is_lazy, type_format, variants, without_data
from skitter.parse.options import ParseOptions

Image = tuple[dict[str, str], list[tuple[str, str | None]], str, int, int]
"""Attributes, sources of the `<picture>`, description, score without the point for a format, and position."""


class Media(NamedTuple):
    """The media of a page, for `expand_media`; small and plain.

    Attributes:
        base_url: What their addresses are relative to, "" where there is no such URL.
        threshold: The score above which an image is one of the page's.
        images: The images that may be, in document order.
        videos: As users see them.
        audios: As users see them.
    """

    base_url: str
    threshold: int
    images: list[Image]
    videos: list[dict[str, Any]]
    audios: list[dict[str, Any]]


_TAGS: Final = ("img", "amp-img", "video", "audio", "iframe", "h1", "h2", "h3", "h4", "h5", "h6")
_LARGE_PIXELS: Final = 150
_SPEAKING: Final = frozenset(
    {"a", "b", "cite", "div", "em", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "i", "p", "small", "span"}
    | {"strong"}
)
_DESCRIPTION_CHARS: Final = 200
_DESCRIBED_CHARS_A_PAGE: Final = 32 * 2**20
_INLINE_CHARS: Final = 64  # of an image that is written into the page: what it is, without its data

_number = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*$", re.ASCII)
_hidden = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# A word of its own, or a part of one written `likeThis`: "site-logo" and "headerLogo", not "lexicon" or "iconic".
_ornament = re.compile(r"(?:(?<![A-Za-z])(?:button|icon|logo|BUTTON|ICON|LOGO)|Button|Icon|Logo)s?(?![a-z])")
_player = re.compile(
    r"https?://(?:(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/embed/|youtu\.be/)|player\.vimeo\.com/video/"
    r"|(?:www\.)?(?:dailymotion\.com/embed/|facebook\.com/plugins/video|loom\.com/embed/)|fast\.wistia\.(?:net|com)/embed/)",
    re.IGNORECASE,
)


def read_media(document: Document, options: ParseOptions) -> Media:
    """Return the media of the page in document order; linear in it."""
    reader = _Reader(document, options)
    images: list[tuple[Element, Element | None]] = []
    videos: list[dict[str, Any]] = []
    audios: list[dict[str, Any]] = []
    heading: Element | None = None
    for element in document.tree.iter_elements(_TAGS):
        tag = element.tag
        if tag in {"img", "amp-img"}:
            images.append((element, heading))
        elif tag[0] == "h":
            heading = element
        elif tag == "video":
            videos += reader.played(element, heading, group=len(videos))
        elif tag == "audio":
            audios += reader.played(element, heading, group=len(audios))
        else:
            videos += reader.embedded(element, heading, group=len(videos))
    found = [
        image
        for position, (element, above) in enumerate(images)
        if (image := reader.image(element, above, position=position, first_half=2 * position < len(images)))
    ]
    return Media(document.base_url, options.image_score_threshold, found, videos, audios)


def image_at(url: str, media_type: str) -> dict[str, list[dict[str, Any]]]:
    """Return the media of an answer that is an image itself, as users see them."""
    [item] = _image_items(({"src": url}, [], "", 0, 0), Addresses(""), -1)
    kind = type_format(media_type) or file_format(url)
    return {"images": [{**item, "src": url, "format": kind}], "videos": [], "audios": []}


def expand_media(media: Media | Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return what `read_media` returned as users see it; what is in that form stays as it is.

    An image is scored from 0 to 7, a point each for: wider than 150 pixels, higher than 150 pixels, a description in
    `alt`, standing in the first half of the page's images, a known format, `srcset`, and standing in `<picture>`. Those
    above `image_score_threshold` are returned, each variant (`src`, `srcset`, the attributes of lazy loading, the
    sources of its `<picture>`) as an item of its own, with the `group_id` of its image. Images that are not shown, that
    are part of a button, or that are called icon, logo or button are left out. Equal pages give equal answers.
    """
    if isinstance(media, Mapping):
        return dict(media)
    addresses = Addresses(media.base_url)
    images = [item for image in media.images for item in _image_items(image, addresses, media.threshold)]
    return {"images": images, "videos": list(media.videos), "audios": list(media.audios)}


def _image_items(image: Image, addresses: Addresses, threshold: int) -> list[dict[str, Any]]:
    """Return an item for each variant of an image, none where its score is too low."""
    attrs, sources, desc, score, position = image
    files: dict[str, tuple[int | None, str | None]] = {}
    for written, wide, kind in variants(attrs, sources):
        if (src := _address(written, addresses)) is not None:
            known = files.setdefault(src, (wide, kind or file_format(src)))
            if known[1] is None and kind is not None:
                files[src] = (known[0], kind)
    score += any(kind for _, kind in files.values())
    if score <= threshold:
        return []
    width, height = _pixels(attrs.get("width")), _pixels(attrs.get("height"))
    return [
        {
            "src": src,
            "data": "",
            "alt": attrs.get("alt", ""),
            "desc": desc,
            "score": score,
            "type": "image",
            "group_id": position,
            "format": kind,
            "width": wide or width,
            "height": None if wide else height,
        }
        for src, (wide, kind) in files.items()
    ]


class _Reader:
    """Reads one page's media; remembers the descriptions that several of them share."""

    def __init__(self, document: Document, options: ParseOptions) -> None:
        self._document = document
        self._threshold = options.image_score_threshold
        self._fewest_words = options.image_description_min_word_threshold
        self._described: dict[tuple[Node, Callable[[Node], str]], str] = {}
        self._budget = _DESCRIBED_CHARS_A_PAGE

    def image(self, element: Element, heading: Element | None, *, position: int, first_half: bool) -> Image | None:
        """Return one image, None where it is not worth reporting whatever its format."""
        attr = element.attr
        parent = element.parent
        around = parent.tag if isinstance(parent, Element) else ""
        source, alt, srcset = attr("src") or "", " ".join((attr("alt") or "").split()), attr("srcset")
        width, height = attr("width"), attr("height")
        score = (
            ((_pixels(width) or 0) > _LARGE_PIXELS)
            + ((_pixels(height) or 0) > _LARGE_PIXELS)
            + bool(alt)
            + first_half
            + (srcset is not None or attr("data-srcset") is not None)
            + (around == "picture")
        )
        if score + 1 <= self._threshold or around in {"button", "input"} or _is_ornament(element, source, alt):
            return None
        lazy = [name for name in element.attrs if name.startswith("data-") and is_lazy(name)]
        said = [("width", width), ("height", height), ("srcset", srcset), *((name, attr(name)) for name in lazy)]
        kept = {"src": source[:_INLINE_CHARS] if is_data(source) else source, "alt": alt}
        kept |= {name: value for name, value in said if value}
        sources: list[tuple[str, str | None]] = []
        if around == "picture" and isinstance(parent, Element):
            sources = [
                (one.attr("srcset") or one.attr("data-srcset") or "", one.attr("type"))
                for one in parent.find_all("source", limit=MOST_VARIANTS)
            ]
        return kept, sources, self._description(element, heading), score, position

    def played(self, element: Element, heading: Element | None, *, group: int) -> Iterator[dict[str, Any]]:
        """Yield an item for each source of a `<video>` or `<audio>`."""
        sources: list[tuple[str | None, str | None]] = [(element.attr("src"), None)]
        sources += [(one.attr("src"), one.attr("type")) for one in element.find_all("source", limit=MOST_VARIANTS)]
        tracks = [
            {
                "src": src,
                "kind": one.attr("kind") or "subtitles",
                "srclang": one.attr("srclang"),
                "label": one.attr("label"),
            }
            for one in element.find_all("track", limit=MOST_VARIANTS)
            if (src := self._absolute(one.attr("src")))
        ]
        poster = self._absolute(element.attr("poster"))
        seen: set[str] = set()
        for written, kind in sources:
            src = self._absolute(written)
            if src and src not in seen:
                seen.add(src)
                item = self._item(element, heading, src, group=group, kind=type_format(kind) or file_format(src))
                if element.tag == "video":
                    item["poster"] = poster
                yield {**item, "tracks": tracks}

    def embedded(self, element: Element, heading: Element | None, *, group: int) -> Iterator[dict[str, Any]]:
        """Yield an item for an `<iframe>` that is a known video player."""
        src = self._absolute(element.attr("src") or element.attr("data-src") or element.attr("data-lazy-src"))
        if src and _player.match(src):
            yield {**self._item(element, heading, src, group=group, kind=None), "poster": None, "tracks": []}

    def _item(
        self, element: Element, heading: Element | None, src: str, *, group: int, kind: str | None
    ) -> dict[str, Any]:
        return {
            "src": src,
            "data": "",
            "alt": " ".join((element.attr("title") or element.attr("aria-label") or "").split()),
            "desc": self._description(element, heading),
            "score": 0,
            "type": "audio" if element.tag == "audio" else "video",
            "group_id": group,
            "format": kind,
            "width": _pixels(element.attr("width")),
            "height": _pixels(element.attr("height")),
        }

    def _absolute(self, written: str | None) -> str | None:
        return _address(written, self._document.addresses) if written else None

    def _description(self, element: Element, heading: Element | None) -> str:
        """Return the nearest text that describes *element*: its figure's caption, the text beside it, its heading."""
        node: Element = element
        beside = ""
        for _ in range(4):
            beside = beside or self._once(node, _beside)
            parent = node.parent
            if not isinstance(parent, Element) or parent.tag in {"body", "main", "article"}:
                break
            if parent.tag == "figure":
                return self._once(parent, _caption) or beside
            node = parent
        return beside or (self._once(heading, _words) if heading is not None else "")

    def _once(self, node: Node, read: Callable[[Node], str]) -> str:
        """Return what *read* finds at *node*, bounded; each node is read once, and a page only up to its budget."""
        known = self._described.get((node, read))
        if known is None:
            text = read(node) if self._budget > 0 else ""
            self._budget -= len(text)
            known = " ".join(text[: 4 * _DESCRIPTION_CHARS].split())[:_DESCRIPTION_CHARS]
            if known.count(" ") + 1 < self._fewest_words:
                known = ""
            self._described[node, read] = known
        return known


def _address(written: str, addresses: Addresses) -> str | None:
    """Return a file's absolute URL; of a data URI, what it is without its data."""
    if is_data(written):
        return without_data(written)
    url = addresses[written]
    return url if url is not None and url.startswith(("http://", "https://", "ftp://", "file://")) else None


def _is_ornament(image: Element, source: str, alt: str) -> bool:
    """Say whether an image is not shown, or is called icon, logo or button."""
    path = "" if is_data(source) else source.partition("?")[0]
    called = f"{image.attr('class')} {path} {alt}"
    lower = called.lower()
    if ("ico" in lower or "logo" in lower or "button" in lower) and _ornament.search(called):
        return True
    style = image.attr("style")
    return style is not None and _hidden.search(style) is not None


def _caption(figure: Node) -> str:
    caption = figure.find("figcaption")
    return caption.text if caption is not None else ""


def _words(node: Node) -> str:
    return node.text


def _beside(node: Node) -> str:
    """Return the text of what follows *node*, else of what precedes it."""
    for step in ("next_sibling", "previous_sibling"):
        sibling: Node | None = getattr(node, step)
        if isinstance(sibling, Text) and not sibling.data.strip():
            sibling = getattr(sibling, step)
        if isinstance(sibling, Text):
            return sibling.data
        if isinstance(sibling, Element) and sibling.tag in _SPEAKING and (said := sibling.text).strip():
            return said
    return ""


def _pixels(written: str | None) -> int | None:
    if written is None:
        return None
    if len(written) < 6 and written.isdecimal() and written.isascii():
        return int(written)
    found = _number.match(written)
    return int(found[1]) if found else None
