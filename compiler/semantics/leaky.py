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

from ..options import Options
from .semantics import Parameter, Semantics, Words
from .starts import Constant
from .wiring import Way


def time_constants(neurons: int, options: Options) -> Iterator[Parameter]:
    """One time constant a neuron; it enters by its magnitude."""
    yield Parameter(
        *("tau", "neuron", (neurons,), f"{neurons:,} time constants"),
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
