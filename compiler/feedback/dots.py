"""The dot plot: a bound a twin, beside them what the connectome loses; a row an arm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..drawing.canvas import settings
from ..drawing.colours import FAINT, HAIR, INK
from ..lab.pages.style import COLOURS, GREY, RED, STYLE, page, saved
from .judge import Judged, Twins, Worm
from .protocol import ONE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "dots"
ACROSS, ROW, EDGE = 7.2, 0.21, 1.5  # inches: the page, a row, what is above and below
GAP = 0.5  # rows between two maps
SPREAD = 0.66  # of a row, that its dots may take
GOLDEN = (math.sqrt(5) - 1) / 2
TABLE = (22, 52, 100)  # right ends of the columns, in points from the panel
STEPS = [1, 2, 5, 10]  # between two ticks, times a power of ten: never 2.5
CAPTION = """\
Red: weight that runs backward in the connectome's best order; a line where that is proved the minimum, else a bar down to its bound.
Filled: a lower bound for one random twin, no order of it loses less. Open: the order of that twin that was found.
n: twins. z: of the connectome among the bounds. Rank 1: every twin's bound is above what the connectome loses."""


def picture(judged: Sequence[Judged]) -> bytes:
    """The picture as SVG; the same measurements give the same bytes.

    Raises:
        InputError: matplotlib is not installed.
    """
    with settings():
        import matplotlib

        matplotlib.rcParams.update(STYLE)
        return saved(dots(judged), "svg", NAME)


def dots(judged: Sequence[Judged]) -> Figure:
    """The figure: a row an arm, maps one under the other."""
    rows = sum(max(len(one.arms), 1) + GAP for one in judged)
    figure = page(ACROSS, ROW * rows + EDGE)
    axes = figure.subplots()
    at, ticks, labels = 0.0, [], []
    for one in judged:
        top = at
        for twins in one.arms:
            dots_of(axes, at, twins)
            beside(axes, at, twins)
            ticks.append(at)
            labels.append(label(one, twins))
            at += 1
        if one.worm is not None:
            own(axes, one.worm, top, at - 1)
        at += GAP
    axes.set_yticks(ticks, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(at - GAP - 0.3, -0.7)
    axes.set_xlim(left=0)
    axes.locator_params(axis="x", steps=STEPS)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.set_xlabel("share of chemical weight that runs backward")
    for place, text in zip(TABLE, ("n", "z", "rank"), strict=True):
        cell(axes, place, -1.0, text, FAINT)
    axes.grid(axis="x", color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)
    figure.supxlabel(CAPTION, x=0.02, ha="left", size=6.5, color=FAINT)
    return figure


def label(one: Judged, twins: Twins) -> str:
    """The label of a row."""
    weights = ", weights 1" if one.map.weights == ONE else ""
    return f"{one.map.source}{weights}: {twins.arm.null}"


def own(axes: Axes, worm: Worm, top: float, last: float) -> None:
    """Draw the connectome's loss over the rows of its map."""
    low, high = top - 0.45, last + 0.45
    axes.vlines(worm.share, low, high, color=RED, linewidth=1.6, zorder=5)
    if not worm.proved:
        axes.fill_betweenx(
            [low, high], worm.least, worm.share, color=RED, alpha=0.2, linewidth=0
        )


def dots_of(axes: Axes, row: float, twins: Twins) -> None:
    """Draw the bounds and the orders of an arm."""
    colour = COLOURS.get(twins.arm.null, GREY)
    count = len(twins.bound)
    offsets = ((np.arange(count) + 1) * GOLDEN % 1 - 0.5) * SPREAD
    for values, face, alpha in (
        (twins.found, "white", 0.45),
        (twins.bound, colour, 0.7),
    ):
        axes.scatter(
            values,
            row + offsets,
            7,
            facecolors=face,
            edgecolors=colour,
            linewidths=0.5,
            alpha=alpha,
        )


def beside(axes: Axes, row: float, twins: Twins) -> None:
    """Write the cells at the right of a row: n, z, rank."""
    n = len(twins.bound)
    z = "" if math.isnan(twins.z) else f"{twins.z:z.1f}".replace("-", "\N{MINUS SIGN}")
    rank = f"{1 + twins.below} of {n + 1}" if n else "no twin"
    for place, text in zip(TABLE, (f"{n:,}", z, rank), strict=True):
        cell(axes, place, row, text, INK)


def cell(axes: Axes, place: float, row: float, words: str, colour: str) -> None:
    """Draw a cell of the table at the right of the panel."""
    axes.annotate(
        words,
        (1, row),
        xycoords=axes.get_yaxis_transform(),
        xytext=(place, 0),
        textcoords="offset points",
        color=colour,
        fontsize=7,
        ha="right",
        va="center",
    )
