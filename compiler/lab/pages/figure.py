"""Two pictures of a comparison: the learning curves of Figure 2, and all graph scores.

The same results give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...drawing.canvas import settings
from ...drawing.colours import HAIR
from ...names import plural
from ..judging.groups import Results
from ..judging.judge import Judged
from ..protocol.protocol import WORM, Arm, Protocol, Task
from .labels import ARMS, METRIC_WORDS, title
from .strip_plot import every_graph
from .style import COLOURS, CONTROL_LINES, GREY, RED, STYLE, note, page, saved

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, HIGH = 4.4, 4.5  # inches of a panel
Floats = NDArray[np.float64]


def pictures(
    protocol: Protocol, results: Results, judged: Sequence[Judged]
) -> dict[str, bytes]:
    """The pictures by file name: figure2 and graphs, as png and svg.

    Raises:
        InputError: matplotlib is not installed.
    """
    with settings():
        import matplotlib

        matplotlib.rcParams.update(STYLE)
        drawn = {
            "figure2": figure2(judged, results),
            "graphs": every_graph(judged, protocol.side),
        }
        return {
            f"{name}.{kind}": saved(figure, kind, name)
            for name, figure in drawn.items()
            for kind in ("png", "svg")
        }


def figure2(judged: Sequence[Judged], results: Results) -> Figure:
    """Learning curves, a panel a task."""
    figure = page(WIDE * len(judged), HIGH)
    panels = figure.subplots(1, len(judged), squeeze=False)
    for axes, one in zip(panels[0], judged, strict=True):
        curves(axes, one, results)
    return figure


def curves(axes: Axes, one: Judged, results: Results) -> None:
    """Validation metric against epochs: the worm dashed, mean and band of each generator."""
    from matplotlib.ticker import MaxNLocator

    task = one.task
    for group in one.groups:
        found = curves_of(task, group.arm, results)
        if not len(found):
            continue
        epochs, mean = np.arange(1, task.epochs + 1), found.mean(axis=0)
        of = plural(len(found), "graph" if group.arm.random else "seed")
        label = f"{ARMS[group.arm.name]} ({of})"
        axes.plot(epochs, mean, label=label, **line_style(group.arm.name))
        if len(found) > 1 and group.arm.name in (WORM, *COLOURS):
            band, colour = found.std(axis=0, ddof=1), COLOURS.get(group.arm.name, RED)
            axes.fill_between(
                epochs, mean - band, mean + band, color=colour, alpha=0.13, linewidth=0
            )
    axes.set_title(title(task), loc="left", pad=20)
    note(axes, f"{task.images:,} training images; mean, and one deviation each way")
    axes.set_xlabel("epoch")
    axes.set_ylabel(f"validation {METRIC_WORDS[task.metric]}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)
    if axes.has_data():
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(-0.03, -0.14),
            ncols=2,
            columnspacing=1.0,
            handlelength=1.9,
        )
    else:
        axes.text(0.5, 0.5, "no results yet", transform=axes.transAxes, ha="center")


def curves_of(task: Task, arm: Arm, results: Results) -> Floats:
    """(curves, epochs): the mean curve of each twin, or one a training; no NaN runs."""
    by: dict[int, list[list[float]]] = {}
    for run in task.runs():
        line = results.get(run) if run.arm == arm.name else None
        if line is None or line["status"] == "nan":
            continue
        points = [at["validation"] for at in line["curve"]]
        by.setdefault(run.graph if arm.random else run.seed, []).append(points)
    means = [np.mean(np.asarray(found, np.float64), axis=0) for found in by.values()]
    return np.asarray(means, np.float64)


def line_style(arm: str) -> dict[str, Any]:
    """Colour, dashes and width of an arm's curve."""
    if arm == WORM:
        return {"color": RED, "linestyle": (0, (4, 2)), "linewidth": 1.8, "zorder": 5}
    if arm in COLOURS:
        return {"color": COLOURS[arm], "linewidth": 1.3, "zorder": 4}
    line = CONTROL_LINES[arm]
    return {"color": GREY, "linestyle": line, "linewidth": 1.0, "zorder": 3}
