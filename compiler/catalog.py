"""The bundled connectomes and the table of C. elegans cells, as `connectomes/` has them.

Read once, when first asked for. Where the files come from: `connectomes/README.md`.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TypedDict

from .errors import CompilerError
from .names import amount

# Muscles as published elsewhere than in cect, whose names stand in the table: MDL08,
# MDL8, BWM-DL01 (Witvliet 2021), dBWML1, vm1aL, um1aL (Cook 2019), pm7d (Cook 2020),
# mu_bod, anal, LegacyBodyWallMuscles (White 1986), NMJ (Varshney 2011).
UNKNOWN_UNIT = "units of weight"  # what weights count where nothing tells it
MUSCLE = re.compile(
    r"M[DV][LR][0-9]{1,2}"
    r"|BWM(-[DV][LR][0-9]{1,2})?"
    r"|[dv]BWM[LR][0-9]{1,2}"
    r"|[uv]m[12][AaPp][LR]"
    r"|pm[1-8]([Dd]|[Vv]?[LRlr])?"
    r"|mu_[a-z]+[LR]?|anal|sph"
    r"|LegacyBodyWallMuscles|NMJ"
)
WIDTH = 88  # characters of a line of `describe`


class RowCounts(TypedDict):
    """Number and weight of the rows of one kind, and number of those between neurons."""

    rows: int
    weight: float  # in the entry's unit
    neuron_neuron: int


class Counts(TypedDict):
    """Counts of a file. A gap junction between two cells is two electrical rows."""

    cells: int
    neurons: int
    chemical: RowCounts
    electrical: RowCounts


@dataclass(frozen=True, slots=True)
class Entry:
    """One bundled connectome."""

    name: str  # what a user types: "cook2019"
    file: str
    title: str
    unit: str  # what its weights count, plural: "EM sections"
    sex: str  # "herm" or "male"
    origin: str
    licence: str
    citation: str  # one line of ASCII
    doi: str
    sha256: str  # of the file, 64 hex digits
    counts: Counts = field(hash=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One C. elegans cell.

    Attributes:
        name: as in cect: VA1, not VA01.
        kind: "neuron", "muscle" or "other" (glia, glands, organs).
        sex: "herm" or "male" where only one has it, else "both".
        role: of "sensory", "inter", "motor", in this order, one for each neuron; the five
            pharyngeal polymodal cells have two, CANL and CANR and all others none.
        roles: every role on record, so often several.
        cell_class: ADA for ADAL and ADAR, VA for VA12; 118 in the hermaphrodite.
        side: "L", "R" or "".
        transmitter: what it releases, "+" between several; "" where unknown or none.

    Source: role, Cook et al., Nature 571:63, 2019; roles, owmeta (OpenWorm) by way of
    c302, Gleeson et al., Phil Trans R Soc B 373:20170379, 2018; cell_class, White et al.,
    Phil Trans R Soc B 314:1, 1986; transmitter, Wang et al., eLife 13:RP95402, 2024.
    """

    name: str
    kind: str
    sex: str
    role: tuple[str, ...]
    roles: tuple[str, ...]
    cell_class: str
    side: str
    transmitter: str


@cache
def entries() -> tuple[Entry, ...]:
    """All bundled connectomes, in the order of the catalogue."""
    return tuple(Entry(**item) for item in json.loads(contents("catalog.json")))


def find(name: str) -> Entry | None:
    """The bundled connectome of exactly this name."""
    return next((entry for entry in entries() if entry.name == name), None)


def unit_of(label: str) -> str:
    """The unit of a bundled connectome's weights; UNKNOWN_UNIT of any other."""
    entry = find(label)
    return entry.unit if entry else UNKNOWN_UNIT


def suggest(name: str) -> str | None:
    """The most similar bundled name, if any is similar."""
    known = [entry.name for entry in entries()]
    return next(iter(difflib.get_close_matches(name.lower(), known, n=1)), None)


