"""Published files: every export of them is read as the same graph."""

from __future__ import annotations

import csv

import pytest
from support.graphs import cells, told
from support.paths import SHARED

from elegansc.arguments.layout import layout_of
from elegansc.exporting.canonical import canonical
from elegansc.exporting.forms import FORMS, export
from elegansc.files import read_bytes
from elegansc.readers.parse import parse

PUBLISHED = SHARED / "connectomes"
TABLE = PUBLISHED / "conformance.csv"
LARGE = 2 * 2**20  # bytes of a file that is left out


def files() -> list[str]:
    """The files that are read without an option."""
    if not TABLE.exists():
        return []
    with open(TABLE, newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["expected"] == "compile"]
    names = {row["file"] for row in rows if not row["options"]}
    return sorted(n for n in names if (PUBLISHED / n).stat().st_size < LARGE)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", files())
@pytest.mark.parametrize("form", FORMS)
def test_an_export_of_a_published_file_is_read_as_the_same_graph(
    form: str, name: str
) -> None:
    path = str(PUBLISHED / name)
    found = parse(read_bytes(path), path, layout=layout_of({}))
    data = export(found, form)
    again = parse(data, "again")
    assert cells(again) == cells(found)
    assert told(again) == told(canonical(found))
    assert export(again, form) == data
