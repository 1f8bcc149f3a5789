"""Leaky models that lie: each is caught, by what it computes or by what its tables say."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.strategies import connectomes

import elegansc
from elegansc.errors import InputError
from elegansc.ir.stages import Connectome
from elegansc.module.emit_leaky import emit_leaky
from elegansc.module.read import CircuitModel, read_consistent
from elegansc.options import CHOICES, Options
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.passes.select_cells import select_cells
from elegansc.verification.verify import Check, prove

EDGES = """\
pre,post,kind,weight
S1,A,chemical,3
S1,B,chemical,2
S2,B,chemical,4
A,C,chemical,4
B,A,chemical,1
C,M1,chemical,2
C,C,chemical,3
C,A,chemical,-2
B,M2,chemical,5
A,B,electrical,2
B,C,electrical,3
C,M2,electrical,1
"""


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An honest model."""
    path = tmp_path_factory.mktemp("leaky") / "toy.csv"
    path.write_text(EDGES)
    ends = {"inputs": ["S*"], "outputs": ["M*"]}
    return elegansc.compile(path, name="Toy", dynamics="leaky", **ends).page.decode()  # type: ignore[arg-type]


def signed(text: str) -> bytes:
    """Forge the body's digest, as a careful liar would."""
    body = hashlib.sha256(text.split("\n", 2)[2].encode()).hexdigest()[:16]
    return re.sub(r"body=[0-9a-f]{16}", f"body={body}", text, count=1).encode()


def edited(text: str, old: str, new: str) -> bytes:
    """What stands there exactly once replaced, and the digest forged."""
    assert text.count(old) == 1, f"{text.count(old)} times: {old!r}"
    return signed(text.replace(old, new))


def failed(checks: list[Check]) -> set[str]:
    """The names of the checks that failed."""
    return {check.name for check in checks if not check.passed}


def test_the_honest_model_is_proved(text: str) -> None:
    assert failed(prove(text.encode(), "m.py")) == set()


CODE = {
    "junction one way": ("JUNCTIONS + [(other, one) for one, other in JUNCTIONS]", "JUNCTIONS * 2"),
    "load of the wrong sign": ("g.sum(0)) - g", "g.sum(0)) + g"),
    "no load": ("inertia + 1 + g.sum(0)", "inertia + 1"),
    "no leak": ("inertia + 1 + g.sum(0)", "inertia + g.sum(0)"),
    "conductance without its magnitude": ("self.conductance.abs()", "self.conductance"),
    "tau without its magnitude": ("self.tau.abs() / DT", "self.tau / DT"),
    "time upside down": ("self.tau.abs() / DT", "self.tau.abs() * DT"),
    "activation after the step": ("torch.tanh(x), gain)\n        return (sums @ carry)", "x, gain)\n        return torch.tanh(sums @ carry)"),
    "synapses crosswise": ("row[by] * len(row) + row[to]", "row[to] * len(row) + row[by]"),
    "mask on one side of synapses": ("gain * alive * alive[:, None]", "gain * alive"),
    "mask on one side of junctions": ("g * alive * alive[:, None]", "g * alive"),
    "ablated not silent": ("carry if alive is None else carry * alive", "carry"),
    "held neuron still loaded": ("pull * (1 - held) + torch.diag(held)", "pull + torch.diag(held)"),
    "held neuron still pulled": ("gain, inertia = gain * (1 - held), inertia * (1 - held)", "gain, inertia = gain, inertia * (1 - held)"),
    "held neuron still leaks": ("gain, inertia = gain * (1 - held), inertia * (1 - held)", "gain, inertia = gain * (1 - held), inertia"),
    "held neuron keeps its bias": ("self.bias * (1 - held.to(self.bias))", "self.bias"),
    "hands not given on": ("self.activity(inputs, state, **by_hand)", "self.activity(inputs, state)"),
    "state forgotten": ("self.initial_state(batch) if state is None else state", "self.initial_state(batch)"),
    "motors permuted": ("states.index_select(2, self.motor), states", "states.index_select(2, self.motor.flip(0)), states"),
    "inputs permuted": ("index_add(2, self.sensory, given)", "index_add(2, self.sensory.flip(0), given)"),
    "no gradient of conductances": ("both = self.conductance.abs()", "both = self.conductance.detach().abs()"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CODE)
def test_code_that_computes_something_else_is_told(name: str, text: str) -> None:
    data = edited(text, *CODE[name])
    found = failed(prove(data, "m.py", trust=True))
    wrong = "gradients" if name.startswith("no gradient") else "values"
    assert f"{wrong} float64" in found


TABLES = {
    "a junction from both ends": ('"B": {"A": 2}', '"A": {"B": 2}, "B": {"A": 2}', "tables", "coupled twice"),
    "a junction with itself": ('"B": {"A": 2}', '"B": {"B": 2}', "tables", "coupled with itself"),
    "a stranger": ('"M1": {"C": 2}', '"M1": {"D": 2}', "tables", "is not in NEURONS"),
    "a neuron twice": ('    "A",\n    "B",\n', '    "A",\n    "A",\n    "B",\n', "tables", "stands there twice"),
    "out of order": ('    "A",\n    "B",\n', '    "B",\n    "A",\n', "tables", "out of order"),
    "a sign of no synapse": ('SIGN: dict[str, dict[str, int]] = {\n', 'SIGN: dict[str, dict[str, int]] = {\n    "S1": {"A": 1},\n', "tables", "is no synapse"),
    "another weight": ('"M1": {"C": 2}', '"M1": {"C": 3}', "source", ""),
    "a weight of words": ('"M1": {"C": 2}', '"M1": {"C": "2"}', "tables", "not of its type"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_lie_are_told(name: str, text: str) -> None:
    old, new, by, told = TABLES[name]
    data = edited(text, old, new)
    if by == "source":
        assert by in failed(prove(data, "m.py"))
        return
    with pytest.raises(InputError, match=told):
        read_consistent(data, "m.py")
    assert "tables" in failed(prove(data, "m.py"))


def test_a_table_cut_off_is_told(text: str) -> None:
    lines = text.splitlines(keepends=True)
    for end in range(20, len(lines), 7):
        data = "".join(lines[:end]).encode()
        try:
            assert failed(prove(data, "m.py")), end
        except InputError:
            continue


@settings(max_examples=30, deadline=None)
@given(
    connectomes(most=7),
    st.sampled_from(CHOICES["activation"]),
    st.sampled_from(CHOICES["init"]),
)
def test_a_model_is_read_back_as_it_was_written(
    found: Connectome, act: str, init: str
) -> None:
    options = Options(
        dynamics="leaky", activation=act, init=init, weight_unit="contacts"
    )
    circuit = merge_electrical(select_cells(found))
    try:
        data = emit_leaky(circuit, options=options, name="Toy").page
    except InputError:
        return  # no inputs, or no outputs
    model = read_consistent(data, "m.py")
    assert isinstance(model, CircuitModel)
    assert emit_leaky(model.circuit, options=model.options, name="Toy").page == data


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(connectomes(most=6), st.sampled_from(CHOICES["activation"]), st.integers(0, 9))
def test_any_model_computes_what_the_interpreter_says(
    found: Connectome, act: str, seed: int
) -> None:
    options = Options(dynamics="leaky", activation=act, weight_unit="contacts")
    circuit = merge_electrical(select_cells(found))
    try:
        data = emit_leaky(circuit, options=options, name="Toy").page
    except InputError:
        return
    assert failed(prove(data, "m.py", seed=seed)) == set()
