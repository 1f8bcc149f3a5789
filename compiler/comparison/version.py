"""A version of a connectome and of its model, by name, to compare with another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from ..catalog import UNKNOWN_UNIT
from ..errors import InputError, UsageError
from ..files import read_bytes
from ..git.revision import is_revision
from ..ir.stages import MOTOR, SENSORY, Circuit, Connectome, Plan, Source
from ..ir.trace import Stop, Trace
from ..module.plan_arrays import plan_from
from ..module.read import CircuitModel, Model, unswept
from ..module.restore import unplanned
from ..options import MEANING, Options, Value
from ..pipeline import lower, to_circuit
from ..readers.reader import Layout
from ..semantics.merges import merge_of
from ..semantics.registry import semantics_of
from ..semantics.ties import Tie
from ..semantics.wiring import Link, Wiring, link, wiring_of, wiring_of_circuit
from ..sources import Opened, check_unedited, open_both, open_source

ROLES = {0: "inter", SENSORY: "sensory", MOTOR: "motor", SENSORY | MOTOR: "both"}

Pair = tuple[str, str]
V = TypeVar("V")


@dataclass(frozen=True)
class Version:
    """A graph by name and, if it has one, its model.

    Attributes:
        roles: neuron -> sensory, motor, both or inter.
        chemical: (pre, post) -> weight; junctions: (one, other), sorted, -> weight.
        signs: +1 or -1, of the chemical pairs with a known sign.
        level: neuron -> level, without neurons in none; None: there are no levels.
        back: pairs that run backward.
        live: neurons that have parameters; None without a model.
        time: how time passes in a leaky network: dt, and what else is not default.
        lateral: junctions whose neurons share a level.
        gains: the synapse of each gain; empty without a model.
        conductances: the gap junction of each, of a leaky network.
        each: parameter -> (what it is of, the number of its elements for each).
        meaning: the options that decide what a parameter means.
        why: reason if there is no model.
        edited: whether the text of the model differs from the digest in its header.
    """

    label: str
    unit: str
    roles: Mapping[str, str]
    chemical: Mapping[Pair, float]
    junctions: Mapping[Pair, float]
    level: Mapping[str, int] | None = None
    back: frozenset[Pair] = frozenset()
    gains: frozenset[Link] = frozenset()
    why: str = ""
    edited: bool = False
    signs: Mapping[Pair, int] = field(default_factory=dict)
    meaning: Mapping[str, Value] = field(default_factory=dict)
    lateral: frozenset[Pair] = frozenset()
    each: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    live: frozenset[str] | None = None
    time: Mapping[str, float] = field(default_factory=dict)
    conductances: frozenset[Link] = frozenset()
    ties: Mapping[str, frozenset[Tie]] = field(default_factory=dict)

    def parameters(self, like: Version | None = None) -> int:
        """Number of elements of the parameters.

        Args:
            like: another version: only what has the same name, of neuron or synapse, and
                the same shape there counts.
        """
        of = self if like is None else like
        counts = {
            "synapse": len(self.gains & of.gains),
            "junction": len(self.conductances & of.conductances),
            "neuron": len((self.live or frozenset()) & (of.live or frozenset())),
        }
        both = {
            name: len(ties & of.ties.get(name, frozenset()))
            for name, ties in self.ties.items()
        }
        return sum(
            (both[name] if per == "tie" else counts[per]) * each
            for name, (per, each) in self.each.items()
            if of.each.get(name) == (per, each)
        )


def read_version(
    path: str,
    options: Options | None,
    layout: Layout,
    *,
    label: str = "",
    like: Model | None = None,
) -> Version:
    """Read one version: a connectome file, a bundled name, or a generated model.

    Args:
        options: that compile a source; None: those of `like`, or the defaults.
        label: stands for the file.
        like: the other version, if it is a model, whose options and order a source gets.
    """
    return version_from(open_source(path, layout, label=label), options, like)


def read_versions(
    old: str, new: str, options: Options | None, layout: Layout
) -> list[Version]:
    """Read two versions; a source beside a model is compiled with the model's options.

    Each is read once, so that it may be a pipe.
    """
    sources = open_both((old, new), layout)
    return versions_of(sources, (old, new), options)


def versions_of(
    sources: Sequence[Opened], paths: Sequence[str], options: Options | None
) -> list[Version]:
    """The versions of two sources that are open.

    Args:
        paths: where each is from; a revision of git is labelled by it.
    """
    models = [
        None if isinstance(source, Connectome) else unswept(source)
        for source in sources
    ]
    versions = [
        version_from(source, options, other)
        for source, other in zip(sources, reversed(models), strict=True)
    ]
    return [
        replace(version, label=path) if is_revision(path) else version
        for version, path in zip(versions, paths, strict=True)
    ]


def version_from(
    source: Opened, options: Options | None, like: Model | CircuitModel | None
) -> Version:
    """The version of an opened source."""
    if not isinstance(source, Connectome):
        return version_of_model(unswept(source))
    if options is None:
        made = like.options if like else Options()
        options = replace(made, like="", stick=0.0)
    label = source.source.label
    if semantics_of(options).currents:
        circuit = to_circuit(source, options, Trace())
        return version_of(circuit, None, options, label)
    trace, why = Trace(until="plan"), ""
    lock = like if isinstance(like, Model) else None
    try:
        lower(source, options, trace, lock)
    except Stop:
        pass
    except (InputError, UsageError) as error:
        if "circuit" not in trace.kept:
            raise
        why = str(error).split("\n")[0].removeprefix(f"{label}: ")
    found, plan = trace.kept["circuit"], trace.kept.get("plan")
    assert isinstance(found, Circuit)
    plan_found = plan if isinstance(plan, Plan) else None
    return replace(version_of(found, plan_found, options, label), why=why)


def version_of_model(model: Model | CircuitModel) -> Version:
    """The version of a generated model, by its tables."""
    plan = model.plan if isinstance(model, Model) else None
    circuit = (
        model.circuit if isinstance(model, CircuitModel) else unplanned(model.plan)[0]
    )
    found = version_of(circuit, plan, model.options, model.label)
    return replace(found, edited=is_edited(model))


def version_of_tables(path: str, label: str) -> Version:
    """The version of a file of tables alone, as git hands it over: a graph and its levels."""
    source = Source(label, UNKNOWN_UNIT)
    plan = plan_from(read_bytes(path), path, source, {})
    return version_of(unplanned(plan)[0], plan, Options(), label)


def is_edited(model: Model | CircuitModel) -> bool:
    """Whether a model was edited by hand: neither of an older form nor reformatted."""
    try:
        check_unedited(model)
    except InputError:
        return True
    return False


def version_of(
    circuit: Circuit, plan: Plan | None, options: Options, label: str
) -> Version:
    """The version of a circuit and, if there is one, its plan.

    A leaky network has parameters and no plan.
    """
    name, edges = circuit.cells.name, circuit.chemical
    ends = circuit.junctions
    bits = (circuit.cells.role & (SENSORY | MOTOR)).tolist()
    graph = Version(
        label,
        circuit.source.unit,
        dict(zip(name, (ROLES[bit] for bit in bits), strict=True)),
        named(name, edges.pre, edges.post, edges.weight),
        {
            (min(pair), max(pair)): weight
            for pair, weight in named(name, ends.left, ends.right, ends.weight).items()
        },
        signs={
            pair: int(sign)
            for pair, sign in named(name, edges.pre, edges.post, edges.sign).items()
            if sign
        },
    )
    semantics = semantics_of(options)
    if semantics.currents:
        return modelled(graph, options, wiring_of_circuit(circuit))
    if plan is None:
        return graph
    row = plan.cells.name
    start = plan.level_start.tolist()
    level = {
        row[place]: number
        for number, (first, last) in enumerate(zip(start, start[1:], strict=False))
        for place in range(first, last)
    }
    within = named(row, plan.lateral.left, plan.lateral.right, plan.lateral.weight)
    late = named(row, plan.feedback.pre, plan.feedback.post, plan.feedback.weight)
    return replace(
        modelled(graph, options, wiring_of(plan)),
        level=level,
        back=frozenset(late),
        lateral=frozenset((min(pair), max(pair)) for pair in within),
    )


def modelled(graph: Version, options: Options, wiring: Wiring) -> Version:
    """The version of a graph with the parameters of its model."""
    semantics = semantics_of(options)
    gains = semantics.synapses(wiring) if merge_of(options).gains else ()
    each = {
        parameter.name: (str(parameter.per), parameter.each)
        for parameter in semantics.parameters(wiring, options)
    }
    return replace(
        graph,
        gains=frozenset(map(link, gains)),
        conductances=frozenset(map(link, semantics.junctions(wiring))),
        meaning={name: getattr(options, name) for name in MEANING},
        each=each,
        live=frozenset(wiring.fire),
        ties={
            name: frozenset(groups.ties)
            for name, groups in semantics.ties(wiring, options).items()
        },
        time=options.time if semantics.currents else {},
    )


def named(
    name: tuple[str, ...], pre: np.ndarray, post: np.ndarray, weight: np.ndarray
) -> dict[Pair, float]:
    """(pre, post) by name -> weight."""
    columns = (pre.tolist(), post.tolist(), weight.tolist())
    return {(name[u], name[v]): w for u, v, w in zip(*columns, strict=True)}
