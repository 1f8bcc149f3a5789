"""MATLAB files: matrices, dense and sparse, and who their cells are."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from scipy import io as scipy_io
from scipy import sparse
from support.damage import changed, cut, edges, is_read_or_told, is_told, read

from elegansc.errors import InputError
from elegansc.ir.stages import CHEMICAL, ELECTRICAL

NAMES = np.array([["AVAL"], ["AVAR"], ["ÄB1"]], object)
CHEM = np.array([[0, 1, 3], [2, 0, 0], [0, 0, 0.5]])
GAP = np.array([[0, 4, 0], [4, 0, 1], [0, 1, 0]])
SENT = {
    ("AVAL", "AVAR", 1),
    ("AVAL", "ÄB1", 3),
    ("AVAR", "AVAL", 2),
    ("ÄB1", "ÄB1", 0.5),
}


def saved(packed: bool = True, **variables: Any) -> bytes:
    """A MATLAB file, as scipy writes it."""
    file = io.BytesIO()
    scipy_io.savemat(file, variables, do_compression=packed)
    return file.getvalue()


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("as_saved", [np.asarray, sparse.csc_array, np.float32])
def test_rows_send_and_cells_of_text_name_them(packed: bool, as_saved: Any) -> None:
    found = read(saved(packed, A=as_saved(CHEM), ids=NAMES, table=np.ones((3, 2))))
    assert edges(found) == SENT


def test_the_symmetric_one_of_two_is_electrical() -> None:
    found = read(saved(A=sparse.csc_array(CHEM), B=GAP, names=NAMES))
    assert edges(found, CHEMICAL) == SENT
    assert edges(found, ELECTRICAL) == {
        *(("AVAL", "AVAR", 4), ("AVAR", "AVAL", 4)),
        *(("AVAR", "ÄB1", 1), ("ÄB1", "AVAR", 1)),
    }


def test_rows_of_characters_name_cells_and_others_do_not() -> None:
    found = read(saved(A=CHEM, other=["a", "a", "b"], ids=["AVAL", "AVAR", "PVC"]))
    assert found.cells.name == ("AVAL", "AVAR", "PVC")
    assert read(saved(A=CHEM, other=["a", "a", "b"])).cells.name == ("1", "2", "3")


def test_several_matrices_are_listed_and_one_is_chosen() -> None:
    data = saved(dog=CHEM, cat=CHEM.T, names=NAMES)
    with pytest.raises(InputError, match="--sheet .dog.* 3 x 3"):
        read(data)
    assert edges(read(data, sheet="cat", transpose=True)) == SENT


def test_a_damaged_file_is_told() -> None:
    for packed in (True, False):
        data = saved(packed, A=CHEM, B=sparse.csc_array(GAP), names=NAMES)
        assert all(map(is_told, cut(data)))
        assert all(map(is_read_or_told, changed(data)))


def test_a_size_is_looked_at_before_it_is_unpacked() -> None:
    flags = struct.pack("<IIII", 6, 8, 6, 0) + struct.pack("<IIii", 5, 8, 10**4, 10**4)
    front = flags + struct.pack("<HH4s", 1, 1, b"A")
    body = struct.pack("<II", 14, 8 * 10**8) + front + struct.pack("<II", 9, 8 * 10**8)
    packer = zlib.compressobj()
    packed = packer.compress(body + bytes(10**6)) + packer.flush()
    data = saved()[:128] + struct.pack("<II", 15, len(packed)) + packed
    with pytest.raises(InputError, match="10,000 x 10,000, 100,000,000 numbers"):
        read(data)


def test_no_matrix_is_told() -> None:
    with pytest.raises(InputError, match="in which no variable holds edges"):
        read(saved(names=NAMES, s={"A": CHEM}))
