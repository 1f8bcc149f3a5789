"""`--lowering published`: the authors' sweep, counted, compiled and proved."""

from __future__ import annotations

import importlib.util
import types
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import SHARED
from support.strategies import connectomes

import elegansc
from elegansc.comparison.status import status
from elegansc.errors import InputError, UsageError
from elegansc.ir.invariants import check_invariants
from elegansc.ir.stages import MOTOR, SENSORY, Circuit, Sweep
from elegansc.ir.text import digest, text
from elegansc.module.emit_sweep import emit_sweep, lines
from elegansc.module.read import read_module
from elegansc.options import Options
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.passes.published_sweep import DESCRIBED, natural, published_sweep, swept
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout
from elegansc.semantics.interpret import Parameters
from elegansc.semantics.interpret_sweep import interpret_sweep
from elegansc.verification.verify import prove

AUTHORS = SHARED / "connectomes/elegans_ai/celegans.graphml.xml"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
OPTIONS = Options(lowering="published", unit="linear", features=4)

# S1, S2 sense; A, B between; M1, M2, M3 move. Written out by hand below.
EDGES = """pre,post,kind
S1,A,chemical
S2,A,chemical
S1,M1,chemical
A,M1,chemical
A,M2,chemical
B,M3,chemical
M1,B,chemical
A,B,chemical
M2,M1,chemical
M1,M3,electrical
"""


def small(tmp_path: Path) -> Circuit:
    path, cells = tmp_path / "toy.csv", tmp_path / "cells.csv"
    path.write_text(EDGES)
    roles = {"S": "sensory", "A": "inter", "B": "inter", "M": "motor"}
    names = ["S1", "S2", "A", "B", "M1", "M2", "M3"]
    rows = [f"{name},{roles[name[0]]}" for name in names]
    cells.write_text("\n".join(["name,role", *rows, ""]))
    options = Options(cells=str(cells))
    return circuit_of(str(path), label="", options=options, layout=Layout())


def test_a_small_sweep_by_hand(tmp_path: Path) -> None:
    """S->{I,M}: A = u(S1) S2, M1 = u(S1). I->{S,M}: M1 *= A, M2 = u(A); B is nothing yet.
    M->{S,I}: B = u(M1). I->I: B *= A. M->M: M1 to M3, M3 = u(M1); M2 to M1, M1 *= M2; M3
    to M1, M1 *= M3. What B gets no motor neuron reads: its edge to M3 is read too early.
    """
    sweep = published_sweep(small(tmp_path))

    name = sweep.cells.name
    found = [
        (
            name[line.neuron],
            name[line.source] if line.source >= 0 else "",
            [name[f] for f in line.factors],
        )
        for line in lines(sweep)
    ]
    assert found == [
        ("A", "S1", ["S2"]),
        ("M1", "S1", ["A"]),
        ("M2", "A", []),
        ("M3", "M1", []),
        ("M1", "", ["M2", "M3"]),
    ]
    rules = sweep.history.data()["published_sweep"]["rules"]
    assert rules["described"] == {
        "units_made": 5,
        "units": 4,
        "merges": 4,
        "depth": 2,
        "factors": 5,
        "motors": 3,
        "all_motors": 3,
        "inter": 1,
        "all_inter": 2,
    }
    # Overwritten by the last interneuron: M1 = u(A), M2 = u(A); M3 never.
    assert (rules["released, Keras"]["units"], rules["released, Keras"]["merges"]) == (
        3,
        1,
    )
    assert rules["released, Keras"]["motors"] == 2
    # No interneuron to a motor: M1 = u(S1), M3 = u(M1), M1 += M3; M2 never.
    assert (
        rules["released, PyTorch"]["units"],
        rules["released, PyTorch"]["merges"],
    ) == (2, 1)
    assert rules["released, PyTorch"]["inter"] == 0


