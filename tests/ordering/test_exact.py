"""The minimum, against every order there is, igraph, networkx and figures known before."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.strategies import Row, connectome
from support.worms import worms

from elegansc.arrays import Bool, Int32, Int64
from elegansc.ir.stages import CHEMICAL, INTER, MOTOR, SENSORY, Circuit, Dag
from elegansc.options import Options
from elegansc.ordering import (
    branching,
    cycle_constraints,
    exact,
    integer_program,
    linear_program,
    restriction,
)
from elegansc.ordering.feedback_arc_set import (
    FeedbackArcSet,
    feedback_arc_set,
    names_in_order,
)
from elegansc.ordering.instance import Instance, instance_of, with_change_cost
from elegansc.ordering.keep_alive import Arcs, FlowNetwork
from elegansc.passes.break_cycles import break_cycles
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout

# Least weight that runs backward; with every neuron alive that can be; both proved or
# measured before, by other programs.
LEAST = {
    "varshney2011": (499, 514),
    "white1986": (509, 525),
    "cook2019": (2481, 2485),
    "cook2019-male": (4522, 4555),
    "witvliet2021-1": (104, 121),
    "witvliet2021-2": (158, 184),
    "witvliet2021-3": (193, 211),
    "witvliet2021-4": (259, 278),
    "witvliet2021-5": (378, 402),
    "witvliet2021-6": (377, 395),
    "witvliet2021-7": (718, 738),
    "witvliet2021-8": (847, 849),
}
# What loses least under each option.
UNDER = [
    ("varshney2011", {"symmetric": True}, 520),
    ("witvliet2021-1", {"symmetric": True}, 118),
    ("witvliet2021-8", {"symmetric": True}, 881),
    ("varshney2011", {"roles": "prefer"}, 508),
    ("white1986", {"roles": "prefer"}, 518),
    ("cook2019", {"roles": "prefer"}, 2523),
    ("witvliet2021-8", {"roles": "prefer"}, 863),
    ("varshney2011", {"roles": "blocks"}, 726),
    ("witvliet2021-8", {"roles": "blocks"}, 1148),
]
WEIGHTS = {
    "ties": st.sampled_from([1, 1, 1, 2]),
    "nothing": st.sampled_from([0, 0, 1, 3]),
    "whole": st.integers(1, 50),
    "large": st.sampled_from([1, 2**24 - 1, 2**24]),
}
HUGE = st.sampled_from([1, 3, 2**24 + 1, 2**40, 2**40 + 1])


# Every order there is


@cache
def orders(size: int) -> NDArray[np.int8]:
    """(size!, size) the rank of each node in every order."""
    found = list(itertools.permutations(range(size)))
    return np.array(found, np.int8).reshape(len(found), size)


def sets(net: Instance, among: Bool | None = None) -> Bool:
    """(sets, E) the different sets of arcs that some order sends backward.

    Args:
        among: (size!,) the orders that count.
    """
    rank = orders(len(net.names))
    rank = rank if among is None else rank[among]
    against: Bool = rank[:, net.pre] > rank[:, net.post]
    code = against @ (1 << np.arange(len(net.pre), dtype=np.int64))
    return against[np.unique(code, return_index=True)[1]]


def totals(found: Bool, weight: Int64) -> list[int]:
    """The weight of each set, in Python's integers."""
    heavy = weight.astype(object)
    return [int(heavy[row].sum()) for row in found]


@st.composite
def nets(draw: st.DrawFn, weights: st.SearchStrategy[int] | None = None) -> Instance:
    """A net of at most 7 nodes: self-loops, cycles of two, parts that do not touch."""
    size = draw(st.integers(1, 7))
    node = st.integers(0, size - 1)
    pairs = sorted(draw(st.sets(st.tuples(node, node), max_size=26)))
    if weights is None:
        weights = draw(st.sampled_from(list(WEIGHTS.values())))
    weight = draw(st.lists(weights, min_size=len(pairs), max_size=len(pairs)))
    names = tuple("ABCDEFG"[:size])
    return net(names, pairs, weight, seed=draw(st.integers(0, 3)))


def net(
    names: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    weight: Sequence[int],
    **options: Any,
) -> Instance:
    """A net of free roles."""
    pre, post = (np.array([p[k] for p in pairs], np.int32) for k in (0, 1))
    role = np.zeros(len(names), np.uint8)
    heavy = np.array(weight, np.int64)
    return instance_of(tuple(names), role, pre, post, heavy, **options)[0]


def acyclic(size: int, pre: Int32, post: Int32) -> bool:
    """By networkx."""
    graph = nx.DiGraph(zip(pre.tolist(), post.tolist(), strict=True))
    graph.add_nodes_from(range(size))
    return bool(nx.is_directed_acyclic_graph(graph))


