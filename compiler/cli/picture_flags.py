"""Options of a drawing: which part of the graph; size, names and words of a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from ..drawing.look import Look

LABELS = ("all", "classes", "none")
PICTURE_FLAGS = (
    click.option(
        "--threshold",
        type=click.FloatRange(min=0),
        default=0.0,
        metavar="WEIGHT",
        help="Leave out synapses and junctions lighter than this, and say how many.",
    ),
    click.option(
        "--path",
        default="",
        metavar="FROM:TO[:HOPS]",
        help="Draw only what lies on the forward way from one neuron to another: ASHL:VA1.",
    ),
    click.option(
        "--fold",
        is_flag=True,
        help="Draw classes: left and right, and numbered neurons, as one node.",
    ),
    click.option(
        "--size",
        default="",
        metavar="WIDTH[xHEIGHT]",
        help="Size of a picture: 180mm, 7in, 180x120mm. Names without room are left out and counted.",
    ),
    click.option(
        "--font-size",
        default="5pt",
        show_default=True,
        metavar="POINTS",
        help="Size of the names in a picture.",
    ),
    click.option(
        "--labels",
        type=click.Choice(LABELS),
        default="all",
        show_default=True,
        help="Names in a picture: of all neurons; of classes, each at its heaviest neuron; none.",
    ),
    click.option(
        "--title",
        default="",
        metavar="WORDS",
        help="Title below a picture, in place of the source's name.",
    ),
    click.option(
        "--no-caption", is_flag=True, help="No source and counts below a picture."
    ),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a graph is drawn."""

    threshold: float
    path: str
    fold: bool


def part_of(given: dict[str, Any]) -> Part:
    """Which part is drawn; its options are taken out of `given`."""
    return Part(given.pop("threshold"), given.pop("path"), given.pop("fold"))


def picture_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a drawing, in order."""
    for option in reversed(PICTURE_FLAGS):
        command = option(command)
    return command


def look_of(kind: str, given: dict[str, Any]) -> Look:
    """How the picture is set; its options are taken out of `given`.

    Raises:
        UsageError: a size that is none, or one of these where no picture is made.
    """
    from ..drawing import PICTURES
    from ..drawing.look import Look, font_of, size_of

    size, font = given.pop("size"), font_of(given.pop("font_size"))
    width, height = size_of(size) if size else (0.0, 0.0)
    labels, title = given.pop("labels"), given.pop("title")
    look = Look(width, height, font, labels, title, not given.pop("no_caption"))
    if kind not in PICTURES and look != Look():
        asked = "--size, --font-size, --labels, --title and --no-caption"
        raise UsageError(f"{asked} are for {', '.join(PICTURES)} only, not {kind}")
    return look
