"""Colours, fonts and figure files of the pictures of a comparison.

The same results give the same bytes; no date, no version, no user's settings.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...drawing.canvas import INCH, METADATA, canvas_of
from ...drawing.colours import FAINT, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 200
EM = 0.55  # mean width of a letter, in font sizes
RED = "#C8102E"  # of the worm; apart from each below for the colour-blind too
COLOURS = {
    "er": "#0072B2",
    "ws": "#009E73",
    "ba": "#E69F00",
    "degree": "#45205A",
    "role-degree": "#56B4E9",
    "degree-distance": "#9040F0",
    "shuffle-roles": "#C9BC62",
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
BASE_LINE: Any = {"color": INK, "linewidth": 0.8, "zorder": 2}
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
    """An empty figure that arranges its panels itself; sizes in inches."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = empty(width, height)
    figure.set_layout_engine(ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))
    return figure


def empty(width: float, height: float) -> Figure:
    """An empty figure; sizes in inches."""
    from matplotlib.figure import Figure

    return Figure((width, height), facecolor="white")


def saved(figure: Figure, kind: str, title: str) -> bytes:
    """The figure as svg or png."""
    data = io.BytesIO()
    metadata = {**METADATA[kind], "Title": title}
    canvas_of(kind)(figure).print_figure(data, dpi=DPI, format=kind, metadata=metadata)
    return data.getvalue()


def note(axes: Axes, words: str) -> None:
    """A line under the panel's title; it may be wider than the panel."""
    text = axes.annotate(
        words,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 19),
        textcoords="offset points",
        color=FAINT,
        fontsize=7.5,
    )
    text.set_in_layout(False)


def wrapped(words: str, width: float, size: float) -> str:
    """Words in lines of at most so many inches, in a font of so many points."""
    return textwrap.fill(words, int(width / length("m", size)))


def length(words: str, size: float) -> float:
    """About how wide a line is, in inches, in a font of so many points."""
    return len(words) * EM * size / INCH
