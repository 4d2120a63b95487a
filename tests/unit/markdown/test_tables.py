"""Tables: a grid for data, blocks for layout."""

import pytest


def lines(*rows: str) -> str:
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", lines("| A | B |", "| --- | --- |", "| 1 | 2 |")),
        ("<table><tr><td>A<td>B<tr><td>1<td>2</table>", lines("| A | B |", "| --- | --- |", "| 1 | 2 |")),
        ("<table><caption>C</caption><thead><tr><th>A<th>B</thead><tbody><tr><td>1<td>2</tbody></table>",
         lines("C", "", "| A | B |", "| --- | --- |", "| 1 | 2 |")),
        ("<table><tbody><tr><td>1<td>2</tbody><thead><tr><th>A<th>B</thead></table>",
         lines("| A | B |", "| --- | --- |", "| 1 | 2 |")),
        ("<table><tr><th>a|b<th><code>c|d</code><tr><td>e<br>f<td><b>g</b></table>",
         lines(r"| a\|b | `c\|d` |", "| --- | --- |", "| e<br>f | **g** |")),
        ("<table><tr><th>A<th>B<th>C<tr><td colspan=2>1<td>2<tr><td>3</table>",
         lines("| A | B | C |", "| --- | --- | --- |", "| 1 |  | 2 |", "| 3 |  |  |")),
        ("<table><tr><th rowspan=2>A<th colspan=2>B<tr><td>1<td>2<tr><td>3<td>4<td>5</table>",
         lines("| A | B |  |", "| --- | --- | --- |", "|  | 1 | 2 |", "| 3 | 4 | 5 |")),
        ("<table><tr><td rowspan=3>A<td>1<td rowspan=2>2<tr><td>3<tr><td>4<td>5</table>",
         lines("| A | 1 | 2 |", "| --- | --- | --- |", "|  | 3 |  |", "|  | 4 | 5 |")),
        ("<table><tr><th>A<th>B<tr><td>1<tr><td>2<td>3<td>4</table>",
         lines("| A | B |  |", "| --- | --- | --- |", "| 1 |  |  |", "| 2 | 3 | 4 |")),
        ("<table><tr><th>A<th>B<tr><td colspan=99>all<tr><td>1<td>2</table>",
         lines("| A | B |", "| --- | --- |", "| all |  |", "| 1 | 2 |")),
        ("<table><tr><th>A<th>B<tr><td><ul><li>1<li>2</ul><td><pre>x\n  y</pre></table>",
         lines("| A | B |", "| --- | --- |", "| • 1<br>• 2 | `x`<br>`\xa0\xa0y` |")),
        ("<table><tr><th>A</th></tr><tr><td>1</td></tr><tr><td>2</td></tr></table>",
         lines("| A |", "| --- |", "| 1 |", "| 2 |")),
        ("<table><tr><th></th><th>B</th></tr><tr><td>1</td><td></td></tr></table>",
         lines("|  | B |", "| --- | --- |", "| 1 |  |")),
    ],
)  # fmt: skip
def test_data_tables(markdown, html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table role=presentation><tr><td>a<td>b</table>", "a\n\nb"),
        ("<table><tr><td>a<tr><td>b</table>", "a\n\nb"),
        ("<table><tr><td><h2>a</h2>b<td>c</table>", "## a\n\nb\n\nc"),
        ("<table><tr><td>a<td><table><tr><th>b<th>c<tr><td>d<td>e</table></table>",
         "a\n\n| b | c |\n| --- | --- |\n| d | e |"),
        ("<table><tr><td><ul><li>a</ul><td>b</table>", "* a\n\nb"),
        ("<table><tr><td>a<td>b<tr><td><blockquote>c</blockquote><td>d</table>", "a\n\nb\n\n> c\n\nd"),
    ],
)  # fmt: skip
def test_layout_tables_are_taken_apart(markdown, html, expected):
    assert markdown(html) == expected


def test_long_texts_beside_each_other_are_layout(markdown):
    text = "word " * 100
    assert markdown(f"<table><tr><td>{text}</td><td>{text}</td></tr></table>") == f"{text.strip()}\n\n{text.strip()}"


def test_wide_spans_stay_bounded(markdown):
    row = "<tr>" + "<td colspan=1000 rowspan=60000>x</td>" * 50 + "</tr>"
    written = markdown(f"<table>{row * 50}</table>")
    assert len(written) < 100_000
    assert written.count("x") == 2_500


def test_table_options(markdown):
    html = "<table><tr><th>A<th>Long<tr><td>1<td>2</table>"
    assert markdown(html, pad_tables=True) == lines("| A   | Long |", "| --- | ---- |", "| 1   | 2    |")
    assert markdown(html, bypass_tables=True).startswith("<table>")
    assert "|" not in markdown(html, ignore_tables=True)
