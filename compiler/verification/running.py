"""Run a generated module in a process of its own, against the interpreter."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from ..arrays import Float64
from ..errors import CompilerError, VerifyError
from ..ir.artifact import Artifact, beside_of
from ..module.read import Model
from ..semantics.interpret import Hands, Parameters, interpret
from ..semantics.merges import merge_of
from ..semantics.registry import semantics_of
from ..semantics.ties import Groups
from ..semantics.wiring import Gain, Wiring
from .check import Check
from .child import CHILD
from .comparison import HAND, NotSwept, Numbers, both

STEPS = 4  # that are compared of a network with a state, gradients through time, too
SECONDS = 600.0  # that the module's process may take


@dataclass(frozen=True)
class Trial:
    """Random parameters and inputs, and what `interpret` makes of them."""

    net: Wiring
    order: tuple[Gain, ...]  # of the gains
    parameters: Parameters
    inputs: Float64
    start: Float64
    cotangent: Float64
    by_hand: Numbers  # current (batch, N, D), alive and held (batch, N); or nothing
    ties: Groups | None = None  # of the gains


class Form(NamedTuple):
    """How a module is run.

    Attributes:
        wide, state: whether a neuron holds several numbers; whether there is a state.
        native: whether `elegansc.native` sweeps it.
        time: whether a call takes all steps at once.
    """

    wide: bool
    state: bool
    native: bool = False
    time: bool = False


def run(
    artifact: Artifact, model: Model, seed: int, *, native: bool = False
) -> Iterator[Check]:
    """The module against the interpreter; with `native` also the C sweep of it."""
    trial = draw(model, seed)
    wide, state = model.options.features > 1, semantics_of(model.options).state

    def executed(dtype: str, native: bool) -> Numbers:
        given = numbers(trial)
        form = Form(wide, state, native)
        tables = artifact.tables
        return execute(artifact.page, model.name, given, dtype, form, beside=tables)

    yield from both(
        *(executed, expectation(model, trial)),
        native=native,
        rounded=lambda share: expectation(model, jittered(trial, share)),
    )


def jittered(trial: Trial, share: float) -> Trial:
    """A trial with every parameter and input changed by about such a share of it."""
    generator = np.random.default_rng(0)

    def near(value: Float64) -> Float64:
        return value * (1 + share * generator.normal(size=np.shape(value)))

    old = trial.parameters
    gain = dict(
        zip(old.gain, near(np.array([*old.gain.values()])).tolist(), strict=True)
    )
    of = {name: {n: near(v) for n, v in each.items()} for name, each in old.of.items()}
    return replace(
        trial,
        parameters=Parameters(gain, of),
        inputs=near(trial.inputs),
        start=near(trial.start),
    )


def draw(model: Model, seed: int) -> Trial:
    """Random gains, biases, weights, inputs and cotangents of moderate size."""
    options, plan, net = model.options, model.plan, model.tables.wiring
    semantics = semantics_of(options)
    generator = np.random.default_rng(seed)
    order = semantics.synapses(net) if merge_of(options).gains else ()
    count = dict.fromkeys(net.fire, 1)
    for neuron, _, _ in order:
        count[neuron] += 1
    ties = semantics.ties(net, options).get("gain")
    gain = {
        key: float(generator.normal() * 1.5 / np.sqrt(count[key[0]])) for key in order
    }
    if ties:
        weighed = np.array([value / net.weight(key) for key, value in gain.items()])
        _, first = np.unique(ties.place, return_index=True)
        gain = dict(zip(order, ties.spread(weighed[first]).tolist(), strict=True))
    d, batch = options.features, 3
    values = {
        parameter.name: generator.normal(size=parameter.shape) * spread(parameter.shape)
        for parameter in reversed(semantics.parameters(net, options))
        if parameter.per == "neuron"
    }
    of = {
        name: dict(zip(net.fire, value, strict=True)) for name, value in values.items()
    }
    steps = STEPS if semantics.state else 1
    return Trial(
        net,
        order,
        Parameters(gain, of),
        generator.normal(size=(steps, batch, len(net.sensory), d)),
        generator.normal(size=(batch, len(plan.cells), d)) * plan.live[:, None],
        generator.normal(size=(steps, batch, len(net.motor), d)),
        handled(model, batch, seed) if merge_of(options).gains else {},
        ties,
    )


def handled(model: Model, batch: int, seed: int) -> Numbers:
    """What is done by hand: two neurons are ablated, two held, and all are given current.

    Which two differs by sample; those that live are multiplied by what is not 1.
    """
    generator = np.random.default_rng([seed, 1])
    size = (batch, len(model.plan.cells))
    alive, held = generator.uniform(0.5, 1.5, size=size), np.zeros(size)
    for sample in range(batch):
        chosen = generator.permutation(np.flatnonzero(model.plan.live))[:4]
        alive[sample, chosen[:2]] = 0
        held[sample, chosen[2:]] = 1
    current = generator.normal(size=(*size, model.options.features)) * 0.5
    return {"current": current, "alive": alive, "held": held}


def spread(shape: tuple[int, ...]) -> float:
    """The deviation of a neuron's parameter: matrices keep the size of what they map."""
    return 1.5 / float(np.sqrt(shape[-1])) if len(shape) == 3 else 0.3


