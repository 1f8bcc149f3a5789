"""Two pictures of a comparison: curves as the paper's Figure 2 has them, and every graph.

The same results give the same bytes; no date, no version, no user's settings.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..draw.canvas import DPI, METADATA, canvas_of, settings
from ..draw.colours import FAINT, HAIR, INK
from .groups import Group, Results
from .judge import Comparison, Judged
from .protocol import WORM, Arm, Protocol, Task
from .words import ARMS, METRIC_WORDS, TASKS, number, probability, several

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RED = "#C8102E"
COLOURS = {
    "er": "#0072B2",
    "ws": "#009E73",
    "ba": "#E69F00",
    "degree": "#8E5BA6",
    "role-degree": "#56B4E9",
    "shuffle-roles": "#8C6D46",
}
CONTROL_LINES: Mapping[str, Any] = {
    "mlp": (0, (1, 1.5)),
    "identity": (0, (5, 2, 1, 2)),
    "frozen": (0, (3, 3)),
}
GREY = "#7B8490"
STYLE: Any = {
    "font.size": 8,
    "axes.titlesize": 9.5,
    "axes.labelsize": 8.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
}
WIDE, HIGH = 4.2, 3.7  # inches of a panel of curves
ACROSS, ROW = 7.2, 0.36  # inches: the picture of graphs, one of its rows
COLUMNS = (1.05, 1.17, 1.3)  # right ends of the table beside it, in widths of a panel
SPREAD = 0.62  # of a row, that its dots may take
GOLDEN = (math.sqrt(5) - 1) / 2
CAPTION = """\
Filled: a random graph, or a seed of the worm that is ranked; open: a further seed, or one of a control. \
Bars: mean and 95 % interval.
n: graphs or seeds. Rank 1 of the worm is the best; p is {} and corrected by Holm; \
in brackets: not in the family of tests, not corrected."""
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
    """Curves, a panel a task."""
    figure = page(WIDE * len(judged), HIGH)
    panels = figure.subplots(1, len(judged), squeeze=False)
    for axes, one in zip(panels[0], judged, strict=True):
        curves(axes, one, results)
    return figure


def every_graph(judged: Sequence[Judged], side: str) -> Figure:
    """Dots, a panel a task, a row an arm."""
    rows = [len(one.groups) for one in judged]
    figure = page(ACROSS, ROW * sum(rows) + 1.1 * len(rows))
    panels = figure.subplots(len(rows), 1, squeeze=False, height_ratios=rows)
    for axes, one in zip(panels[:, 0], judged, strict=True):
        dots(axes, one)
    sided = "one-sided" if side == "better" else "two-sided"
    figure.supxlabel(CAPTION.format(sided), x=0.02, ha="left", size=6.5, color=FAINT)
    return figure


def page(width: float, height: float) -> Figure:
    """An empty page, inches."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    engine = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    return Figure((width, height), facecolor="white", layout=engine)


def saved(figure: Figure, kind: str, title: str) -> bytes:
    """The page's bytes."""
    data = io.BytesIO()
    metadata = {**METADATA[kind], "Title": title}
    canvas_of(kind)(figure).print_figure(data, dpi=DPI, format=kind, metadata=metadata)
    return data.getvalue()