def read(entry: Entry) -> bytes:
    """The bytes of an entry's CSV: pre, post, kind, weight.

    Raises:
        CompilerError: their digest is not that of the catalogue.
    """
    found = contents(entry.file)
    if hashlib.sha256(found).hexdigest() != entry.sha256:
        raise CompilerError(
            f"{entry.name}: the bundled file {entry.file} is damaged: its digest is not "
            "the catalogue's\n  install elegansc again"
        )
    return found


def contents(file: str) -> bytes:
    """The bytes of a data file of the package."""
    try:
        return resources.files(f"{__package__}.connectomes").joinpath(file).read_bytes()
    except (OSError, ModuleNotFoundError) as error:
        raise CompilerError(
            f"the bundled file {file} is missing\n  install elegansc again"
        ) from error


@cache
def cells() -> Mapping[str, Cell]:
    """The cells of both sexes by name: 392 neurons, then muscles and others among them."""
    rows = csv.DictReader(contents("cells.csv").decode("ascii").splitlines())
    return MappingProxyType({row["name"]: cell_of(row) for row in rows})


def cell_of(row: Mapping[str, str]) -> Cell:
    """The cell of one row of the table."""
    return Cell(
        name=row["name"],
        kind=row["kind"],
        sex=row["sex"],
        role=words(row["role"]),
        roles=words(row["roles"]),
        cell_class=row["class"],
        side=row["side"],
        transmitter=row["transmitter"],
    )


def words(text: str) -> tuple[str, ...]:
    """The parts of `sensory+motor` as a tuple; of "" an empty one."""
    return tuple(text.split("+")) if text else ()


def is_muscle(name: str) -> bool:
    """Whether a cell is a muscle in the table, or its name is a published muscle name."""
    cell = cells().get(name)
    return cell.kind == "muscle" if cell else MUSCLE.fullmatch(name) is not None


def describe(entry: Entry) -> str:
    """All facts of one bundled connectome, as text."""
    counts = entry.counts
    beside = counts["cells"] - counts["neurons"]
    facts = {
        "title": entry.title,
        "cells": f"{counts['cells']:,}: {counts['neurons']:,} neurons, {beside:,} "
        "muscles and other cells",
        "chemical": weighed(counts["chemical"], entry.unit),
        "electrical": weighed(counts["electrical"], entry.unit)
        + "; every junction stands there in both directions",
        "weight": f"counts {entry.unit}",
        "cite": entry.citation,
        "doi": entry.doi,
        "origin": entry.origin,
        "licence": entry.licence,
        "sha256": entry.sha256,
    }
    lines = [entry.name]
    for label, fact in facts.items():
        lines += textwrap.wrap(
            fact,
            WIDTH,
            initial_indent=f"  {label:<12}",
            subsequent_indent=" " * 14,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def weighed(kind: RowCounts, unit: str) -> str:
    """2,309 rows, 7,804 contacts; 2,194 rows between neurons."""
    return (
        f"{kind['rows']:,} rows, {amount(kind['weight'])} {unit}; "
        f"{kind['neuron_neuron']:,} rows between neurons"
    )


def listing() -> str:
    """The table of bundled connectomes, with a header."""
    table = [("name", "title", "cells", "synapses", "junction rows", "unit")]
    for entry in entries():
        counts = entry.counts
        chemical, electrical = counts["chemical"], counts["electrical"]
        numbers = (counts["cells"], chemical["rows"], electrical["rows"])
        cells_, synapses, junctions = (f"{number:,}" for number in numbers)
        table.append((entry.name, entry.title, cells_, synapses, junctions, entry.unit))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(aligned(row, widths) for row in table)


def aligned(row: tuple[str, ...], widths: list[int]) -> str:
    """A row of the table; numbers, columns 2 to 4, right-aligned."""
    shown = [
        text.rjust(width) if column in (2, 3, 4) else text.ljust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(shown).rstrip()


def class_of(name: str, fold: bool = True) -> str:
    """The class of a C. elegans cell; of others the name, without L or R if `fold`."""
    cell = cells().get(name)
    if cell is not None and cell.cell_class:
        return cell.cell_class if fold else cell.cell_class + cell.side
    return name[:-1] if fold and name[-1:] in ("L", "R") and len(name) > 1 else name
