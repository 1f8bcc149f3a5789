"""Parquet and Feather: columns, ids to the last digit, and what is hostile in them."""

from __future__ import annotations

import decimal
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet
from support.damage import changed, cut, edges, is_read_or_told, is_told, read

from elegansc.errors import InputError

BIG = 720575940600000001  # above 2**53
SENT = {(f"{BIG}", f"{BIG + 1}", 5), (f"{BIG + 1}", f"{BIG + 2}", 7)}
PRE, POST = [BIG, BIG + 1], [BIG + 1, BIG + 2]
FLY = {
    "pre_root_id": PRE,
    "post_root_id": POST,
    "neuropil": ["a", "b"],
    "syn_count": [5, 7],
}


def as_parquet(**columns: Any) -> bytes:
    """A Parquet file."""
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def as_feather(**columns: Any) -> bytes:
    """A Feather file."""
    file = io.BytesIO()
    feather.write_feather(pa.table(columns), file)
    return file.getvalue()


FORMS = pytest.mark.parametrize("saved", [as_parquet, as_feather])


@FORMS
def test_ids_never_pass_through_a_float(saved: Any) -> None:
    assert edges(read(saved(**FLY))) == SENT
    told = pa.array(PRE).dictionary_encode()
    assert edges(read(saved(**FLY | {"pre_root_id": told}))) == SENT
    texts = {key: list(map(str, FLY[key])) for key in ("pre_root_id", "post_root_id")}
    assert edges(read(saved(**FLY | texts))) == SENT
    exact = pa.array(list(map(decimal.Decimal, PRE)), pa.decimal128(20, 2))
    assert edges(read(saved(**FLY | {"pre_root_id": exact}))) == SENT


@FORMS
def test_ids_that_were_floats_are_told(saved: Any) -> None:
    with pytest.raises(InputError, match="float|2\\*\\*53"):
        read(saved(**FLY | {"pre_root_id": np.array(PRE, float)}))


@FORMS
def test_columns_and_rows_are_chosen(saved: Any) -> None:
    data = saved(x=["A", "B"], y=["B", "C"], n=[1.5, 2.0], kind=["gap", "chemical"])
    found = read(data, columns="pre=x,post=y,weight=n")
    assert edges(found) == {("A", "B", 1.5), ("B", "C", 2)}
    assert found.kind.tolist() == [1, 0]
    one = read(data, columns="pre=x,post=y,weight=n", where="x=B")
    assert edges(one) == {("B", "C", 2)}
    with pytest.raises(InputError, match="no column for pre and post|no table holds"):
        read(data)


@FORMS
def test_rows_without_a_key_are_left_out_and_counted(saved: Any) -> None:
    found = read(saved(pre=["A", None, "B"], post=["B", "C", "C"], weight=[1, 2, 3]))
    assert edges(found) == {("A", "B", 1), ("B", "C", 3)}
    assert "without a name" in " ".join(f.message for f in found.history.parse.findings)


@FORMS
def test_a_wrong_weight_is_told_with_its_row(saved: Any) -> None:
    with pytest.raises(InputError, match="worm:2: weight many"):
        read(saved(pre=["A", "B"], post=["B", "C"], weight=["1", "many"]))


@FORMS
def test_a_damaged_file_is_told(saved: Any) -> None:
    data = saved(**FLY)
    assert all(map(is_told, cut(data)))
    assert all(map(is_read_or_told, changed(data)))


@FORMS
def test_a_number_of_rows_is_looked_at_first(saved: Any) -> None:
    many = pa.DictionaryArray.from_arrays(np.zeros(5_000_000, np.int8), ["A"])
    with pytest.raises(InputError, match="5,000,000 rows in .* bytes"):
        read(saved(pre=many, post=many))


def test_a_size_is_looked_at_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    table = pa.table({"pre": ["x" * 80_000_000, "A"], "post": ["A", "B"]})
    parquet.write_table(table, file, compression="zstd")
    with pytest.raises(InputError, match="bytes in"):
        read(file.getvalue())


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match="pip install pyarrow"):
        read(as_parquet_before)


as_parquet_before = as_parquet(**FLY)


@FORMS
def test_a_table_says_what_its_rows_as_text_say(saved: Any) -> None:
    columns = {
        "pre": ["A", "B", "C", "A", "A"],
        "post": ["B", "A", "A", "B", "C"],
        "chem": ["1", "", "2", "3", "0"],
        "gap": [0, 2, 5, 0, 0],
        "animal": ["N2U", "N2U", "JSH", "JSH", "N2U"],
    }
    rows = zip(*columns.values(), strict=True)
    text = "\n".join(",".join(map(str, row)) for row in [tuple(columns), *rows])
    for where in (None, "animal=N2U"):
        found, same = (
            read(data, columns="chemical=chem,electrical=gap", where=where)
            for data in (saved(**columns), text.encode())
        )
        assert edges(found) == edges(same)
        assert found.cells.name == same.cells.name
        assert found.synapses.line.tolist() == [
            line - 1 for line in same.synapses.line.tolist()
        ]
        told = [found.history.parse.findings, same.history.parse.findings]
        assert told[0] == told[1]
        assert bool(told[0]) is (where is None)


@FORMS
def test_a_word_that_no_row_has_is_no_cell(saved: Any) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([2, 1]), ["X", "B", "A"])
    found = read(saved(pre=words, post=["B", "A"], weight=[1, 2]))
    assert found.cells.name == ("A", "B")


@FORMS
@pytest.mark.parametrize("weight", [float("inf"), -float("inf"), 1e200, None])
def test_a_weight_that_is_none_is_named(saved: Any, weight: float | None) -> None:
    with pytest.raises(InputError, match=":2: .*weight"):
        read(saved(pre=["A", "B"], post=["B", "A"], weight=[1.0, weight]))


@FORMS
def test_senders_that_stand_together_are_numbered_once(saved: Any) -> None:
    sender = [BIG] * 5 + [BIG + 3] * 4 + [BIG + 1] * 3 + [BIG] * 2
    receiver = [BIG + 1 + n % 4 for n in range(len(sender))]
    weight = list(range(1, 1 + len(sender)))
    found = read(saved(pre=sender, post=receiver, weight=weight))
    rows = zip(map(str, sender), map(str, receiver), weight, strict=True)
    assert edges(found) == {*rows}
    assert [len(found.cells), len(found.synapses)] == [5, len(sender)]


def test_a_table_is_read_without_pandas(tmp_path: Path) -> None:
    columns: dict[str, Any] = {"pre": PRE * 9, "post": POST * 9, "weight": [1, 2] * 9}
    columns |= {"roi": pa.array(["a", "b", None] * 6).dictionary_encode()}
    (tmp_path / "fly.parquet").write_bytes(as_parquet(**columns))
    code = (
        "import sys, warnings, elegansc; warnings.simplefilter('ignore')\n"
        "elegansc.read('fly.parquet'); assert 'pyarrow' in sys.modules\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
