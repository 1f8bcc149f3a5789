"""Published sweep: circuit -> sweep, the ordered sweep of ElegansNet's released code.

The authors do not break cycles: they run over the edges once, role by role, and update
neurons in place; a cycle is cut by when an edge is read. Here every update is a value of
its own, so the values that reach the output are known exactly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..arrays import Int32
from ..errors import InputError
from ..ir.accounts import Assigned, Swept
from ..ir.role_words import strangers
from ..ir.stages import INTER, MOTOR, SENSORY, Circuit, Sweep

WORD = re.compile(r"[0-9]+|[^0-9]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """The edges from one role to others, read in one go.

    Attributes:
        fresh: every arrival makes a unit and replaces what was there; else the first
            makes the unit and later ones are merged into it.
    """

    source: int
    targets: tuple[int, ...]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """An order of passes; merges are products or sums."""

    name: str
    passes: tuple[Rule, ...]
    merges: str


# As the papers describe it, and as the two released programs compute it: in the first the
# guard of I -> M tests a list that is never filled, those of S -> S and M -> M the wrong
# list, and I -> S writes to a list that is thrown away; in the second I -> O asks for the
# role "I" where the file says "NA", and the published settings leave out what is not here.
DESCRIBED = Rules(
    "described",
    (
        Rule(SENSORY, (INTER, MOTOR)),
        Rule(INTER, (SENSORY, MOTOR)),
        Rule(MOTOR, (SENSORY, INTER)),
        Rule(SENSORY, (SENSORY,)),
        Rule(INTER, (INTER,)),
        Rule(MOTOR, (MOTOR,)),
    ),
    "product",
)
KERAS = Rules(
    "released, Keras",
    (
        Rule(SENSORY, (INTER, MOTOR)),
        Rule(INTER, (MOTOR,), fresh=True),
        Rule(MOTOR, (SENSORY, INTER)),
        Rule(INTER, (INTER,)),
    ),
    "product",
)
TORCH = Rules(
    "released, PyTorch",
    (Rule(SENSORY, (INTER, MOTOR)), Rule(MOTOR, (MOTOR,))),
    "sum",
)


def published_sweep(circuit: Circuit) -> Sweep:
    """The sweep as described, dead values taken out; the released ones are counted beside.

    Neurons take their turn by name, numbers in it by size (VA2 before VA10), which is the
    order of the authors' file. A junction is an edge each way, as their file has it; a
    self-loop is none. A neuron that is sensory and motor takes part as sensory.

    Raises:
        InputError: no motor neuron gets a value.

    Source: Elegans-AI, github.com/lodeguns, elegansAI_MNIST_unsup_M2.py (Apache-2.0), and
    connectome-livecell-cls, github.com/NeuRoNeLab, functional_tensornet.py; read, not run.
    """
    found = {rules.name: swept(circuit, rules) for rules in (DESCRIBED, KERAS, TORCH)}
    facts = {name: counted(circuit, values) for name, values in found.items()}
    values = found[DESCRIBED.name]
    if not any(value >= 0 for value in values.output.values()):
        hint = (
            "is there a path from a sensory to a motor neuron? see --inputs, --outputs"
        )
        if chosen := circuit.history.select_cells:
            out = strangers(chosen.roles, chosen.unknown)
            hint += f"\n  {out}" if out else ""
        raise InputError(circuit.source.label, "no motor neuron gets a value", hint)
    sweep = compacted(circuit, values)
    history = replace(circuit.history, published_sweep=Swept(facts))
    return Sweep(
        circuit.source,
        circuit.cells,
        circuit.chemical,
        circuit.junctions,
        *sweep,
        history,
    )


@dataclass(slots=True)
class Values:
    """Single assignments while they are made; a value is its number.

    Attributes:
        inputs: neurons whose input is a value, in order: the first values.
        neuron: of each value, the neuron it is of.
        left: of each value, what its unit is applied to, or the value it is merged into;
            -1: an input.
        right: of each value, what is merged in; -1: a unit or an input.
        output: the last value of every motor neuron; -1: it has none.
    """

    neuron: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    output: dict[int, int] = field(default_factory=dict)

    def add(self, neuron: int, left: int = -1, right: int = -1) -> int:
        """A new value; its number."""
        self.neuron.append(neuron)
        self.left.append(left)
        self.right.append(right)
        return len(self.neuron) - 1


def swept(circuit: Circuit, rules: Rules) -> Values:
    """All values of one sweep, in the order in which they are made."""
    role = first_role(circuit.cells.role)
    order = sorted(range(len(role)), key=lambda row: natural(circuit.cells.name[row]))
    targets = neighbours(circuit, order)
    values = Values()
    now = {row: values.add(row) for row in order if role[row] == SENSORY}
    for rule in rules.passes:
        for source in (row for row in order if role[row] == rule.source):
            for target in targets.get(source, ()):
                if source not in now or role[target] not in rule.targets:
                    continue
                if rule.fresh or target not in now:
                    now[target] = values.add(target, now[source])
                else:
                    now[target] = values.add(target, now[target], now[source])
    for row in order:
        if circuit.cells.role[row] & MOTOR:
            values.output[row] = now.get(row, -1)
    return values


def first_role(role: Any) -> list[int]:
    """One role a neuron: sensory, else motor, else between."""
    bits = (SENSORY, MOTOR)
    return [next((bit for bit in bits if has & bit), INTER) for has in role.tolist()]


def natural(name: str) -> list[tuple[bool, int, str]]:
    """A key that sorts VA2 before VA10."""
    words = WORD.findall(name)
    return [(not w.isdigit(), int(w) if w.isdigit() else 0, w) for w in words]


def neighbours(circuit: Circuit, order: Sequence[int]) -> Mapping[int, list[int]]:
    """Each neuron's targets in turn; a synapse and a junction of one pair are one edge."""
    edges, ends = circuit.chemical, circuit.junctions
    pairs = {*zip(edges.pre.tolist(), edges.post.tolist(), strict=True)}
    coupled = zip(ends.left.tolist(), ends.right.tolist(), strict=True)
    pairs |= {pair for a, b in coupled for pair in ((a, b), (b, a))}
    turn = {row: place for place, row in enumerate(order)}
    found: dict[int, list[int]] = {}
    for pre, post in sorted(pairs, key=lambda pair: (turn[pair[0]], turn[pair[1]])):
        if pre != post:
            found.setdefault(pre, []).append(post)
    return found


