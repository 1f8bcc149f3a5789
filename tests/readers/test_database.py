"""SQLite: tables as sheets, names by foreign keys; nothing of a file is run."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from typing import Any

import pytest

from elegansc.arguments.layout import layout_of
from elegansc.errors import InputError
from elegansc.ir.stages import ELECTRICAL, MOTOR, SENSORY
from elegansc.readers.parse import parse

CELLS = """
CREATE TABLE cells (cell_id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO cells VALUES (1, 'AVAL'), (2, 'AVAR'), (5, 'RMEV');
"""
SYNAPSES = """
CREATE TABLE synapses (id INTEGER PRIMARY KEY, from_id INTEGER REFERENCES cells,
  to_id INTEGER REFERENCES cells (cell_id), kind TEXT, count REAL);
INSERT INTO synapses VALUES (1, 1, 2, 'C', 3), (2, 2, 5, 'C', 0.1), (3, 5, 1, 'E', 2);
"""
ROWS = {("AVAL", "AVAR", 0, 3.0), ("AVAR", "RMEV", 0, 0.1), ("RMEV", "AVAL", 1, 2.0)}


def made(*scripts: str) -> bytes:
    """A database that statements make."""
    with closing(sqlite3.connect(":memory:")) as database:
        for script in scripts:
            database.executescript(script)
        database.commit()
        return database.serialize()


def read(data: bytes, **given: Any) -> set[tuple[str, str, int, float]]:
    """The edges by name, kind and weight."""
    found = parse(data, "worm.db", layout=layout_of(given))
    name, edges = found.cells.name, found.synapses
    kind = (found.kind == ELECTRICAL).astype(int).tolist()
    columns = (edges.pre.tolist(), edges.post.tolist(), kind, edges.weight.tolist())
    return {(name[a], name[b], k, w) for a, b, k, w in zip(*columns, strict=True)}


def test_foreign_keys_give_the_names() -> None:
    assert read(made(CELLS, SYNAPSES)) == ROWS


ROLES = """
CREATE TABLE cells (cell_id INTEGER PRIMARY KEY, cell_name TEXT, role TEXT, nt_type TEXT);
INSERT INTO cells VALUES (1, 'AVAL', 'S', 'ACH'), (2, 'AVAR', NULL, 'unknown'),
  (5, 'RMEV', 'M', 'GABA'), (7, 'alone', 'M', 'ACH');
"""


def facts(*scripts: str) -> dict[str, tuple[int, str]]:
    """Role and transmitter by name."""
    cells = parse(made(*scripts), "worm.db").cells
    columns = (cells.name, cells.role.tolist(), cells.transmitter)
    return {name: (bits, word) for name, bits, word in zip(*columns, strict=True)}


def test_foreign_keys_give_roles_and_transmitters() -> None:
    want = {"AVAL": (SENSORY, "ACH"), "AVAR": (0, ""), "RMEV": (MOTOR, "GABA")}
    assert facts(ROLES, SYNAPSES) == want
    form = parse(made(ROLES, SYNAPSES), "worm.db").history.data()["parse"]
    assert form["parts"][0]["columns"]["role"] == "cells.role"

    by_id = facts(ROLES.replace("cell_name", "soma"), SYNAPSES)
    ids = {"1": "AVAL", "2": "AVAR", "5": "RMEV"}
    assert by_id == {number: want[name] for number, name in ids.items()}

    kenyon = facts(ROLES.replace("'M', 'GABA'", "'KC', 'GABA'"), SYNAPSES)
    assert kenyon["AVAL"] == (0, "ACH")  # a table of other roles is left unread


def test_a_row_without_an_end_is_left_out() -> None:
    data = made(CELLS, SYNAPSES.replace("(3, 5, 1", "(3, NULL, 1"))
    assert read(data) == {row for row in ROWS if row[0] != "RMEV"}


def test_ids_stay_where_nothing_names_them() -> None:
    data = made(CELLS.replace("name", "soma"), SYNAPSES)
    assert ("1", "2", 0, 3.0) in read(data)
    data = made(CELLS.replace("'AVAR'", "'AVAL'"), SYNAPSES)  # two cells of one name
    assert ("1", "2", 0, 3.0) in read(data)


def test_a_key_may_name_the_kind() -> None:
    kinds = "CREATE TABLE kinds (id INTEGER PRIMARY KEY, name TEXT);"
    kinds += "INSERT INTO kinds VALUES (0, 'chemical'), (2, 'gap junction');"
    edges = (
        "CREATE TABLE e (pre TEXT, post TEXT, k INTEGER REFERENCES kinds, n INTEGER);"
    )
    edges += "INSERT INTO e VALUES ('A', 'B', 0, 1), ('B', 'C', 2, 1);"
    assert read(made(kinds, edges)) == {("A", "B", 0, 1.0), ("B", "C", 1, 1.0)}


def test_views_and_triggers_are_never_run() -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    more = f"CREATE VIEW v AS {endless} SELECT i AS pre, i AS post FROM n;"
    more += "CREATE TRIGGER t AFTER INSERT ON synapses BEGIN DELETE FROM cells; END;"
    assert read(made(CELLS, SYNAPSES, more)) == ROWS
    with pytest.raises(InputError, match=r"1 view not read.* no table holds edges"):
        read(made(CELLS, more.split("CREATE TRIGGER")[0]))


def test_a_computed_column_is_not_run() -> None:
    table = "CREATE TABLE e (pre TEXT, post TEXT, a INT, b INT, weight AS (a + b) {});"
    row = "INSERT INTO e (pre, post, a, b) VALUES ('A', 'B', 1, 2);"
    with pytest.raises(InputError, match="column weight of e is computed"):
        read(made(table.format("VIRTUAL"), row))
    assert read(made(table.format("STORED"), row)) == {("A", "B", 0, 3.0)}


def test_a_log_beside_the_file_is_not_asked_for() -> None:
    data = bytearray(made(CELLS, SYNAPSES))
    data[18:20] = b"\x02\x02"
    assert read(bytes(data)) == ROWS


def test_a_table_of_2000_columns() -> None:
    many = ", ".join(f"c{n} INT" for n in range(1_997))
    table = f"CREATE TABLE e (pre TEXT, post TEXT, weight INT, {many});"
    row = "INSERT INTO e (pre, post, weight) VALUES ('A', 'B', 4);"
    assert read(made(table, row)) == {("A", "B", 0, 4.0)}


def test_several_tables_of_edges_are_listed() -> None:
    data = made(CELLS, SYNAPSES, SYNAPSES.replace("synapses", "old"))
    with pytest.raises(InputError, match='--sheet "old"'):
        read(data)
    assert read(data, sheet=["old"]) == ROWS


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("0.1", "'many'"), "worm.db:synapses row 2: "),
        (("0.1", "NULL"), "worm.db:synapses row 2: "),
        (("0.1", "x'00ff'"), "worm.db:synapses row 2: "),
        (
            ("(3, 5, 1", "(3, 4, 1"),
            "worm.db:synapses row 3: from_id 4: cells has no such",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_row(change: tuple[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(made(CELLS, SYNAPSES.replace(*change)))


def test_a_database_without_edges_is_refused() -> None:
    for data in (made(CELLS), made("PRAGMA user_version = 1")):
        with pytest.raises(
            InputError, match="no table holds edges|cut short or damaged"
        ):
            read(data)


def test_a_file_cut_or_damaged_anywhere_is_refused() -> None:
    data = made(CELLS, SYNAPSES)
    for tenth in range(1, 10):
        with pytest.raises(InputError, match="cut short"):
            read(data[: len(data) * tenth // 10])
    for place in range(100, len(data), 97):
        hurt = data[:place] + bytes(b ^ 0xFF for b in data[place : place + 40])
        with suppress(InputError):  # where a cell's text is hurt the file may be sound
            read(hurt + data[place + 40 :])


def test_more_cells_than_anyone_means_are_counted_and_not_read() -> None:
    many = ", ".join(f"c{n}" for n in range(1_000))
    fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20001)"
    data = made(f"CREATE TABLE e ({many}); {fill} INSERT INTO e (c0) SELECT 1 FROM n;")
    start = time.process_time()
    with pytest.raises(InputError, match="20,001,000 cells, more than 20,000,000"):
        read(data)
    assert time.process_time() - start < 10
