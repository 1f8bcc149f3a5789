"""Who sends in a matrix, by the titles around it; titles that contradict are refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.workbooks import Cell, xlsx

import elegansc
from elegansc import catalog
from elegansc.arguments.layout import layout_of
from elegansc.errors import InputError
from elegansc.ir.stages import Connectome
from elegansc.readers.meaning.sides import corner_of, sentence_of, title_of
from elegansc.readers.parse import parse
from elegansc.report.reading import parsed

ROWS = [("A", 0, 2, 0), ("B", 1, 0, 0), ("C", 3, 0, 0)]
SENT = {("A", "B", 2.0), ("B", "A", 1.0), ("C", "A", 3.0)}  # rows send
TAKEN = {(post, pre, weight) for pre, post, weight in SENT}
NAMES: list[Cell] = ["A", "B", "C"]


def text_of(corner: str) -> bytes:
    """A matrix below a corner."""
    lines = [f'"{corner}",A,B,C', *(",".join(map(str, row)) for row in ROWS)]
    return "\n".join(lines).encode()


def book_of(above: Sequence[Sequence[Cell]], corner: Cell = None) -> bytes:
    """A matrix below lines of titles."""
    rows = [list(row) for row in (*above, (corner, *NAMES), *ROWS)]
    return xlsx({"S": rows})


def edges(found: Connectome) -> set[tuple[str, str, float]]:
    """The edges of a connectome."""
    name, rows = found.cells.name, found.synapses
    columns = (rows.pre.tolist(), rows.post.tolist(), rows.weight.tolist())
    return {(name[a], name[b], w) for a, b, w in zip(*columns, strict=True)}


def told(found: Connectome) -> str:
    """What the report says of it."""
    assert found.history.parse
    return "\n".join(parsed(found.history.parse, "worm", False))


TAKERS = (
    *("post", "Post", "to", "target", "Postsynaptic neuron", "Post-synaptic"),
    *("post_id", "bodyId_post", "Neuron (post)", "postNeuron", "POST SYNAPTIC CELLS"),
    *("Target neuron", "receiver", "downstream partner", "post-neuron"),
)
SENDERS = (
    *("pre", "Pre", "from", "source", "Presynaptic neuron", "Pre-synaptic"),
    *("pre_id", "bodyId_pre", "Neuron (pre)", "preNeuron", "PRE SYNAPTIC CELLS"),
    *("Source neuron", "sender", "upstream partner", "pre-neuron"),
)
NO_TITLES = (
    *("", "neuron", "ID", "Row Labels", "cell name", "weight", "Sum of weight"),
    *("premotor", "pre-motor interneuron", "post-embryonic cells", "Topography"),
)


@pytest.mark.parametrize("title", TAKERS)
def test_a_corner_of_receivers_names_the_rows(title: str) -> None:
    found = parse(text_of(title), "worm.csv")
    assert edges(found) == TAKEN
    assert f'columns send; "{title}" says so' in told(found)


@pytest.mark.parametrize("title", [*SENDERS, *NO_TITLES])
def test_rows_send_below_any_other_corner(title: str) -> None:
    assert edges(parse(text_of(title), "worm.csv")) == SENT


@pytest.mark.parametrize(
    "pattern", ["{}\\{}", "{} \\ {}", "{} / {}", "{}->{}", "{} vs. {}"]
)
def test_of_two_words_the_first_is_of_rows(pattern: str) -> None:
    for pre, post in zip(SENDERS, TAKERS, strict=True):
        assert corner_of(pattern.format(pre, post)) == "S"
        assert corner_of(pattern.format(post, pre)) == "T"
        assert corner_of(pattern.format(pre, pre)) == "B"


@pytest.mark.parametrize(
    ("corner", "found"),
    [
        ("to\\from", TAKEN),
        ("from \\ to", SENT),
        ("rows=post, cols=pre", TAKEN),
        ("post (rows)", TAKEN),
        ("pre (columns)", TAKEN),
        ("post ↓ pre →", TAKEN),
        ("post → pre ↓", SENT),
        ("from columns to rows", TAKEN),
        ("Postsynaptic neuron / Presynaptic neuron", TAKEN),
    ],
)
def test_a_corner_of_two_sides(corner: str, found: set[tuple[str, str, float]]) -> None:
    assert edges(parse(text_of(corner), "worm.csv")) == found


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Synapses (columns: presynaptic, rows: postsynaptic)", "T"),
        ("Rows represent postsynaptic neurons", "T"),
        ("Presynaptic neurons are in columns, postsynaptic in rows", "T"),
        ("rows and columns: pre and post", "S"),
        ("columns send", "T"),
        ("rows: pre; columns: pre", "B"),
        ("Postsynaptic densities in 300 rows", ""),
        ("Data from Cook 2019, sent to rows of this sheet", ""),
        ("post-embryonic rows", ""),
    ],
)
def test_a_sentence_says_it_by_rows_and_columns(sentence: str, said: str) -> None:
    assert sentence_of(sentence) == said
    if said != "B":
        found = parse(f"{sentence}\n".encode() + text_of(""), "worm.csv")
        assert edges(found) == (TAKEN if said == "T" else SENT)
        assert edges(parse(book_of([[sentence]]), "worm.xlsx")) == edges(found)


@pytest.mark.parametrize("title", SENDERS)
def test_a_title_over_the_columns(title: str) -> None:
    assert edges(parse(book_of([[None, title]]), "worm.xlsx")) == TAKEN
    assert edges(parse(book_of([[None, title]], "post"), "worm.xlsx")) == TAKEN
    side = [[None, None, *NAMES], *([None, *row] for row in ROWS)]
    side[2][0] = title
    assert edges(parse(xlsx({"S": side}), "worm.xlsx")) == SENT


@pytest.mark.parametrize("title", TAKERS)
def test_a_title_beside_the_rows(title: str) -> None:
    rows = [[None, None, *NAMES], *([None, *row] for row in ROWS)]
    rows[1][0] = title
    assert edges(parse(xlsx({"S": rows}), "worm.xlsx")) == TAKEN


def test_pandas_names_the_columns_in_the_corner_and_the_rows_below() -> None:
    rows = [["pre", *NAMES], ["post", None, None, None], *map(list, ROWS)]
    for above in ([], [[None, "w", "w", "w"]]):
        found = parse(xlsx({"S": [*above, *rows]}), "worm.xlsx")
        assert edges(found) == TAKEN
        assert "post" not in found.cells.name and "without a name" not in told(found)


def test_names_of_groups_are_no_titles() -> None:
    groups = [None, "source", "sink", "other", "motor"]
    rows = [groups, [None, "A", "B", "C", "D"], *([*row, 1] for row in ROWS)]
    found = parse(xlsx({"S": rows}), "worm.xlsx")
    assert {(a, b, w) for a, b, w in edges(found) if b != "D"} == SENT


@pytest.mark.parametrize(
    "data",
    [
        text_of("pre/pre"),
        text_of("post \\ post"),
        book_of([[None, "Postsynaptic"]], "post"),
        book_of([["rows: pre, columns: post"]], "post"),
        book_of([["rows: pre, columns: pre"]]),
    ],
)
def test_titles_that_contradict_are_refused_unless_the_user_says_it(
    data: bytes,
) -> None:
    with pytest.raises(InputError, match="titles contradict: .* says"):
        parse(data, "worm")
    found = parse(data, "worm", layout=layout_of({"transpose": True}))
    assert edges(found) == TAKEN


@given(st.sampled_from(sorted(catalog.cells())))
def test_the_name_of_a_neuron_is_no_title(name: str) -> None:
    assert title_of(name) == corner_of(name) == sentence_of(name) == ""


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ("post", "pre", TAKEN),
        ("post", None, TAKEN),
        (None, "Presynaptic neuron", TAKEN),
        ("pre", "post", SENT),
        (None, None, SENT),
        ("name", 7, SENT),
    ],
)
def test_the_names_of_an_index_and_of_columns(
    rows: object, columns: object, expected: set[tuple[str, str, float]]
) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame([row[1:] for row in ROWS], list("ABC"), list("ABC"))
    table.index.name, table.columns.name = rows, columns
    assert edges(elegansc.read(table)) == expected
    table.columns.name = rows
    if expected == TAKEN and rows:
        with pytest.raises(InputError, match="titles contradict"):
            elegansc.read(table)


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("rows: postsynaptic, columns: presynaptic", TAKEN),
        ("Rows represent postsynaptic neurons", TAKEN),
        ("columns: post", SENT),
        ("of a worm", SENT),
    ],
)
def test_a_comment_above_it(
    comment: str, expected: set[tuple[str, str, float]]
) -> None:
    found = parse(f"# {comment}\n".encode() + text_of(""), "worm.csv")
    assert edges(found) == expected
