"""Parts of a drawing: heavy synapses, the way from one neuron to another, classes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from click.testing import CliRunner
from support.drawings import (
    WORM,
    arcs,
    arcs_of,
    compared,
    needs_matplotlib,
    parse_dot,
    scene,
)
from support.paths import GENERATED

from elegansc.catalog import class_of
from elegansc.cli.draw import draw_command
from elegansc.drawing import STYLES, draw
from elegansc.drawing.fold import folded
from elegansc.drawing.scene import FEEDBACK, JUNCTION, Scene, difference
from elegansc.drawing.subset import Way, between, heavy, way_of
from elegansc.errors import UsageError


def test_light_lines_are_left_out_and_counted() -> None:
    found = heavy(scene(), 3)
    assert arcs(found) == {arc for arc in arcs(scene()) if arc[3] >= 3}
    gone = len(scene().lines) - len(found.lines)
    assert (
        found.caption[-1]
        == f"{gone} of 756 lines lighter than 3 synapses are not drawn"
    )
    assert (
        found.caption[0]
        == "161 neurons in 54 levels, 10 of them on no path from a sensor to a motor"
    )
    assert heavy(scene(), 1) is scene()


def test_of_two_connectomes_the_heavier_weight_counts() -> None:
    lines = heavy(compared(), 5).lines
    assert np.maximum(lines.weight, lines.before).min() == 5
    assert (lines.weight < 5).any()


def forward(found: Scene) -> nx.MultiDiGraph:
    """What forward() computes: synapses that run forward, junctions between levels."""
    name, level, lines = found.neurons.name, found.neurons.level, found.lines
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(name)
    columns = (lines.pre, lines.post, lines.kind)
    for u, v, kind in zip(*(c.tolist() for c in columns), strict=True):
        if kind != FEEDBACK and min(level[u], level[v]) >= 0 and level[u] != level[v]:
            graph.add_edge(name[u], name[v], kind)
    return graph


@pytest.mark.parametrize("hops", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("ends", [("ASEL", "AVAR"), ("ADLL", "RMDVL")])
def test_the_way_is_what_networkx_walks(ends: tuple[str, str], hops: int) -> None:
    graph = forward(scene())
    start, end = ends
    if hops:
        walks = nx.all_simple_edge_paths(graph, start, end, cutoff=hops)
        expected = {edge for walk in walks for edge in walk}
    else:
        inside = {start, end} | (
            nx.descendants(graph, start) & nx.ancestors(graph, end)
        )
        expected = set(graph.subgraph(inside).edges(keys=True))
    if not expected:
        with pytest.raises(UsageError, match="no forward walk"):
            between(scene(), Way(start, end, hops))
        return
    found = between(scene(), Way(start, end, hops))
    kinds = {"chemical": 0, "junction": JUNCTION}
    assert {(u, v, kinds[kind]) for u, v, kind, _ in arcs(found)} == expected
    assert set(found.neurons.name) == {name for edge in expected for name in edge[:2]}
    level = dict(zip(scene().neurons.name, scene().neurons.level.tolist(), strict=True))
    assert [level[name] for name in found.neurons.name] == found.neurons.level.tolist()
    assert f"{len(found.neurons)} neurons" in found.caption[-1]


def test_ways_are_read_whatever_the_names() -> None:
    assert way_of("ASEL:AVAR", scene()) == Way("ASEL", "AVAR")
    assert way_of("ASEL:AVAR:3", scene()) == Way("ASEL", "AVAR", 3)
    names = ("a:b", "c", "c:1", *scene().neurons.name[3:])
    odd = replace(scene(), neurons=replace(scene().neurons, name=names))
    assert way_of("a:b:c", odd) == Way("a:b", "c")
    assert way_of("a:b:c:1", odd) == Way("a:b", "c:1")
    assert way_of("a:b:c:2", odd) == Way("a:b", "c", 2)


@pytest.mark.parametrize(
    "given, said",
    [
        ("ASEL", "give FROM:TO or FROM:TO:HOPS"),
        ("ASEL:", "give FROM:TO"),
        ("ASEL:AVAR:AVAL", "give FROM:TO"),
        ("ASEX:AVAR", "no neuron ASEX is drawn; did you mean ASE"),
        ("ASEL:nowhere", "no neuron nowhere is drawn"),
    ],
)
def test_what_is_no_way(given: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        way_of(given, scene())


def test_classes_hold_all_weight_between_them() -> None:
    found = folded(scene())
    assert set(found.neurons.name) == set(map(class_of, scene().neurons.name))
    expected: Counter[tuple[object, ...]] = Counter()
    behind: Counter[tuple[object, ...]] = Counter()
    for u, v, kind, weight in arcs(scene()):
        a, b, coupled = class_of(u), class_of(v), kind == "junction"
        ends = tuple(sorted((a, b))) if coupled else (a, b)
        if a != b:
            expected[(*ends, coupled)] += weight  # type: ignore[assignment]
            behind[(*ends, coupled)] += weight * (kind == "feedback")  # type: ignore[assignment]
    seen = {}
    for a, b, kind, weight in arcs(found):
        coupled = kind == "junction"
        ends = tuple(sorted((a, b))) if coupled else (a, b)
        seen[(*ends, coupled)] = weight
        assert (kind == "feedback") == (2 * behind[(*ends, coupled)] > weight)
    assert seen == dict(expected)
    inside = sum(class_of(u) == class_of(v) for u, v, *_ in arcs(scene()))
    assert f"{inside} lines within a class left out" in found.caption[-1]
    assert found.caption[:-1][1] == "675 chemical synapses"


def test_a_class_stands_at_the_median_level_with_all_roles() -> None:
    found, old = folded(scene()), scene().neurons
    for row, word in enumerate(found.neurons.name):
        members = [at for at, name in enumerate(old.name) if class_of(name) == word]
        levels = sorted(old.level[at] for at in members if old.level[at] >= 0)
        known = levels[(len(levels) - 1) // 2] if levels else -1
        assert found.neurons.level[row] == known
    keys = [(level < 0, level, name) for level, name in zip(found.neurons.level.tolist(), found.neurons.name, strict=True)]  # fmt: skip
    assert keys == sorted(keys)
    lines = found.lines
    order = np.lexsort((lines.pre, lines.post, lines.kind))
    assert (order == np.arange(len(lines))).all()


@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_parts_are_drawn_in_every_style(style: str) -> None:
    both = difference(folded(scene()), folded(scene("witvliet2021-8")))
    for found in (
        folded(scene()),
        heavy(scene(), 10**6),
        between(scene(), Way("ASEL", "AVAR", 3)),
        both,
    ):
        assert draw(found, "svg", style)


def test_the_command_folds_then_thins_then_walks(tmp_path: Path) -> None:
    target = tmp_path / "x.dot"
    command = [str(GENERATED / "witvliet1.py"), "-o", str(target), "--fold"]
    done = CliRunner().invoke(
        draw_command, [*command, "--threshold", "2", "--path", "ASE:AVA:3"]
    )
    assert done.exit_code == 0, done.output
    expected = between(heavy(folded(scene()), 2), Way("ASE", "AVA", 3))
    assert arcs_of(parse_dot(target.read_bytes())) == arcs(expected)
    said = done.stderr.replace("\n", " ")
    for words in (
        "classes, each at the median",
        "lighter than 2 synapses are not drawn",
        "the way from ASE to AVA of at most 3 hops",
    ):
        assert words in said
    assert WORM in said
