"""What can be told of a generated module by reading it: nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from .. import names
from ..errors import InputError, VerifyError
from ..graph import components, longest_path
from ..ir.invariants import on_path, verify
from ..ir.stages import Plan
from ..ir.text import digest
from ..module.contradictions import coupled_twice
from ..module.header import body_digest, read_header
from ..module.read import Model, read_model
from ..module.tables import Tables, tables_of
from ..options import Options
from ..ordering import certificate
from ..ordering.integers import integers
from ..ordering.problem import Fold, Net, net_of
from ..ordering.solve import least, order_of, settle_protected
from .check import Check

CERTIFIED = (
    "certificate",
    "certificate order",
    "certificate packing",
    "certificate minimum",
)


def static(data: bytes, label: str) -> Iterator[Check]:
    """What can be told without running anything."""
    head = read_header(data, label)
    found = body_digest(head.text)
    yield Check(
        "body", found == head.body, f"body digest {found}, the header says {head.body}"
    )
    try:
        model = read_model(data, label)
    except InputError as error:
        yield Check("tables", False, str(error))
        return
    yield Check(
        "tables", True, "tables hold literals of their types, and know every name"
    )
    plan = model.plan
    yield Check(
        "roles", sorted_roles(model), "SENSORY and MOTOR are sorted, each name once"
    )
    twice = doubled(model)
    yield Check("disjoint", not twice, twice or "no synapse or junction stands twice")
    if twice:
        return
    late = order_broken(plan)
    yield Check(
        "levels",
        not late,
        late or "every input comes from an earlier level, none waits",
    )
    pre = np.concatenate([plan.forward.pre, plan.junctions.left])
    post = np.concatenate([plan.forward.post, plan.junctions.right])
    cyclic = (longest_path(pre, post, len(plan.cells)) < 0).any()
    yield Check(
        "acyclic",
        not cyclic,
        (
            "CHEMICAL and ELECTRICAL have a cycle"
            if cyclic
            else "no cycle in CHEMICAL and ELECTRICAL"
        ),
    )
    if len(plan.lateral):
        yield lateral(plan, model.options)
    stray = off_cycle(plan, model.options)
    yield Check("feedback", not stray, stray or "FEEDBACK runs backward inside cycles")
    if model.options.feedback == "delay":
        ends, within = plan.junctions, plan.lateral
        tails = [plan.feedback.pre, ends.right, within.left, within.right]
        heads = [plan.feedback.post, ends.left, within.right, within.left]
        pre, post = np.concatenate([pre, *tails]), np.concatenate([post, *heads])
    strays = np.flatnonzero(on_path(pre, post, plan.cells) != plan.live)
    stray = ", ".join(names.plain(plan.cells.name[row]) for row in strays[:5].tolist())
    yield Check(
        "unused",
        not len(strays),
        (
            f"wrongly in or out of UNUSED: {stray}"
            if stray
            else "UNUSED is what is on no path"
        ),
    )
    try:
        verify(plan)
        sound = ""
    except VerifyError as error:
        sound = str(error)
    yield Check("plan", not sound, sound or "the plan's invariants hold")
    written = tables_of(plan, model.options)
    same = listed(written) == listed(model.tables)
    yield Check(
        "sorted",
        same,
        (
            "tables are sorted as they are written"
            if same
            else "tables are not in written order"
        ),
    )
    graph = digest(plan)
    yield Check(
        "source",
        graph == head.source,
        f"graph digest {graph}, the header says {head.source}",
    )


def listed(tables: Tables) -> Any:
    """Tables with dicts as lists of pairs, whose order counts."""

    def pairs(value: Any) -> Any:
        return (
            [(k, pairs(v)) for k, v in value.items()]
            if isinstance(value, dict)
            else value
        )

    return pairs(asdict(tables))


def sorted_roles(model: Model) -> bool:
    """SENSORY and MOTOR hold each name once, in order."""
    lists = (model.tables.sensory, model.tables.motor)
    return all(found == sorted(set(found)) for found in lists)


def doubled(model: Model) -> str:
    """A synapse in CHEMICAL and in FEEDBACK, or a junction twice; "" if there is none."""
    tables = model.tables
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
    """Whether the junctions that are given up had to be: only levels that are few do that."""
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
    net, fold, _ = problem(plan, options)
    node, back = fold.node, plan.feedback
    left, right = node[plan.junctions.left], node[plan.junctions.right]
    pre = np.concatenate([net.pre[net.proper], left, right])
    post = np.concatenate([net.post[net.proper], right, left])
    part = components(pre, post, len(net.names))
    tail, head = node[back.pre], node[back.post]
    off = (part[tail] != part[head]) & (net.block[tail] <= net.block[head])
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


def differs(data: bytes, again: bytes) -> str:
    """The first line that is not what elegansc writes."""
    old, new = data.split(b"\n"), again.split(b"\n")
    pairs = enumerate(zip(old, new, strict=False), 1)
    line = next(
        (number for number, (a, b) in pairs if a != b), min(len(old), len(new)) + 1
    )
    return (
        f"line {line} is not what elegansc writes: edited by hand, or another version"
    )


def claimed(model: Model) -> Iterator[Check]:
    """Whether the bound that CYCLES claims can be proved again from the tables."""
    bound = model.plan.optimality.bound
    if bound is None:
        return
    plan = model.plan
    net, fold, scale = problem(plan, model.options)
    whole = plan.optimality.method == "exact" or model.options.cycles == "exact"
    cycles = "exact" if whole else "auto"
    found = least(order_of(net, cycles), net, fold) / scale
    detail = f"no order loses less than {names.amount(found)}, the module says {names.amount(bound)}"
    yield Check("minimum", found >= bound, detail)


def certified(model: Model, data: bytes, label: str) -> Iterator[Check]:
    """Whether a certificate holds, in whole numbers; no solver is asked."""
    net, fold, scale = problem(model.plan, model.options)
    found = certificate.read(data, label)
    verdicts = certificate.check(found, model.plan, net, fold, scale)
    for name, verdict in zip(CERTIFIED, verdicts, strict=False):
        yield Check(name, not verdict.failed, verdict.detail)


def problem(plan: Plan, options: Options) -> tuple[Net, Fold, int]:
    """What the order of a plan is judged by, and the scale of its integers."""
    edges = [plan.forward, plan.feedback]
    pre = np.concatenate([table.pre for table in edges])
    post = np.concatenate([table.post for table in edges])
    weight = np.concatenate([table.weight for table in edges])
    integer, scale, _ = integers(weight, plan.source.label)
    net, fold = net_of(
        plan.cells.name,
        plan.cells.role,
        pre,
        post,
        integer,
        roles=options.roles,
        protect=options.protect,
        symmetric=options.symmetric,
        seed=options.tie_seed,
    )
    return settle_protected(net), fold, scale
