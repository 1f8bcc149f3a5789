"""`elegansc explain`: what it says of a worm, found again by brute force and pandas."""

from __future__ import annotations

import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command import run
from support.paths import BUNDLED
from support.strategies import connectome, connectomes

from elegansc import pipeline
from elegansc.cli import explain as commands
from elegansc.ir.stages import CHEMICAL, INTER, MOTOR, SENSORY, Circuit, Dag, Source
from elegansc.options import Options
from elegansc.ordering.feedback_arc_set import feedback_arc_set
from elegansc.ordering.problem import Problem
from elegansc.passes.break_cycles import break_cycles
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.report import explain
from elegansc.report.explain import FORCED, HOPS, TIED, UNKNOWN, Cut, Depth

TABLES = BUNDLED
BARE = Options(keep_alive=False)
Pair = tuple[str, str]


@cache
def broken(name: str, options: Options = BARE) -> tuple[Circuit, Dag]:
    """A bundled worm, its cycles broken."""
    circuit, dag, _ = pipeline.broken(name, options=options)
    return circuit, dag


@cache
def cuts(name: str, options: Options = BARE) -> tuple[Cut, ...]:
    """What `explain` lists of it."""
    return tuple(explain.cuts(*broken(name, options), options))


@cache
def roles() -> dict[str, str]:
    """Neurons and their roles, by pandas."""
    cells = pd.read_csv(TABLES / "cells.csv")
    cells = cells[cells.kind == "neuron"]
    return dict(zip(cells.name, cells.role, strict=True))


@cache
def synapses(name: str) -> pd.DataFrame:
    """The chemical synapses between two neurons of a worm, a row a pair."""
    rows = pd.read_csv(TABLES / f"{name}.csv")
    rows = rows[(rows.kind == "chemical") & (rows.pre != rows.post)]
    rows = rows[rows.pre.isin(roles()) & rows.post.isin(roles())]
    return rows.groupby(["pre", "post"], as_index=False).weight.sum()


def backward(dag: Dag) -> set[Pair]:
    """(pre, post) of what runs backward, self-loops apart."""
    name, edges = dag.cells.name, dag.feedback
    ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    return {(name[u], name[v]) for u, v in ends if u != v}


# Forced or a tie

SIZE = 6
ENDS = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
WEIGHTED = st.tuples(ENDS, st.sampled_from([1, 1, 1, 2, 2, 3]))
ROLES = st.lists(st.sampled_from([SENSORY, MOTOR, INTER]), min_size=SIZE, max_size=SIZE)
RULES = st.sampled_from(["free", "free", "prefer", "blocks"])
PATTERNS = st.sampled_from([(), (), ("A>*",), ("B>A*", "C*>A")])


def minima(net: Any) -> set[frozenset[int]]:
    """Every set of arcs of least price that an order can send backward, of all orders."""
    places = np.array(list(itertools.permutations(range(len(net.names)))))
    back = (places[:, net.pre] > places[:, net.post]) & net.proper
    price = back @ net.weight
    allowed = ~(back & net.fixed).any(1)
    best = allowed & (price == price[allowed].min())
    rows = np.unique(back[best], axis=0)
    return {frozenset(np.flatnonzero(row).tolist()) for row in rows}


@settings(max_examples=150)
@given(st.lists(WEIGHTED, min_size=3, max_size=22), ROLES, RULES, PATTERNS)
def test_forced_is_cut_in_every_minimum_and_a_tie_is_not(
    found: list[tuple[Pair, int]], role: list[int], rule: str, protect: tuple[str, ...]
) -> None:
    rows = [(u, v, CHEMICAL, float(w), 0) for (u, v), w in found]
    circuit = merge_electrical(connectome(rows, SIZE, role))
    net = Problem.of(circuit, Options(roles=rule, protect=protect)).instance
    order = feedback_arc_set(net, "auto")
    forced, tied = explain.standings(net, order)
    every = minima(net)

    taken = frozenset(np.flatnonzero(order.back).tolist())
    assert taken in every
    always = frozenset.intersection(*every)
    assert set(np.flatnonzero(forced).tolist()) == always
    assert set(np.flatnonzero(tied).tolist()) == taken - always


def test_nothing_of_varshney_is_unknown() -> None:
    assert {cut.standing for cut in cuts("varshney2011")} == {FORCED, TIED}


