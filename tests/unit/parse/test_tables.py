from typing import Any

import pytest
import turbohtml
from turbohtml import Element

from skitter.parse.tables import (
    CELLS_A_PAGE,
    DefaultTableExtraction,
    NoTableExtraction,
    TableExtractionStrategy,
)


def tables(page: str, *, threshold: int = -99, **options: Any) -> list[dict[str, Any]]:
    body = turbohtml.parse(page, positions=False).find("body")
    assert body is not None
    return DefaultTableExtraction().extract_tables(body, table_score_threshold=threshold, **options)


def grid(page: str) -> list[list[str]]:
    [table] = tables(page)
    return [table["headers"], *table["rows"]] if table["headers"] else table["rows"]


DATA = (
    "<table id=t class='wide  data' summary=' Yearly  sums '><caption> Sales <b>2024</b></caption>"
    "<thead><tr><th>Name<th>Sum</tr></thead><tbody><tr><td>Ann<td> 1 </tr><tr><td>Bob<td>2</tr></tbody>"
    "<tfoot><tr><td>All<td>3</tr></tfoot></table>"
)


def test_a_data_table_has_every_field_that_users_know():
    assert tables(DATA, threshold=7) == [
        {
            "headers": ["Name", "Sum"],
            "rows": [["Ann", "1"], ["Bob", "2"], ["All", "3"]],
            "caption": "Sales 2024",
            "summary": "Yearly sums",
            "metadata": {
                "row_count": 3,
                "column_count": 2,
                "has_headers": True,
                "has_caption": True,
                "has_summary": True,
                "id": "t",
                "class": "wide data",
            },
        }
    ]


@pytest.mark.parametrize(
    ("page", "score"),
    [
        ("<table><tr><td>a</table>", 3),  # a body, which every table has, and equal rows
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", 5),
        ("<table><tr><td>a<td>b<tr><td>c</table>", 5),
        ("<table><tr><td>a<td>b<td>c<td>d<tr><td>c</table>", 3),
        ("<table><tr><th>a<td>b<tr><td>c<td>d</table>", 7),
        ("<table><tr><th>a<th>b<tr><td>c<td>d</table>", 8),
        ("<table><thead><tr><td>a<tbody><tr><td>b</table>", 5),
        ("<table role=presentation><tr><td>a</table>", 0),
        ("<table><tr><td>a<table></table></table>", 0),
        ("<table data-a data-b><tr><td>a</table>", 4),
        ("<table summary=s><caption>c</caption><tr><td>a</table>", 6),
        (f"<table><tr><td>{'x' * 45}</table>", 5),
        (f"<table><tr><td>{'x' * 85}</table>", 6),
    ],
)
def test_points_are_counted(page, score):
    assert len(tables(page, threshold=score)) == 1
    assert [one for one in tables(page, threshold=score + 1) if one["rows"] != []] == []


def test_layout_is_no_data():
    layout = "<table role=presentation><tr><td><table><tr><td>menu</table><td>content</table>"
    assert tables(layout, threshold=7) == []


def test_a_strategy_may_name_its_own_bounds():
    body = turbohtml.parse(DATA).find("body")
    assert DefaultTableExtraction(table_score_threshold=99).extract_tables(body, table_score_threshold=1) == []
    assert DefaultTableExtraction(min_rows=5).extract_tables(body) == []
    assert DefaultTableExtraction(min_cols=3).extract_tables(body) == []
    assert len(DefaultTableExtraction(min_rows=4, min_cols=2).extract_tables(body)) == 1


def test_spans_fill_what_they_cover():
    assert grid(
        "<table><tr><td colspan=2>a<td rowspan=2>b<tr><td>c<td>d<tr><td rowspan=0>e<td>f<td>g<tr><td>h<td>i</table>"
    ) == [["a", "a", "b"], ["c", "d", "b"], ["e", "f", "g"], ["e", "h", "i"]]


