"""The pictures of a comparison: where axes start, what overlaps, how tasks wrap into rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.comparison import TEXT, protocol_in, results_of

from elegansc.drawing.canvas import canvas_of, settings
from elegansc.lab.judging.judge import Judged, judge
from elegansc.lab.pages.curve_panel import spread
from elegansc.lab.pages.curves import learning_curves
from elegansc.lab.pages.labels import baseline
from elegansc.lab.pages.strip_plot import every_graph
from elegansc.lab.pages.style import COLOURS, DPI, RED, STYLE
from elegansc.lab.protocol.protocol import WORM, Protocol, Run
from elegansc.lab.protocol.replaced import CONTROLS

pytest.importorskip("matplotlib")

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAPS = ("cook2019", "witvliet2021-1", "witvliet2021-8", "white1986", "varshney2011")
HEAD = TEXT.split("[task.cifar10]")[0]
TASK = """\
[task.{label}]
task = "{kind}"
source = "cook2019"
images = 10000
validation = 2000
test = 10000
epochs = 30
batch = 128
lr = 1e-3
metric = "{metric}"
margin = 0.02
tests = []

[task.{label}.compile]
cycles = "fast"

[task.{label}.arms]
worm = {{{{seeds = 2, more_seeds = 4}}}}
"""
FEW = "degree = {{graphs = 12, seeds = 2}}\n"
MORE = "".join(
    f"{arm} = {{{{graphs = 12, seeds = 2}}}}\n"
    for arm in ("er", "ws", "ba", "degree", "role-degree", "shuffle-roles")
)
CONTROL = "".join(
    f"{arm} = {{{{seeds = 3}}}}\n" for arm in ("mlp", "identity", "frozen")
)
EVERY = "".join(f"{arm} = {{{{seeds = 3}}}}\n" for arm in CONTROLS)
BLIND = {  # of linear RGB
    "nobody": np.eye(3),
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def six_tasks(controls: str) -> str:
    """The text of a protocol: five maps with one generator each, one with six."""
    routed = {"kind": "mnist-routed", "metric": "top1"}
    few = [TASK.format(label=label, **routed) + FEW + controls for label in MAPS]
    return HEAD + "\n".join(
        [*few, TASK.format(label="all", **routed) + MORE + controls]
    )


def drawn(
    protocol: Protocol, results: dict[Run, dict[str, Any]]
) -> Iterator[tuple[Figure, tuple[Judged, ...]]]:
    """Both figures, laid out."""
    import matplotlib

    judged = judge(protocol, results)
    with settings():
        matplotlib.rcParams.update(STYLE)
        for figure in (
            learning_curves(judged, results),
            every_graph(judged, protocol.side),
        ):
            figure.set_dpi(DPI)
            canvas_of("png")(figure)
            figure.draw_without_rendering()
            yield figure, judged


def words_in(figure: Figure) -> list[tuple[str, Any]]:
    """All text that is drawn, and its box in pixels."""
    from matplotlib.axis import Axis
    from matplotlib.text import Text

    hidden = set()
    for axis in figure.findobj(Axis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            room = 1e-9 * (high - low)
            if not low - room <= tick.get_loc() <= high + room:
                hidden |= {tick.label1, tick.label2}
    return [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        six_tasks(""),
        six_tasks(CONTROL),
        TEXT.replace(CONTROL, EVERY),
    ],
    ids=["two", "six", "controls", "every control"],
)
def test_no_words_overlap_or_leave_the_page(tmp_path: Path, text: str) -> None:
    protocol = protocol_in(tmp_path, graphs=12, few=3, seeds=2, text=text)
    for figure, _ in drawn(protocol, results_of(protocol)):
        found = words_in(figure)
        assert len(found) > 20
        page = figure.bbox
        for words, box in found:
            assert box.x0 >= 0 and box.x1 <= page.x1, words
            assert box.y0 >= 0 and box.y1 <= page.y1, words
        for (first, one), (second, other) in combinations(found, 2):
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            high = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert wide < 1 or high < 1, (first, second)


def test_axes_start_from_chance_and_from_all_black(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=6, few=3, seeds=2)
    (curves, judged), (dots, _) = drawn(protocol, results_of(protocol))
    assert [baseline(one) for one in judged] == [
        (0.1, "chance 0.10"),
        (0.8471, "all black 0.8471"),
    ]
    sizes = [5, 2]  # panels of each task
    lows = [axes.get_ylim()[0] for axes in curves.axes]
    assert lows == [0.1] * sizes[0] + [0.8471] * sizes[1]
    assert [axes.get_xlim()[0] for axes in dots.axes[::2]] == [0.1, 0.8471]
    for figure in (curves, dots):
        words = [each for each, _ in words_in(figure)]
        assert words.count("chance 0.10") == words.count("all black 0.8471") == 1


@pytest.mark.parametrize(
    ("metric", "words"), [("f1", "all black 0.00"), ("probe_top1", "chance 0.10")]
)
def test_other_metrics_have_a_base_line_or_none(
    tmp_path: Path, metric: str, words: str
) -> None:
    protocol = protocol_in(tmp_path, graphs=6, few=3, seeds=2)
    one = judge(protocol, results_of(protocol))[1]
    assert baseline(replace(one, task=replace(one.task, metric=metric)))[1] == words
    entropy, none = baseline(replace(one, task=replace(one.task, metric="bce")))
    assert np.isnan(entropy) and not none


def test_tasks_of_a_kind_share_an_axis(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, text=six_tasks(""))
    results = results_of(protocol, lambda run: 0.3 if run.task == "all" else 0.0)
    (curves, _), _ = drawn(protocol, results)
    found = {axes.get_ylim() for axes in curves.axes}
    assert len(found) == 1
    assert found.pop()[1] > 0.85


def test_a_score_below_chance_stays_on_the_axis(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=6, few=3, seeds=2)
    results = results_of(protocol, lambda run: -0.53 if run.task == "cifar10" else 0.0)
    (curves, judged), (dots, _) = drawn(protocol, results)
    least = min(run["top1"] for group in judged[0].groups for run in group.runs)
    assert least < 0.1
    assert dots.axes[0].get_xlim()[0] <= least
    assert curves.axes[0].get_ylim()[0] < 0.1 < curves.axes[0].get_ylim()[1]


def test_each_generator_has_a_panel_and_no_two_bands_share_one(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=6, few=3, seeds=2)
    (curves, _), _ = drawn(protocol, results_of(protocol))
    bands = [len(axes.collections) for axes in curves.axes]
    assert bands == [1, 1, 1, 1, 0, 1, 1]  # none for the controls
    for axes in curves.axes:
        dashed = [line for line in axes.lines if line.get_color() == RED]
        assert len(dashed) == 3  # mean, and an outline on each side


def test_an_enlarged_axis_is_not_squeezed_by_a_far_control(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=6, few=3, seeds=2)
    near = results_of(protocol, lambda run: 0.08 if run.arm == "frozen" else 0.0)
    far = results_of(protocol, lambda run: -0.3 if run.arm == "frozen" else 0.0)
    _, (dots, judged) = drawn(protocol, far)
    low, high = dots.axes[1].get_xlim()
    found = [
        run["top1"]
        for group in judged[0].groups
        if group.arm.random or group.arm.name == WORM
        for run in group.runs
    ]
    assert low < min(found) and max(found) < high
    assert high - low < 3 * (max(found) - min(found))
    mean = judged[0].group("frozen").mean.mean
    assert mean < low
    words = [each for each, _ in words_in(dots)]
    assert f" \N{LEFTWARDS ARROW} {mean:.4f}" in words
    assert dots.axes[0].get_xlim()[0] == 0.1
    _, (dots, _) = drawn(protocol, near)
    assert not any("\N{LEFTWARDS ARROW}" in each for each, _ in words_in(dots))


@pytest.mark.parametrize("controls", ["", CONTROL], ids=["no controls", "controls"])
def test_tasks_wrap_into_rows(tmp_path: Path, controls: str) -> None:
    protocol = protocol_in(tmp_path, text=six_tasks(controls))
    (curves, _), _ = drawn(protocol, results_of(protocol))
    each = 2 if controls else 1
    assert len(curves.axes) == 5 * each + 6 + bool(controls)
    assert curves.get_size_inches()[0] < 12
    heights = [round(axes.get_position().y0, 6) for axes in curves.axes]
    rows = {height: heights.count(height) for height in heights}
    fewest = [4, 4, 2, 4, 3] if controls else [3, 2, 6]
    assert [*rows.values()] == fewest
    assert sorted(rows, reverse=True) == [*rows]


def test_names_move_apart_as_far_as_needed() -> None:
    assert spread([], 1, 9) == []
    assert spread([1, 3, 5], 1, 9) == [1, 3, 5]
    assert spread([1, 1.5, 1.6, 6], 1, 9) == [1, 2, 3, 6]
    assert spread([7, 8.5, 8.6, 8.7], 1, 9) == [6, 7, 8, 9]


def test_the_controls_are_named_beside_their_curves(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=6, few=3, seeds=2)
    (curves, _), _ = drawn(protocol, results_of(protocol))
    heights = {words.strip(): box.y0 for words, box in words_in(curves)}
    level = ("no graph", "MLP", "worm, frozen")  # by falling score
    found = [heights[name] for name in level]
    assert found == sorted(found, reverse=True)


def seen(colour: str, blind: str) -> Sequence[float]:
    """A colour in CIELAB as the colour-blind see it.

    Source: Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of
    color vision deficiency", 2009, severity 1.
    """
    part = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(BLIND[blind]) @ linear, 0, 1)
    xyz = [[0.412, 0.358, 0.181], [0.213, 0.715, 0.072], [0.019, 0.119, 0.951]]
    scaled = np.asarray(xyz) @ linear / [0.9505, 1, 1.089]
    x, y, z = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


@pytest.mark.parametrize("blind", BLIND)
def test_the_colour_blind_tell_the_arms_apart(blind: str) -> None:
    found = {name: np.array(seen(hue, blind)) for name, hue in COLOURS.items()}
    own = np.array(seen(RED, blind))
    for one, other in combinations(found.values(), 2):
        assert np.linalg.norm(one - other) > 14
    assert all(np.linalg.norm(one - own) > 22 for one in found.values())
