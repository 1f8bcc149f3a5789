"""NumPy's files: matrices, their names, scipy's sparse ones; never a pickle."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from support.damage import changed, cut, edges, is_read_or_told, is_told, read

from elegansc.errors import InputError

CHEM = np.array([[0, 1, 3], [2, 0, 0], [0, 0, 0.5]])
SENT = {("1", "2", 1), ("1", "3", 3), ("2", "1", 2), ("3", "3", 0.5)}
NAMED = {("AVA", "AVB", 1), ("AVA", "PVC", 3), ("AVB", "AVA", 2), ("PVC", "PVC", 0.5)}


def npy(array: Any, **given: Any) -> bytes:
    """An .npy file."""
    file = io.BytesIO()
    np.save(file, array, **given)
    return file.getvalue()


def npz(**arrays: Any) -> bytes:
    """A packed .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    "array", [CHEM, np.asfortranarray(CHEM), CHEM.astype(">f8"), CHEM.astype("f4")]
)
def test_rows_of_an_array_send(array: Any) -> None:
    assert edges(read(npy(array))) == SENT
    assert edges(read(npy(array), names=["AVA", "AVB", "PVC"])) == NAMED


@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
def test_a_sparse_matrix_is_read(form: str) -> None:
    file = io.BytesIO()
    sparse.save_npz(file, sparse.coo_array(CHEM).asformat(form))
    assert edges(read(file.getvalue())) == SENT


def test_texts_beside_a_matrix_name_its_rows() -> None:
    ids = np.array(["AVA", "AVB", "PVC"])
    assert edges(read(npz(A=CHEM, ids=ids, place=np.ones((3, 3, 2))))) == NAMED
    assert edges(read(npz(A=CHEM, ids=ids.astype("S")))) == NAMED


def test_columns_of_a_structured_array_are_an_edge_list() -> None:
    rows = [(2**60 + 1, 2**60 + 2, 3), (2**60 + 2, 2**60 + 1, 4)]
    table = np.array(rows, [("pre", "i8"), ("post", "i8"), ("weight", "i4")])
    assert edges(read(npy(table))) == {(str(a), str(b), w) for a, b, w in rows}


def test_a_narrow_array_is_an_edge_list_if_its_columns_are_told() -> None:
    table = np.array([[1, 2, 5], [2, 3, 6], [3, 1, 7], [3, 2, 8.5]])
    with pytest.raises(InputError, match="no array holds edges"):
        read(npy(table))
    found = read(npy(table), columns="pre=1,post=2,weight=3")
    assert edges(found) == {
        ("1", "2", 5),
        ("2", "3", 6),
        ("3", "1", 7),
        ("3", "2", 8.5),
    }


def test_what_is_not_a_number_is_no_edge() -> None:
    assert edges(read(npy(np.where(CHEM == 0, np.nan, CHEM)))) == SENT
    with pytest.raises(InputError, match="an infinite number"):
        read(npy(np.where(CHEM == 3, np.inf, CHEM)))


@pytest.mark.parametrize("save", [npy, lambda array: npz(A=array)])
def test_pickles_are_never_read(save: Any) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return pytest.fail, ("a pickle was read",)

    with pytest.raises(InputError, match="pickles are never read"):
        read(save(np.array([[Evil(), 1], [1, 2]], object)))


def test_a_size_is_looked_at_before_it_is_read() -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (100000, 100000)}\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    with pytest.raises(InputError, match="100,000 x 100,000, 10,000,000,000 numbers"):
        read(data)
    deep = b"[" * 9000 + b"]" * 900
    with pytest.raises(InputError, match="cut short or damaged"):
        read(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(deep)) + deep)


def test_a_damaged_file_is_told() -> None:
    file = io.BytesIO()
    sparse.save_npz(file, sparse.csr_array(CHEM), compressed=False)
    for data in (npy(CHEM), npz(A=CHEM), file.getvalue()):
        assert all(map(is_told, cut(data)))
        assert all(map(is_read_or_told, changed(data)))
