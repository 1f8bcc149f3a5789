"""The roles that options name: a table of cells, bundled or a file, and patterns of names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from .. import catalog
from ..errors import InputError, Location, Mistake
from ..files import read_bytes
from ..ir.stages import (
    INTER,
    MOTOR,
    MUSCLE,
    NEURON,
    OTHER,
    SENSORY,
    CellFact,
    CellTable,
)
from ..names import plain, plural
from ..options import Options, base

ROLES = {
    "sensory": SENSORY,
    "sensory neuron": SENSORY,
    "sensor": SENSORY,
    "input": SENSORY,
    "s": SENSORY,
    "inter": INTER,
    "interneuron": INTER,
    "i": INTER,
    "na": INTER,  # Elegans-AI writes interneurons so
    # FlyWire's super classes
    "central": INTER,
    "optic": INTER,
    "visual_projection": INTER,
    "visual_centrifugal": INTER,
    "ascending": INTER,
    "descending": INTER,
    "sensory_ascending": SENSORY,
    "sensory_descending": SENSORY,
    "endocrine": MOTOR,
    "motor": MOTOR,
    "motor neuron": MOTOR,
    "motorneuron": MOTOR,
    "output": MOTOR,
    "m": MOTOR,
    "": 0,
    "unknown": 0,
    "no role": 0,
    "-": 0,
}
KINDS = {"neuron": NEURON, "muscle": MUSCLE, "other": OTHER}
NAMES = (
    *("name", "cell", "neuron", "cell_name", "cell name", "cellname", "root_id"),
    *("pt_root_id", "bodyid", "body_id", "id"),
)
ROLE_COLUMNS = ("role", "roles", "type", "super_class", "superclass", "cook2019")


def cell_table(options: Options) -> CellTable | None:
    """The table of cells that the options ask for; None: roles by structure."""
    if options.cells:
        hint = "give a row for each cell: name,role"
        return read_cells(read_bytes(options.cells, empty=hint), options.cells)
    if options.roles_table == "structure":
        return None
    several = options.roles_table == "several"
    facts = {}
    for cell in catalog.cells().values():
        role = sum(ROLES[word] for word in (cell.roles if several else cell.role))
        facts[cell.name] = CellFact(role, cell.transmitter, KINDS[cell.kind])
    return CellTable(facts, options.roles_table, muscle=catalog.is_muscle)


def expand(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns with each `@file` replaced by the lines of that file."""
    found: list[str] = []
    for pattern in patterns:
        if pattern.startswith("@"):
            data = read_bytes(pattern[1:], empty="give a name or a pattern a line")
            text = data.decode("utf-8-sig", "replace")
            found += [line.strip() for line in text.splitlines() if line.strip()]
        else:
            found.append(pattern)
    return tuple(found)


def read_cells(data: bytes, label: str) -> CellTable:
    """Read the table; header with at least `name` and `role`, of any container.

    Raises:
        InputError: no such columns, an unknown role, a name twice.
    """
    found = table_rows(data, label)
    _, top = next(found, (Location(label), []))
    head = [cell.strip().lower() for cell in top]
    name = next((head.index(word) for word in NAMES if word in head), -1)
    role = next((head.index(word) for word in ROLE_COLUMNS if word in head), -1)
    if name < 0 or role < 0:
        at = Location(label, 1, text=",".join(top).strip())
        hint = "give it a header: name,role[,transmitter]"
        raise InputError(at, "no columns name and role", hint)
    transmitter = head.index("transmitter") if "transmitter" in head else -1
    kind = head.index("kind") if "kind" in head else -1
    facts: dict[str, CellFact] = {}
    mistakes: list[Mistake] = []
    for at, row in found:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(name, role):
            seen = f"{plural(len(row), 'cell')}, the header has {len(head)}"
            mistakes.append(Mistake(at, seen, "give every cell a name and a role"))
            continue
        cell = row[name].strip()
        bits = role_of(row[role])
        sort = KINDS.get(held(row, kind).lower() or "neuron")
        if bits is None or sort is None:
            word = row[role] if bits is None else held(row, kind)
            hint = "use sensory, inter, motor, joined by +; kinds neuron, muscle, other"
            mistakes.append(Mistake(at, f"unknown role or kind {plain(word)}", hint))
        elif not cell:
            mistakes.append(Mistake(at, "no name", "give every cell a name"))
        elif cell in facts:
            seen = f"{plain(cell)} stands there twice"
            mistakes.append(Mistake(at, seen, "keep one row a cell"))
        else:
            facts[cell] = CellFact(bits, held(row, transmitter), sort)
    if mistakes:
        raise InputError.of(mistakes)
    if not facts:
        raise InputError(label, "no cell in it", "one row a cell: name,role")
    return CellTable(facts, base(label), given=True)


def table_rows(data: bytes, label: str) -> Iterator[tuple[Location, list[str]]]:
    """(place, cells) of each row of a text or of the first sheet of a container.

    Raises:
        InputError: it is no text, and no container of sheets.
    """
    from .book import Sheet, Text
    from .containers.compressed import unpacked
    from .containers.registry import container_of
    from .reader import Layout

    data, _ = unpacked(data, label)
    book = container_of(data).read(data, label, Layout())
    part = book.parts[0]
    if isinstance(part, Sheet):
        for place, cells in enumerate(part.rows):
            yield part.at(label, place), list(cells)
        return
    if not isinstance(part, Text):
        hint = "give a table with a header: name,role[,transmitter]"
        raise InputError(label, f"{book.format}: no table of cells", hint)
    try:
        text = part.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        seen = f"not UTF-8 at byte {error.start}"
        raise InputError(label, seen, "save it as UTF-8") from None
    delimiter = max(",\t;|", key=text.split("\n", 1)[0].count)
    for line, row in split(text, delimiter, label):
        yield Location(label, line, text=delimiter.join(row)), row


def split(text: str, delimiter: str, label: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row.

    Raises:
        InputError: csv cannot split it.
    """
    lines = io.StringIO(text, newline="")
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        at = Location(label, rows.line_num)
        raise InputError(at, f"no table: {error}", "is a quote not closed?") from None


def held(row: list[str], column: int) -> str:
    """A cell of a row, stripped; "" where there is none."""
    return row[column].strip() if 0 <= column < len(row) else ""


def role_of(text: str) -> int | None:
    """The bits of `sensory+motor`; None if a word is unknown."""
    bits = 0
    for word in text.replace(";", "+").replace(",", "+").replace("/", "+").split("+"):
        bit = ROLES.get(word.strip().lower())
        if bit is None:
            return None
        bits |= bit
    return bits
