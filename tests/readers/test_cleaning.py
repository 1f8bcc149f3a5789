"""Names as cells have them, and what looks like a mistake of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from elegansc.errors import InputError
from elegansc.ir.stages import Connectome
from elegansc.ir.trace import Trace
from elegansc.options import Options
from elegansc.pipeline import compile_source
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout


def read(text: str, **layout: object) -> Connectome:
    return parse(text.encode(), "worm.csv", layout=Layout(**layout))  # type: ignore[arg-type]


def edges(found: Connectome) -> list[tuple[str, str, float]]:
    name, rows = found.cells.name, found.synapses
    ends = zip(rows.pre.tolist(), rows.post.tolist(), rows.weight.tolist(), strict=True)
    return [(name[pre], name[post], weight) for pre, post, weight in ends]


def said(found: Connectome) -> dict[str, str]:
    assert found.history.parse
    return {each.code: each.message for each in found.history.parse.findings}


def test_a_composed_and_a_decomposed_name_are_one_cell() -> None:
    found = read("pre,post,weight\nM\u00fc1,B,1\nMu\u03081,B,2\n\u200bB,\ufeffC,3\n")

    assert edges(found) == [
        ("M\u00fc1", "B", 1.0),
        ("M\u00fc1", "B", 2.0),
        ("B", "C", 3.0),
    ]
    assert found.cells.name == ("B", "C", "M\u00fc1")
    assert said(found)["EC208"].startswith("3 names in Unicode's form NFC")


@pytest.mark.parametrize("word", ["", "nan", "NaN", "NULL", "#N/A"])
def test_rows_without_a_name_are_left_out_and_counted(word: str) -> None:
    found = read(f"pre,post,weight\nA,B,1\n{word},B,2\nA,{word},4\nB,A,3\n")

    assert edges(found) == [("A", "B", 1.0), ("B", "A", 3.0)]
    assert said(found)["EC205"].startswith("2 rows without a name left out")
    assert found.history.parse and found.history.parse.rows == 4


def test_the_neuron_NA_is_a_cell() -> None:
    assert edges(read("pre,post,weight\nA,NA,1\n")) == [("A", "NA", 1.0)]


def test_the_id_0_is_no_neuron_among_ids_of_a_segmentation() -> None:
    one, two = "720575940600055488", "720575940600055489"
    found = read(f"pre,post,weight\n{one},{two},1\n0,{two},2\n{two},0,9\n")

    assert found.cells.name == (one, two)
    assert edges(found) == [(one, two, 1.0)]
    assert said(found) == {"EC206": "2 rows of the id 0 left out"}


def test_the_id_0_is_a_cell_like_any_other_elsewhere() -> None:
    assert edges(read("0,1,3\n1,2,4\n"))[0] == ("0", "1", 3.0)


@pytest.mark.parametrize("name", ["7.205759406e+17", "720575940600055488.0", "7.2E+17"])
def test_an_id_that_a_float_has_rounded_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        read(f"pre,post,weight\n1,2,3\n{name},2,1\n")

    assert str(caught.value).startswith("worm.csv:3: an id written as a float")
    assert "2**53" in str(caught.value)


def test_whole_columns_of_floats_are_integers() -> None:
    found = read("pre,post,weight\n1,2.0,1\n2,1.0,2\n3,,1\n100000,1e+05,1\n")

    assert edges(found) == [("1", "2", 1.0), ("2", "1", 2.0), ("100000", "100000", 1.0)]
    assert (
        said(found)["EC207"] == "3 ids written as decimals read as integers: 1.0 as 1"
    )


def test_ids_of_floats_leave_no_cell_of_their_old_name() -> None:
    text = "pre,post,weight,pre_role\n1.0,2.0,1,sensory\n2.0,3.0,2,inter\n"
    found = read(text)

    assert found.cells.name == ("1", "2", "3")
    assert [bool(role) for role in found.cells.role.tolist()] == [True, True, False]
    mixed = read("pre,post,weight\n1.0,2.0,1\n2.0,A,2\n")
    assert mixed.cells.name == ("1", "2", "2.0", "A")


def test_a_name_with_a_point_beside_other_names_is_a_name() -> None:
    assert edges(read("pre,post,weight\nA,1.0,1\nB,C,1\n"))[0] == ("A", "1.0", 1.0)


@pytest.mark.parametrize(
    "name", ["AVAL,AVAR", "AVFL/R", "DB1/3", "AVAL+AVAR", "VA01/VA02"]
)
def test_a_name_of_several_neurons_is_warned_of(name: str) -> None:
    found = read(f'pre,post,weight\nA,"{name}",1\n')

    assert name in said(found)["EC202"]
    assert ("--polyadic" in said(found)["EC202"]) == ("," in name)


def test_a_name_that_lists_cells_of_the_file_is_warned_of() -> None:
    found = read('pre,post,weight\nx1,x2,1\nx2,"x1;x2",1\n')

    told = (
        '"x1;x2": several neurons, read as one cell (--polyadic reads a row for each)'
    )
    assert said(found)["EC202"] == told


@pytest.mark.parametrize("name", ["KC-a/b", "1,2", "R1/R6", "AVAL"])
def test_a_name_with_a_slash_is_a_name(name: str) -> None:
    assert "EC202" not in said(read(f'pre,post,weight\nA,"{name}",1\n'))


@pytest.mark.parametrize("name", ["#REF!", "#NAME?", "=A2", "=VLOOKUP(A1;B:C;2)"])
def test_formulas_are_warned_of(name: str) -> None:
    found = read(f"pre,post,weight\nA,B,1\nA,{name},1\n")

    assert name in said(found)["EC203"].replace('"', "")


@pytest.mark.parametrize("row", ["Grand Total,All,9", "C,Total,2", "X,Y,6"])
def test_a_row_of_totals_is_warned_of(row: str) -> None:
    assert "EC204" in said(read(f"pre,post,weight\nA,B,1\nB,C,2\nC,A,3\n{row}\n"))


def test_a_row_that_was_commented_out_is_warned_of() -> None:
    assert "EC209" in said(read("pre,post,weight\nA,B,1\n#A,C,1\n"))


def undirected(cells: int) -> list[str]:
    return [f"{one},{two},1" for one in range(cells) for two in range(one + 1, cells)]


def test_an_undirected_graph_listed_once_a_pair_is_warned_of() -> None:
    rows = undirected(12)  # 66 rows among the 10 cells that both send and receive: 45

    found = read("pre,post,weight\n" + "\n".join(rows))

    assert said(found)["EC301"].startswith(
        "no pair of 45 rows stands both ways, where 22 "
    )
    assert len(found.synapses) == 66


@pytest.mark.parametrize(
    "rows",
    [
        [*undirected(12), "11,0,1"],  # one pair stands both ways
        undirected(9),  # too few to tell
        [f"s{one},m{two},1" for one in range(30) for two in range(30)],  # two layers
    ],
)
def test_a_directed_graph_is_not(rows: list[str]) -> None:
    assert "EC301" not in said(read("pre,post,weight\n" + "\n".join(rows)))


def test_a_compile_without_a_path_names_what_is_odd(tmp_path: Path) -> None:
    text = "pre,post,weight\nasel,AVAL,1\nAVAL,va01,2\nAVAR,RIML,1\nAVAL,RIMR,1\n"
    text += 'RIML,AIBL,1\nRIML,AIBR,1\nAVAL,"DB1/3",2\nAVAL,#REF!,1\n'
    (tmp_path / "worm.csv").write_text(text)

    with pytest.raises(InputError) as caught:
        compile_source(str(tmp_path / "worm.csv"))

    for word in ("no path leads", "asel (ASEL)", "va01 (VA1)", "DB1/3", "#REF!"):
        assert word in str(caught.value)


def test_the_option_undirected_answers_the_warning(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("pre,post,weight\n" + "\n".join(undirected(12)))

    for option, wanted in ((False, {"EC301"}), (True, set())):
        trace = Trace(until="circuit")
        options = Options(undirected=option)
        compile_source(str(tmp_path / "a.csv"), options=options, trace=trace)
        parsed = trace.kept["circuit"].history.parse
        assert parsed and {each.code for each in parsed.findings} == wanted
