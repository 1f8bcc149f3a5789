"""SQLite databases: each table a sheet; foreign keys give names for ids.

The file is copied into memory, so that no lock, journal or file beside it is touched.
Views, triggers and virtual tables are never read: they are programs.

Source: www.sqlite.org, "Database File Format", "Foreign Key Support".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...names import plain, plural
from ..book import Book, Sheet, text_of
from ..cell_rows import columns_in
from ..columns import by_name
from ..delimited import plain_word
from ..property_graph import NAMES
from ..reader import Layout
from .container import Container

if TYPE_CHECKING:
    import sqlite3

MAGIC = b"SQLite format 3\0"
CELLS = 20_000_000  # of all tables that are read
STEPS = 100_000  # instructions between two looks at how many there were
MOST = 20_000  # such looks: a damaged file can lead in circles
JOURNAL = slice(18, 20)  # bytes that say whether a log stands in a file beside it
VIRTUAL = 2  # `hidden` of a column that an expression computes


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a database.

    Attributes:
        columns: stored ones; computed: those that an expression gives.
        primary: the column that is the primary key, "" for none or several.
        keys: column -> the table and column that it refers to, "" for the primary key.
    """

    name: str
    columns: tuple[str, ...]
    computed: tuple[str, ...]
    primary: str
    keys: Mapping[str, tuple[str, str]]


def read_database(data: bytes, label: str, layout: Layout) -> Book:
    """Read the tables; those of --sheet alone, if it names some.

    Raises:
        InputError: it is damaged or too large, or a column of edges is computed.
    """
    import sqlite3

    if len(data) < announced(data):
        seen = "an SQLite database that is cut short"
        raise InputError(label, seen, "copy it again, or export it as CSV")
    with told(label), closing(sqlite3.connect(":memory:")) as database:
        opened(database, data)
        tables = [table_of(database, name) for name in names(database, "table")]
        check_size(database, tables, label)
        parts = tuple(sheet(database, table, tables, label) for table in tables)
        views = names(database, "view")
    unread = f" ({plural(len(views), 'view')} not read)" if views else ""
    return Book(f"an SQLite database{unread}", "table", parts)


DATABASES = Container(
    "SQLite database", lambda head: head.startswith(MAGIC), read_database
)


def announced(data: bytes) -> int:
    """The size in bytes that the header gives, at least that of the header."""
    size = int.from_bytes(data[16:18], "big")
    pages = int.from_bytes(data[28:32], "big")
    return max(100, pages * (65_536 if size == 1 else size))


@contextmanager
def told(label: str) -> Iterator[None]:
    """Turn the errors of SQLite into ours."""
    import sqlite3

    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        seen = f"an SQLite database that is cut short or damaged ({error})"
        raise InputError(label, seen, "copy it again, or export it as CSV") from None


def opened(database: sqlite3.Connection, data: bytes) -> None:
    """Fill a database in memory with that of a file, to be read and nothing else."""
    import sqlite3

    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA}
    allowed.add(sqlite3.SQLITE_FUNCTION)  # count alone, below
    looks = iter(range(MOST))

    def asked(action: int, first: str | None, second: str | None, *_: object) -> int:
        known = action != sqlite3.SQLITE_FUNCTION or second == "count"
        fine = action in allowed and known
        return sqlite3.SQLITE_OK if fine else sqlite3.SQLITE_DENY

    unlogged = bytearray(data)
    unlogged[JOURNAL] = b"\x01\x01"  # what stands in a log beside the file is not read
    database.deserialize(bytes(unlogged))
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    database.set_authorizer(asked)
    database.set_progress_handler(lambda: next(looks, None) is None, STEPS)


def names(database: sqlite3.Connection, kind: str) -> list[str]:
    """The names of the tables or views, but for SQLite's own, virtual tables and theirs."""
    asked = "SELECT name, rootpage FROM sqlite_master WHERE type = ? ORDER BY rowid"
    found = database.execute(asked, (kind,)).fetchall()
    apart = ["sqlite_"]  # how the names begin of what is not read
    if kind == "table":
        apart += [f"{name}_" for name, page in found if not page]
    return [
        str(name)
        for name, page in found
        if not str(name).startswith(tuple(apart)) and (page or kind == "view")
    ]