@pytest.mark.shared
def test_the_authors_graph_under_the_released_rules() -> None:
    """Figures counted by hand from the released programs and their data file."""
    if not AUTHORS.exists():
        pytest.skip(f"NOT TESTED: the published file {AUTHORS} is not here")
    circuit = circuit_of(str(AUTHORS), label="", options=Options(), layout=Layout())
    rules = published_sweep(circuit).history.data()["published_sweep"]["rules"]

    keras, torch_rules = rules["released, Keras"], rules["released, PyTorch"]
    assert (keras["units"], keras["merges"], keras["depth"]) == (118, 203, 2)
    assert (keras["motors"], keras["all_motors"]) == (86, 89)
    assert (torch_rules["units"], torch_rules["inter"]) == (84, 0)
    # 483 edges; one of them joins VA7 to itself, which is no edge here.
    assert torch_rules["units"] + torch_rules["merges"] == 482
    assert torch_rules["depth"] == 6
    described = rules["described"]
    assert (described["units"], described["merges"], described["depth"]) == (
        150,
        1124,
        4,
    )
    assert (described["motors"], described["inter"]) == (89, 61)


@pytest.mark.shared
def test_turns_by_name_are_the_order_of_the_authors_file() -> None:
    if not AUTHORS.exists():
        pytest.skip(f"NOT TESTED: the published file {AUTHORS} is not here")
    nodes = ElementTree.parse(AUTHORS).getroot().iter(f"{GRAPHML}node")
    names = [
        str(next(data.text for data in node if data.get("key") == "v_cell_name"))
        for node in nodes
    ]
    assert len(names) == 279 and names == sorted(names, key=natural)


def parameters(sweep: Sweep, d: int) -> Parameters:
    generator = np.random.default_rng(1)
    name = sweep.cells.name
    return Parameters(
        {},
        {
            "bias": {n: generator.normal(size=d) for n in name},
            "weight": {n: generator.normal(size=(d, d)) / d for n in name},
        },
    )


def in_place(sweep: Sweep, given: Parameters, inputs: np.ndarray) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """The lines of SWEEP run as the authors' loop does: on one dict, in place."""
    name, role = sweep.cells.name, sweep.cells.role
    sensory = [n for n, bits in zip(name, role.tolist(), strict=True) if bits & SENSORY]
    now = {n: inputs[:, place] for place, n in enumerate(sensory)}
    for line in lines(sweep):
        target = name[line.neuron]
        if line.source >= 0:
            total = (
                now[name[line.source]] @ given.of["weight"][target].T
                + given.of["bias"][target]
            )
            now[target] = np.tanh(total)
        for factor in line.factors:
            now[target] = now[target] * now[name[factor]]
    return now


@settings(deadline=None)
@given(connectomes().map(merge_electrical))
def test_lines_say_what_the_single_assignments_do(circuit: Circuit) -> None:
    try:
        sweep = published_sweep(circuit)
    except InputError:
        values = swept(circuit, DESCRIBED)
        assert all(value < 0 for value in values.output.values())
        return
    check_invariants(sweep)
    role = sweep.cells.role
    sensory, motor = int((role & SENSORY > 0).sum()), int((role & MOTOR > 0).sum())
    inputs = np.random.default_rng(0).normal(size=(2, sensory, 3))
    given_ = parameters(sweep, 3)

    found = interpret_sweep(sweep, Options(), given_, inputs, np.ones((2, motor, 3)))

    now = in_place(sweep, given_, inputs)
    for place, name in enumerate(sweep.cells.name):
        if found.states[:, place].any():
            np.testing.assert_allclose(found.states[:, place], now[name], rtol=1e-9)


