"""Tables made ready for Markdown: as many cells in every row, no spans, and no blocks in cells."""

from collections.abc import Sequence
from typing import Final

from turbohtml import Element, Text

_BLOCKS_IN_LAYOUT: Final = "h1,h2,h3,h4,h5,h6,hr,form,article,section,blockquote,figure,dl,pre"
_LISTS: Final = "ul,ol"
_BLOCKS_OF_A_PAGE: Final = "h1,h2,h3,hr,form,article,section,table"
_SECTIONS: Final = frozenset({"thead", "tbody", "tfoot"})
_LONG_CELL: Final = 400  # characters
_MOST_PLACES: Final = 50  # in the grid, for each cell that is there


def prepare_tables(tables: Sequence[Element]) -> None:
    """Fill each table of *tables*, given in document order, to a grid; one that only lays out the page is taken apart.

    What a cell spans beyond its own place is left empty. The empty cells are bounded by those that are there.
    """
    for table in reversed(tables):  # inner ones first
        parts = _parts(table)
        rows = [cells for part in _in_order(parts) if part.tag == "tr" and (cells := _cells(part))]
        if not rows:
            continue
        if _is_layout(table, rows):
            for part in (table, *parts, *(cell for row in rows for cell in row)):
                part.tag = "div"
            continue
        head = next((part for part in parts if part.tag == "thead"), None)
        if head is not None and head.parent == table:
            table.insert(0, head.extract())
        _fill(table, rows)
        if table.select_one("pre,li") is not None:
            for row in rows:
                for cell in row:
                    _flatten(cell)


def _parts(table: Element) -> list[Element]:
    """Return the sections, rows and captions of *table* itself."""
    parts: list[Element] = []
    for part in table:
        if isinstance(part, Element):
            parts.append(part)
            if part.tag in _SECTIONS:
                parts += [row for row in part if isinstance(row, Element) and row.tag == "tr"]
    return parts


def _in_order(parts: Sequence[Element]) -> list[Element]:
    """Return *parts* in the order they are shown: heads first, feet last."""
    sections = [part.parent.tag if isinstance(part.parent, Element) else "" for part in parts]
    ranks = [0 if tag == "thead" else 2 if tag == "tfoot" else 1 for tag in sections]
    return [part for _, _, part in sorted(zip(ranks, range(len(parts)), parts, strict=True), key=lambda one: one[:2])]


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row if isinstance(cell, Element) and cell.tag in {"td", "th"}]


def _is_layout(table: Element, rows: list[list[Element]]) -> bool:
    """Say whether a table only puts parts of the page beside each other.

    It does where it says so, has one column, holds another table or parts of a page; and, where nothing names its
    columns, where its cells hold blocks or long texts.
    """
    if (table.attr("role") or "").lower() in {"presentation", "none"}:
        return True
    named = table.find("th") is not None or table.find("caption") is not None
    if max(map(len, rows)) == 1 and not (named and len(rows) > 1):
        return True
    if table.select_one(_BLOCKS_OF_A_PAGE) is not None:
        return True
    if named:
        return False
    if table.select_one(_BLOCKS_IN_LAYOUT) is not None or (len(rows) == 1 and table.select_one(_LISTS) is not None):
        return True
    cells = sum(map(len, rows))
    return len(table.text) > _LONG_CELL * cells or any(
        len(cell.find_all("p", limit=3)) > 2 for row in rows for cell in row
    )


def _fill(table: Element, rows: list[list[Element]]) -> None:
    """Add empty cells until all rows have as many, and remove the spans."""
    cells = sum(map(len, rows))
    if table.select_one("[colspan],[rowspan]") is None and len(set(map(len, rows))) == 1:
        return
    spans = [[_spans(cell) for cell in row] for row in rows]
    area = sum(wide * tall for row in spans for wide, tall in row)
    if area > _MOST_PLACES * (cells + 50):  # not a table that anyone looks at
        spans = [[(1, 1)] * len(row) for row in rows]
    reached: dict[int, int] = {}  # column: how many further rows a cell above reaches down
    widths: list[int] = []
    for row, sizes in zip(rows, spans, strict=True):
        column = 0
        reaching: dict[int, int] = {}
        for cell, (wide, tall) in zip(row, sizes, strict=True):
            while column in reached:
                cell.insert_before(_empty(cell))
                reaching[column] = reached.pop(column)
                column += 1
            for _ in range(wide - 1 if len(row) > 1 else 0):
                cell.insert_after(_empty(cell))
            reaching |= dict.fromkeys(range(column, column + wide), tall)
            column += wide if len(row) > 1 else 1
        reaching |= reached
        widths.append(column)
        reached = {place: left - 1 for place, left in reaching.items() if left > 1}
    width = max(widths)
    if width * len(rows) > _MOST_PLACES * (cells + 50):
        return
    for row, have in zip(rows, widths, strict=True):
        for _ in range(width - have):
            row[-1].insert_after(_empty(row[-1]))


def _empty(beside: Element) -> Element:
    return Element(beside.tag)


def _spans(cell: Element) -> tuple[int, int]:
    return _span(cell, "colspan", 1000), _span(cell, "rowspan", 65_534)


def _span(cell: Element, attribute: str, most: int) -> int:
    written = cell.attr(attribute)
    if written is None:
        return 1
    del cell.attrs[attribute]
    digits = written.strip()
    return min(max(int(digits), 1), most) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1


def _flatten(cell: Element) -> None:
    """Let a cell be one line: items of lists and lines of code end with `<br>`."""
    for block in cell.find_all("pre"):
        lines = block.text.strip("\n").split("\n")
        parts: list[Element | Text] = []
        for line in lines:
            indent = len(line) - len(line.lstrip(" "))
            parts += [Element("code", children=[Text("\xa0" * indent + line[indent:])]), Element("br")]
        block.replace_with(*parts[:-1])
    for item in cell.find_all("li"):
        item.insert(0, Text("• "))
        item.append(Element("br"))
        item.unwrap()
    for outer in cell.find_all(["ul", "ol"]):
        outer.unwrap()
    last = cell[-1] if len(cell) else None
    if isinstance(last, Element) and last.tag == "br":
        last.decompose()