def test_a_span_reaches_no_further_than_its_group():
    page = "<table><tbody><tr><td rowspan=9>a<td>b</tbody><tbody><tr><td>c<td>d</tbody></table>"
    assert grid(page) == [["a", "b"], ["c", "d"]]


def test_a_row_without_cells_takes_its_share_of_a_span():
    assert grid("<table><tr><td>a<td rowspan=2>b<tr></tr><tr><td>c<td>d</table>") == [["a", "b"], ["c", "d"]]


def test_short_rows_are_filled_up():
    assert grid("<table><tr><td>a<td>b<td>c<tr><td>d</table>") == [["a", "b", "c"], ["d", "", ""]]


@pytest.mark.parametrize("span", ["x", "-1", "1.5", "", "0", "²", "1e3"])
def test_spans_that_are_no_numbers_are_one(span):
    assert grid(f"<table><tr><td colspan='{span}'>a<td>b</table>") == [["a", "b"]]


def test_headers_of_several_rows_are_joined():
    page = (
        "<table><thead><tr><th rowspan=2>Name<th colspan=2>Sales<tr><th>2023<th>2024</thead>"
        "<tr><td>Ann<td>1<td>2</table>"
    )
    assert tables(page)[0]["headers"] == ["Name", "Sales 2023", "Sales 2024"]


@pytest.mark.parametrize(
    ("rows", "headers"),
    [
        ("<tr><th>a<th>b<tr><td>1<td>2", ["a", "b"]),
        ("<tr><th>a<td>1<tr><th>b<td>2", []),
        ("<tr><th>a<th>b", []),
        ("<tr><th rowspan=2>a<th>b<tr><th>c<tr><td>1<td>2", ["a", "b c"]),
        ("<tr><th>a<th>b<tr><th>c<th>d<tr><td>1<td>2", ["a", "b"]),
    ],
)
def test_a_first_row_of_heading_cells_is_a_head(rows, headers):
    assert tables(f"<table>{rows}</table>")[0]["headers"] == headers


def test_a_table_in_a_table_keeps_its_cells_to_itself():
    found = tables("<table><tr><td>a <table><tr><td>inner</table> b<td>c<tr><td>d<td>e</table>")
    assert [table["rows"] for table in found] == [[["a b", "c"], ["d", "e"]], [["inner"]]]


def test_empty_tables_are_none():
    assert tables("<table></table><table><tr></tr></table><table><caption>c</caption></table>") == []


def test_a_page_cannot_ask_for_more_cells_than_there_may_be():
    warnings: list[str] = []
    found = tables("<table>" + "<tr><td colspan=1000>x" * 2_000 + "</table>" + DATA, warnings=warnings)
    assert sum(len(row) for table in found for row in table["rows"]) <= CELLS_A_PAGE
    assert len(warnings) == 1


def test_one_wide_row_does_not_make_all_others_wide():
    warnings: list[str] = []
    found = tables("<table><tr>" + "<td>x" * 50_000 + "<tr><td>y" * 5_000 + "</table>", warnings=warnings)
    assert sum(len(row) for table in found for row in table["rows"]) <= CELLS_A_PAGE
    assert len(warnings) == 1


def test_a_long_text_is_not_repeated_without_end():
    warnings: list[str] = []
    tables(f"<table><tr><td colspan=1000>{'x' * 1_000_000}<tr><td>y</table>", warnings=warnings)
    assert len(warnings) == 1


def test_no_table_extraction_reads_none():
    assert NoTableExtraction().extract_tables(turbohtml.parse(DATA).root) == []


def test_built_in_strategies_are_of_the_kind_that_users_subclass():
    class Mine(TableExtractionStrategy):
        def extract_tables(self, element: Element, **options: Any) -> list[dict[str, Any]]:
            return []

    assert all(
        isinstance(one, TableExtractionStrategy) for one in (DefaultTableExtraction(), NoTableExtraction(), Mine())
    )
