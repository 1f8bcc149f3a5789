"""Measure one graph: a bound below its feedback, an order above it, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from ..errors import InputError
from ..graph import walks
from ..ir.optimality import Optimality
from ..ir.stages import MOTOR, SENSORY, Circuit
from ..ir.text import digest
from ..nulls.pairs import Null
from ..nulls.twins import Drawing
from ..options import Options
from ..ordering.certificate import capacities, certificate_of, packed, whole
from ..ordering.cycle_packing import Packing, pack_cycles
from ..ordering.feedback_arc_set import (
    FeedbackArcSet,
    heuristic_rank,
    names_in_order,
    without_idle,
)
from ..ordering.problem import Problem
from ..ordering.solve import optimality_of
from ..report.explain import standings
from .protocol import COUNTED, ONE, WORM, Item

SCHEMA = 1
MEASURED, IMPOSSIBLE = "measured", "impossible"  # status of a line
DIGITS = 3  # of seconds


@dataclass(frozen=True, slots=True)
class Job:
    """One measurement, with all that a process needs for it.

    Attributes:
        protocol: its digest; seed: of the twins.
        circuit: of the source, of the weights that are counted; source: its digest.
        null: None for the connectome itself.
        certified: whether a certificate is written.
    """

    item: Item
    protocol: str
    seed: int
    circuit: Circuit
    source: str
    options: Options
    null: Null | None
    certified: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A line of the results file, and the certificate; None: none asked for or known."""

    line: Mapping[str, Any]
    certificate: bytes | None = None


def counted(circuit: Circuit, weights: str) -> Circuit:
    """The circuit as a map counts it: of its own weights, or each synapse 1."""
    if weights != ONE:
        return circuit
    edges = circuit.chemical
    return replace(circuit, chemical=replace(edges, weight=np.ones_like(edges.weight)))


def measure(job: Job) -> Measured:
    """Draw the twin of a job and bound its feedback; a twin that cannot exist is told.

    Raises:
        InputError: the weights are no whole numbers that a proof could add up.
    """
    begin = perf_counter()
    circuit = job.circuit
    if job.null is not None:
        try:
            circuit = (
                Drawing.of(circuit, job.null, job.seed).twin(job.item.twin).circuit
            )
        except InputError as error:
            return Measured(line(job, {"status": IMPOSSIBLE, "why": str(error)}, begin))
    problem = Problem.of(circuit, job.options)
    if not problem.exact:
        seen = "its weights are no whole multiples of one unit, so no bound is exact"
        raise InputError(circuit.source.label, seen, "round them in the file")
    more: Mapping[str, Any] = {}
    if job.item.null == WORM:
        # weights of 1 have so many minima that ties take minutes
        first = problem.feedback_arc_set("brief" if job.item.weights == ONE else "")
        optimality, converged = least_of(problem, first)
        if job.item.weights == COUNTED:
            more = {
                "walks": walks_kept(problem, first),
                "backward": sent(problem, first),
            }
    else:
        optimality, converged = bounds_of(problem)
    check_packing(problem, optimality)
    weight, scale = problem.weight, problem.scale
    facts = {
        "status": MEASURED,
        "graph_digest": digest(circuit),
        "weight": whole(int(weight[~problem.loops].sum()) / scale),
        "bound": whole(optimality.bound or 0.0),
        "found": whole(optimality.lost or 0.0),
        "converged": converged,
        "certified": optimality.certified,
        "cycles": sum(map(len, optimality.packing)),
        **more,
    }
    proof = certificate_of(circuit, optimality) if job.certified else None
    return Measured(line(job, facts, begin), proof)


def line(job: Job, facts: Mapping[str, Any], begin: float) -> dict[str, Any]:
    """The line of a job."""
    null = job.null
    positions = null.positions.digest if null and null.positions else ""
    return {
        "schema": SCHEMA,
        "protocol": job.protocol,
        "source": job.item.source,
        "weights": job.item.weights,
        "null": job.item.null,
        "twin": job.item.twin,
        "source_digest": job.source,
        **({"positions_digest": positions} if positions else {}),
        **facts,
        "seconds": round(perf_counter() - begin, DIGITS),
    }


def walks_kept(problem: Problem, first: FeedbackArcSet) -> list[float]:
    """Share of the walks from sensory to motor neurons that is kept, 1 to 5 hops."""
    edges, role = problem.circuit.chemical, problem.circuit.cells.role
    ahead = ~problem.symmetry.back(first.back)
    ends = (edges.pre, edges.post, edges.weight, ahead)
    kept = walks(*ends, role & SENSORY > 0, role & MOTOR > 0)
    return [round(share, DIGITS) for share in kept]


def sent(problem: Problem, first: FeedbackArcSet) -> list[tuple[str, str, bool]]:
    """(pre, post, whether every order of least loss does so) of what runs backward."""
    name, edges = problem.circuit.cells.name, problem.circuit.chemical
    forced, _ = standings(problem.instance, first)
    back, always = (problem.symmetry.back(each) for each in (first.back, forced))
    return sorted(
        (name[edges.pre[row]], name[edges.post[row]], bool(always[row]))
        for row in np.flatnonzero(back).tolist()
    )


def least_of(problem: Problem, first: FeedbackArcSet) -> tuple[Optimality, bool]:
    """The least loss of a connectome: the order, and the larger of two bounds below it.

    Args:
        first: the arcs that its best order sends backward.
    """
    found = optimality_of(problem, first)
    if found.proved:
        return found, True
    other, converged = bounds_of(problem)
    best = min((found, other), key=lambda each: each.lost or 0.0)
    if found.bound is not None and found.bound >= (other.bound or 0.0):
        return replace(found, order=best.order, lost=best.lost), converged
    return replace(other, order=best.order, lost=best.lost), converged


def bounds_of(problem: Problem) -> tuple[Optimality, bool]:
    """A bound by packed cycles and a sifted order; whether no packing proves more."""
    instance = problem.instance
    packing: Packing = pack_cycles(instance)
    rank = heuristic_rank(instance, instance.cyclic)
    against = instance.cyclic & (rank[instance.pre] >= rank[instance.post])
    back = without_idle(instance, against)
    found = FeedbackArcSet(
        back, np.zeros(len(back), bool), True, packing.bound, packing=packing.components
    )
    return (
        Optimality(
            "exact+sift",
            problem.bound(found),
            packing.components,
            names_in_order(instance, back),
            problem.scale,
            problem.loss(found),
        ),
        packing.converged,
    )


def check_packing(problem: Problem, optimality: Optimality) -> None:
    """Add the packed cycles up again in whole numbers, by the checker of certificates.

    Raises:
        VerifyError: they prove less than was said: our bug.
    """
    from ..ir.invariants import check

    if not optimality.certified:
        return
    groups = [
        [{"cycle": list(cycle), "parts": parts} for cycle, parts in group]
        for group in optimality.packing
    ]
    proved, wrong = packed(groups, capacities(problem.instance, problem.symmetry))
    fixed = int(problem.instance.weight[problem.instance.against_blocks].sum())
    said = round((optimality.bound or 0.0) * problem.scale)
    check(not wrong, f"packed cycles: {wrong}")
    check(proved + fixed == said, "packed cycles add up to the bound")
