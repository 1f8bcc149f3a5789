"""A page of shapes and words, in points from its top left corner; the same bytes each time.

`svg.py` writes it as SVG, matplotlib as PNG and PDF, without pyplot, global state or a window.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes of one meaning; a list of colours or widths has one for each, in turn."""

    name: str  # its id in an SVG
    layer: float  # higher is nearer
    paths: tuple[Path, ...]
    style: Mapping[str, Any]  # as for PathCollection

    def look(self, key: str, row: int) -> Any:
        """The style of one shape."""
        value = self.style.get(key)
        return value[row % len(value)] if isinstance(value, list) else value

    @property
    def raster(self) -> bool:
        """Whether there are so many shapes that they become an image."""
        return len(self.paths) > VECTOR


@dataclass(frozen=True, slots=True)
class Words:
    """One line of literal text."""

    x: float
    y: float
    words: str
    size: float  # points
    layer: float
    style: Mapping[str, Any]  # as for Text


class Canvas:
    """One page, as a list of shapes and words; y runs downward."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.used: dict[str, int] = {}
        self.items: list[Group | Words] = []
        self.notes: tuple[str, ...] = ()  # on what there was no room for

    def text(self, x: float, y: float, words: str, size: float, **style: Any) -> None:
        """Draw one line of literal text, without math parsing."""
        layer = style.pop("zorder", 3)
        style = {"color": INK, "ha": "left", "va": "center_baseline", **style}
        self.items.append(Words(float(x), float(y), words, size, layer, style))

    def paths(
        self, paths: Sequence[Path], name: str, *, layer: float, **style: Any
    ) -> None:
        """Draw many shapes as one group; `name` is its id in an SVG."""
        if not paths:
            return
        style = {"facecolors": "none", **style}
        gid = self.unique(name.replace(" ", "-"))
        self.items.append(Group(gid, layer, tuple(paths), style))

    def unique(self, name: str) -> str:
        """The name, with a number from its second use on."""
        self.used[name] = self.used.get(name, 0) + 1
        return name if self.used[name] == 1 else f"{name}-{self.used[name]}"

    def ordered(self) -> list[Group | Words]:
        """The items from the back to the front."""
        return sorted(self.items, key=lambda item: item.layer)

    def save(self, suffix: str, title: str, description: str) -> bytes:
        """The page as svg, png or pdf, without date and version."""
        if suffix == "svg":
            from .svg import svg

            return svg(self, title, description)
        data = io.BytesIO()
        metadata = {**METADATA[suffix], "Title": title}
        backend = canvas_of(suffix)(figure(self, self.ordered(), "white"))
        backend.print_figure(data, dpi=DPI, format=suffix, metadata=metadata)
        return data.getvalue()


def figure(canvas: Canvas, items: Sequence[Group | Words], ground: str) -> Figure:
    """The items as a figure of matplotlib."""
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure

    inches = (canvas.width / INCH, canvas.height / INCH)
    made = Figure(inches, facecolor=ground)
    axes = made.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, canvas.width)
    axes.set_ylim(canvas.height, 0)
    axes.set_axis_off()
    for item in items:
        if isinstance(item, Words):
            style: dict[str, Any] = {"fontsize": item.size, "parse_math": False}
            style |= {"zorder": item.layer, **item.style}
            axes.text(item.x, item.y, item.words, **style)
            continue
        group = PathCollection(list(item.paths), **item.style)
        group.set_zorder(item.layer)
        group.set_rasterized(item.raster)
        group.set_clip_on(False)
        axes.add_collection(group, autolim=False)
    return made


def image(canvas: Canvas, group: Group) -> bytes:
    """A group alone as a PNG of the size of the page, its ground transparent."""
    data = io.BytesIO()
    backend = canvas_of("png")(figure(canvas, [group], "none"))
    backend.print_figure(data, dpi=DPI, format="png", metadata=METADATA["png"])
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
    return Path(np.asarray(points, float), codes)


def straight(start: Point, end: Point) -> Path:
    """A straight line."""
    return curve([start, start, end, end])


def polygon(points: Sequence[Point]) -> Path:
    """A closed polygon."""
    from matplotlib.path import Path

    return Path(np.asarray([*points, points[0]], float), closed=True)


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
    return Path(np.asarray(points, float), [Path.MOVETO, *side * 4, Path.CLOSEPOLY])


def faded(colour: str, alpha: float) -> Colour:
    """A colour with an opacity."""
    red, green, blue = parts(colour)
    return red / 255, green / 255, blue / 255, alpha
