"""HDF5 and MATLAB 7.3: matrices and names, and nothing outside the file."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from support.damage import changed, cut, edges, is_read_or_told, is_told, read

from elegansc.errors import InputError

CHEM = np.array([[0, 1, 3], [2, 0, 0], [0, 0, 0.5]])
SENT = {("1", "2", 1), ("1", "3", 3), ("2", "1", 2), ("3", "3", 0.5)}
NAMED = {("AVA", "AVB", 1), ("AVA", "PVC", 3), ("AVB", "AVA", 2), ("PVC", "PVC", 0.5)}
NAMES = ["AVA", "AVB", "PVC"]


def saved(write: Any) -> bytes:
    """An HDF5 file."""
    file = io.BytesIO()
    with h5py.File(file, "w") as into:
        write(into)
    return file.getvalue()


def as_matlab(write: Any) -> bytes:
    """A MATLAB 7.3 file: HDF5 behind a header."""
    file = io.BytesIO()
    with h5py.File(file, "w", userblock_size=512) as into:
        write(into)
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 .".ljust(124)
    return head.ljust(512, b"\0") + file.getvalue()[512:]


def matrix(into: Any) -> None:
    """A matrix in a group, its names beside it, packed."""
    into.create_dataset("worm/A", data=CHEM, compression="gzip")
    into["worm/ids"] = NAMES


def matlab(into: Any) -> None:
    """A matrix of MATLAB, which stores columns, and cells of text."""
    into["A"] = CHEM.T
    references = into.create_dataset("names", (1, 3), h5py.ref_dtype)
    references.attrs["MATLAB_class"] = np.bytes_("cell")
    for place, name in enumerate(NAMES):
        cell = into.create_dataset(
            f"#refs#/{place}", data=np.array([list(name.encode())], "u2").T
        )
        cell.attrs["MATLAB_class"] = np.bytes_("char")
        references[0, place] = cell.ref


def sparse(into: Any) -> None:
    """A sparse matrix of MATLAB."""
    group = into.create_group("A")
    group.attrs["MATLAB_sparse"] = np.uint64(3)
    group["jc"] = np.array([0, 1, 2, 4], "u8")
    group["ir"] = np.array([1, 0, 0, 2], "u8")
    group["data"] = np.array([2, 1, 3, 0.5])


def test_a_matrix_and_its_names_are_read() -> None:
    assert edges(read(saved(matrix))) == NAMED
    assert edges(read(saved(lambda into: into.update(A=CHEM)))) == SENT


def test_a_file_of_matlab_is_read() -> None:
    assert edges(read(as_matlab(matlab))) == NAMED
    assert edges(read(as_matlab(sparse))) == SENT


def test_a_table_is_an_edge_list() -> None:
    rows = [(b"AVA", b"AVB", 2), (b"AVB", b"PVC", 3)]
    table = np.array(rows, [("pre", "S4"), ("post", "S4"), ("weight", "i4")])
    found = read(saved(lambda into: into.update(edges=table)))
    assert edges(found) == {("AVA", "AVB", 2), ("AVB", "PVC", 3)}


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "other.h5").write_bytes(saved(matrix))

    def links(into: Any) -> None:
        into["link"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/worm/A")
        outside = [(str(tmp_path / "other.h5"), 0, 72)]
        into.create_dataset("raw", (3, 3), "f8", external=outside)

    with pytest.raises(InputError, match="in which no dataset holds edges"):
        read(saved(links))


def test_a_size_is_looked_at_before_it_is_read() -> None:
    def huge(into: Any) -> None:
        into.create_dataset(
            "A", (10**6, 10**6), "f8", chunks=(100, 100), compression="gzip"
        )

    with pytest.raises(
        InputError, match="1,000,000 x 1,000,000, 1,000,000,000,000 numbers"
    ):
        read(saved(huge))


def test_a_damaged_file_is_told() -> None:
    for data in (saved(matrix), as_matlab(matlab), as_matlab(sparse)):
        assert all(map(is_told, cut(data)))
        assert all(map(is_read_or_told, changed(data)))


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(matrix)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match="pip install h5py"):
        read(data)


def test_datasets_of_one_length_are_the_columns_of_a_table() -> None:
    def write(into: Any) -> None:
        group = into.create_group("edges")
        group["source"] = np.array([b"AVA", b"PVC"])
        group.create_dataset("target", data=["AVB", "AVA"], dtype=h5py.string_dtype())
        group["n_syn"] = np.array([3.5, 2.0])
        group["axis"] = np.arange(7)  # of another length: no column

    assert edges(read(saved(write))) == {("AVA", "AVB", 3.5), ("PVC", "AVA", 2.0)}


def test_datasets_that_name_no_ends_are_no_table() -> None:
    def write(into: Any) -> None:
        matrix(into)
        into["length"], into["width"] = np.arange(3.0), np.arange(3.0)

    assert edges(read(saved(write))) == NAMED