def sound(net: Instance, found: FeedbackArcSet) -> int:
    """Check that a set breaks every cycle and cuts no other arc; return its weight."""
    kept = net.proper & ~found.back
    assert acyclic(len(net.names), net.pre[kept], net.post[kept])
    assert bool((net.cyclic | ~found.back).all())
    return totals(found.back[None], net.weight)[0]


@given(nets())
def test_no_order_of_all_loses_less(net: Instance) -> None:
    found = feedback_arc_set(net, "exact")
    lost, least = sound(net, found), min(totals(sets(net), net.weight))

    assert found.bound <= least <= lost
    if not found.sifted:
        assert lost == least


@given(nets(HUGE))
def test_weights_that_floats_do_not_resolve_are_never_called_solved(
    net: Instance,
) -> None:
    found = feedback_arc_set(net, "exact")
    lost, least = sound(net, found), min(totals(sets(net), net.weight))

    assert found.bound <= least <= lost
    heavy = net.cyclic & (net.weight > exact.LARGEST)
    assert found.sifted == bool(heavy.any()) or lost == least
    assert not (found.exact & heavy).any()


@given(nets(), st.sampled_from(["fast", "ratio", "auto"]))
def test_every_way_breaks_every_cycle(net: Instance, cycles: str) -> None:
    found = feedback_arc_set(net, cycles)
    least = min(totals(sets(net), net.weight))

    assert found.bound <= least <= sound(net, found)


@given(nets())
def test_of_many_minima_the_one_of_least_hash_is_taken(net: Instance) -> None:
    found = feedback_arc_set(net, "exact")
    assume(not found.sifted)
    first, _ = exact.ties(net.names, net.pre, net.post, seed=net.seed)
    every = sets(net)
    keys = list(zip(totals(every, net.weight), totals(every, first), strict=True))
    best = every[[key == min(keys) for key in keys]]

    assert len(best) == 1 and found.unique
    assert (best[0] == found.back).all()


@given(nets(), st.randoms(use_true_random=False))
def test_the_set_is_the_same_however_nodes_and_arcs_are_numbered(
    net: Instance, dice: random.Random
) -> None:
    found = feedback_arc_set(net, "exact")
    assume(not found.sifted)
    place = dice.sample(range(len(net.names)), len(net.names))
    rows = np.array(dice.sample(range(len(net.pre)), len(net.pre)), np.int64)
    row = np.array(place, np.int32)
    names = [net.names[place.index(k)] for k in range(len(place))]
    other = replace(
        net,
        names=tuple(names),
        pre=row[net.pre[rows]],
        post=row[net.post[rows]],
        weight=net.weight[rows],
        proper=net.proper[rows],
        fixed=net.fixed[rows],
    )

    assert cut(other, feedback_arc_set(other, "exact")) == cut(net, found)


def cut(net: Instance, found: FeedbackArcSet) -> set[tuple[str, str]]:
    """What runs backward, by name."""
    rows = np.flatnonzero(found.back).tolist()
    return {(net.names[net.pre[r]], net.names[net.post[r]]) for r in rows}


@given(nets())
def test_the_order_that_is_named_loses_just_the_set(net: Instance) -> None:
    found = feedback_arc_set(net, "auto")
    rank = {name: k for k, name in enumerate(names_in_order(net, found.back))}
    place = np.array([rank[name] for name in net.names])

    against = net.proper & (place[net.pre] >= place[net.post])
    assert (against == found.back).all()


@given(nets(), st.data())
def test_arcs_that_are_fixed_are_never_cut(net: Instance, data: st.DataObject) -> None:
    size = len(net.names)
    rank = np.array(data.draw(st.permutations(range(size))))
    may = net.proper & (rank[net.pre] < rank[net.post])
    drawn = data.draw(st.lists(st.booleans(), min_size=len(may), max_size=len(may)))
    fixed = may & np.array(drawn, bool)
    held = replace(net, fixed=fixed)
    found = feedback_arc_set(held, "exact")
    lost = sound(held, found)
    every = sets(held)
    every = every[~every[:, fixed].any(1)]

    assert not (found.back & fixed).any()
    least = min(totals(every, held.weight))
    assert found.bound <= least <= lost
    if not found.sifted:
        assert lost == least
    fast = feedback_arc_set(held, "fast")
    assert not (fast.back & fixed).any()
    sound(held, fast)


