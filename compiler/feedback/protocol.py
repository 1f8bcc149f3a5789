"""The protocol of a measurement of feedback: maps, null models, twins, tests.

It is one TOML file, read from disk or written from the command line. Every result carries
the digest of its bytes, so no result is judged by rules that were made after it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .. import catalog
from ..errors import InputError, Mistake, UsageError
from ..files import read_bytes
from ..lab.protocol.schema import LARGEST_SEED, Key, Place, read_table
from ..names import dashed
from ..nulls.pairs import DISTANCE
from ..nulls.twins import null_of
from ..options import Options

WORM = "worm"
COUNTED, ONE = "counted", "one"  # weights: as in the source, or each synapse 1
MOST = 100_000  # twins
TOP: Mapping[str, Key] = {
    "schema": Key(int, low=1, high=1),
    "seed": Key(int, 0, 0, LARGEST_SEED),
    "alpha": Key(float, 0.05, 0, 0.5, above=True),
    "compare": Key(list),
}
COMPARE: Mapping[str, Key] = {
    "sources": Key(list),
    "nulls": Key(list),
    "twins": Key(int, low=1, high=MOST),
    "tested": Key(bool, False),
    "weights": Key(str, COUNTED, choices=(COUNTED, ONE)),
    "positions": Key(str, ""),
    "compile": Key(dict, {}),
}


@dataclass(frozen=True, slots=True)
class Item:
    """The identity of one measurement: a worm, or one of its twins."""

    source: str
    weights: str
    null: str  # WORM for the connectome itself
    twin: int  # from 1; 0 for the connectome itself

    @property
    def text(self) -> str:
        """`cook2019 degree-3`."""
        twin = f"-{self.twin}" if self.twin else ""
        one = " of weights 1" if self.weights == ONE else ""
        return f"{self.source}{one} {self.null}{twin}"


@dataclass(frozen=True, slots=True)
class Arm:
    """The twins of one map by one null model.

    Attributes:
        twins: how many.
        tested: whether it is in the family of tests; else it is described.
        positions: path of the positions of cells, of degree-distance; "": none.
    """

    null: str
    twins: int
    tested: bool
    positions: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """One connectome with its twins.

    Attributes:
        source: as in the protocol; path: what is opened.
        weights: COUNTED, or ONE: each synapse counts as 1.
        compile: options that take the graph out of the source.
    """

    source: str
    path: str
    weights: str
    compile: Mapping[str, Any]
    arms: tuple[Arm, ...]

    @property
    def options(self) -> Options:
        """The options that take the graph out of the source, and break its cycles."""
        return Options.of(self.compile)


@dataclass(frozen=True, slots=True)
class Protocol:
    """A whole protocol; digest: SHA-256 of its bytes, hex; alpha: of the family of tests."""

    label: str
    digest: str
    seed: int
    alpha: float
    maps: tuple[Map, ...]

    def items(self) -> Iterator[Item]:
        """All measurements: the worms, then the twins of all in turn."""
        for one in self.maps:
            yield Item(one.source, one.weights, WORM, 0)
        arms = [(one, arm) for one in self.maps for arm in one.arms]
        for twin in range(1, max((arm.twins for _, arm in arms), default=0) + 1):
            for one, arm in arms:
                if twin <= arm.twins:
                    yield Item(one.source, one.weights, arm.null, twin)


def read_protocol(path: str) -> Protocol:
    """Read a protocol file; paths in it are relative to its folder.

    Raises:
        InputError: it can not be read, is no TOML, has an unknown key, lacks one, or a
            value is out of range; all mistakes at once.
    """
    return protocol_of(read_bytes(path), path, Path(path).parent)


def protocol_of(data: bytes, label: str, folder: Path) -> Protocol:
    """The protocol in the bytes of a file; errors as of `read_protocol`.

    Args:
        folder: that paths in it are relative to.
    """
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(label, f"no TOML: {error}", "see https://toml.io") from None
    mistakes: list[Mistake] = []
    place = Place(label, data.decode("utf-8"), "", mistakes)
    values = read_table(table, TOP, place)
    maps: dict[tuple[str, str], Map] = {}
    for found in values["compare"] or []:
        add_maps(maps, found, place.at("compare"), folder)
    if not maps and not mistakes:
        place.wrong("compare", "nothing to compare", "write [[compare]] with sources")
    if mistakes:
        raise InputError.of(mistakes)
    digest = hashlib.sha256(data).hexdigest()
    return Protocol(
        label, digest, values["seed"], values["alpha"], tuple(maps.values())
    )


def add_maps(
    maps: dict[tuple[str, str], Map], table: Any, place: Place, folder: Path
) -> None:
    """Add the maps and arms of one [[compare]]; mistakes are collected by `place`."""
    if not isinstance(table, dict):
        place.wrong("", "no table", "write [[compare]]")
        return
    before, values = len(place.mistakes), read_table(table, COMPARE, place)
    for name in ("sources", "nulls"):
        words = values[name]
        if words is not None and not (
            words and all(isinstance(word, str) and word for word in words)
        ):
            place.wrong(name, f"{words!r:.60}", "a list of names, not empty")
    if len(place.mistakes) > before:
        return
    check_options(values["compile"], place)
    for null in values["nulls"]:
        check_null(null, values["positions"], place)
    for source in values["sources"]:
        path = source if catalog.find(source) else str(folder / source)
        key = source, values["weights"]
        first = Map(source, path, values["weights"], values["compile"], ())
        one = maps.get(key, first)
        arms = [arm_of(null, values, folder) for null in values["nulls"]]
        names = [arm.null for arm in (*one.arms, *arms)]
        if len({*names}) < len(names):
            place.wrong("nulls", f"{source}: a null model is named twice", "once each")
        if dict(one.compile) != values["compile"]:
            seen = f"{source}: compiled by other options before"
            place.wrong("compile", seen, "the same options for a map")
        maps[key] = Map(source, path, one.weights, one.compile, (*one.arms, *arms))


def arm_of(null: str, values: Mapping[str, Any], folder: Path) -> Arm:
    """The arm of a null model."""
    positions = str(folder / values["positions"]) if null == DISTANCE else ""
    return Arm(null, values["twins"], values["tested"], positions)


def check_null(null: str, positions: str, place: Place) -> None:
    """Check that a null model is known, and has positions where it needs them."""
    if null == DISTANCE:
        if not positions:
            hint = 'write positions = "FILE", a table of name,x,y,z'
            place.wrong("nulls", f"{DISTANCE} asks for positions", hint)
        return
    try:
        null_of(null)
    except UsageError as error:
        place.wrong("nulls", str(error).removeprefix("--null "), "see elegansc rewire")


def check_options(table: Mapping[str, Any], place: Place) -> None:
    """Check that options exist, are consistent, and say which graph is taken."""
    try:
        Options.of(table)
    except UsageError as error:
        place.wrong("compile", str(error), "see elegansc feedback --help")
    taking = {dashed(o.name) for o in fields(Options) if o.metadata["group"] == "graph"}
    for name in table:
        if dashed(name) not in taking:
            seen = f"{name!r:.60} takes no graph out of the source"
            place.wrong("compile", seen, f"one of {', '.join(sorted(taking))}")


def written(
    sources: Sequence[str],
    nulls: Sequence[str],
    *,
    twins: int,
    seed: int,
    weights: str,
    positions: str,
    options: Options,
    folder: Path,
) -> bytes:
    """The protocol of a command line, as a file in a folder.

    Args:
        sources: bundled names, or paths as the command has them.
    """
    near = {path: relative(path, folder) for path in (*sources, positions) if path}
    lines = [
        "# Written by elegansc feedback from its command line, before the first twin.",
        "schema = 1",
        f"seed = {seed}",
        "",
        "[[compare]]",
        f"sources = {json.dumps([near[source] for source in sources])}",
        f"nulls = {json.dumps([*nulls])}",
        f"twins = {twins}",
    ]
    lines += [f"weights = {json.dumps(weights)}"] if weights != COUNTED else []
    lines += [f"positions = {json.dumps(near[positions])}"] if positions else []
    table = options.changed()
    if table:
        pairs = (
            f"{json.dumps(key)} = {json.dumps(each)}" for key, each in table.items()
        )
        lines += [f"compile = {{{', '.join(pairs)}}}"]
    return ("\n".join(lines) + "\n").encode()


def relative(path: str, folder: Path) -> str:
    """A path as seen from a folder, with slashes; a bundled name as it is."""
    if catalog.find(path):
        return path
    return Path(os.path.relpath(path, folder)).as_posix()
