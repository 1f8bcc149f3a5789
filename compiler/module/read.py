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
from ..ir.stages import Circuit, Plan, Read, Source
from ..ir.text import digest
from ..options import Options
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
}
BESIDE = ("Wires", "Sweep", "Staged")  # classes that the network uses
SWEEP_TABLES = ("OPTIONS", "UNUSED", "SENSORY", "MOTOR", "CHEMICAL", "ELECTRICAL")
PLAN_TABLES = (*SWEEP_TABLES, "LEVELS", "FEEDBACK")
FILE_TABLES = ("OPTIONS", "DIGEST")  # where all others stand in a file beside it
OPTIONAL = ("READ", "CYCLES", "LATERAL", "SIGN", "TRANSMITTER")


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


@dataclass(frozen=True, slots=True)
class SweepModel:
    """A generated module of a published sweep as data; attributes as of `Model`."""

    header: Header
    name: str
    options: Options
    circuit: Circuit
    path: str = ""
    label: str = ""


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


def made_of(module: Model | SweepModel) -> Made:
    """How a generated module was made."""
    graph = module.plan if isinstance(module, Model) else module.circuit
    label = module.header.label
    return Made(module.name, label, module.options, graph.source.read)


def read_module(
    data: bytes, path: str, beside: bytes | None = None
) -> Model | SweepModel:
    """Read a generated module's header, class name, options and tables.

    Args:
        path: of the module; the file of its tables, if there is one, is looked for there.
        beside: the bytes of that file, where it is at hand.

    Raises:
        InputError: not ours, or damaged; with the line and the table.
    """
    head = read_header(data, path)
    tree = parsed(head.padded, path)
    found = literals(tree, path, {*PLAN_TABLES, *FILE_TABLES, *OPTIONAL})
    swept, filed = is_swept(found), "DIGEST" in found
    for table in SWEEP_TABLES if swept else FILE_TABLES if filed else PLAN_TABLES:
        if table not in found:
            raise InputError(path, f"the table {table} is missing", AGAIN)
    tables = check_types(found, path)
    if not swept and not filed:
        check_names(tables, found, path)
    options = options_of(tables, found, path)
    name = class_of(tree, path, options)
    unit = options.weight_unit or catalog.unit_of(head.label)
    source = Source(head.label, unit, read_of(tables))
    if swept:
        return SweepModel(head, name, options, circuit_of(tables, source), path)
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
) -> Model | SweepModel:
    """Read a generated module whose tables can be true together, whoever wrote them.

    Arguments as of `read_module`.

    Raises:
        InputError: not ours, damaged, or contradictory; with the table and the line.
    """
    module = read_module(data, path, beside)
    if isinstance(module, Model):
        check_consistent(module)
    return module


def check_consistent(model: Model) -> None:
    """Raise InputError if the tables of a model contradict each other."""
    path = model.path
    if model.inline is not None and (
        error := contradiction(model.header.padded, path, model.inline)
    ):
        raise error
    try:
        check_invariants(model.plan)
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
    if digest(model.plan) != model.header.source:
        seen = "its header signs another graph than its tables hold"
        raise InputError(Location(path, model.header.line), seen, AGAIN)
    return model


def levelled(module: Model | SweepModel) -> Model:
    """A module that has levels; InputError for a published sweep."""
    if isinstance(module, SweepModel):
        hint = "give its source, or a model without --lowering published"
        seen = "a published sweep, which has no levels"
        raise InputError(module.path, seen, hint)
    return module


def is_swept(found: Mapping[str, Literal]) -> bool:
    """Whether the table OPTIONS says that a module is a published sweep."""
    options = found["OPTIONS"].value if "OPTIONS" in found else None
    return isinstance(options, dict) and options.get("lowering") == "published"


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