@pytest.mark.parametrize("seed", [1, 2])
def test_another_minimum_of_varshney_cuts_what_is_forced(seed: int) -> None:
    """And not all of the ties."""
    other = backward(
        broken("varshney2011", Options(keep_alive=False, tie_seed=seed))[1]
    )
    found = {
        word: {(c.pre, c.post) for c in cuts("varshney2011") if c.standing == word}
        for word in (FORCED, TIED)
    }

    assert found[FORCED] <= other
    assert not found[TIED] <= other
    # of that minimum the same is forced
    again = cuts("varshney2011", Options(keep_alive=False, tie_seed=seed))
    assert {(c.pre, c.post) for c in again if c.standing == FORCED} == found[FORCED]


def test_what_was_not_solved_is_unknown() -> None:
    fast = Options(keep_alive=False, cycles="fast")
    assert {cut.standing for cut in cuts("witvliet2021-3", fast)} == {UNKNOWN}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["varshney2011", "witvliet2021-3"])
@pytest.mark.parametrize(
    "options",
    [
        BARE,
        Options(),
        Options(roles="blocks"),
        Options(symmetric=True),
        Options(cycles="ratio"),
        Options(feedback="delay", tie_seed=3),
    ],
    ids=["bare", "alive", "blocks", "symmetric", "ratio", "delay"],
)
def test_every_synapse_listed_runs_backward(name: str, options: Options) -> None:
    _, dag = broken(name, options)
    found, table = cuts(name, options), synapses(name)
    weight = dict(
        zip(zip(table.pre, table.post, strict=True), table.weight, strict=True)
    )
    back = backward(dag)

    assert {(c.pre, c.post) for c in found} == back
    assert len(found) == len(back)
    assert all(c.weight == weight[c.pre, c.post] for c in found)
    facts = dag.history.data()["break_cycles"]
    assert sum(c.weight for c in found) == facts["weight"]
    assert sum(c.weight for c in found) == sum(weight[pair] for pair in back)
    for c in found:
        other = (c.post, c.pre)
        assert c.reciprocal == (other in weight and other not in back)
    assert list(found) == sorted(found, key=lambda c: (-c.weight, c.pre, c.post))


@pytest.mark.parametrize(("name", "least"), [("varshney2011", 499), ("white1986", 509)])
def test_the_weights_add_up_to_the_minimum(name: str, least: int) -> None:
    assert sum(cut.weight for cut in cuts(name)) == least


def test_the_lines_add_up_too() -> None:
    text = run("explain", "varshney2011", "--no-keep-alive", "--verbose").stdout
    found = cuts("varshney2011")
    for word in (FORCED, TIED):
        some = [c for c in found if c.standing == word]
        whole = sum(c.weight for c in some)
        assert f"{word:<9} {len(some)} synapses, {whole:,.0f} contacts: " in text
        for c in some:
            assert f"{c.pre} -> {c.post} {c.weight:.0f}" in text
    assert UNKNOWN not in text


def test_the_weaker_half_is_the_weaker_one() -> None:
    table = synapses("varshney2011")
    weight = dict(
        zip(zip(table.pre, table.post, strict=True), table.weight, strict=True)
    )
    halves = [c for c in cuts("varshney2011") if c.reciprocal]
    weaker = [c for c in halves if c.weight < weight[c.post, c.pre]]
    text = run("explain", "varshney2011", "--no-keep-alive").stdout

    (line,) = [row for row in text.splitlines() if row.startswith("halves")]
    if "weaker half" in line:
        assert int(line.split()[1].replace(",", "")) == len(weaker)


# Walks


def dense(dag: Dag) -> tuple[Any, Any]:
    """(N, N) each synapse's share of its target's input: of all, of what runs forward."""
    size = len(dag.cells)
    whole, ahead = np.zeros((size, size)), np.zeros((size, size))
    for edges in (dag.forward, dag.feedback):
        columns = (edges.pre.tolist(), edges.post.tolist(), edges.weight.tolist())
        for u, v, w in zip(*columns, strict=True):
            if u != v:
                whole[v, u] += w
                ahead[v, u] += w * (edges is dag.forward)
    for v in range(size):
        into = whole[v].sum()
        if into:
            ahead[v] /= into
            whole[v] /= into
    return whole, ahead


def by_powers(dag: Dag) -> list[float]:
    """What `walks_kept` should be."""
    whole, ahead = dense(dag)
    bits = np.array(dag.cells.role.tolist(), int)
    sensory, motor = bits & SENSORY > 0, bits & MOTOR > 0
    found = []
    for hop in HOPS:
        all_of, kept = (
            np.linalg.matrix_power(matrix, hop)[np.ix_(motor, sensory)].sum()
            for matrix in (whole, ahead)
        )
        found.append(kept / all_of if all_of else 1.0)
    return found