def table_of(database: sqlite3.Connection, name: str) -> Table:
    """The columns and foreign keys of a table."""
    rows = database.execute(f"PRAGMA table_xinfo({quoted(name)})").fetchall()
    stored = tuple(str(row[1]) for row in rows if row[6] != VIRTUAL)
    computed = tuple(str(row[1]) for row in rows if row[6] == VIRTUAL)
    primary = [str(row[1]) for row in rows if row[5]]
    found = database.execute(f"PRAGMA foreign_key_list({quoted(name)})").fetchall()
    several = Counter(row[0] for row in found)  # keys of several columns name nothing
    keys = {
        str(row[3]): (str(row[2]), str(row[4] or ""))
        for row in found
        if several[row[0]] == 1
    }
    only = primary[0] if len(primary) == 1 else ""
    return Table(name, stored, computed, only, keys)


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def check_size(
    database: sqlite3.Connection, tables: Sequence[Table], label: str
) -> None:
    """Raise InputError for more cells than anyone means, before they are read."""
    size = 0
    for table in tables:
        count = f"SELECT count(*) FROM {quoted(table.name)} NOT INDEXED"
        size += database.execute(count).fetchone()[0] * len(table.columns)
    if size > CELLS:
        seen = f"an SQLite database of {size:,} cells, more than {CELLS:,}"
        raise InputError(label, seen, "export the table of synapses as CSV or Parquet")


def rows_of(database: sqlite3.Connection, table: Table) -> list[tuple[Any, ...]]:
    """The rows of a table in the order of the file."""
    columns = ", ".join(map(quoted, table.columns))
    asked = f"SELECT {columns} FROM {quoted(table.name)} NOT INDEXED"
    return database.execute(asked).fetchall() if columns else []


def sheet(
    database: sqlite3.Connection, table: Table, tables: Sequence[Table], label: str
) -> Sheet:
    """A table as text, with names for the ids that are foreign keys.

    Raises:
        InputError: a column of edges is computed, an id refers to no row.
    """
    wanted = by_name([*table.columns, *table.computed])
    for place in wanted.values():
        if {"pre", "post"} <= wanted.keys() and place >= len(table.columns):
            column = table.computed[place - len(table.columns)]
            seen = f"the column {plain(column)} of {plain(table.name)} is computed"
            raise InputError(label, seen, "no expression is run: store its values")
    found: Sheet = Sheet(table.name, (), grid=False, titled=True)
    known_facts, titles = dict[str, dict[str, str]](), dict[str, str]()
    rows = [[cell_text(cell) for cell in row] for row in rows_of(database, table)]
    for column, (other, key) in table.keys.items():
        known = next((one for one in tables if one.name == other), None)
        if known is None or column not in table.columns:
            continue
        called = named(database, known, key) or {}
        for what, words in facts(database, known, key, called).items():
            known_facts.setdefault(what, {}).update(words)
        titles |= {
            what: f"{other}.{title}" for what, title in fact_columns(known).items()
        }
        if not called:
            continue
        place = table.columns.index(column)
        for number, row in enumerate(rows, 1):
            if row[place] and row[place] not in called:
                seen = f"{plain(column)} {plain(row[place])}: {plain(other)} has no such row"
                raise InputError(found.at(label, number - 1), seen)
            row[place] = called.get(row[place], "")
    named_rows = [list(table.columns), *rows]
    return replace(
        found, rows=named_rows, first=0, cell_facts=known_facts, fact_titles=titles
    )


def fact_columns(table: Table) -> dict[str, str]:
    """The columns of a table of cells that hold a role and a transmitter."""
    places = columns_in(table.columns, {})
    return {
        fact: table.columns[places[fact]]
        for fact in ("role", "transmitter")
        if fact in places
    }


def facts(
    database: sqlite3.Connection, table: Table, key: str, called: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """What a table of cells tells, by fact, of each cell by its name.

    Args:
        called: names by the key; those that it lacks go by the key.
    """
    key = key or table.primary
    titles = fact_columns(table)
    if not titles or key not in table.columns:
        return {}
    at, rows = table.columns.index(key), rows_of(database, table)
    ids = [cell_text(row[at]) for row in rows]
    return {
        fact: {
            called.get(cell, cell): cell_text(row[table.columns.index(title)])
            for cell, row in zip(ids, rows, strict=True)
        }
        for fact, title in titles.items()
    }


def named(
    database: sqlite3.Connection, table: Table, key: str
) -> Mapping[str, str] | None:
    """The names in a table by its key; None where it has none, or two rows share one."""
    words = [plain_word(column) for column in table.columns]
    place = next((words.index(word) for word in NAMES if word in words), -1)
    key = key or table.primary
    if place < 0 or key not in table.columns:
        return None
    at = table.columns.index(key)
    found = {
        cell_text(row[at]): cell_text(row[place]) for row in rows_of(database, table)
    }
    distinct = len(set(found.values())) == len(found) and all(found.values())
    return found if distinct else None


def cell_text(cell: Any) -> str:
    """A value as text; NULL and blobs are none."""
    return "" if cell is None or isinstance(cell, bytes) else text_of(cell)
