"""Explain: the synapses, inputs and walks that an animal loses as its cycles are broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool
from ..errors import InputError, UsageError
from ..graph import HOPS, total, walks
from ..ir.stages import MOTOR, SENSORY, Circuit, Dag
from ..ir.trace import STEP
from ..names import amount, plain, plural
from ..options import Options
from ..ordering.feedback_arc_set import FeedbackArcSet, feedback_arc_set
from ..ordering.instance import TIE_COST, Instance
from ..ordering.level_ladder import in_few_levels
from ..ordering.problem import Problem
from ..semantics.registry import semantics_of
from .words import listed

FORCED, TIED, UNKNOWN = "forced", "tie", "unknown"
ROUNDS = 30  # solves after which what is left is unknown
DEPTHS = (2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96)
TOP = 12  # neurons or synapses that a list shows


@dataclass(frozen=True)
class Cut:
    """A synapse that runs backward.

    Attributes:
        standing: "forced": every order of least loss cuts it; "tie": some does not;
            "unknown": not solved, or cut for another reason than the minimum.
        reciprocal: its other half runs forward.
    """

    pre: str
    post: str
    weight: float
    standing: str
    reciprocal: bool


def standings(instance: Instance, found: FeedbackArcSet) -> tuple[Bool, Bool]:
    """(E,) cut in every minimum; (E,) cut in this one, but not in every.

    Solve again with a cost, far below a unit of weight, on the arcs that this minimum
    cuts. Arcs that are no longer cut are ties and leave the list; when all that are left
    are cut again, every minimum cuts them.
    """
    cut, left = found.back & found.exact, found.back & found.exact
    for _ in range(ROUNDS):
        if not left.any():
            break
        again = feedback_arc_set(
            replace(
                instance,
                proper=found.exact,
                change_cost=(TIE_COST * left).astype(np.float64),
            ),
            "exact",
            known=found,
        )
        if again.sifted:
            break
        kept = left & again.back
        if (kept == left).all():
            return left, cut & ~left
        left = kept
    return np.zeros(len(cut), bool), cut & ~left


def cuts(circuit: Circuit, dag: Dag, options: Options) -> list[Cut]:
    """Every proper synapse that runs backward, the heaviest first."""
    STEP.info("compare the orders that lose least")
    problem = Problem.of(circuit, options)
    instance = problem.instance
    forced = tied = np.zeros(len(instance.pre), bool)
    if options.cycles in ("auto", "exact"):
        forced, tied = standings(instance, problem.feedback_arc_set())
    name, edges = circuit.cells.name, circuit.chemical
    word = {}
    for row, (u, v) in enumerate(
        zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    ):
        arc = problem.symmetry.arc[row]
        word[u, v] = FORCED if forced[arc] else TIED if tied[arc] else UNKNOWN
    ahead = set(zip(dag.forward.pre.tolist(), dag.forward.post.tolist(), strict=True))
    back = dag.feedback
    columns = (back.pre.tolist(), back.post.tolist(), back.weight.tolist())
    found = [
        Cut(name[u], name[v], w, word[u, v], (v, u) in ahead)
        for u, v, w in zip(*columns, strict=True)
        if u != v
    ]
    return sorted(found, key=lambda cut: (-cut.weight, cut.pre, cut.post))


def input_lost(dag: Dag) -> list[tuple[str, float]]:
    """(neuron, share of its chemical input that runs backward), the largest first."""
    size = len(dag.cells)
    lost, all_of = np.zeros(size), np.zeros(size)
    for edges, late in ((dag.forward, False), (dag.feedback, True)):
        proper = edges.pre != edges.post
        sums = np.bincount(edges.post[proper], edges.weight[proper], size)
        all_of += sums
        lost += sums if late else 0
    rows = np.flatnonzero(lost > 0).tolist()
    found = [(dag.cells.name[row], float(lost[row] / all_of[row])) for row in rows]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def walks_kept(dag: Dag) -> list[float]:
    """Share of the sensor-to-motor walk weight that runs forward, after 1 to 5 hops.

    A hop's weight is a synapse's share of all chemical input of its target; a walk's is
    their product, summed over all walks from sensory to motor neurons.
    """
    pre = np.concatenate([dag.forward.pre, dag.feedback.pre])
    post = np.concatenate([dag.forward.post, dag.feedback.post])
    weight = np.concatenate([dag.forward.weight, dag.feedback.weight])
    ahead = np.arange(len(pre)) < len(dag.forward)
    role = dag.cells.role
    return walks(pre, post, weight, ahead, role & SENSORY > 0, role & MOTOR > 0)


def given_up(dag: Dag) -> list[tuple[str, str, float]]:
    """(one, other, weight) of each junction within a level, the heaviest first."""
    name, ends = dag.cells.name, dag.lateral
    columns = (ends.left.tolist(), ends.right.tolist(), ends.weight.tolist())
    found = [(name[u], name[v], w) for u, v, w in zip(*columns, strict=True)]
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))


@dataclass(frozen=True)
class Depth:
    """The loss in a number of levels, in the source's unit.

    Attributes:
        lost: weight of feedback synapses and of junctions within a level.
        share: of the chemical weight.
    """

    levels: int
    lost: float
    share: float


def depths(circuit: Circuit, options: Options) -> Iterator[Depth]:
    """The least loss found in few levels up to many; `--max-levels` takes the same."""
    if options.symmetric:
        raise UsageError("--depths: does not go with --symmetric")
    STEP.info("search few levels up to many")
    problem = Problem.of(circuit, options)
    found = problem.feedback_arc_set()
    edges, ends = circuit.chemical, circuit.junctions
    whole = float(edges.weight[~problem.loops].sum())
    for most in DEPTHS:
        if most > len(circuit.cells):
            return
        try:
            repaired = in_few_levels(problem, found, most)
        except InputError:
            continue  # gap junctions between blocks find no room
        lost = problem.instance.against_blocks | repaired.back
        weight = total(edges.weight[lost]) + total(ends.weight[repaired.way == 0])
        yield Depth(most, weight, weight / whole if whole else 0.0)


def lines(
    circuit: Circuit, dag: Dag, options: Options, *, verbose: bool
) -> Iterator[str]:
    """The explanation, for people."""
    unit = circuit.source.unit
    found = cuts(circuit, dag, options)
    for standing, word in (
        (FORCED, "cut by every order that loses least"),
        (TIED, "cut here, but not by every order that loses least"),
        (UNKNOWN, "cut for another reason, or not solved"),
    ):
        some = [cut for cut in found if cut.standing == standing]
        if some:
            weight = amount(sum(cut.weight for cut in some))
            yield f"{standing:<9} {plural(len(some), 'synapse')}, {weight} {unit}: {word}"
            shown = some if verbose else some[:TOP]
            arcs = [
                f"{plain(c.pre)} -> {plain(c.post)} {amount(c.weight)}" for c in shown
            ]
            more = len(some) - len(shown)
            yield f"          {', '.join(arcs)}" + (
                f", ... {more:,} more" if more else ""
            )
    halves = [cut for cut in found if cut.reciprocal]
    if found:
        yield f"halves    {len(halves):,} of them are half of a reciprocal pair whose other half runs forward"
    losers = input_lost(dag)
    if losers:
        shown_losers = losers if verbose else losers[:TOP]
        words = [f"{plain(name)} {100 * share:.0f} %" for name, share in shown_losers]
        yield f"input     lost by {plural(len(losers), 'neuron')}: {', '.join(words)}"
    coupled = total(dag.junctions.weight)
    state = semantics_of(options).state
    if coupled and not state:
        yield f"junctions {amount(coupled)} {unit} of coupling conduct one way only"
    within = given_up(dag)
    if within:
        lost = amount(sum(weight for _, _, weight in within))
        pairs = [f"{plain(u)} - {plain(v)} {amount(w)}" for u, v, w in within]
        how = "conduct both ways a step late" if state else "conduct neither way"
        yield f"level     {lost} {unit} of coupling, in {len(within):,}, {how}: both neurons share a level"
        yield f"          {listed(pairs, verbose, ', ')}"
    kept = walks_kept(dag)
    words = [
        f"{hop}: {100 * share:.0f} %" for hop, share in zip(HOPS, kept, strict=True)
    ]
    yield f"walks     sensor to motor, kept after hops: {', '.join(words)}"