@given(connectomes(), st.sampled_from(["auto", "ratio"]))
def test_walks_kept_are_those_of_dense_powers(found: Any, cycles: str) -> None:
    dag = break_cycles(
        merge_electrical(found), options=Options(cycles=cycles, keep_alive=False)
    )

    assert explain.walks_kept(dag) == pytest.approx(by_powers(dag), rel=1e-9)


@pytest.mark.parametrize("name", ["varshney2011", "witvliet2021-8"])
def test_walks_of_a_worm_are_those_of_its_file(name: str) -> None:
    """By pandas, from the file; of the compiler, only what runs backward."""
    _, dag = broken(name)
    table, back = synapses(name), backward(dag)
    neurons = sorted(dag.cells.name)
    share = table.weight / table.groupby("post").weight.transform("sum")
    sent = [pair in back for pair in zip(table.pre, table.post, strict=True)]
    whole, ahead = (
        table.assign(share=share * keep)
        .pivot(index="post", columns="pre", values="share")
        .reindex(index=neurons, columns=neurons)
        .fillna(0.0)
        .to_numpy()
        for keep in (1, ~np.array(sent))
    )
    sensory, motor = (
        np.array([roles()[n] == word for n in neurons]) for word in ("sensory", "motor")
    )
    expected = []
    for hop in HOPS:
        one, two = (np.linalg.matrix_power(m, hop) for m in (ahead, whole))
        ends = np.ix_(motor, sensory)
        expected.append(one[ends].sum() / two[ends].sum())

    assert explain.walks_kept(dag) == pytest.approx(expected, rel=1e-9)


def test_two_thirds_of_varshneys_walks_of_three_hops_are_left() -> None:
    kept = explain.walks_kept(broken("varshney2011")[1])

    assert kept[0] == pytest.approx(1, abs=0.02)
    assert kept[2:] == pytest.approx([0.66, 0.39, 0.20], abs=0.02)


# Input lost


@pytest.mark.parametrize("name", ["varshney2011", "witvliet2021-8"])
@pytest.mark.parametrize(
    "options", [BARE, Options(roles="blocks")], ids=["bare", "blocks"]
)
def test_input_lost_is_what_pandas_says(name: str, options: Options) -> None:
    _, dag = broken(name, options)
    table, back = synapses(name), backward(dag)
    pairs = zip(table.pre, table.post, strict=True)
    late = table.weight * [pair in back for pair in pairs]
    sums = table.assign(late=late).groupby("post")[["late", "weight"]].sum()
    share = (sums.late / sums.weight)[sums.late > 0]
    found = explain.input_lost(dag)

    assert dict(found) == pytest.approx(share.to_dict(), rel=1e-12)
    assert len(found) == len(share)
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