@given(nets(), st.data(), st.sampled_from([2.0**-12, 0.25, 0.5, 1.0, 7.5]))
def test_flips_from_an_older_order_are_as_few_as_they_can_be(
    net: Instance, data: st.DataObject, price: float
) -> None:
    """Least weight, then fewest flips; or the least of both at a price."""
    assume(int(net.weight.max(initial=0)) < 2**20)
    rank = np.array(data.draw(st.permutations(range(len(net.names)))))
    late = (rank[net.pre] > rank[net.post]).tolist()
    ends = zip(net.pre.tolist(), net.post.tolist(), strict=True)
    past = {
        (net.names[u], net.names[v]): back
        for (u, v), back in zip(ends, late, strict=True)
        if data.draw(st.booleans()) or back
    }
    near = with_change_cost(net, past, price)
    found = feedback_arc_set(near, "exact")
    assume(not found.sifted)
    sound(near, found)

    def cost(back: Bool) -> float:
        known = zip(net.pre.tolist(), net.post.tolist(), back.tolist(), strict=True)
        turned = sum(
            past.get((net.names[u], net.names[v]), b) != b
            for u, v, b in known
            if u != v
        )
        return totals(back[None], net.weight)[0] + price * turned

    assert near.change_cost is not None
    every = sets(net)
    every = every[~(every & ~net.cyclic).any(1)]  # nothing runs backward off a cycle
    every = every | (
        net.cyclic & (net.weight + near.change_cost < 0)
    )  # it may, where it did
    assert cost(found.back) == min(map(cost, every))


# The solver, from inside


@dataclass(frozen=True)
class Part:
    """A strongly connected part of a net, as the solver takes it."""

    pre: Int32
    post: Int32
    weight: Int64
    fixed: Bool
    size: int

    def problem(self, tie: Int64) -> cycle_constraints.CycleConstraints:
        """As `exact.minimum` sets it up."""
        cost = exact.costs(self.weight, tie, None)
        most = (~self.fixed).astype(np.float64)
        found = cycle_constraints.CycleConstraints(
            self.pre, self.post, self.weight, cost, most, self.size
        )
        if not found.cycles:
            found.separate(np.zeros(len(self.pre)))
        return found

    @property
    def sets(self) -> Bool:
        """(sets, E) what some order sends backward, nothing fixed among it."""
        rank = orders(self.size)
        against: Bool = np.unique(rank[:, self.pre] > rank[:, self.post], axis=0)
        return against[~against[:, self.fixed].any(1)]


@st.composite
def parts(draw: st.DrawFn, fixed: bool) -> Part:
    """A ring with chords."""
    size = draw(st.integers(2, 6))
    node = st.integers(0, size - 1)
    ring = {(k, (k + 1) % size) for k in range(size)}
    chords = draw(st.sets(st.tuples(node, node), max_size=16))
    pairs = sorted(ring | {(u, v) for u, v in chords if u != v})
    family = draw(st.sampled_from(list(WEIGHTS.values())))
    weight = draw(st.lists(family, min_size=len(pairs), max_size=len(pairs)))
    pre, post = (np.array([p[k] for p in pairs], np.int32) for k in (0, 1))
    held = np.zeros(len(pairs), bool)
    if fixed:
        rank = np.array(draw(st.permutations(range(size))))
        often = draw(st.lists(st.booleans(), min_size=len(held), max_size=len(held)))
        held = (rank[pre] < rank[post]) & np.array(often, bool)
    return Part(pre, post, np.array(weight, np.int64), held, size)


def hashes(bits: int, count: int, seed: int) -> tuple[Int64, Int64]:
    """(count,), (count,) as `exact.ties`, without names."""
    dice = np.random.default_rng(seed)
    first = dice.integers(0, 2**bits, count, np.int64)
    return first, dice.integers(0, 2**exact.TIE_BITS, count, np.int64)


@pytest.mark.parametrize("fixed", [False, True])
@settings(max_examples=50)
@given(st.data(), st.sampled_from([0, 1, 20]), st.integers(0, 99))
def test_bounds_by_reduced_costs_keep_every_set_as_cheap(
    fixed: bool, data: st.DataObject, bits: int, seed: int
) -> None:
    part = data.draw(parts(fixed))
    problem = part.problem(hashes(bits, len(part.pre), seed)[0])
    relaxed = linear_program.relax(problem, 100)
    assume(relaxed is not None and relaxed.ended)
    assert relaxed is not None
    every = part.sets
    price = np.array([problem.price(back) for back in every])

    assert relaxed.value <= price.min() * (1 + 1e-9) + 1e-6
    for upper in np.quantile(price, [0.0, 0.1, 0.5], method="lower").tolist():
        low, high = restriction.narrowed(problem, relaxed, upper)
        for back in every[price <= upper]:
            assert (low <= back).all() and (back <= high).all()


@pytest.mark.parametrize("fixed", [False, True])
@settings(max_examples=50)
@given(st.data(), st.sampled_from([0, 1, 20]), st.integers(0, 99))
def test_settling_on_whole_edges_keeps_the_optimum(
    fixed: bool, data: st.DataObject, bits: int, seed: int
) -> None:
    part = data.draw(parts(fixed))
    first, second = hashes(bits, len(part.pre), seed)
    problem = part.problem(first)
    relaxed = linear_program.relax(problem, 100)
    assume(relaxed is not None and relaxed.ended)
    assert relaxed is not None
    found, _ = integer_program.solve_integer(
        problem, relaxed, second, restriction.Effort(10**8)
    )
    every = part.sets
    price = np.array([problem.price(back) for back in every])

    assert found is not None
    assert any((found == back).all() for back in every)
    assert totals(found[None], part.weight)[0] == min(totals(every, part.weight))
    assert problem.price(found) == pytest.approx(price.min(), rel=1e-12, abs=1e-6)


