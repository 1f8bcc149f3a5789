"""Draw a compiled connectome: picture, page or graph file, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .facts import caption, title
from .scene import Scene

if TYPE_CHECKING:
    from .canvas import Canvas

PICTURES = ("svg", "png", "pdf")
FORMATS = (*PICTURES, "html", "dot", "graphml")
BINARY = ("png", "pdf")
STYLES = ("levels", "figure1", "matrix")
LINES_DRAWN = 200_000  # most lines that a picture or a page shows


def draw(scene: Scene, kind: str, style: str = "levels") -> bytes:
    """The bytes of a file.

    Args:
        kind: one of FORMATS.
        style: one of STYLES; other than levels for pictures only.

    Raises:
        UsageError: no such format or style. InputError: matplotlib is not installed.
    """
    check(kind, style)
    if kind == "dot":
        from .dot import draw_dot

        return draw_dot(scene)
    if kind == "graphml":
        from .graphml import draw_graphml

        return draw_graphml(scene)
    scene = thinned(scene)
    if kind == "html":
        from .html import draw_html

        return draw_html(scene)
    from .canvas import settings

    with settings():
        page = drawer(style)(scene)
        return page.save(kind, title(scene), "; ".join(caption(scene)))


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


def drawer(style: str) -> Callable[[Scene], Canvas]:
    """The function that draws a style."""
    if style == "figure1":
        from .figure1 import draw_figure1

        return draw_figure1
    if style == "matrix":
        from .matrix import draw_matrix

        return draw_matrix
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
