"""Decimal points and commas, wherever a weight stands as text."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.workbooks import xlsx

from elegansc.arguments.layout import layout_of
from elegansc.errors import InputError
from elegansc.readers.parse import parse

ENDS = [("A", "B"), ("B", "C")]


def rows(weights: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"pre": pre, "post": post, "weight": weight}
        for (pre, post), weight in zip(ENDS, weights, strict=True)
    ]


def workbook(weights: Sequence[Any], folder: Path) -> bytes:
    cells = [[row["pre"], row["post"], row["weight"]] for row in rows(weights)]
    return xlsx({"synapses": [["pre", "post", "weight"], *cells]})


def parquet(weights: Sequence[Any], folder: Path) -> bytes:
    file = io.BytesIO()
    pd.DataFrame(rows(weights)).to_parquet(file)
    return file.getvalue()


def records(weights: Sequence[Any], folder: Path) -> bytes:
    return json.dumps(rows(weights)).encode()


def database(weights: Sequence[Any], folder: Path) -> bytes:
    path = folder / "worm.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as base:
        base.execute("create table synapses (pre, post, weight)")
        base.executemany(
            "insert into synapses values (:pre, :post, :weight)", rows(weights)
        )
    base.close()
    return path.read_bytes()


def semicolons(weights: Sequence[Any], folder: Path) -> bytes:
    lines = (f"{row['pre']};{row['post']};{row['weight']}" for row in rows(weights))
    return "\n".join(("pre;post;weight", *lines)).encode()


Written = Callable[[Sequence[Any], Path], bytes]
APART = [workbook, parquet, records, database]


def weights(data: bytes, **given: Any) -> list[float]:
    found = parse(data, "worm", layout=layout_of(given)).synapses
    order = found.pre.argsort()
    weight: list[float] = found.weight[order].tolist()
    return weight


@pytest.mark.parametrize("written", [*APART, semicolons])
@pytest.mark.parametrize(
    ("cells", "decimal", "expected"),
    [
        (["1,5", "2,250"], None, [1.5, 2.25]),
        (["1,5", "2,250"], "comma", [1.5, 2.25]),
        (["1,500", "2,250"], "comma", [1.5, 2.25]),
        (["1,500", "2,250"], "point", [1500.0, 2250.0]),
        (["1.5", "2,250"], None, [1.5, 2250.0]),
        (["1,234,567", "3"], None, [1234567.0, 3.0]),
        (["1.234.567,5", "3"], None, [1234567.5, 3.0]),
        (["2", "3"], "comma", [2.0, 3.0]),
    ],
)
def test_a_comma_is_read_as_said_or_as_others_tell(
    written: Written,
    cells: list[str],
    decimal: str | None,
    expected: list[float],
    tmp_path: Path,
) -> None:
    given = {} if decimal is None else {"decimal": decimal}

    assert weights(written(cells, tmp_path), **given) == expected


@pytest.mark.parametrize("written", APART)
@pytest.mark.parametrize("cells", [["1,500", "2"], ["1.500", "2,250"]])
def test_a_comma_that_may_be_either_is_refused(
    written: Written, cells: list[str], tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        weights(written(cells, tmp_path))

    seen = str(caught.value)
    assert " or " in seen and "--decimal comma" in seen and "--decimal point" in seen


@pytest.mark.parametrize("written", APART)
def test_numbers_are_numbers_whatever_is_said_of_text(
    written: Written, tmp_path: Path
) -> None:
    data = written([1.5, 2.25], tmp_path)

    assert weights(data) == weights(data, decimal="comma") == [1.5, 2.25]


@pytest.mark.parametrize("written", [workbook, records, database])
def test_what_may_be_thousands_is_refused_under_a_comma(
    written: Written, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="decimal point, where a comma is one"):
        weights(written(["1.234", "2,5"], tmp_path), decimal="comma")


def matrix_of(cells: Sequence[str]) -> list[list[str]]:
    """Two weights between three cells, with their names."""
    first, second = cells
    return [
        ["", "A", "B", "C"],
        ["A", "0", first, "0"],
        ["B", "0", "0", second],
        ["C", *"000"],
    ]


def of_sheet(cells: Sequence[str]) -> bytes:
    return xlsx({"S": [[cell or None for cell in row] for row in matrix_of(cells)]})


def of_text(cells: Sequence[str]) -> bytes:
    return "\n".join(";".join(row) for row in matrix_of(cells)).encode()


def of_quotes(cells: Sequence[str]) -> bytes:
    rows = (",".join(f'"{cell}"' for cell in row) for row in matrix_of(cells))
    return "\n".join(rows).encode()


@pytest.mark.parametrize("written", [of_sheet, of_text])
@pytest.mark.parametrize(
    ("cells", "given", "expected"),
    [
        (["1,5", "2,250"], {}, [1.5, 2.25]),
        (["1,500", "2,250"], {"decimal": "comma"}, [1.5, 2.25]),
        (["1,500", "2,250"], {"decimal": "point"}, [1500.0, 2250.0]),
        (["1.5", "2,250"], {}, [1.5, 2250.0]),
    ],
)
def test_commas_in_a_matrix(
    written: Callable[[Sequence[str]], bytes],
    cells: list[str],
    given: dict[str, str],
    expected: list[float],
) -> None:
    assert weights(written(cells), **given) == expected


def test_commas_within_the_quotes_of_a_matrix() -> None:
    assert weights(of_quotes(["1,500", "3"])) == [1500.0, 3.0]
    assert weights(of_quotes(["1,500", "3"]), decimal="comma") == [1.5, 3.0]


@pytest.mark.parametrize("written", [of_sheet, of_text])
def test_a_comma_in_a_matrix_that_may_be_either_is_refused(
    written: Callable[[Sequence[str]], bytes],
) -> None:
    with pytest.raises(InputError, match="--decimal comma as 1.5"):
        weights(written(["1,500", "2"]))
