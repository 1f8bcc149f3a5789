"""Parse: the bytes of a file -> connectome. Exactly its rows, nothing mended."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..arrays import Bool, Float64, Int32
from ..errors import InputError, UsageError
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
from .decoding import decodable
from .delimited import DELIMITERS, REPEATED, UNKNOWN, Layout, kind_of
from .graphml import Graph, is_graphml, read_graphml
from .rows import Table, read_rows
from .sniff import Form, Sample, sniff

__all__ = ["Layout", "parse"]


def parse(
    data: bytes,
    label: str,
    *,
    layout: Layout = Layout(),  # noqa: B008
    unit: str = "units of weight",
) -> Connectome:
    """Read delimited text, of whatever layout, or GraphML, as the rows that stand in it.

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
    graph = None
    if is_graphml(data):
        graph = read_graphml(data, label, layout, kind_said(layout))
        table, form_facts = graph.table, dict(graph.facts)
    else:
        data, layout = decodable(data, label, layout)
        form, sample = sniff(data, label, layout)
        kind = kind_without_column(layout, form)
        table = read_rows(data, label, layout, form, kind)
        form_facts = described(form, sample, layout, table.blank)
    kept = (table.kind != REPEATED) & (table.weight != 0)
    if not kept.any():
        raise InputError(
            label,
            f"no synapse is left of {plural(len(kept), 'row')}",
            "all weigh 0, or repeat another row from the receiver's side",
        )
    cells, number = sorted_cells(table.names, graph)
    synapses = Synapses(
        pre=number[table.pre[kept]],
        post=number[table.post[kept]],
        weight=np.abs(table.weight[kept]),
        sign=signs(table.weight)[kept],
        line=table.line[kept],
    )
    facts = counted(table, kept) | form_facts
    source = Source(label_of(re.split(r"[/\\]", label)[-1]), unit)
    kinds = table.kind[kept]
    kinds.setflags(write=False)
    return Connectome(source, cells, synapses, kinds, {"parse": facts})


def kind_said(layout: Layout) -> int:
    """The kind that the user says all rows have."""
    if layout.kind is None:
        return CHEMICAL
    kind = kind_of(layout.kind)
    if kind in (UNKNOWN, REPEATED):
        raise UsageError(f"--kind {layout.kind}: use chemical or electrical")
    return kind


def kind_without_column(layout: Layout, form: Form) -> int:
    """The kind of all rows of a file that does not tell it."""
    kind = kind_said(layout)
    if layout.kind and "kind" in form.places:
        column = form.title(form.places["kind"])
        raise UsageError(
            f"--kind {layout.kind}: the file tells it, in {column!r}; "
            "leave --kind out, or leave the column out with --columns kind="
        )
    return kind


def sorted_cells(
    names: tuple[str, ...], graph: Graph | None = None
) -> tuple[Cells, Int32]:
    """Cells by name, and the row there of each of the given names.

    Args:
        graph: where the file says the cells' roles and transmitters.
    """
    order = sorted(range(len(names)), key=names.__getitem__)
    number = np.empty(len(names), np.int32)
    number[order] = np.arange(len(names), dtype=np.int32)
    cells = Cells(
        name=tuple(names[row] for row in order),
        role=graph.role[order] if graph else np.zeros(len(names), np.uint8),
        transmitter=tuple(graph.transmitter[row] if graph else "" for row in order),
        kind=np.full(len(names), NEURON, np.uint8),
    )
    return cells, number


def signs(weight: Float64) -> np.typing.NDArray[np.int8]:
    """-1 and +1 where any weight is negative, else 0: the file tells no signs."""
    negative = weight < 0
    if not negative.any():
        return np.zeros(len(weight), np.int8)
    return np.where(negative, -1, 1).astype(np.int8)


def counted(table: Table, kept: Bool) -> dict[str, Any]:
    """How many rows there are of what, and what they weigh."""
    weight = np.abs(table.weight)

    def total(rows: Bool) -> dict[str, float]:
        return {"rows": int(rows.sum()), "weight": float(weight[rows].sum())}

    repeated = table.kind == REPEATED
    return {
        "rows": len(weight),
        "cells": len(table.names),
        "chemical": total(kept & (table.kind == CHEMICAL)),
        "electrical": total(kept & (table.kind == ELECTRICAL)),
        "repeated": total(repeated),
        "zero": int((~repeated & (weight == 0)).sum()),
        "negative": int((kept & (table.weight < 0)).sum()),
        "self_loops": int((kept & (table.pre == table.post)).sum()),
    }


def described(form: Form, sample: Sample, layout: Layout, blank: int) -> dict[str, Any]:
    """How the file is laid out."""
    header = form.header or ()
    taken = set(form.places.values())
    return {
        "delimiter": DELIMITERS.get(form.delimiter, form.delimiter),
        "header": form.header is not None,
        "encoding": layout.encoding,
        "columns": {role: form.title(place) for role, place in form.places.items()},
        "ignored": tuple(
            form.title(place)
            for place in range(max(form.width, len(header)))
            if place not in taken
        ),
        "comments": len(sample.comments),
        "blank": blank,
    }
