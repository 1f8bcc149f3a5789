"""Learning curves: small panels that share an axis, each a generator against the worm.

Panels have fixed sizes. Those of a task stand together; tasks follow one another in rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...drawing.colours import FAINT
from ..judging.groups import Results
from ..judging.judge import Judged
from .curve_blocks import (
    BETWEEN,
    GAP,
    HEAD,
    LEFT,
    OVER,
    PANEL,
    TALL,
    TITLE,
    UNDER,
    Block,
    block_of,
    flow,
    width_of,
)
from .curve_panel import limits_of, panel
from .labels import METRIC_WORDS
from .style import empty, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EDGE, FOOT = 0.12, 0.22  # inches: of the page; above its caption
NARROWEST = LEFT + 3 * (PANEL + GAP)  # inches
CAPTION = """\
Dashed, red: the worm, mean of its seeds; dotted: one deviation each way. \
Solid: mean of the random graphs; shaded: one deviation each way. \
Dark line: a guess among ten classes, or a picture that is black all over (test images)."""


def learning_curves(judged: Sequence[Judged], results: Results) -> Figure:
    """The figure: validation metric against epochs, a block of panels a task."""
    blocks = [block_of(one, results) for one in judged]
    rows = flow(blocks)
    wide = 2 * EDGE + max([NARROWEST, *(width_of(row) for row in rows)])
    caption = wrapped(CAPTION, wide - 2 * EDGE, 6.5)
    heads = [max(block.head for block in row) for row in rows]
    bodies = [max(block.body for block in row) for row in rows]
    high = 2 * EDGE + FOOT + 0.11 * caption.count("\n") + sum(heads) + sum(bodies)
    figure = empty(wide, high)
    top = high - EDGE
    for row, head, body in zip(rows, heads, bodies, strict=True):
        left = EDGE
        for block in row:
            heading(figure, block, left / wide, top / high)
            alike = [each for each in blocks if each.scale == block.scale]
            panels(figure, block, left + LEFT, top - head, limits_of(alike))
            left += block.width + BETWEEN
        top -= head + body
    words: Any = {"size": 6.5, "color": FAINT, "va": "bottom"}
    figure.text(EDGE / wide, EDGE / high, caption, **words)
    return figure


def heading(figure: Figure, block: Block, x: float, y: float) -> None:
    """Write the title of a task and its size; x, y in shares of the page."""
    task, high = block.one.task, figure.get_size_inches()[1]
    figure.text(x, y, block.title, size=TITLE, va="top", linespacing=1.15)
    about = f"{task.images:,} training images"
    lower = y - (block.head - HEAD + 0.18) / high
    figure.text(x, lower, about, size=7.5, color=FAINT, va="top")


def panels(
    figure: Figure,
    block: Block,
    left: float,
    top: float,
    limits: tuple[float, float],
) -> None:
    """Draw the panels of a task.

    Args:
        left, top: their corner, in inches from the left and from the foot of the page.
        limits: ends of the vertical axis.
    """
    wide, high = figure.get_size_inches()
    for place, groups in enumerate(block.panels):
        row, column = divmod(place, block.columns)
        x = left + column * (PANEL + GAP)
        y = top - (row + 1) * (OVER + TALL) - row * UNDER
        axes = figure.add_axes((x / wide, y / high, PANEL / wide, TALL / high))
        axes.set_ylim(*limits)
        panel(axes, block, groups, first=not place)
        if column:
            axes.tick_params(axis="y", length=0, labelleft=False)
        else:
            words = f"validation {METRIC_WORDS[block.one.task.metric]}"
            axes.set_ylabel(words, labelpad=3)
