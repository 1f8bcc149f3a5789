"""What a measurement found, a sentence a null model: the abstract of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..names import plain, plural
from .judge import Judged, Twins
from .protocol import ONE, Protocol

WORDS = {
    "degree": "every neuron's degrees and the weights that it sends are kept",
    "role-degree": "and so are the roles at both ends of a synapse",
    "degree-sides": "degrees are kept, left and right rewired alike",
    "degree-distance": "degrees are kept, and how far synapses reach",
    "shuffle-weights": "the wiring is kept, its weights are drawn over it anew",
}


def tested(protocol: Protocol, judged: Sequence[Judged]) -> str:
    """The outcome of the family of tests; "" without one."""
    family = [(one, arm) for one in judged for arm in one.arms if arm.arm.tested]
    if not family:
        return ""
    passed = [arm for _, arm in family if arm.holm <= protocol.alpha]
    return (
        f"Tested, as the protocol says: {len(passed)} of {len(family)} comparisons find"
        f" less feedback in the connectome than in its twins (Holm over {len(family)},"
        f" alpha {protocol.alpha:g})."
    )


def summary(judged: Sequence[Judged]) -> Iterator[str]:
    """A sentence of the connectomes, then one a null model and kind of weights; a list."""
    yield from minima(judged)
    kinds = dict.fromkeys(
        (arm.arm.null, one.map.weights) for one in judged for arm in one.arms
    )
    for null, weights in kinds:
        arms = [
            (one, arm)
            for one in judged
            for arm in one.arms
            if (arm.arm.null, one.map.weights) == (null, weights)
            and one.worm is not None
            and arm.bound
        ]
        if arms:
            yield f"- {of_null(null, weights, arms)}"


def minima(judged: Sequence[Judged]) -> Iterator[str]:
    """The sentence of the least feedback of the connectomes, as their sources weigh it."""
    found = {
        one.map.source: one.worm
        for one in judged
        if one.worm and one.map.weights != ONE
    }
    if found:
        low, high = (
            pick(found, key=lambda name: found[name].share) for pick in (min, max)
        )
        count = sum(worm.proved for worm in found.values())
        least, most = (
            f"{found[name].share:.2%} ({plain(name)})" for name in (low, high)
        )
        span = least if low == high else f"{least} to {most}"
        yield (
            f"- Of {plural(len(found), 'connectome')} {count} have their best order proved"
            f" the minimum; {span} of the weight runs backward."
        )


def of_null(null: str, weights: str, arms: Sequence[tuple[Judged, Twins]]) -> str:
    """What the twins of one null model show of all maps.

    Args:
        arms: measured, each with its map.
    """
    below = [arm for _, arm in arms if not arm.below]
    ratios = [arm.ratio.mean for _, arm in arms]
    others = [
        f"{plain(one.map.source)} (rank {1 + arm.below} of {len(arm.bound) + 1})"
        for one, arm in arms
        if arm.below
    ]
    kept = f" ({WORDS[null]})" if null in WORDS and weights != ONE else ""
    ones = ", every weight 1" if weights == ONE else ""
    least, most = min(ratios), max(ratios)
    span = f"{least:.3f}" if least == most else f"{least:.3f} to {most:.3f}"
    found = (
        f"**{null}**{ones}{kept}: {len(below)} of {plural(len(arms), 'connectome')} lose"
        f" less than the bound of every twin; what they lose is {span} of the mean bound"
    )
    return f"{found}. Not so: {', '.join(others)}." if others else f"{found}."
