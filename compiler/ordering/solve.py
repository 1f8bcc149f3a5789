"""Solve the order problem: which synapses run backward, and what is proved of that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Int8
from ..errors import InputError
from ..graph import longest_path, ranks, total
from ..ir.optimality import Optimality, Past
from ..ir.stages import Circuit
from .feedback_arc_set import FeedbackArcSet, feedback_arc_set, names_in_order
from .problem import Problem
from .repair import Repaired, directions, live_nodes, repair


@dataclass(frozen=True)
class Solution:
    """An order of a circuit.

    Invariants: the synapses that run forward and the junctions that conduct one way have
    no cycle together; no lateral junction has a direction.

    Attributes:
        back: (E,) synapses that run backward, self-loops among them.
        way: (J,) +1: the junction conducts left -> right, -1: right -> left, 0: free or
            lateral.
        lateral: (J,) junctions whose neurons share a level.
        price: cost of what runs backward, in the source's unit.
        least: weight that the order found first sends backward; None: an older order.
        unique: whether the tie-break left one optimum; None: an older order.
        repaired: what bringing neurons back took; None: an older order.
        spent: whether the budget of an exact search ended before.
    """

    back: Bool
    way: Int8
    lateral: Bool
    optimality: Optimality
    price: float
    least: float | None = None
    unique: bool | None = None
    repaired: Repaired | None = None
    spent: bool = False

    @classmethod
    def from_past(cls, problem: Problem, past: Past) -> Solution:
        """The order of a model of the same graph and options, checked, not solved again.

        Raises:
            InputError: it is no order, or loses less than it says is possible.
        """
        edges, names = problem.circuit.chemical, problem.circuit.cells.name
        ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
        back = np.array([past.back[names[u], names[v]] for u, v in ends], bool)
        way = ways(problem.circuit, past)
        price, bound = problem.price(back), past.optimality.bound
        ahead = longest_path(edges.pre[~back], edges.post[~back], len(names))
        if (ahead < 0).any() or (bound is not None and bound > price):
            seen = "its order has a cycle, or loses less than it says is possible"
            raise InputError(past.label, seen, "elegansc verify says more")
        joined = directions(problem, ~back, way) if (way == 0).any() else None
        if joined and (joined.among(live_nodes(problem, joined)).way != way).any():
            seen = "it gives up a junction whose neurons stand on different levels"
            raise InputError(past.label, seen, "elegansc verify says more")
        exact = bound is not None and past.optimality.method == "exact"
        optimality = replace(past.optimality, lost=bound if exact else price)
        return cls(back, way, way == 0, optimality, price)


def solve(problem: Problem) -> Solution:
    """Break the cycles at the least cost found, then bring silenced neurons back.

    Raises:
        InputError: some junction between blocks does not rise in so many levels.
    """
    past, symmetry = problem.past, problem.symmetry
    if past is not None and past.same:
        return Solution.from_past(problem, past)
    first, found = search(problem)
    most = problem.options.max_levels
    if most:
        from .level_ladder import in_few_levels

        repaired = in_few_levels(problem, found, most)
    else:
        repaired = repair(problem, found)
    against, loops = problem.instance.against_blocks, problem.loops
    back = symmetry.back(repaired.back | against) | loops
    least = symmetry.back(first.back | against) & ~loops
    return Solution(
        back,
        repaired.way,
        (repaired.way == 0) & (problem.options.max_levels > 0),
        optimality_of(problem, first),
        problem.price(back),
        total(problem.circuit.chemical.weight[least]),
        found.unique,
        repaired,
        first.spent,
    )


def search(problem: Problem) -> tuple[FeedbackArcSet, FeedbackArcSet]:
    """(the set of least cost, the set taken): one set, unless changes have a price."""
    past, near, cycles = problem.past, problem.near, problem.options.cycles
    if past is None:
        found = problem.feedback_arc_set()
        return found, found
    last, names = len(past.rank), problem.instance.names
    start = ranks(np.array([past.rank.get(name, last) for name in names], np.int64))
    if not problem.options.stick:
        found = feedback_arc_set(near, cycles, start=start)
        return found, found
    first = problem.feedback_arc_set()
    return first, feedback_arc_set(near, cycles, start=start, known=first)


def optimality_of(problem: Problem, first: FeedbackArcSet) -> Optimality:
    """What is known of the order found first; of rounded weights nothing is proved."""
    scale, cycles = problem.scale, problem.options.cycles
    order, lost = names_in_order(problem.instance, first.back), problem.loss(first)
    if cycles == "ratio":
        return Optimality("ratio", order=order, scale=scale, lost=lost)
    if cycles == "fast" or (first.sifted and not first.bound):
        return Optimality("sift", order=order, scale=scale, lost=lost)
    bound = problem.bound(first) if problem.exact else None
    halves = tuple(
        (((u, v), cost * 10**6),) for u, v, cost in problem.symmetry.pairs if cost
    )
    packing = (*first.packing, *halves) if problem.exact else ()
    method = "exact+sift" if first.sifted else "exact"
    return Optimality(method, bound, packing, order, scale, lost, first.certified)


def ways(circuit: Circuit, past: Past) -> Int8:
    """(J,) directions of junctions in an older model; 0: their neurons share a level."""
    name, ends = circuit.cells.name, circuit.junctions
    pairs = [
        (name[u], name[v])
        for u, v in zip(ends.left.tolist(), ends.right.tolist(), strict=True)
    ]
    rises = np.array([pair in past.rising for pair in pairs], bool)
    within = np.array([pair in past.lateral for pair in pairs], bool)
    return np.where(within, 0, np.where(rises, 1, -1)).astype(np.int8)
