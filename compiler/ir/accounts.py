"""Accounts of the passes up to the circuit: frozen records for the report and `--json`.

No pass and no command decides by them, and nothing of them reaches a generated file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MERGED = {"merged": True}  # metadata: the fields of this record stand among the others


@dataclass(frozen=True, slots=True)
class Amount:
    """Number and weight of some rows of a file."""

    rows: int
    weight: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader saw in a file that a person should know.

    Attributes:
        code: a key of `readers.findings.CODES`.
        place: a column, row or cell in words; "" for the file as a whole.
        message: what was seen and what came of it, on one line.
    """

    code: str
    place: str
    message: str

    @property
    def of_names(self) -> bool:
        """Whether it is of the names of cells."""
        return self.code.startswith("EC2")


@dataclass(frozen=True, slots=True)
class TextForm:
    """Layout of delimited text.

    Attributes:
        columns: title of the column by what it holds; ignored: titles of the others.
        comments, blank: numbers of lines.
    """

    delimiter: str
    header: bool
    encoding: str | None
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    comments: int
    blank: int


@dataclass(frozen=True, slots=True)
class GraphForm:
    """Layout of a graph format.

    Attributes:
        columns: attribute of an edge by what it holds.
        undirected: chemical edges that were doubled, one each way.
        unnamed: why nodes go by their ids although data could name them; "" if not so.
    """

    format: str
    columns: Mapping[str, str]
    undirected: int
    unnamed: str


@dataclass(frozen=True, slots=True)
class PartForm:
    """How one part of a container was read: a sheet, a table, an array.

    Attributes:
        what: "edge list", or the size of a matrix and who sends.
        columns: title of the column by what it holds; ignored: titles of the others.
        kind: of all its edges, where no column tells; "" where nothing says it.
        guessed: what was not said by the file, in words.
        left_out: rows without a name, or that add up others.
    """

    name: str
    what: str
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    guessed: str = ""
    ignored: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class BookForm:
    """How a container of several parts was read.

    Attributes:
        format: with its article; part: what a part of it is called.
        parts: those that were read.
    """

    format: str
    part: str
    parts: tuple[PartForm, ...]


Form = TextForm | GraphForm | PartForm | BookForm


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds.

    Attributes:
        rows: all of them; repeated: those that repeat another from the receiver's side.
        zero, negative, self_loops: rows of such a weight, of a cell with itself.
        form: its layout.
        findings: what a person should know of it.
    """

    rows: int
    cells: int
    chemical: Amount
    electrical: Amount
    repeated: Amount
    zero: int
    negative: int
    self_loops: int
    form: Form = field(metadata=MERGED)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Cells that are no neurons of the model.

    Attributes:
        kinds: number of cells by kind.
        rows, weight: that go with them.
        names: weight of its rows by the name of a cell.
    """

    cells: int
    kinds: Mapping[str, int]
    rows: int
    weight: float
    names: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What `select_cells` did.

    Attributes:
        renamed: new name by old; merged: cells that had another's new name.
        roles: where they come from: "structure" at a guess, "file", the name of a table, or
            the options that say them: "--inputs, --outputs", "--roles-table structure".
        sensory, motor, cells: numbers of those kept.
        unknown: names left out since the table does not list them.
        near: the nearest name of the table by each that it does not list.
        columns: of a table that the user gave: title of the column by what it holds.
    """

    renamed: Mapping[str, str]
    merged: int | None = None
    roles: str
    left_out: LeftOut
    sensory: int
    motor: int
    cells: int
    unknown: tuple[str, ...] = ()
    near: Mapping[str, str] | None = None
    columns: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Coupled:
    """Electrical rows as junctions.

    Attributes:
        rows: electrical ones; self_junctions: of a cell with itself, dropped.
        one_sided: junctions listed from one side alone; unequal: with two weights.
        rule: option --junctions.
    """

    rows: int
    self_junctions: Amount
    one_sided: int
    unequal: int
    rule: str


@dataclass(frozen=True, slots=True)
class Below:
    """Pairs dropped because they weigh less than --min-weight."""

    synapses: int
    weight: float
    junctions: int
    junction_weight: float


@dataclass(frozen=True, slots=True)
class SelfLoops:
    """Chemical synapses of a neuron with itself."""

    synapses: int
    weight: float


@dataclass(frozen=True, slots=True)
class Merged:
    """What `merge_electrical` did.

    Attributes:
        synapses, weight: chemical pairs, self-loops apart.
        both: coupled pairs that have a chemical synapse as well.
    """

    coupled: Coupled = field(metadata=MERGED)
    below: Below
    synapses: int
    weight: float
    self_loops: SelfLoops
    junctions: int
    junction_weight: float
    both: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a published sweep makes under one reading of its rules.

    Attributes:
        units_made: units applied; units, merges: those that reach the output.
        depth: most units in a row; factors: most values merged in one motor neuron.
        motors, inter: neurons that take part, of all_motors and all_inter.
    """

    units_made: int
    units: int
    merges: int
    depth: int
    factors: int
    motors: int
    all_motors: int
    inter: int
    all_inter: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What `published_sweep` made, by the name of the rules."""

    rules: Mapping[str, Assigned]


@dataclass(frozen=True, slots=True)
class Integrated:
    """What a leaky network computes, of which nothing is cut.

    Attributes:
        dt, substeps: time from input to input, and the steps in it.
        bounded: whether the activation is, and with it every state.
        contracts: whether its start gains bring it to one rest from everywhere.
        stiffest: the neuron whose gap junctions conduct most at the start; coupling: how
            much, where a leak is 1.
        explicit: the steps below which explicit Euler would be stable there.
        unreached, mute: neurons that no sensor reaches, and that reach no motor.
        tied: whether a strength is a shared gain times the weight in the table.
    """

    dt: float
    substeps: int
    activation: str
    bounded: bool
    contracts: bool
    stiffest: str
    coupling: float
    explicit: float
    unreached: tuple[str, ...]
    mute: tuple[str, ...]
    neurons: int
    synapses: int
    junctions: int
    tied: bool = False


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A generated model was the input: its tables are taken as they are."""
