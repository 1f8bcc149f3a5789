"""MatrixMarket: its size line is no edge, and what it says of its matrix is obeyed."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from scipy import io as scipy_io
from scipy import sparse
from support.damage import cut, edges, is_told, read

from elegansc.errors import InputError

CHEM = np.array([[0, 1, 3], [2, 0, 0], [0, 0, 0.5]])
SENT = {("1", "2", 1), ("1", "3", 3), ("2", "1", 2), ("3", "3", 0.5)}
HEAD = "%%MatrixMarket matrix coordinate "


def saved(matrix: Any, **given: Any) -> bytes:
    """A file, as scipy writes it."""
    file = io.BytesIO()
    scipy_io.mmwrite(file, matrix, **given)
    return file.getvalue()


@pytest.mark.parametrize("as_saved", [np.asarray, sparse.coo_array])
def test_a_matrix_is_read(as_saved: Any) -> None:
    assert edges(read(saved(as_saved(CHEM), comment="a comment"))) == SENT


@pytest.mark.parametrize("as_saved", [np.asarray, sparse.coo_array])
def test_a_symmetric_matrix_stands_both_ways(as_saved: Any) -> None:
    half = np.array([[0.5, 0, 2], [0, 0, 3], [2, 3, 0]])
    data = saved(as_saved(half), symmetry="symmetric")
    assert edges(read(data)) == {
        *(("1", "1", 0.5), ("1", "3", 2), ("3", "1", 2), ("2", "3", 3), ("3", "2", 3)),
    }


def test_a_pattern_counts_1_and_every_cell_is_one() -> None:
    found = read(f"{HEAD}pattern general\n% why\n4 4 2\n1 2\n2 3\n".encode())
    assert edges(found) == {("1", "2", 1), ("2", "3", 1)}
    assert found.cells.name == ("1", "2", "3", "4")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("complex general\n2 2 1\n1 2 3 4\n", "complex is not read"),
        ("real hermitian\n2 2 1\n1 2 3\n", "hermitian is not read"),
        ("real general\n", "no size line"),
        ("real general\nx y z\n", "no size line"),
        ("real general\n2 2\n1 2 3\n", "a size of 2 numbers"),
        ("real general\n2 2 2\n1 2 3\n", "2 entries by the size line, 1 are there"),
        ("real general\n2 2 9000000\n1 2 3\n", "but fewer are there"),
        ("real general\n2 2 90000000\n1 2 3\n", "90,000,000 numbers: more than"),
        ("real general\n900000000 900000000 1\n1 2 3\n", "rows or columns"),
        ("real general\n2 2 1\n1 3 3\n", "entry 1 lies outside"),
        ("real general\n2 2 1\n0 1 3\n", "entry 1 lies outside"),
        ("real general\n2 2 2\n1 2 3\n1 2\n", "an entry below is wrong"),
        ("real general\n2 2 1\n1 2 x\n", "an entry below is wrong"),
        ("real general\n2 2 1\n1 2 inf\n", "an infinite number"),
        ("pattern general\n2 2 1\n1 2 3\n", "entries of 3 numbers, not 2"),
        ("real general\n2 3 1\n1 3 3\n", "without names"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read((HEAD + text).encode())


def test_a_file_cut_short_is_told() -> None:
    data = saved(sparse.coo_array(np.ones((9, 9))))
    assert all(map(is_told, cut(data)))
