"""Checks of a generated module that read it; nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from .. import names
from ..errors import InputError, VerifyError
from ..graph import components, longest_path, ranks
from ..ir.invariants import check_invariants, on_path
from ..ir.stages import Plan
from ..ir.text import digest
from ..module import forms
from ..module.contradictions import coupled_twice
from ..module.forms import OLDER, REFORMATTED, UPDATE, emitted, form
from ..module.header import Header, body_digest, read_header
from ..module.plan_arrays import tables_file
from ..module.read import Model, read_model
from ..module.restore import unplanned
from ..module.tables import Tables, tables_of
from ..options import Options
from ..ordering import certificate
from ..ordering.problem import Problem
from ..semantics.registry import semantics_of
from ..semantics.wiring import arcs
from .check import Check

CERTIFIED = (
    "certificate",
    "certificate order",
    "certificate packing",
    "certificate minimum",
)


def static(data: bytes, label: str, beside: bytes | None = None) -> Iterator[Check]:
    """Checks of the header, the tables, the plan and their digests, in this order.

    Args:
        beside: the file of its tables; None: it is looked for beside the label.
    """
    head = read_header(data, label)
    try:
        model = read_model(data, label, beside)
    except InputError as error:
        yield body(head, b"")
        yield Check("tables", False, str(error))
        return
    yield body(head, emitted(model) if head.edited else b"")
    if model.inline is None:
        detail = "tables stand in the file that the module names, each index in range"
        yield Check("tables", True, detail)
    else:
        detail = "tables hold literals of their types, and know every name"
        yield Check("tables", True, detail)
        yield from of_tables(model.inline)
        if doubled(model.inline):
            return
    yield from of_plan(model.plan, model.options)
    same = as_written(model)
    detail = "tables are sorted as they are written"
    yield Check("sorted", same, detail if same else "tables are not in written order")
    graph = digest(model.plan)
    yield Check(
        "source",
        graph == head.source,
        f"graph digest {graph}, the header says {head.source}",
    )


def body(head: Header, again: bytes) -> Check:
    """Whether the text is the one that the header signs, reformatted at most.

    Args:
        again: the file that this elegansc emits for its tables; b"": none is known.
    """
    found = body_digest(head.text)
    detail = f"body digest {found}, the header says {head.body}"
    if head.covered:
        detail = "more than comments stands above the header"
    formed = head.edited and form(head, again) == REFORMATTED
    if formed:
        detail = (
            f"reformatted: code and comments of the text that is signed {head.body}"
        )
    return Check("body", not head.edited or formed, detail)


def as_emitted(head: Header, again: bytes) -> Check:
    """Whether the file is what this elegansc emits for its tables, or stands for it.

    The check bears the name of the form where that is another: then the emitted file is
    run in its place.
    """
    match form(head, again):
        case forms.WRITTEN:
            return Check("emitted", True, "emitted again: the same bytes")
        case forms.OLDER:
            detail = "its tables are proved; run is what this elegansc emits for them"
            return Check(OLDER, True, f"{detail}: {UPDATE} writes it")
        case forms.REFORMATTED:
            detail = "another layout of what elegansc emits, which is run in its place"
            return Check(REFORMATTED, True, detail)
    return Check("emitted", False, differs(head, again))


def as_written(model: Model) -> bool:
    """Whether the tables are just what elegansc writes for their plan, order and all."""
    if model.inline is None:
        return tables_file(model.plan) == model.beside
    return listed(tables_of(model.plan, model.options)) == listed(model.inline)  # type: ignore[no-any-return]


def of_tables(tables: Tables) -> Iterator[Check]:
    """Checks of the tables alone."""
    roles, twice = "SENSORY and MOTOR are sorted, each name once", doubled(tables)
    yield Check("roles", sorted_roles(tables), roles)
    yield Check("disjoint", not twice, twice or "no synapse or junction stands twice")


def of_plan(plan: Plan, options: Options) -> Iterator[Check]:
    """Checks of levels, cycles, feedback and live neurons of the plan."""
    late = order_broken(plan)
    early = "every input comes from an earlier level, none waits"
    yield Check("levels", not late, late or early)
    pre = np.concatenate([plan.forward.pre, plan.junctions.left])
    post = np.concatenate([plan.forward.post, plan.junctions.right])
    cyclic = bool((longest_path(pre, post, len(plan.cells)) < 0).any())
    detail = "CHEMICAL and ELECTRICAL have a cycle" if cyclic else ""
    yield Check("acyclic", not cyclic, detail or "no cycle in CHEMICAL and ELECTRICAL")
    if len(plan.lateral):
        yield lateral(plan, options)
    stray = off_cycle(plan, options)
    yield Check("feedback", not stray, stray or "FEEDBACK runs backward inside cycles")
    stray = wrongly_live(plan, options)
    yield Check("unused", not stray, stray or "UNUSED is what is on no path")
    try:
        check_invariants(plan)
        sound = ""
    except VerifyError as error:
        sound = str(error)
    yield Check("plan", not sound, sound or "the plan's invariants hold")


def wrongly_live(plan: Plan, options: Options) -> str:
    """The first neurons on a path and in UNUSED, or neither; "" if there are none."""
    pre, post = arcs(plan, semantics_of(options).ways)
    live = on_path(pre, post, plan.cells)
    strays = np.flatnonzero(live != plan.live)
    found = ", ".join(names.plain(plan.cells.name[row]) for row in strays[:5].tolist())
    return f"wrongly in or out of UNUSED: {found}" if found else ""


def listed(tables: Tables) -> Any:
    """Tables with dicts as lists of pairs, whose order counts."""

    def pairs(value: Any) -> Any:
        return (
            [(k, pairs(v)) for k, v in value.items()]
            if isinstance(value, dict)
            else value
        )

    return pairs(asdict(tables))


def sorted_roles(tables: Tables) -> bool:
    """SENSORY and MOTOR hold each name once, in order."""
    lists = (tables.sensory, tables.motor)
    return all(found == sorted(set(found)) for found in lists)


def doubled(tables: Tables) -> str:
    """A synapse in CHEMICAL and in FEEDBACK, or a junction twice; "" if there is none."""
    for neuron, row in tables.chemical.items():
        for source in row:
            if source in tables.feedback.get(neuron, {}):
                return f"{names.plain(source)} -> {names.plain(neuron)} in CHEMICAL and in FEEDBACK"
    for (_, neuron, source), _ in coupled_twice(tables):
        return (
            f"the junction {names.plain(source)} - {names.plain(neuron)} stands twice"
        )
    return ""


def lateral(plan: Plan, options: Options) -> Check:
    """Whether junctions in LATERAL share a level, as they may under --max-levels alone."""
    level = np.searchsorted(plan.level_start, np.arange(len(plan.cells)), side="right")
    left, right, live = plan.lateral.left, plan.lateral.right, plan.live
    bad = np.flatnonzero(live[left] & live[right] & (level[left] != level[right]))
    detail = "the neurons of a junction in LATERAL share a level"
    if len(bad):
        one, two = (plan.cells.name[int(rows[bad[0]])] for rows in (left, right))
        detail = f"LATERAL: {names.plain(one)} and {names.plain(two)} share no level"
    elif not options.max_levels:
        detail = "LATERAL holds junctions without --max-levels"
    return Check("lateral", bool(options.max_levels) and not len(bad), detail)


def off_cycle(plan: Plan, options: Options) -> str:
    """The first of FEEDBACK that lies on no cycle, junctions both ways; "" if all do.

    Partners count as one where they stand side by side; what runs against blocks may
    lie anywhere, and so may all where the levels are few.
    """
    if options.max_levels:
        return ""
    problem = Problem.of(unplanned(plan)[0], options)
    instance, back = problem.instance, plan.feedback
    node = problem.symmetry.node[ranks(np.array(plan.cells.name, object))]
    left, right = node[plan.junctions.left], node[plan.junctions.right]
    pre = np.concatenate([instance.pre[instance.proper], left, right])
    post = np.concatenate([instance.post[instance.proper], right, left])
    part = components(pre, post, len(instance.names))
    tail, head = node[back.pre], node[back.post]
    off = (part[tail] != part[head]) & (instance.block[tail] <= instance.block[head])
    bad = np.flatnonzero(off)
    if not len(bad):
        return ""
    one, two = (plan.cells.name[int(rows[bad[0]])] for rows in (back.pre, back.post))
    return f"{names.plain(one)} -> {names.plain(two)} of FEEDBACK lies on no cycle"


def order_broken(plan: Plan) -> str:
    """The first input that does not come from an earlier level; "" if all do."""
    level = np.searchsorted(plan.level_start, np.arange(len(plan.cells)), side="right")
    live = plan.live
    for pre, post in (
        (plan.forward.pre, plan.forward.post),
        (plan.junctions.left, plan.junctions.right),
    ):
        bad = np.flatnonzero(live[pre] & live[post] & (level[pre] >= level[post]))
        if len(bad):
            one, two = (plan.cells.name[int(column[bad[0]])] for column in (pre, post))
            return f"{names.plain(one)} -> {names.plain(two)} does not run to a later level"
    return ""


def differs(head: Header, again: bytes) -> str:
    """The first line that is not what elegansc writes."""
    old, new = head.module.split(b"\n"), again.split(b"\n")
    pairs = enumerate(zip(old, new, strict=False), head.line - 1)
    end = head.line - 1 + min(len(old), len(new))
    line = next((number for number, (a, b) in pairs if a != b), end)
    return f"line {line} is not what elegansc writes: edited by hand"


def claimed(model: Model) -> Iterator[Check]:
    """Whether the bound that CYCLES claims can be proved again from the tables."""
    bound = model.plan.optimality.bound
    if bound is None:
        return
    plan = model.plan
    problem = Problem.of(unplanned(plan)[0], model.options)
    whole = plan.optimality.method == "exact" or model.options.cycles == "exact"
    cycles = "exact" if whole else "auto"
    found = problem.bound(problem.solved(cycles))
    detail = f"no order loses less than {names.amount(found)}, the module says {names.amount(bound)}"
    yield Check("minimum", found >= bound, detail)


def certified(model: Model, data: bytes, label: str) -> Iterator[Check]:
    """Whether a certificate holds, in whole numbers; no solver is asked."""
    problem = Problem.of(unplanned(model.plan)[0], model.options)
    found = certificate.read(data, label)
    verdicts = certificate.check(found, model.plan, problem)
    for name, verdict in zip(CERTIFIED, verdicts, strict=False):
        yield Check(name, not verdict.failed, verdict.detail)
