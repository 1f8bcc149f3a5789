"""The keys of a protocol file: types, ranges, defaults; reading a table by them."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import Location, Mistake

LARGEST_SEED = 2**32 - 1
MOST = 10_000_000  # images, epochs, trainings: a slip of the finger is more


@dataclass(frozen=True, slots=True)
class Key:
    """The type, range and default of one key.

    Attributes:
        kind: its type; an int is accepted for a float.
        default: None for a required key.
        low, high: the closed range.
        above: whether the range excludes `low`.
        choices: the allowed texts; empty: any.
    """

    kind: type
    default: Any = None
    low: float = -math.inf
    high: float = math.inf
    above: bool = False
    choices: tuple[str, ...] = ()

    def wrong(self, value: Any) -> str:
        """The expected value, in words; "" if the value is valid."""
        if self.kind is float and type(value) is int:
            value = float(value)
        if type(value) is not self.kind:
            return f"a {TYPE_NAMES[self.kind]}"
        if self.choices and value not in self.choices:
            return f"one of {', '.join(self.choices)}"
        if isinstance(value, (int, float)) and not self.within(value):
            more = "more than" if self.above else "from"
            return f"a number {more} {self.low:,g} to {self.high:,g}"
        if self.kind in (str, dict) and not value and not self.choices:
            return f"a {TYPE_NAMES[self.kind]} that is not empty"
        return ""

    def within(self, value: float) -> bool:
        """Whether a number is in the range; NaN never is."""
        return self.low <= value <= self.high and not (self.above and value == self.low)


TYPE_NAMES = {
    int: "whole number",
    float: "number",
    str: "text",
    list: "list",
    dict: "table",
}
COUNT = Key(int, low=1, high=MOST)
SEED = Key(int, 0, 0, LARGEST_SEED)

PROTOCOL: Mapping[str, Key] = {
    "schema": Key(int, low=1, high=2),
    "title": Key(str, ""),
    "question": Key(str, ""),
    "alpha": Key(float, 0.05, 0, 0.5, above=True),
    "nan": Key(str, "worst", choices=("worst", "omit")),
    "side": Key(str, "both", choices=("both", "better")),
    "task": Key(dict),
}
TASK: Mapping[str, Key] = {
    "task": Key(str, ""),
    "source": Key(str),
    "positions": Key(str, ""),
    "compile": Key(dict),
    "images": COUNT,
    "validation": COUNT,
    "test": COUNT,
    "epochs": Key(int, low=1, high=100_000),
    "batch": COUNT,
    "optimiser": Key(str, "adamw", choices=("adamw", "adam")),
    "lr": Key(float, low=0, high=10, above=True),
    "weight_decay": Key(float, 0.0, 0, 10),
    "schedule": Key(str, "cosine", choices=("cosine", "constant")),
    "augmentation": Key(str, "none", choices=("none", "flip-crop")),
    "split_seed": SEED,
    "twin_seed": SEED,
    "metric": Key(str),
    "margin": Key(float, low=0, high=1e6, above=True),
    "tests": Key(list),
    "arms": Key(dict),
}
SEEDS: Mapping[str, Key] = {"seeds": Key(int, low=1, high=10_000)}
FIRST: Mapping[str, Key] = {**SEEDS, "more_seeds": Key(int, 0, 0, 10_000)}
TWINS: Mapping[str, Key] = {**SEEDS, "graphs": Key(int, low=1, high=100_000)}


@dataclass(frozen=True, slots=True)
class Place:
    """A table of the file, and the list that collects its mistakes.

    Attributes:
        label: the file as the user named it.
        text: of the whole file.
        path: dotted, of the table: `task.cifar10`.
    """

    label: str
    text: str
    path: str
    mistakes: list[Mistake]

    def at(self, key: str) -> Place:
        """A nested table."""
        return Place(self.label, self.text, self.full(key), self.mistakes)

    def full(self, key: str) -> str:
        """The dotted path of a key."""
        return ".".join(part for part in (self.path, key) if part)

    def wrong(self, key: str, seen: str, hint: str) -> None:
        """Collect a mistake."""
        full = self.full(key)
        at = Location(self.label, line_of(self.text, full))
        self.mistakes.append(Mistake(at, f"{full}: {seen}", hint))


def read_table(
    table: Mapping[str, Any], keys: Mapping[str, Key], place: Place
) -> dict[str, Any]:
    """The values of all keys; None for a wrong one, a mistake that `place` collects."""
    for name in table:
        if name not in keys:
            near = difflib.get_close_matches(name, keys, 1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(keys)}"
            place.wrong(name, "no such key", hint)
    return {name: value_of(table, name, key, place) for name, key in keys.items()}


def value_of(table: Mapping[str, Any], name: str, key: Key, place: Place) -> Any:
    """The value of a key."""
    if name not in table:
        if key.default is None:
            place.wrong(name, "is missing", f"write {name} = ...")
        return key.default
    value = table[name]
    wanted = key.wrong(value)
    if wanted:
        place.wrong(name, f"{value!r:.60}", wanted)
        return None
    return float(value) if key.kind is float else value


def line_of(text: str, path: str) -> int:
    """The line that a dotted path stands in, from 1; of its table if it has none; or 0.

    tomllib keeps no places, so this looks for headers and for keys at the start of a line.
    """
    table, found = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\s*([^\]]+?)\s*\]", line)
        if header:
            table = header[1]
        key = re.match(r"\s*([\w.-]+)\s*=", line)
        here = ".".join(part for part in (table, key[1] if key else "") if part)
        if here == path:
            return number
        if (key or header) and here and path.startswith(here + "."):
            found = number
    return found
