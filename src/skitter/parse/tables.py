"""Tables: which hold data, and what their cells are."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final, Self

from pydantic import NonNegativeInt
from turbohtml import Element, Node, Text

from skitter.base.options import Strategy

DATA_TABLE_SCORE: Final = 7
"""Score from which a table counts as data, where nothing else is said."""

CELLS_A_PAGE: Final = 1_000_000
"""Most cells that are read from one page, spans counted as what they cover."""

CHARACTERS_A_PAGE: Final = 64 * 2**20
"""Most text that they may hold together, spans counted likewise."""

_MOST_COLSPAN: Final = 1_000  # the HTML standard's own bounds
_MOST_ROWSPAN: Final = 65_534
_MOST_DENSITY: Final = 3
_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})


class TableExtractionStrategy(ABC):
    """Reads the tables of a page; subclass it to read them in your own way."""

    @abstractmethod
    def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
        """Return the data tables below *element*, each ``{headers, rows, caption, summary, metadata}``."""


class NoTableExtraction(Strategy):
    """Reads no tables."""

    def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
        """Return no tables."""
        del element, options
        return []


class DefaultTableExtraction(Strategy):
    """Reads the tables whose score says that they hold data.

    A table of at least two rows and two columns, with headings that are marked as such, is one. The score adds up:
    a head 2, a body 1, heading cells 2 and a whole row of them 1, rows of equal length 2, a caption 2, a summary 1, two
    rows and two columns 2, much text for its markup 2 or 3, each `data-` attribute ½; a table in the table, or the role
    `presentation`, takes 3 away.
    """

    table_score_threshold: int | None = None
    """Lowest score of a data table; None is the option of the same name."""

    min_rows: NonNegativeInt = 0
    """Fewest rows."""

    min_cols: NonNegativeInt = 0
    """Fewest columns."""

    def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
        """Return the data tables below *element*, in document order.

        Each is ``{headers, rows, caption, summary, metadata}``. A cell that spans columns or rows is repeated in each;
        all rows are equally long. The cells of a table inside another belong to it alone. Without a head, and without a
        first row of heading cells, `headers` is empty.

        Args:
            element: What is searched, a document's body as a rule.
            options: `table_score_threshold`, used where this strategy names none; `warnings`, a list that is told of
                tables that were cut.
        """
        threshold = self.table_score_threshold
        if threshold is None:
            threshold = options.get("table_score_threshold", DATA_TABLE_SCORE)
        warnings: list[str] = options.get("warnings", [])
        budget = _Budget()
        found: list[dict[str, Any]] = []
        for one in element.iter_elements("table", include_self=True):
            table = _Table.of(one)
            if budget.spent or not table.scores(threshold):
                continue
            grid = _Grid.of(table, budget)
            if len(grid.rows) >= self.min_rows and grid.width >= self.min_cols:
                found.append(grid.described(table))
        if budget.spent:
            warnings.append(f"the tables hold more than {CELLS_A_PAGE:,} cells or too much text: the rest was left out")
        return found


TableExtractionStrategy.register(NoTableExtraction)
TableExtractionStrategy.register(DefaultTableExtraction)


@dataclass(slots=True)
class _Budget:
    """How much may still be read from one page: a few bytes of spans can ask for any number of cells."""

    cells: int = CELLS_A_PAGE
    characters: int = CHARACTERS_A_PAGE
    spent: bool = False

    def allows(self, cells: int, characters: int) -> bool:
        """Take *cells* from the budget and say whether they were left in it."""
        self.cells -= cells
        self.characters -= characters
        self.spent = self.spent or self.cells < 0 or self.characters < 0
        return not self.spent


@dataclass(slots=True)
class _Row:
    """One `<tr>`, its cells, and the group it is in: rows do not span beyond it."""

    group: Node
    in_head: bool
    cells: list[Element]

    @property
    def is_heading(self) -> bool:
        """Whether all cells are heading cells."""
        return bool(self.cells) and all(cell.tag == "th" for cell in self.cells)


@dataclass(slots=True)
class _Table:
    """What belongs to one `<table>` itself and not to a table inside it."""

    element: Element
    rows: list[_Row]
    caption_element: Element | None
    groups: frozenset[str]
    nests: bool

    @classmethod
    def of(cls, element: Element) -> Self:
        """Read the rows of *element*."""
        rows: list[_Row] = []
        caption: Element | None = None
        groups: set[str] = set()
        for child in _elements(element):
            tag = child.tag
            if tag == "caption":
                caption = caption or child
            elif tag in _GROUPS:
                groups.add(tag)
                rows += [_row(row, child, in_head=tag == "thead") for row in _elements(child) if row.tag == "tr"]
            elif tag == "tr":
                rows.append(_row(child, element, in_head=False))
        return cls(element, rows, caption, frozenset(groups), element.find("table") is not None)

    def scores(self, threshold: float) -> bool:
        """Say whether the table's score is *threshold* or more."""
        score = self._form()
        # How much text there is takes a walk over the table: only where it decides.
        return score >= threshold or (
            score + _MOST_DENSITY >= threshold and score + _density(self.element) >= threshold
        )

    def _form(self) -> float:
        """Return how much the table looks as if it held data, its text aside."""
        rows = [row for row in self.rows if row.cells]
        if not rows:
            return float("-inf")
        element = self.element
        counts = [len(row.cells) for row in rows]
        score = 2.0 * ("thead" in self.groups) + ("tbody" in self.groups)
        if any(cell.tag == "th" for row in rows for cell in row.cells):
            score += 2 + (rows[0].in_head or rows[0].is_heading)
        score -= 3 * self.nests
        score -= 3 * ((element.attr("role") or "").lower() in {"presentation", "none"})
        score += 2 * (_variance(counts) < 1)
        score += 2 * (self.caption_element is not None) + bool(element.attr("summary"))
        score += 2 * (len(counts) >= 2 and max(counts) >= 2)
        score += 0.5 * sum(name.startswith("data-") for name in element.attrs)
        return score

    def words(self, node: Element) -> str:
        """Return the text of a cell or caption on one line, without that of a table inside it."""
        return " ".join((" ".join(_own_text(node)) if self.nests else node.text).split())

    def headings(self) -> int:
        """Return how many rows are headings without a head: the first, with those that its cells reach into."""
        rows = [row for row in self.rows if row.cells]
        reach = max((_span(cell, "rowspan", _MOST_ROWSPAN) for cell in rows[0].cells), default=1) if rows else 0
        leading = takewhile(lambda row: row.is_heading, rows[:reach])
        return sum(1 for _ in leading)


