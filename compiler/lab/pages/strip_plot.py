"""The strip plot: the test metric of every graph as a dot, a row an arm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...drawing.colours import FAINT, HAIR, INK
from ..judging.groups import Group
from ..judging.judge import Comparison, Judged
from ..protocol.protocol import WORM
from .labels import ARMS, METRIC_WORDS, decimal, probability, title
from .style import COLOURS, GREY, RED, note, page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS, ROW = 7.2, 0.36  # inches: the page, one row of it
COLUMNS = (1.04, 1.18, 1.3)  # right ends of the table beside it, in widths of a panel
SPREAD = 0.62  # of a row, that its dots may take
GOLDEN = (math.sqrt(5) - 1) / 2
BARRED = 3  # least dots for an interval: that of two is 13 times as wide as their gap
CAPTION = """\
Filled: a random graph, or a seed of the worm that is ranked; open: a further seed, or one of a control. \
Bars: mean and, of 3 or more, 95 % interval.
n: graphs or seeds. Rank 1 of the worm is the best; p is {} and corrected by Holm; \
in brackets: not in the family of tests, not corrected."""


def every_graph(judged: Sequence[Judged], side: str) -> Figure:
    """The figure: a panel a task, a row an arm."""
    rows = [len(one.groups) for one in judged]
    figure = page(ACROSS, ROW * sum(rows) + 1.1 * len(rows))
    panels = figure.subplots(len(rows), 1, squeeze=False, height_ratios=rows)
    for axes, one in zip(panels[:, 0], judged, strict=True):
        panel(axes, one)
    sided = "one-sided" if side == "better" else "two-sided"
    figure.supxlabel(CAPTION.format(sided), x=0.02, ha="left", size=6.5, color=FAINT)
    return figure


def panel(axes: Axes, one: Judged) -> None:
    """Draw the panel of a task: dots, mean and 95 % interval of each arm."""
    task, worm = one.task, one.group(WORM).mean
    if worm.n:
        axes.axvline(worm.mean, color=RED, linestyle=(0, (4, 2)), linewidth=1, zorder=1)
    if worm.n >= BARRED:
        axes.axvspan(worm.low, worm.high, color=RED, alpha=0.09, linewidth=0, zorder=0)
    compared = {each.generator: each for each in one.comparisons}
    for row, group in enumerate(one.groups):
        row_of_dots(axes, row, group, task.metric)
        for place, text in zip(
            COLUMNS, side_texts(group, compared.get(group.arm.name)), strict=True
        ):
            side_cell(axes, place, row, text, INK)
    for place, text in zip(COLUMNS, ("n", "rank", "p, Holm"), strict=True):
        side_cell(axes, place, -0.85, text, FAINT)
    axes.set_yticks(
        range(len(one.groups)), [ARMS[group.arm.name] for group in one.groups]
    )
    axes.set_ylim(len(one.groups) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"test {METRIC_WORDS[task.metric]}")
    axes.set_title(title(task), loc="left", pad=20)
    about = f"{task.images:,} training and {task.test:,} test images"
    if task.metric == "pixel_accuracy" and not math.isnan(one.black):
        about += f"; an image black all over has {decimal(one.black)}"
    note(axes, about)
    axes.grid(axis="x", color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)


def side_cell(axes: Axes, place: float, row: float, words: str, colour: str) -> None:
    """Draw a cell of the table at the right of a panel."""
    axes.text(
        place,
        row,
        words,
        transform=axes.get_yaxis_transform(),
        color=colour,
        fontsize=7.5,
        ha="right",
        va="center",
    )


def row_of_dots(axes: Axes, row: int, group: Group, metric: str) -> None:
    """Draw the dots of an arm: graphs, or trainings of the worm and the controls."""
    name = group.arm.name
    colour = RED if name == WORM else COLOURS.get(name, GREY)
    found = [graph.value for graph in group.graphs] if group.arm.random else group.runs
    values = np.array([each[metric] for each in found])
    if not len(values):
        return
    filled = len(values) if group.arm.random else group.ranked
    fill = [colour if place < filled else "white" for place in range(len(values))]
    offsets = ((np.arange(len(values)) + 1) * GOLDEN % 1 - 0.5) * SPREAD
    axes.scatter(
        values,
        row + offsets[values.argsort().argsort()],
        11,
        alpha=0.6,
        linewidths=0.7,
        facecolors=fill,
        edgecolors=colour,
    )
    mean = group.mean
    axes.vlines(mean.mean, row - 0.36, row + 0.36, color=colour, linewidth=1.8)
    if mean.n >= BARRED:
        axes.hlines(row, mean.low, mean.high, color=colour, linewidth=1.8)


def side_texts(group: Group, found: Comparison | None) -> tuple[str, str, str]:
    """The cells at the right of a row: n, the worm's rank, p."""
    if found is None:
        return f"{group.mean.n:,}", "", ""
    p = found.holm if found.tested else found.p
    text = probability(p).removeprefix("p ").removeprefix("= ")
    rank = f"{found.rank.rank:g} of {found.rank.n + 1}"
    return f"{group.mean.n:,}", rank, text if found.tested else f"({text})"
