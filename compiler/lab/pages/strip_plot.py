"""The strip plot: the test metric of every graph as a dot, a row an arm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...drawing.colours import FAINT, HAIR, INK, PALE, tint
from ..judging.groups import Group
from ..judging.judge import Comparison, Judged
from ..protocol.protocol import WORM
from ..protocol.replaced import CONTROLS
from .labels import ARMS, METRIC_WORDS, baseline, decimal, probability, title
from .style import BASE_LINE, COLOURS, GREY, RED, note, page, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS, ROW = 8.6, 0.33  # inches: the page, one row of it
SHARES = (1, 2.1)  # widths of the two panels of a task
COLUMNS = (1.05, 1.24, 1.39)  # right ends of the table, in widths of the right panel
DOT, MANY = 11, 60  # area of a dot, in points; so many get half of it
SPREAD = 0.62  # of a row, that its dots may take
GOLDEN = (math.sqrt(5) - 1) / 2
BARRED = 3  # least dots for an interval: that of two is 13 times as wide as their gap
ROOM = 0.5  # share of the graphs' range that is added on each side to show controls
CAPTION = """\
Left: from the dark line (a guess among ten classes, or test images that are black all over) to the mean; \
thin, from the least to the greatest. Right: the grey part of it; an arrow: the mean of a control that lies outside. \
Filled: a random graph, or a seed of the worm that is ranked; open: a further seed, or one of a control. \
Bars: mean and, of 3 or more, 95 % interval; shaded: that of the worm. {}\
n: graphs or seeds. Rank 1 of the worm is the best; p is {} and corrected by Holm; \
in brackets: not in the family of tests, not corrected."""

SINGLE = """\
Thin, with ends: where 95 % of such graphs lie; dashed: the worm's mean over as many seeds as a graph has. """


def every_graph(judged: Sequence[Judged], side: str) -> Figure:
    """The figure: for each task a row an arm, from the base line and enlarged."""
    rows = [len(one.groups) for one in judged]
    figure = page(ACROSS, ROW * sum(rows) + 1.1 * len(rows) + 0.4)
    panels = figure.subplots(
        len(rows), 2, squeeze=False, height_ratios=rows, width_ratios=SHARES
    )
    for (whole, near), one in zip(panels, judged, strict=True):
        enlarged(near, one)
        from_base(whole, one, near.get_xlim())
    sided = "one-sided" if side == "better" else "two-sided"
    single = any(each.case for one in judged for each in one.comparisons)
    caption = wrapped(CAPTION.format(SINGLE * single, sided), ACROSS - 0.4, 6.5)
    figure.supxlabel(caption, x=0.02, ha="left", size=6.5, color=FAINT)
    return figure


def from_base(axes: Axes, one: Judged, shown: tuple[float, float]) -> None:
    """Draw mean and extremes of each arm on an axis from the base line.

    Args:
        shown: the interval that is enlarged beside it.
    """
    from matplotlib.ticker import MaxNLocator

    task = one.task
    base, words = baseline(one)
    seen = [*shown, *([base] if words else [])]
    axes.axvspan(*shown, color=PALE, linewidth=0, zorder=0)
    for row, group in enumerate(one.groups):
        values = values_of(group, task.metric)
        if not len(values):
            continue
        seen += [*values]
        colour, mean = colour_of(group), group.mean.mean
        axes.hlines(row, base, mean, color=tint(colour, 0.35), linewidth=2.2)
        axes.hlines(row, values.min(), values.max(), color=colour, linewidth=0.8)
        axes.vlines(mean, row - 0.24, row + 0.24, color=colour, linewidth=1.8)
    if words:
        axes.axvline(base, clip_on=False, **BASE_LINE)
        axes.text(base, -0.85, words, fontsize=7.5, va="center")
        axes.spines["left"].set_visible(False)
    axes.set_xlim(min(seen), max(seen) + 0.02 * (max(seen) - min(seen)))
    rows_of(axes, one)
    axes.set_yticks(
        range(len(one.groups)), [ARMS[group.arm.name] for group in one.groups]
    )
    axes.set_xlabel(f"test {METRIC_WORDS[task.metric]}")
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.set_title(title(task), loc="left", pad=32)
    note(axes, f"{task.images:,} training and {task.test:,} test images")


