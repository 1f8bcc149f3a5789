"""Merge two changes of a model: their tables by name, emitted again near our order.

Of three files the tables, options, class and label are merged, never the text; the source
is not read, as git may not have merged it yet. What both sides changed differently is a
conflict: the merge is emitted with our value and with theirs, and the file shows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import catalog
from ..errors import InputError
from ..ir.stages import MOTOR, SENSORY, Circuit, Source
from ..ir.trace import Trace
from ..module.beside import is_filed
from ..module.read import CircuitModel, Model, made_of, read_consistent
from ..module.restore import unplanned
from ..options import Options
from ..pipeline import emitted, lower_circuit, uncut
from ..semantics.registry import semantics_of
from ..sources import check_unedited
from .graph import Graph, circuit_from, graph_of
from .graphs import merge_graphs
from .markers import marked
from .three_way import three_way

Module = Model | CircuitModel


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged model.

    Attributes:
        data: the file, with conflict markers if there are conflicts.
        conflicts: a line for each.
    """

    data: bytes
    conflicts: tuple[str, ...]


def merge(base: bytes, ours: bytes, theirs: bytes, path: str, size: int = 7) -> Merged:
    """Merge two changes of a generated module.

    Args:
        base, ours, theirs: the three files.
        path: of the module, as messages name it.
        size: characters of a conflict marker.

    Raises:
        InputError: one of them is no unedited module of ours, or no model can be made of
            the merge. UsageError: the options of the merge do not go together.
    """
    if not base:
        hint = "merge its source, then compile it again"
        raise InputError(path, "both sides made it anew", hint)
    words = {"base": base, "ours": ours, "theirs": theirs}
    three = [read(data, f"{path} ({word})") for word, data in words.items()]
    settings = three_way(*(settings_of(module) for module in three))
    graphs = tuple(graph_of(circuit_of(module)) for module in three)
    first, second, lines = merge_graphs(graphs, given(three[1].options))  # type: ignore[arg-type]
    lines += [
        f"{key}: {shown(one)} here, {shown(other)} there"
        for key, (_, one, other) in settings.conflicts.items()
    ]
    data = emit(first, settings.ours, three[1])
    if lines:
        data = marked(data, emit(second, settings.theirs, read(data, path)), size)
    if b"\r\n" in ours:
        data = data.replace(b"\n", b"\r\n")
    return Merged(data, tuple(lines))


def read(data: bytes, path: str) -> Module:
    """A module whose text nobody edited."""
    if is_filed(data):
        seen = (
            "its tables stand in a file beside it, which git hands to no merge driver"
        )
        raise InputError(path, seen)
    module = read_consistent(data, path)
    check_unedited(module)
    return module


def circuit_of(module: Module) -> Circuit:
    """The circuit in a module's tables."""
    match module:
        case CircuitModel(circuit=circuit):
            return circuit
        case Model(plan=plan):
            return unplanned(plan)[0]


def settings_of(module: Module) -> dict[str, Any]:
    """Options, class, label and the lines above the header, by name."""
    options = {f"--{name}": value for name, value in module.options.changed().items()}
    return {
        **options,
        "class": module.name,
        "label": module.header.label,
        "lines above the header": module.header.above,
    }


def shown(value: object) -> str:
    """A setting in a message; None: the default."""
    return "default" if value is None else ascii(value)[:80]


def given(options: Options) -> int:
    """The roles that options name, as bits."""
    if options.cells:
        return SENSORY | MOTOR
    return SENSORY * bool(options.inputs) | MOTOR * bool(options.outputs)


def emit(graph: Graph, settings: Mapping[str, Any], near: Module) -> bytes:
    """The file of a merged graph.

    Args:
        near: the module whose order the new one stays near, or keeps if it is of this graph.
    """
    named = {
        name.removeprefix("--"): value
        for name, value in settings.items()
        if name.startswith("--")
    }
    options, label = Options.of(named), settings["label"]
    unit = options.weight_unit or catalog.unit_of(label)
    circuit = circuit_from(graph, Source(label, unit, made_of(near).read))
    trace = Trace()
    if semantics_of(options).levels:
        lock = near if isinstance(near, Model) else None
        plan = lower_circuit(circuit, options, trace, lock, near=True)
        artifact = emitted(plan, options, settings["class"], trace)
    else:
        ir = uncut(circuit, options, trace)
        artifact = emitted(ir, options, settings["class"], trace)
    return settings["lines above the header"] + artifact.page  # type: ignore[no-any-return]
