"""Totals in a matrix: left out by their label or their numbers, and said; cells are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import elegansc
from elegansc.ir.stages import Connectome
from elegansc.readers.meaning.totals import is_total
from elegansc.readers.parse import parse

CORE = np.array([[0, 2, 1, 4], [3, 0, 2, 0], [1, 1, 0, 2], [2, 5, 1, 0]])
NAMES = ("n1", "n2", "n3", "n4")
WORDS = (
    *("Total", "total", "Sum", "Grand Total", "Total Result", "Σ", "in-degree"),
    *("out-degree", "All", "OUT_DEGREE", "Row total", "in degree"),
)


def text_of(values: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> bytes:
    """A matrix as CSV."""
    lines = [",".join(["", *columns])]
    for name, row in zip(rows, values.tolist(), strict=True):
        lines.append(",".join([name, *(f"{value:g}" for value in row)]))
    return "\n".join(lines).encode()


def edges(found: Connectome) -> set[tuple[str, str, float]]:
    """The edges of a connectome."""
    name, rows = found.cells.name, found.synapses
    columns = (rows.pre.tolist(), rows.post.tolist(), rows.weight.tolist())
    return {(name[a], name[b], w) for a, b, w in zip(*columns, strict=True)}


def totals(found: Connectome) -> list[str]:
    """What is said of totals."""
    assert found.history.parse
    return [f.message for f in found.history.parse.findings if f.code == "EC204"]


def bordered(core: np.ndarray, *, counts: bool = False) -> np.ndarray:
    """A matrix with the sums of its rows and columns behind them."""
    added = (core != 0).astype(core.dtype) if counts else core
    down, corner = added.sum(axis=0), added.sum()
    beside = np.column_stack([core, added.sum(axis=1)])
    return np.vstack([beside, [*down, corner]])


PLAIN = edges(parse(text_of(CORE, NAMES, NAMES), "worm"))


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("first", [False, True])
def test_a_word_of_totals_is_left_out(word: str, first: bool) -> None:
    values, names = bordered(CORE), [*NAMES, word]
    if first:
        values, names = np.roll(values, 1, (0, 1)), [word, *NAMES]
    found = parse(text_of(values, names, names), "worm")
    assert edges(found) == PLAIN
    assert len(totals(found)) == 1 and totals(found)[0].endswith("left out")


@pytest.mark.parametrize("counts", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_sums_and_counts_are_left_out_by_their_numbers(
    counts: bool, first: bool
) -> None:
    values = bordered(CORE, counts=counts)
    rows, columns = [*NAMES, "n_in"], [*NAMES, "n_out"]
    if first:
        values = np.roll(values, 1, (0, 1))
        rows, columns = ["n_in", *NAMES], ["n_out", *NAMES]
    found = parse(text_of(values, rows, columns), "worm")
    assert edges(found) == PLAIN
    assert totals(found) == ["n_in, n_out: totals of the matrix, left out"]


@pytest.mark.parametrize("side", ["row", "column"])
def test_a_sum_on_one_side(side: str) -> None:
    values = bordered(CORE)
    values = values[:, :-1] if side == "row" else values[:-1]
    rows = [*NAMES, *["n_in"] * (side == "row")]
    columns = [*NAMES, *["n_out"] * (side == "column")]
    assert edges(parse(text_of(values, rows, columns), "worm")) == PLAIN


def test_rows_are_counted_as_they_stand_behind_totals_at_the_top() -> None:
    values = np.roll(bordered(CORE), 1, (0, 1))
    found = parse(text_of(values, ["in", *NAMES], ["out", *NAMES]), "worm")
    plain = parse(text_of(CORE, NAMES, NAMES), "worm")
    assert (found.synapses.line == plain.synapses.line + 1).all()


def test_margins_of_a_table_of_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    names = [*NAMES, "All"]
    with pytest.warns(elegansc.CompilerWarning, match="EC204 All: totals"):
        found = elegansc.read(pandas.DataFrame(bordered(CORE), names, names))
    assert edges(found) == PLAIN


@pytest.mark.parametrize("change", [(4, 0), (0, 4), (2, 1)])
@pytest.mark.parametrize("label", ["n5", "All"])
def test_a_sum_that_does_not_fit_is_a_cell(change: tuple[int, int], label: str) -> None:
    values, names = bordered(CORE), [*NAMES, label]
    values[change] += 1
    found = parse(text_of(values, names, names), "worm")
    assert label in found.cells.name
    assert len(totals(found)) == (label == "All")


def test_a_neuron_that_sends_to_all_is_doubted_and_kept() -> None:
    ring = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 1, 1]])
    found = parse(text_of(ring, ("a", "b", "c", "d"), ("a", "b", "c")), "worm")
    assert "d" in found.cells.name
    assert totals(found) == ["d: totals of the matrix? Read as a cell"]


def test_a_neuron_of_the_worm_is_no_total() -> None:
    found = parse(text_of(bordered(CORE)[:-1], NAMES, [*NAMES, "AVAL"]), "worm")
    assert "AVAL" in found.cells.name and not totals(found)


def test_two_lines_tell_nothing() -> None:
    values = np.array([[1, 2], [3, 4], [4, 6]])
    found = parse(text_of(values, ("a", "b", "c"), ("a", "b")), "worm")
    assert "c" in found.cells.name and not totals(found)


@given(
    st.lists(st.integers(0, 9), min_size=16, max_size=16),
    st.floats(0.1, 10).map(lambda scale: round(scale, 2)),
)
def test_fractions_add_up_but_for_rounding(cells: list[int], scale: float) -> None:
    core = np.array(cells).reshape(4, 4) * scale
    if (core > 0).sum() < 3:
        return
    lines = [["", *NAMES, "All"]]
    for name, row in zip((*NAMES, "All"), bordered(core).tolist(), strict=True):
        lines.append([name, *map(repr, row)])
    found = parse("\n".join(map(",".join, lines)).encode(), "worm")
    assert "All" not in found.cells.name


@given(st.lists(st.integers(0, 2), min_size=25, max_size=25))
def test_a_square_of_cells_keeps_them_all(cells: list[int]) -> None:
    values, names = np.array(cells).reshape(5, 5), [f"c{n}" for n in range(5)]
    if not values.any():
        return
    adds = (bordered(values[:-1, :-1]) == values).all()
    adds |= (np.roll(bordered(values[1:, 1:]), 1, (0, 1)) == values).all()
    if not adds:
        found = parse(text_of(values, names, names), "worm")
        assert len(found.cells.name) == 5 and not totals(found)


def test_words_of_totals() -> None:
    assert all(is_total(word) for word in WORDS if word != "All")
    assert not any(map(is_total, ("AVAL", "All", "n1", "", "summit", "DB1")))
