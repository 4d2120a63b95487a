"""The media of a page: images with all their variants, videos and sounds, players that are embedded."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from turbohtml import Element, Node, Text

from skitter.model.document import Document
from skitter.parse.options import ParseOptions

Image = tuple[str, str, str, int, int, str | None, int | None, int | None]
"""`src`, `alt`, `desc`, `score`, `group_id`, `format`, `width` and `height`."""


_Variant = tuple[str, int | None, str | None]  # URL, width, format


class Media(NamedTuple):
    """The media of a page, for `expand_media`."""

    images: list[Image]
    videos: list[dict[str, Any]]
    audios: list[dict[str, Any]]


_TAGS: Final = ("img", "amp-img", "video", "audio", "iframe", "h1", "h2", "h3", "h4", "h5", "h6")
_FORMATS: Final = frozenset(
    {"apng", "avif", "bmp", "gif", "heic", "ico", "jfif", "jpeg", "jpg", "jxl", "png", "svg", "tif", "tiff", "webp"}
    | {
        "aac",
        "flac",
        "m3u8",
        "m4a",
        "m4v",
        "mkv",
        "mov",
        "mp3",
        "mp4",
        "mpd",
        "oga",
        "ogg",
        "ogv",
        "opus",
        "wav",
        "webm",
    }
)
_BY_TYPE: Final = {"mpeg": "mp3", "quicktime": "mov", "x-m4v": "m4v", "x-icon": "ico", "vnd.microsoft.icon": "ico"}
_SPEAKING: Final = frozenset(
    {
        "a",
        "b",
        "cite",
        "div",
        "em",
        "figcaption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "i",
        "p",
        "small",
        "span",
        "strong",
    }
)
_DESCRIPTION_CHARS: Final = 200
_DESCRIBED_CHARS_A_PAGE: Final = 32 * 2**20
_VARIANTS_AN_IMAGE: Final = 64
_DATA_PREFIX_CHARS: Final = 64

_format_in_query = re.compile(r"\b(?:format|fm|ext)=([a-z0-9]{2,5})\b", re.IGNORECASE)
# Commas and spaces, a URL, and its descriptors up to a comma outside parentheses.
_candidate = re.compile(r"[\s,]*([^\s]+)(?:\s+((?:[^,(]|\([^)]*\)?)*))?")
_wide = re.compile(r"(?:^|\s)(\d{1,5})w\b", re.ASCII)
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
    """Return the media of the page in document order; equal pages give equal answers.

    An image is scored from 0 to 7, a point each for: wider than 150 pixels, higher than 150 pixels, a description in
    `alt`, standing in the first half of the page's images, a known format, `srcset`, and standing in `<picture>`. Those
    above `image_score_threshold` are returned, each variant (`src`, `srcset`, the attributes of lazy loading, the
    sources of its `<picture>`) as an item of its own, with the `group_id` of its image. Images that are not shown, that
    are part of a button, or that are called icon, logo or button are left out.

    Linear in the page.
    """
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
    found: list[Image] = []
    for position, (element, above) in enumerate(images):
        found += reader.image(element, above, position=position, first_half=2 * position < len(images))
    return Media(found, videos, audios)


def image_at(url: str, media_type: str) -> Media:
    """Return the media of an answer that is an image itself."""
    return Media([(url, "", "", 0, 0, _type_format(media_type) or _format(url), None, None)], [], [])


def expand_media(media: Media | Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return what `read_media` returned as users see it; what is in that form stays as it is."""
    if isinstance(media, Mapping):
        return dict(media)
    images = [
        {
            "src": src,
            "data": "",
            "alt": alt,
            "desc": desc,
            "score": score,
            "type": "image",
            "group_id": group,
            "format": file_format,
            "width": width,
            "height": height,
        }
        for src, alt, desc, score, group, file_format, width, height in media.images
    ]
    return {"images": images, "videos": list(media.videos), "audios": list(media.audios)}


