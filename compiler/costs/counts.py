"""What a training step of a model costs, counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..ir.stages import Plan
from ..names import plural
from ..options import Options
from ..semantics.activations import ACTIVATIONS
from ..semantics.native import plain_for
from ..semantics.registry import semantics_of
from ..semantics.wiring import wiring_of

# Operations of PyTorch in a step: of a level, more of one of matrices, and beside the levels
EACH, MATRICES, FIXED = 6, 3, 20
NATIVE = 2  # calls of C functions in a step


@dataclass(frozen=True)
class Counts:
    """What a network holds and does.

    Attributes:
        neurons: on a path from a sensor to a motor.
        synapses: with gap junctions, that conduct between them.
        reads: inputs of all neurons together; a junction may be read from both ends.
        features: numbers that a neuron holds; linear: whether its unit is a matrix.
        parameters: numbers that are trained.
        plain: the option for which `elegansc.native` does not sweep it; "": it does.
        saved: bytes that `elegansc.native` keeps of a sample for the backward pass, in float32.
    """

    neurons: int
    synapses: int
    reads: int
    levels: int
    features: int
    linear: bool
    parameters: int
    saved: int
    plain: str = ""

    @property
    def products(self) -> int:
        """Multiply-adds of the matrices of linear units, a sample."""
        return self.neurons * self.features**2 if self.linear else 0

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of the forward pass, a sample."""
        return self.reads * self.features + self.products

    @property
    def launches(self) -> int:
        """Operations of PyTorch in a training step, about; on a GPU each is launched."""
        return (EACH + MATRICES * self.linear) * self.levels + FIXED

    def lines(self) -> Iterator[str]:
        """In words."""
        yield (
            f"cost      {plural(self.neurons, 'neuron')}, {plural(self.synapses, 'synapse')},"
            f" {plural(self.levels, 'level')}, {plural(self.parameters, 'parameter')}"
        )
        sample = plural(self.multiply_adds, "multiply-add")
        step = f"about {plural(self.launches, 'operation')} of plain PyTorch"
        if self.plain:
            yield f"          a sample: {sample} forward"
            yield f"          a training step: {step}"
            yield f"          elegansc.native leaves it plain: {self.plain}"
            return
        saved = plural(self.saved, "byte")
        yield (
            f"          a sample: {sample} forward,"
            f" {saved} saved for backward by elegansc.native (float32)"
        )
        yield f"          a training step: {step}, {NATIVE} by elegansc.native"

    def data(self) -> dict[str, int | None]:
        """For JSON."""
        return {
            "neurons": self.neurons,
            "synapses": self.synapses,
            "levels": self.levels,
            "parameters": self.parameters,
            "multiply_adds": self.multiply_adds,
            "bytes_saved": None if self.plain else self.saved,
            "launches": self.launches,
            "launches_native": None if self.plain else NATIVE,
        }


def counts_of(plan: Plan, options: Options) -> Counts:
    """The counts of a plan, whose neurons compute what options say."""
    semantics, wiring = semantics_of(options), wiring_of(plan)
    neurons, linear = len(wiring.fire), options.unit == "linear"
    kept = 2 if linear or ACTIVATIONS[options.activation].by_sums else 1
    states = kept * neurons + (len(plan.cells) if semantics.state else 0)
    return Counts(
        neurons=neurons,
        synapses=sum(semantics.conducting(wiring)),
        reads=sum(wiring.count(kind) * len(w) for kind, w in semantics.ways.items()),
        levels=len(plan.level_start) - 1,
        features=options.features,
        linear=linear,
        parameters=sum(p.size for p in semantics.parameters(wiring, options)),
        saved=4 * options.features * states,
        plain=plain_for(options),
    )
