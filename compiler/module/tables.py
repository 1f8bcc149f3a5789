"""A plan by name: the values that the tables of a generated module hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..ir.stages import MOTOR, SENSORY, Cells, Plan
from ..options import Options, Value
from ..readers.asked import as_table
from ..semantics.wiring import Nested, Wiring, gaba, nest, signs, with_role


@dataclass(frozen=True, slots=True)
class Tables:
    """What a generated module holds, as Python values."""

    options: dict[str, Value]
    cycles: dict[str, float | str]
    levels: list[list[str]]
    unused: list[str]
    sensory: list[str]
    motor: list[str]
    chemical: Nested
    electrical: Nested
    feedback: Nested
    sign: dict[str, dict[str, int]]
    transmitter: dict[str, list[str]]
    lateral: Nested = field(default_factory=dict)
    read: dict[str, bool | str | list[str]] = field(default_factory=dict)
    neurons: list[str] = field(default_factory=list)  # where nothing is cut
    types: dict[str, list[str]] = field(default_factory=dict)

    @property
    def wiring(self) -> Wiring:
        """The graph by name, in the order of the tables."""
        return Wiring(
            tuple(self.neurons or (n for level in self.levels for n in level)),
            tuple(self.unused),
            tuple(self.sensory),
            tuple(self.motor),
            {
                "chemical": self.chemical,
                "electrical": self.electrical,
                "feedback": self.feedback,
                "lateral": self.lateral,
            },
            self.sign,
            gaba(
                (cell, word)
                for word, cells in self.transmitter.items()
                for cell in cells
            ),
            types={cell: word for word, cells in self.types.items() for cell in cells},
        )


def tables_of(plan: Plan, options: Options) -> Tables:
    """A plan by name: every neuron, synapse and junction of the graph is in it."""
    name, start = plan.cells.name, plan.level_start.tolist()
    forward, feedback = plan.forward, plan.feedback
    rising, lateral = plan.junctions, plan.lateral
    return Tables(
        options=options.changed(),
        cycles=cycles_of(plan),
        levels=[list(name[a:b]) for a, b in zip(start, start[1:], strict=False)],
        unused=list(name[start[-1] :]),
        sensory=with_role(plan.cells, SENSORY),
        motor=with_role(plan.cells, MOTOR),
        chemical=nest(name, forward.pre, forward.post, forward.weight),
        electrical=nest(name, rising.left, rising.right, rising.weight),
        feedback=nest(name, feedback.pre, feedback.post, feedback.weight),
        sign=signs(plan),
        transmitter=by_transmitter(plan.cells),
        types=by_type(plan.cells),
        lateral=nest(name, lateral.left, lateral.right, lateral.weight),
        read=as_table(plan.source.read),
    )


def cycles_of(plan: Plan) -> dict[str, float | str]:
    """How its order was found."""
    bound = plan.optimality.bound
    method: dict[str, float | str] = {"method": plan.optimality.method}
    return method if bound is None else {**method, "bound": bound}


def by_transmitter(cells: Cells) -> dict[str, list[str]]:
    """Names of the cells that release each transmitter, both sorted."""
    return by_word(cells.name, cells.transmitter)


def by_type(cells: Cells) -> dict[str, list[str]]:
    """Names of the cells of each type, both sorted; none where nobody asked for types."""
    return by_word(cells.name, cells.type) if cells.type else {}


def by_word(names: tuple[str, ...], words: tuple[str, ...]) -> dict[str, list[str]]:
    """The names that have each word, both sorted."""
    found: dict[str, list[str]] = {}
    for name, word in sorted(zip(names, words, strict=True)):
        if word:
            found.setdefault(word, []).append(name)
    return dict(sorted(found.items()))
