"""One panel of learning curves: the worm, and a generator or the controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...drawing.colours import HAIR, INK, tint
from ...names import plural
from ..judging.groups import Group
from ..protocol.protocol import WORM
from .curve_blocks import GAP, LEADER, NAMES, PANEL, TALL, Block, Floats
from .labels import ARMS, baseline
from .style import BASE_LINE, COLOURS, CONTROL_LINES, GREY, RED, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = 0.22  # share of the colour in a band
NAME = 0.11  # inches that the name of a control takes
NO_BREAK = "\N{NO-BREAK SPACE}"
ABOVE_BASE = (0.0, 0.08, 1.0, 0.92)  # where a legend may be, in shares of a panel
LEGEND: Any = {"fontsize": 6.5, "handlelength": 2.2, "borderaxespad": 0.2}


def panel(axes: Axes, block: Block, groups: Sequence[Group], *, first: bool) -> None:
    """Draw a panel: the worm, and one generator or the controls."""
    from matplotlib.ticker import MaxNLocator

    task = block.one.task
    base, words = baseline(block.one)
    axes.axhline(base, clip_on=False, **BASE_LINE)
    axes.spines["bottom"].set_visible(not words)
    drawn = (block.one.group(WORM), *groups)
    for group in drawn:
        curve(axes, group, block.curves[group.arm.name], named=first)
    axes.set_title(panel_title(groups, block), size=7, loc="left", pad=4)
    last, room = task.epochs, min(0.5, 0.04 * task.epochs)
    axes.set_xlim(1 - room, last + room)
    axes.set_xlabel("epoch", size=7.5, labelpad=2)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color=HAIR, linewidth=0.6)
    axes.set_axisbelow(True)
    if not any(len(block.curves[group.arm.name]) for group in drawn):
        axes.text(0.5, 0.5, "no results yet", transform=axes.transAxes, ha="center")
    end_labels(axes, block, [group for group in groups if not group.arm.random])
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best", bbox_to_anchor=ABOVE_BASE, **LEGEND)
    if first and words:
        style: Any = {"xytext": (0, 2.5), "textcoords": "offset points", "size": 6.5}
        style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        axes.annotate(words, (last + room, base), ha="right", **style)


def panel_title(groups: Sequence[Group], block: Block) -> str:
    """Who is compared with the worm, and number of graphs."""
    if not groups:
        return ""
    sizes = sorted({len(block.curves[group.arm.name]) for group in groups})
    if groups[0].arm.random:
        words = f"{ARMS[groups[0].arm.name]} ({plural(sizes[0], 'graph')})"
    else:
        few = f"{sizes[0]} to " if len(sizes) > 1 else ""
        words = f"controls ({few}{plural(sizes[-1], 'seed')} each)"
    name, number = words.split(" (")
    kept = f"{name} ({number.replace(' ', NO_BREAK)}"
    return wrapped(kept, PANEL + GAP, 7).replace(NO_BREAK, " ")


def curve(axes: Axes, group: Group, found: Floats, *, named: bool) -> None:
    """Draw the mean of an arm, and one deviation each way.

    Args:
        named: whether the legend names it if it is the worm.
    """
    if not len(found):
        return
    arm = group.arm.name
    epochs, mean = np.arange(1, found.shape[1] + 1), found.mean(axis=0)
    words = f"worm ({plural(len(found), 'seed')})" if named and arm == WORM else ""
    axes.plot(epochs, mean, label=words, **line_style(arm))
    if len(found) < 2 or not (group.arm.random or arm == WORM):
        return
    low, high = mean - found.std(axis=0, ddof=1), mean + found.std(axis=0, ddof=1)
    if group.arm.random:
        colour = tint(COLOURS[arm], BAND)
        axes.fill_between(epochs, low, high, color=colour, linewidth=0, zorder=1)
        return
    for edge in (low, high):
        axes.plot(epochs, edge, color=RED, linestyle=":", linewidth=0.8, zorder=5)


def line_style(arm: str) -> dict[str, Any]:
    """Colour, dashes and width of an arm's curve."""
    if arm == WORM:
        return {"color": RED, "linestyle": (0, (4, 2)), "linewidth": 1.5, "zorder": 6}
    if arm in COLOURS:
        return {"color": COLOURS[arm], "linewidth": 1.3, "zorder": 4}
    line = CONTROL_LINES[arm]
    return {"color": GREY, "linestyle": line, "linewidth": 1.1, "zorder": 3}


def end_labels(axes: Axes, block: Block, groups: Sequence[Group]) -> None:
    """Write the name of each control at the right of its curve's end, none on another."""
    low, high = axes.get_ylim()
    ends = {
        group.arm.name: float(block.curves[group.arm.name].mean(axis=0)[-1])
        for group in groups
        if len(block.curves[group.arm.name])
    }
    arms = sorted(ends, key=lambda arm: ends[arm])
    gap = NAME / TALL * (high - low)
    places = spread([ends[arm] for arm in arms], gap, high)
    last, (left, right) = block.one.task.epochs, axes.get_xlim()
    for arm, place in zip(arms, places, strict=True):
        beyond = right + (LEADER - 0.03) / PANEL * (right - left)
        leader: Any = {"color": GREY, "linewidth": 0.4, "clip_on": False}
        axes.plot([last, right, beyond], [ends[arm], ends[arm], place], **leader)
        label: Any = {"size": NAMES, "color": INK, "va": "center"}
        axes.text(beyond, place, f" {ARMS[arm]}", **label)
    axes.set_xlim(left, right)


def spread(values: Sequence[float], gap: float, most: float) -> list[float]:
    """Rising values moved apart by a gap at least, none above the most, as little as needed."""
    found: list[float] = []
    for value in values:
        found.append(max(value, found[-1] + gap) if found else value)
    top = most
    for place in reversed(range(len(found))):
        found[place] = min(found[place], top)
        top = found[place] - gap
    return found


def limits_of(blocks: Sequence[Block]) -> tuple[float, float]:
    """Ends of a vertical axis: from the base line to the highest curve or band."""
    seen = [value for block in blocks for value in extremes(block)]
    if not seen:
        return 0.0, 1.0
    low, high = min(seen), max(seen)
    room = (high - low) or 0.1
    return low, high + 0.04 * room


def extremes(block: Block) -> Iterator[float]:
    """The base line, and the least and the greatest value that is drawn of each arm."""
    base, words = baseline(block.one)
    if words:
        yield base
    for group in block.one.groups:
        found = block.curves[group.arm.name]
        if not len(found):
            continue
        mean, band = found.mean(axis=0), np.zeros(found.shape[1])
        if len(found) > 1 and (group.arm.random or group.arm.name == WORM):
            band = found.std(axis=0, ddof=1)
        yield float((mean - band).min())
        yield float((mean + band).max())
