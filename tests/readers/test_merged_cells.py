"""Merged cells of a workbook, and what is left of them where a sheet was saved as CSV."""

from __future__ import annotations

import pytest
from support.damage import Edges, edges, read
from support.hostile_files import xls
from support.workbooks import Cell, xlsx

from elegansc.errors import InputError
from elegansc.ir.stages import Connectome

Sheet = list[list[Cell]]
HEAD: list[Cell] = ["pre", "post", "weight"]
GROUPED: Sheet = [
    HEAD,
    ["A", "B", 3],
    [None, "C", 2],
    [None, "D", 1],
    ["B", "A", 4],
    ["C", "A", 5],
    [None, "B", 6],
]
WHOLE = {
    *(("A", "B", 3.0), ("A", "C", 2.0), ("A", "D", 1.0)),
    *(("B", "A", 4.0), ("C", "A", 5.0), ("C", "B", 6.0)),
}


def said(found: Connectome) -> dict[str, str]:
    """The message of each code."""
    assert found.history.parse
    return {each.code: each.message for each in found.history.parse.findings}


def sheet(rows: Sheet, *merged: str) -> bytes:
    """A workbook of one sheet."""
    return xlsx({"S": rows}, merged=merged)


def test_merged_names_hold_for_each_row_that_they_span() -> None:
    found = read(sheet(GROUPED, "A2:A4", "A6:A7"))

    assert edges(found) == WHOLE
    told = "3 cells filled with what stands in the merged cell above, in the sheet S"
    assert said(found) == {"EC108": told}


def test_those_of_an_old_workbook_too() -> None:
    rows = [["" if cell is None else cell for cell in row] for row in GROUPED]

    assert edges(read(xls(rows, merged=[(1, 3, 0, 0), (5, 6, 0, 0)]))) == WHOLE


@pytest.mark.parametrize(
    ("rows", "merged", "wanted"),
    [
        (  # both ends, and a word, of counts of two kinds
            [
                ["pre", "post", "region", "kind", "weight"],
                ["A", "B", "ring", "chemical", 3],
                [None, None, None, "electrical", 2],
                ["B", "A", "tail", "chemical", 1],
            ],
            ["A2:A3", "B2:B3", "C2:C3"],
            {("A", "B", 3.0), ("A", "B", 2.0), ("B", "A", 1.0)},
        ),
        (  # ids
            [HEAD, [101, 102, 3], [None, 103, 2], [102, 101, 1]],
            ["A2:A3"],
            {("101", "102", 3.0), ("101", "103", 2.0), ("102", "101", 1.0)},
        ),
        (  # a merged cell over columns is no name of the second one
            [HEAD, ["A", None, 3], ["B", "A", 1]],
            ["A2:B2"],
            {("B", "A", 1.0)},
        ),
        (  # rows without anything are blank still
            [HEAD, ["A", "B", 3], [], ["B", "A", 1]],
            ["A2:A3"],
            {("A", "B", 3.0), ("B", "A", 1.0)},
        ),
        (  # spans over one another, and far below the last row
            [HEAD, ["A", "B", 3], [None, "C", 1], ["B", "A", 1], [None, "C", 7]],
            ["A2:A3", "A2:A3", "A4:A1048576", "D1:D900"],
            {("A", "B", 3.0), ("A", "C", 1.0), ("B", "A", 1.0), ("B", "C", 7.0)},
        ),
    ],
)
def test_what_is_filled(rows: Sheet, merged: list[str], wanted: Edges) -> None:
    assert edges(read(sheet(rows, *merged))) == wanted


def test_a_merged_number_is_not_that_of_each_row() -> None:
    rows: Sheet = [HEAD, ["A", "B", 3], ["A", "C", None], ["B", "A", 1]]

    with pytest.raises(InputError, match="S!C3: no weight|S!3: a row of 2 cells"):
        read(sheet(rows, "C2:C3"))


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        (
            [["Cells", None, "Counts"], HEAD, *GROUPED[1:]],
            ["A1:B1", "A3:A5", "A7:A8"],
        ),
        (
            [["Pre", "Post", "Counts"], [None, None, "Weight"], *GROUPED[1:]],
            ["A1:A2", "B1:B2", "A3:A5", "A7:A8"],
        ),
        (
            [["Table"], ["Pre", "Post", "Counts"], [None, None, "N"], *GROUPED[1:]],
            ["A1:C1", "A2:A3", "B2:B3", "A4:A6", "A8:A9"],
        ),
        (
            [["Pre", "Post", "Weight"], [], *GROUPED[1:]],
            ["A1:A2", "B1:B2", "C1:C2", "A3:A5", "A7:A8"],
        ),
    ],
)
def test_a_header_of_two_rows(rows: Sheet, merged: list[str]) -> None:
    assert edges(read(sheet(rows, *merged))) == WHOLE


