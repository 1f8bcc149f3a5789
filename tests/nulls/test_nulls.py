"""Random twins: what each null keeps, counted again from its files; draws; refusals."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from support.hostile_names import ACCEPTED
from support.paths import BUNDLED
from support.strategies import connectomes

from elegansc.cli.compile import compile_command
from elegansc.cli.exit_codes import Commands
from elegansc.cli.rewire import rewire_command
from elegansc.errors import InputError, UsageError, VerifyError
from elegansc.ir.stages import Circuit, Connectome
from elegansc.ir.text import digest
from elegansc.module.read import read_model
from elegansc.names import unpadded
from elegansc.nulls import models as null_models
from elegansc.nulls import twins as nulls
from elegansc.nulls import wiring
from elegansc.nulls.files import rewire
from elegansc.nulls.pairs import DISTANCE
from elegansc.nulls.random import RandomIntegers
from elegansc.nulls.twins import KEEPS, Twin, null_of, twins
from elegansc.options import Options
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.pipeline import circuit_of, compile_source
from elegansc.readers.reader import Layout
from elegansc.verification.verify import static

NULLS = (
    *("er", "ws", "ba", "degree", "role-degree", "degree-sides", "partial:0.3"),
    *("shuffle-weights", "shuffle-roles"),
)
SMALL = "witvliet2021-1"
WORM = "witvliet2021-8"  # 180 neurons, 1,933 synapses, 300 junctions
COOK = "cook2019"  # self-loops, five polymodal neurons
MARK = b"# fmt: on\n"
SIGNED = """\
pre,post,kind,weight
S1,A,chemical,3
S1,B,chemical,-2
S2,A,chemical,1.5
S2,B,chemical,-1
A,B,chemical,2
B,A,chemical,-7
A,M1,chemical,4
B,M2,chemical,1
B,M2,chemical,-1
C,M1,chemical,0.1
A,A,chemical,-9
A,C,electrical,2
B,S1,electrical,1
M1,M2,electrical,5
"""


@click.group(cls=Commands)
def group() -> None:
    """The commands that these tests run."""


group.add_command(rewire_command)
group.add_command(compile_command)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    """`elegansc WORDS`, in this process; an error that gets out fails the test."""
    done = CliRunner().invoke(group, words, prog_name="elegansc")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def made(source: str, null: str, *words: str, out: str = "out") -> Path:
    """The folder that `rewire` writes."""
    done = run("rewire", source, "--null", null, "-o", out, *words)
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    return Path(out)


def refused(code: int, *words: str) -> str:
    """What is said of words that are refused; nothing is written."""
    before = sorted(Path().rglob("*"))
    done = run(*words)
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    assert sorted(Path().rglob("*")) == before
    return done.stderr


def circuit(source: str, **choices: Any) -> Circuit:
    """The circuit of a source."""
    options = replace(Options(), **choices)
    return circuit_of(source, label="", options=options, layout=Layout())


def circuit_in(text: str, **choices: Any) -> Circuit:
    """The circuit of a text."""
    Path("graph.csv").write_text(text)
    return circuit("graph.csv", **choices)


def plain(edges: Iterable[Sequence[str]]) -> str:
    """An edge list, each of weight 1."""
    return "pre,post,kind,weight\n" + "".join(f"{a},{b},chemical,1\n" for a, b in edges)


# What is kept, counted again from the files with pandas


def worm(name: str) -> pd.DataFrame:
    """The neuron-neuron rows of a bundled connectome, a row a pair, without our code."""
    table = pd.read_csv(BUNDLED / "cells.csv", keep_default_na=False)
    neurons = set(table.name[table.kind == "neuron"])
    rows = pd.read_csv(BUNDLED / f"{name}.csv")
    rows = rows.assign(pre=rows.pre.map(unpadded), post=rows.post.map(unpadded))
    rows = rows[rows.pre.isin(neurons) & rows.post.isin(neurons)]
    gap = (rows.kind == "electrical") & (rows.pre >= rows.post)
    return rows[~gap].reset_index(drop=True)


def rows_of(path: Path) -> pd.DataFrame:
    """A twin; its rows of weight 0 only name a neuron."""
    rows = pd.read_csv(path, keep_default_na=False)
    assert list(rows.columns) == ["pre", "post", "kind", "weight"]
    return rows[rows.weight != 0].reset_index(drop=True)


def roles(name: str) -> dict[str, str]:
    """Name -> role, of the bundled table."""
    table = pd.read_csv(BUNDLED / "cells.csv", keep_default_na=False)
    return dict(zip(table.name, table.role, strict=True))


def split(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Synapses between two neurons, self-loops, junctions."""
    gap, loop = rows.kind == "electrical", rows.pre == rows.post
    return rows[~gap & ~loop], rows[~gap & loop], rows[gap]


