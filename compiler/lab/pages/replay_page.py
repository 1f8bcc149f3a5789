"""The replay as one self-contained HTML page: correlations among those of twins, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...module.emit import environment
from ..measuring.replay_report import FIGURES, correlated, replay_lines
from ..measuring.report import number
from ..protocol.replaying import HELD, OVER_MEAN, REPLAYED
from .score_page import WIDTH, Scale, Strip, strip, values

KERNEL = "distance kernel"  # the ruler that is drawn


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """The input of the template."""

    label: str
    protocol: str
    facts: tuple[tuple[str, str], ...]
    strips: tuple[Strip, ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[float, ...]
    rulers: tuple[tuple[str, ...], ...]
    figures: tuple[tuple[str, ...], ...]
    width: int = WIDTH
    kernel: str = KERNEL
    primary: str = REPLAYED
    over_mean: str = OVER_MEAN
    held: str = HELD


def replay_page(found: Mapping[str, Any]) -> bytes:
    """The page of a replay.json, ASCII."""
    settings, rulers = found["settings"], found["rulers"]
    drawn = [rulers[KERNEL]["r"], *(v for one in settings for v in values(one, "r"))]
    scale = Scale(drawn)
    page = ReplayPage(
        found["model"]["label"],
        found["protocol"],
        (("parameters", found["parameters"]), *replay_lines(found)),
        tuple(
            strip(one["words"], one, scale, "r", correlated(one)) for one in settings
        ),
        tuple(scale.ticks()),
        (scale.place(rulers[KERNEL]["r"]),),
        tuple(
            (name, number(of["r"], 3), number(of["over_mean"], 3))
            for name, of in rulers.items()
        ),
        tuple(figures(settings)),
    )
    text = environment().get_template("pages/replay.html.jinja").render(page=page)
    return text.encode("ascii", "xmlcharrefreplace")


def figures(settings: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Of each setting and figure: both in words, the model, twins' mean, most, z, p."""
    for one in settings:
        for name, told in FIGURES.items():
            beside = one["twins"][name]
            yield (
                *(one["words"], told, number(one["score"][name], 3)),
                *(number(beside["mean"], 3), number(beside["largest"], 3)),
                *(number(beside["z"], 1, "+"), number(beside["p"], 3)),
            )
