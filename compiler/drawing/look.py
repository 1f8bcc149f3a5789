"""How a picture is set: its size, which neurons are named, the words below."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import catalog
from ..errors import UsageError
from ..names import plural
from .labels import short_name
from .places import FONT, NAMED, rank
from .scene import Scene

LABELS = ("all", "classes", "none")
UNITS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0}  # points
SIZE = re.compile(r"(\d+(?:\.\d+)?)(mm|cm|in|pt)?(?:x(\d+(?:\.\d+)?))?(mm|cm|in|pt)?")
SMALLEST, LARGEST = 85.0, 5_700.0  # points: 30 mm, 2 m
TALL = 1.3  # most height over width, if the height is free: a page of a journal
SHARES = (1.0, 0.75, 0.5, 0.3, 0.15, 0.05, 0.0)  # of the names, the heaviest first


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is set.

    Attributes:
        width, height: of the page, in points; 0: as the drawing needs. With a width alone
            the page is at most TALL times as high.
        font: size of the names, in points.
        labels: one of LABELS.
        title: in place of the label of the source.
        caption: whether title and counts stand below the drawing.
    """

    width: float = 0.0
    height: float = 0.0
    font: float = FONT
    labels: str = "all"
    title: str = ""
    caption: bool = True

    @property
    def margin(self) -> float:
        """Points around the drawing; a journal sets its own."""
        return 2.0 if self.width else 18.0

    @property
    def words(self) -> float:
        """Size of the legend and the caption, in points."""
        return self.font + 1.5

    @property
    def leading(self) -> float:
        """Points from line to line of the caption."""
        return self.words + 3.0

    @property
    def tallest(self) -> float:
        """Most height of the page, in points; 0: any."""
        return self.height or TALL * self.width


def size_of(given: str) -> tuple[float, float]:
    """Width and height in points of `180mm`, `7in`, `180x120mm`; height 0 if not given.

    Raises:
        UsageError: another form, or smaller than 30 mm or larger than 2 m.
    """
    found = SIZE.fullmatch(given.replace(" ", ""))
    if not found or not (found[2] or found[4]) or (found[4] and not found[3]):
        raise UsageError(f"--size {given}: give 180mm, 18cm, 7in, 510pt or 180x120mm")
    unit = UNITS[found[4] or found[2]]
    wide = float(found[1]) * (UNITS[found[2]] if found[2] else unit)
    high = float(found[3] or 0) * unit
    if not all(SMALLEST <= side <= LARGEST for side in (wide, high or wide)):
        raise UsageError(f"--size {given}: a picture has sides of 30 mm to 2 m")
    return wide, high


def font_of(given: str) -> float:
    """Points of `6pt` or `6`.

    Raises:
        UsageError: no such size, or none of 1 to 72 points.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:pt)?", given)
    if not found or not 1 <= float(found[1]) <= 72:
        raise UsageError(f"--font-size {given}: give points, such as 6pt")
    return float(found[1])


def named(scene: Scene, look: Look, share: float = 1.0) -> tuple[str, ...]:
    """(N,) the name that stands at each neuron; "" for none.

    Args:
        share: of the names, those of the heaviest neurons first. A class is named at its
            heaviest neuron.
    """
    names, size = scene.neurons.name, len(scene.neurons)
    words = [""] * size
    wanted = look.labels != "none" and (size <= NAMED or look.labels == "classes")
    order = rank(scene).argsort().tolist() if wanted else []
    chosen: list[tuple[int, str]] = [(row, names[row]) for row in order]
    if look.labels == "classes":
        heaviest: dict[str, int] = {}
        for row in order:
            heaviest.setdefault(catalog.class_of(names[row]), row)
        chosen = [(row, word) for word, row in heaviest.items()]
    for row, word in chosen[: round(share * len(chosen))]:
        words[row] = short_name(word)
    return tuple(words)


def left_out(scene: Scene, look: Look, words: tuple[str, ...]) -> tuple[str, ...]:
    """The sentence that says how many names there was no room for, if any."""
    wanted, shown = sum(map(bool, named(scene, look))), sum(map(bool, words))
    if shown == wanted:
        return ()
    what = "class" if look.labels == "classes" else "name"
    count = plural(wanted - shown, what).replace("classs", "classes")
    rest = f"; the {shown:,} of most weight are shown" if shown else ""
    return (f"{count} left out of {wanted:,}: no room at {look.font:g} pt{rest}",)
