"""A matrix: its labels, who sends, what is left out; told where it can not be read."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.workbooks import xlsx

from elegansc.arguments.layout import layout_of
from elegansc.errors import InputError, UsageError
from elegansc.readers.parse import parse
from elegansc.readers.reader import File

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
    told = {
        "names": "of a matrix, or of cells by their places",
        "transpose": "of a matrix",
    }
    for data in (text, book):
        for option, value in {"names": ["A", "B"], "transpose": True}.items():
            with pytest.raises(UsageError, match=f"--{option}: {told[option]}"):
                parse(data, "worm", layout=layout_of({option: value}))


PLACES = ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("0,1,3\n2,0,2\n", {("A", "B", 3.0), ("C", "A", 2.0)}),
        ("1,2,3\n4,1,2\n", {("A", "B", 3.0), ("D", "A", 2.0)}),
        ("0,3,3\n3,0,2\n", {("A", "D", 3.0), ("D", "A", 2.0)}),
    ],
)
def test_names_are_those_of_the_places_in_an_edge_list(
    rows: str, expected: set[tuple[str, str, float]]
) -> None:
    found = parse(
        f"pre,post,n\n{rows}".encode(), "worm", layout=layout_of({"names": PLACES})
    )
    name, table = found.cells.name, found.synapses
    columns = (table.pre.tolist(), table.post.tolist(), table.weight.tolist())
    assert {(name[a], name[b], w) for a, b, w in zip(*columns, strict=True)} == expected
    assert found.cells.name == tuple(PLACES)  # the others have no synapse
    assert found.history.parse
    assert [each.code for each in found.history.parse.findings] == ["EC311"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("1,2,3\n", "from 0 or from 1"),
        ("1,5,3\n", "a cell 5, and 4 names"),
        ("0,4,3\n", "a cell 4, and 4 names"),
    ],
)
def test_places_that_may_be_other_cells_are_refused(rows: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse(f"pre,post,n\n{rows}".encode(), "w", layout=layout_of({"names": PLACES}))


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


WISHES = [
    ("where", ["a=b"]),
    ("columns", {"weight": "3"}),
    ("kinds", {"a": "chemical"}),
]


@pytest.mark.parametrize(("option", "value"), WISHES)
def test_a_matrix_has_no_columns_that_an_option_names(
    option: str, value: Any, tmp_path: Path
) -> None:
    rows = [[None, "A", "B"], ["A", 0, 1], ["B", 2, 0]]
    np.save(tmp_path / "m.npy", np.eye(4))
    datas = [xlsx({"S": rows}), (tmp_path / "m.npy").read_bytes()]
    datas += [b",A,B,C\nA,0,1,3\nB,2,0,0\nC,0,0,0\n"]
    for data in datas:
        with pytest.raises(UsageError, match=f"--{option}: of an edge list; worm is a"):
            parse(data, "worm", layout=layout_of({option: value}))


def test_options_may_be_of_a_file_beside_a_matrix() -> None:
    beside = File("gaps", b"pre,post,weight,animal\nA,B,1,x\nA,B,5,y\n")
    layout = replace(layout_of({"where": ["animal=x"]}), electrical=beside)
    found = parse(b",A,B,C\nA,0,1,3\nB,2,0,0\nC,0,0,0\n", "worm", layout=layout)
    assert found.synapses.weight[found.kind == 1].tolist() == [1.0]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (("S", "A"), ("A", "M")),  # a chain
        (("S", "A", "B"), ("A", "B", "M")),
        (("S", "T", "U"), ("A", "B", "C")),
        (("S", "A", "T"), ("A", "M", "N")),
        (("S", "T", "A", "B"), ("A", "B", "M", "N")),
        (("S", "A"), ("A", "M", "N")),
    ],
)
def test_senders_and_receivers_may_differ(
    rows: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    lines = [",".join(["", *columns]), *(f"{n}{',1' * len(columns)}" for n in rows)]
    text = "\n".join(lines)
    assert read(text) == {(row, column, 1.0) for row in rows for column in columns}
    account = parse(text.encode(), "worm").history.parse
    assert account
    assert [f.code for f in account.findings if f.code.startswith("EC3")] == ["EC310"]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ("AVAL AVAR AVBL", "AVAL AVAR AVBI"),  # the same place
        ("AVAL AVAR AVBL", "AVAL AVBI AVBL"),
        ("AVAL AVAR", "AVAL AVAr"),
        ("VA01 S1 S2", "M1 M2 VA1"),  # padding
        ("AVA_L S1 S2", "M1 M2 AVAL"),
        ("A B C D E F", "B C D E F G"),  # a shift
        ("A B C D E X Y", "A B C D E P Q"),
    ],
)
def test_names_that_look_misspelt_are_refused(rows: str, columns: str) -> None:
    names = columns.split()
    lines = [",".join(["", *names]), *(f"{n}{',1' * len(names)}" for n in rows.split())]
    with pytest.raises(InputError, match="whose names disagree"):
        read("\n".join(lines))


def test_receivers_without_a_row_are_not_told() -> None:
    account = parse(b",A,B,C\nA,0,1,3\nB,2,0,0\n", "worm").history.parse
    assert account and not account.findings


def test_an_archive_of_a_matrix_has_no_columns_that_an_option_names() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.csv", ",A,B,C\nA,0,1,3\nB,2,0,0\nC,0,0,0\n")
    with pytest.raises(UsageError, match="--where: of an edge list"):
        parse(packed.getvalue(), "worm", layout=layout_of({"where": ["a=b"]}))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("e.csv", "pre,post,weight,a\nA,B,1,b\nA,B,5,c\n")
    sheets = ["m.csv", "e.csv"]
    layout = layout_of({"where": ["a=b"], "sheet": sheets})
    found = parse(packed.getvalue(), "worm", layout=layout)
    assert found.synapses.weight.tolist() == [1.0, 3.0, 2.0, 1.0]
