"""Elements to GitHub-Flavored Markdown.

The HTML library's writer does nearly all of it, in C. What it would write wrongly or not at all is mended on both
sides:

- before, in the tree: `_prepare` looks once for the elements that need it (code blocks, tables, line breaks, links
  around headings, …) and hands each kind to its function;
- after, in the text: `_mend` writes the emphasis that the writer left as HTML, and takes back escapes and spaces that
  nobody needs; never inside code.
"""

import re
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Final

import turbohtml
from turbohtml import Element

from skitter.markdown import inline
from skitter.markdown.code_blocks import is_code_block, listing_to_code, prepare_code
from skitter.markdown.emphasis import mend_emphasis
from skitter.markdown.formulas import prepare_formulas
from skitter.markdown.links import protected
from skitter.markdown.regions import outside_code
from skitter.markdown.tables import prepare_tables
from skitter.markdown.verbatim import Verbatim
from skitter.markdown.writer_options import WriterOptions, layout

_RENAMED: Final = {
    "tt": "code",
    "rp": "span",
    "dir": "ul",
    # blocks that the writer takes for parts of a line
    **dict.fromkeys(("center", "dialog", "fieldset", "form", "hgroup", "legend", "search"), "div"),
}
_PREPARED_TAGS: Final = tuple(
    "pre table br hr dd option button textarea sup input code kbd math b strong i em s del strike".split()  # noqa: SIM905
) + tuple(_RENAMED)
_PREPARED: Final = (
    'a[href=""],a[href^="#"],a[href*=")"],img[src*=")"]',
    "a:has(h1,h2,h3,h4,h5,h6,pre,table,ul,ol,li,dl,dt,dd,blockquote)",
    "img:not([src])",
)
_INVISIBLE: Final = "\u00ad\u200b\u2060\ufeff"  # where a word may be parted, or may not
_NEEDLESS: Final = "_~.)-+#"  # signs whose escape may be needless
_BEFORE_WORDS: Final = frozenset(("", " ", "\n", "(", "|"))
_entity = re.compile(r"&(?<!\\&)#1(?:60|0|3);")


def write(root: Element, options: WriterOptions, *, page_url: str = "") -> str:
    """Return *root* as Markdown; the tree below it is used up.

    Args:
        root: What to write; its URLs are absolute already.
        options: How.
        page_url: The page's own address, so that links within the page are known; "" where it has none.
    """
    verbatim = Verbatim()
    _set_aside(root, options, verbatim)
    _prepare(root, options, page_url, verbatim)
    markdown = root.to_markdown(_layout(options))
    markdown = outside_code(markdown, lambda text: _mend(text, options))
    if options.protect_links:
        markdown = protected(markdown)
    return verbatim.restore(markdown)


def _set_aside(root: Element, options: WriterOptions, verbatim: Verbatim) -> None:
    """Take out of the tree what is written as HTML."""
    selectors = list(options.preserve_tags)
    if options.images_with_size and not options.ignore_images:
        selectors.append("img[width],img[height]")
    for element in root.select(",".join(selectors)) if selectors else ():
        if element.parent is not None:
            verbatim.take(element)


def _prepare(root: Element, options: WriterOptions, page_url: str, verbatim: Verbatim) -> None:
    page = page_url.partition("#")[0].replace("\\", "\\\\").replace('"', '\\"')
    selectors = [*_PREPARED, f'a[href^="{page}#"]'] if page else [*_PREPARED]
    if options.ignore_mailto_links:
        selectors.append('a[href^="mailto:" i]')
    found: dict[str, list[Element]] = defaultdict(list)
    for element in chain(root.iter_elements(_PREPARED_TAGS), root.select(",".join(selectors))):
        found[element.tag].append(element)
    for tag, name in _RENAMED.items():
        for element in found[tag]:
            element.tag = name
    code = [element for element in found["code"] if is_code_block(element)]
    tables = [table for table in found["table"] if not listing_to_code(table)]
    prepare_code([*found["pre"], *filter(None, (element.closest("pre") for element in code))])
    if not (options.bypass_tables or options.ignore_tables):
        prepare_tables(tables)
    inline.prepare_links(found["a"], options, page_url)
    inline.prepare_images(found["img"])
    prepare_formulas(found["math"], verbatim)
    inline.prepare_breaks(found["br"])
    inline.prepare_rules(found["hr"])
    inline.prepare_definitions(found["dd"])
    inline.prepare_controls(found["option"] + found["button"] + found["textarea"])
    inline.prepare_checkboxes(found["input"])
    if not options.include_sup_sub:
        inline.prepare_powers(found["sup"])
    marks = [mark for tag in ("b", "strong", "i", "em", "s", "del", "strike") for mark in found[tag]]
    inline.unwrap_nested(marks)
    inline.merge_twins(found["code"] + found["kbd"] + marks)