def enlarged(axes: Axes, one: Judged) -> None:
    """Draw dots, mean and 95 % interval of each arm, and the table at their right."""
    from matplotlib.ticker import MaxNLocator

    task, worm = one.task, one.group(WORM).mean
    if worm.n:
        style: Any = {"color": RED, "linestyle": (0, (4, 2)), "linewidth": 1}
        axes.axvline(held(one), zorder=1, **style)
    if worm.n >= BARRED:
        axes.axvspan(worm.low, worm.high, color=RED, alpha=0.09, linewidth=0, zorder=0)
    compared = {each.generator: each for each in one.comparisons}
    limits = limits_of(one)
    axes.set_xlim(*limits)
    for row, group in enumerate(one.groups):
        predicted(axes, row, group, compared.get(group.arm.name))
        row_of_dots(axes, row, group, task.metric)
        arrow(axes, row, group, limits)
        for place, text in zip(
            COLUMNS, side_texts(group, compared.get(group.arm.name)), strict=True
        ):
            side_cell(axes, place, row, text, INK)
    for place, text in zip(COLUMNS, ("n", "rank", "p, Holm"), strict=True):
        side_cell(axes, place, -0.85, text, FAINT)
    side_cell(axes, 0, -0.85, "enlarged", FAINT, ha="left")
    rows_of(axes, one)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.set_xlabel(f"test {METRIC_WORDS[task.metric]}")


def held(one: Judged) -> float:
    """The worm's mean that is held against graphs: of as many seeds, if so judged."""
    worm = one.group(WORM)
    single = any(each.case for each in one.comparisons)
    return worm.graphs[0].value[one.task.metric] if single else worm.mean.mean


def predicted(axes: Axes, row: int, group: Group, found: Comparison | None) -> None:
    """Draw where 95 % of graphs like an arm's lie, if so judged."""
    case = found.case if found else None
    if case and math.isfinite(case.low):
        style: Any = {"color": colour_of(group), "linewidth": 0.8, "zorder": 1.5}
        axes.hlines(row, case.low, case.high, **style)
        axes.vlines([case.low, case.high], row - 0.2, row + 0.2, **style)


def limits_of(one: Judged) -> tuple[float, float]:
    """The ends of the enlarged axis: all graphs and seeds, and controls that are near."""
    graphs, all_arms = [], []
    for group in one.groups:
        found = [*values_of(group, one.task.metric)]
        if group.mean.n >= BARRED:
            found += [group.mean.low, group.mean.high]
        all_arms += found
        if group.arm.name not in CONTROLS:
            graphs += found
    for each in one.comparisons:
        if each.case and math.isfinite(each.case.low):
            graphs += [each.case.low, each.case.high]
    all_arms += graphs
    if not all_arms:
        return 0.0, 1.0
    low, high = min(graphs or all_arms), max(graphs or all_arms)
    room = ROOM * (high - low)
    near = [value for value in all_arms if low - room <= value <= high + room]
    low, high = min(near), max(near)
    edge = 0.03 * (high - low) or 0.01
    return low - edge, high + edge


def arrow(axes: Axes, row: int, group: Group, limits: tuple[float, float]) -> None:
    """Write the mean of an arm that lies outside the axis at the end of the row."""
    mean, (low, high) = group.mean.mean, limits
    style: Any = {"fontsize": 7, "color": colour_of(group), "va": "center"}
    if mean < low:
        axes.text(low, row, f" \N{LEFTWARDS ARROW} {decimal(mean)}", **style)
    elif mean > high:
        words = f"{decimal(mean)} \N{RIGHTWARDS ARROW} "
        axes.text(high, row, words, ha="right", **style)


def rows_of(axes: Axes, one: Judged) -> None:
    """Set up the rows of a panel, and its grid."""
    axes.set_ylim(len(one.groups) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)


def colour_of(group: Group) -> str:
    """The colour of an arm."""
    return RED if group.arm.name == WORM else COLOURS.get(group.arm.name, GREY)


def values_of(group: Group, metric: str) -> NDArray[np.float64]:
    """The metric of each graph, or of each training of the worm or a control."""
    found = [graph.value for graph in group.graphs] if group.arm.random else group.runs
    return np.array([each[metric] for each in found], np.float64)


def side_cell(
    axes: Axes, place: float, row: float, words: str, colour: str, ha: str = "right"
) -> None:
    """Write a word beside or above a panel; place in widths of it."""
    axes.text(
        place,
        row,
        words,
        transform=axes.get_yaxis_transform(),
        color=colour,
        fontsize=7.5,
        ha=ha,
        va="center",
    )


def row_of_dots(axes: Axes, row: int, group: Group, metric: str) -> None:
    """Draw the dots of an arm: graphs, or trainings of the worm and the controls."""
    colour, values = colour_of(group), values_of(group, metric)
    if not len(values):
        return
    filled = len(values) if group.arm.random else group.ranked
    fill = [colour if place < filled else "white" for place in range(len(values))]
    offsets = ((np.arange(len(values)) + 1) * GOLDEN % 1 - 0.5) * SPREAD
    axes.scatter(
        values,
        row + offsets[values.argsort().argsort()],
        DOT if len(values) < MANY else DOT / 2,
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
