"""A recording joined with a graph: whose traces are used, and what became of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ... import catalog
from ...arrays import Float64, Int64
from ...errors import InputError
from ...names import plain, plural, some, unpadded
from ...readers.positions import Positions
from .traces import Traces

SIDES = {"L": "R", "R": "L"}


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The traces of R neurons of a graph, in the order of their names.

    Attributes:
        names: of the neurons; rows: (R,) of them in the graph.
        values: (T, R) samples, all finite, none constant.
        cell: (R,) number of each neuron's cell class among the C classes of the graph.
        distance: (R, R) between cell bodies; NaN where one has no position.
        partner: (R,) the neuron of the other side of the body, -1: none is recorded.
    """

    names: tuple[str, ...]
    rows: Int64
    values: Float64
    cell: Int64
    classes: int
    distance: Float64
    partner: Int64


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the traces of a recording.

    Attributes:
        samples: number of them; time: how they go, in words.
        traces: number of all; used: of neurons of the graph, and not constant.
        unnamed: number of those of nobody knows whom.
        absent: names that the graph has not.
        empty: names of neurons that are not measured at all.
        constant: names of neurons whose trace never changes.
        renamed: names that the graph pads otherwise: VB02 for VB2.
        unplaced: names of used neurons without a position.
        untraced: names of neurons of the graph that no trace is used of.
    """

    samples: int
    time: str
    traces: int
    used: int
    unnamed: int
    absent: tuple[str, ...]
    empty: tuple[str, ...]
    constant: tuple[str, ...]
    renamed: tuple[str, ...]
    unplaced: tuple[str, ...]
    untraced: tuple[str, ...]


def recorded(
    traces: Traces, names: Sequence[str], positions: Positions, label: str, fit: int
) -> tuple[Recording, Told]:
    """The traces of the neurons of a graph, and what became of all.

    Args:
        names: of the neurons; label: of the graph, for messages.
        fit: number of first samples that parameters are fitted to; a trace that is
            constant there, or in the others, is left out.

    Raises:
        InputError: a neuron has two traces, a trace has gaps, or too few are left.
    """
    rows = {unpadded(name): row for row, name in enumerate(names)}
    rows |= {name: row for row, name in enumerate(names)}
    place = [rows.get(name, rows.get(unpadded(name), -1)) for name in traces.names]
    check_once(traces, place, names)
    here = [k for k, row in enumerate(place) if row >= 0]
    missing = np.isnan(traces.values)
    empty = [k for k in here if missing[:, k].all()]
    found = [k for k in here if k not in empty]
    check_gaps(traces, found)
    still = [k for k in found if is_constant(traces.values[:, k], fit)]
    used = sorted((k for k in found if k not in still), key=lambda k: names[place[k]])
    own = [names[place[k]] for k in used]
    placed = positions.of(names, label)
    told = Told(
        *(len(traces.values), traces.time, len(traces.names), len(used)),
        traces.names.count(""),
        tuple(dict.fromkeys(n for n in traces.names if n and not known(n, rows))),
        tuple(names[place[k]] for k in empty),
        tuple(names[place[k]] for k in still),
        tuple(traces.names[k] for k in used if traces.names[k] != names[place[k]]),
        tuple(name for name in placed.missing if name in own),
        tuple(name for name in names if name not in own),
    )
    at = np.array([place[k] for k in used], np.int64)
    cell = np.unique([class_of(name) for name in names], return_inverse=True)[1]
    check_enough(traces.label, label, own, cell.ravel()[at])
    gap = placed.points[at][:, None] - placed.points[at]
    other = [mirror(name) for name in own]
    return (
        Recording(
            *(tuple(own), at, traces.values[:, used], cell.ravel()[at]),
            *(int(cell.max()) + 1, np.sqrt((gap**2).sum(-1))),
            np.array([own.index(n) if n in own else -1 for n in other], np.int64),
        ),
        told,
    )


def class_of(name: str) -> str:
    """The cell class of a neuron: left and right have one."""
    return catalog.class_of(unpadded(name))


def known(name: str, rows: dict[str, int]) -> bool:
    """Whether a name, or its other padding, is one of a graph."""
    return name in rows or unpadded(name) in rows


def mirror(name: str) -> str:
    """The name on the other side of the body; "" of an unpaired neuron."""
    side = SIDES.get(name[-1:], "")
    return name[:-1] + side if side else ""


def check_once(traces: Traces, place: Sequence[int], names: Sequence[str]) -> None:
    """Raise InputError where two traces are of one neuron."""
    twice = [row for row, many in Counter(place).items() if many > 1 and row >= 0]
    if twice:
        row = twice[0]
        own = [plain(n) for n, k in zip(traces.names, place, strict=True) if k == row]
        more = f"; so have {some([names[k] for k in twice[1:]])}" if twice[1:] else ""
        seen = f"{names[row]} has {len(own)} traces, named {', '.join(own)}{more}"
        raise InputError(traces.label, seen, "keep one trace a neuron")


def check_gaps(traces: Traces, found: Sequence[int]) -> None:
    """Raise InputError where a trace is measured at some samples alone."""
    missing = np.isnan(traces.values)
    gaps = [k for k in found if missing[:, k].any()]
    if gaps:
        first = gaps[0]
        sample = int(missing[:, first].argmax()) + 1
        seen = (
            f"{plain(traces.names[first])}: {missing[:, first].sum():,} of "
            f"{len(missing):,} samples are no number, the first is sample {sample:,}"
        )
        if gaps[1:]:
            seen += f"; so have gaps {some([traces.names[k] for k in gaps[1:]])}"
        hint = "fill them in, or leave the whole trace empty: then it is left out"
        raise InputError(traces.label, seen, hint)


def is_constant(trace: Float64, fit: int) -> bool:
    """Whether a trace does not change, in the part that is fitted to or in the other."""
    parts = (trace[:fit], trace[fit:]) if fit else (trace,)
    return any(not len(part) or part.min() == part.max() for part in parts)


def check_enough(label: str, graph: str, own: Sequence[str], cell: Int64) -> None:
    """Raise InputError unless traces of two cell classes are left."""
    many = len(set(cell.tolist()))
    if many < 2:
        seen = f"traces of {plural(len(own), 'neuron')} of {graph}, {many} of 2 classes"
        hint = "half of the classes are held, the other half is predicted"
        raise InputError(label, seen, hint)


def standardised(values: Float64, fit: int) -> Float64:
    """(T, R) traces of mean 0 and deviation 1 over the part that is fitted to, or over all."""
    scaled = values / np.abs(values).max(0)  # squares of large ones overflow
    part = scaled[:fit] if fit else scaled
    found: Float64 = (scaled - part.mean(0)) / part.std(0)
    return found