def fence(extra: int) -> Part:
    """The least digraph whose linear program cuts half edges, with other weights."""
    rungs = [(k, k + 3) for k in range(3)]
    back = [(k + 3, other) for k in range(3) for other in range(3) if other != k]
    pairs = sorted([*rungs, *back])
    pre, post = (np.array([p[k] for p in pairs], np.int32) for k in (0, 1))
    weight = np.array([5 + (extra * k) % 3 for k in range(len(pairs))], np.int64)
    return Part(pre, post, weight, np.zeros(len(pairs), bool), 6)


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("bits", [0, 20])
def test_branching_keeps_every_set_as_cheap_in_one_part(extra: int, bits: int) -> None:
    part = fence(extra)
    first, second = hashes(bits, len(part.pre), extra)
    problem = part.problem(first)
    relaxed = linear_program.relax(problem, 100)
    assert relaxed is not None and cycle_constraints.fractional(relaxed.cut)
    every = part.sets
    price = np.array([problem.price(back) for back in every])

    for upper in np.quantile(price, [0.0, 0.1, 0.5], method="lower").tolist():
        found = branching.branches(problem, relaxed, upper)
        for back in every[price <= upper]:
            inside = [
                (low <= back).all() and (back <= high).all() for low, high in found
            ]
            assert sum(inside) == 1
    effort = restriction.Effort(10**8)
    cut, unique = integer_program.solve_integer(problem, relaxed, second, effort)
    assert cut is not None and problem.price(cut) == price.min()
    if bits:
        assert unique == (np.count_nonzero(price == price.min()) == 1)


