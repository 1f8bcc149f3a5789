"""The IRs: frozen tables of numpy columns, one for each stage. Data only.

An edge is a row number, never an object. Rows of a table are neurons, synapses or
junctions; a column that names a neuron holds its row in `cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..arrays import Bool, Float64, Int8, Int32, UInt8
from .history import History
from .optimality import Optimality

SENSORY, INTER, MOTOR = 1, 2, 4  # bits of a role
NEURON, MUSCLE, OTHER = 0, 1, 2  # kinds of a cell
CHEMICAL, ELECTRICAL = 0, 1  # kinds of a synapse
LARGEST_WEIGHT = 1e100  # of a row: sums, doubled and scaled, stay finite


class Columns:
    """A table whose numpy columns are sealed when it is made: it never changes."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for column in fields(self):  # type: ignore[arg-type]
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def take(self, rows: NDArray[Any]) -> Self:
        """The rows given by index or mask, in that order."""
        columns = {column.name: getattr(self, column.name) for column in fields(self)}  # type: ignore[arg-type]
        return type(self)(**{name: value[rows] for name, value in columns.items()})


@dataclass(frozen=True, slots=True)
class CellFact:
    """Role, transmitter and kind of one cell, from a table of cells."""

    role: int  # bit set
    transmitter: str = ""
    kind: int = NEURON


@dataclass(frozen=True, slots=True)
class CellTable:
    """A table of cells by name and where it comes from.

    Attributes:
        origin: "cook2019", "several", or the label of the user's file.
        given: the user gave it: it is used whatever share of the cells it knows.
        columns: of a given one: title of the column by what it holds.
    """

    facts: Mapping[str, CellFact]
    origin: str
    given: bool = False
    muscle: Callable[[str], bool] | None = None  # tells muscles the table does not list
    columns: Mapping[str, str] | None = None


