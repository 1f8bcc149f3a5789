"""Draw a compiled connectome: picture, page or graph file, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError, visible
from .facts import caption, title
from .scene import Scene

if TYPE_CHECKING:
    from .canvas import Canvas
    from .look import Look

PICTURES = ("svg", "png", "pdf")
FORMATS = (*PICTURES, "html", "dot", "graphml")
BINARY = ("png", "pdf")
STYLES = ("levels", "figure1", "matrix", "density")
NODES, LINES = 600, 10_000  # most neurons and lines that are drawn one by one unasked
LINES_DRAWN = 200_000  # most lines that a picture or a page shows


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bytes of a file, and what there was no room for, in sentences."""

    data: bytes
    notes: tuple[str, ...] = ()


def draw(
    scene: Scene, kind: str, style: str = "levels", look: Look | None = None
) -> bytes:
    """The bytes of a file, as `drawing` makes it."""
    return drawing(scene, kind, style, look).data


def drawing(
    scene: Scene, kind: str, style: str = "levels", look: Look | None = None
) -> Drawing:
    """A file.

    Args:
        kind: one of FORMATS.
        style: one of STYLES; other than levels for pictures only.
        look: size, names, words below; for pictures only.

    Raises:
        UsageError: no such format or style, or levels of what has none, or no room in the
            size asked. InputError: matplotlib is not installed.
    """
    check(kind, style)
    if scene.uncut:
        check_uncut(scene, kind, style)
    if kind == "dot":
        from .dot import draw_dot

        return Drawing(draw_dot(scene))
    if kind == "graphml":
        from .graphml import draw_graphml

        return Drawing(draw_graphml(scene))
    scene = thinned(scene) if style != "density" else scene
    if kind == "html":
        from .html import draw_html

        return Drawing(draw_html(scene))
    from .canvas import settings
    from .look import Look

    look = look or Look()
    with settings():
        page = drawer(style)(scene, look)
        said = (*caption(scene), *page.notes)
        data = page.save(kind, look.title or title(scene), "; ".join(said))
    return Drawing(data, page.notes)


def check(kind: str, style: str) -> None:
    """Raise the error that `draw` would raise, before anything is compiled."""
    if kind not in FORMATS:
        raise UsageError(f"draw: {kind or 'no format'}: one of {', '.join(FORMATS)}")
    if style not in STYLES:
        raise UsageError(f"--style {style}: one of {', '.join(STYLES)}")
    if kind in PICTURES:
        from .canvas import settings

        with settings():
            return
    if style != "levels":
        raise UsageError(f"--style {style}: for {', '.join(PICTURES)} only, not {kind}")


def check_uncut(scene: Scene, kind: str, style: str) -> None:
    """Raise a UsageError where levels would be shown of a scene that has none."""
    what = f"{visible(scene.label)} has no levels"
    if kind == "html":
        raise UsageError(f"html: shows levels, and {what}; --style matrix -o x.svg")
    if kind in PICTURES and style == "levels":
        others = ", ".join(name for name in STYLES if name != "levels")
        raise UsageError(f"--style levels: {what}; one of {others}")


def is_large(scene: Scene) -> bool:
    """Whether a scene has too many neurons or lines to tell apart."""
    return len(scene.neurons) > NODES or len(scene.lines) > LINES


def style_for(scene: Scene) -> str:
    """The style where none is asked: density if large, matrix if there are no levels."""
    if is_large(scene):
        return "density"
    return "matrix" if scene.uncut else "levels"


def drawer(style: str) -> Callable[[Scene, Look], Canvas]:
    """The function that draws a style."""
    if style == "figure1":
        from .figure1 import draw_figure1

        return draw_figure1
    if style == "matrix":
        from .matrix import draw_matrix

        return draw_matrix
    if style == "density":
        from .density import draw_density

        return draw_density
    from .levels import draw_levels

    return draw_levels


def thinned(scene: Scene) -> Scene:
    """The scene cut down to its heaviest lines, if there are too many to draw."""
    if len(scene.lines) <= LINES_DRAWN:
        return scene
    heavy = np.argsort(-scene.lines.weight, kind="stable")[:LINES_DRAWN]
    words = (
        *caption(scene),
        f"the {LINES_DRAWN:,} heaviest of {len(scene.lines):,} lines are drawn",
    )
    return replace(scene, lines=scene.lines.take(np.sort(heavy)), caption=words)
