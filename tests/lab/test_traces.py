"""Recordings: tables and HDF5, how time goes, whose traces, what can not be."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from elegansc.errors import InputError
from elegansc.lab.scoring.recording import Recording, Told, recorded, standardised
from elegansc.lab.scoring.traces import Traces, read_traces
from elegansc.readers.positions import Positions

TABLE = "time,AVAL,AVAR,\n0.5,1,2,3\n1.0,2,1,4\n2.0,3,nan,5\n"


def written(path: Path, text: str) -> str:
    """A file with a text; its path."""
    path.write_text(text)
    return str(path)


def test_a_table_names_its_columns(tmp_path: Path) -> None:
    found = read_traces(written(tmp_path / "a.csv", TABLE))
    assert found.names == ("AVAL", "AVAR", "")
    assert found.values.tolist()[:2] == [[1, 2, 3], [2, 1, 4]]
    assert np.isnan(found.values[2, 1])
    assert found.time == "3 samples down the rows, 0.75 of time apart in the median"
    assert (found.label, found.dataset) == ("a.csv", "")
    assert found.digest == hashlib.sha256(TABLE.encode()).hexdigest()


def test_across_is_the_same_table_turned(tmp_path: Path) -> None:
    rows = [line.split(",") for line in TABLE.splitlines()]
    turned = "\n".join(",".join(column) for column in zip(*rows, strict=True)) + "\n"
    down = read_traces(written(tmp_path / "a.csv", TABLE))
    found = read_traces(written(tmp_path / "b.csv", turned), across=True)
    assert found.names == down.names
    assert np.array_equal(found.values, down.values, equal_nan=True)
    assert found.time == "3 samples along the rows, 0.75 of time apart in the median"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("A,B\n1,2\n3\n", "a.csv:3: 1 cell, the first row has 2"),
        ("A,B\n1,x\n", "a.csv:2: B is x: no finite number"),
        ("A,B\n1,inf\n", "B is inf: no finite number"),
        ("1,2\n3,4\n", "no names over the columns: 1, 2"),
        ("A,B\n", "no names over the columns: A, B"),
        ("t,A\n1,2\n1,3\n", "a.csv:3: t is 1 after 1"),
        ("t,A\n2,2\n,3\n", "t is nan after 2"),
        ("", "an empty file"),
    ],
)
def test_tables_that_can_not_be(tmp_path: Path, text: str, seen: str) -> None:
    with pytest.raises(InputError) as error:
        read_traces(written(tmp_path / "a.csv", text))
    assert seen in str(error.value)


def test_every_wrong_number_is_told(tmp_path: Path) -> None:
    text = "A,B\nx,1\n2,y\n"
    with pytest.raises(InputError) as error:
        read_traces(written(tmp_path / "a.csv", text))
    assert len(error.value.mistakes) == 2


@pytest.mark.parametrize("option", ["dataset", "labels"])
def test_a_table_has_neither_datasets_nor_labels(tmp_path: Path, option: str) -> None:
    path = written(tmp_path / "a.csv", TABLE)
    with pytest.raises(InputError, match=f"--{option}: is of an HDF5 file alone"):
        read_traces(path, dataset=path * (option == "dataset"), labels=path)


def hdf5(path: Path, **arrays: Any) -> str:
    """An HDF5 file with arrays; its path."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name] = values
    return str(path)


VALUES = np.array([[1.0, 2, 3], [2, np.nan, 4]])


def test_a_matrix_and_its_labels(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "a.h5", traces=VALUES, times=np.arange(2.0))
    labels = written(tmp_path / "l.csv", "label,trace,sure\nAVAR,3,5\nAVAL,1,2\n")
    found = read_traces(path, labels=labels)
    assert found.names == ("AVAL", "", "AVAR")
    assert np.array_equal(found.values, VALUES, equal_nan=True)  # NaN stays NaN
    assert (found.dataset, found.labels["label"]) == ("traces", "l.csv")
    assert found.time == "2 samples along the first axis of traces"
    turned = hdf5(tmp_path / "b.h5", traces=VALUES.T)
    other = read_traces(turned, dataset="traces", labels=labels, across=True)
    assert np.array_equal(other.values, VALUES, equal_nan=True)
    assert other.time == "2 samples along the second axis of traces"
    with pytest.raises(InputError, match=r"trace 3, of 2\n.*\n.*is it --time across"):
        read_traces(turned, labels=labels)


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ("name,trace\nA,1\n", "no labels: the columns are name, trace"),
        ("trace,label\n0,A\n", "trace 0, of 3"),
        ("trace,label\nx,A\n", "trace x, of 3"),
        ("trace,label\n1,A\n1,B\n", "trace 1: is A and B"),
    ],
)
def test_labels_that_can_not_be(tmp_path: Path, rows: str, seen: str) -> None:
    path = hdf5(tmp_path / "a.h5", traces=VALUES)
    with pytest.raises(InputError, match=seen):
        read_traces(path, labels=written(tmp_path / "l.csv", rows))


