"""Parse: the bytes of a file -> connectome. Exactly its rows, nothing mended."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..arrays import Bool, Float64, Int32, UInt8
from ..catalog import UNKNOWN_UNIT
from ..errors import InputError
from ..ir.accounts import Amount, Finding, Parsed
from ..ir.history import History
from ..ir.stages import (
    CHEMICAL,
    ELECTRICAL,
    NEURON,
    Cells,
    Connectome,
    Source,
    Synapses,
)
from ..names import label_of, plural
from .cleaning import cleaned
from .containers.compressed import unpacked
from .containers.registry import container_of
from .delimited import NO_SYNAPSES, REPEATED
from .findings import find
from .meaning.understand import understood
from .reader import EdgeList, Layout
from .suspects import suspects


def parse(
    data: bytes,
    label: str,
    *,
    layout: Layout = Layout(),  # noqa: B008
    unit: str = UNKNOWN_UNIT,
) -> Connectome:
    """Read a file of any format of CONTAINERS, as the rows that stand in it.

    Args:
        data: the bytes of the file.
        label: the file as the user named it; for messages.
        layout: what the user says of the layout; the rest is found from the content.
        unit: what the weights count, plural.

    Returns:
        Cells by name; synapses in file order, without rows of weight 0 and without
        those that repeat another from the receiver's side.

    Raises:
        InputError: what is wrong with the file, all of it.
        UsageError: an option of the layout names nothing.
    """
    if not data:
        raise InputError(label, "an empty file", "give one row for each synapse")
    data, _ = unpacked(data, label)
    edges = understood(container_of(data).read(data, label, layout), label, layout)
    return connectome_of(edges, label, unit=unit)


def connectome_of(
    edges: EdgeList, label: str, *, unit: str = UNKNOWN_UNIT
) -> Connectome:
    """The connectome of an edge list, wherever its edges come from.

    Args:
        edges: rows as they stand in the source.
        label, unit: as of `parse`.

    Raises:
        InputError: no synapse is left.
    """
    rows = len(edges.pre)
    edges = cleaned(edges, label)
    kept = (edges.kind <= ELECTRICAL) & (edges.weight != 0)
    apart = no_synapses(edges.kind)
    if not kept.any():
        why = [
            "all weigh 0, or repeat another row from the receiver's side",
            *(f"{finding.message}: --columns kind= reads them" for finding in apart),
        ]
        seen = f"no synapse is left of {plural(len(kept), 'row')}"
        raise InputError(label, seen, "; ".join(why[1:] or why))
    edges = replace(edges, findings=(*edges.findings, *apart, *suspects(edges)))
    cells, number = sorted_cells(edges)
    synapses = Synapses(
        pre=number[edges.pre[kept]],
        post=number[edges.post[kept]],
        weight=np.abs(edges.weight[kept]),
        sign=signs(edges.weight)[kept],
        line=edges.line[kept],
    )
    source = Source(label_of(re.split(r"[/\\]", label)[-1]), unit)
    kinds = edges.kind[kept]
    kinds.setflags(write=False)
    history = History(parse=counted(edges, kept, rows))
    return Connectome(source, cells, synapses, kinds, history)


def no_synapses(kind: UInt8) -> tuple[Finding, ...]:
    """The rows that are left out since their kind is no synapse."""
    counts = {code: int((kind == code).sum()) for code in NO_SYNAPSES}
    return tuple(
        find(
            "EC302",
            f"{plural(count, 'row')} of kind {NO_SYNAPSES[code][0]} left out: no synapses",
        )
        for code, count in counts.items()
        if count
    )


def sorted_cells(edges: EdgeList) -> tuple[Cells, Int32]:
    """Cells by name, and the row there of each of the edge list's names."""
    names = edges.names
    order = sorted(range(len(names)), key=names.__getitem__)
    number = np.empty(len(names), np.int32)
    number[order] = np.arange(len(names), dtype=np.int32)
    cells = Cells(
        name=tuple(names[row] for row in order),
        role=edges.role[order],
        transmitter=tuple(edges.transmitter[row] for row in order),
        kind=np.full(len(names), NEURON, np.uint8),
    )
    return cells, number


def signs(weight: Float64) -> np.typing.NDArray[np.int8]:
    """-1 and +1 where any weight is negative, else 0: the file tells no signs."""
    negative = weight < 0
    if not negative.any():
        return np.zeros(len(weight), np.int8)
    return np.where(negative, -1, 1).astype(np.int8)


def counted(edges: EdgeList, kept: Bool, rows: int) -> Parsed:
    """How many rows there are of what, and what they weigh.

    Args:
        rows: of the file, those without a name, too.
    """
    weight = np.abs(edges.weight)

    def total(rows: Bool) -> Amount:
        return Amount(int(rows.sum()), float(weight[rows].sum()))

    synaptic = edges.kind <= ELECTRICAL
    return Parsed(
        rows=rows,
        cells=len(edges.names),
        chemical=total(kept & (edges.kind == CHEMICAL)),
        electrical=total(kept & (edges.kind == ELECTRICAL)),
        repeated=total(edges.kind == REPEATED),
        zero=int((synaptic & (weight == 0)).sum()),
        negative=int((kept & (edges.weight < 0)).sum()),
        self_loops=int((kept & (edges.pre == edges.post)).sum()),
        form=edges.form,
        findings=edges.findings,
    )
