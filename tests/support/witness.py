"""A second pair of eyes: a raw file against a module's tables. Knows nothing of elegansc."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

OURS = {
    "source": "pre",
    "target": "post",
    "type": "kind",
}  # what a column may be called


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV, stripped, under our names of the columns."""
    table = csv.DictReader(path.read_text().splitlines())
    return [
        {OURS.get(k.lower(), k.lower()): v.strip() for k, v in row.items()}
        for row in table
    ]


def tables(module: bytes) -> dict[str, Any]:
    """The tables of a generated module, by name."""
    nodes = [node for node in ast.parse(module).body if isinstance(node, ast.AnnAssign)]
    return {ast.unparse(n.target): ast.literal_eval(n.value) for n in nodes if n.value}


def facts_of_file(raw: Path, cells: Path) -> Counter[tuple[Any, ...]]:
    """(kind, pre, post, weight) of each edge and (name, role) of each neuron."""
    role = {c["name"]: c["role"] for c in rows(cells) if c["kind"] == "neuron"}
    pairs: Counter[tuple[str, str, str]] = Counter()
    for row in rows(raw):
        ends = [
            name if name in role else re.sub(r"^([A-Z]+)0+", r"\1", name)
            for name in (row["pre"], row["post"])
        ]
        pairs[row["kind"], *ends] += int(row["weight"])
    neurons = {name for _, *ends in pairs for name in ends} & {*role}
    facts = {(name, "neuron") for name in neurons}
    for word in ("sensory", "motor"):
        facts |= {(name, word) for name in neurons if word in role[name]}
    for (kind, pre, post), weight in pairs.items():
        if {pre, post} <= neurons and kind == "chemical":
            facts.add((kind, pre, post, weight))
        elif {pre, post} <= neurons and pre != post:
            larger = max(weight, pairs.get((kind, post, pre), 0))
            facts.add((kind, *sorted((pre, post)), larger))
    return Counter(facts)


def facts_of_module(module: bytes) -> Counter[tuple[Any, ...]]:
    """The same as its tables tell them; what stands there twice counts twice."""
    held = tables(module)
    kinds = {"CHEMICAL": "chemical", "FEEDBACK": "chemical", "ELECTRICAL": "electrical"}
    facts = Counter((n, "sensory") for n in held["SENSORY"])
    facts.update((n, "motor") for n in held["MOTOR"])
    facts.update((n, "neuron") for n in chain(*held["LEVELS"], held["UNUSED"]))
    for table, kind in kinds.items():
        for post, inputs in held[table].items():
            for pre, weight in inputs.items():
                ends = (pre, post) if kind == "chemical" else sorted((pre, post))
                facts[kind, *ends, weight] += 1
    return facts


def disagreements(module: bytes, raw: Path, cells: Path) -> list[tuple[Any, ...]]:
    """Every edge and role that only one of the two knows; empty if they agree."""
    told, held = facts_of_file(raw, cells), facts_of_module(module)
    return sorted(((told - held) + (held - told)).elements(), key=str)
