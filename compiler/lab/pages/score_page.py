"""The score as one self-contained HTML page: the gain among those of the twins, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...module.emit import environment
from ..measuring.lines import Row, compared_rows, facts, lines, names_of, ruler
from ..measuring.report import drawn, gained, number
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
    models: tuple[Row, ...]  # of several
    primary: str = PRIMARY
    response: str = RESPONSE
    marks: tuple[float, ...] = ()


def score_page(found: Mapping[str, Any]) -> bytes:
    """The page of a score.json, ASCII."""
    models = found["models"]
    named = list(settings_of(models))
    settings = [one for _, one in named]
    scale = Scale([value for one in settings for value in values(one, "gain")])
    page = ScorePage(
        models[0]["label"],
        found["protocol"],
        tuple(told(found)),
        tuple(strip(name, one, scale, "gain", gained(one)) for name, one in named),
        WIDTH,
        tuple(scale.ticks()),
        tuple(
            (ruler(name), number(of["area"]), number(of["within_distance"]))
            for name, of in found["rulers"].items()
        ),
        tuple(areas(named)),
        tuple(compared_rows(models)) if len(models) > 1 else (),
    )
    text = environment().get_template("pages/score.html.jinja").render(page=page)
    return text.encode("ascii", "xmlcharrefreplace")


def settings_of(
    models: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each setting of each model, with its words; of several, with the model's name."""
    for model, name in zip(models, names_of(models), strict=True):
        for one in model["settings"]:
            yield (f"{name}, " if len(models) > 1 else "") + one["words"], one


def told(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(word, sentence) of what was run; figures of several models stand in a table."""
    models = found["models"]
    if len(models) == 1:
        yield "parameters", models[0]["parameters"]
        yield from lines(found)
        return
    for model, name in zip(models, names_of(models), strict=True):
        yield name, model["parameters"]
    yield from facts(found)
    yield "twins", drawn(found["twins"])


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


def strip(
    words: str, one: Mapping[str, Any], scale: Scale, name: str, told: str
) -> Strip:
    """The row of a setting of these words: its figure of a name, which `told` says."""
    score = one["score"]
    low, high = (
        score[name] if score[end] is None else score[end] for end in ("low", "high")
    )
    return Strip(
        words,
        told,
        scale.place(score[name]),
        scale.place(low),
        scale.place(high),
        tuple(map(scale.place, one["twins"][name]["each"])),
    )


def areas(
    settings: Sequence[tuple[str, Mapping[str, Any]]],
) -> Iterator[tuple[str, ...]]:
    """Of each setting and figure: both in words, the model, twins' mean, most, z, p."""
    words = {
        "area": "all pairs",
        "within_distance": "within distance and compartment",
        "within_all": "within these and the number of stimulations",
        "within_stimulus": "within a stimulus",
    }
    for setting, one in settings:
        for name, told in words.items():
            beside = one["twins"][name]
            yield (
                *(setting, told, number(one["score"][name])),
                *(number(beside["mean"]), number(beside["largest"])),
                *(number(beside["z"], 1, "+"), number(beside["p"], 3)),
            )
