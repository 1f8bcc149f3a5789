"""What is drawn of a model without levels: the whole graph, by roles; levels are refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from support import toy
from support.command import run
from support.drawings import (
    WORM,
    arcs,
    arcs_of,
    needs_matplotlib,
    parse_dot,
    scene,
    shapes,
    words,
)

from elegansc import drawing
from elegansc.drawing import draw, style_for
from elegansc.drawing.density import densities, grouped
from elegansc.drawing.facts import caption
from elegansc.drawing.fold import folded
from elegansc.drawing.scene import (
    JUNCTION,
    SAME,
    Scene,
    difference,
    first_role,
    uncut_scene,
    within,
)
from elegansc.drawing.subset import Way, between
from elegansc.errors import UsageError
from elegansc.module.restore import unplanned


@cache
def uncut(name: str = WORM) -> Scene:
    """The scene of a bundled connectome whose cycles stand."""
    return uncut_scene(unplanned(toy.bundled(name))[0])


@cache
def picture(style: str) -> bytes:
    """A picture of it."""
    return draw(uncut(), "svg", style)


def pairs(found: Scene) -> set[tuple[frozenset[str] | tuple[str, str], float]]:
    """(ends, weight) of every line: those of a junction in no order."""
    return {
        (frozenset((u, v)) if kind == "junction" else (u, v), weight)
        for u, v, kind, weight in arcs(found)
    }


def test_it_has_every_line_of_the_graph_and_none_is_cut() -> None:
    assert pairs(uncut()) == pairs(scene())
    assert {kind for _, _, kind, _ in arcs(uncut())} == {"chemical", "junction"}
    assert not within(uncut()).any()
    lines = uncut().lines
    keys = list(zip(lines.kind, lines.post, lines.pre, strict=True))
    assert keys == sorted(keys)


def test_neurons_stand_by_their_first_role_then_by_name() -> None:
    neurons = uncut().neurons
    keys = list(zip(first_role(neurons.role).tolist(), neurons.name, strict=True))
    assert keys == sorted(keys) and {box for box, _ in keys} == {0, 1, 2}


def test_its_caption_counts_and_knows_no_levels() -> None:
    found = caption(uncut())
    assert found[0] == "161 neurons, no levels: no cycle is broken"
    assert found[1:3] == ["675 chemical synapses", "81 gap junctions, both ways"]
    assert not [sentence for sentence in found if "backward" in sentence]


@needs_matplotlib
def test_a_matrix_has_both_ends_of_a_junction_and_no_levels() -> None:
    found, text = shapes(picture("matrix")), words(picture("matrix"))
    assert found["chemical"] == 675 and found["junction"] == 2 * 81
    assert not {"junction-mirror", "feedback"} & found.keys()
    assert set(uncut().neurons.name) <= set(text)
    assert not {"level", "runs backward", "on no path"} & set(text)
    assert {"chemical synapse", "gap junction"} <= set(text)


@needs_matplotlib
def test_boxes_of_figure_1_hold_every_neuron_and_line() -> None:
    found, text = shapes(picture("figure1")), words(picture("figure1"))
    assert (found["neurons"], found["chemical"], found["junction"]) == (161, 675, 81)
    assert "electrical layer: 81 gap junctions, both ways" in text


@needs_matplotlib
def test_densities_are_of_roles_and_junctions_count_both_ways() -> None:
    blocks = grouped(uncut(), 400.0)
    assert blocks.size.tolist() == [61, 68, 32]
    density, parts = densities(uncut(), blocks)
    junctions = next(lines for name, _, lines in parts if name == "junction")
    assert np.array_equal(junctions, junctions.T) and junctions.sum() == 2 * 81
    pairs = np.outer(blocks.size, blocks.size)
    assert (density * pairs).sum() == pytest.approx(675 + 2 * 81)
    assert not [text for text in words(picture("density")) if "from level" in text]


def test_dot_and_graphml_hold_it_without_levels(tmp_path: Path) -> None:
    path = tmp_path / "worm.graphml"
    path.write_bytes(draw(uncut(), "graphml"))
    graph = nx.read_graphml(path)
    assert arcs_of(graph) == arcs(uncut())
    assert not [name for name, facts in graph.nodes(data=True) if "level" in facts]
    dot = draw(uncut(), "dot")
    assert arcs_of(parse_dot(dot)) == arcs(uncut())
    assert b"level=" not in dot and b"rank=same" not in dot


def test_what_shows_levels_is_refused() -> None:
    for kind in drawing.PICTURES:
        with pytest.raises(UsageError, match=f"{WORM} has no levels"):
            draw(uncut(), kind, "levels")
    with pytest.raises(UsageError, match="html: shows levels"):
        draw(uncut(), "html")


def test_the_style_where_none_is_asked() -> None:
    assert style_for(uncut()) == "matrix"
    size = drawing.LINES // len(uncut().lines) + 1
    rows = np.tile(np.arange(len(uncut().lines)), size)
    many = replace(uncut(), lines=uncut().lines.take(rows))
    assert style_for(many) == "density"


@pytest.mark.parametrize("hops", [0, 3, 4, 5])
def test_a_way_goes_along_junctions_both_ways(hops: int) -> None:
    graph = nx.DiGraph()
    for u, v, kind, _ in arcs(uncut()):
        graph.add_edge(u, v)
        if kind == "junction":
            graph.add_edge(v, u)
    start, end = "RMDL", "ASHL"  # a motor neuron to a sensory one
    first = nx.single_source_shortest_path_length(graph, start)
    last = nx.single_source_shortest_path_length(graph.reverse(), end)

    def fits(u: str, v: str) -> bool:
        """Whether a short enough walk goes along a pair."""
        length = first.get(u, np.inf) + 1 + last.get(v, np.inf)
        return bool(np.isfinite(length) and length <= (hops or np.inf))

    expected = {
        line
        for line in arcs(uncut())
        if fits(*line[:2]) or (line[2] == "junction" and fits(line[1], line[0]))
    }
    if not expected:
        with pytest.raises(UsageError, match=f"no walk of at most {hops} hops"):
            between(uncut(), Way(start, end, hops))
        return
    assert arcs(between(uncut(), Way(start, end, hops))) == expected


def test_classes_stand_by_role_too() -> None:
    found = folded(uncut())
    keys = zip(first_role(found.neurons.role), found.neurons.name, strict=True)
    assert list(keys) == sorted(
        zip(first_role(found.neurons.role), found.neurons.name, strict=True)
    )
    assert pairs(found) == pairs(folded(scene()))
    assert not [text for text in caption(found) if "median level" in text]


def test_a_comparison_with_a_model_of_levels_finds_one_graph() -> None:
    for old, new in ((scene(), uncut()), (uncut(), scene())):
        found = difference(old, new)
        assert found.uncut == new.uncut
        assert (found.lines.change == SAME).all()
        assert (found.neurons.change == SAME).all()
    assert "levels of" not in " ".join(caption(difference(scene(), uncut())))
    other = difference(scene("witvliet2021-8"), uncut())
    assert ((other.lines.kind == JUNCTION) & (other.lines.change != SAME)).any()


@needs_matplotlib
def test_the_command_draws_it_and_says_why_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    leaky = ("--dynamics", "leaky", "-o", "leaky.py", "-q")
    assert run("compile", WORM, *leaky).exit_code == 0
    done = run("draw", "leaky.py", "-o", "leaky.svg")
    assert done.exit_code == 0
    assert f"matrix: {WORM} has no levels" in done.stderr
    assert (tmp_path / "leaky.svg").read_bytes() == picture("matrix")
    asked = run("draw", "leaky.py", "--style", "matrix", "-o", "leaky.svg", "--force")
    assert (asked.exit_code, "has no levels" in asked.stderr) == (0, False)
    for words_ in (("--style", "levels", "-o", "l.svg"), ("-o", "l.html")):
        done = run("draw", "leaky.py", *words_)
        assert done.exit_code == 2 and "has no levels" in done.stderr
        assert not (tmp_path / words_[-1]).exists()
    done = run("draw", "leaky.py", "--feedback", "delay", "-o", "l.svg")
    assert done.exit_code == 2 and "--feedback" in done.stderr