def test_columns_that_the_user_names_are_filled() -> None:
    rows: Sheet = [["a", "b", "w"], *GROUPED[1:]]
    data = sheet(rows, "A2:A4", "A6:A7")

    for wishes in ("pre=a,post=b,weight=w", "pre=1,post=2,weight=3"):
        assert edges(read(data, columns=wishes)) == WHOLE


MATRIX: Sheet = [
    [None, None, "Receivers", None, None],
    [None, None, "A", "B", "C"],
    ["Senders", "A", None, 3, None],
    [None, "B", None, None, 4],
    [None, "C", 1, None, None],
]


@pytest.mark.parametrize(
    "merged", [["C1:E1"], ["C1:E1", "A3:A5"], ["A1:B2", "C1:E1", "A3:A5"]]
)
def test_titles_of_a_matrix_are_left_as_they_are(merged: list[str]) -> None:
    found = read(sheet(MATRIX, *merged))

    assert edges(found) == edges(read(sheet(MATRIX)))
    assert edges(found) == {("A", "B", 3.0), ("B", "C", 4.0), ("C", "A", 1.0)}
    assert "EC108" not in said(found)


def text(rows: Sheet) -> bytes:
    """A sheet saved as CSV."""
    lines = (
        ",".join("" if cell is None else str(cell) for cell in row) for row in rows
    )
    return "\n".join(lines).encode()


FEW: Sheet = [*GROUPED[:3], *GROUPED[4:7], ["D", "A", 1], ["E", "A", 1]]


@pytest.mark.parametrize("turned", [False, True])
def test_most_names_blank_below_others_are_refused(turned: bool) -> None:
    rows: Sheet = [HEAD, *GROUPED[1:4], ["B", "A", 4], [None, "C", 1]]
    if turned:
        rows = [[row[1], row[0], row[2]] for row in rows]
    for data in (text(rows), sheet(rows)):
        with pytest.raises(InputError) as caught:
            read(data)
        told = str(caught.value)
        assert told.startswith(
            "worm:3: 3 of 5 rows have no pre, below rows that have one"
        )
        assert "merge_cells=False" in told and "write nan" in told


def test_some_names_blank_below_others_are_warned_of() -> None:
    found = read(text(FEW))

    assert said(found)["EC210"].startswith("2 of 7 rows have no pre, below rows that")
    assert said(found)["EC205"] == "2 rows without a name left out"
    assert len(found.synapses) == 5


def test_both_ends_of_a_merged_pair() -> None:
    data = b"pre,post,kind,weight\nA,B,c,3\n,,e,1\n,C,c,1\n,,e,2\nB,A,c,1\n,,e,3\n"

    with pytest.raises(InputError, match="4 of 6 rows have no pre"):
        read(data)


@pytest.mark.parametrize(
    "rows",
    [
        "A,B,1\nA,,2\nA,,3\nB,A,1\n,C,2\n",  # in both columns
        ",B,1\n,C,1\nA,B,2\nB,C,3\n",  # of the first row, too
        "A,B,1\nA,,1\nA,,2\nA,,3\nB,A,4\n",  # receivers that nobody knows
        "A,B,1\n,C,1\nA,D,2\n,C,4\nA,C,3\nB,C,3\n",  # senders here and there
        "A,B,1\nA,C,1\n,D,2\n,C,4\nB,C,3\n",
        "A,B,1\nnan,C,1\nnan,D,2\nnan,E,4\nB,C,3\n",  # somebody says that it is unknown
        "A,B,1\n,C,1\nB,C,3\n",  # one
    ],
)
def test_names_that_are_missing_are_left_out_as_ever(rows: str) -> None:
    told = said(read(b"pre,post,weight\n" + rows.encode()))

    assert "EC210" not in told and "EC205" in told
