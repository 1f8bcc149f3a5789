"""Colours that stay apart for the colour-blind.

Source: Okabe and Ito, "Color universal design", 2008.
"""

from __future__ import annotations

import colorsys

from ..ir.stages import INTER, MOTOR, SENSORY
from .scene import FEEDBACK, FORWARD, JUNCTION

ROLES = {SENSORY: "#E69F00", INTER: "#56B4E9", MOTOR: "#009E73"}
ROLE_WORDS = {SENSORY: "sensory", INTER: "inter", MOTOR: "motor"}
KIND_COLOURS = {FORWARD: "#3B4A5E", FEEDBACK: "#D55E00", JUNCTION: "#B8479A"}
CHANGE_COLOURS = ("#98A1AC", "#009E73", "#D55E00", "#0072B2")  # as scene.CHANGES
DARKEST = 0.18  # lightness in the dark of what is white on paper; black becomes white
INK, FAINT, HAIR, UNUSED, PALE = "#1F2933", "#6B7480", "#E3E7EC", "#A7AEB8", "#F1F3F5"


def role_colours(role: int) -> tuple[str, str]:
    """(fill, edge) of a neuron; they differ if it has several roles."""
    found = [colour for bit, colour in ROLES.items() if role & bit]
    return found[0], found[-1]


def tint(colour: str, share: float) -> str:
    """A colour mixed with white: `share` of it stays."""
    mixed = [round(255 - share * (255 - part)) for part in parts(colour)]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def in_the_dark(colour: str) -> str:
    """The same hue for a dark ground: light becomes dark, nothing quite black."""
    red, green, blue = (part / 255 for part in parts(colour))
    hue, light, strong = colorsys.rgb_to_hls(red, green, blue)
    dark = DARKEST + (1 - DARKEST) * (1 - light) ** 1.5
    turned = colorsys.hls_to_rgb(hue, dark, strong)
    return "#" + "".join(f"{round(255 * part):02X}" for part in turned)


def parts(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
