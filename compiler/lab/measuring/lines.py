"""The lines of the report of a score: of one model, or of several side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...names import plural, some
from .measure import BARE
from .report import drawn, gained, number


def lines(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(word, sentence) of each line of the report."""
    yield from facts(found)
    if len(found["models"]) == 1:
        yield from of_one(found["models"][0])
    else:
        yield from side_by_side(found["models"])
    yield "twins", drawn(found["twins"])


def facts(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines that all models share: of the pairs, and of what needs no model."""
    atlas = found["atlas"]
    respond = f"{plural(atlas['pairs'], 'pair')}, {atlas['positive']:,} respond"
    apart = f"{atlas['itself']:,} with itself, {atlas['unmeasured']:,} not measured"
    yield "pairs", f"{respond}; left out: {atlas['left_out']:,} by name, {apart}"
    yield from warnings(found)
    yield "base", f"{number(found['base'])} without a model; {rulers_line(found)}"


def of_one(model: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of the only model."""
    for place, one in enumerate(model["settings"]):
        yield ("gain" if place == 0 else ""), f"{one['words']}: {gained(one)}"
    first = model["settings"][0]
    yield "area", f"{', '.join(areas(first))}; in brackets the twins' mean"
    still, after = first["residue_at_rest"], first["steps_to_rest"]
    yield "rest", f"states move by {still:.1g} a step before the pulse, {after:,} steps on"
    yield "lacks", first["lacks"]


def side_by_side(models: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The table of several models, a line each, and what each lacks."""
    found = list(compared_rows(models))
    wide = max(len(row.name) for row in found)
    yield "models", " " * wide + "".join(f"{word:>9}" for word in HEAD)
    for row in found:
        yield "", f"{row.name:<{wide}}" + "".join(f"{cell:>9}" for cell in row.cells)
    told = (
        "area of all pairs and within distance, each beside the twins' mean; the gain"
    )
    yield "", f"{told} beside their mean and the largest; silent: responses of exactly 0"
    for row in found:
        yield "lacks", f"{row.name}: {row.lacks}"


HEAD = (
    *("area", "twins", "within", "twins", "gain", "twins", "most"),
    *("p", "Holm", "silent"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A model in the table of several: its name, its figures in words, what it lacks."""

    name: str
    cells: tuple[str, ...]
    lacks: str


def compared_rows(models: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """The primary setting of each model, and of one with junctions that without them."""
    for model, name in zip(models, names_of(models), strict=True):
        first, last = model["settings"][0], model["settings"][-1]
        yield Row(name, tuple(cells(first)), first["lacks"])
        if last is not first and last["words"] == BARE:
            yield Row(f"{name} {BARE}", tuple(cells(last)), last["lacks"])


def names_of(models: Sequence[Mapping[str, Any]]) -> list[str]:
    """The name of each model: its semantics, and its file where two have the same."""
    kinds = [model["semantics"] for model in models]
    return [
        kind if kinds.count(kind) == 1 else f"{kind}, {model['file']}"
        for model, kind in zip(models, kinds, strict=True)
    ]


def cells(one: Mapping[str, Any]) -> Iterator[str]:
    """The figures of a setting in the table of several models."""
    score, twins = one["score"], one["twins"]
    for name in ("area", "within_distance"):
        yield number(score[name], 3)
        yield number(twins[name]["mean"], 3)
    gain = twins["gain"]
    for value in (score["gain"], gain["mean"], gain["largest"]):
        yield number(value, sign="+")
    yield number(gain["p"], 3)
    yield number(gain.get("p_holm"), 3)
    yield f"{one['silent_share']:.1%}"


def areas(one: Mapping[str, Any]) -> Iterator[str]:
    """The areas of a response alone, each beside the mean of the twins."""
    words = {
        "area": "of all pairs",
        "within_distance": "within distance",
        "within_all": "within distance and stimulations",
        "within_stimulus": "within a stimulus",
    }
    for name, told in words.items():
        beside = number(one["twins"][name]["mean"], 3)
        yield f"{told} {number(one['score'][name], 3)} ({beside})"


def rulers_line(found: Mapping[str, Any]) -> str:
    """The areas of the rulers."""
    areas = ((ruler(name), of["area"]) for name, of in found["rulers"].items())
    return ", ".join(f"{name} {number(area, 3)}" for name, area in areas)


def ruler(name: str) -> str:
    """The name of a ruler; each that begins with `and` adds to the one before."""
    return f"these {name}" if name.startswith("and ") else name


def warnings(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was left out or is lacking, by name."""
    atlas = found["atlas"]
    if atlas["absent"]:
        seen = plural(len(atlas["absent"]), "name")
        cut = f"; cut short: {some(atlas['cut'])}" if atlas["cut"] else ""
        yield "warning", f"{seen} not in the model: {some(atlas['absent'])}{cut}"
    if atlas["unplaced"]:
        seen = plural(len(atlas["unplaced"]), "neuron")
        yield "warning", f"{seen} without a position: {some(atlas['unplaced'])}"
    if any(model["negative"] == 0 for model in found["models"]):
        yield "warning", "no synapse is negative: the model names no sign and no GABA"
    for model in found["models"]:
        for one in model["settings"]:
            yield from restless(model["semantics"], one)


def restless(semantics: str, one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The warning of a model that came to no rest before the pulse."""
    if one["residue_at_rest"] > 1e-6:
        moves = f"{one['residue_at_rest']:.1g} after {one['steps_to_rest']:,} steps"
        told = f"{semantics}, {one['words']}"
        yield "warning", f"{told}: not at rest, still moves by {moves}"
