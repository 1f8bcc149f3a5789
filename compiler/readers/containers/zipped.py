"""ZIP files: one member as a compressed file, several as the parts of one.

`edges.csv` beside `nodes.csv` (netzschleuder) are one list of edges with its names,
`weights.txt` beside `centres.txt` (The Virtual Brain) one matrix with its names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...errors import InputError
from ...names import plain
from ..book import Book, Part, Sheet, Text
from ..delimited import plain_word
from ..property_graph import PropertyGraph
from ..reader import Layout
from .arrays import MOST_NAMES
from .compressed import room, too_large, unpacked
from .container import Container
from .members import members_of
from .registry import container_of

ZIP = b"PK\x03\x04"
IDS = ("index", "id", "node", "nodeid", "number")
NAMES = ("name", "label", "cellname", "neuron", "cell")
CENTRES = ("centres.txt", "centers.txt")


def read_zipped(data: bytes, label: str, layout: Layout) -> Book:
    """Read every member that is of a known format.

    Raises:
        InputError: the file is damaged, hostile or empty; its one member can not be read.
    """
    found = members_within(data, label)
    for name, member in found.items():
        if container_of(member).name == "ZIP":
            seen = f"{plain(name)}: a ZIP file in a ZIP file"
            raise InputError(label, seen, "unpack it once yourself")
    if not found:
        raise InputError(label, "a ZIP file: nothing is in it", "give a file of edges")
    if len(found) == 1:
        (member,) = found.values()
        return container_of(member).read(member, label, layout)
    if pair := (networks(found) or brains(found, label)):
        return Book("a ZIP file", "member", (pair,))
    books = readable(found, label, layout)
    parts = tuple(part for name, book in books for part in named(name, book))
    return Book("a ZIP file", "member", parts)


ZIPPED = Container("ZIP", lambda head: head.startswith(ZIP), read_zipped)


def members_within(data: bytes, label: str) -> dict[str, bytes]:
    """The bytes of each member that is not empty, unpacked; all within one room.

    Raises:
        InputError: the file or a member is damaged, hostile or too large.
    """
    found, size, most = dict[str, bytes](), 0, room(len(data))
    for name, member in members_of(data, label).items():
        if member:
            found[name], packed = unpacked(member, label, most)
            size += len(found[name]) if packed else 0
            if size > most:
                raise too_large(label, "a ZIP file", most)
    return found


def readable(
    found: Mapping[str, bytes],
    label: str,
    layout: Layout,
) -> Iterator[tuple[str, Book]]:
    """The books of the members that can be read; pictures and papers stand beside them."""
    for name, member in found.items():
        try:
            yield name, container_of(member).read(member, label, layout)
        except InputError:
            if any(
                word.rpartition("=")[0] == name or word == name
                for word in layout.sheets
            ):
                raise


def named(member: str, book: Book) -> Iterator[Part]:
    """The parts of a member, with its name before theirs."""
    for part in book.parts:
        if isinstance(part, PropertyGraph):
            yield replace(part, format=member)
        else:
            name = f"{member}/{part.name}" if part.name else member
            yield replace(part, name=name)


def base(name: str) -> str:
    """The last part of a member's path, without the ending of what compresses it."""
    last = name.rsplit("/", 1)[-1].lower()
    return last.removesuffix(".gz").removesuffix(".bz2")


def networks(found: Mapping[str, bytes]) -> Text | None:
    """The edges of edges.csv, named by nodes.csv; None without the two."""
    by_base = {base(name): name for name in found}
    if not {"edges.csv", "nodes.csv"} <= by_base.keys():
        return None
    rows = lines(found[by_base["nodes.csv"]], ",")
    titles = [plain_word(cell) for cell in next(rows, [])]
    ids = [titles.index(word) for word in IDS if word in titles]
    names = [titles.index(word) for word in NAMES if word in titles]
    name = by_base["edges.csv"]
    if not ids or not names:
        return Text(name, found[name])
    pairs = [
        (row[ids[0]], row[names[0]]) for row in rows if len(row) > max(ids[0], names[0])
    ]
    called = dict(pairs)
    distinct = len(set(called.values())) == len(pairs) and all(called.values())
    return Text(name, found[name], called if distinct else {}, by_base["nodes.csv"])


def brains(found: Mapping[str, bytes], label: str) -> Part | None:
    """The matrix of weights.txt, named by centres.txt; None without the two."""
    by_base = {base(name): name for name in found}
    centres = next((by_base[name] for name in CENTRES if name in by_base), None)
    if centres is None or "weights.txt" not in by_base:
        return None
    names = [row[0] for row in lines(found[centres], " ") if row]
    rows = list(lines(found[by_base["weights.txt"]], " "))
    if len(names) != len(rows):
        seen = (
            f"{len(rows):,} rows of weights, {len(names):,} names in {plain(centres)}"
        )
        raise InputError(label, seen, "give a name a row")
    name = by_base["weights.txt"]
    cells = [["", *names], *([who, *row] for who, row in zip(names, rows, strict=True))]
    return Sheet(name, cells, 0, grid=False)


def lines(data: bytes, delimiter: str) -> Iterator[list[str]]:
    """The cells of each line of a member; a comment mark before the first is left out."""
    text = data.decode("utf-8-sig", "replace").removeprefix("#")
    if delimiter == " ":
        rows: Iterator[list[str]] = (line.split() for line in text.splitlines())
    else:
        rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    for place, row in enumerate(rows):
        if place > MOST_NAMES:
            break
        if any(row):
            yield [cell.strip() for cell in row]
