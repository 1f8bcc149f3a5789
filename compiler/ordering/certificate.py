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
from ..ir.stages import Plan
from ..ir.text import digest
from ..names import amount, plain
from .problem import Fold, Net

FORMAT = 1
KIND = "minimum feedback arc set"
PARTS = 10**6
LARGEST = 2**62  # weight that a sum of integers reaches
FIELDS = ("format", "kind", "label", "source", "bound", "lost", "order", "groups")


def certificate(plan: Plan) -> bytes | None:
    """The certificate of a plan that was just compiled; None where nothing is proved.

    JSON: format, kind, label, source (digest of the graph), unit, bound and lost in that
    unit, order (names), groups of {parts, cycle} whose cycles are names.
    """
    optimality = plan.optimality
    if optimality.bound is None or not optimality.order:
        return None
    lost = plan.history["break_cycles"]["least_price"]
    head = {
        "format": FORMAT,
        "kind": KIND,
        "label": plan.source.label,
        "source": digest(plan),
        "unit": plan.source.unit,
        "bound": whole(optimality.bound),
        "lost": whole(lost),
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
    """3 for 3.0."""
    return int(value) if value == int(value) else value


@dataclass(frozen=True)
class Verdict:
    """What a certificate shows. `failed` names what is wrong with it, else it is ""."""

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
    """NaN and Infinity are no numbers here."""
    raise ValueError(f"{word} is no number")


def names_only(value: Any) -> bool:
    """A list of strings."""
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def grouped(value: Any) -> bool:
    """A list of lists of {parts: a whole number above 0, cycle: names}, none empty."""
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


def check(
    found: Mapping[str, Any], plan: Plan, net: Net, fold: Fold, scale: int
) -> Iterator[Verdict]:
    """Hold a certificate against the tables of a model, in whole numbers."""
    names = plan.cells.name
    if found["source"] != digest(plan):
        label, source = (plain(str(found[key])) for key in ("label", "source"))
        seen = f"it is of the graph {label}:{source}"
        yield Verdict(
            "certificate", f"{seen}, the model of {plan.source.label}:{digest(plan)}"
        )
        return
    yield Verdict("", f"of the graph {plan.source.label}:{digest(plan)}")
    room = capacities(names, net, fold)
    fixed = int(net.weight[~net.proper & (net.pre != net.post)].sum())
    lost, wrong = loss(found["order"], net, fold)
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


def capacities(names: tuple[str, ...], net: Net, fold: Fold) -> dict[Arc, int]:
    """What each arc may carry, in parts; protected arcs have no limit and stand at -1."""
    room: dict[Arc, int] = {}
    for row in np.flatnonzero(net.proper).tolist():
        arc = net.names[net.pre[row]], net.names[net.post[row]]
        room[arc] = -1 if net.fixed[row] else int(net.weight[row]) * PARTS
    for one, two, weight in fold.pairs:
        room[one, two] = room[two, one] = weight * PARTS
    return room


def packed(groups: list[list[dict[str, Any]]], room: dict[Arc, int]) -> tuple[int, str]:
    """(what the cycles prove, in whole weights; what is wrong)."""
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


def loss(order: list[str], net: Net, fold: Fold) -> tuple[int, str]:
    """(what an order of the nodes sends backward, in whole weights; what is wrong)."""
    place = {name: rank for rank, name in enumerate(order)}
    if len(place) != len(order) or set(place) != set(net.names):
        return 0, "its order does not name every neuron once"
    rank = np.array([place[name] for name in net.names], np.int64)
    back = (rank[net.pre] > rank[net.post]) | ~net.proper
    back &= net.pre != net.post
    for row in np.flatnonzero(back & net.fixed & net.proper).tolist():
        one, two = net.names[net.pre[row]], net.names[net.post[row]]
        return (
            0,
            f"its order sends {plain(one)} -> {plain(two)} backward, which is protected",
        )
    return int(net.weight[back].sum()) + fold.lost, ""