def expectation(model: Model, trial: Trial) -> dict[str, Float64]:
    """What the interpreter says of both runs: outputs, states, gradients, as arrays."""
    found = interpreted(model, trial, None)
    if trial.by_hand:
        batch = len(trial.start)
        rows = {n: row for row, n in enumerate(model.plan.cells.name)}
        hands = Hands(
            **{
                name: {n: value[:, rows[n]].reshape(batch, -1) for n in trial.net.fire}
                for name, value in trial.by_hand.items()
            }
        )
        second = interpreted(model, trial, hands)
        found |= {f"{HAND}{key}": value for key, value in second.items()}
    return found


def interpreted(model: Model, trial: Trial, hands: Hands | None) -> Numbers:
    """What the interpreter says of one run."""
    options, net = model.options, trial.net
    name = model.plan.cells.name
    begun = {n: trial.start[:, row] for row, n in enumerate(name)}
    start = {n: begun[n] for n in net.fire}
    result = interpret(
        net, options, trial.parameters, trial.inputs, start, trial.cotangent, hands
    )
    grad = result.gradient
    if grad is None or result.input_gradient is None or result.start_gradient is None:
        raise VerifyError("the interpreter gave no gradient")
    rest = np.zeros_like(trial.start[:, 0])
    states = [
        np.stack([state.get(n, rest) for n in name], 1) for state in result.states
    ]
    found = {
        "outputs": result.outputs,
        "states": np.stack(states),
        "inputs": result.input_gradient,
        **arrays(grad, trial, gradients=True),
    }
    if not merge_of(options).gains:
        del found["gain"]
    if semantics_of(options).state:
        found["start"] = np.stack([result.start_gradient.get(n, rest) for n in name], 1)
    if hands and result.current_gradient and result.alive_gradient:
        current, alive = result.current_gradient, result.alive_gradient
        found["current"] = np.stack([current.get(n, rest) for n in name], 1)
        found["alive"] = np.stack([alive.get(n, rest)[:, 0] for n in name], 1)
    return found


def arrays(parameters: Parameters, trial: Trial, *, gradients: bool = False) -> Numbers:
    """Values or gradients as arrays, by the name of the module's parameter."""
    found = {
        name: np.array([values[neuron] for neuron in trial.net.fire])
        for name, values in parameters.of.items()
    }
    gain = found["gain"] = np.array([parameters.gain[key] for key in trial.order])
    if trial.ties:
        _, first = np.unique(trial.ties.place, return_index=True)
        found["gain"] = trial.ties.added(gain) if gradients else gain[first]
    return found


def numbers(trial: Trial) -> Numbers:
    """What the module's process is given, by the name of the parameter."""
    return {
        "inputs": trial.inputs,
        "start": trial.start,
        "cotangent": trial.cotangent,
        **{f"{HAND}{key}": value for key, value in trial.by_hand.items()},
        **arrays(trial.parameters, trial),
    }


def execute(
    data: bytes,
    name: str,
    arrays: Numbers,
    dtype: str,
    form: Form,
    *,
    beside: bytes | None = None,
) -> Numbers:
    """Run the module in a process of its own.

    Args:
        name: of the class.
        arrays: its parameters by name, `inputs`, `start` and `cotangent`, and for a second
            run `current`, `alive` and `held`, whose names begin with HAND.
        beside: the file of its tables.

    Returns:
        `outputs`, `states`, and the gradient of each parameter, of `inputs`, `start`; the
        names of those of the second run begin with HAND, those of others with WAYS.

    Raises:
        CompilerError: no torch, or the module failed.
        NotSwept: there is no C sweep of it on this machine.
    """
    with tempfile.TemporaryDirectory(prefix="elegansc-") as folder:
        module, inputs, outputs = (
            Path(folder, file) for file in ("m.py", "in.npz", "out.npz")
        )
        module.write_bytes(data)
        if beside is not None:
            Path(beside_of(str(module))).write_bytes(beside)
        np.savez(inputs, **cast(dict[str, Any], arrays))
        files = map(str, (module, inputs, outputs))
        words = [*files, dtype, name, *map(str, form), HAND]
        finish([sys.executable, "-c", CHILD, *words])
        with np.load(io.BytesIO(outputs.read_bytes())) as found:
            return {key: found[key].astype(np.float64) for key in found.files}


def finish(command: list[str]) -> None:
    """Run a command to its end; errors as of `execute`."""
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CompilerError(f"the module ran for more than {SECONDS:.0f} s") from None
    if done.returncode == 3:
        raise CompilerError("PyTorch is needed to run the module: pip install torch")
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    if done.returncode == 4:
        raise NotSwept(*last)
    if done.returncode:
        raise CompilerError(f"the module failed: {' '.join(last)}")
