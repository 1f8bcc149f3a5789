"""Prove that a generated module is what its tables say. Nothing unproved is run.

(a) read it by `ast`: digests, tables, levels, UNUSED, the graph's digest
(b) emit it again from its tables: the bytes must be equal
(c) only then run it, in a process of its own, with random gains, biases and inputs,
    against `interpret`: values and gradients, in float64 and float32
(d) with a source at hand: parse that again, and compare edge by edge
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import names, pipeline
from .emit import FIRST_LINE, body_digest, emit
from .errors import CompilerError, InputError, VerifyError
from .graph import longest_path
from .interpret import Gain, Parameters, Wiring, interpret, wiring
from .ir import Circuit, Connectome, Float64, Junctions, Plan, Source, Synapses
from .options import Options
from .parse import Layout
from .passes.break_cycles import SOLVED, Graph, integers, solve
from .readers.model import Model, header, read_model
from .tables import tables_of
from .text import Stage, digest
from .verify import on_path, verify

STEPS = 4  # of a `delay` network that are compared, gradients through time included
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
SECONDS = 600.0  # that the module's process may take


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: of the check, stable: for scripts.
        passed: whether it holds.
        detail: what was found, for people.
    """

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Against:
    """A source to hold a module against, and how to read it."""

    path: str
    layout: Layout
    cells: str = ""  # path of the table of cells, if the module was made with one


def prove(
    data: bytes,
    label: str,
    *,
    against: Against | None = None,
    trust: bool = False,
    seed: int = 0,
) -> list[Check]:
    """All checks, in order; those after a failure that they rest on are not made.

    Args:
        data: the bytes of the module.
        trust: run it although its bytes are not what elegansc emits today.

    Raises:
        InputError: not a module of ours at all.
    """
    checks = [*static(data, label)]
    failed = any(not check.passed for check in checks)
    model: Model | None = None
    if not failed or trust:
        model = read_model(data, label)
        again = next(
            iter(
                emit(model.plan, options=model.options, name=model.name).files.values()
            )
        )
        same = again == data.replace(b"\r\n", b"\n")
        checks.append(
            Check(
                "emitted",
                same,
                "emitted again: the same bytes" if same else differs(data, again),
            )
        )
        checks += claimed(model)
        if same or trust:
            checks += run(data, model, seed)
    if against is not None:
        model = model or readable(data, label)
        if model is not None:
            checks.append(compare(model, against))
    return checks


def readable(data: bytes, label: str) -> Model | None:
    """The module as data, where its tables can be read."""
    try:
        return read_model(data, label)
    except InputError:
        return None


# (a) by reading


def static(data: bytes, label: str) -> Iterator[Check]:
    """What can be told without running anything."""
    head = header(data, label)
    found = body_digest(head.text)
    yield Check(
        "body", found == head.body, f"body digest {found}, the header says {head.body}"
    )
    try:
        model = read_model(data, label)
    except InputError as error:
        yield Check("tables", False, str(error))
        return
    yield Check(
        "tables", True, "tables hold literals of their types, and know every name"
    )
    plan = model.plan
    yield Check(
        "roles", sorted_roles(model), "SENSORY and MOTOR are sorted, each name once"
    )
    twice = doubled(model)
    yield Check("disjoint", not twice, twice or "no synapse or junction stands twice")
    if twice:
        return
    late = order_broken(plan)
    yield Check(
        "levels",
        not late,
        late or "every input comes from an earlier level, none waits",
    )
    pre = np.concatenate([plan.forward.pre, plan.junctions.left])
    post = np.concatenate([plan.forward.post, plan.junctions.right])
    cyclic = (longest_path(pre, post, len(plan.cells)) < 0).any()
    yield Check(
        "acyclic",
        not cyclic,
        (
            "CHEMICAL and ELECTRICAL have a cycle"
            if cyclic
            else "no cycle in CHEMICAL and ELECTRICAL"
        ),
    )
    if model.options.feedback == "delay":
        pre = np.concatenate([pre, plan.feedback.pre, plan.junctions.right])
        post = np.concatenate([post, plan.feedback.post, plan.junctions.left])
    strays = np.flatnonzero(on_path(pre, post, plan.cells) != plan.live)
    stray = ", ".join(names.plain(plan.cells.name[row]) for row in strays[:5].tolist())
    yield Check(
        "unused",
        not len(strays),
        (
            f"wrongly in or out of UNUSED: {stray}"
            if stray
            else "UNUSED is what is on no path"
        ),
    )
    try:
        verify(plan)
        sound = ""
    except VerifyError as error:
        sound = str(error)
    yield Check("plan", not sound, sound or "the plan's invariants hold")
    written = tables_of(plan, model.options)
    same = written == replace(model.tables)
    yield Check(
        "sorted",
        same,
        (
            "tables are sorted as they are written"
            if same
            else "tables are not in written order"
        ),
    )
    graph = digest(plan)
    yield Check(
        "source",
        graph == head.source,
        f"graph digest {graph}, the header says {head.source}",
    )


