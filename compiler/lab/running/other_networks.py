"""Networks in the place of a task's: RandWire's graph, or the worm's by other semantics.

What is compiled here is emitted and run as every model is. Each takes the encoder's vector
(batch, 1, D) and gives one to each motor neuron of the task, (batch, motors, D).
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor, nn

from ...ir.artifact import Artifact
from ...ir.stages import (
    INTER,
    MOTOR,
    SENSORY,
    Cells,
    Circuit,
    Source,
    Synapses,
    no_junctions,
)
from ...ir.trace import Trace
from ...module.emit import emit
from ...module.emit_sweep import emit_sweep
from ...module.importing import run, unrun
from ...module.read import Model
from ...module.restore import unplanned
from ...nulls.random import RandomIntegers
from ...nulls.wiring import Pair, small_world
from ...options import Options
from ...passes.mark_live import mark_live
from ...passes.published_sweep import published_sweep
from ...passes.schedule_levels import schedule_levels
from ...passes.topological_sort import topological_sort
from ...pipeline import lower_circuit
from ...semantics.delay import DELAY
from ..protocol.replaced import DELAYED, RANDWIRE, STEPS, SWEPT, options_in_place
from .replacements import Spread

NEAREST, CHANCE = 2, 0.75  # neighbours on either side, and chance to rewire one


class RandWire(nn.Module):
    """A network of a random graph: its sinks' mean, copied to every motor neuron."""

    def __init__(self, network: nn.Module, motors: int) -> None:
        super().__init__()
        self.network = network
        self.spread = Spread(motors)

    def forward(self, inputs: Tensor) -> Tensor:
        """From (batch, 1, D) to (batch, motors, D), the same for all motors."""
        found: Tensor = self.spread(self.network(inputs).mean(1, keepdim=True))
        return found


class Delayed(nn.Module):
    """A network that reads the step before: the image stays for STEPS steps.

    Args:
        heard: of each motor neuron of the task, its place among the network's.
    """

    def __init__(self, network: nn.Module, heard: Sequence[int]) -> None:
        super().__init__()
        self.network, self.heard = network, list(heard)

    def forward(self, inputs: Tensor) -> Tensor:
        """From (batch, 1, D) to (batch, motors, D), after the last step."""
        network: Any = self.network
        state = network.initial_state(len(inputs))
        for _ in range(STEPS):
            motors, state = network(inputs, state)
        found: Tensor = motors[:, self.heard]
        return found


class Swept(nn.Module):
    """A published sweep of another number of features, a linear layer before and after it."""

    def __init__(
        self, network: nn.Module, heard: Sequence[int], features: int, inside: int
    ) -> None:
        super().__init__()
        self.before = nn.Linear(features, inside)
        self.network, self.heard = network, list(heard)
        self.after = nn.Linear(inside, features)

    def forward(self, inputs: Tensor) -> Tensor:
        """From (batch, 1, D) to (batch, motors, D)."""
        motors: Tensor = self.network(self.before(inputs))
        found: Tensor = self.after(motors[:, self.heard])
        return found


def other_network(model: Model, arm: str, parameters: int, seed: int) -> nn.Module:
    """The network of an arm: randwire, delay or published.

    Args:
        model: of the task.
        parameters: of its network; randwire and published have as many, or nearly.
        seed: of the graph of randwire.
    """
    options = options_in_place(model.options, arm)
    if arm == RANDWIRE:
        return randwire(options, len(model.tables.motor), parameters, seed)
    if arm == DELAYED:
        return delayed(model, options)
    assert arm == SWEPT, arm
    return swept(model, options, parameters)


def delayed(model: Model, options: Options) -> Delayed:
    """The graph in the model's own order; what runs backward is read a step late."""
    dag = unplanned(model.plan)[1]
    order = mark_live(topological_sort(dag), ways=DELAY.ways)
    module = imported(emit(schedule_levels(order), options=options, name="Delayed"))
    return Delayed(module.Delayed(), places(module, model))


def swept(model: Model, options: Options, parameters: int) -> Swept:
    """The graph by the published sweep; its neurons are as wide as parameters allow."""
    sweep = published_sweep(unplanned(model.plan)[0])
    units = int(((sweep.left >= 0) & (sweep.right < 0)).sum())
    features = options.features
    inside = max(4, fitting(parameters, units, features))
    wide = Options.of({**options.changed(), "features": inside})
    module = imported(emit_sweep(sweep, options=wide, name="Swept"))
    return Swept(module.Swept(), places(module, model), features, inside)


def fitting(parameters: int, units: int, features: int) -> int:
    """The numbers of a neuron by which the sweep's parameters are nearest."""

    def apart(inside: int) -> int:
        size = units * (inside + 1) * inside + 2 * features * inside + inside + features
        return abs(size - parameters)

    return min(range(1, math.isqrt(parameters) + 2), key=apart)


def places(module: Any, model: Model) -> list[int]:
    """The place of each motor neuron of a model among those of another module."""
    return [module.MOTOR.index(name) for name in model.tables.motor]


def randwire(options: Options, motors: int, parameters: int, seed: int) -> RandWire:
    """A gated network on a random graph of so many neurons as give the parameters.

    Source: Xie, Kirillov, Girshick, He, "Exploring randomly wired neural networks for image
    recognition", ICCV 2019: WS(n, 4, 0.75), an edge from the lower index to the higher, inputs
    weighted by a sigmoid, the mean of all sinks. Their node is a separable convolution; ours
    is that of the task.
    """
    matrix = options.features if options.unit == "linear" else 0
    each = options.features * (matrix + 1) + NEAREST  # NEAREST edges a neuron
    count = max(2 * NEAREST + 2, round(parameters / each))
    pairs = small_world(count, NEAREST, CHANCE, RandomIntegers(seed))
    plan = lower_circuit(rising(pairs, count), options, Trace())
    module = imported(emit(plan, options=options, name="Random"))
    return RandWire(module.Random(), motors)


def rising(pairs: Sequence[Pair], size: int) -> Circuit:
    """A circuit of pairs, each from the lower index to the higher; its ends are its roles."""
    ends = np.sort(np.array(pairs, np.int32), axis=1)
    pre, post = ends[np.lexsort((ends[:, 1], ends[:, 0]))].T
    role = np.full(size, INTER, np.uint8)
    role[np.setdiff1d(np.arange(size), post)] = SENSORY
    role[np.setdiff1d(np.arange(size), pre)] = MOTOR
    names = tuple(f"N{row:07}" for row in range(size))
    cells = Cells(names, role, ("",) * size, np.zeros(size, np.uint8))
    none = np.zeros(len(pre), np.int32)
    edges = Synapses(
        pre.copy(), post.copy(), np.ones(len(pre)), none.astype(np.int8), none
    )
    return Circuit(Source("randwire", "edges"), cells, edges, no_junctions())


def imported(artifact: Artifact) -> Any:
    """The module of an artifact, run."""
    name = f"elegansc_{hashlib.sha256(artifact.page).hexdigest()}"
    module = unrun(name, artifact.page, "network.py")
    sys.modules[name] = module  # a sweep looks for its tables there
    run(module, artifact.tables)
    return module
