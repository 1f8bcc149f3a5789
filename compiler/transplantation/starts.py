"""Start values: what `reset_parameters` of a generated module draws, told from its tables."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from ..module.emit import centred
from ..module.read import Model
from ..semantics.interpret import Gain
from .parameters import Elements, readers

if TYPE_CHECKING:
    from torch import Tensor, dtype

# The numbers of emit.GAINS; a test compares the draws with those of modules.
FACTORS = {
    "tanh": 5 / 3,
    "relu": 2**0.5,
    "elu": 1.25,
    "gelu": 1.5,
    "silu": 1.65,
    "hardtanh": 1.3,
    "sigmoid": 1.0,
    "identity": 1.0,
}


CENTRED, MEAN = 1.15, 1.08  # of emit.CENTRED: the factor, and the mean of an input


def fresh(
    model: Model, found: Elements, dtypes: dict[str, dtype], seed: int
) -> dict[str, Tensor]:
    """The parameters of a module made after `torch.manual_seed(seed)`, to the bit.

    Args:
        found: `elements(model)`.
        dtypes: of each parameter.
    """
    import torch

    options = model.options
    generator = torch.Generator().manual_seed(seed)

    def drawn(name: str) -> Tensor:
        blank = torch.empty(found.shapes[name], dtype=dtypes[name])
        return blank.uniform_(-1, 1, generator=generator)

    values: dict[str, Tensor] = {}
    if "gain" in found.shapes:
        values["gain"] = gains(model, found.synapses, drawn("gain"))
    if "weight" in found.shapes:
        factor = FACTORS[options.activation] * math.sqrt(3 / options.features)
        values["weight"] = drawn("weight").mul_(factor)
    start = 1 if options.merge == "product" or centred(options) else 0
    values["bias"] = torch.full(found.shapes["bias"], start, dtype=dtypes["bias"])
    if centred(options):
        live = [neuron for level in model.tables.levels for neuron in level]
        row = {neuron: index for index, neuron in enumerate(live)}
        place = torch.tensor([row[neuron] for neuron, _, _ in found.synapses])
        values["bias"].index_add_(0, place, values["gain"], alpha=-MEAN)
    return values


def gains(model: Model, synapses: tuple[Gain, ...], drawn: Tensor) -> Tensor:
    """Start gains of numbers drawn from [-1, 1]."""
    import torch

    options = model.options
    factor = CENTRED if centred(options) else FACTORS[options.activation]
    factor = 1.0 if options.unit == "linear" else factor
    if options.init == "counts":
        share = shares(model, synapses)
        if options.merge == "gated":
            shift = [-math.log(part) / 2 for part in share]
            return drawn.sub_(drawn.new_tensor(shift))
        known = drawn.new_tensor(signs(model, synapses))
        size = [factor * math.sqrt(part) for part in share]
        sign = torch.where(known == 0, drawn.sign(), known)
        return sign.mul_(drawn.new_tensor(size))
    fan_in = inputs(model, synapses)
    if options.merge == "gated":
        shift = [math.log(fan_in[neuron]) / 2 for neuron, _, _ in synapses]
        return drawn.sub_(drawn.new_tensor(shift))
    bound = [factor * math.sqrt(3 / fan_in[neuron]) for neuron, _, _ in synapses]
    return drawn.mul_(drawn.new_tensor(bound))


def inputs(model: Model, synapses: tuple[Gain, ...]) -> Counter[str]:
    """How many inputs each neuron reads; a sensor's own counts too."""
    delay = model.options.feedback == "delay"
    count = Counter(model.tables.sensory)
    for gain in synapses:
        count.update(readers(gain, delay=delay))
    return count


def shares(model: Model, synapses: tuple[Gain, ...]) -> list[float]:
    """Of the weight of all synapses onto a neuron, how much each of them has."""
    tables = model.tables
    table = {
        "chemical": tables.chemical,
        "electrical": tables.electrical,
        "feedback": tables.feedback,
        "lateral": tables.lateral,
    }
    weights = [table[kind][neuron][source] for neuron, source, kind in synapses]
    total: dict[str, float] = {}
    for (neuron, _, _), weight in zip(synapses, weights, strict=True):
        total[neuron] = total.get(neuron, 0.0) + weight
    ends = zip(synapses, weights, strict=True)
    return [weight / total[neuron] for (neuron, _, _), weight in ends]


def signs(model: Model, synapses: tuple[Gain, ...]) -> list[int]:
    """The sign that each synapse is known to have; 0: none."""
    sign = model.tables.sign
    return [
        sign.get(neuron, {}).get(source, 0) if kind in ("chemical", "feedback") else 0
        for neuron, source, kind in synapses
    ]