class _Reader:
    """Reads one page's media; remembers the descriptions that several of them share."""

    def __init__(self, document: Document, options: ParseOptions) -> None:
        self._document = document
        self._threshold = options.image_score_threshold
        self._fewest_words = options.image_description_min_word_threshold
        self._described: dict[tuple[Node, Callable[[Node], str]], str] = {}
        self._budget = _DESCRIBED_CHARS_A_PAGE

    def image(self, element: Element, heading: Element | None, *, position: int, first_half: bool) -> list[Image]:
        """Return the variants of one image, none where it is not worth reporting."""
        attrs = element.attrs.copy()
        parent = element.parent
        around = parent.tag if isinstance(parent, Element) else ""
        alt = " ".join(_said(attrs, "alt").split())
        width, height = _pixels(attrs.get("width")), _pixels(attrs.get("height"))
        score = (
            ((width or 0) > 150)
            + ((height or 0) > 150)
            + bool(alt)
            + first_half
            + ("srcset" in attrs or "data-srcset" in attrs)
            + (around == "picture")
        )
        if score + 1 <= self._threshold or around in {"button", "input"} or _is_ornament(attrs, alt):
            return []
        variants = self._variants(attrs, parent if around == "picture" and isinstance(parent, Element) else None)
        if any(kind for _, _, kind in variants):
            score += 1
        if not variants or score <= self._threshold:
            return []
        desc = self._description(element, heading)
        return [
            (src, alt, desc, score, position, kind, wide or width, None if wide else height)
            for src, wide, kind in variants
        ]

    def _variants(self, attrs: Mapping[str, object], picture: Element | None) -> list[_Variant]:
        """Return each file an image may be shown from, without repetitions."""
        lazy = [name for name in attrs if name.startswith("data-")]
        if not lazy and "srcset" not in attrs and picture is None:
            only = self._absolute(_said(attrs, "src"))
            return [(only, None, _format(only))] if only else []
        real: dict[str, _Variant] = {}
        inline: dict[str, _Variant] = {}
        for written, width, kind in islice(_written(attrs, lazy, picture), _VARIANTS_AN_IMAGE):
            if src := self._absolute(written):
                known = inline if src.startswith("data:") else real
                if src not in known:
                    known[src] = (src, width, kind or _format(src))
        # Where there is a file, what is written into the page is the blank that stands in for it.
        return list((real or inline).values())

    def played(self, element: Element, heading: Element | None, *, group: int) -> Iterator[dict[str, Any]]:
        """Yield an item for each source of a `<video>` or `<audio>`."""
        sources: list[tuple[str | None, str | None]] = [(element.attr("src"), None)]
        sources += [(one.attr("src"), one.attr("type")) for one in element.find_all("source", limit=_VARIANTS_AN_IMAGE)]
        tracks = [
            {
                "src": src,
                "kind": one.attr("kind") or "subtitles",
                "srclang": one.attr("srclang"),
                "label": one.attr("label"),
            }
            for one in element.find_all("track", limit=_VARIANTS_AN_IMAGE)
            if (src := self._absolute(one.attr("src")))
        ]
        poster = self._absolute(element.attr("poster"))
        seen: set[str] = set()
        for written, kind in sources:
            src = self._absolute(written)
            if src and src not in seen:
                seen.add(src)
                item = self._item(element, heading, src, group=group, file_format=_type_format(kind) or _format(src))
                if element.tag == "video":
                    item["poster"] = poster
                yield {**item, "tracks": tracks}

    def embedded(self, element: Element, heading: Element | None, *, group: int) -> Iterator[dict[str, Any]]:
        """Yield an item for an `<iframe>` that is a known video player."""
        src = self._absolute(element.attr("src") or element.attr("data-src") or element.attr("data-lazy-src"))
        if src and _player.match(src):
            yield {**self._item(element, heading, src, group=group, file_format=None), "poster": None, "tracks": []}

    def _item(
        self, element: Element, heading: Element | None, src: str, *, group: int, file_format: str | None
    ) -> dict[str, Any]:
        return {
            "src": src,
            "data": "",
            "alt": " ".join((element.attr("title") or element.attr("aria-label") or "").split()),
            "desc": self._description(element, heading),
            "score": 0,
            "type": "audio" if element.tag == "audio" else "video",
            "group_id": group,
            "format": file_format,
            "width": _pixels(element.attr("width")),
            "height": _pixels(element.attr("height")),
        }

    def _absolute(self, written: str | None) -> str | None:
        """Return a file's absolute URL; of a data URI, what it is without its data."""
        url = self._document.absolute(written) if written else None
        if url is None or url.startswith(("http://", "https://", "ftp://", "file://")):
            return url
        if url[:5].lower() != "data:":
            return None
        head, comma, _ = url[:_DATA_PREFIX_CHARS].partition(",")
        return f"{head},…" if comma else f"{head}…"

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