# A model and its source


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("witvliet2021-8", ()),
        ("witvliet2021-3", ("--no-keep-alive",)),
        ("witvliet2021-3", ("--feedback", "delay")),
        ("witvliet2021-3", ("--roles", "blocks")),
        ("witvliet2021-3", ("--symmetric",)),
        ("witvliet2021-3", ("--cycles", "fast")),
        ("witvliet2021-3", ("--tie-seed", "3", "--protect", "AVA*>*")),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_model_is_explained_as_its_source(
    name: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    model = str(tmp_path / "model.py")
    made = run("compile", name, *words, "-q", "-o", model)
    assert made.exit_code == 0, made.stderr

    for shape in (("--verbose",), ("--json",)):
        source = run("explain", name, *words, *shape)
        again = run("explain", model, *shape)
        assert (source.exit_code, source.stderr) == (0, "")
        assert (again.exit_code, again.stderr) == (0, "")
        assert again.stdout == source.stdout


def test_options_beside_a_models_own_are_refused(tmp_path: Path) -> None:
    model = str(tmp_path / "model.py")
    run("compile", "witvliet2021-3", "-q", "-o", model)
    done = run("explain", model, "--roles", "blocks")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("elegansc: --roles: ")


# JSON


def test_json_says_what_the_functions_do() -> None:
    done = run("explain", "varshney2011", "--no-keep-alive", "--json")
    said = json.loads(done.stdout)
    _, dag = broken("varshney2011")

    assert (said["schema"], said["command"]) == (1, "explain")
    assert (said["label"], said["unit"]) == ("varshney2011", "contacts")
    assert [Cut(**row) for row in said["cuts"]] == list(cuts("varshney2011"))
    assert list(said["input_lost"].items()) == explain.input_lost(dag)
    assert said["walks_kept"] == explain.walks_kept(dag)


def test_a_chain_has_nothing_to_explain(tmp_path: Path) -> None:
    path = tmp_path / "chain.csv"
    path.write_text("pre,post,weight\nS,I,2\nI,M,3\n")
    done = run("explain", str(path))

    assert (done.exit_code, done.stderr) == (0, "")
    kept = ", ".join(f"{hop}: 100 %" for hop in HOPS)
    assert done.stdout == f"walks     sensor to motor, kept after hops: {kept}\n"
    said = json.loads(run("explain", str(path), "--json").stdout)
    assert (said["cuts"], said["input_lost"]) == ([], {})
    assert said["walks_kept"] == [1.0] * len(HOPS)


# Depths

FEW = (4, 12, 48)
CHECKED = 12


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_what_few_levels_lose_is_what_compile_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Less with every level, or hardly more: each depth is searched for by itself."""
    monkeypatch.setattr(explain, "DEPTHS", FEW)
    words = ("witvliet2021-1", "--roles", "prefer")
    done = run("explain", *words, "--depths", "--json")
    curve = [Depth(**row) for row in json.loads(done.stdout)["depths"]]

    assert [depth.levels for depth in curve] == list(FEW)
    for one, two in itertools.pairwise(curve):
        assert two.lost <= 1.02 * one.lost + 1
    assert curve[-1].lost < 0.5 * curve[0].lost
    whole = float(synapses("witvliet2021-1").weight.sum())
    model = str(tmp_path / "model.py")
    for depth in curve:
        assert depth.share == pytest.approx(depth.lost / whole, rel=1e-12)
        if depth.levels == CHECKED:
            flag = ("--max-levels", str(depth.levels), "--force", "-o", model)
            made = run("compile", *words, *flag, "--quiet", "--json")
            facts = json.loads(made.stdout)["passes"]
            cycles = facts["break_cycles"]
            assert cycles["weight"] + cycles["lateral_weight"] == depth.lost
            assert facts["topological_sort"]["levels"] <= depth.levels


RING = "pre,post,kind,weight\nS,A,chemical,4\nA,B,chemical,3\nB,A,chemical,1\nB,M,chemical,2\n"


@pytest.mark.usefixtures("short")
def test_bars_are_as_long_as_the_loss(tmp_path: Path) -> None:
    path = tmp_path / "ring.csv"
    path.write_text(RING)
    done = run("explain", str(path), "--plot")

    assert done.exit_code == 0, done.stderr
    # two or three levels: A -> B is lost, or as much; four: S, A, B, M
    assert done.stdout.splitlines() == [
        "levels  lost, units of weight  share",
        "     2                      3  30.0 %  " + "#" * 50,
        "     3                      3  30.0 %  " + "#" * 50,
        "     4                      1  10.0 %  " + "#" * 17,
    ]


def test_a_curve_of_no_loss_is_drawn_without_bars() -> None:
    source = merge_electrical(connectome([(0, 1, CHEMICAL, 1.0, 0)], 2))
    assert source.source == Source("hostile", "contacts")
    rows = list(commands.depth_table([Depth(2, 0.0, 0.0)], source, plot=True))
    bare = list(commands.depth_table([Depth(2, 6.0, 0.5)], source, plot=False))

    assert rows == ["levels  lost, contacts  share", "     2               0   0.0 %"]
    assert bare[1] == "     2               6  50.0 %"


@pytest.mark.usefixtures("short")
def test_depths_in_which_junctions_find_no_room_are_left_out(tmp_path: Path) -> None:
    """By blocks: a sensor coupled to an inter that is coupled to a motor neuron."""
    path = tmp_path / "coupled.csv"
    junctions = "S,A,electrical,1\nA,M,electrical,1\n"
    path.write_text(RING + junctions)
    blocks = ("--roles", "blocks")
    done = run("explain", str(path), "--depths", "--json", *blocks)
    found = [row["levels"] for row in json.loads(done.stdout)["depths"]]
    refused = run("compile", str(path), "--max-levels", "2", *blocks)

    assert found == [3, 4]
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "--max-levels 2: 1 gap junction found no room" in refused.stderr


@pytest.mark.usefixtures("short")
def test_depths_count_the_junctions_that_are_given_up(tmp_path: Path) -> None:
    """Three neurons coupled to each other: two share one of two levels."""
    path = tmp_path / "coupled.csv"
    junctions = "S,A,electrical,1\nA,B,electrical,1\nB,S,electrical,1\n"
    path.write_text(RING + junctions)
    done = run("explain", str(path), "--depths", "--json", "--no-keep-alive")
    two, *_, last = json.loads(done.stdout)["depths"]

    assert (two["levels"], two["lost"]) == (2, 4.0)  # A -> B as before, and a junction
    assert (last["levels"], last["lost"]) == (4, 1.0)