@settings(max_examples=50)
@given(st.data(), st.sampled_from([1, 20]), st.integers(0, 99))
def test_what_is_proved_is_the_minimum(
    data: st.DataObject, bits: int, seed: int
) -> None:
    part = data.draw(parts(fixed=True))
    first, second = hashes(bits, len(part.pre), seed)
    ends = (part.pre, part.post, part.weight, first, second, part.size)
    found = exact.minimum(*ends, fixed=part.fixed if part.fixed.any() else None)
    least = min(totals(part.sets, part.weight))
    load = np.zeros(len(part.pre), np.int64)
    for cycle, share in found.packing:
        heads, tails = part.post[list(cycle)], part.pre[list(cycle)]
        assert (heads == np.roll(tails, -1)).all()
        load[list(cycle)] += share

    free = ~part.fixed
    assert (load[free] <= part.weight[free] * exact.PARTS).all()
    assert found.bound <= least
    assert found.bound == -(-sum(share for _, share in found.packing) // exact.PARTS)
    if found.cut is not None:
        assert int(part.weight[found.cut].sum()) == least
        assert found.proved == (found.bound == least)
    again = exact.minimum(*ends, fixed=part.fixed, known=found.cycles)
    unproved = exact.minimum(*ends, fixed=part.fixed, known=found.cycles, proof=False)
    assert not unproved.packing
    for other in (again, unproved):
        if found.cut is not None and other.cut is not None:
            assert (other.cut == found.cut).all() or not found.unique or bits < 20


def test_a_weight_beyond_the_cost_is_left_to_others() -> None:
    ends = (np.array([0, 1], np.int32), np.array([1, 0], np.int32))
    zero = np.zeros(2, np.int64)
    most = np.array([2**24, 2**24 - 1])
    found = exact.minimum(*ends, most, zero, zero, 2)
    beyond = exact.minimum(*ends, most + 1, zero, zero, 2)

    assert found.cut is not None and found.cut.tolist() == [False, True]
    assert (found.bound, found.proved) == (2**24 - 1, True)
    assert (beyond.cut, beyond.bound, beyond.proved) == (None, 0, False)


# Ties


@cache
def largest(name: str) -> tuple[Instance, Int64]:
    """The net of a bundled connectome, and the arcs of its largest component."""
    net = bundled(name)
    size = np.bincount(net.component)
    return net, np.flatnonzero(
        net.cyclic & (net.component[net.pre] == int(size.argmax()))
    )


def settled(name: str, bits: int, *, mirrored: bool = False) -> exact.Minimum:
    """The largest component, solved with so many bits of hash.

    Args:
        mirrored: the second hash upside down: it decides a tie the other way.
    """
    net, rows = largest(name)
    first, second = exact.ties(net.names, net.pre, net.post, bits=bits)
    if mirrored:
        second = 2**exact.TIE_BITS - 1 - second
    nodes, ends = np.unique([net.pre[rows], net.post[rows]], return_inverse=True)
    pre, post = ends.reshape(2, -1).astype(np.int32)
    hashed = (first[rows], second[rows])
    return exact.minimum(pre, post, net.weight[rows], *hashed, len(nodes))


@pytest.mark.parametrize("bits", [10, 11])
def test_ten_bits_of_hash_leave_a_tie_in_witvliet_3(bits: int) -> None:
    net, rows = largest("witvliet2021-3")
    one, two = (settled("witvliet2021-3", bits, mirrored=way) for way in (False, True))
    assert one.cut is not None and two.cut is not None
    first = exact.ties(net.names, net.pre, net.post, bits=bits)[0][rows]

    assert (one.cut != two.cut).any()
    assert totals(np.stack([one.cut, two.cut]), net.weight[rows]) == [179, 179]
    assert int(first[one.cut].sum()) == int(first[two.cut].sum())
    assert not (one.unique and two.unique)


@pytest.mark.parametrize("name", [n for n in LEAST if not n.startswith("cook")])
def test_twenty_bits_leave_none(name: str) -> None:
    one, two = (settled(name, exact.TIE_BITS, mirrored=way) for way in (False, True))
    assert one.cut is not None and two.cut is not None

    assert (one.cut == two.cut).all()
    assert one.unique and two.unique and one.proved


def test_a_seed_takes_another_minimum() -> None:
    net = bundled("varshney2011")
    found = [feedback_arc_set(replace(net, seed=seed), "auto") for seed in range(3)]

    assert len({frozenset(cut(net, f)) for f in found}) == 3
    assert {totals(f.back[None], net.weight)[0] for f in found} == {499}


# Other programs


def by_igraph(net: Instance) -> int:
    """The least weight that igraph finds."""
    igraph = pytest.importorskip("igraph")
    rows = np.flatnonzero(net.proper)
    ends = zip(net.pre[rows].tolist(), net.post[rows].tolist(), strict=True)
    graph = igraph.Graph(len(net.names), list(ends), directed=True)
    weights = net.weight[rows].tolist()
    found = graph.feedback_arc_set(weights=weights, method="ip_cg")
    return int(net.weight[rows][found].sum())


@pytest.mark.parametrize("seed", range(25))
def test_igraph_finds_nothing_less_in_random_graphs(seed: int) -> None:
    dice = np.random.default_rng(seed)
    size = int(dice.integers(8, 20))
    near = dice.random((size, size)) < dice.uniform(0.1, 0.3)
    pairs = [(int(u), int(v)) for u, v in zip(*np.nonzero(near), strict=True)]
    weight = dice.integers(1, int(dice.choice([2, 6, 40])), len(pairs)).tolist()
    graph = net([f"{k:02}" for k in range(size)], pairs, weight)
    found = feedback_arc_set(graph, "exact")
    lost, least = sound(graph, found), by_igraph(graph)

    assert found.bound <= least <= lost
    assert found.sifted or lost == least


@pytest.mark.parametrize("name", [f"witvliet2021-{k}" for k in range(1, 7)])
def test_igraph_finds_the_same_minimum_in_worms(name: str) -> None:
    assert by_igraph(bundled(name)) == LEAST[name][0]


# Real connectomes


@cache
def circuit(name: str) -> Circuit:
    """A bundled connectome before its cycles are broken."""
    return circuit_of(name, label="", options=Options(), layout=Layout())


@cache
def bundled(name: str) -> Instance:
    """Its net, without options."""
    graph = circuit(name)
    edges = graph.chemical
    weight = edges.weight.astype(np.int64)
    ends = (edges.pre, edges.post, weight)
    return instance_of(graph.cells.name, graph.cells.role, *ends)[0]


def facts(dag: Dag) -> Any:
    """What `break_cycles` says it did."""
    return dag.history.data()["break_cycles"]


@pytest.mark.parametrize("name", LEAST)
def test_the_minimum_of_a_bundled_connectome(name: str) -> None:
    dag = break_cycles(circuit(name), options=Options(keep_alive=False))
    found = facts(dag)
    loops = dag.feedback.pre == dag.feedback.post

    assert acyclic(len(dag.cells), dag.forward.pre, dag.forward.post)
    lost = dag.feedback.weight[~loops].sum()
    assert lost == found["weight"] == found["bound"] == LEAST[name][0]
    assert found["method"] == "exact" and found["unique"]


@pytest.mark.parametrize("name", worms(LEAST))
def test_what_it_costs_to_keep_every_neuron_alive(name: str) -> None:
    dag = break_cycles(circuit(name))

    assert facts(dag)["weight"] == LEAST[name][1]
    assert facts(dag)["bound"] == LEAST[name][0]


@pytest.mark.parametrize("name", ["varshney2011", "witvliet2021-8"])
def test_rows_in_another_order_give_the_same_set(name: str) -> None:
    graph = circuit(name)
    rows = np.random.default_rng(0).permutation(len(graph.chemical))
    other = replace(graph, chemical=graph.chemical.take(rows))
    sent = [
        named(break_cycles(g, options=Options(keep_alive=False)))
        for g in (graph, other)
    ]

    assert sent[0] == sent[1]


def named(dag: Dag) -> set[tuple[str, str]]:
    """What runs backward, self-loops among it."""
    name, back = dag.cells.name, dag.feedback
    ends = zip(back.pre.tolist(), back.post.tolist(), strict=True)
    return {(name[u], name[v]) for u, v in ends}


@pytest.mark.parametrize(("name", "options", "lost"), UNDER, ids=str)
def test_what_an_option_costs_a_worm(
    name: str, options: dict[str, Any], lost: int
) -> None:
    found = facts(
        break_cycles(circuit(name), options=Options(keep_alive=False, **options))
    )

    assert found["weight"] == lost
    assert found["bound"] == found["price"]


# Options, against every order that they allow

CELLS = ("ADAL", "ADAR", "B", "CL", "CR", "D")
SIDES = (("ADAL", "ADAR"), ("CL", "CR"))


@st.composite
def circuits(draw: st.DrawFn, one_role_a_pair: bool = False) -> Circuit:
    """At most 6 cells, with partners; any role, partners the same where asked for."""
    names = sorted(draw(st.sets(st.sampled_from(CELLS), min_size=1)))
    cell = st.integers(0, len(names) - 1)
    weight = draw(st.sampled_from([st.sampled_from([1, 1, 2]), st.integers(1, 30)]))
    row = st.tuples(cell, cell, st.just(CHEMICAL), weight.map(float), st.just(0))
    rows: list[Row] = draw(st.lists(row, max_size=20))
    roles = st.sampled_from([SENSORY, MOTOR, INTER, SENSORY | MOTOR, 0])
    role = {name: draw(roles) for name in names}
    if one_role_a_pair:
        role |= {two: role[one] for one, two in SIDES if {one, two} <= set(names)}
    found = connectome(rows, len(names), [role[name] for name in names])
    cells = replace(found.cells, name=tuple(names))
    return merge_electrical(replace(found, cells=cells))


def block(bits: int) -> int:
    """0 sensory, 2 motor, 1 what is neither or both."""
    return (
        1 - (bits & (SENSORY | MOTOR) == SENSORY) + (bits & (SENSORY | MOTOR) == MOTOR)
    )


@dataclass(frozen=True)
class Oracle:
    """Every order of a circuit, and what the options make of each."""

    graph: Circuit

    @property
    def blocks(self) -> NDArray[np.int64]:
        """(N,) of the cells."""
        return np.array([block(bits) for bits in self.graph.cells.role.tolist()])

    def price(self, roles: str) -> NDArray[np.int64]:
        """(E,) of each synapse."""
        edges = self.graph.chemical
        rises = self.blocks[edges.pre] < self.blocks[edges.post]
        return edges.weight.astype(np.int64) * np.where(
            rises & (roles == "prefer"), 2, 1
        )

    def against(self, roles: str = "free", symmetric: bool = False) -> Bool:
        """(orders, E) what each allowed order sends backward."""
        edges, name = self.graph.chemical, self.graph.cells.name
        rank = orders(len(name)).astype(int)
        if symmetric:
            for one, two in SIDES:
                if one in name and two in name:
                    gap = rank[:, name.index(one)] - rank[:, name.index(two)]
                    rank = rank[np.abs(gap) == 1]
        if roles == "blocks":
            first, last = np.nonzero(self.blocks[:, None] < self.blocks[None])
            rank = rank[(rank[:, first] < rank[:, last]).all(1)]
        back: Bool = rank[:, edges.pre] > rank[:, edges.post]
        return back


def least(back: Bool, price: NDArray[np.int64]) -> int:
    """The price of the cheapest of some sets."""
    return int((back @ price).min())


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("roles", ["free", "prefer", "blocks"])
@settings(max_examples=50)
@given(data=st.data())
def test_no_order_that_the_options_allow_loses_less(
    roles: str, symmetric: bool, data: st.DataObject
) -> None:
    graph = data.draw(circuits(one_role_a_pair=roles == "blocks"))
    oracle = Oracle(graph)
    allowed = oracle.against(roles, symmetric)
    assume(len(allowed))  # partners of one block leave blocks in a row
    dag = break_cycles(
        graph, options=Options(keep_alive=False, roles=roles, symmetric=symmetric)
    )
    found = facts(dag)

    assert acyclic(len(dag.cells), dag.forward.pre, dag.forward.post)
    assert found["bound"] <= least(allowed, oracle.price(roles)) <= found["price"]
    if found["method"] == "exact":
        assert found["bound"] == found["price"]
    assert keeps(dag, roles, symmetric)


def keeps(dag: Dag, roles: str, symmetric: bool) -> bool:
    """Whether an order that the options allow sends only `feedback` backward."""
    edges = dag.forward
    arcs = nx.DiGraph(zip(edges.pre.tolist(), edges.post.tolist(), strict=True))
    arcs.add_nodes_from(range(len(dag.cells)))
    part = np.array([block(bits) for bits in dag.cells.role.tolist()])
    if roles == "blocks":
        first, last = np.nonzero(part[:, None] < part[None])
        arcs.add_edges_from(zip(first.tolist(), last.tolist(), strict=True))
    name = dag.cells.name
    if symmetric and nx.is_directed_acyclic_graph(arcs):
        for one, two in SIDES:
            if one in name and two in name:
                ends = (name.index(one), name.index(two))
                arcs = nx.contracted_nodes(arcs, *ends, self_loops=False)
    return bool(nx.is_directed_acyclic_graph(arcs))


@pytest.mark.parametrize("roles", ["free", "prefer", "blocks"])
@settings(max_examples=50)
@given(data=st.data())
def test_protected_synapses_run_forward_if_they_can(
    roles: str, data: st.DataObject
) -> None:
    """Of those that form cycles among themselves, or face blocks, the fewest are given up.

    Of those fewest the ones that let the least weight run backward in all.
    """
    graph = data.draw(circuits())
    name, edges = graph.cells.name, graph.chemical
    ends = list(zip(edges.pre.tolist(), edges.post.tolist(), strict=True))
    some = st.lists(st.booleans(), min_size=len(ends), max_size=len(ends))
    held = np.array(data.draw(some), bool) & (edges.pre != edges.post)
    patterns = [f"{name[ends[r][0]]}>{name[ends[r][1]]}" for r in np.flatnonzero(held)]
    oracle = Oracle(graph)
    allowed, price = oracle.against(roles), oracle.price(roles)
    dag = break_cycles(
        graph, options=Options(keep_alive=False, roles=roles, protect=tuple(patterns))
    )
    found, back = facts(dag), named(dag)

    lost = [p for p in patterns if tuple(p.split(">")) in back]
    assert found["unprotected"] == sorted(p.replace(">", " -> ") for p in lost)
    given_up = allowed @ held.astype(int)
    turned = np.array([(name[u], name[v]) in back for u, v in ends], bool)
    assert int((held & turned).sum()) == int(given_up.min())
    rest = allowed[~allowed[:, held & ~turned].any(1)]
    assert least(rest, price) == least(allowed[given_up == given_up.min()], price)
    assert found["bound"] <= least(rest, price) <= found["price"]
    if found["method"] == "exact":
        assert found["price"] == found["bound"]


@pytest.mark.parametrize("pattern", ["AVA*>*", "*>AVB?", "RIA?>RMD*"])
def test_protected_synapses_of_a_worm_run_forward(pattern: str) -> None:
    dag = break_cycles(
        circuit("varshney2011"), options=Options(keep_alive=False, protect=(pattern,))
    )
    pre, post = pattern.split(">")
    back = {(u, v) for u, v in named(dag) if u != v}
    lost = {(u, v) for u, v in back if fnmatchcase(u, pre) and fnmatchcase(v, post)}

    assert {f"{u} -> {v}" for u, v in lost} == set(facts(dag)["unprotected"])
    assert facts(dag)["bound"] == facts(dag)["weight"] >= 499


# Keeping neurons alive


@given(st.data())
def test_the_price_of_an_arc_is_a_minimum_cut(data: st.DataObject) -> None:
    """Max-flow duality, by networkx: what is cut weighs what could have flowed."""
    size = data.draw(st.integers(2, 7))
    rank = data.draw(st.permutations(range(size)))
    node = st.integers(0, size - 1)
    pairs = data.draw(st.sets(st.tuples(node, node), min_size=1, max_size=20))
    ends = sorted((u, v) for u, v in pairs if u != v)
    assume(ends)
    count = len(ends)
    weight = st.sampled_from([0, 1, 1, 2, 5, 40, 1000])
    some = st.lists(
        st.sampled_from([False, False, True]), min_size=count, max_size=count
    )
    arcs = Arcs(
        np.array([u for u, _ in ends], np.int32),
        np.array([v for _, v in ends], np.int32),
        np.array(data.draw(st.lists(weight, min_size=count, max_size=count)), np.int64),
        np.zeros(size, bool),
        np.zeros(size, bool),
        tuple("ABCDEFG"[:size]),
        np.array(data.draw(some)),
        np.zeros(count, bool),
    )
    kept = np.array([rank[u] < rank[v] for u, v in ends])
    forced = np.array(data.draw(some)) & kept
    network = FlowNetwork(arcs, kept, forced)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(size))
    for row in np.flatnonzero(kept).tolist():
        limit = (
            {} if (forced | arcs.fixed)[row] else {"capacity": int(arcs.weight[row])}
        )
        graph.add_edge(*ends[row], **limit)

    for row in np.flatnonzero(~kept).tolist():
        tail, head = ends[row]
        offer = network.price(row)
        try:
            value, _ = nx.minimum_cut(graph, head, tail)
        except nx.NetworkXUnbounded:
            assert offer is None
            continue
        assert offer is not None and offer.price == value - int(arcs.weight[row])
        assert network.least(row) <= offer.price
        assert offer.near[head] and not offer.near[tail]
        again = network.price(row, offer.price)
        assert again is not None and (again.near == offer.near).all()
        assert network.price(row, offer.price - 1) is None  # it is dearer