def test_matrices_that_can_not_be(tmp_path: Path) -> None:
    two = hdf5(tmp_path / "a.h5", one=VALUES, two=VALUES)
    with pytest.raises(InputError, match=r"2 matrices\n  .*one, 2 x 3; two, 2 x 3"):
        read_traces(two)
    with pytest.raises(InputError, match=r"no matrix three\n"):
        read_traces(two, dataset="three")
    with pytest.raises(InputError, match="one: nothing says whose 3 traces"):
        read_traces(two, dataset="one")
    none = hdf5(tmp_path / "b.h5", times=np.arange(2.0))
    with pytest.raises(InputError, match=r"0 matrices\n  it holds none"):
        read_traces(none)
    with pytest.raises(InputError, match="no matrix times"):
        read_traces(none, dataset="times")
    endless = hdf5(tmp_path / "c.h5", traces=np.array([[1.0, np.inf], [-np.inf, 2]]))
    with pytest.raises(InputError, match="traces: 2 of its numbers are infinite"):
        read_traces(endless)
    data = Path(two).read_bytes()
    Path(two).write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="cut short or damaged"):
        read_traces(two)


# Whose traces

NAMES = ("ASEL", "ASER", "AVAL", "AVAR", "PVCL", "VB2")
PLACES = {"AVAL": (0.0, 0.0), "AVAR": (3.0, 4.0), "ASEL": (0.0, 1.0), "VB2": ()}
POSITIONS = Positions("p.csv", "0", 2, PLACES)


def joined(names: tuple[str, ...], values: Any, fit: int = 0) -> tuple[Recording, Told]:
    """The traces of names, joined with a graph of NAMES."""
    traces = Traces("a.csv", "0", names, np.array(values, float), "in words")
    return recorded(traces, NAMES, POSITIONS, "toy", fit)


def test_traces_are_joined_by_name() -> None:
    nan = np.nan
    names = ("VB02", "AVAR", "AIM?", "ASER", "AVAL", "ASEL", "PVCL", "AIM?", "")
    values = [[1, 2, 3, 4, nan, 5, 6, nan, 8], [2, 4, 4, 4, nan, 7, 1, 1, 1]]
    found, told = joined(names, values)
    assert found.names == ("ASEL", "AVAR", "PVCL", "VB2")
    assert found.rows.tolist() == [0, 3, 4, 5]
    assert found.values.T.tolist() == [[5, 7], [2, 4], [6, 1], [1, 2]]
    assert found.classes == 4
    assert len(set(found.cell.tolist())) == 4
    assert found.distance[0, 1] == pytest.approx(np.hypot(3, 3))
    assert np.isnan(found.distance[1, 2]) and np.isnan(found.distance[3, 0])
    assert found.partner.tolist() == [-1, -1, -1, -1]
    assert (told.samples, told.time, told.traces, told.used) == (2, "in words", 9, 4)
    assert (told.unnamed, told.absent, told.renamed) == (1, ("AIM?",), ("VB02",))
    assert (told.empty, told.constant) == (("AVAL",), ("ASER",))
    assert told.unplaced == ("PVCL", "VB2")
    assert told.untraced == ("ASER", "AVAL")
    both, _ = joined(("AVAR", "ASEL", "AVAL"), [[1, 2, 3], [2, 3, 4]])
    assert both.partner.tolist() == [-1, 2, 1]
    assert both.cell[1] == both.cell[2] != both.cell[0]


def test_a_trace_that_is_constant_in_a_part_is_left_out() -> None:
    values = [[0, 1, 1, 3], [1, 1, 2, 4], [2, 2, 2, 9], [3, 4, 2, 1]]
    names = ("AVAL", "AVAR", "ASEL", "PVCL")
    assert joined(names, values)[1].constant == ()
    assert joined(names, values, fit=2)[1].constant == ("AVAR", "ASEL")


@pytest.mark.parametrize(
    ("names", "values", "seen"),
    [
        (("VB2", "VB02", "AVAL"), [[1, 2, 3]], "VB2 has 2 traces, named VB2, VB02"),
        (("AVAL", "AVAL", "PVCL"), [[1, 2, 3]], "AVAL has 2 traces"),
        (
            ("AVAL", "PVCL", "ASEL"),
            [[1, 2, np.nan], [np.nan, 3, 1], [np.nan, 1, 2]],
            r"AVAL: 2 of 3 samples are no number, the first is sample 2; "
            "so have gaps ASEL",
        ),
        (("X", "Y"), [[1, 2], [2, 3]], "traces of 0 neurons of toy, 0 of 2 classes"),
        (("AVAL", "AVAR"), [[1, 2], [2, 3]], "of 2 neurons of toy, 1 of 2 classes"),
        (("AVAL", "PVCL"), [[1, 2], [1, 3]], "of 1 neuron of toy, 1 of 2 classes"),
    ],
)
def test_recordings_that_can_not_be(
    names: tuple[str, ...], values: Any, seen: str
) -> None:
    with pytest.raises(InputError, match=seen):
        joined(names, values)


def test_traces_are_standardised_by_the_part_that_is_fitted() -> None:
    values = np.array([[0.0], [2], [4], [8]])
    assert standardised(values, 2).ravel().tolist() == [-1, 1, 3, 7]
    every = standardised(values, 0)
    assert (every.mean(), every.std()) == (pytest.approx(0), pytest.approx(1))
    large = standardised(values * 1e300, 0)
    assert large.ravel() == pytest.approx(every.ravel())
