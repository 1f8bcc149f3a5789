"""A matplotlib page, in points from its top left corner; the same bytes each time.

Without pyplot, global state or a window.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from .colours import INK, parts

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path

INCH = 72.0  # points
DPI = 300
VECTOR = 8_000  # most lines drawn as vectors; more are rasterised
FIXED: Any = {
    "svg.hashsalt": "elegansc",
    "svg.fonttype": "none",  # text stays text
    "pdf.fonttype": 42,
    "font.family": "DejaVu Sans",
    "path.simplify": False,
}
METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "elegansc"},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": "elegansc", "Producer": None},
}
HINT = "pip install matplotlib"
Point = tuple[float, float]
Colour = tuple[float, float, float, float]


@contextmanager
def settings() -> Iterator[None]:
    """Reset matplotlib to its defaults and fix all that varies from run to run.

    Raises:
        InputError: it is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        seen = "pictures need matplotlib, which is not installed"
        raise InputError("draw", seen, HINT) from None
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(FIXED)
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


class Canvas:
    """One page; y runs downward."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.used: dict[str, int] = {}
        self.figure: Figure = Figure((width / INCH, height / INCH), facecolor="white")
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.set_axis_off()

    def text(self, x: float, y: float, words: str, size: float, **style: Any) -> None:
        """Draw one line of literal text, without math parsing."""
        style = {"color": INK, "ha": "left", "va": "center_baseline", **style}
        self.axes.text(x, y, words, fontsize=size, parse_math=False, **style)

    def paths(
        self, paths: Sequence[Path], name: str, *, layer: float, **style: Any
    ) -> None:
        """Draw many shapes as one group; `name` is its id in an SVG."""
        from matplotlib.collections import PathCollection

        if not paths:
            return
        style = {"facecolors": "none", **style}
        group = PathCollection(list(paths), **style)
        group.set_gid(self.unique(name.replace(" ", "-")))
        group.set_zorder(layer)
        group.set_rasterized(len(paths) > VECTOR)
        group.set_clip_on(False)
        self.axes.add_collection(group, autolim=False)

    def unique(self, name: str) -> str:
        """The name, with a number from its second use on."""
        self.used[name] = self.used.get(name, 0) + 1
        return name if self.used[name] == 1 else f"{name}-{self.used[name]}"

    def save(self, suffix: str, title: str) -> bytes:
        """The page as svg, png or pdf, without date and version."""
        data = io.BytesIO()
        metadata = {**METADATA[suffix], "Title": title}
        backend = canvas_of(suffix)(self.figure)
        backend.print_figure(data, dpi=DPI, format=suffix, metadata=metadata)
        return data.getvalue()


def canvas_of(suffix: str) -> Any:
    """The matplotlib backend of a file format."""
    if suffix == "svg":
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        return FigureCanvasSVG
    if suffix == "pdf":
        from matplotlib.backends.backend_pdf import FigureCanvasPdf

        return FigureCanvasPdf
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    return FigureCanvasAgg


def curve(points: Any) -> Path:
    """A chain of Bezier curves: a start point, then two handles and an end for each."""
    from matplotlib.path import Path

    codes = [Path.MOVETO, *[Path.CURVE4] * (len(points) - 1)]
    return Path(np.round(points, 2), codes)


def straight(start: Point, end: Point) -> Path:
    """A straight line."""
    return curve([start, start, end, end])


def polygon(points: Sequence[Point]) -> Path:
    """A closed polygon."""
    from matplotlib.path import Path

    return Path(np.round([*points, points[0]], 2), closed=True)


def pill(x: float, y: float, half: float, tall: float) -> Path:
    """A box with round ends, centred at (x, y)."""
    half = max(half, tall / 2)
    return rounded(x - half, y - tall / 2, 2 * half, tall, tall / 2)


def rounded(x: float, y: float, width: float, height: float, r: float) -> Path:
    """A box with round corners."""
    from matplotlib.path import Path

    k, right, foot = 0.4477 * r, x + width, y + height
    points = [
        (x + r, y),
        (right - r, y), (right - k, y), (right, y + k), (right, y + r),
        (right, foot - r), (right, foot - k), (right - k, foot), (right - r, foot),
        (x + r, foot), (x + k, foot), (x, foot - k), (x, foot - r),
        (x, y + r), (x, y + k), (x + k, y), (x + r, y),
        (x + r, y),
    ]  # fmt: skip
    side = [Path.LINETO, *[Path.CURVE4] * 3]
    return Path(np.round(points, 2), [Path.MOVETO, *side * 4, Path.CLOSEPOLY])


def faded(colour: str, alpha: float) -> Colour:
    """A colour with an opacity."""
    red, green, blue = parts(colour)
    return red / 255, green / 255, blue / 255, alpha
