"""A certificate: why no order loses less, checked by whole numbers, without a solver.

It is a packing of directed cycles, each with an amount in millionths of a unit of weight.
Every feedback arc set cuts each cycle. If no synapse carries more cycles than it weighs,
the set weighs at least as much as all cycles together, and, weights being whole numbers,
at least that rounded up; this for each group of cycles that share no synapse with another.
The order that is given loses just that, or the gap is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, Location
from ..ir.optimality import Optimality
from ..ir.stages import Circuit, Plan
from ..ir.text import digest
from ..names import amount, plain
from .instance import Instance, Symmetry
from .problem import Problem

FORMAT = 1
KIND = "minimum feedback arc set"
PARTS = 10**6
LARGEST = 2**62  # weight that a sum of integers reaches
FIELDS = ("format", "kind", "label", "source", "bound", "lost", "order", "groups")


def certificate(plan: Plan) -> bytes | None:
    """The certificate of a plan that was just compiled; None where no cycles prove a bound.

    JSON: format, kind, label, source (digest of the graph), unit, bound and lost in that
    unit, order (names), groups of {parts, cycle} whose cycles are names.
    """
    return certificate_of(plan, plan.optimality)


def certificate_of(graph: Circuit | Plan, optimality: Optimality) -> bytes | None:
    """The certificate of what is known of an order of a graph; see `certificate`."""
    if optimality.bound is None or optimality.lost is None or not optimality.order:
        return None
    if not optimality.certified:
        return None
    head = {
        "format": FORMAT,
        "kind": KIND,
        "label": graph.source.label,
        "source": digest(graph),
        "unit": graph.source.unit,
        "bound": whole(optimality.bound),
        "lost": whole(optimality.lost),
        "order": list(optimality.order),
    }
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()
    ]
    groups = [
        "    [\n"
        + ",\n".join(
            f'      {{"parts": {parts}, "cycle": {json.dumps(list(cycle))}}}'
            for cycle, parts in group
        )
        + "\n    ]"
        for group in optimality.packing
    ]
    body = ",\n".join(groups)
    text = "\n".join(
        ["{", *lines, f'  "groups": [\n{body}\n  ]' if body else '  "groups": []', "}"]
    )
    return f"{text}\n".encode("ascii")


def whole(value: float) -> int | float:
    """A whole number as an int: 3 for 3.0."""
    return int(value) if value == int(value) else value


@dataclass(frozen=True)
class Verdict:
    """Result of one check of a certificate; `failed` names the check, "" where it holds."""

    failed: str
    detail: str


def read(data: bytes, label: str) -> dict[str, Any]:
    """The fields of a certificate.

    Raises:
        InputError: not JSON, or not of this form.
    """
    try:
        found = json.loads(data, parse_constant=refused)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise InputError(Location(label, line), f"not JSON: {error}") from None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise InputError(label, "not a certificate that elegansc wrote")
    if type(found.get("format")) is not int or found["format"] != FORMAT:
        seen = f"format {str(found.get('format'))[:20]!r}, this elegansc reads {FORMAT}"
        raise InputError(label, seen, "update elegansc")
    for name in FIELDS:
        if name not in found:
            raise InputError(label, f"the field {name} is missing")
    numbers = (found["bound"], found["lost"])
    typed = all(type(n) in (int, float) and abs(n) <= LARGEST for n in numbers)
    if not typed or not names_only(found["order"]) or not grouped(found["groups"]):
        raise InputError(label, "a field is not of its type")
    return found


def refused(word: str) -> float:
    """Refuse NaN and Infinity."""
    raise ValueError(f"{word} is no number")


def names_only(value: Any) -> bool:
    """Whether a value is a list of strings."""
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def grouped(value: Any) -> bool:
    """Whether a value is lists of {parts: a whole number above 0, cycle: names}, none empty."""
    return isinstance(value, list) and all(
        isinstance(group, list)
        and all(
            isinstance(entry, dict)
            and set(entry) == {"parts", "cycle"}
            and type(entry["parts"]) is int
            and 0 < entry["parts"] <= LARGEST * PARTS
            and names_only(entry["cycle"])
            and entry["cycle"]
            for entry in group
        )
        for group in value
    )


def check(found: Mapping[str, Any], plan: Plan, problem: Problem) -> Iterator[Verdict]:
    """Hold a certificate against the tables of a model, in whole numbers.

    Args:
        problem: of the model's circuit and options.
    """
    instance, symmetry, scale = problem.instance, problem.symmetry, problem.scale
    if found["source"] != digest(plan):
        label, source = (plain(str(found[key])) for key in ("label", "source"))
        seen = f"it is of the graph {label}:{source}"
        yield Verdict(
            "certificate", f"{seen}, the model of {plan.source.label}:{digest(plan)}"
        )
        return
    yield Verdict("", f"of the graph {plan.source.label}:{digest(plan)}")
    room = capacities(instance, symmetry)
    fixed = int(instance.weight[instance.against_blocks].sum())
    lost, wrong = loss(found["order"], instance, symmetry)
    if not wrong and whole(lost / scale) != found["lost"]:
        wrong = (
            f"its order loses {amount(lost / scale)}, it says {amount(found['lost'])}"
        )
    yield Verdict(
        "order" if wrong else "",
        wrong or f"its order sends {amount(lost / scale)} backward",
    )
    astray = bool(wrong)
    bound, wrong = packed(found["groups"], room)
    bound += fixed
    if not wrong and whole(bound / scale) != found["bound"]:
        wrong = f"its cycles prove {amount(bound / scale)}, it says {amount(found['bound'])}"
    cycles = sum(map(len, found["groups"]))
    yield Verdict(
        "packing" if wrong else "",
        wrong
        or f"{cycles:,} cycles, none beyond a weight: {amount(bound / scale)} or more is lost",
    )
    if wrong or astray:
        return
    if bound >= lost:
        yield Verdict("", f"minimum {amount(bound / scale)}, proved")
    else:
        gap = f"gap {amount((lost - bound) / scale)}"
        yield Verdict("", f"the minimum is {amount(bound / scale)} or more, {gap}")


Arc = tuple[str, str]


def capacities(instance: Instance, symmetry: Symmetry) -> dict[Arc, int]:
    """Capacity of each arc, in parts; -1 for protected arcs, which have no limit."""
    room: dict[Arc, int] = {}
    for row in np.flatnonzero(instance.proper).tolist():
        arc = instance.names[instance.pre[row]], instance.names[instance.post[row]]
        room[arc] = -1 if instance.fixed[row] else int(instance.weight[row]) * PARTS
    for one, two, weight in symmetry.pairs:
        room[one, two] = room[two, one] = weight * PARTS
    return room


def packed(groups: list[list[dict[str, Any]]], room: dict[Arc, int]) -> tuple[int, str]:
    """(lower bound that the cycles prove, in integers; the first mistake or "")."""
    bound = 0
    owner: dict[Arc, int] = {}
    load: dict[Arc, int] = {}
    for number, group in enumerate(groups):
        for entry in group:
            cycle = entry["cycle"]
            for arc in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
                word = f"{plain(arc[0])} -> {plain(arc[1])}"
                if arc not in room:
                    return 0, f"{word} is no synapse that may run backward"
                if room[arc] < 0:
                    continue
                load[arc] = load.get(arc, 0) + entry["parts"]
                if load[arc] > room[arc]:
                    seen = f"{units(load[arc])} of cycles, more than its {units(room[arc])}"
                    return 0, f"{word} carries {seen}"
                if owner.setdefault(arc, number) != number:
                    return 0, f"{word} stands in two groups of cycles"
        bound += -(-sum(entry["parts"] for entry in group) // PARTS)
    return bound, ""


def units(parts: int) -> str:
    """Parts as weight, to the last digit."""
    return f"{parts // PARTS}.{parts % PARTS:06d}".rstrip("0").rstrip(".")


def loss(order: list[str], instance: Instance, symmetry: Symmetry) -> tuple[int, str]:
    """(cost of an order of the nodes, in integers; the first mistake or "")."""
    place = {name: rank for rank, name in enumerate(order)}
    if len(place) != len(order) or set(place) != set(instance.names):
        return 0, "its order does not name every neuron once"
    rank = np.array([place[name] for name in instance.names], np.int64)
    back = (rank[instance.pre] > rank[instance.post]) | ~instance.proper
    back &= instance.pre != instance.post
    for row in np.flatnonzero(back & instance.fixed & instance.proper).tolist():
        one, two = instance.names[instance.pre[row]], instance.names[instance.post[row]]
        return (
            0,
            f"its order sends {plain(one)} -> {plain(two)} backward, which is protected",
        )
    return int(instance.weight[back].sum()) + symmetry.lost, ""
