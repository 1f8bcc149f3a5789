"""The arguments of `elegansc.compile` by name, with their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TypedDict

Path = str | PathLike[str]
Patterns = str | Sequence[str]  # one text, comma separated, or a pattern an item


class LayoutChoices(TypedDict, total=False):
    """How a text is to be read: the fields of `Layout`."""

    columns: str | Mapping[str, str | int] | None
    delimiter: str | None
    header: bool | None
    encoding: str | None
    kind: str | None
    where: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None
    kinds: str | Mapping[str, str] | None
    decimal: str | None
    sheet: str | Sequence[str] | None
    names: Path | Sequence[str] | None
    transpose: bool | None
    polyadic: bool | None
    electrical: Path | None


class Choices(LayoutChoices, total=False):
    """The fields of `Options` and of `Layout`; None: the default."""

    features: int | None
    unit: str | None
    merge: str | None
    norm: str | None
    activation: str | None
    init: str | None
    signs: str | Path | None
    dale: str | None
    tie: str | None
    types: Path | None
    feedback: str | None
    kernel: str | None
    tables: str | None
    dynamics: str | None
    dt: float | None
    substeps: int | None
    tau: float | None
    tie_tau: str | None
    lowering: str | None
    task: str | None
    readout: str | None
    width: int | None
    cells: Path | None
    cells_columns: str | Mapping[str, str | int] | None
    roles_table: str | None
    inputs: Patterns | None
    outputs: Patterns | None
    only: Patterns | None
    without: Patterns | None
    keep: str | None
    junctions: str | None
    min_weight: float | None
    undirected: bool | None
    cycles: str | None
    roles: str | None
    max_levels: int | None
    symmetric: bool | None
    protect: Patterns | None
    tie_seed: int | None
    like: Path | None
    stick: float | None
    keep_alive: bool | None
    alive_cap: float | None
    weight_unit: str | None
