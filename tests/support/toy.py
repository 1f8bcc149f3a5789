"""A small connectome with every quirk, and a way to compile and import it in process."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from elegansc import pipeline
from elegansc.arrays import Float64
from elegansc.errors import UsageError
from elegansc.ir.stages import Connectome, Plan
from elegansc.module.emit import emit
from elegansc.module.read import Model, read_model
from elegansc.options import CHOICES, Options
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout
from elegansc.semantics.interpret import Parameters, Result, interpret
from elegansc.sources import open_source
from elegansc.verification.running import Trial, arrays, draw

torch.set_num_threads(1)  # small products: threads that wait for each other cost most

# C has fan-in 5; A and C share a synapse and a junction; A feeds itself; C inhibits B,
# against the flow; SX is both sensory and motor. S3 and M3 are on no path; S4, M4 have
# a partner each that leads nowhere. Junctions: listed twice, once, and unequally.
EDGES = """\
pre,post,kind,weight
S1,A,chemical,3
S1,B,chemical,2
S2,A,chemical,1
S2,C,chemical,5
B,A,chemical,2
A,C,chemical,4
B,C,chemical,1
SX,C,chemical,1
A,C,electrical,2
C,A,electrical,2
A,A,chemical,3
C,B,chemical,-1
A,SX,chemical,2
B,M1,chemical,2
C,M1,chemical,1
C,M2,electrical,3
M1,M2,electrical,1
M2,M1,electrical,4
D,E,chemical,1
E,D,chemical,2
S3,D,chemical,1
D,M3,electrical,1
S4,X,chemical,2
Y,M4,chemical,2
"""
# The same roles, fewer neurons, other wiring; it too knows a sign.
OTHER = """\
pre,post,kind,weight
S1,A,chemical,3
S2,A,chemical,-1
A,B,chemical,1
B,A,chemical,2
A,M1,chemical,2
B,SX,electrical,2
SX,M2,chemical,7
"""
ROLES = Options(roles_table="structure", inputs=("S*",), outputs=("M*", "SX"))

# What a neuron computes, and everything it may be.
SPACE: dict[str, tuple[Any, ...]] = {
    "features": (1, 4),
    **{
        name: CHOICES[name]
        for name in ("unit", "merge", "norm", "activation", "init", "feedback")
    },
}


def everything(**fixed: Any) -> Iterator[Options]:
    """All options that are allowed, on the toy's roles; `fixed` holds some."""
    space = {**SPACE, **{name: (value,) for name, value in fixed.items()}}
    for chosen in itertools.product(*space.values()):
        try:
            yield replace(ROLES, **dict(zip(space, chosen, strict=True)))
        except UsageError:
            continue


def told(options: Options) -> str:
    """Options as the id of a test."""
    return "-".join(str(getattr(options, name)) for name in SPACE)


@cache
def plan(options: Options = ROLES, edges: str = EDGES) -> Plan:
    """The graph, lowered; only options of the graph count."""
    return pipeline.lower(parse(edges.encode(), "toy"), options)


@cache
def bundled(name: str, feedback: str = "drop") -> Plan:
    """A bundled connectome, lowered once a session."""
    connectome = open_source(name, Layout())
    assert isinstance(connectome, Connectome)
    return pipeline.lower(connectome, Options(feedback=feedback))


def graph_options(options: Options) -> Options:
    """The options without what a neuron computes: so that one lowering serves many."""
    computed = {name for name in SPACE if name != "feedback"}
    kept = {
        f.name: getattr(options, f.name)
        for f in fields(Options)
        if f.name not in computed
    }
    return Options(**kept)


@cache
def source(options: Options = ROLES, edges: str = EDGES, name: str = "Toy") -> bytes:
    """The bytes of the toy's module."""
    return written(plan(graph_options(options), edges), options, name)


def written(graph: Plan, options: Options, name: str = "Toy") -> bytes:
    """The bytes of a plan's module."""
    (data,) = emit(graph, options=options, name=name).files.values()
    return data


serial = itertools.count()


def load(data: bytes, beside: bytes | None = None) -> ModuleType:
    """Import a generated module, by a temporary file, under a name of its own.

    Args:
        beside: the file of its tables.
    """
    name = f"generated_{next(serial)}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.py")
        path.write_bytes(data)
        if beside is not None:
            path.with_suffix(".safetensors").write_bytes(beside)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # pickle looks classes up there
        spec.loader.exec_module(module)
    return module


def synapses(module: ModuleType) -> list[tuple[str, str, str]]:
    """(neuron, input, kind) of each gain, by name in every form of a module."""
    if isinstance(module.SYNAPSES, list):
        return module.SYNAPSES
    name, kinds = module.NEURONS, ("chemical", "electrical", "feedback", "lateral")
    rows = module.SYNAPSES.tolist()
    return [(name[to], name[by], kinds[kind]) for to, by, kind in rows]


@cache
def build(options: Options = ROLES) -> tuple[bytes, ModuleType]:
    """(bytes, module) of the toy."""
    data = source(options)
    return data, load(data)


