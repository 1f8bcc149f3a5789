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
MOST = 200_000  # lines that a picture or a page shows, the heaviest


def draw(scene: Scene, kind: str, style: str = "levels") -> bytes:
    """The bytes of a file.

    Args:
        kind: one of FORMATS. style: one of STYLES; other than levels for pictures only.

    Raises:
        UsageError: there is no such drawing. InputError: matplotlib is not installed.
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
        return drawer(style)(scene).save(kind, title(scene))


def check(kind: str, style: str) -> None:
    """Raise what `draw` would, before there is anything to draw."""
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
    """What draws a style."""
    if style == "figure1":
        from .figure1 import draw_figure1

        return draw_figure1
    if style == "matrix":
        from .matrix import draw_matrix

        return draw_matrix
    from .levels import draw_levels

    return draw_levels


def thinned(scene: Scene) -> Scene:
    """The scene with its heaviest lines alone, if there are too many to be seen."""
    if len(scene.lines) <= MOST:
        return scene
    heavy = np.argsort(-scene.lines.weight, kind="stable")[:MOST]
    told = (
        *caption(scene),
        f"the {MOST:,} heaviest of {len(scene.lines):,} lines are drawn",
    )
    return replace(scene, lines=scene.lines.take(np.sort(heavy)), told=told)
