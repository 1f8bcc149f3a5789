"""A judged measurement as plain data: verdict.json, schema 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..lab.judging.report import plain
from ..lab.judging.statistics import LEVEL
from .conserved import Overlap
from .judge import Judged, Twins, Worm, animals
from .protocol import Protocol

SCHEMA = 1


def report(
    protocol: Protocol, judged: Sequence[Judged], conserved: Sequence[Overlap]
) -> dict[str, Any]:
    """The report; unknown and impossible values are null."""
    found = {
        "schema": SCHEMA,
        "command": "feedback",
        "protocol": {
            "digest": protocol.digest,
            "seed": protocol.seed,
            "alpha": protocol.alpha,
        },
        "level": LEVEL,
        "complete": complete(judged),
        "animals": animals(judged),
        "maps": [map_of(one) for one in judged],
        "conserved": [asdict(each) for each in conserved],
    }
    return {name: plain(value) for name, value in found.items()}


def complete(judged: Sequence[Judged]) -> bool:
    """Whether all measurements of the protocol are there."""
    return all(one.worm and not any(arm.missing for arm in one.arms) for one in judged)


def map_of(one: Judged) -> dict[str, Any]:
    """A map: the connectome, its arms."""
    return {
        "source": one.map.source,
        "weights": one.map.weights,
        "worm": None if one.worm is None else worm(one.worm),
        "nulls": [arm(twins) for twins in one.arms],
    }


def worm(found: Worm) -> dict[str, Any]:
    """The connectome itself."""
    shares = {"share": found.share, "least_share": found.least}
    facts = {**asdict(found), "walks": list(found.walks)}
    return {**facts, **shares, "proved": found.proved}


def arm(twins: Twins) -> dict[str, Any]:
    """The twins of one null model, and the connectome among them."""
    return {
        "null": twins.arm.null,
        "twins_planned": twins.arm.twins,
        "twins": len(twins.bound),
        "missing": twins.missing,
        "impossible": [{"twin": k, "why": why} for k, why in twins.impossible],
        "unconverged": list(twins.unconverged),
        "bound": asdict(twins.bounds),
        "bound_least": min(twins.bound, default=None),
        "found": asdict(twins.orders),
        "predicted": {"low": twins.predicted[0], "high": twins.predicted[1]},
        "not_above_worm": twins.below,
        "not_above_worm_share": {"low": twins.p_low, "high": twins.p_high},
        "rank": 1 + twins.below if twins.bound else None,
        "z": twins.z,
        "z_of_orders": twins.z_found,
        "ratio": asdict(twins.ratio),
        "p": twins.p,
        "tested": twins.arm.tested,
        "p_holm": twins.holm,
        "least_p_holm": twins.least,
    }