def reaching(values: Values) -> list[bool]:
    """Which values reach an output."""
    live = [False] * len(values.neuron)
    for value in values.output.values():
        if value >= 0:
            live[value] = True
    for value in range(len(live) - 1, -1, -1):
        for factor in (values.left[value], values.right[value]):
            if live[value] and factor >= 0:
                live[factor] = True
    return live


def counted(circuit: Circuit, values: Values) -> Assigned:
    """Numbers of the values made, and of those that reach the output."""
    live = reaching(values)
    unit = [
        left >= 0 > right for left, right in zip(values.left, values.right, strict=True)
    ]
    depth = [0] * len(live)
    degree = [1] * len(live)
    for value, (left, right) in enumerate(zip(values.left, values.right, strict=True)):
        above = max(depth[v] if v >= 0 else 0 for v in (left, right))
        depth[value] = above + unit[value]
        if right >= 0:
            degree[value] = degree[left] + degree[right]
    motors = [value for value in values.output.values() if value >= 0]
    role = circuit.cells.role
    reached = {values.neuron[v] for v in range(len(live)) if live[v]}
    between = [row for row in range(len(role)) if not role[row] & (SENSORY | MOTOR)]
    return Assigned(
        units_made=sum(unit),
        units=sum(u and alive for u, alive in zip(unit, live, strict=True)),
        merges=sum(
            r >= 0 and alive for r, alive in zip(values.right, live, strict=True)
        ),
        depth=max((depth[value] for value in motors), default=0),
        factors=max((degree[value] for value in motors), default=0),
        motors=len(motors),
        all_motors=len(values.output),
        inter=sum(row in reached for row in between),
        all_inter=len(between),
    )


def compacted(circuit: Circuit, values: Values) -> tuple[Int32, Int32, Int32, Int32]:
    """(neuron, left, right, output) of the live values, renumbered; inputs all stay."""
    live = reaching(values)
    inputs = sum(left < 0 for left in values.left)
    kept = [*range(inputs), *(v for v in range(inputs, len(live)) if live[v])]
    number = {value: place for place, value in enumerate(kept)} | {-1: -1}
    columns = (
        [values.neuron[value] for value in kept],
        [number[values.left[value]] for value in kept],
        [number[values.right[value]] for value in kept],
        [number[values.output.get(row, -1)] for row in range(len(circuit.cells))],
    )
    neuron, left, right, output = (np.array(column, np.int32) for column in columns)
    return neuron, left, right, output