@settings(deadline=None, max_examples=30)
def described(circuit: Circuit, given: Parameters, inputs: np.ndarray) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """The description read afresh: one dict of tensors, every edge once, all in place."""
    name = sorted(circuit.cells.name, key=natural)
    bits = dict(zip(circuit.cells.name, circuit.cells.role.tolist(), strict=True))
    role = {
        n: "S" if b & SENSORY else "M" if b & MOTOR else "I" for n, b in bits.items()
    }
    cell = circuit.cells.name
    edges = {
        (cell[u], cell[v])
        for u, v in zip(
            circuit.chemical.pre.tolist(), circuit.chemical.post.tolist(), strict=True
        )
    }
    ends = circuit.junctions
    for u, v in zip(ends.left.tolist(), ends.right.tolist(), strict=True):
        edges |= {(cell[u], cell[v]), (cell[v], cell[u])}
    sensors = sorted(n for n in name if role[n] == "S")
    now = {n: inputs[:, place] for place, n in enumerate(sensors)}
    for sources, targets in ("S", "IM"), ("I", "SM"), ("M", "SI"), *zip("SIM", "SIM"):
        for u in name:
            for v in name:
                fits = role[u] in sources and role[v] in targets and u != v
                if not fits or (u, v) not in edges or u not in now:
                    continue
                if v in now:
                    now[v] = now[u] * now[v]
                else:
                    now[v] = np.tanh(
                        now[u] @ given.of["weight"][v].T + given.of["bias"][v]
                    )
    return {n: now[n] for n in name if bits[n] & MOTOR and n in now}


@given(connectomes().map(merge_electrical), st.integers(0, 3))
def test_a_sweep_is_the_description_read_afresh(circuit: Circuit, seed: int) -> None:
    """Nothing that a motor neuron hangs on is taken out, nothing is read out of turn."""
    try:
        sweep = published_sweep(circuit)
    except InputError:
        return
    given = parameters(sweep, 2)
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(3, int((sweep.cells.role & SENSORY > 0).sum()), 2))
    motors = [
        n
        for n, bits in zip(sweep.cells.name, sweep.cells.role.tolist(), strict=True)
        if bits & MOTOR
    ]
    rest = np.zeros((3, len(motors), 2))

    found = interpret_sweep(sweep, OPTIONS, given, inputs, rest).outputs

    expected = described(circuit, given, inputs)
    for place, motor in enumerate(motors):
        wanted = expected.get(motor, np.zeros((3, 2)))
        np.testing.assert_allclose(found[:, place], wanted, rtol=1e-12, atol=0)


@given(connectomes().map(merge_electrical), st.integers(0, 3))
def test_gradients_are_those_of_small_steps(circuit: Circuit, seed: int) -> None:
    try:
        sweep = published_sweep(circuit)
    except InputError:
        return
    role = sweep.cells.role
    sensory, motor = int((role & SENSORY > 0).sum()), int((role & MOTOR > 0).sum())
    generator = np.random.default_rng(seed)
    inputs = 1 + generator.normal(size=(1, sensory, 2)) / 10
    step = generator.normal(size=inputs.shape) * 1e-6
    cotangent = generator.normal(size=(1, motor, 2))
    given_ = parameters(sweep, 2)
    ends = frozenset(line.value for line in lines(sweep)) if seed % 2 else frozenset()

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:  # type: ignore[type-arg]
        found = interpret_sweep(sweep, Options(), given_, x, cotangent, ends)
        return float((found.outputs * cotangent).sum()), found.input_gradient

    slope = float((loss(inputs)[1] * step).sum())
    moved = (loss(inputs + step)[0] - loss(inputs - step)[0]) / 2
    size = float(np.abs(loss(inputs)[1] * step).sum())
    assert abs(moved - slope) <= 1e-3 * size + 1e-12


@pytest.mark.parametrize("norm", ["none", "layer"])
@pytest.mark.parametrize("source", ["witvliet2021-1", "toy"])
def test_a_module_is_proved_and_read_back(
    source: str, norm: str, tmp_path: Path
) -> None:
    circuit = (
        small(tmp_path)
        if source == "toy"
        else circuit_of(source, label="", options=Options(), layout=Layout())
    )
    options = Options(lowering="published", unit="linear", features=8, norm=norm)
    artifact = emit_sweep(published_sweep(circuit), options=options, name="Worm")
    (data,) = artifact.files.values()

    checks = prove(data, "worm.py")

    assert [check for check in checks if not check.passed] == []
    assert {check.name for check in checks} >= {"emitted", "values float64"}
    assert digest(read_module(data, "worm.py").circuit) == digest(circuit)
    (tmp_path / "worm.py").write_bytes(data)
    again = elegansc.compile(str(tmp_path / "worm.py"))
    assert [*again.files.values()] == [data]


