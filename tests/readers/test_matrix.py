"""A matrix: its labels, who sends, what is left out; told where it can not be read."""

from __future__ import annotations

from typing import Any

import pytest
from support.workbooks import xlsx

from elegansc.arguments.layout import layout_of
from elegansc.errors import InputError, UsageError
from elegansc.readers.parse import parse

EDGES = {("A", "B", 1.0), ("B", "A", 2.0), ("A", "C", 3.0)}


def read(text: str, **given: Any) -> set[tuple[str, str, float]]:
    """The edges of a text."""
    found = parse(text.encode(), "worm.csv", layout=layout_of(given))
    name, edges = found.cells.name, found.synapses
    columns = (edges.pre.tolist(), edges.post.tolist(), edges.weight.tolist())
    return {(name[a], name[b], w) for a, b, w in zip(*columns, strict=True)}


@pytest.mark.parametrize(
    "text",
    [
        ",A,B,C\nA,0,1,3\nB,2,0,0\nC,0,0,0\n",
        "\tA\tB\tC\nA\t\t1\t3\nB\t2\t\t\nC\t\t\t\n",
        "pre\\post;A;B;C\nA;0;1;3\nB;2;0;0\nC;0;0;0\n",
        "post/pre,A,B,C\nA,0,2,0\nB,1,0,0\nC,3,0,0\n",
        "Row,A,B,C\nA,0,1,3\nB,2,0,0\nC,nan,-,0\n",
        ",A,B,C\nA,0,1,3\nB,2,0,0\n",  # C sends nothing: no row
        ",A,B,C,Total\nA,0,1,3,4\nB,2,0,0,2\nC,0,0,0,0\nTotal,2,1,3,6\n",
    ],
)
def test_labels_tell_who_sends_to_whom(text: str) -> None:
    assert read(text) == EDGES


def test_columns_send_if_asked() -> None:
    assert read(",A,B,C\nA,0,2,0\nB,1,0,0\nC,3,0,0\n", transpose=True) == EDGES


def test_names_make_numbers_of_three_columns_a_matrix() -> None:
    names = ["A", "B", "C"]
    assert read("0,1,3\n2,0,0\n0,0,0\n", names=names) == EDGES
    assert read("0,2,0\n1,0,0\n3,0,0\n", names=names, transpose=True) == EDGES


def test_an_edge_list_has_no_names_of_rows_and_is_not_transposed() -> None:
    text = b"pre,post,weight\nA,B,1\nB,A,2\n"
    book = xlsx({"one": [["pre", "post"], ["A", "B"], ["B", "C"]]})
    for data in (text, b"1 2 5\n2 3 1\n", book):
        for option, value in {"names": ["A", "B"], "transpose": True}.items():
            told = f"--{option}: of a matrix; worm is an edge list"
            with pytest.raises(UsageError, match=told):
                parse(data, "worm", layout=layout_of({option: value}))


def test_cells_without_names_are_numbered() -> None:
    rows = [" ".join("1" if k == n + 1 else "0" for k in range(12)) for n in range(12)]
    found = read("\n".join(rows))
    assert found == {(str(n), str(n + 1), 1.0) for n in range(1, 12)}
    names = [f"cell {n}" for n in range(12)]
    named = read("\n".join(rows), names=names)
    assert named == {(f"cell {n}", f"cell {n + 1}", 1.0) for n in range(11)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (",A,B,B\nA,0,1,3\nB,2,0,0\nC,0,0,1\n", "columns of one name: B"),
        (",A,B,C\nA,0,1,3\nA,2,0,0\nC,0,0,1\n", "rows of one name: A"),
    ],
)
def test_labels_that_repeat_are_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(text)
