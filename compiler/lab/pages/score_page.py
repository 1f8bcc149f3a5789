"""The score as one self-contained HTML page: the gain among those of the twins, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...module.emit import environment
from ..measuring.report import gained, lines, number, ruler
from ..protocol.pulse import PRIMARY, RESPONSE

WIDTH, LEFT, RIGHT = 640, 12, 12  # of the strip plot, in pixels


@dataclass(frozen=True, slots=True)
class Strip:
    """A row of the plot: a setting's figure, and its twins', as places in pixels."""

    words: str
    told: str
    model: float
    low: float
    high: float
    twins: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ScorePage:
    """The input of the template."""

    label: str
    protocol: str
    facts: tuple[tuple[str, str], ...]
    strips: tuple[Strip, ...]
    width: int
    ticks: tuple[tuple[float, str], ...]
    rulers: tuple[tuple[str, str, str], ...]
    areas: tuple[tuple[str, ...], ...]
    primary: str = PRIMARY
    response: str = RESPONSE


def score_page(found: Mapping[str, Any]) -> bytes:
    """The page of a score.json, ASCII."""
    settings = found["settings"]
    scale = Scale([value for one in settings for value in values(one, "gain")])
    page = ScorePage(
        found["model"]["label"],
        found["protocol"],
        (("parameters", found["parameters"]), *lines(found)),
        tuple(strip(one, scale, "gain", gained(one)) for one in settings),
        WIDTH,
        tuple(scale.ticks()),
        tuple(
            (ruler(name), number(of["area"]), number(of["within_distance"]))
            for name, of in found["rulers"].items()
        ),
        tuple(areas(settings)),
    )
    text = environment().get_template("pages/score.html.jinja").render(page=page)
    return text.encode("ascii", "xmlcharrefreplace")


def values(one: Mapping[str, Any], name: str) -> Iterator[float]:
    """All numbers that are drawn of a setting's figure of a name, and 0."""
    yield 0.0
    yield one["score"][name]
    yield from (one["score"][end] for end in ("low", "high") if one["score"][end])
    yield from one["twins"][name]["each"]


class Scale:
    """Numbers as places in pixels."""

    def __init__(self, found: Sequence[float]) -> None:
        self.least, self.most = min(found), max(found)
        self.most = max(self.most, self.least + 1e-4)

    def place(self, value: float) -> float:
        """The place of a number."""
        part = (value - self.least) / (self.most - self.least)
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """(place, words) of round numbers."""
        far = self.most - self.least
        step = next(n for n in (5e-5, *STEPS) if far / n < 8)
        for index in range(round(self.least / step), round(self.most / step) + 1):
            value = index * step
            if self.least <= value <= self.most:
                yield self.place(value), f"{value:+.{4 if step < 1e-3 else 3}f}"


STEPS = tuple(n * 10.0**e for e in range(-4, 1) for n in (1, 2, 5))


def strip(one: Mapping[str, Any], scale: Scale, name: str, told: str) -> Strip:
    """The row of a setting: its figure of a name, which `told` says."""
    score = one["score"]
    low, high = (
        score[name] if score[end] is None else score[end] for end in ("low", "high")
    )
    return Strip(
        one["words"],
        told,
        scale.place(score[name]),
        scale.place(low),
        scale.place(high),
        tuple(map(scale.place, one["twins"][name]["each"])),
    )


def areas(settings: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Of each setting and figure: both in words, the model, twins' mean, most, z, p."""
    words = {
        "area": "all pairs",
        "within_distance": "within distance and compartment",
        "within_all": "within these and the number of stimulations",
        "within_stimulus": "within a stimulus",
    }
    for one in settings:
        for name, told in words.items():
            beside = one["twins"][name]
            yield (
                *(one["words"], told, number(one["score"][name])),
                *(number(beside["mean"]), number(beside["largest"])),
                *(number(beside["z"], 1, "+"), number(beside["p"], 3)),
            )
