"""What a published sweep means: values and gradients, one assignment at a time.

    x = activation(W y + b)     where a neuron's first input y arrives
    x = x * y                   where a later one does
    x = norm(x)                 with --norm layer, before another neuron reads it

Nothing is batched, ordered or named anew: this is the definition that the generated
module is held against, in float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Float64
from ..ir.stages import MOTOR, SENSORY, Sweep
from ..options import Options
from .activations import activation, normalise, normalise_back
from .interpret import Parameters
from .units import LINEAR
from .wiring import with_role


@dataclass
class SweepResult:
    """Outputs (batch, M, D), last values (batch, N, D), gradients where asked.

    Motor neurons and inputs are in the order of names, as all neurons are; what no
    output hangs on is 0.
    """

    outputs: Float64
    states: Float64
    gradient: Parameters
    input_gradient: Float64  # (batch, S, D)


def interpret_sweep(
    sweep: Sweep,
    options: Options,
    parameters: Parameters,
    inputs: Float64,
    cotangent: Float64,
    ends: frozenset[int] = frozenset(),
) -> SweepResult:
    """Run the assignments, and backward through them.

    Args:
        ends: the values that are normed.
        inputs: (batch, S, D), the sensory neurons by name.
        cotangent: (batch, M, D), the gradient of the loss in the outputs.
    """
    name = sweep.cells.name
    given = {n: inputs[:, i] for i, n in enumerate(with_role(sweep.cells, SENSORY))}
    rows = [
        *zip(
            sweep.neuron.tolist(),
            sweep.left.tolist(),
            sweep.right.tolist(),
            strict=True,
        )
    ]
    values: list[Float64] = []
    sums: dict[int, Float64] = {}
    before: dict[int, Float64] = {}
    for place, (row, left, right) in enumerate(rows):
        if left < 0:
            values.append(given[name[row]])
        elif right < 0:
            sums[place] = LINEAR.argument(values[left], parameters.own(name[row]))
            values.append(activation(options.activation).function(sums[place]))
        else:
            values.append(values[left] * values[right])
        if place in ends:
            before[place] = values[place]
            values[place] = normalise(values[place])
    motors = with_role(sweep.cells, MOTOR)
    output = dict(zip(name, sweep.output.tolist(), strict=True))
    rest = np.zeros_like(inputs[:, 0])
    slope = [np.zeros_like(rest) for _ in values]
    for place, motor in enumerate(motors):
        if output[motor] >= 0:
            slope[output[motor]] += cotangent[:, place]
    gradient = backward(rows, name, options, parameters, values, sums, before, slope)
    last = last_values(rows, output, name)
    states = [values[last[n]] if n in last else rest for n in name]
    place_of = {name[row]: v for v, (row, left, _) in enumerate(rows) if left < 0}
    return SweepResult(
        np.stack([values[output[m]] if output[m] >= 0 else rest for m in motors], 1),
        np.stack(states, 1),
        gradient,
        np.stack([slope[place_of[n]] for n in given], 1),
    )


def backward(
    rows: list[tuple[int, int, int]],
    name: tuple[str, ...],
    options: Options,
    parameters: Parameters,
    values: list[Float64],
    sums: dict[int, Float64],
    before: dict[int, Float64],
    slope: list[Float64],
) -> Parameters:
    """Gradients of weights and biases; `slope` becomes that of every value."""
    gradient = Parameters(of={key: {} for key in parameters.of})
    for place in range(len(rows) - 1, -1, -1):
        row, left, right = rows[place]
        if place in before:
            slope[place] = normalise_back(before[place], slope[place])
        if left >= 0 and right < 0:
            d = slope[place] * activation(options.activation).slope(sums[place])
            own = parameters.own(name[row])
            d, found = LINEAR.back(values[left], own, d)
            slope[left] += d
            for key, part in found.items():
                gradient.of[key][name[row]] = part
        elif right >= 0:
            slope[left] += slope[place] * values[right]
            slope[right] += slope[place] * values[left]
    return gradient


def last_values(
    rows: list[tuple[int, int, int]], output: dict[str, int], name: tuple[str, ...]
) -> dict[str, int]:
    """The last value of each neuron that an output hangs on."""
    used = {value for value in output.values() if value >= 0}
    for _, left, right in rows:
        used |= {left, right}
    return {
        name[row]: value
        for value, (row, left, _) in enumerate(rows)
        if value in used or left >= 0
    }
