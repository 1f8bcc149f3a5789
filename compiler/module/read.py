"""Read a generated module: its tables, by `ast` alone. Nothing of it is ever run.

The table SWEEP of a published sweep is not read: it is made again from the circuit.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .. import catalog
from ..errors import InputError, Location, UsageError, VerifyError
from ..ir.artifact import beside_of
from ..ir.invariants import check_invariants
from ..ir.stages import Cells, Circuit, Plan, Read, Source
from ..ir.text import digest
from ..options import Options
from ..options.choices import ROUTED
from ..semantics.registry import semantics_of
from .beside import check_digest, read_beside
from .contradictions import contradiction
from .forms import check_model
from .header import AGAIN, Header, read_header
from .literals import Literal, literals, parsed
from .plan_arrays import plan_from
from .restore import circuit_of, plan_of
from .table_types import check_names, check_types
from .tables import Tables, tables_of

TASK_CLASSES = {  # that stand below the network's
    "none": (),
    "cifar10": ("Encoder", "Readout", "ElegansNetM1"),
    "mnist": ("Encoder", "Readout", "Decoder", "ElegansNetM2"),
    ROUTED: ("Components", "RoutedDigits"),
}
BESIDE = ("Wires", "Sweep", "Staged")  # classes that the network uses
SWEEP_TABLES = ("OPTIONS", "UNUSED", "SENSORY", "MOTOR", "CHEMICAL", "ELECTRICAL")
PLAN_TABLES = (*SWEEP_TABLES, "LEVELS", "FEEDBACK")
UNCUT_TABLES = ("OPTIONS", "NEURONS", "SENSORY", "MOTOR", "CHEMICAL", "ELECTRICAL")
FILE_TABLES = ("OPTIONS", "DIGEST")  # where all others stand in a file beside it
OPTIONAL = ("READ", "CYCLES", "LATERAL", "SIGN", "TRANSMITTER", "TYPES")


@dataclass(frozen=True)
class Model:
    """A generated module as data.

    Attributes:
        name: of the class.
        inline: the tables that stand in it; None: they stand in a file beside it.
        path: of the file, as messages name it; label: of the file.
        beside: the file of its tables.
    """

    header: Header
    name: str
    inline: Tables | None
    options: Options
    plan: Plan
    path: str = ""
    label: str = ""
    beside: bytes | None = None

    @cached_property
    def tables(self) -> Tables:
        """The graph by name; of a large one made when it is asked for."""
        return self.inline or tables_of(self.plan, self.options)

    @property
    def cells(self) -> Cells:
        """The neurons of the graph."""
        return self.plan.cells


@dataclass(frozen=True, slots=True)
class CircuitModel:
    """A generated module whose cycles stand, as data; attributes as of `Model`.

    It is a published sweep, or a leaky network.
    """

    header: Header
    name: str
    options: Options
    circuit: Circuit
    path: str = ""
    label: str = ""
    inline: Tables | None = None

    @property
    def tables(self) -> Tables:
        """The graph by name, as the module has it."""
        assert self.inline is not None  # it is read from there
        return self.inline

    @property
    def cells(self) -> Cells:
        """The neurons of the graph."""
        return self.circuit.cells


@dataclass(frozen=True, slots=True)
class Made:
    """How a generated module was made.

    Attributes:
        name: of its class; label: of its source.
        read: how a person asked that its source be read.
    """

    name: str
    label: str
    options: Options
    read: Read = ()


def made_with(data: bytes, path: str) -> Made:
    """Read how a generated module was made; its graph is not looked at.

    Raises:
        InputError: not ours, or its table OPTIONS is damaged.
    """
    head = read_header(data, path)
    tree = parsed(head.padded, path)
    found = literals(tree, path, {"OPTIONS", "READ"})
    if "OPTIONS" not in found:
        raise InputError(path, "the table OPTIONS is missing", AGAIN)
    tables = check_types(found, path)
    options = options_of(tables, found, path)
    return Made(class_of(tree, path, options), head.label, options, read_of(tables))


def made_of(module: Model | CircuitModel) -> Made:
    """How a generated module was made."""
    graph = module.plan if isinstance(module, Model) else module.circuit
    label = module.header.label
    return Made(module.name, label, module.options, graph.source.read)


def read_module(
    data: bytes, path: str, beside: bytes | None = None
) -> Model | CircuitModel:
    """Read a generated module's header, class name, options and tables.

    Args:
        path: of the module; the file of its tables, if there is one, is looked for there.
        beside: the bytes of that file, where it is at hand.

    Raises:
        InputError: not ours, or damaged; with the line and the table.
    """
    head = read_header(data, path)
    tree = parsed(head.padded, path)
    named = {*PLAN_TABLES, *FILE_TABLES, *OPTIONAL}
    found = literals(tree, path, named)
    leaky, filed = asks(found, "dynamics", "leaky"), "DIGEST" in found
    swept = asks(found, "lowering", "published")
    if leaky:  # elsewhere NEURONS is no literal
        found = literals(tree, path, {*named, "NEURONS"})
    wanted = FILE_TABLES if filed else PLAN_TABLES
    for table in UNCUT_TABLES if leaky else SWEEP_TABLES if swept else wanted:
        if table not in found:
            raise InputError(path, f"the table {table} is missing", AGAIN)
    tables = check_types(found, path)
    if leaky or not (swept or filed):
        check_names(tables, found, path)
    options = options_of(tables, found, path)
    name = class_of(tree, path, options)
    unit = options.weight_unit or catalog.unit_of(head.label)
    source = Source(head.label, unit, read_of(tables))
    if swept or leaky:
        circuit = circuit_of(tables, source)
        return CircuitModel(head, name, options, circuit, path, inline=tables)
    if filed:
        digest = found["DIGEST"].value
        if beside is None:
            beside = read_beside(path, digest)
        check_digest(beside, digest, beside_of(path))
        plan = plan_from(beside, beside_of(path), source, tables.cycles)
        return Model(head, name, None, options, plan, path, beside=beside)
    return Model(head, name, tables, options, plan_of(tables, source), path)


def read_model(data: bytes, path: str, beside: bytes | None = None) -> Model:
    """Read a generated module that has levels; arguments as of `read_module`.

    Raises:
        InputError: not ours, damaged, or a published sweep.
    """
    return levelled(read_module(data, path, beside))


def read_consistent(
    data: bytes, path: str, beside: bytes | None = None
) -> Model | CircuitModel:
    """Read a generated module whose tables can be true together, whoever wrote them.

    Arguments as of `read_module`.

    Raises:
        InputError: not ours, damaged, or contradictory; with the table and the line.
    """
    module = read_module(data, path, beside)
    check_consistent(module)
    return module


def check_consistent(model: Model | CircuitModel) -> None:
    """Raise InputError if the tables of a model contradict each other."""
    path = model.path
    if model.options.semantics == "published":
        return  # its table SWEEP is made again from the others
    if model.inline is not None and (
        error := contradiction(model.header.padded, path, model.inline)
    ):
        raise error
    try:
        check_invariants(model.plan if isinstance(model, Model) else model.circuit)
    except VerifyError as error:
        seen = f"the tables contradict each other: {error}"
        raise InputError(path, seen, "compile its source again") from None


def read_unedited(data: bytes, path: str, beside: bytes | None = None) -> Model:
    """Read a generated module that has levels and that nobody edited.

    Arguments as of `read_module`.

    Raises:
        InputError: not ours, damaged, contradictory, edited, or a published sweep.
    """
    model = levelled(read_consistent(data, path, beside))
    check_model(model)
    check_signed(model)
    return model


def check_signed(model: Model | CircuitModel) -> None:
    """Raise InputError if the header of a model signs another graph than its tables hold."""
    graph = model.plan if isinstance(model, Model) else model.circuit
    if digest(graph) != model.header.source:
        seen = "its header signs another graph than its tables hold"
        raise InputError(Location(model.path, model.header.line), seen, AGAIN)


def levelled(module: Model | CircuitModel) -> Model:
    """A module that has levels; InputError for one whose cycles are not broken."""
    if isinstance(module, CircuitModel):
        semantics = semantics_of(module.options)
        kind = "a leaky network" if semantics.currents else "a published sweep"
        hint = f"give its source, or a model without {semantics.asked}"
        raise InputError(module.path, f"{kind}, which has no levels", hint)
    return module


def unswept(module: Model | CircuitModel) -> Model | CircuitModel:
    """A module that is no published sweep; InputError for one."""
    return levelled(module) if module.options.semantics == "published" else module


def asks(found: Mapping[str, Literal], option: str, value: str) -> bool:
    """Whether the table OPTIONS has a value of an option."""
    options = found["OPTIONS"].value if "OPTIONS" in found else None
    return isinstance(options, dict) and options.get(option) == value


def class_of(tree: ast.Module, label: str, options: Options) -> str:
    """The name of the network's class; the others are BESIDE it, and those of the task."""
    classes = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name not in BESIDE
    ]
    around = TASK_CLASSES[options.task]
    if len(classes) != 1 + len(around) or tuple(classes[1:]) != around:
        wanted = "one" if not around else f"one, then {', '.join(around)}"
        raise InputError(label, f"{len(classes)} classes; this module has {wanted}")
    return classes[0]


def read_of(tables: Tables) -> Read:
    """How a person asked that the source be read, as `Source.read` has it."""
    return tuple(
        (option, tuple(value) if isinstance(value, list) else value)
        for option, value in tables.read.items()
    )


def options_of(tables: Tables, found: Mapping[str, Literal], label: str) -> Options:
    """The options that the table OPTIONS names."""
    try:
        return Options.of(tables.options)
    except (UsageError, TypeError) as error:
        at = Location(label, found["OPTIONS"].line)
        raise InputError(
            at, f"OPTIONS: {error}", "update elegansc, or compile again"
        ) from None