def sorted_roles(model: Model) -> bool:
    """SENSORY and MOTOR hold each name once, in order."""
    lists = (model.tables.sensory, model.tables.motor)
    return all(found == sorted(set(found)) for found in lists)


def doubled(model: Model) -> str:
    """A synapse in CHEMICAL and in FEEDBACK, or a junction both ways; "" if there is none."""
    tables = model.tables
    for neuron, row in tables.chemical.items():
        for source in row:
            if source in tables.feedback.get(neuron, {}):
                return f"{names.plain(source)} -> {names.plain(neuron)} in CHEMICAL and in FEEDBACK"
    for neuron, row in tables.electrical.items():
        for source in row:
            if neuron in tables.electrical.get(source, {}) or neuron == source:
                return f"the junction {names.plain(source)} - {names.plain(neuron)} stands twice"
    return ""


def order_broken(plan: Plan) -> str:
    """The first input that does not come from an earlier level; "" if all do."""
    level = np.searchsorted(plan.level_start, np.arange(len(plan.cells)), side="right")
    live = plan.live
    for pre, post in (
        (plan.forward.pre, plan.forward.post),
        (plan.junctions.left, plan.junctions.right),
    ):
        bad = np.flatnonzero(live[pre] & live[post] & (level[pre] >= level[post]))
        if len(bad):
            one, two = (plan.cells.name[int(column[bad[0]])] for column in (pre, post))
            return f"{names.plain(one)} -> {names.plain(two)} does not run to a later level"
    return ""


def differs(data: bytes, again: bytes) -> str:
    """The first line that is not what elegansc writes."""
    old, new = data.split(b"\n"), again.split(b"\n")
    pairs = enumerate(zip(old, new, strict=False), 1)
    line = next(
        (number for number, (a, b) in pairs if a != b), min(len(old), len(new)) + 1
    )
    return (
        f"line {line} is not what elegansc writes: edited by hand, or another version"
    )


def claimed(model: Model) -> Iterator[Check]:
    """Whether the bound that CYCLES claims can be proved again from the tables."""
    bound = model.plan.proof.bound
    if bound is None:
        return
    plan = model.plan
    edges = [plan.forward, plan.feedback]
    pre = np.concatenate([table.pre for table in edges])
    post = np.concatenate([table.post for table in edges])
    weight = np.concatenate([table.weight for table in edges])
    integer, scale, _ = integers(weight, plan.source.label)
    graph = Graph(plan.cells.name, pre, post, integer, pre != post)
    found = (
        solve(graph, len(pre) if plan.proof.method == "exact" else SOLVED).bound / scale
    )
    detail = f"no order loses less than {names.amount(found)}, the module says {names.amount(bound)}"
    yield Check("minimum", found >= bound, detail)


# (c) by running


@dataclass(frozen=True)
class Trial:
    """Random parameters and inputs, and what `interpret` makes of them."""

    net: Wiring
    order: list[Gain]
    parameters: Parameters
    inputs: Float64
    start: Float64
    cotangent: Float64


def run(data: bytes, model: Model, seed: int) -> Iterator[Check]:
    """The module against the interpreter."""
    trial = draw(model, seed)
    expected = expectation(model, trial)
    for dtype, bound in TOLERANCE.items():
        try:
            found = execute(data, model, trial, dtype)
        except CompilerError as error:
            yield Check(f"values {dtype}", False, str(error))
            return
        worst = {key: distance(found.get(key), expected[key]) for key in expected}
        values = max(worst["outputs"], worst["states"])
        grads = max(v for k, v in worst.items() if k not in ("outputs", "states"))
        for name, worst_error in (("values", values), ("gradients", grads)):
            detail = f"largest error {worst_error:.1e} of the largest value, allowed {bound:.0e}"
            yield Check(f"{name} {dtype}", worst_error <= bound, detail)


def distance(found: Float64 | None, expected: Float64) -> float:
    """max |a - b| / max |b|; infinity where shapes differ or a number is none."""
    if found is None or found.shape != expected.shape:
        return float("inf")
    if not expected.size:
        return 0.0
    error = float(np.abs(found - expected).max())
    scale = float(np.abs(expected).max())
    return (
        error / scale
        if scale and np.isfinite(error)
        else (0.0 if error == 0 else float("inf"))
    )