def test_a_mutant_is_not_proved(tmp_path: Path) -> None:
    artifact = emit_sweep(published_sweep(small(tmp_path)), options=OPTIONS)
    (data,) = artifact.files.values()
    mutants = [
        data.replace(b'("A", "S1", ["S2"])', b'("A", "S2", ["S1"])'),
        data.replace(b'("M1", "", ["M2", "M3"])', b'("M1", "", ["M2"])'),
        data.replace(b'"M2": {"A": 1}', b'"M2": {"B": 1}'),
    ]
    for mutant in mutants:
        assert mutant != data
        checks = {check.name: check.passed for check in prove(mutant, "m.py")}
        assert not checks["emitted"]
    values = {
        check.name: check.passed for check in prove(mutants[0], "m.py", trust=True)
    }
    assert not values["values float64"]


def load(path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_manners(tmp_path: Path) -> None:
    artifact = elegansc.compile(
        "witvliet2021-1",
        lowering="published",
        unit="linear",
        features=8,
        norm="layer",
        task="mnist",
        name="Worm",
    )
    path = tmp_path / "worm_m2.py"
    path.write_bytes(next(iter(artifact.files.values())))
    module = load(path)
    torch.manual_seed(0)
    net = module.Worm()
    inputs = torch.randn(3, 1, 8)
    compiled = torch.compile(net, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(inputs), net(inputs))
    assert net(inputs).shape == (3, len(module.MOTOR), 8)
    assert net.activity(inputs).shape == (3, len(module.NEURONS), 8)
    blank = module.Worm(device="meta").to_empty(device="cpu")
    blank.load_state_dict(net.state_dict())
    assert torch.equal(blank(inputs), net(inputs))
    state = {**net.state_dict(), "_extra_state": torch.zeros(32, dtype=torch.uint8)}
    with pytest.raises(RuntimeError, match="another sweep"):
        net.load_state_dict(state)
    whole = module.ElegansNetM2()
    whole.loss(torch.rand(4, 1, 28, 28)).backward()
    assert all(
        p.grad is not None and p.grad.isfinite().all() for p in whole.parameters()
    )


def test_status_tells_a_fresh_sweep_from_a_stale_one(tmp_path: Path) -> None:
    artifact = elegansc.compile(
        "witvliet2021-1", lowering="published", unit="linear", features=4
    )
    path = tmp_path / "worm.py"
    path.write_bytes(next(iter(artifact.files.values())))
    assert status(str(path), None, {}).word == "fresh"
    assert status(str(path), "witvliet2021-2", {}).word == "out of date"
    path.write_bytes(path.read_bytes().replace(b"FEATURES = 4", b"FEATURES = 5"))
    assert status(str(path), None, {}).word == "edited by hand"


@pytest.mark.parametrize(
    ("choices", "hint"),
    [
        ({"unit": "scalar", "features": 1}, "--unit linear"),
        ({"merge": "gated"}, "--merge"),
        ({"feedback": "delay"}, "--feedback"),
        ({"cycles": "fast"}, "--cycles"),
        ({"keep_alive": False}, "--no-keep-alive"),
    ],
)
def test_what_a_sweep_has_no_use_for_is_refused(
    choices: dict[str, object], hint: str
) -> None:
    with pytest.raises(UsageError, match=hint):
        Options(**{"lowering": "published", "unit": "linear", "features": 4, **choices})  # type: ignore[arg-type]


def test_no_motor_neuron_reached_is_said(tmp_path: Path) -> None:
    path, cells = tmp_path / "toy.csv", tmp_path / "cells.csv"
    path.write_text("pre,post\nS,A\nM,A\n")
    cells.write_text("name,role\nS,sensory\nA,inter\nM,motor\n")
    with pytest.raises(InputError, match="no motor neuron gets a value"):
        elegansc.compile(
            str(path), cells=str(cells), lowering="published", unit="linear", features=4
        )


def test_the_text_of_a_sweep(tmp_path: Path) -> None:
    found = text(published_sweep(small(tmp_path)))
    assert "  2 A = unit(0)\n  3 M1 = unit(0)\n  4 A = 2 * 1\n" in found
    assert "outputs 3" in found
