"""The order problem: a weighted feedback arc set problem, and what may be kept beside it.

It is set up here alone. Whoever asks for an order, its proof or its alternatives builds
the problem from a circuit and options, and so judges by the same arcs and costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import Bool, Int32, Int64
from ..ir.optimality import Past
from ..ir.stages import MOTOR, SENSORY, Circuit
from ..options import Options
from .feedback_arc_set import (
    FeedbackArcSet,
    feedback_arc_set,
    lower_bound,
    resolve_protected,
    solve_components,
)
from .instance import (
    TIE_COST,
    Instance,
    Symmetry,
    block_of,
    instance_of,
    prices,
    with_change_cost,
)
from .integers import LIMIT, integers

KEEP_ALIVE_MAX_EDGES = 10_000  # of a graph: minimum cuts take minutes beyond


@dataclass(frozen=True)
class Problem:
    """The feedback arc set problem that options make of a circuit.

    Invariants: every arc of `instance` is an ordered pair of nodes, none twice; its
    protected arcs form no cycle; `symmetry` maps each neuron and synapse of `circuit` to
    the node and the arc that stand for it.

    Attributes:
        options: of the order: cycles, roles, protect, symmetric, tie seed, levels, keep
            alive, stick.
        past: an older model to stay near; its order stands if it is of the same graph
            and options.
        weight: (E,) of the synapses, in integers; scale: integers a unit of weight.
        exact: whether the integers are the weights, none rounded.
    """

    circuit: Circuit
    options: Options
    past: Past | None
    instance: Instance
    symmetry: Symmetry
    weight: Int64
    scale: int
    exact: bool

    @classmethod
    def of(
        cls, circuit: Circuit, options: Options, past: Past | None = None
    ) -> Problem:
        """Set up the problem; protected synapses that form a cycle are reduced first.

        Raises:
            InputError: the weights leave the range of integers.
        """
        edges = circuit.chemical
        weight, scale, exact = integers(edges.weight, circuit.source.label)
        instance, symmetry = instance_of(
            circuit.cells.name,
            circuit.cells.role,
            edges.pre,
            edges.post,
            weight,
            roles=options.roles,
            protect=options.protect,
            symmetric=options.symmetric,
            seed=options.tie_seed,
        )
        instance = resolve_protected(instance)
        return cls(circuit, options, past, instance, symmetry, weight, scale, exact)

    @cached_property
    def near(self) -> Instance:
        """The instance, with a cost on every change from the older model's order."""
        if self.past is None or self.past.same:
            return self.instance
        cost = self.options.stick * self.scale or TIE_COST
        return with_change_cost(self.instance, self.past.back, cost)

    @property
    def loops(self) -> Bool:
        """(E,) self-loops: they run backward in every order."""
        edges = self.circuit.chemical
        loops: Bool = edges.pre == edges.post
        return loops

    @property
    def nodes_of_junctions(self) -> tuple[Int32, Int32]:
        """(J,), (J,) the nodes that each junction joins."""
        ends, node = self.circuit.junctions, self.symmetry.node
        return node[ends.left], node[ends.right]

    @cached_property
    def roles_of_nodes(self) -> tuple[Bool, Bool]:
        """(N,), (N,) the nodes that hold a sensory, a motor neuron."""
        role, node = self.circuit.cells.role, self.symmetry.node
        found = []
        for bit in (SENSORY, MOTOR):
            has = np.zeros(len(self.instance.names), bool)
            has[node[role & bit > 0]] = True
            found.append(has)
        return found[0], found[1]

    @property
    def keeps_alive(self) -> bool:
        """Whether silenced neurons are to be brought back, in a graph of any size."""
        return self.options.keep_alive and not self.delayed

    @property
    def delayed(self) -> bool:
        """Whether what does not conduct forward does so a step late."""
        return self.options.late

    @property
    def too_large_to_revive(self) -> bool:
        """Whether neurons are not kept alive only because the graph is too large."""
        return self.keeps_alive and len(self.circuit.chemical) > KEEP_ALIVE_MAX_EDGES

    @property
    def cap(self) -> int | None:
        """Largest cost of keeping one arc, in integers; None: no neuron is brought back."""
        if not self.keeps_alive or self.too_large_to_revive:
            return None
        if self.options.alive_cap:
            return int(self.options.alive_cap * self.scale)
        weight = self.weight
        least = int(weight[weight > 0].min(initial=LIMIT)) if len(weight) else 0
        return max(20 * min(least, LIMIT // 32), int(weight.sum()) // 500)

    def feedback_arc_set(self, cycles: str = "") -> FeedbackArcSet:
        """Arcs of least cost that break every cycle, by the method asked for or another."""
        return feedback_arc_set(self.instance, cycles or self.options.cycles)

    def solved(self, cycles: str) -> FeedbackArcSet:
        """The components that "auto" or "exact" solves, the others left whole, and a bound."""
        return solve_components(self.instance, cycles)

    def bound(self, found: FeedbackArcSet) -> float:
        """Lower bound on the loss of every order, in the source's unit."""
        return lower_bound(found, self.instance, self.symmetry) / self.scale

    def loss(self, found: FeedbackArcSet) -> float:
        """Loss of an order of the nodes, in the source's unit."""
        instance = self.instance
        back = found.back | instance.against_blocks
        return (int(instance.weight[back].sum()) + self.symmetry.lost) / self.scale

    def price(self, sent: Bool) -> float:
        """Cost of the synapses (E,) sent backward, in the source's unit."""
        edges, block = self.circuit.chemical, block_of(self.circuit.cells.role)
        price = prices(block, edges.pre, edges.post, self.weight, self.options.roles)
        return int(price[sent & ~self.loops].sum()) / self.scale
