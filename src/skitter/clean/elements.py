"""Which elements there are, and which of them stand on lines of their own."""

from typing import Final

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_SECTIONS: Final = frozenset(
    {"html", "body", "address", "article", "aside", "center", "dialog", "div", "fieldset", "figcaption", "figure"}
    | {"footer", "form", "frameset", "header", "hgroup", "legend", "main", "nav", "search", "section"}
)
_TEXT_BLOCKS: Final = frozenset(
    {"blockquote", "dd", "details", "dir", "dl", "dt", "hr", "li", "listing", "menu", "ol", "p", "plaintext", "pre"}
    | {"summary", "ul", "xmp"}
)
_TABLES: Final = frozenset({"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"})
_INLINE: Final = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins"}
    | {"kbd", "label", "mark", "marquee", "nobr", "output", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "slot"}
    | {"small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"}
)
_BREAKS: Final = frozenset({"br", "wbr"})
_CONTROLS: Final = frozenset({"button", "input", "meter", "optgroup", "option", "progress", "select", "textarea"})
_MEDIA: Final = frozenset({"area", "audio", "img", "map", "source", "track", "video"})
_FORMULAS: Final = frozenset(
    {"math", "annotation", "annotation-xml", "maction", "maligngroup", "malignmark", "menclose", "merror", "mfenced"}
    | {"mfrac", "mglyph", "mi", "mlabeledtr", "mlongdiv", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom"}
    | {"mprescripts", "mroot", "mrow", "ms", "mscarries", "mscarry", "msgroup", "msline", "mspace", "msqrt", "msrow"}
    | {"mstack", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none"}
    | {"semantics"}
)

BLOCKS: Final = _SECTIONS | _TEXT_BLOCKS | _TABLES | HEADINGS
"""Elements that begin and end a line."""

ELEMENTS: Final = BLOCKS | _INLINE | _BREAKS | _CONTROLS | _MEDIA | _FORMULAS
"""Elements that a cleaned page may hold; others are unwrapped."""

ONLY_TEXT: Final = BLOCKS | _BREAKS
"""Elements that give a text its form: paragraphs, headings, lists, tables."""