def draw(model: Model, seed: int) -> Trial:
    """Random gains, biases, weights, inputs and cotangents of moderate size."""
    options, plan = model.options, model.plan
    generator = np.random.default_rng(seed)
    net = wiring(plan, options.feedback)
    count = dict.fromkeys(net.fire, 1)
    order = gain_order(model)
    for neuron, _, _ in order:
        count[neuron] += 1
    d, live = options.features, len(net.fire)
    gain = {
        key: float(generator.normal() * 1.5 / np.sqrt(count[key[0]])) for key in order
    }
    shape = (live, d) if options.unit == "linear" else (live,)
    bias = generator.normal(size=shape) * 0.3
    weight = generator.normal(size=(live, d, d)) * 1.5 / np.sqrt(d)
    parameters = Parameters(gain, dict(zip(net.fire, bias, strict=True)))
    if options.unit == "linear":
        parameters.weight = dict(zip(net.fire, weight, strict=True))
    steps = STEPS if options.feedback == "delay" else 1
    batch = 3
    return Trial(
        net,
        order,
        parameters,
        generator.normal(size=(steps, batch, len(net.sensory), d)),
        generator.normal(size=(batch, len(plan.cells), d)) * plan.live[:, None],
        generator.normal(size=(steps, batch, len(net.motor), d)),
    )


def gain_order(model: Model) -> list[Gain]:
    """(neuron, input, kind) in the order of SYNAPSES, from the tables."""
    tables, options = model.tables, model.options
    silent = set(tables.unused)
    kinds = [("chemical", tables.chemical), ("electrical", tables.electrical)]
    if options.feedback == "delay":
        kinds.append(("feedback", tables.feedback))
    if options.merge == "product":
        return []
    return [
        (neuron, source, kind)
        for kind, table in kinds
        for neuron, row in table.items()
        for source in row
        if neuron not in silent and source not in silent
    ]


def expectation(model: Model, trial: Trial) -> dict[str, Float64]:
    """What the interpreter says: outputs, states and gradients, as arrays."""
    options, net = model.options, trial.net
    name = model.plan.cells.name
    start = {n: trial.start[:, row] for row, n in enumerate(name) if n in net.inputs}
    start = {n: start[n] for n in net.fire}
    result = interpret(
        net, options, trial.parameters, trial.inputs, start, trial.cotangent
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
        "bias": np.array([grad.bias[n] for n in net.fire]),
    }
    if options.merge != "product":
        found["gain"] = np.array([grad.gain[key] for key in trial.order])
    if options.unit == "linear":
        found["weight"] = np.array([grad.weight[n] for n in net.fire])
    if options.feedback == "delay":
        found["start"] = np.stack([result.start_gradient.get(n, rest) for n in name], 1)
    return found


def execute(data: bytes, model: Model, trial: Trial, dtype: str) -> dict[str, Float64]:
    """Run the module in a process of its own on the trial's numbers.

    Raises:
        CompilerError: no torch, or the module failed.
    """
    net, parameters = trial.net, trial.parameters
    arrays: dict[str, Any] = {
        "inputs": trial.inputs,
        "start": trial.start,
        "cotangent": trial.cotangent,
        "bias": np.array([parameters.bias[n] for n in net.fire]),
        "gain": np.array([parameters.gain[key] for key in trial.order]),
        "weight": np.array(
            [parameters.weight[n] for n in net.fire] if parameters.weight else []
        ),
    }
    with tempfile.TemporaryDirectory(prefix="elegansc-") as folder:
        module, inputs, outputs = (
            Path(folder, name) for name in ("m.py", "in.npz", "out.npz")
        )
        module.write_bytes(data)
        np.savez(inputs, **arrays)
        wide, delay = model.options.features > 1, model.options.feedback == "delay"
        words = [
            str(module),
            str(inputs),
            str(outputs),
            dtype,
            model.name,
            str(wide),
            str(delay),
        ]
        command = [sys.executable, "-c", CHILD, *words]
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
            raise CompilerError(
                f"the module ran for more than {SECONDS:.0f} s"
            ) from None
        if done.returncode == 3:
            raise CompilerError(
                "PyTorch is needed to run the module: pip install torch"
            )
        if done.returncode:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise CompilerError(f"the module failed: {' '.join(last)}")
        with np.load(io.BytesIO(outputs.read_bytes())) as found:
            return {key: found[key].astype(np.float64) for key in found.files}