def _written(attrs: Mapping[str, object], lazy: list[str], picture: Element | None) -> Iterator[_Variant]:
    """Yield what an image's `src`, its *lazy* attributes, its `srcset` and its `<picture>` name."""
    yield _said(attrs, "src"), None, None
    for name in lazy:
        if "srcset" in name:
            yield from _srcset(_said(attrs, name))
        elif "src" in name or "original" in name or name == "data-lazy":
            yield _said(attrs, name), None, None
    yield from _srcset(_said(attrs, "srcset"))
    if picture is not None:
        for one in picture.iter_elements("source"):
            kind = _type_format(one.attr("type"))
            yield from _srcset(one.attr("srcset") or one.attr("data-srcset") or "", kind)


def _is_ornament(attrs: Mapping[str, object], alt: str) -> bool:
    """Say whether an image is not shown, or is called icon, logo or button."""
    source = _said(attrs, "src")
    path = "" if source.startswith("data:") else source.partition("?")[0]
    called = f"{_said(attrs, 'class')} {path} {alt}"
    lower = called.lower()
    if ("ico" in lower or "logo" in lower or "button" in lower) and _ornament.search(called):
        return True
    return "style" in attrs and _hidden.search(_said(attrs, "style")) is not None


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


def _said(attrs: Mapping[str, object], name: str) -> str:
    """Return an attribute's text, "" where it is missing or has no value; `class` is a list."""
    value = attrs.get(name, "")
    return value if isinstance(value, str) else " ".join(value) if isinstance(value, list) else ""


def _pixels(written: object) -> int | None:
    if written is None:
        return None
    found = _number.match(written) if isinstance(written, str) else None
    return int(found[1]) if found else None


def _format(src: str) -> str | None:
    """Return the file format that a URL names, by its extension, else by its query."""
    if src.startswith("data:"):
        return _type_format(src[5:_DATA_PREFIX_CHARS])
    path, _, query = src.partition("?")
    named = path.rpartition(".")[2].lower()
    if named not in _FORMATS and query and (found := _format_in_query.search(query)):
        named = found[1].lower()
    return named if named in _FORMATS else None


def _type_format(media_type: str | None) -> str | None:
    """Return the file format of `image/svg+xml; …`: svg."""
    if not media_type:
        return None
    named = media_type.partition(";")[0].partition(",")[0].partition("/")[2].partition("+")[0].strip().lower()
    named = _BY_TYPE.get(named, named)
    return named if named in _FORMATS else None


def _srcset(written: str, kind: str | None = None) -> Iterator[_Variant]:
    """Yield the URLs of a `srcset` with the width in pixels that each is meant for, where it is said.

    The HTML standard, "parse a srcset attribute": a comma ends a candidate where it ends the URL or follows the
    descriptors, so that a URL may hold commas.
    """
    position = 0
    while candidate := _candidate.match(written, position):
        url, descriptors = candidate[1], candidate[2] or ""
        position = candidate.end()
        if url.endswith(","):
            url, descriptors, position = url.rstrip(","), "", candidate.end(1)
        wide = _wide.search(descriptors)
        if url:
            yield url, int(wide[1]) if wide else None, kind
