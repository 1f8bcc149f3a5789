"""Drawings of two graphs at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from support import toy
from support.drawings import (
    ADULT,
    EACH,
    WORM,
    Page,
    apart,
    compared,
    needs_matplotlib,
    scene,
    shapes,
    words,
)

from elegansc.drawing import draw
from elegansc.drawing.facts import caption
from elegansc.drawing.scene import (
    CHANGES,
    JUNCTION,
    difference,
)
from elegansc.ir.stages import Plan
from elegansc.module.restore import unplanned


def graph_of(plan: Plan) -> tuple[set[str], dict[Any, float], dict[Any, float]]:
    """Neurons, chemical pairs and coupled pairs of a plan, by name."""
    circuit = unplanned(plan)[0]
    name, edges, ends = circuit.cells.name, circuit.chemical, circuit.junctions
    chemical = {
        (name[u], name[v]): w
        for u, v, w in zip(edges.pre, edges.post, edges.weight, strict=True)
    }
    coupled = {
        frozenset((name[u], name[v])): w
        for u, v, w in zip(ends.left, ends.right, ends.weight, strict=True)
    }
    return set(name), chemical, coupled


@pytest.mark.parametrize("first, second", [(WORM, ADULT), (ADULT, WORM), (WORM, WORM)])
def test_a_difference_is_plain_set_arithmetic(first: str, second: str) -> None:
    found = difference(scene(first), scene(second))
    olds, news = graph_of(toy.bundled(first)), graph_of(toy.bundled(second))
    tally = np.bincount(found.neurons.change, minlength=4).tolist()
    assert tally == [
        len(olds[0] & news[0]),
        len(news[0] - olds[0]),
        len(olds[0] - news[0]),
        0,
    ]
    coupled = found.lines.kind == JUNCTION
    for mask, old, new in ((~coupled, olds[1], news[1]), (coupled, olds[2], news[2])):
        both = set(old) & set(new)
        same = sum(old[key] == new[key] for key in both)
        expected = [
            same,
            len(set(new) - set(old)),
            len(set(old) - set(new)),
            len(both) - same,
        ]
        assert np.bincount(found.lines.change[mask], minlength=4).tolist() == expected
    apart(found)
    assert (found.neurons.level[found.neurons.change == 2] == -2).all()
    assert found.depth == scene(second).depth


@needs_matplotlib
@pytest.mark.parametrize("style", EACH)
def test_a_picture_of_a_difference_counts_the_same(style: str) -> None:
    data = draw(compared(), "svg", style)
    counts = np.bincount(compared().lines.change, minlength=4).tolist()
    found = shapes(data)
    for key, word in enumerate(CHANGES):
        more = found.get(f"{word}-junction", 0) if style == "matrix" else 0
        assert found[word] + more == counts[key], word
    text = " ".join(words(data))
    for line in caption(compared()):
        assert line.replace("\N{NO-BREAK SPACE}", " ") in text.replace(
            "\N{NO-BREAK SPACE}", " "
        )
    assert "161 kept, 19 added" in text


def test_other_formats_tell_what_changed() -> None:
    became = [CHANGES[change] for change in compared().lines.change.tolist()]
    graph = nx.parse_graphml(draw(compared(), "graphml").decode())
    assert sorted(change for *_, change in graph.edges(data="change")) == sorted(became)
    assert sum(
        f"change={word}," in line
        for line in draw(compared(), "dot").decode().split("\n")
        if "->" in line
        for word in CHANGES
    ) == len(became)
    held = Page(draw(compared(), "html")).held
    assert (
        held["old"] == WORM
        and held["lines"]["change"] == compared().lines.change.tolist()
    )


def test_weights_of_two_units_are_not_compared() -> None:
    other = replace(scene(ADULT), unit="EM sections")
    found = difference(scene(WORM), other)
    assert not (found.lines.change == CHANGES.index("reweighted")).any()
    assert "weights not compared" in " ".join(caption(found))
