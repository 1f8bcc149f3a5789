"""The account of an order: what it loses, and what options could not have."""

from __future__ import annotations

import numpy as np

from ..graph import reached, total, walks
from ..ir.order_accounts import Broken, Loss
from ..ir.stages import MOTOR, SENSORY, Circuit
from ..names import plain
from .instance import block_of, protected
from .junction_directions import JunctionDirections
from .problem import Problem
from .solve import Solution


def account_of(problem: Problem, solution: Solution) -> Broken:
    """What breaking cycles did, for the report."""
    options, past, circuit = problem.options, problem.past, problem.circuit
    recorded, repaired = past is not None and past.same, solution.repaired
    lateral, too_large = circuit.junctions.take(solution.lateral), False
    if not recorded:
        too_large = problem.too_large_to_revive
    few = repaired.few_price if repaired else None
    given_up = repaired.given_up if repaired else None
    alive = problem.keeps_alive and not too_large
    assert solution.optimality.lost is not None
    return Broken(
        asked="" if recorded else options.cycles,
        rounded=not problem.exact,
        alive=alive,
        roles=options.roles,
        symmetric=options.symmetric,
        protected=int(problem.instance.fixed.sum()),
        unique=solution.unique,
        least_price=solution.optimality.lost,
        least=solution.least,
        unmatched=unmatched(circuit, options.protect),
        too_large_to_revive=too_large,
        max_levels=options.max_levels,
        few_price=None if few is None else few / problem.scale,
        brought_back=repaired.brought_back if repaired else None,
        given_up=given_up,
        silent=(
            silenced(problem, solution) if recorded and alive else len(given_up or ())
        ),
        too_dear=repaired is not None and repaired.too_dear,
        unprotected=unprotected(problem, solution),
        flips=changes(problem, solution) if past else None,
        like=past.label if past else "",
        stick=options.stick if past else None,
        recorded=recorded,
        spent=solution.spent,
        certified=solution.optimality.certified,
        loss=loss_of(problem, solution),
        price=solution.price,
        lateral=len(lateral),
        lateral_weight=total(lateral.weight),
    )


def silenced(problem: Problem, solution: Solution) -> int:
    """Number of neurons on no path that lie on one where everything runs forward."""
    circuit, ahead = problem.circuit, ~solution.back
    edges, ends, role = circuit.chemical, circuit.junctions, circuit.cells.role
    block = block_of(role)
    if problem.options.roles != "blocks":
        block = np.ones_like(block)
    pre = np.concatenate([edges.pre, ends.left, ends.right])
    post = np.concatenate([edges.post, ends.right, ends.left])
    may = block[pre] <= block[post]
    joined = JunctionDirections(
        len(role),
        *(edges.pre[ahead], edges.post[ahead], ends.left, ends.right, solution.way),
    )
    on_path = []
    for tail, head in ((pre[may], post[may]), joined.conducting()):
        fed = reached(tail, head, role & SENSORY > 0)
        on_path.append(fed & reached(head, tail, role & MOTOR > 0))
    return int((on_path[0] & ~on_path[1]).sum())


def loss_of(problem: Problem, solution: Solution) -> Loss:
    """What runs backward, self-loops apart, and what is lost by it."""
    edges, role = problem.circuit.chemical, problem.circuit.cells.role
    size, loops = len(problem.circuit.cells), problem.loops
    back = solution.back & ~loops
    key = edges.pre.astype(np.int64) * size + edges.post
    other = edges.post[back].astype(np.int64) * size + edges.pre[back]
    ends = (edges.pre, edges.post, edges.weight, ~solution.back)
    kept = walks(*ends, role & SENSORY > 0, role & MOTOR > 0)
    sizes = np.bincount(problem.instance.component)
    return Loss(
        method=solution.optimality.method,
        bound=solution.optimality.bound,
        scale=problem.scale,
        components=int((sizes > 1).sum()),
        largest=int(sizes.max(initial=0)),
        synapses=int(back.sum()),
        weight=total(edges.weight[back]),
        halves=int(np.isin(other, key[~solution.back]).sum()),
        walks=tuple(round(share, 4) for share in kept),
        of_synapses=int((~loops).sum()),
        of_weight=total(edges.weight[~loops]),
        self_loops=int(loops.sum()),
    )


def changes(problem: Problem, solution: Solution) -> int:
    """Number of synapses of both versions that changed between forward and backward."""
    if problem.past is None or problem.past.same:
        return 0
    name, edges = problem.circuit.cells.name, problem.circuit.chemical
    columns = (edges.pre.tolist(), edges.post.tolist(), solution.back.tolist())
    was = problem.past.back
    return sum(
        was.get((name[u], name[v]), back) != back
        for u, v, back in zip(*columns, strict=True)
    )


def unprotected(problem: Problem, solution: Solution) -> tuple[str, ...]:
    """The protected synapses that run backward all the same."""
    name, edges = problem.circuit.cells.name, problem.circuit.chemical
    found = protected(name, edges.pre, edges.post, problem.options.protect)
    rows = np.flatnonzero(found & solution.back)
    ends = zip(edges.pre[rows].tolist(), edges.post[rows].tolist(), strict=True)
    return tuple(f"{plain(name[u])} -> {plain(name[v])}" for u, v in ends)


def unmatched(circuit: Circuit, protect: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns of --protect that no synapse matches."""
    name, edges = circuit.cells.name, circuit.chemical
    return tuple(
        p for p in protect if not protected(name, edges.pre, edges.post, (p,)).any()
    )
