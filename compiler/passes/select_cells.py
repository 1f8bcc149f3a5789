"""Select cells: connectome -> connectome, with names, roles and kinds settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from .. import names
from ..arrays import Bool, Float64, UInt8
from ..errors import InputError
from ..graph import total
from ..ir.accounts import LeftOut, Selected
from ..ir.role_words import OURS, strangers
from ..ir.stages import (
    CHEMICAL,
    INTER,
    MOTOR,
    MUSCLE,
    NEURON,
    OTHER,
    SENSORY,
    CellFact,
    Cells,
    CellTable,
    Connectome,
    Synapses,
)
from ..selection.known import alike, is_of
from ..selection.patterns import Absent, matching
from ..selection.strangers import remedies, unlisted


def select_cells(
    connectome: Connectome,
    *,
    table: CellTable | None = None,
    inputs: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    keep: str = "neurons",
) -> Connectome:
    """Settle names and roles, and keep the cells that become neurons of the model.

    Roles that the file gives stand before those of our own table of cells.

    Args:
        table: cells by name; None, or a table of other cells: roles by structure (no
            inputs: sensory; no outputs: motor).
        inputs, outputs: patterns of the sensory and the motor neurons, instead of roles.
        only, without: patterns of the cells to keep, to leave out.
        keep: "neurons", or "all": muscles are kept as motor cells, others without a role.

    Raises:
        UsageError: a pattern matches no cell.
        InputError: no cell is left.
    """
    used = table if table is not None and is_of(table, connectome.cells.name) else None
    before = len(connectome.cells)
    connectome, renamed = rename(connectome, used)
    merged = before - len(connectome.cells) if renamed else None
    cells, roles = settled(connectome, used)
    proper: Bool = np.ones(len(cells), bool)
    if used and keep != "all":
        proper = cells.kind == NEURON
    unknown = () if used is None else unlisted(used, cells.name, proper)
    if roles == "structure" and (table is None or (inputs and outputs)):
        roles = "--roles-table structure" if table is None else "--inputs, --outputs"
    kept = chosen(cells, proper, only, without, renamed)
    if not kept.any():
        hint = strangers(roles, unknown) or "see --keep, --only"
        raise InputError(connectome.source.label, "no cell is left", hint)
    why = Absent(renamed, remedies(roles, cells.name, proper, kept, unknown))
    connectome, gone = cut(replace(connectome, cells=cells), kept)
    cells = override(connectome.cells, inputs, outputs, why, muscles=keep == "all")
    account = Selected(
        renamed=renamed,
        merged=merged,
        roles=roles,
        left_out=gone,
        sensory=int((cells.role & SENSORY > 0).sum()),
        motor=int((cells.role & MOTOR > 0).sum()),
        cells=len(cells),
        unknown=unknown,
        near=alike(table, used, (*cells.name, *gone.names)) or None,
        columns=used.columns if used else None,
    )
    history = replace(connectome.history, select_cells=account)
    return replace(connectome, cells=cells, history=history)


def settled(connectome: Connectome, table: CellTable | None) -> tuple[Cells, str]:
    """The cells with their roles, and where these come from: see `Selected.roles`."""
    own = connectome.cells.role
    if table is None:
        return by_structure(connectome), "file" if own.any() else "structure"
    cells = look_up(connectome.cells, table)
    if table.columns and "transmitter" not in table.columns:  # nor says there is none
        cells = replace(cells, transmitter=connectome.cells.transmitter)
    if table.columns and "role" not in table.columns:
        role = by_structure(connectome).role
        return replace(cells, role=role), "file" if own.any() else "structure"
    if own.any() and not table.given and table.origin == OURS:
        return replace(cells, role=own), "file"
    return cells, table.origin


def rename(
    connectome: Connectome, table: CellTable | None
) -> tuple[Connectome, dict[str, str]]:
    """VA01 -> VA1, where the table has the second name and not the first; new by old."""
    known = table.facts if table else {}
    new = {
        name: names.unpadded(name)
        for name in connectome.cells.name
        if name not in known and names.unpadded(name) in known
    }
    if not new:
        return connectome, new
    target = [new.get(name, name) for name in connectome.cells.name]
    distinct = sorted(set(target))
    place = {name: row for row, name in enumerate(distinct)}
    row = np.array([place[name] for name in target], np.int32)
    first = np.array([target.index(name) for name in distinct])
    old = connectome.cells
    cells = Cells(
        tuple(distinct),
        old.role[first],
        tuple(old.transmitter[index] for index in first.tolist()),
        old.kind[first],
    )
    edges = connectome.synapses
    synapses = replace(edges, pre=row[edges.pre], post=row[edges.post])
    return replace(connectome, cells=cells, synapses=synapses), new


def look_up(cells: Cells, table: CellTable) -> Cells:
    """Role, transmitter and kind from the table; a cell that it does not list is no neuron."""

    def fact(name: str) -> CellFact:
        muscle = table.muscle is not None and table.muscle(name)
        return table.facts.get(name) or CellFact(0, "", MUSCLE if muscle else OTHER)

    facts = [fact(name) for name in cells.name]
    return Cells(
        cells.name,
        np.array([fact.role for fact in facts], np.uint8),
        tuple(fact.transmitter for fact in facts),
        np.array([fact.kind for fact in facts], np.uint8),
    )


def by_structure(connectome: Connectome) -> Cells:
    """Roles the file gives, else: no chemical input is sensory, no chemical output motor."""
    cells, edges = connectome.cells, connectome.synapses
    if cells.role.any():
        return cells
    # A junction has no direction, however it is listed: once, or from both ends.
    proper = (edges.pre != edges.post) & (connectome.kind == CHEMICAL)
    sends = np.zeros(len(cells), bool)
    takes = np.zeros(len(cells), bool)
    sends[edges.pre[proper]] = True
    takes[edges.post[proper]] = True
    role = np.where(~takes, SENSORY, 0) | np.where(~sends, MOTOR, 0)
    role = np.where(sends | takes, role, 0)
    settled: UInt8 = np.where(role == 0, INTER, role).astype(np.uint8)
    return replace(cells, role=settled)


def chosen(
    cells: Cells,
    proper: Bool,
    only: tuple[str, ...],
    without: tuple[str, ...],
    renamed: Mapping[str, str],
) -> Bool:
    """(N,) the cells to keep.

    Args:
        proper: (N,) those that are kept by their kind.
    """
    kept, why = proper.copy(), Absent(renamed)
    if only:
        kept &= matching(cells.name, only, "--only", why)
    if without:
        kept &= ~matching(cells.name, without, "--without", why)
    return kept


def cut(connectome: Connectome, kept: Bool) -> tuple[Connectome, LeftOut]:
    """Take the kept cells and the synapses between them; list the cells left out."""
    cells, edges = connectome.cells, connectome.synapses
    inside = kept[edges.pre] & kept[edges.post]
    outside = edges.take(~inside)
    row = np.cumsum(kept, dtype=np.int32) - 1
    synapses = edges.take(inside)
    synapses = replace(synapses, pre=row[synapses.pre], post=row[synapses.post])
    inner = replace(
        connectome,
        cells=cells.take(np.flatnonzero(kept)),
        synapses=synapses,
        kind=connectome.kind[inside],
    )
    return inner, left_out(cells, kept, outside)


def left_out(cells: Cells, kept: Bool, outside: Synapses) -> LeftOut:
    """The cells left out, by kind and by name, with the rows that go with them."""
    words = {NEURON: "neuron", MUSCLE: "muscle", OTHER: "other"}
    gone = np.flatnonzero(~kept)
    weight = touching(outside, len(cells))
    kinds = Counter(words[kind] for kind in cells.kind[gone].tolist())
    return LeftOut(
        cells=len(gone),
        kinds=dict(sorted(kinds.items())),
        rows=len(outside),
        weight=total(outside.weight),
        names={cells.name[row]: float(weight[row]) for row in gone.tolist()},
    )


def touching(edges: Synapses, size: int) -> Float64:
    """(size,) weight of the rows that name each cell; a row of a cell with itself once."""
    proper = edges.take(edges.pre != edges.post)
    ends = np.concatenate([edges.pre, proper.post])
    weight = np.concatenate([edges.weight, proper.weight])
    return np.bincount(ends, weight, size).astype(np.float64)


def override(
    cells: Cells,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    why: Absent,
    *,
    muscles: bool,
) -> Cells:
    """Roles after --inputs, --outputs and --keep all.

    Args:
        why: a pattern may match no cell.
    """
    role: UInt8 = cells.role.copy()
    if muscles:
        role = np.where(cells.kind == MUSCLE, role | MOTOR, role).astype(np.uint8)
    for patterns, bit, option in (
        (inputs, SENSORY, "--inputs"),
        (outputs, MOTOR, "--outputs"),
    ):
        if patterns:
            has = matching(cells.name, patterns, option, why)
            role = np.where(has, role | bit, role & ~np.uint8(bit)).astype(np.uint8)
    return replace(cells, role=role)