# What the child process does; it knows of elegansc only the module it is given.
CHILD = """
import importlib.util
import sys

import numpy as np

try:
    import torch
except ImportError:
    sys.exit(3)

path, inputs_path, outputs_path, dtype, name, wide, delay = sys.argv[1:]
wide, delay = wide == "True", delay == "True"
torch.set_num_threads(1)
dtype = getattr(torch, dtype)
spec = importlib.util.spec_from_file_location("generated", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
given = np.load(inputs_path)
net = getattr(module, name)(dtype=dtype)
with torch.no_grad():
    for key, parameter in net.named_parameters():
        parameter.copy_(torch.from_numpy(given[key]).reshape(parameter.shape))
load = lambda key: torch.from_numpy(given[key]).to(dtype)
narrow = (lambda x: x) if wide else (lambda x: x.squeeze(-1))
widen = (lambda x: x) if wide else (lambda x: x.unsqueeze(-1))
inputs = load("inputs").requires_grad_()
start = load("start").requires_grad_()
outputs, states, state = [], [], narrow(start)
for step in range(inputs.shape[0]):
    if delay:
        output, state = net(narrow(inputs[step]), state)
    else:
        output, state = net(narrow(inputs[step])), net.activity(narrow(inputs[step]))
    outputs.append(widen(output))
    states.append(widen(state))
outputs, states = torch.stack(outputs), torch.stack(states)
(outputs * load("cotangent")).sum().backward()
found = {key: p.new_zeros(p.shape) if p.grad is None else p.grad for key, p in net.named_parameters()}
found.update(outputs=outputs.detach(), states=states.detach(), inputs=inputs.grad)
if delay:
    found["start"] = start.grad
np.savez(outputs_path, **{key: value.numpy() for key, value in found.items()})
"""


# (d) against the source


def compare(model: Model, against: Against) -> Check:
    """Parse the source again with the module's own options; compare edge multisets."""
    options = replace(model.options, cells=against.cells or model.options.cells)
    data, label, unit = pipeline.fetch(against.path)
    source = Source(label, unit)
    connectome = pipeline.parse_source(data, against.path, source, against.layout)
    circuit = circuit_of(connectome, options)
    old, new = edges_of_circuit(circuit), edges_of_plan(model.plan)
    gone, added = sorted(old - new), sorted(new - old)
    if not gone and not added:
        return Check("against", True, f"{len(old):,} edges and roles as in {label}")
    first = (gone or added)[0]
    side = "the source only" if gone else "the module only"
    word = " ".join(names.plain(str(part)) for part in first)
    return Check(
        "against",
        False,
        f"{len(gone):,} only in {label}, {len(added):,} only in the module; in {side}: {word}",
    )


def circuit_of(connectome: Connectome, options: Options) -> Circuit:
    """The circuit that the options take from a connectome."""
    found: list[Circuit] = []

    class Keep(pipeline.Trace):
        def record(self, stage: str, ir: Stage) -> None:
            if isinstance(ir, Circuit):
                found.append(ir)
            super().record(stage, ir)

    with suppress(pipeline.Stop):
        pipeline.lower(connectome, options, Keep(until="circuit"))
    return found[0]


Edge = tuple[str, ...]


def edges_of_circuit(circuit: Circuit) -> set[Edge]:
    """Every chemical pair and junction by name and weight, and every role."""
    name = circuit.cells.name
    return {
        *chemical(name, circuit.chemical),
        *electrical(name, circuit.junctions),
        *roles(circuit),
    }


def edges_of_plan(plan: Plan) -> set[Edge]:
    """The same of a plan."""
    name = plan.cells.name
    return {
        *chemical(name, plan.forward),
        *chemical(name, plan.feedback),
        *electrical(name, plan.junctions),
        *roles(plan),
    }


def chemical(name: tuple[str, ...], edges: Synapses) -> Iterator[Edge]:
    """(chemical, pre, post, weight, sign) of each synapse."""
    columns = (edges.pre, edges.post, edges.weight, edges.sign)
    for pre, post, weight, sign in zip(*(c.tolist() for c in columns), strict=True):
        yield "chemical", name[pre], name[post], names.number(weight), str(sign)


def electrical(name: tuple[str, ...], edges: Junctions) -> Iterator[Edge]:
    """(electrical, one, other, weight) of each junction, the ends by name."""
    columns = (edges.left.tolist(), edges.right.tolist(), edges.weight.tolist())
    for left, right, weight in zip(*columns, strict=True):
        one, two = sorted((name[left], name[right]))
        yield "electrical", one, two, names.number(weight)


def roles(graph: Circuit | Plan) -> Iterator[Edge]:
    """(role, name, sensory, motor, transmitter) of each neuron."""
    cells = graph.cells
    columns = (cells.name, cells.role.tolist(), cells.transmitter)
    for name, role, transmitter in zip(*columns, strict=True):
        yield "role", name, str(role & 1), str(role & 4), transmitter


def is_ours(data: bytes) -> bool:
    """Whether a file is a generated module that nobody has edited."""
    if not data.startswith(FIRST_LINE.encode()):
        return False
    try:
        head = header(data, "")
    except InputError:
        return False
    return body_digest(head.text) == head.body