@lru_cache(maxsize=64)
def _layout(options: WriterOptions) -> turbohtml.Markdown:
    markdown = layout(options)
    if options.include_sup_sub:
        tags = {tag: lambda element, text: f"<{element.tag}>{text}</{element.tag}>" for tag in ("sup", "sub")}
        markdown = replace(markdown, converters=tags)
    return markdown


def _mend(text: str, options: WriterOptions) -> str:
    """Return Markdown, *text*, without what only its writer needed; code is left out of it.

    Regular expressions are for what is rare: over a whole page one costs as much as all the rest. Looking for two
    characters costs fifty times what looking for one does.
    """
    text = mend_emphasis(text, options)
    if "&#1" in text:  # what the writer encodes: spaces that are not to break, and lines in titles
        text = _entity.sub("\xa0", text)
    if "\xa0" in text:
        text = _without_fixed_spaces(text)
    if "\\" in text:
        text = _without_needless_escapes(text, options)
    if not text.isascii():
        for invisible in filter(text.__contains__, _INVISIBLE):
            text = text.replace(invisible, "")
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text


def _without_fixed_spaces(text: str) -> str:
    """Let each run of spaces that holds a no-break space be one space; a paragraph of nothing else goes."""
    first, *others = text.split("\xa0")
    *middle, last = others
    parts = [first.rstrip(" "), *filter(None, (part.strip(" ") for part in middle)), last.lstrip(" ")]
    text = " ".join(parts)
    while any(part.endswith("\n\n") for part in parts) and "\n\n \n\n" in text:
        text = text.replace("\n\n \n\n", "\n\n")
    text = text.rstrip(" ")
    return text if text.startswith("    ") else text.lstrip(" ")


def _without_needless_escapes(text: str, options: WriterOptions) -> str:
    r"""Take back the backslashes that nothing needs: `a\_b` is `a_b`, and `1\.5` at the begin of a line `1.5`."""
    unwanted = _unwanted_escapes(options)
    looked_at = unwanted if options.escape_snob else unwanted + _NEEDLESS
    first, *others = text.split("\\")
    pieces = [first]
    is_escaped = False  # by the backslash before
    for part in others:
        if is_escaped or not part:
            needless = is_escaped and "\\" in unwanted
            is_escaped = not is_escaped
        else:
            sign = part[0]
            needless = sign in looked_at and (sign in unwanted or _is_needless(pieces[-1][-1:], sign, part[1:2]))
        if not needless:
            pieces.append("\\")
        pieces.append(part)
    return "".join(pieces)


def _is_needless(before: str, sign: str, after: str) -> bool:
    """Say whether *sign* would be read as itself between two characters at any place of a text."""
    if sign == "_":
        return before.isalnum() and after.isalnum()
    if sign == "~":  # at the begin of a word it can only begin what nothing ends
        return before in _BEFORE_WORDS and after not in " ~\\\n"
    return after.isalnum()  # a list's or a heading's sign has a space behind it


def _unwanted_escapes(options: WriterOptions) -> str:
    """Return the characters whose escapes *options* do not want."""
    wanted = {
        "<&": options.escape_html,
        ".)": options.escape_dot,
        "+": options.escape_plus,
        "-": options.escape_dash,
        "\\": options.escape_backslash,
    }
    return "".join(signs for signs, is_wanted in wanted.items() if not is_wanted)