def curves(axes: Axes, one: Judged, results: Results) -> None:
    """Validation metric against epochs: worm dashed, a mean and a band a generator."""
    from matplotlib.ticker import MaxNLocator

    task = one.task
    for group in one.groups:
        found = curves_of(task, group.arm, results)
        if not len(found):
            continue
        epochs, mean = np.arange(1, task.epochs + 1), found.mean(axis=0)
        of = several(len(found), "graph" if group.arm.random else "seed")
        label = f"{ARMS[group.arm.name]} ({of})"
        axes.plot(epochs, mean, label=label, **line_style(group.arm.name))
        if len(found) > 1 and group.arm.name in (WORM, *COLOURS):
            band, colour = found.std(axis=0, ddof=1), COLOURS.get(group.arm.name, RED)
            axes.fill_between(
                epochs, mean - band, mean + band, color=colour, alpha=0.13, linewidth=0
            )
    axes.set_title(TASKS[task.name], loc="left", pad=20)
    note(axes, f"{task.images:,} training images; mean, and one deviation each way")
    axes.set_xlabel("epoch")
    axes.set_ylabel(f"validation {METRIC_WORDS[task.metric]}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)
    if axes.has_data():
        axes.legend(loc="lower right" if task.higher_is_better else "upper right")
    else:
        axes.text(0.5, 0.5, "no results yet", transform=axes.transAxes, ha="center")


def curves_of(task: Task, arm: Arm, results: Results) -> Floats:
    """(curves, epochs): a mean curve a twin, or one a training; NaN runs left out."""
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
    """How an arm's curve is drawn."""
    if arm == WORM:
        return {"color": RED, "linestyle": (0, (4, 2)), "linewidth": 1.8, "zorder": 5}
    if arm in COLOURS:
        return {"color": COLOURS[arm], "linewidth": 1.3, "zorder": 4}
    line = CONTROL_LINES[arm]
    return {"color": GREY, "linestyle": line, "linewidth": 1.0, "zorder": 3}


def dots(axes: Axes, one: Judged) -> None:
    """The test metric of every graph, with the mean and its 95 % interval a row."""
    task, worm = one.task, one.group(WORM).mean
    if worm.n:
        axes.axvline(worm.mean, color=RED, linestyle=(0, (4, 2)), linewidth=1, zorder=1)
    if not math.isnan(worm.low):
        axes.axvspan(worm.low, worm.high, color=RED, alpha=0.09, linewidth=0, zorder=0)
    compared = {each.generator: each for each in one.comparisons}
    for row, group in enumerate(one.groups):
        strip(axes, row, group, task.metric)
        for place, text in zip(
            COLUMNS, beside(group, compared.get(group.arm.name)), strict=True
        ):
            aside(axes, place, row, text, INK)
    for place, text in zip(COLUMNS, ("n", "rank", "p, Holm"), strict=True):
        aside(axes, place, -0.85, text, FAINT)
    axes.set_yticks(
        range(len(one.groups)), [ARMS[group.arm.name] for group in one.groups]
    )
    axes.set_ylim(len(one.groups) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"test {METRIC_WORDS[task.metric]}")
    axes.set_title(TASKS[task.name], loc="left", pad=20)
    about = f"{task.images:,} training and {task.test:,} test images"
    if task.metric == "pixel_accuracy" and not math.isnan(one.black):
        about += f"; an image black all over has {number(one.black)}"
    note(axes, about)
    axes.grid(axis="x", color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)


def note(axes: Axes, words: str) -> None:
    """A line under the panel's title."""
    axes.annotate(
        words,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 7),
        textcoords="offset points",
        color=FAINT,
        fontsize=7.5,
    )


def aside(axes: Axes, place: float, row: float, words: str, colour: str) -> None:
    """A cell of the table at the panel's right."""
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


def strip(axes: Axes, row: int, group: Group, metric: str) -> None:
    """The dots of an arm; of the worm and the controls a dot is a training."""
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
    if not math.isnan(mean.low):
        axes.hlines(row, mean.low, mean.high, color=colour, linewidth=1.8)


def beside(group: Group, found: Comparison | None) -> tuple[str, str, str]:
    """How many, the worm's rank and p, at the right of a row."""
    if found is None:
        return f"{group.mean.n:,}", "", ""
    p = found.holm if found.tested else found.p
    text = probability(p).removeprefix("p ").removeprefix("= ")
    rank = f"{found.rank.rank:g} of {found.rank.n + 1}"
    return f"{group.mean.n:,}", rank, text if found.tested else f"({text})"