class _Spans:
    """The cells that reach into the rows to come, by column."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[int, str]] = {}

    def add(self, column: int, rows: int, text: str) -> None:
        """Let *text* stand in *column* of the next *rows* rows."""
        self._left[column] = (rows, text)

    def take(self, column: int) -> str | None:
        """Return what reaches into *column* of this row, once; None where nothing does."""
        rows, text = self._left.pop(column, (0, None))
        if rows > 1 and text is not None:
            self._left[column] = (rows - 1, text)
        return text

    def __bool__(self) -> bool:
        return bool(self._left)

    @property
    def end(self) -> int:
        """The column behind the last that is reached into."""
        return max(self._left, default=-1) + 1


@dataclass(slots=True)
class _Grid:
    """The cells of one table, spans filled in, all rows equally long."""

    rows: list[list[str]] = field(default_factory=list)
    heads: int = 0
    width: int = 0

    @classmethod
    def of(cls, table: _Table, budget: _Budget) -> Self:
        """Lay the cells of *table* out, as far as *budget* goes."""
        grid = cls()
        spans, group = _Spans(), None
        for row in table.rows:
            if row.group is not group:  # nothing spans beyond its group
                spans, group = _Spans(), row.group
            line = _line(row, spans, budget.cells, table.words)
            width, count = max(grid.width, len(line)), len(grid.rows)
            if not budget.allows(width * (count + 1) - grid.width * count, sum(map(len, line))):
                break
            if row.cells:
                grid.heads += row.in_head and grid.heads == count
                grid.rows.append(line)
                grid.width = width
        for line in grid.rows:
            line.extend([""] * (grid.width - len(line)))
        if not grid.heads:
            grid.heads = min(table.headings(), max(0, len(grid.rows) - 1))
        return grid

    def described(self, table: _Table) -> dict[str, Any]:
        """Return the table as users see it."""
        headers, rows = self._headers(), self.rows[self.heads :]
        element = table.element
        caption = table.words(table.caption_element) if table.caption_element is not None else ""
        summary = " ".join((element.attr("summary") or "").split())
        return {
            "headers": headers,
            "rows": rows,
            "caption": caption,
            "summary": summary,
            "metadata": {
                "row_count": len(rows),
                "column_count": self.width,
                "has_headers": bool(headers),
                "has_caption": bool(caption),
                "has_summary": bool(summary),
                "id": element.attr("id") or "",
                "class": " ".join((element.attr("class") or "").split()),
            },
        }

    def _headers(self) -> list[str]:
        """Return a heading for each column: of several rows of headings, what differs from row to row."""
        return [
            " ".join(dict.fromkeys(text for text in column if text))
            for column in zip(*self.rows[: self.heads], strict=True)
        ]


def _line(row: _Row, spans: _Spans, most: int, words: Callable[[Element], str]) -> list[str]:
    """Return the texts of one row with those that reach into it; more than *most* are not needed."""
    line: list[str] = []
    for cell in row.cells:
        text = words(cell)
        while spans and (reaching := spans.take(len(line))) is not None:
            line.append(reaching)
        wide, rows = _span(cell, "colspan", _MOST_COLSPAN), _span(cell, "rowspan", _MOST_ROWSPAN)
        for column in range(len(line), len(line) + wide):
            if spans:
                spans.take(column)  # where two cells claim a place, the later one has it
            if rows > 1:
                spans.add(column, rows - 1, text)
            line.append(text)
        if len(line) > most:
            break
    if spans:
        line += [spans.take(column) or "" for column in range(len(line), spans.end)]
    return line


def _elements(node: Node) -> Iterator[Element]:
    return (child for child in node.children if isinstance(child, Element))


def _row(row: Element, group: Node, *, in_head: bool) -> _Row:
    return _Row(group, in_head, [cell for cell in _elements(row) if cell.tag in {"td", "th"}])


def _own_text(node: Node) -> Iterable[str]:
    """Yield the text below *node* outside tables."""
    below = list(reversed(node.children))
    while below:
        one = below.pop()
        if isinstance(one, Text):
            yield one.data
        elif isinstance(one, Element) and one.tag != "table":
            below += reversed(one.children)


def _span(cell: Element, name: str, most: int) -> int:
    """Return how many columns or rows *cell* covers; 0 rows means all that follow in its group."""
    written = cell.attr(name)
    if written is None:
        return 1
    written = written.strip()
    if not written.isascii() or not written.isdigit():
        return 1
    number = int(written[:6])
    if number == 0:
        return most if name == "rowspan" else 1
    return min(number, most)


def _variance(counts: list[int]) -> float:
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 for count in counts) / len(counts)


def _density(element: Element) -> int:
    """Score how much text there is for each element of a table."""
    ratio = len(element.text) / (sum(1 for _ in element.iter_elements()) or 1)
    return _MOST_DENSITY if ratio > 20 else 2 if ratio > 10 else 0
