"""Where the neurons of a drawing stand, and how few lines cross."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from support import strategies, toy
from support.drawings import (
    WORM,
    Page,
    apart,
    arcs,
    arcs_of,
    parse_dot,
    scene,
)
from support.paths import GENERATED

from elegansc.drawing import draw
from elegansc.drawing.crossings import covered
from elegansc.drawing.levels import ticks
from elegansc.drawing.places import places
from elegansc.drawing.scene import (
    FORWARD,
    planned,
    scene_of,
)
from elegansc.errors import InputError
from elegansc.ir.stages import MOTOR, SENSORY
from elegansc.options import Options
from elegansc.pipeline import lower
from elegansc.readers.reader import Layout


def crossing(x: Any, y: Any, pre: Any, post: Any) -> int:
    """How many pairs of segments cross, by parameters along both, not by signs."""
    start = np.stack([x[pre], y[pre]], 1)
    way = np.stack([x[post], y[post]], 1) - start
    count = 0
    for row in range(len(pre)):
        gap, other = start[row + 1 :] - start[row], way[row + 1 :]
        base = way[row, 0] * other[:, 1] - way[row, 1] * other[:, 0]
        with np.errstate(all="ignore"):
            t = (gap[:, 0] * other[:, 1] - gap[:, 1] * other[:, 0]) / base
            s = (gap[:, 0] * way[row, 1] - gap[:, 1] * way[row, 0]) / base
        tiny = 1e-9
        count += int(((t > tiny) & (t < 1 - tiny) & (s > tiny) & (s < 1 - tiny)).sum())
    return count


@pytest.mark.parametrize("name", [WORM, "varshney2011"])
def test_fewer_lines_cross_than_in_name_order(name: str) -> None:
    found = scene(name)
    level = found.neurons.level
    ahead = (
        (found.lines.kind == FORWARD)
        & (level[found.lines.pre] >= 0)
        & (level[found.lines.post] >= 0)
    )
    ends = found.lines.pre[ahead], found.lines.post[ahead]
    best, plain = places(found), places(found, by_name=True)
    fewer, more = crossing(best.x, best.y, *ends), crossing(plain.x, plain.y, *ends)
    assert best.crossings == pytest.approx(fewer, rel=0.01)  # some only just touch
    assert plain.crossings == pytest.approx(more, rel=0.01)
    assert fewer < 0.7 * more


@given(strategies.connectomes())
@settings(max_examples=25)
def test_any_graph_is_drawn(connectome: Any) -> None:
    try:
        plan = lower(connectome, Options(roles_table="structure"))
    except InputError:
        return
    found = scene_of(plan)
    assert places(found).crossings <= places(found, by_name=True).crossings
    apart(found)
    assert arcs_of(parse_dot(draw(found, "dot"))) == arcs(found)
    ElementTree.fromstring(draw(found, "graphml"))
    assert len(Page(draw(found, "html")).held["lines"]["pre"]) == len(found.lines)


@pytest.mark.parametrize("name", ["witvliet1", "witvliet8", "cook2019"])
def test_neurons_stand_apart_at_their_levels(name: str) -> None:
    """Of the models that the repository holds."""
    model = GENERATED / f"{name}.py"
    found = scene_of(planned(str(model), options=Options(), layout=Layout()))
    apart(found)
    at, level = places(found), found.neurons.level
    live = level >= 0
    assert np.allclose(at.x[live], at.level[level[live]])
    assert at.width < 700 and at.height < 450


def test_a_level_too_full_for_one_column_has_several() -> None:
    rows = [(n, 300 + m, 0, 1.0, 0) for n in range(300) for m in range(2)]
    wide = strategies.connectome(rows, 302, [SENSORY] * 300 + [MOTOR] * 2)
    found = scene_of(lower(wide, Options(roles_table="structure")))
    apart(found)
    assert places(found).height < 700


def test_no_line_of_a_small_graph_runs_behind_a_neuron() -> None:
    """In name order A, B and M1 stand on one line, and A -> M1 runs behind B."""
    edges = "pre,post,weight\nS,A,1\nA,B,1\nA,M1,1\nB,M1,1\n"
    found = scene_of(toy.plan(Options(roles_table="structure"), edges))
    for by_name, count in ((True, 1), (False, 0)):
        at = places(found, by_name=by_name)
        ends = found.lines.pre.astype(int), found.lines.post.astype(int)
        assert covered(at.x, at.y, *ends, at.tall) == count


def test_ticks_are_few() -> None:
    for depth in (1, 2, 12, 54, 121, 999):
        marked = list(ticks(depth))
        assert marked[0] == 1 and len(marked) <= 13 and marked[-1] <= depth