@pytest.mark.parametrize("bits", [6, 8, 9, 10, 11])
def test_a_tie_in_witvliet_3_is_seen(bits: int) -> None:
    """AIML -> PVQL and back weigh 1 each, and have the same first 11 bits."""
    found = [settled("witvliet2021-3", bits, mirrored=way) for way in (False, True)]

    assert not any(f.unique for f in found)


@pytest.mark.parametrize("second", [2**19, 2**18])
def test_two_sets_that_tie_are_not_unique(second: int) -> None:
    ends = (np.array([0, 1], np.int32), np.array([1, 0], np.int32))
    even = np.array([1, 1])
    hashes = [np.array([0, second]), np.array([second, 0])]
    found = [exact.minimum(*ends, even, 0 * even, h, 2) for h in hashes]

    assert not any(f.unique for f in found)


def test_a_graph_of_nine_synapses_is_solved() -> None:
    """A Möbius ladder, whose linear program cuts three edges by half."""
    pairs = [(k, k + 3) for k in range(3)]
    pairs += [(k + 3, j) for k in range(3) for j in range(3) if j != k]
    found = feedback_arc_set(net("ABCDEF", pairs, [2] * 9), "exact")

    assert not found.sifted


def test_of_protected_synapses_the_one_is_given_up_that_costs_least() -> None:
    """A -> B -> C -> A are protected and weigh 1 each: only A -> B leaves a loss of 2."""
    ring = [
        (0, 1, CHEMICAL, 1.0, 0),
        (1, 2, CHEMICAL, 1.0, 0),
        (2, 0, CHEMICAL, 1.0, 0),
    ]
    rows = [*ring, (0, 2, CHEMICAL, 1.0, 0), (1, 0, CHEMICAL, 2.0, 0)]
    graph = merge_electrical(connectome(rows, 3))
    name = graph.cells.name
    patterns = tuple(f"{name[u]}>{name[v]}" for u, v, *_ in ring)
    lost = [
        facts(
            break_cycles(
                graph,
                options=Options(keep_alive=False, protect=patterns, tie_seed=seed),
            )
        )["bound"]
        for seed in range(6)
    ]

    assert lost == [2] * 6


