"""The tables of a generated module, each held against its type, each name known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import InputError, Location
from ..ir.stages import LARGEST_WEIGHT
from ..readers.asked import fits
from .literals import Literal, blamed, lines_of
from .tables import Tables

DIGEST = re.compile(r"[0-9a-f]{64}")
METHODS = ("exact", "exact+sift", "sift", "ratio")


def check_types(found: Mapping[str, Literal], label: str) -> Tables:
    """The tables, each of its type."""

    def table(name: str, good: Callable[[Any], bool], default: Any = None) -> Any:
        if name not in found:
            return default
        held = found[name]
        if not good(held.value):
            at = Location(label, blamed(held.node, held.value, good))
            raise InputError(at, f"{name} is not of its type")
        return held.value

    table("DIGEST", lambda v: isinstance(v, str) and bool(DIGEST.fullmatch(v)))
    return Tables(
        table(
            "OPTIONS",
            lambda v: isinstance(v, dict) and all(isinstance(k, str) for k in v),
        ),
        table("CYCLES", cycle_table, {}),
        table(
            "LEVELS",
            lambda v: isinstance(v, list) and bool(v) and all(map(name_list, v)),
            [],
        ),
        table("UNUSED", name_list, []),
        table("SENSORY", name_list),
        table("MOTOR", name_list),
        table("CHEMICAL", weight_table),
        table("ELECTRICAL", weight_table),
        table("FEEDBACK", weight_table, {}),
        table("SIGN", sign_table, {}),
        table(
            "TRANSMITTER",
            lambda v: isinstance(v, dict) and all(map(name_list, v.values())),
            {},
        ),
        table("LATERAL", weight_table, {}),
        table("READ", read_table, {}),
        table("NEURONS", name_list, []),
        table(
            "TYPES",
            lambda v: isinstance(v, dict) and all(map(name_list, v.values())),
            {},
        ),
    )


def check_names(tables: Tables, found: Mapping[str, Literal], label: str) -> None:
    """Raise InputError unless each name is known and each neuron placed once."""
    neurons = [name for level in tables.levels for name in level] + tables.unused
    known_by, seen = ["LEVELS", "UNUSED"], "is in neither LEVELS nor UNUSED"
    if "NEURONS" in found:
        neurons, known_by, seen = tables.neurons, ["NEURONS"], "is not in NEURONS"
    known = set(neurons)
    if len(known) != len(neurons):
        twice = next(n for n in neurons if neurons.count(n) > 1)
        places = [
            (lines, table)
            for table in known_by
            for lines in lines_of(twice, found[table].node)
        ]
        line, name = places[1]
        where = "there twice" + (", or in LEVELS and UNUSED" if known_by[1:] else "")
        raise InputError(Location(label, line), f"{name}: {twice!r} stands {where}")
    for name, mentioned in mentions(tables):
        strange = next((n for n in mentioned if n not in known), None)
        if strange is not None:
            at = Location(label, lines_of(strange, found[name].node)[0])
            raise InputError(at, f"{name}: {strange!r} {seen}")
    if tables.neurons != sorted(tables.neurons):
        pairs = zip(tables.neurons, tables.neurons[1:], strict=False)
        early = next(b for a, b in pairs if b < a)
        at = Location(label, lines_of(early, found["NEURONS"].node)[0])
        raise InputError(at, f"NEURONS: {early!r} stands out of order")


def mentions(tables: Tables) -> list[tuple[str, list[str]]]:
    """The neurons that each table names."""
    nests: dict[str, Mapping[str, Mapping[str, float]]] = {
        "CHEMICAL": tables.chemical,
        "ELECTRICAL": tables.electrical,
        "FEEDBACK": tables.feedback,
        "LATERAL": tables.lateral,
        "SIGN": tables.sign,
    }
    found = [("SENSORY", tables.sensory), ("MOTOR", tables.motor)]
    found += [
        (n, [*t, *(u for row in t.values() for u in row)]) for n, t in nests.items()
    ]
    released = [n for names in tables.transmitter.values() for n in names]
    typed = [n for names in tables.types.values() for n in names]
    return [*found, ("TRANSMITTER", released), ("TYPES", typed)]


def read_table(value: Any) -> bool:
    """option of reading -> what was asked of it."""
    return isinstance(value, dict) and all(
        fits(key, held) for key, held in value.items()
    )


def cycle_table(value: Any) -> bool:
    """`method`, a word, and perhaps `bound`, a number."""
    if not isinstance(value, dict) or not set(value) <= {"method", "bound"}:
        return False
    number, method = value.get("bound", 0), value.get("method")
    if "bound" in value and not str(method).startswith("exact"):
        return False
    return (method in METHODS or not value) and plain_number(number)


def name_list(value: Any) -> bool:
    """A list of non-empty strings."""
    return isinstance(value, list) and all(
        isinstance(name, str) and name for name in value
    )


def weight_table(value: Any) -> bool:
    """neuron -> input -> finite weight above 0."""
    return nested(value, lambda weight: plain_number(weight) and weight > 0)


def plain_number(value: Any) -> bool:
    """A number from 0 to LARGEST_WEIGHT, and no bool."""
    return type(value) in (int, float) and 0 <= value <= LARGEST_WEIGHT


def sign_table(value: Any) -> bool:
    """neuron -> input -> +1 or -1."""
    return nested(value, lambda s: type(s) is int and s in (1, -1))


def nested(value: Any, good: Callable[[Any], bool]) -> bool:
    """A dict of dicts by strings whose values are good."""
    return isinstance(value, dict) and all(
        isinstance(neuron, str)
        and isinstance(row, dict)
        and all(isinstance(source, str) and good(held) for source, held in row.items())
        for neuron, row in value.items()
    )
