"""Parse: the bytes of a file -> connectome. Exactly its rows, nothing mended."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..arrays import Bool, Float64, Int32, UInt8, magnitude
from ..catalog import UNKNOWN_UNIT
from ..errors import InputError, UsageError
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
from .asked import asked
from .book import Book
from .cleaning import cleaned
from .containers.compressed import unpacked
from .containers.registry import container_of
from .delimited import NO_SYNAPSES, REPEATED
from .findings import find
from .junction_file import sheets_of, together, without_those_of
from .meaning.understand import understood
from .polyadic import with_receivers
from .reader import EdgeList, File, Layout
from .receivers import turned_round
from .rows import KindTold
from .suspects import suspects


def parse(
    data: bytes,
    label: str,
    *,
    layout: Layout = Layout(),  # noqa: B008
    unit: str = UNKNOWN_UNIT,
) -> Connectome:
    """Read a file of any format of FORMATS, as the rows that stand in it.

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
    edges = edges_in(File(label, data), layout)
    return connectome_of(edges, label, layout=layout, unit=unit)


def edges_in(file: File, layout: Layout) -> EdgeList:
    """The edges of a file of any format, alone; errors as of `parse`."""
    book = book_of(file, layout)
    if layout.electrical is not None and layout.sheets:
        beside = book_of(layout.electrical, layout)
        layout = replace(layout, sheets=without_those_of(beside, book, layout.sheets))
    return understood(book, file.label, layout)


def book_of(file: File, layout: Layout) -> Book:
    """What stands in a file."""
    if not file.data:
        raise InputError(file.label, "an empty file", "give one row for each synapse")
    data, _ = unpacked(file.data, file.label)
    return container_of(data).read(data, file.label, layout)


def junctions_in(file: File, layout: Layout) -> EdgeList:
    """The gap junctions of a file of its own, read by the same layout.

    Raises:
        InputError: what is wrong with the file.
        UsageError: an option of the layout names nothing in it.
    """
    told = ("kind", "chemical", "electrical")
    columns = {what: name for what, name in layout.columns.items() if what not in told}
    own = sheets_of(book_of(file, layout), layout.sheets) if layout.sheets else ()
    alone = replace(layout, sheets=own)
    silent = replace(alone, kind="electrical", columns=columns, kinds={})
    try:
        try:
            return edges_in(file, silent)
        except KindTold:
            return edges_in(file, replace(alone, kind=None))
    except UsageError as error:
        raise UsageError(f"{error}: in {file.label}, of --electrical") from None


def connectome_of(
    edges: EdgeList,
    label: str,
    *,
    layout: Layout = Layout(),  # noqa: B008
    unit: str = UNKNOWN_UNIT,
) -> Connectome:
    """The connectome of an edge list, wherever its edges come from.

    Args:
        edges: rows as they stand in the source.
        layout: its `electrical` is read beside them; `polyadic` parts receivers.
        label, unit: as of `parse`.

    Raises:
        InputError: no synapse is left; what is wrong with the file beside it.
    """
    rows = len(edges.pre)
    if layout.polyadic:
        edges = with_receivers(edges, label)
    edges = examined(edges, label)
    if (beside := layout.electrical) is not None:
        if layout.kind == "electrical":
            raise UsageError("--kind electrical: does not go with --electrical FILE")
        junctions = junctions_in(beside, layout)
        rows += len(junctions.pre)
        junctions = examined(junctions, beside.label)
        edges = together(edges, label, junctions, beside.label)
    cells, number = sorted_cells(edges)
    kept = synaptic(edges)
    left = slice(None) if kept.all() else kept  # a slice copies nothing
    synapses = Synapses(
        pre=number[edges.pre[left]],
        post=number[edges.post[left]],
        weight=magnitude(edges.weight[left]),
        sign=signs(edges.weight)[left],
        line=edges.line[left],
    )
    name = label_of(re.split(r"[/\\]", label)[-1])
    source = Source(name, unit, asked(layout))
    kinds = edges.kind[left]
    kinds.setflags(write=False)
    history = History(parse=counted(edges, kept, rows))
    return Connectome(source, cells, synapses, kinds, history)


def synaptic(edges: EdgeList) -> Bool:
    """(E,) the rows that become synapses or junctions."""
    found: Bool = (edges.kind <= ELECTRICAL) & (edges.weight != 0)
    return found


def examined(edges: EdgeList, label: str) -> EdgeList:
    """The edges by clean names, with what a person should know of them.

    Raises:
        InputError: no synapse is left.
    """
    edges = turned_round(cleaned(edges, label))
    kept = synaptic(edges)
    apart = no_synapses(edges.kind)
    if not kept.any():
        why = [
            "all weigh 0, or repeat another row from the receiver's side",
            *(f"{finding.message}: --columns kind= reads them" for finding in apart),
        ]
        seen = f"no synapse is left of {plural(len(kept), 'row')}"
        raise InputError(label, seen, "; ".join(why[1:] or why))
    return replace(edges, findings=(*edges.findings, *apart, *suspects(edges)))


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
        name=tuple(map(names.__getitem__, order)),
        role=edges.role[order],
        transmitter=tuple(map(edges.transmitter.__getitem__, order)),
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
    weight = magnitude(edges.weight)

    def total(rows: Bool) -> Amount:
        count = int(rows.sum())
        some = weight if count == len(weight) else weight[rows]
        return Amount(count, float(some.sum()))

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
