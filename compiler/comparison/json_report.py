"""The report of diff as JSON, schema 1."""

from __future__ import annotations

from typing import Any

from .changes import Changes, PairChanges
from .version import Version


def as_json(changes: Changes) -> dict[str, Any]:
    """The changes as plain data."""
    found = changes.model
    return {
        "schema": 1,
        "command": "diff",
        "differs": bool(changes),
        "old": version_data(changes.old),
        "new": version_data(changes.new),
        "unit": changes.new.unit,
        "threshold": changes.threshold,
        "neurons": {
            "added": list(changes.added),
            "lost": list(changes.lost),
            "renamed": [list(pair) for pair in changes.renamed],
            "roles": [list(row) for row in changes.roles],
        },
        "chemical": pair_lists(changes.chemical),
        "junctions": pair_lists(changes.junctions),
        "signs": {
            "turned": [[u, v, a, b] for (u, v), a, b in changes.signs.turned],
            "hidden": changes.signs.hidden,
            "told": list(changes.signs.known),
        },
        **group_rows(changes),
        "model": (
            None
            if found is None
            else {
                "depth": list(found.depth),
                "moved": found.moved,
                "shared": found.shared,
                "turned": [[u, v, way] for (u, v), way in found.turned],
                "coupled": [[u, v, where] for (u, v), where in found.coupled],
                "fell": list(found.fell),
                "rose": list(found.rose),
                "parameters": {
                    "kept": found.kept,
                    "new": found.new,
                    "lost": found.lost,
                    "apart": [list(row) for row in found.apart],
                },
            }
        ),
    }


def group_rows(changes: Changes) -> dict[str, list[list[str | int]]]:
    """Changes by role and by class, of synapses and junctions, as rows."""
    return {
        prefix
        + which: [
            [u, v, *counts]
            for (u, v), counts in getattr(changes.groups[kind], which).items()
        ]
        for kind, prefix in (("chemical", ""), ("junctions", "junctions_"))
        for which in ("by_role", "by_class")
    }


def version_data(version: Version) -> dict[str, Any]:
    """One version as plain data; why: reason if it has no model."""
    return {
        "label": version.label,
        **({"time": dict(version.time)} if version.time else {}),
        "neurons": len(version.roles),
        "edited": version.edited,
        "why": version.why,
    }


def pair_lists(table: PairChanges) -> dict[str, Any]:
    """The changes of one kind of pair, as lists."""
    return {
        "added": [[u, v, w] for (u, v), w in table.added.items()],
        "lost": [[u, v, w] for (u, v), w in table.lost.items()],
        "changed": [[u, v, a, b] for (u, v), (a, b) in table.changed.items()],
        "unchanged": table.same,
        "hidden": table.hidden,
    }
