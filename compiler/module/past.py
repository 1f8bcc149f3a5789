"""The order of an older model, by name, as a compile stays near it or takes it as it is."""

from __future__ import annotations

from dataclasses import replace

from .. import names
from ..errors import InputError
from ..files import read_bytes
from ..ir.optimality import Past
from ..ir.stages import Circuit
from ..ir.text import digest
from ..options import Options, base
from .forms import check_model
from .header import AGAIN, is_generated
from .read import Model, read_model


def past_of(options: Options, circuit: Circuit) -> Past | None:
    """The older model to stay near.

    Raises:
        InputError: hardly a neuron of it is known here.
    """
    if not options.like:
        return None
    data = read_bytes(options.like, empty=AGAIN)
    if not is_generated(data):
        hint = "--like takes a module that elegansc generated"
        raise InputError(options.like, "not a generated module", hint)
    model = read_model(data, options.like)
    check_model(model)
    name = model.plan.cells.name
    shared = set(name) & set(circuit.cells.name)
    if 10 * len(shared) < len(circuit.cells):
        of = names.plural(len(circuit.cells), "neuron")
        seen = f"--like: knows {len(shared):,} of {of} here"
        raise InputError(options.like, seen, "is it a model of another animal?")
    return past_from(model, options, circuit, base(options.like))


def locked(model: Model | None, options: Options, circuit: Circuit) -> Past | None:
    """A model's order, to be taken as it is, if it is of this very graph and options.

    Under other options, and be it another --like or --stick, a compile would not take it.
    """
    if model is None:
        return None
    near = base(options.like) if options.like else "", options.stick
    if near != (model.options.like, model.options.stick):
        return None
    past = past_from(model, options, circuit, model.path or model.header.label)
    return past if past.same else None


def past_from(model: Model, options: Options, circuit: Circuit, label: str) -> Past:
    """An older model, by name."""
    plan, name = model.plan, model.plan.cells.name
    back = {
        (name[u], name[v]): late
        for late, edges in ((False, plan.forward), (True, plan.feedback))
        for u, v in zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    }
    ends, within = (
        zip(edges.left.tolist(), edges.right.tolist(), strict=True)
        for edges in (plan.junctions, plan.lateral)
    )
    asked = replace(options, like="", stick=0.0)
    made = replace(model.options, like="", stick=0.0)
    same = asked.changed() == made.changed() and digest(circuit) == digest(plan)
    return Past(
        label,
        back,
        {neuron: row for row, neuron in enumerate(name)},
        frozenset((name[u], name[v]) for u, v in ends),
        plan.optimality,
        same,
        frozenset((min(name[u], name[v]), max(name[u], name[v])) for u, v in within),
    )