def network(module: ModuleType, seed: int = 0, **keywords: Any) -> Any:
    """An instance of the one class of a module, its draws repeatable."""
    torch.manual_seed(seed)
    classes = (found for found in vars(module).values() if isinstance(found, type))
    kind = next(
        c
        for c in classes
        if issubclass(c, nn.Module) and c.__module__ == module.__name__
    )
    return kind(**keywords)


def sample(module: ModuleType, batch: int, seed: int = 1, **keywords: Any) -> Tensor:
    """Random inputs, (batch, S[, D])."""
    d = module.OPTIONS.get("features", 1)
    generator = torch.Generator().manual_seed(seed)
    shape = (batch, len(module.SENSORY), *([d] if d > 1 else []))
    return torch.randn(*shape, generator=generator, **keywords)


def arguments(module: ModuleType, batch: int, **keywords: Any) -> tuple[Tensor, ...]:
    """What `forward` takes: random inputs, and with `delay` a random state."""
    inputs = sample(module, batch, **keywords)
    if module.OPTIONS.get("dynamics") == "leaky":  # three steps of time
        inputs = torch.stack([inputs, inputs.flip(0), -inputs], 1)
        state = inputs.new_empty(batch, len(module.NEURONS))
        return inputs, state.normal_(generator=torch.Generator().manual_seed(2))
    if module.OPTIONS.get("feedback") != "delay":
        return (inputs,)
    state = inputs.new_empty(batch, len(module.NEURONS), *inputs.shape[2:])
    return inputs, state.normal_(generator=torch.Generator().manual_seed(2))


def trial(data: bytes, seed: int = 0) -> tuple[Model, Trial]:
    """A module as data, and random numbers to run it on."""
    model = read_model(data, "toy.py")
    return model, draw(model, seed)


def interpreted(
    model: Model, numbers: Trial, parameters: Parameters | None = None
) -> Result:
    """What the interpreter makes of a trial."""
    start = {n: numbers.start[:, row] for row, n in enumerate(model.plan.cells.name)}
    return interpret(
        numbers.net,
        model.options,
        parameters or numbers.parameters,
        numbers.inputs,
        {n: start[n] for n in numbers.net.fire},
        numbers.cotangent,
    )


def fill(net: Any, numbers: Trial) -> None:
    """Give a network the parameters of a trial."""
    parameters = numbers.parameters
    values = arrays(parameters, numbers)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            value = torch.as_tensor(values[name], dtype=parameter.dtype)
            parameter.copy_(value.view(parameter.shape))


def steps(net: Any, numbers: Trial, model: Model) -> dict[str, Float64]:
    """Outputs and gradients of a float64 network, under the interpreter's names."""
    wide, delay = model.options.features > 1, model.options.feedback == "delay"
    inputs = torch.tensor(numbers.inputs, requires_grad=True)
    state = torch.tensor(numbers.start)
    shape = (lambda x: x) if wide else (lambda x: x.squeeze(-1))
    state, outputs = shape(state), []
    for given in inputs:
        if delay:
            output, state = net(shape(given), state)
        else:
            output = net(shape(given))
        outputs.append(output)
    stacked = torch.stack(outputs).view(numbers.cotangent.shape)
    net.zero_grad()
    (stacked * torch.tensor(numbers.cotangent)).sum().backward()
    assert inputs.grad is not None
    found = {name: grad_of(p).numpy() for name, p in net.named_parameters()}
    return {"outputs": stacked.detach().numpy(), "inputs": inputs.grad.numpy(), **found}


def grad_of(parameter: nn.Parameter) -> Tensor:
    """Its gradient; no synapse at all: no gains, of which nothing depends."""
    if parameter.grad is None and not parameter.numel():
        return torch.zeros_like(parameter)
    assert parameter.grad is not None
    return parameter.grad


def gradients(result: Result, numbers: Trial) -> dict[str, Float64]:
    """The same of the interpreter."""
    grad = result.gradient
    assert grad is not None and result.input_gradient is not None
    found = {
        "outputs": result.outputs,
        "inputs": result.input_gradient,
        **arrays(grad, numbers),
    }
    if not numbers.order:
        del found["gain"]
    return found


def train_in_two(rank: int, data: bytes, meeting: str, folder: str) -> None:
    """One of two gloo processes: two steps of data-parallel training, then save."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", meeting, rank=rank, world_size=2)
    module = load(data)
    net = network(module, seed=rank, dtype=torch.float64)  # DDP copies rank 0's numbers
    parallel = nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.SGD(parallel.parameters(), lr=0.1)
    delay = module.OPTIONS.get("feedback") == "delay"
    for step in range(2):
        inputs = sample(module, 3, seed=10 * step + rank, dtype=torch.float64)
        outputs = (
            parallel(inputs, net.initial_state(3))[0] if delay else parallel(inputs)
        )
        optimizer.zero_grad()
        outputs.square().mean().backward()
        optimizer.step()
    torch.save(net.state_dict(), f"{folder}/{rank}.pt")
    torch.distributed.destroy_process_group()