# How a person asked that a source be read: (option, value), in the options' order.
Read = tuple[tuple[str, bool | str | tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The file that line columns count lines of, and the unit of its weights.

    Attributes:
        label: a bundled name or a file's base name; never a path.
        unit: plural: "contacts", "EM sections"; "units of weight" where unknown.
        read: how a person asked that it be read.
    """

    label: str
    unit: str
    read: Read = ()


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One cell per row, as parallel columns of length N, sorted by name (code points)."""

    name: tuple[str, ...]
    role: UInt8  # bit set of SENSORY, INTER, MOTOR; 0 where unknown
    transmitter: tuple[str, ...]  # "" where unknown
    kind: UInt8  # NEURON, MUSCLE or OTHER
    type: tuple[str, ...] = ()  # "" where unknown; (): nobody asked

    def __post_init__(self) -> None:
        for column in (self.role, self.kind):
            column.setflags(write=False)

    def __len__(self) -> int:
        return len(self.name)

    def take(self, rows: NDArray[Any]) -> Cells:
        """The cells of the given rows (indices), in that order."""
        order = rows.tolist()
        return Cells(
            tuple(self.name[row] for row in order),
            self.role[rows],
            tuple(self.transmitter[row] for row in order),
            self.kind[rows],
            tuple(self.type[row] for row in order) if self.type else (),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Synapses(Columns):
    """One synapse per row, as parallel columns of length E."""

    pre: Int32  # row of the sending neuron, in [0, N)
    post: Int32  # row of the receiving neuron, in [0, N)
    weight: Float64  # what the source counts, >= 0
    sign: Int8  # +1, -1, or 0 where unknown
    line: Int32  # where it stands in the file, from 1; for messages only

    def __len__(self) -> int:
        return len(self.pre)

    def among(self, live: Bool) -> int:
        """Number of synapses with both ends among the neurons that `live` (N,) marks."""
        return int((live[self.pre] & live[self.post]).sum())

    def renumbered(self, row: Int32) -> Synapses:
        """Between neurons with new rows, sorted by (post, pre)."""
        edges = replace(self, pre=row[self.pre], post=row[self.post])
        return edges.take(np.lexsort((edges.pre, edges.post)))


@dataclass(frozen=True, slots=True, eq=False)
class Junctions(Columns):
    """One gap junction per coupled pair, as parallel columns of length J.

    Up to Dag `left < right` in name order. From Order on it conducts left -> right.
    """

    left: Int32
    right: Int32
    weight: Float64
    line: Int32
    forced: Int8  # +1: must conduct left -> right, -1: right -> left, 0: free

    def __len__(self) -> int:
        return len(self.left)

    def among(self, live: Bool) -> int:
        """Number of junctions with both ends among the neurons that `live` (N,) marks."""
        return int((live[self.left] & live[self.right]).sum())

    def renumbered(self, row: Int32) -> Junctions:
        """Between neurons with new rows, sorted by (right, left)."""
        ends = replace(self, left=row[self.left], right=row[self.right])
        return ends.take(np.lexsort((ends.left, ends.right)))

    def rising(self, row: Int32) -> Junctions:
        """Renumbered, each directed from the lesser of its new rows to the greater."""
        left, right = row[self.left], row[self.right]
        low, high = np.minimum(left, right), np.maximum(left, right)
        ends = replace(self, left=low, right=high)
        return ends.take(np.lexsort((low, high)))


def no_junctions() -> Junctions:
    """A table without rows."""
    none, weight = np.zeros(0, np.int32), np.zeros(0)
    return Junctions(none, none, weight, none, np.zeros(0, np.int8))


@dataclass(frozen=True, slots=True, eq=False)
class Connectome:
    """Exactly the rows of the file; an electrical row may stand there once or twice."""

    source: Source
    cells: Cells
    synapses: Synapses
    kind: UInt8  # (E,) CHEMICAL or ELECTRICAL
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True, eq=False)
class Circuit:
    """One row per ordered chemical pair (self-loops among them), one per coupled pair.

    Rows are sorted by (pre, post), junctions by (left, right).
    """

    source: Source
    cells: Cells
    chemical: Synapses
    junctions: Junctions
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True, eq=False)
class Dag:
    """Every chemical synapse runs forward, acyclic together, or backward.

    A lateral junction has both neurons on one level: it conducts nothing forward.
    """

    source: Source
    cells: Cells
    forward: Synapses
    feedback: Synapses  # self-loops among them
    junctions: Junctions
    optimality: Optimality
    history: History = field(default_factory=History)
    lateral: Junctions = field(default_factory=no_junctions)
    price: float = 0.0  # of what runs backward, in the source's unit
    recorded: bool = False  # whether the order is an older model's, taken as it is


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Rows renumbered so that every synapse of `forward` and every junction rises."""

    source: Source
    cells: Cells
    forward: Synapses
    feedback: Synapses
    junctions: Junctions
    optimality: Optimality
    original: Int32  # (N,) row in Dag of each row here
    live: Bool  # (N,) on a path from a sensor to a motor; all True until `mark_live`
    history: History = field(default_factory=History)
    lateral: Junctions = field(default_factory=no_junctions)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Rows sorted by (level, name), the neurons off every path last, by name.

    Level k is the rows level_start[k]:level_start[k + 1]; rows from level_start[-1]
    on are in no level.
    """

    source: Source
    cells: Cells
    forward: Synapses
    feedback: Synapses
    junctions: Junctions
    optimality: Optimality
    level_start: Int32  # (levels + 1,)
    history: History = field(default_factory=History)
    lateral: Junctions = field(default_factory=no_junctions)

    @property
    def live(self) -> Bool:
        """(N,) whether a neuron is in a level."""
        live: Bool = np.arange(len(self.cells)) < self.level_start[-1]
        return live


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """Single assignments, a value a row, each made of values above it.

    The first rows are the inputs of the sensory neurons.
    """

    source: Source
    cells: Cells
    chemical: Synapses
    junctions: Junctions
    neuron: Int32  # (V,) row of the neuron that the value is of
    left: Int32  # (V,) the value its unit is applied to, or that is multiplied; -1: an input
    right: Int32  # (V,) the other factor; -1: a unit or an input
    output: Int32  # (N,) the last value of a motor neuron; -1: none
    history: History = field(default_factory=History)
