"""Leaky: nothing is cut; every neuron integrates over time what it is sent.

    tau dx/dt = bias - x + sum gain * act(x of the input) + sum g * (x of the other - x) + current

with g = |conductance|, one a gap junction, felt at both ends. A step of h takes leak and
junctions at its end, synapses at its start (semi-implicit Euler). With M the matrix of
1 + tau / h + the sum of a neuron's g on the diagonal, and -g between coupled neurons,

    M x' = tau / h * x + bias + current + sum gain * act(x of the input)

The rows of M add up to 1 + tau / h and only its diagonal is positive, so the largest x' is
at most what a neuron without junctions would have: where |act| <= 1, no state exceeds
max(|x0|, |bias| + sum |gain| + |current|), whatever h and the conductances.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..names import plural
from ..options import Options
from .semantics import Parameter, Semantics, Words
from .starts import Constant
from .ties import tau_groups
from .wiring import Way, Wiring


def time_constants(wiring: Wiring, options: Options) -> Iterator[Parameter]:
    """One time constant a neuron, or a tie of neurons; it enters by its magnitude."""
    groups = tau_groups(wiring, options)
    size = len(wiring.fire) if groups is None else len(groups.ties)
    words = plural(size, "time constant") if groups else f"{size:,} time constants"
    yield Parameter(
        *("tau", "tie" if groups else "neuron", (size,), words),
        lambda: Constant(options.tau),
    )


LEAKY = Semantics(
    name="leaky",
    page="leaky",
    state=True,
    ways={"chemical": (Way(late=True),)},
    levels=False,
    asked="--dynamics leaky",
    currents=True,
    words=Words(
        network="leaky",
        junction_note="each once",
        lacks="nothing of the table; beyond it spikes, plasticity, and signals that need no "
        "synapse",
    ),
    own=time_constants,
)
