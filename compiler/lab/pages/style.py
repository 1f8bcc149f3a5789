"""Colours, fonts and figure files of the pictures of a comparison.

The same results give the same bytes; no date, no version, no user's settings.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...drawing.canvas import DPI, METADATA, canvas_of
from ...drawing.colours import FAINT, INK

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
    "degree-distance": "#B5446E",
    "shuffle-roles": "#8C6D46",
}
CONTROL_LINES: Mapping[str, Any] = {
    "mlp": (0, (1, 1.5)),
    "identity": (0, (5, 2, 1, 2)),
    "frozen": (0, (3, 3)),
    "linear": (0, (1, 3)),
    "convolution": (0, (5, 1)),
    "randwire": (0, (3, 1, 1, 1)),
    "delay": (0, (8, 2)),
    "published": (0, (8, 2, 1, 2)),
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
    "legend.fontsize": 7,
}


def page(width: float, height: float) -> Figure:
    """An empty figure; sizes in inches."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    engine = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    return Figure((width, height), facecolor="white", layout=engine)


def saved(figure: Figure, kind: str, title: str) -> bytes:
    """The figure as svg or png."""
    data = io.BytesIO()
    metadata = {**METADATA[kind], "Title": title}
    canvas_of(kind)(figure).print_figure(data, dpi=DPI, format=kind, metadata=metadata)
    return data.getvalue()


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
