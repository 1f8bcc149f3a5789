"""Write a drawing as one self-contained HTML page: pan, zoom, search, highlighted paths.

Names reach the page only as JSON that can not end its script element; the script sets
them as text. The page's Content-Security-Policy allows its own script and no network.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..module.emit import environment
from ..names import script_json
from .facts import aside_word, caption, level_word, role_words, title
from .labels import short_name
from .levels import courses, extent
from .places import NAMED, Places, places
from .scene import CHANGES, Scene
from .strokes import strength, strokes


@dataclass(frozen=True, slots=True)
class DrawingPage:
    """The input of the template."""

    title: str
    data: str
    digest: Callable[[str], str]


def draw_html(scene: Scene) -> bytes:
    """The page, UTF-8 of ASCII characters."""
    template = environment().get_template("pages/draw.html.jinja")
    data = script_json(data_of(scene))
    page = template.render(page=DrawingPage(html.escape(title(scene)), data, digest))
    return page.encode("ascii", "xmlcharrefreplace")


def digest(script: str) -> str:
    """The hash of a script, as a Content-Security-Policy names it."""
    found = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(found).decode()}"


def data_of(scene: Scene) -> dict[str, Any]:
    """The data that the script reads."""
    at, marks = places(scene), strokes(scene)
    top, bottom = extent(courses(scene, at, marks), at)
    lines = scene.lines
    return {
        "title": title(scene),
        "caption": caption(scene),
        "old": scene.old,
        "changes": CHANGES,
        "depth": scene.depth,
        "named": len(scene.neurons) <= NAMED,
        "tall": at.tall,
        "width": rounded(at.width),
        "height": rounded(at.height),
        "top": rounded(top),
        "bottom": rounded(bottom),
        "levels": [rounded(x) for x in at.level.tolist()],
        "aside": [[aside_word(kind), rounded(x)] for kind, x in at.aside],
        "neurons": neurons_of(scene, at),
        "lines": {
            "pre": lines.pre.tolist(),
            "post": lines.post.tolist(),
            "weight": [plain(weight) for weight in lines.weight.tolist()],
            "before": [plain(w) for w in lines.before.tolist()] if scene.old else [],
            "kind": lines.kind.tolist(),
            "change": lines.change.tolist(),
            "arc": marks.arc.astype(int).tolist(),
            "strong": np.round(100 * strength(lines.weight)).astype(int).tolist(),
        },
    }


def neurons_of(scene: Scene, at: Places) -> dict[str, Any]:
    """The neurons as columns."""
    neurons = scene.neurons
    return {
        "name": neurons.name,
        "label": [short_name(name) for name in neurons.name],
        "x": [rounded(x) for x in at.x.tolist()],
        "y": [rounded(y) for y in at.y.tolist()],
        "half": [rounded(half) for half in at.half.tolist()],
        "role": neurons.role.tolist(),
        "told": [role_words(role) for role in neurons.role.tolist()],
        "transmitter": neurons.transmitter,
        "level": neurons.level.tolist(),
        "where": [level_word(level, scene) for level in neurons.level.tolist()],
        "change": neurons.change.tolist(),
    }


def rounded(value: float) -> float:
    """Coordinates to a tenth of a point."""
    return plain(round(value, 1))


def plain(value: float) -> float:
    """A whole number without its point."""
    return int(value) if value == int(value) else value
