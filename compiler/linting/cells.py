"""Findings in the cells: names in two cases, unknown among known ones, junk, isolated."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ..ir.accounts import Finding
from ..ir.stages import CellTable, Connectome
from ..names import plain, plural, unpadded
from ..readers.findings import find

SHOWN = 8  # names that a finding lists
KNOWN = 0.9  # part of the cells that a table knows, where it is of this animal
JUNK = re.compile(
    r"obj\d+|unk(nown)?\W*\d*|\[.*\]|fragment\W*\d*|orphan\W*\d*|\?+|none|x+",
    re.IGNORECASE,
)


def cell_findings(connectome: Connectome, table: CellTable | None) -> Iterator[Finding]:
    """The findings in the names of cells."""
    names = connectome.cells.name
    cases: dict[str, list[str]] = defaultdict(list)
    for name in names:
        cases[name.casefold()].append(name)
    several = [", ".join(map(plain, each)) for each in cases.values() if len(each) > 1]
    if several:
        yield find("EC511", f"one name in two cases: {'; '.join(several[:SHOWN])}")
    junk = [name for name in names if JUNK.fullmatch(name)]
    if junk:
        yield find("EC512", f"{plural(len(junk), 'name')} of no neuron: {some(junk)}")
    if table is not None:
        yield from unknown(connectome, table, set(junk))
    edges = connectome.synapses
    joined = np.zeros(len(names), bool)
    proper = edges.pre != edges.post
    joined[edges.pre[proper]] = joined[edges.post[proper]] = True
    alone = [
        name for name, is_joined in zip(names, joined, strict=True) if not is_joined
    ]
    if alone:
        cells = plural(len(alone), "cell")
        yield find("EC513", f"{cells} without a synapse with another: {some(alone)}")


def unknown(
    connectome: Connectome, table: CellTable, junk: set[str]
) -> Iterator[Finding]:
    """Names that the table does not list, where it lists nearly all; padded ones."""
    names = connectome.cells.name
    padded = [n for n in names if n not in table.facts and unpadded(n) in table.facts]
    strange = [
        name
        for name in names
        if name not in table.facts
        and unpadded(name) not in table.facts
        and name not in junk
        and not (table.muscle is not None and table.muscle(name))
    ]
    if len(names) - len(strange) < KNOWN * len(names):
        return
    if padded:
        cells = plural(len(padded), "name")
        yield find("EC514", f"{cells} with a zero: {some(padded)}")
    if strange:
        cells = plural(len(strange), "name")
        yield find("EC515", f"{cells} that the table of cells has not: {some(strange)}")


def some(names: list[str]) -> str:
    """The first names."""
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(map(plain, names[:SHOWN])) + more
