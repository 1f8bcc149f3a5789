"""Which line names the columns: titles above it, comments, words for both ends; two tables."""

from __future__ import annotations

import pytest
from support.damage import Edges, edges, read
from support.workbooks import Cell, xlsx

from elegansc.errors import InputError
from elegansc.ir.stages import Connectome

PAIRS = {("AVAL", "VA1", 3.0), ("ASHL", "AVAL", 2.0)}
ROWS = "AVAL,VA1,3\nASHL,AVAL,2\n"


def codes(found: Connectome) -> set[str]:
    """The codes of what was said of a file."""
    assert found.history.parse
    return {finding.code for finding in found.history.parse.findings}


@pytest.mark.parametrize(
    "above",
    [
        "Neurons,,Synapses",  # cells merged over columns, saved as CSV
        ",Table S1",
        ",,",
        "Neurons,,",
        "Table S1,,\n,,\nNeurons,,Synapses",
        "Sending side,Receiving side,EM sections",  # as wide as the header
        "Exported,by,A. Smith,in,2024",  # wider
    ],
)
@pytest.mark.parametrize("header", ["pre,post,weight", "Neuron 1,Neuron 2,Nbr"])
def test_titles_above_the_header_are_passed_over(above: str, header: str) -> None:
    found = read(f"{above}\n{header}\n{ROWS}".encode())

    assert edges(found) == PAIRS
    assert ("EC105" in codes(found)) == bool(above.strip(","))


@pytest.mark.parametrize(
    "rows",
    [
        "c3,c1\ncell1,cell2\nc4,c1\nc2,c4\n",  # cells that are called so
        "c3,c1,5\ncell1,cell2,4\nc4,c1,3\n",
        "c3,c1,5\nsource,target,4\nc4,c1,3\n",
        "c3,c1\nsource,target\ntarget,c1\nc4,c3\n",
    ],
)
def test_a_row_of_cells_with_such_names_is_no_header(rows: str) -> None:
    assert len(read(rows.encode(), header=False).synapses) == rows.count("\n")
    assert len(read(rows.encode()).synapses) == rows.count("\n")


@pytest.mark.parametrize(
    "comment", ["# exported 2024,,Smith lab", "# ,", "% a;;b", "#,,", "# A || B"]
)
def test_a_comment_with_an_empty_cell_is_no_header(comment: str) -> None:
    found = read(f"{comment}\npre,post,weight\n{ROWS}".encode())

    assert edges(found) == PAIRS


def test_columns_below_a_title_may_be_named_by_the_user() -> None:
    data = f"Neurons,,Synapses\nExporter,Importer,Trade\n{ROWS}".encode()
    wishes = "pre=Exporter,post=Importer,weight=Trade"

    assert edges(read(data, columns=wishes)) == PAIRS


def test_titles_above_the_header_of_a_sheet() -> None:
    rows: list[list[Cell]] = [
        ["Cells", " ", "Counts"],
        ["Pre", "Post", "Chemical", "Electrical"],
        ["AVAL", "VA1", 3, 0],
        ["ASHL", "AVAL", 2, 1],
    ]

    assert edges(read(xlsx({"S": rows}))) == PAIRS | {("ASHL", "AVAL", 1.0)}


@pytest.mark.parametrize(
    "header",
    [
        "Presynaptic neurons,Postsynaptic neurons",
        "Presynaptic neurons,Postsynaptic cells",
        "Pre-synaptic partners,Post-synaptic partners",
        "Presynaptic neuron,Postsynaptic muscle",
        "Name of presynaptic neuron,Name of postsynaptic neuron",
        "Sources,Targets",
        "Senders,Receivers",
        "From cells,To cells",
        "Input neuron,Output neuron",
        "Input cells,Output cells",
    ],
)
@pytest.mark.parametrize("weight", ["", ",Number"])
def test_longer_titles_of_our_words_are_known(header: str, weight: str) -> None:
    rows = ROWS if weight else ROWS.replace(",3", "").replace(",2", "")
    wanted = PAIRS if weight else {(pre, post, 1.0) for pre, post, _ in PAIRS}
    assert edges(read(f"{header}{weight}\n{rows}".encode())) == wanted

    one, two = header.split(",")
    turned = "\n".join(
        ",".join((b, a, *rest))
        for a, b, *rest in (line.split(",") for line in rows.splitlines())
    )
    assert edges(read(f"{two},{one}{weight}\n{turned}\n".encode())) == wanted


@pytest.mark.parametrize(
    "header",
    [
        "neuron,presynaptic partners,postsynaptic partners",
        "name,sources,targets",
        "name,inputs,outputs",
        "name,input cells,output cells",
    ],
)
def test_numbers_of_partners_are_no_cells(header: str) -> None:
    with pytest.raises(InputError, match="no column for"):
        read(f"{header}\nAVAL,3,5\nASHL,1,4\n".encode())