def test_blocks_hold_for_partners_of_different_roles() -> None:
    rows = [  # B between, CL sensory, CR between: CR -> B may run forward, CR -> D not
        (2, 3, CHEMICAL, 9.0, 0),
        (3, 0, CHEMICAL, 1.0, 0),
        (3, 1, CHEMICAL, 1.0, 0),
    ]
    found = connectome(rows, 4, [MOTOR, SENSORY, INTER, SENSORY])
    cells = replace(found.cells, name=("B", "CL", "CR", "D"))
    graph = merge_electrical(replace(found, cells=cells))
    dag = break_cycles(
        graph, options=Options(keep_alive=False, roles="blocks", symmetric=True)
    )

    assert ("CR", "D") in named(dag)


def test_a_protected_synapse_between_partners_is_not_called_lost() -> None:
    rows = [(0, 1, CHEMICAL, 4.0, 0), (1, 0, CHEMICAL, 2.0, 0)]
    found = connectome(rows, 2)
    cells = replace(found.cells, name=("CL", "CR"))
    graph = merge_electrical(replace(found, cells=cells))
    dag = break_cycles(
        graph, options=Options(keep_alive=False, symmetric=True, protect=("CL>CR",))
    )

    assert named(dag) == {("CR", "CL")}
    assert facts(dag)["unprotected"] == []


@pytest.mark.usefixtures("short")
def test_a_protected_synapse_that_few_levels_turn_is_named() -> None:
    rows = [(k, k + 1, CHEMICAL, 1.0, 0) for k in range(4)]
    found = connectome(rows, 5)
    graph = merge_electrical(found)
    dag = break_cycles(graph, options=Options(protect=("*>*",), max_levels=3))

    turned = {f"{u} -> {v}" for u, v in named(dag)}
    assert turned and set(facts(dag)["unprotected"]) == turned


def test_a_long_ring_is_kept_alive_arc_by_arc() -> None:
    """The cut moves round, an arc at a time, until it stands between motor and sensor."""
    size, dice = 280, random.Random(0)
    rows = [
        (k, (k + 1) % size, CHEMICAL, float(dice.randint(1, 9)), 0) for k in range(size)
    ]
    roles = [INTER] * size
    roles[140], roles[139] = SENSORY, MOTOR
    dag = break_cycles(merge_electrical(connectome(rows, size, roles)))

    assert (dag.feedback.pre.tolist(), dag.feedback.post.tolist()) == ([139], [140])
    assert facts(dag)["given_up"] == []