def digraph(rows: pd.DataFrame) -> nx.DiGraph:
    """The synapses between two neurons."""
    graph = nx.DiGraph()
    for row in split(rows)[0].itertuples():
        graph.add_edge(row.pre, row.post, weight=row.weight)
    return graph


def in_numbers(rows: pd.DataFrame) -> dict[str, Any]:
    """What every null keeps."""
    proper, loops, gaps = split(rows)
    pairs = Counter(map(frozenset, zip(proper.pre, proper.post, strict=True)))
    couples = {frozenset(ends) for ends in zip(gaps.pre, gaps.post, strict=True)}
    assert len(couples) == len(gaps)
    assert all(len(couple) == 2 for couple in couples)
    assert not proper.duplicated(["pre", "post"]).any()
    return {
        "pairs": len(pairs),
        "reciprocity": sum(count == 2 for count in pairs.values()) / len(pairs),
        "loops": sorted(loops.weight),
        "weights": sorted(proper.weight),
        "junctions": sorted(gaps.weight),
    }


def per_neuron(rows: pd.DataFrame) -> dict[str, Any]:
    """What degree-preserving nulls keep beside."""
    proper, _, gaps = split(rows)
    graph = digraph(rows)
    both = graph.to_undirected(reciprocal=True)
    return {
        "in": dict(graph.in_degree()),
        "out": dict(graph.out_degree()),
        "both": {name: many for name, many in both.degree() if many},
        "output": {name: sorted(part.weight) for name, part in proper.groupby("pre")},
        "gaps": Counter([*gaps.pre, *gaps.post]),
    }


def blocks(rows: pd.DataFrame, role: dict[str, str]) -> dict[str, Any]:
    """Synapses and junctions by the roles of their ends."""
    proper, _, gaps = split(rows)
    ends = zip(gaps.pre.map(role), gaps.post.map(role), strict=True)
    return {
        "synapses": Counter(zip(proper.pre.map(role), proper.post.map(role))),
        "junctions": Counter(tuple(sorted(pair)) for pair in ends),
    }


