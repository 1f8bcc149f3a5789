"""Workbooks: lists and matrices in sheets, which of them are read, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path
from typing import Any

import pytest
from support.command import run
from support.workbooks import Cell, xlsx

from elegansc.arguments.layout import layout_of
from elegansc.errors import CompilerError, InputError, UsageError
from elegansc.ir.stages import Connectome
from elegansc.readers.parse import parse

LIST: list[list[Cell]] = [
    ["pre", "post", "type", "synapses"],
    ["A", "B", "chemical", 3],
    ["B", "C", "electrical", 2],
    ["C", "A", "chemical", 1.5],
]
TITLED: list[list[Cell]] = [
    [None, None, "GROUP", None, None],
    [None, None, "A", "B", "C"],
    ["GROUP", "A", None, 3, None],
    [None, "B", None, None, 4],
    [None, "C", 1, None, None],
]
GAPS: list[list[Cell]] = [
    [None, None, "GROUP", None, None],
    [None, None, "A", "B", "C"],
    ["GROUP", "A", None, 5, None],
    [None, "B", 5, None, None],
    [None, "C", None, None, None],
]


def read(data: bytes, label: str = "worm.xlsx", **given: Any) -> Connectome:
    """The connectome of a workbook."""
    return parse(data, label, layout=layout_of(given))


def edges(found: Connectome) -> set[tuple[str, str, float, int]]:
    """(pre, post, weight, kind) of each edge."""
    name, rows = found.cells.name, found.synapses
    columns = (rows.pre, rows.post, rows.weight, found.kind)
    lists = (column.tolist() for column in columns)
    return {(name[a], name[b], w, k) for a, b, w, k in zip(*lists, strict=True)}


def test_a_sheet_is_read_as_its_csv_is() -> None:
    text = "\n".join(",".join(str(cell) for cell in row) for row in LIST)
    assert edges(read(xlsx({"Edges": LIST}))) == edges(read(text.encode(), "worm.csv"))


def test_a_chemical_and_an_electrical_matrix_are_read_together() -> None:
    found = read(xlsx({"Legend": [["words"]], "chemical": TITLED, "gap jn": GAPS}))
    assert edges(found) == {
        *(("A", "B", 3, 0), ("B", "C", 4, 0), ("C", "A", 1, 0)),
        *(("A", "B", 5, 1), ("B", "A", 5, 1)),
    }


def test_the_user_says_which_sheet_is_of_which_kind() -> None:
    data = xlsx({"C": TITLED, "G": GAPS})
    found = read(data, sheet=["C=chemical", "G=electrical"])
    assert {kind for *_, kind in edges(found)} == {0, 1}
    assert {kind for *_, kind in edges(read(data, sheet="G"))} == {0}


def test_several_sheets_with_edges_are_listed() -> None:
    data = xlsx({"Adult": LIST, 'Larva "1"': TITLED, "Notes": [["see", "paper"]]})
    with pytest.raises(InputError) as caught:
        read(data)
    told = str(caught.value)
    assert '--sheet "Adult"  an edge list of about 4 rows' in told
    assert '--sheet "Larva \\"1\\""  a matrix of 3 x 3' in told
    assert "Notes" not in told
    with pytest.raises(UsageError, match="Adult.*Notes"):
        read(data, sheet="Adlut")


def test_a_mistake_is_told_with_its_cell() -> None:
    rows = [*LIST, ["C", "B", "chemical", "many"], ["C", "B", "chem", None]]
    with pytest.raises(InputError) as caught:
        read(xlsx({"Edges": rows}))
    told = str(caught.value)
    assert "worm.xlsx:Edges!D5: weight many is not a finite number" in told
    assert "worm.xlsx:Edges!D6: no weight" in told or "worm.xlsx:Edges!6" in told


def test_a_workbook_without_edges_says_what_it_has() -> None:
    with pytest.raises(InputError, match="no sheet holds edges: Notes"):
        read(xlsx({"Notes": [["a", "word"], ["or", "two"]]}))


@pytest.mark.parametrize("row", [1_048_576, 3_000])
def test_a_stray_cell_far_away_is_refused_before_it_is_allotted(row: int) -> None:
    stray = f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>'
    with pytest.raises(InputError, match="more than 20,000,000 cells"):
        read(xlsx({"Edges": LIST}, stray))


def test_a_workbook_that_is_cut_short_is_refused() -> None:
    data = xlsx({"Edges": LIST, "Matrix": TITLED})
    for tenth in range(1, 10):
        with pytest.raises(CompilerError):
            read(data[: len(data) * tenth // 10])


@pytest.mark.parametrize("packed", [gzip.compress, bz2.compress, lzma.compress])
def test_it_may_be_compressed(packed: Any) -> None:
    data = xlsx({"Edges": LIST})
    assert edges(read(packed(data))) == edges(read(data))
    cut = packed(data)
    for tenth in range(1, 10):
        with pytest.raises(CompilerError):
            read(cut[: len(cut) * tenth // 10])


def test_zstandard_too() -> None:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from backports import zstd
    data = b"pre,post,weight\nA,B,3\nB,A,1\n"
    packed = zstd.compress(data)
    assert edges(read(packed, "w.csv.zst")) == edges(read(data, "w.csv"))
    with pytest.raises(CompilerError):
        read(packed[:-3], "w.csv.zst")


def test_what_is_larger_than_anyone_means_is_not_unpacked() -> None:
    with pytest.raises(InputError, match="more than 2\\d\\d MiB once unpacked"):
        read(gzip.compress(bytes(600 * 2**20), 1), "zeros.gz")
    twice = gzip.compress(gzip.compress(b"pre,post\nA,B\n"))
    with pytest.raises(InputError, match="a compressed file in a compressed file"):
        read(twice, "twice.gz")


def test_the_report_says_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("worm.xlsx").write_bytes(xlsx({"chemical": TITLED, "gap": GAPS}))
    done = run("compile", "worm.xlsx", "--inputs", "A", "--outputs", "C")
    assert "sheet chemical: matrix of 3 x 3, rows send; chemical" in done.stderr
    assert "sheet gap: matrix of 3 x 3, rows send; electrical" in done.stderr


CHEMICAL_ROWS: list[list[Cell]] = [["pre", "post", "n"], ["A", "B", 3], ["B", "C", 2]]
GAP_ROWS: list[list[Cell]] = [["pre", "post", "n"], ["A", "C", 1]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((word, 1) for word in ("gap junctions", "GapJunctions", "electrical", "EJ")),
        *((word, 0) for word in ("chemical", "Singapore", "synapses")),
        ("chemical and gap junctions", 0),
    ],
)
def test_the_name_of_a_sheet_says_the_kind_of_its_rows(name: str, kind: int) -> None:
    data = xlsx({"chemical synapses": CHEMICAL_ROWS, name: GAP_ROWS})
    found = read(data, sheet=("chemical synapses", name))

    assert ("A", "B", 3, 0) in edges(found)
    assert ("A", "C", 1, kind) in edges(found)
    assert found.history.parse
    told = [part.kind for part in found.history.parse.form.parts]  # type: ignore[union-attr]
    assert told[0] == "chemical" and told[1] in ("", "chemical", "electrical")
    assert (told[1] == "electrical") == bool(kind)


def test_a_column_of_kinds_stands_before_the_name_of_its_sheet() -> None:
    found = read(xlsx({"gap junctions and others": LIST}))

    assert {kind for *_, kind in edges(found)} == {0, 1}


def test_the_kind_that_is_said_of_a_sheet_is_in_the_report() -> None:
    found = read(xlsx({"S": GAP_ROWS}), kind="electrical")

    assert found.history.parse
    (part,) = found.history.parse.form.parts  # type: ignore[union-attr]
    assert part.kind == "electrical"