TWO = "pre,post,weight,,pre,post,weight\nA,B,1,,X,Y,3\nB,C,2,,Y,Z,4\n"
JOINED = "pre,post,weight,pre.1,post.1,weight.1\nA,B,1,X,Y,3\nB,C,2,Y,Z,4\n"
LEFT, RIGHT = (
    {("A", "B", 1.0), ("B", "C", 2.0)},
    {("X", "Y", 3.0), ("Y", "Z", 4.0)},
)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (TWO, "--columns pre=1,post=2,weight=3 or --columns pre=5,post=6,weight=7"),
        (JOINED, "--columns pre=1,post=2,weight=3 or --columns pre=4,post=5,weight=6"),
        (
            "pre,post,,Pre,Post\nA,B,,X,Y\nB,C,,Y,Z\n",
            "--columns pre=1,post=2 or --columns pre=4,post=5,",
        ),
        (
            "pre,post,pre,post,pre,post\nA,B,C,D,E,F\n",
            "pre=1,post=2 or --columns pre=3,post=4 or --columns pre=5,post=6,",
        ),
        (
            "Chemical,,,,Electrical\n" + TWO,
            "--columns pre=1,post=2,weight=3 or --columns pre=5,post=6,weight=7",
        ),
    ],
)
def test_two_tables_side_by_side_are_refused(text: str, hint: str) -> None:
    with pytest.raises(InputError, match="tables of edges side by side") as caught:
        read(text.encode())
    assert hint in str(caught.value)

    rows = [line.split(",") for line in text.splitlines()]
    with pytest.raises(InputError, match="tables of edges side by side") as caught:
        read(xlsx({"S": rows}))
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("text", "columns", "wanted"),
    [
        (TWO, "pre=1,post=2", LEFT),
        (TWO, "pre=1,post=2,weight=3", LEFT),
        (TWO, "pre=5,post=6,weight=7", RIGHT),
        (JOINED, "pre=pre.1,post=post.1,weight=weight.1", RIGHT),
        (TWO, "pre=5,post=6,weight=", {(pre, post, 1.0) for pre, post, _ in RIGHT}),
    ],
)
def test_a_table_that_is_counted_off_is_read(
    text: str, columns: str, wanted: Edges
) -> None:
    assert edges(read(text.encode(), columns=columns)) == wanted


@pytest.mark.parametrize("columns", ["pre=5,post=6", "pre=pre,post=post"])
def test_a_table_is_not_read_with_the_weights_of_another(columns: str) -> None:
    with pytest.raises(InputError, match="side by side"):
        read(TWO.encode(), columns=columns)


@pytest.mark.parametrize(
    "text",
    [
        "pre,post,weight,pre,post\nA,B,1,A,B\nB,C,2,B,C\n",  # the same again
        "pre,post,weight,pre,post\nA,B,1,,\nB,C,2,,\n",  # nothing below the titles
        "pre,post,weight,pre\nA,B,1,X\nB,C,2,Y\n",  # one of the ends alone
        "pre,Presynaptic,post,Postsynaptic,weight\nA,7,B,8,1\nB,8,C,9,2\n",
        "pre,post,weight,pre_id,post_id\nA,B,1,7,8\nB,C,2,8,9\n",
    ],
)
def test_columns_that_say_more_of_the_ends_are_no_second_table(text: str) -> None:
    assert edges(read(text.encode())) == LEFT


RING = [f"R{place},R{(place + 1) % 9}" for place in range(9)] + ["R3,R0", "R5,R1"]
WORDS = ["anna,ben", "ben,carl", "carl,anna", "dora,anna"]


@pytest.mark.parametrize(
    ("rows", "is_told"),
    [
        (["i,j", *RING], True),
        (["Von,Nach", *RING], True),
        (["exporter,importer", *WORDS], True),  # few rows; words of titles
        (["Input,Output", *WORDS], True),
        (["Neurons,Partners", *WORDS], True),
        (["i,j", *RING[:8]], False),  # few rows
        (["P1,P2", *RING], True),
        (["R20,R21", *RING], False),  # called as the others are
        (["7,8", *RING], False),
        (["ASEL,ASER", *RING], False),  # neurons of C. elegans
        (["i,j", "j,i", *RING], False),
        (["i,j", "A,B", "C,D", "E,F", *RING], False),  # not the only pair apart
        (["neurons,partners", "celly,celly2", *WORDS], False),
        (["i,i", *RING], False),
    ],
)
def test_a_first_row_that_touches_no_other_may_be_a_header(
    rows: list[str], is_told: bool
) -> None:
    data = "\n".join(rows).encode()
    found = read(data)

    assert ("EC107" in codes(found)) == is_told
    assert len(found.synapses) == len(rows)  # it is read
    assert "EC107" not in codes(read(data, header=False))
    if is_told:
        titled = read(data, header=True, columns="pre=1,post=2")
        assert len(titled.synapses) == len(rows) - 1


@pytest.mark.parametrize(
    ("first", "beside"),
    [
        ("i,j,4", ",1"),
        ("i,j,chemical", ",chemical"),
        ("# i,j", ""),
        ("pre,post\ni,j", ""),
    ],
)
def test_where_weights_kinds_or_a_header_are_no_row_is_taken_for_one(
    first: str, beside: str
) -> None:
    rows = "\n".join([first, *(row + beside for row in RING)])

    assert "EC107" not in codes(read(rows.encode()))