def same_synapses(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Share of joined pairs of the one that the other joins too."""
    first, second = (
        {frozenset(ends) for ends in digraph(rows).edges} for rows in (one, other)
    )
    return len(first & second) / len(first)


@pytest.mark.slow
@pytest.mark.parametrize("source", [WORM, COOK])
@pytest.mark.parametrize("null", NULLS)
def test_what_a_null_keeps(source: str, null: str) -> None:
    found, before = made(source, null, "--count", "2"), worm(source)
    cells = pd.read_csv(found / "cells.csv", keep_default_na=False)
    role = roles(source)
    assert set(cells.name) == set(before.pre) | set(before.post)
    assert dict(zip(cells.name, cells.role, strict=True)).items() <= role.items()
    report = json.loads((found / "rewired.json").read_bytes())
    for file in report["files"]:
        twin = rows_of(found / file["file"])
        named = pd.read_csv(found / file["file"], keep_default_na=False)
        assert set(named.pre) | set(named.post) == set(cells.name)
        assert in_numbers(twin) == in_numbers(before)
        assert file["keeps"] == list(KEEPS[null.partition(":")[0]])
        if null != "shuffle-roles":
            loops = split(twin)[1], split(before)[1]
            assert loops[0].values.tolist() == loops[1].values.tolist()
        if null in ("degree", "role-degree", "degree-sides"):
            assert per_neuron(twin) == per_neuron(before)
        if null == "role-degree":
            assert blocks(twin, role) == blocks(before, role)
        new = round((1 - same_synapses(before, twin)) * in_numbers(before)["pairs"])
        assert file["counted"]["new_pairs"] == new
        assert (new > 0) == (null != "shuffle-weights")


def test_degree_lets_roles_mix_and_er_degrees() -> None:
    before = worm(WORM)
    twin = rows_of(made(WORM, "degree", out="a") / "degree-1.csv")
    assert blocks(twin, roles(WORM)) != blocks(before, roles(WORM))
    for null in ("er", "ws", "ba", "partial:0.3"):
        (path,) = made(WORM, null, out=null[:2]).glob(f"{null[:2]}*-1.csv")
        assert per_neuron(rows_of(path)) != per_neuron(before)


def test_shuffled_roles_are_the_same_wiring() -> None:
    before = worm(SMALL)
    twin = rows_of(made(SMALL, "shuffle-roles") / "shuffle-roles-1.csv")
    match = nx.algorithms.isomorphism.DiGraphMatcher(
        digraph(before),
        digraph(twin),
        edge_match=lambda one, other: one["weight"] == other["weight"],
    )
    assert match.is_isomorphic()
    assert blocks(twin, roles(WORM)) != blocks(before, roles(WORM))


def test_shuffled_weights_are_on_the_same_synapses() -> None:
    before = worm(SMALL)
    twin = rows_of(made(SMALL, "shuffle-weights") / "shuffle-weights-1.csv")
    for one, other in zip(split(before)[:1], split(twin)[:1], strict=True):
        columns = ["pre", "post", "kind"]
        ends = [
            sorted(map(tuple, rows[columns].values.tolist())) for rows in (one, other)
        ]
        assert ends[0] == ends[1]
        assert sorted(one.weight) == sorted(other.weight)
    assert digraph(before).edges == digraph(twin).edges
    moved = sum(
        data["weight"] != digraph(twin).edges[u, v]["weight"]
        for u, v, data in digraph(before).edges(data=True)
    )
    assert moved > 0.3 * digraph(before).number_of_edges()


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_partial_moves_its_share(share: float) -> None:
    before = worm(COOK)
    path = made(COOK, f"partial:{share}")
    (file,) = json.loads((path / "rewired.json").read_bytes())["files"]
    pairs = file["counted"]["pairs"]
    assert file["counted"]["ends_moved"] == int(2 * pairs * share + 0.5)
    kept = same_synapses(before, rows_of(path / file["file"]))
    density = pairs / (302 * 301 / 2)
    assert kept == pytest.approx((1 - share) ** 2 + density * share, abs=0.035)


def test_a_twin_that_keeps_less_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fact by itself: the check is what stands between a wrong null and a file."""

    def unkept(original: Circuit, null: Any, random: RandomIntegers) -> Any:
        wired = null_models.er(original, null, random)
        return replace(wired, left=wired.left[::-1], right=wired.right)

    for null in ("degree", "role-degree", "shuffle-roles"):
        monkeypatch.setattr(nulls, "WIRE", {null: null_models.er})
        with pytest.raises(VerifyError, match="a twin keeps"):
            list(twins(circuit(WORM), null_of(null), seed=0, count=1))
    monkeypatch.setattr(nulls, "WIRE", {"er": unkept})
    with pytest.raises(VerifyError):
        list(twins(circuit(WORM), null_of("er"), seed=0, count=1))


@pytest.mark.parametrize("null", NULLS)
@given(found=connectomes(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_any_circuit_has_twins_or_is_refused(
    null: str, found: Connectome, seed: int
) -> None:
    """`twins` and `rewire` check themselves: what is kept, and that it is read again."""
    original = merge_electrical(found)
    try:
        files = rewire(original, null_of(null), seed=seed).files
    except InputError as error:
        assert "\n  " in str(error)
        return
    assert len(files) == 3


# Draws


def test_er_draws_every_graph_alike() -> None:
    """Four neurons, two pairs: 15 graphs, each with 4 ways to point."""
    original = circuit_in(plain([("A", "B"), ("C", "D")]))
    seen = Counter(drawn(original, "er", 2400))
    assert len(seen) == 60
    assert chi_square(seen, 60) < 1.7


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("A>B B>C C>A D>E", 1000),  # a ring of three, that no swap turns
        ("A>B B>A C>D D>C A>C B>D", 1000),
        ("A>B C>D E>F B>E", 4000),
        ("A>B B>C D>C E>A D>F F>B C>E E>C A>F F>A", 1600),
    ],
)
def test_degree_draws_every_graph_alike(text: str, count: int) -> None:
    """All graphs of these degrees, found by trying all; swaps lead to each as often."""
    original = circuit_in(plain(tuple(way.split(">")) for way in text.split()))
    every = alike(arrows(original), len(original.cells))
    seen = Counter(drawn(original, "degree", count))
    assert set(seen) == every
    assert len(every) > 1
    assert chi_square(seen, len(every)) < 1 + 4 * math.sqrt(2 / (len(every) - 1))


def many(original: Circuit, null: str, count: int) -> Iterator[Twin]:
    return twins(original, null_of(null), seed=5, count=count)


def drawn(original: Circuit, null: str, count: int) -> Iterator[frozenset[Any]]:
    """The synapses of many twins, unchecked, since that takes longer than to draw them."""
    for seed in range(count):
        wired = null_models.WIRE[null](original, null_of(null), RandomIntegers(seed))
        yield frozenset(zip(wired.pre.tolist(), wired.post.tolist(), strict=True))


def chi_square(seen: Counter[Any], classes: int) -> float:
    """Per degree of freedom: near 1 if all are as likely."""
    mean = sum(seen.values()) / classes
    return sum((count - mean) ** 2 / mean for count in seen.values()) / (classes - 1)


def arrows(original: Circuit) -> set[tuple[int, int]]:
    """The synapses of a circuit."""
    edges = original.chemical
    return set(zip(edges.pre.tolist(), edges.post.tolist(), strict=True))


def alike(graph: set[tuple[int, int]], size: int) -> set[frozenset[Any]]:
    """All graphs of the same one-way in- and out-degrees and reciprocal degrees."""
    found = {(frozenset(), *degrees(graph, size))}
    for a, b in itertools.combinations(range(size), 2):
        found = {
            (ways | put, *left)
            for ways, *before in found
            for put in map(frozenset, ((), [(a, b)], [(b, a)], [(a, b), (b, a)]))
            for left in [without(before, degrees(put, size))]
            if min(map(min, left)) >= 0
            and (b < size - 1 or not any(d[a] for d in left))
        }
    return {ways for ways, *left in found if not any(map(any, left))}


def without(before: Any, taken: Any) -> list[tuple[int, ...]]:
    """The degrees that are left."""
    return [
        tuple(x - y for x, y in zip(*pair, strict=True))
        for pair in zip(before, taken, strict=True)
    ]


def degrees(graph: Iterable[tuple[int, int]], size: int) -> list[tuple[int, ...]]:
    """One-way out- and in-degree and reciprocal degree of each node."""
    ends = {"out": [0] * size, "into": [0] * size, "both": [0] * size}
    for a, b in graph:
        mutual = (b, a) in graph
        ends["both" if mutual else "out"][a] += 1
        ends["into"][b] += not mutual
    return [*map(tuple, ends.values())]


def test_swaps_mix_as_the_configuration_model_expects() -> None:
    """Of the pairs of the worm, as many stay as chance joins again."""
    original = circuit(COOK)
    found = [t.counted for t in twins(original, null_of("degree"), seed=0, count=8)]
    kept = np.mean([c["pairs"] - c["new_pairs"] for c in found])
    assert kept == pytest.approx(expected(original), rel=0.06)
    assert all(c["swaps"] >= 10 * (3709 - 38) for c in found)
    assert all(c["junction_swaps"] >= 10 * 1091 for c in found)


def expected(original: Circuit) -> float:
    """Pairs that a random graph of the same degrees shares with the original.

    By maximum entropy: the graph with independent pairs whose expected degrees are these.
    """
    edges, size = original.chemical, len(original.cells)
    matrix = np.zeros((size, size), bool)
    matrix[edges.pre, edges.post] = edges.pre != edges.post
    both, single = matrix & matrix.T, matrix & ~matrix.T
    x, y, z = (np.ones(size) * 0.1 for _ in range(3))
    off = ~np.eye(size, dtype=bool)
    for _ in range(300):
        one, mutual = np.outer(x, y) * off, np.outer(z, z) * off
        whole = 1 + one + one.T + mutual
        x = single.sum(1) / np.maximum((y * off / whole).sum(1), 1e-12)
        y = single.sum(0) / np.maximum((x * off / whole).sum(1), 1e-12)
        z = np.sqrt(z * both.sum(1) / np.maximum((z * off / whole).sum(1), 1e-12))
    one, mutual = np.outer(x, y) * off, np.outer(z, z) * off
    joined = (one + one.T + mutual) / (1 + one + one.T + mutual)
    return float(joined[matrix | matrix.T].sum() / 2)


@pytest.mark.parametrize(("size", "near"), [(9, 1), (10, 4), (30, 3)])
def test_a_ring_is_that_of_networkx(size: int, near: int) -> None:
    ring = wiring.small_world(size, near, 0.0, RandomIntegers(0))
    other = nx.watts_strogatz_graph(size, 2 * near, 0.0)
    assert set(map(frozenset, ring)) == set(map(frozenset, other.edges))
    assert len(ring) == len(other.edges)


@pytest.mark.parametrize("chance", [0.1, 0.5, 1.0])
def test_a_small_world_is_like_those_of_networkx(chance: float) -> None:
    """Clustering and paths, the means of some."""

    def numbers(graph: nx.Graph) -> tuple[float, float]:
        return nx.transitivity(graph), nx.average_shortest_path_length(graph)

    ours = [
        numbers(nx.Graph(wiring.small_world(120, 4, chance, RandomIntegers(seed))))
        for seed in range(12)
    ]
    theirs = [
        numbers(nx.watts_strogatz_graph(120, 8, chance, seed=seed))
        for seed in range(12)
    ]
    assert np.mean(ours, 0) == pytest.approx(np.mean(theirs, 0), rel=0.05, abs=0.01)


@pytest.mark.parametrize("links", [1, 4, 15])
def test_preferred_links_are_like_those_of_networkx(links: int) -> None:
    """As many pairs, and hubs as large."""
    size = 31 if links == 15 else 120

    def numbers(graph: nx.Graph) -> list[float]:
        degrees = [degree for _, degree in graph.degree()]
        return [len(graph.edges), graph.degree(0), float(np.square(degrees).mean())]

    ours = [
        numbers(nx.Graph(wiring.preferred(size, links, RandomIntegers(seed))))
        for seed in range(60)
    ]
    theirs = [
        numbers(nx.barabasi_albert_graph(size, links, seed=seed)) for seed in range(60)
    ]
    assert [row[0] for row in ours] == [row[0] for row in theirs]
    assert np.mean(ours, 0) == pytest.approx(np.mean(theirs, 0), rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("null", ["er", "ws", "ba"])
def test_twins_of_a_worm_are_like_graphs_of_networkx(null: str) -> None:
    """Thirty whole twins against thirty graphs: spread of degrees, clustering, paths."""
    original = circuit(WORM)
    size, pairs = len(original.cells), in_numbers(worm(WORM))["pairs"]
    near = round(pairs / size)
    links = min(range(1, size // 2), key=lambda m: abs(m * (size - m) - pairs))

    def theirs(seed: int) -> nx.Graph:
        if null == "er":
            return nx.gnm_random_graph(size, pairs, seed=seed)
        if null == "ws":
            return nx.watts_strogatz_graph(size, 2 * near, 0.5, seed=seed)
        return nx.barabasi_albert_graph(size, links, seed=seed)

    ours = (nx.Graph([*arrows(twin.circuit)]) for twin in many(original, null, 30))
    found = np.array([shape(graph) for graph in ours])
    wanted = np.array([shape(theirs(seed)) for seed in range(30)])
    assert np.mean(found, 0) == pytest.approx(np.mean(wanted, 0), rel=0.05)


def shape(graph: nx.Graph) -> list[float]:
    """A graph in numbers that do not change with its density by much."""
    degrees = np.array([degree for _, degree in graph.degree()])
    return [
        float(degrees.std() / degrees.mean()),
        float(np.percentile(degrees, 95) / degrees.mean()),
        nx.transitivity(graph),
        nx.average_clustering(graph),
    ]


@pytest.mark.parametrize("null", ["ws", "ba"])
def test_pairs_are_trimmed_or_filled_to_as_many(null: str) -> None:
    facts = next(many(circuit(COOK), null, 1)).counted
    start = 302 * facts["ring"] / 2 if null == "ws" else facts["links"] * 292
    assert start - facts["trimmed"] + facts["filled"] == facts["pairs"] == 3002
    assert not facts["trimmed"] or not facts["filled"]
    if null == "ws":
        assert facts["rewire_p"] == 0.5


def test_rewire_p_is_that_of_the_ring() -> None:
    lattice = rows_of(made(WORM, "ws", "--rewire-p", "0") / "ws-1.csv")
    assert nx.transitivity(digraph(lattice).to_undirected()) > 0.55
    chance = rows_of(made(WORM, "ws", "--rewire-p", "1", out="b") / "ws-1.csv")
    assert nx.transitivity(digraph(chance).to_undirected()) < 0.2


def test_dice_are_fair() -> None:
    random = RandomIntegers(1, 2)
    seen = Counter(random.below(7) for _ in range(70_000))
    assert set(seen) == set(range(7))
    assert chi_square(seen, 7) < 2.5
    orders = Counter(tuple(random.order(3).tolist()) for _ in range(6000))
    assert len(orders) == 6
    assert chi_square(orders, 6) < 2.5
    assert abs(random.coins(10_000).mean() - 0.5) < 0.02
    assert random.order(0).tolist() == random.coins(0).tolist() == []


# The same bytes

# SHA-256 of the first twin of witvliet2021-1 of seed 0: the same on every machine.
PINNED = {
    "er": "9350df59ca88c20d",
    "ws": "524db4c808abe6e8",
    "ba": "d569252858c60861",
    "degree": "5b3e56486f23cb58",
    "role-degree": "71891f695b52087d",
    "partial:0.3": "372ef7554850036d",
    "degree-sides": "286d7619379ed764",
    "shuffle-weights": "7227a890966d7d1d",
    "shuffle-roles": "b8ed99c32d84a5ff",
}


@pytest.mark.parametrize("null", NULLS)
def test_the_bytes_are_pinned(null: str) -> None:
    """Another Python, numpy or machine: the same twins, or a null has changed."""
    files = rewire(circuit(SMALL), null_of(null)).files
    (name,) = (name for name in files if name.endswith("-1.csv"))
    assert hashlib.sha256(files[name]).hexdigest()[:16] == PINNED[null]


@pytest.mark.parametrize("null", NULLS)
def test_it_does_not_matter_how_it_is_asked(null: str) -> None:
    """Rows in other order, another folder, more twins: the same bytes; not another seed."""
    text = (BUNDLED / f"{SMALL}.csv").read_text().splitlines(keepends=True)
    head, rows = text[0], text[1:]
    random.Random(0).shuffle(rows)
    for place, lines in (("one", text[1:]), ("other/deeper", rows)):
        Path(place).mkdir(parents=True)
        Path(place, "worm.csv").write_text(head + "".join(lines))
    one = made("one/worm.csv", null, "--count", "2", out="a")
    again = made("other/deeper/worm.csv", null, "--count", "2", out="b/c")
    assert contents(one) == contents(again)
    more = made("one/worm.csv", null, "--count", "3", out="d")
    other = made("one/worm.csv", null, "--count", "2", "--seed", "1", out="e")
    graphs = [file.name for file in one.iterdir() if file.stem[-2:] in ("-1", "-2")]
    assert len(graphs) == 2
    for name in graphs:
        assert (one / name).read_bytes() == (more / name).read_bytes()
    assert (
        len({(of / name).read_bytes() for of in (one, other) for name in graphs}) == 4
    )


def contents(path: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_another_process_writes_the_same() -> None:
    code = (
        "from elegansc.cli.rewire import rewire_command as c; import sys; "
        "[c([*sys.argv[2:], '--null', null, '-o', sys.argv[1] + '/' + null], "
        f"standalone_mode=False) for null in {NULLS}]"
    )
    for seed in ("1", "77"):
        words = [sys.executable, "-c", code, seed, SMALL, "-q"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(words, check=True, env=environment)
    for null in NULLS:
        one, other = (contents(Path(seed, null)) for seed in ("1", "77"))
        assert one == other == contents(made(SMALL, null, out=null))


# Twins compile


@pytest.mark.slow
@pytest.mark.parametrize("null", NULLS)
def test_a_twin_compiles_to_the_same_source_but_for_its_tables(null: str) -> None:
    path = made(SMALL, null)
    (file,) = json.loads((path / "rewired.json").read_bytes())["files"]
    options = Options(cells=str(path / "cells.csv"), cycles="fast")
    before, twin = (
        compile_source(source, name="Worm", options=options)
        for source in (SMALL, str(path / file["file"]))
    )
    (one,), (other,) = before.files.values(), twin.files.values()
    assert one.split(MARK)[1] == other.split(MARK)[1]
    assert one != other
    assert [check for check in static(other, "twin.py") if not check.passed] == []
    first, second = read_model(one, "worm.py"), read_model(other, "twin.py")
    assert named(first.plan.cells) == named(second.plan.cells)
    assert first.options == second.options
    assert second.header.source == file["digest"]
    numbers = ("sensory", "motor")
    assert [before.summary[n] for n in numbers] == [twin.summary[n] for n in numbers]


def named(cells: Any) -> set[tuple[str, int, str]]:
    """Name, role and transmitter of all."""
    return set(zip(cells.name, cells.role.tolist(), cells.transmitter, strict=True))


def test_the_command_it_names_compiles() -> None:
    done = run("rewire", COOK, "--null", "role-degree", "-o", "a folder")
    line = done.stderr.splitlines()[-1]
    assert line == (
        "compile   elegansc compile 'a folder/role-degree-1.csv' "
        "--cells 'a folder/cells.csv' --weight-unit 'EM sections'"
    )
    words = ["compile", "a folder/role-degree-1.csv", "--cells", "a folder/cells.csv"]
    done = run(
        *words, "--weight-unit", "EM sections", "--cycles", "ratio", "-o", "t.py"
    )
    assert done.exit_code == 0
    assert "302 neurons kept, 87 sensory, 128 motor" in done.stderr
    assert "EM sections" in Path("t.py").read_text()


def test_neurons_that_nothing_joins_stay() -> None:
    path = made(WORM, "er", "--min-weight", "12")
    original = circuit(WORM, min_weight=12.0)
    twin = circuit(str(path / "er-1.csv"), cells=str(path / "cells.csv"))
    assert named(twin.cells) == named(original.cells)
    joined = {*twin.chemical.pre.tolist(), *twin.chemical.post.tolist()}
    assert len(joined) < len(twin.cells)
    report = json.loads((path / "rewired.json").read_bytes())
    assert report["options"] == {"min-weight": 12.0}
    assert report["source"]["digest"] == digest(original)


@pytest.mark.parametrize(
    "null", [n for n in (NULLS[0], *NULLS[3:]) if n != "degree-sides"]
)
@pytest.mark.parametrize(
    "text",
    [
        SIGNED,
        SIGNED.replace(",-1\n", ",1\n").replace(",-7\n", ",7\n"),
        SIGNED + "A,muscle,chemical,-1\n",
    ],
)
def test_signs_stay(null: str, text: str) -> None:
    """Positive, negative, unknown; and where the negative ones were left out."""
    Path("signed.csv").write_text(text)
    words = ["--roles-table", "structure", "--inputs", "S*", "--outputs", "M*"]
    if "muscle" in text:
        text = text.replace(",-", ",")
        Path("signed.csv").write_text(
            text.replace("muscle,chemical,1", "X,chemical,-1")
        )
        words += ["--without", "X"]
    path = made("signed.csv", null, *words)
    (twin,) = path.glob("*-1.csv")
    ours = circuit("signed.csv", without=("X",) if "muscle" in text else ())
    again = circuit(str(twin), cells=str(path / "cells.csv"))
    for found in (ours, again):
        assert found.chemical.sign.any()
    assert weighted(ours) == weighted(again)
    if null in ("degree", "role-degree"):
        senders = (
            Counter(c.chemical.pre[c.chemical.sign < 0].tolist()) for c in (ours, again)
        )
        assert len({tuple(sorted(counter.items())) for counter in senders}) == 1


def weighted(found: Circuit) -> list[tuple[float, int]]:
    """Weights with signs."""
    edges = found.chemical
    return sorted(zip(edges.weight.tolist(), edges.sign.tolist(), strict=True))


def test_hostile_names_stay_data() -> None:
    names = sorted({name.strip() for kind in ACCEPTED.values() for name in kind})
    order = random.Random(1)
    edges = {tuple(order.sample(names, 2)) for _ in range(4 * len(names))}
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("pre", "post"), *sorted(edges)])
    Path("hostile.csv").write_bytes(text.getvalue().encode())
    original = circuit("hostile.csv")
    for null in ("degree", "er", "shuffle-roles"):
        words = ["--inputs", "a*", "--outputs", "b*"]
        path = made("hostile.csv", null, *words, out=null)
        twin = circuit(str(path / f"{null}-1.csv"), cells=str(path / "cells.csv"))
        assert twin.cells.name == original.cells.name
    assert not list(Path().rglob("PWNED"))


def test_a_generated_model_has_twins_too() -> None:
    Path("signed.csv").write_text(SIGNED)
    words = ["--roles-table", "structure", "--inputs", "S*", "--outputs", "M*"]
    assert run("compile", "signed.csv", *words, "-o", "model.py", "-q").exit_code == 0
    path = made("model.py", "shuffle-roles")
    twin = circuit(str(path / "shuffle-roles-1.csv"), cells=str(path / "cells.csv"))
    assert weighted(twin) == weighted(circuit("model.py"))


# Refusals


@pytest.mark.parametrize(
    ("null", "edges", "seen", "hint"),
    [
        ("ws", ["AB", "CD", "EE"], "make no ring", "er takes any"),
        ("ws", [("A", "B")], "1 pair of 2 neurons", "3 neurons"),
        ("ba", [("A", "B")], "1 pair of 2 neurons", "3 neurons"),
        ("ba", ["AB", "CD", "EE", "FF", "GG", "HH"], "2 pairs of 8", "4 to 16 pairs"),
        ("ba", list(itertools.combinations("ABCDEF", 2)), "15 pairs", "3 to 9 pairs"),
        ("degree", [("A", "B"), ("A", "C")], "no two synapses can trade", "er and"),
        ("degree", list(itertools.combinations("ABCDE", 2)), "no two", "er and"),
        ("role-degree", [("A", "B"), ("B", "C"), ("D", "B")], "no two", "degree asks"),
        ("partial:0.1", [("A", "B"), ("B", "C")], "half of one of 4 ends", "larger P"),
        ("shuffle-roles", ["AB", "BA", "BC", "CB"], "all neurons have one", "--inputs"),
        ("er", [("A", "A")], "no two neurons are joined", "--min-weight"),
        *((null, [*itertools.permutations("ABC", 2)], "no other wiring", "--only")
          for null in NULLS),
        ("partial:1", ["AB", "BA"], "no other wiring", "--only"),
    ],
)  # fmt: skip
def test_a_twin_that_can_not_be_is_refused(
    null: str, edges: list[Sequence[str]], seen: str, hint: str
) -> None:
    Path("small.csv").write_text(plain(edges))
    message = refused(1, "rewire", "small.csv", "--null", null, "-o", "out")
    first, second = message.rstrip().split("\n")
    assert first.startswith("small.csv: ")
    assert seen in first
    assert hint in second


def test_too_few_swaps_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "TRIES", 2)
    message = refused(1, "rewire", WORM, "--null", "degree", "-o", "out")
    assert "fewer than 10 for each edge" in message


def test_a_part_without_room_stays_as_it_is() -> None:
    """The star of junctions is the only one of its degrees; the synapses do swap."""
    synapses = plain([("A", "B"), ("C", "D"), ("E", "F")])
    star = "".join(f"A,{leaf},electrical,1\n" for leaf in "BCDEF")
    twin = next(many(circuit_in(synapses + star), "degree", 1))
    assert twin.counted["junction_swaps"] == twin.counted["new_junctions"] == 0
    assert twin.counted["swaps"] >= 30


@pytest.mark.parametrize(
    "null",
    ["", "degre", "ER", "partial", "partial:", "partial:0", "partial:1.01", "er:1",
     "partial:nan", "partial:-1", "partial:x", "\u202e"],
)  # fmt: skip
def test_no_such_null(null: str) -> None:
    message = refused(2, "rewire", WORM, "--null", null, "-o", "out")
    assert message.startswith("elegansc: --null ")
    assert message.isascii()


@pytest.mark.parametrize(
    "words",
    [
        ("--null", "ws", "--rewire-p", "1.5"),
        ("--null", "ws", "--rewire-p", "nan"),
        ("--null", "er", "--rewire-p", "0.5"),
        ("--null", "er", "--seed", "-1"),
        ("--null", "er", "--seed", str(2**32)),
        ("--null", "er", "--count", "0"),
        (),
    ],
)
def test_wrong_options(words: tuple[str, ...]) -> None:
    assert refused(2, "rewire", WORM, *words, "-o", "out")


def test_files_that_are_there_stay() -> None:
    path = made(SMALL, "er")
    (path / "er-1.csv").unlink()
    before = contents(path)
    words = ["rewire", SMALL, "--null", "er", "-o", str(path)]
    message = refused(1, *words)
    assert message == "out/cells.csv: is there already\n  --force replaces it\n"
    assert contents(path) == before
    assert run(*words, "--force", "--seed", "4").exit_code == 0
    assert json.loads((path / "rewired.json").read_bytes())["files"][0]["seed"] == 4


def test_what_is_read_is_not_written_over() -> None:
    path = made(SMALL, "er")
    words = ["--null", "er", "-o", "out", "--force"]
    assert "is the input" in refused(1, "rewire", "out/er-1.csv", *words)
    cells = ["--cells", "out/cells.csv"]
    assert "is the input" in refused(1, "rewire", SMALL, *cells, *words)
    assert (path / "er-1.csv").stat().st_size


def test_a_folder_that_can_not_be() -> None:
    Path("out").write_text("a file")
    message = refused(1, "rewire", WORM, "--null", "er", "-o", "out/x")
    assert message.startswith("out/x: cannot be made")
    Path("folder/er-1.csv").mkdir(parents=True)
    words = ["rewire", WORM, "--null", "er", "-o", "folder", "--force"]
    assert "is a directory" in refused(1, *words)


def test_what_is_said() -> None:
    done = run("rewire", SMALL, "--null", "ba", "--count", "14", "-o", "x")
    lines = done.stderr.splitlines()
    assert len(lines) == 12 + 1 + 2
    assert lines[0].startswith("wrote     x/ba-1.csv: ")
    assert lines[12] == "          and 2 more; rewired.json has them all"
    assert lines[13].startswith("keeps     names, roles and transmitters, ")
    done = run("rewire", SMALL, "--null", "er", "-q", "--json", "-o", "y")
    assert done.stderr == ""
    assert json.loads(done.stdout) == json.loads(Path("y/rewired.json").read_bytes())


def test_names_of_nulls() -> None:
    assert null_of("partial:0.10").name == "partial:0.1"
    assert null_of("partial:1.0").name == "partial:1"
    known = {*(n.split(":")[0] for n in NULLS), DISTANCE}
    assert set(null_models.WIRE) == set(nulls.KEEPS) == known
    with pytest.raises(UsageError):
        null_of("none")
