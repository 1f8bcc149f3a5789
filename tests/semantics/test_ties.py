"""Ties: what shares a gain, a conductance, a time constant; where types come from."""

from __future__ import annotations

import hashlib
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from support import toy
from support.command import run
from support.search import short_search

import elegansc
from elegansc.errors import InputError
from elegansc.module.read import read_consistent
from elegansc.verification.verify import prove

# Mirrored but for SR -> BR, of another weight, and BL -> M1, without an image.
EDGES = """\
pre,post,kind,weight
SL,AL,chemical,5
SR,AR,chemical,5
AL,M1,chemical,2
AR,M1,chemical,2
SL,BL,chemical,3.5
SR,BR,chemical,2
BL,M1,chemical,2
AL,BL,electrical,1
AR,BR,electrical,3
BL,BR,electrical,4
M1,AL,chemical,1
M1,AR,chemical,2
SL,AL,electrical,2
"""
MIRRORED = """\
pre,post,kind,weight
SL,AL,chemical,5
SR,AR,chemical,5
SL,AR,chemical,1
SR,AL,chemical,1
AL,ML,chemical,2
AR,MR,chemical,2
AL,AR,chemical,3
AR,AL,chemical,3
ML,AL,chemical,2
MR,AR,chemical,2
AL,C,chemical,1
AR,C,chemical,1
C,ML,chemical,4
C,MR,chemical,4
AL,ML,electrical,1
AR,MR,electrical,1
"""
TYPES = "name,type\nSL,S\nSR,S\nAL,A\nAR,A\nBL,B\nBR,B\n"
SIGNS = "pre,post,sign\nSL,AL,+\nAL,M1,-\nBL,M1,+\nM1,AL,-\n"
ENDS: dict[str, Any] = {"inputs": ["S*"], "outputs": ["M*"], "name": "Toy"}
FORMS: dict[str, dict[str, Any]] = {
    "acyclic": {},
    "counts": {"init": "counts"},
    "relu": {"activation": "relu"},
    "linear": {"features": 4, "unit": "linear"},
    "norm": {"features": 4, "norm": "layer"},
    "delay": {"feedback": "delay"},
    "levels": {"feedback": "delay", "max_levels": 3, "init": "counts"},
    "leaky": {"dynamics": "leaky", "tie_tau": "type"},
    "leaky-counts": {"dynamics": "leaky", "init": "counts", "tie_tau": "all"},
}
TIES = ("side", "type", "all")
CASES = [
    (form, tie)
    for form, tie in product(FORMS, TIES)
    if tie != "all" or "counts" in form or form == "levels"
]
each_case = pytest.mark.parametrize(("form", "tie"), CASES)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with graphs, types and signs, to work in."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "toy.csv": EDGES,
        "mirrored.csv": MIRRORED,
        "types.csv": TYPES,
        "signs.csv": SIGNS,
    }.items():
        Path(name).write_text(text)
    return tmp_path


def compiled(form: str, tie: str, source: str = "toy.csv", **more: Any) -> Any:
    """A model of a form, its synapses tied."""
    options = {**ENDS, **FORMS[form], "tie": tie, **more}
    if "type" in (tie, options.get("tie_tau")):
        options["types"] = "types.csv"
    with short_search():
        return elegansc.compile(source, **options)


def synapses(module: Any) -> list[tuple[str, str, str]]:
    """(neuron, input, kind) of each gain."""
    if module.OPTIONS.get("dynamics") == "leaky":
        return [(neuron, by, "chemical") for neuron, by in module.SYNAPSES]
    return toy.synapses(module)


def weight(module: Any, neuron: str, by: str, kind: str) -> float:
    """What the table counts of a synapse."""
    found: float = getattr(module, kind.upper())[neuron][by]
    return found


def words(tie: str, neuron: str, by: str, kind: str) -> tuple[str, ...]:
    """What ties a synapse, by the letters of the toy's names."""
    kind = {"feedback": "chemical", "lateral": "electrical"}.get(kind, kind)
    ends = [neuron, by]
    if tie == "all":
        return (kind,)
    if tie == "type":
        ends = [end.rstrip("LR") for end in ends]
    if kind == "electrical":
        ends.sort()
    if tie == "side":
        turned = [end.translate(str.maketrans("LR", "RL")) for end in ends]
        turned = sorted(turned) if kind == "electrical" else turned
        ends = min(ends, turned)
    return (kind, *ends)


@each_case
def test_a_tied_model_is_proved(form: str, tie: str) -> None:
    made = compiled(form, tie)
    failed = [check for check in prove(made.page, "m.py") if not check.passed]
    assert not failed


@each_case
def test_the_strength_of_a_synapse_is_its_tie_s_gain_times_its_weight(
    form: str, tie: str
) -> None:
    module = toy.load(compiled(form, tie).page)
    net, gains = toy.network(module), synapses(module)
    seen = [words(tie, *synapse) for synapse in gains]
    ties = list(dict.fromkeys(seen))
    assert len(net.gain) == len(ties) < len(gains)
    with torch.no_grad():
        net.gain.copy_(torch.arange(1.0, 1 + len(ties)))
    for synapse, own, strength in zip(
        gains, seen, net.strengths().tolist(), strict=True
    ):
        expected = (1 + ties.index(own)) * weight(module, *synapse)
        assert strength == pytest.approx(expected)


@pytest.mark.parametrize(
    ("form", "tie"),
    [(form, tie) for form, tie in CASES if "counts" in form or form == "levels"],
)
def test_tied_strengths_start_as_those_of_single_synapses_add_up(
    form: str, tie: str
) -> None:
    module, alone = (toy.load(compiled(form, t).page) for t in (tie, "none"))
    one, other = toy.network(module).strengths(), toy.network(alone).gain
    total: dict[tuple[str, ...], list[float]] = {}
    for synapse, here, there in zip(
        synapses(module), one.tolist(), other.tolist(), strict=True
    ):
        both = total.setdefault(words(tie, *synapse), [0.0, 0.0])
        both[0] += abs(here)
        both[1] += abs(there)
    for here, there in total.values():
        assert here == pytest.approx(there, rel=1e-5)


@pytest.mark.parametrize("tie", ["side", "type"])
def test_drawn_gains_differ_by_seed_and_stay_within_their_bound(tie: str) -> None:
    module = toy.load(compiled("acyclic", tie).page)
    alone = toy.load(compiled("acyclic", "none").page)
    largest = torch.stack([toy.network(module, s).gain.abs() for s in range(60)])
    bound = torch.stack([toy.network(alone, s).gain.abs() for s in range(60)]).amax(0)
    total: dict[tuple[str, ...], list[float]] = {}
    for synapse, reach in zip(synapses(module), bound.tolist(), strict=True):
        part = total.setdefault(words(tie, *synapse), [0.0, 0.0])
        part[0] += reach
        part[1] += weight(module, *synapse)
    for reached, (reach, weights) in zip(
        largest.amax(0).tolist(), total.values(), strict=True
    ):
        assert reached == pytest.approx(reach / weights, rel=0.15)


@pytest.mark.parametrize("form", ["acyclic", "delay", "leaky", "leaky-counts"])
def test_a_mirrored_input_gives_the_mirrored_output(form: str) -> None:
    more = {"tie_tau": "none"} if form == "leaky" else {}
    if "leaky" not in form:  # there a cycle between partners is cut at one of them
        text = MIRRORED.replace("AL,AR,chemical,3\nAR,AL,chemical,3\n", "")
        Path("mirrored.csv").write_text(text)
    module = toy.load(compiled(form, "side", "mirrored.csv", **more).page)
    net = toy.network(module).double()
    turn = [module.mirrored(n) for n in module.NEURONS]
    back = torch.tensor([module.NEURONS.index(n) for n in turn])
    sensory = torch.tensor(
        [module.SENSORY.index(module.mirrored(n)) for n in module.SENSORY]
    )
    motor = torch.tensor([module.MOTOR.index(module.mirrored(n)) for n in module.MOTOR])
    given = [tensor.double() for tensor in toy.arguments(module, 4)]
    turned = [given[0][..., sensory], *(state[..., back] for state in given[1:])]
    one, other = net(*given), net(*turned)
    one, other = (
        found[0] if isinstance(found, tuple) else found for found in (one, other)
    )
    assert torch.allclose(one[..., motor], other, rtol=0, atol=1e-12)
    assert not torch.allclose(one, other)


def test_the_ties_of_a_worm_are_as_many_as_they_should_be() -> None:
    for words_, gains, bonds in (
        ({"tie": "side"}, 2799, 874),
        ({"tie": "type", "tie_tau": "type"}, 1770, 605),
        ({"tie": "all", "init": "counts"}, 1, 1),
    ):
        module = toy.load(elegansc.compile("cook2019", dynamics="leaky", **words_).page)  # type: ignore[arg-type]
        net = toy.network(module, device="meta")
        assert (len(net.gain), len(net.conductance)) == (gains, bonds)
        assert len(net.tau) == (118 if "tie_tau" in words_ else 302)


def test_the_bound_of_a_tied_network_is_of_strengths() -> None:
    seen = told("--types", "types.csv", "--dynamics", "leaky")
    assert "|bias| + sum |gain| * weight + |current|" in seen
    page = " ".join(Path("m.py").read_text().split())
    assert "max(|x0|, |bias| + sum |gain| * weight + |current|)" in page
    assert "Start ties so that their strengths add up" in page


def test_time_constants_are_shared_by_type() -> None:
    module = toy.load(compiled("leaky", "none").page)
    net = toy.network(module)
    assert len(net.tau) == 4 and len(net.gain) == len(module.SYNAPSES)
    with torch.no_grad():
        net.tau.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    _, inertia, _ = net.system()
    pace = {"A": 1.0, "B": 2.0, "M1": 3.0, "S": 4.0}
    expected = [pace[n.rstrip("LR")] / 0.1 for n in module.NEURONS]
    assert inertia.tolist() == pytest.approx(expected)


def test_junctions_have_no_direction() -> None:
    Path("pairs.csv").write_text(
        "pre,post,kind,weight\nSL,AL,chemical,1\nAL,M1,chemical,1\nAR,BL,electrical,2\n"
        "BR,AL,electrical,3\nSL,BL,chemical,1\nBR,M1,chemical,1\nSL,AR,chemical,2\nAR,M1,chemical,1\n"
    )
    module = toy.load(compiled("leaky-counts", "type", "pairs.csv").page)
    assert len(module.JUNCTIONS) == 2 and len(toy.network(module).conductance) == 1


def told(*more: str) -> str:
    """What a compile reports."""
    ends = ("--inputs", "S*", "--outputs", "M*", "--force", "-o", "m.py")
    done = run("compile", "toy.csv", *ends, "--tie", "type", *more)
    assert done.exit_code == 0, done.output
    return done.output


def test_types_come_from_a_table_from_the_cells_or_from_the_worm() -> None:
    seen = told("--types", "types.csv")
    assert "types     3 types of 6 neurons: column type of types.csv" in seen
    assert "1 of a type of their own: M1" in seen
    assert re.search(r"; tied: \d+ gains of \d+ synapses", seen)
    Path("cells.csv").write_text(
        "name,role,cell_type\nSL,sensory,S\nSR,sensory,S\nAL,inter,A\nAR,inter,A\n"
        "BL,inter,\nBR,inter,B\nM1,motor,M\n"
    )
    seen = told("--cells", "cells.csv")
    assert "4 types of 6 neurons: column cell_type of cells.csv" in seen
    assert "of a type of their own: BL" in seen
    assert '"S": ["SL", "SR"]' in Path("m.py").read_text()
    ends = ("--inputs", "AS*", "--outputs", "VA1", "-o", "w.py")
    Path("worm.csv").write_text(
        "pre,post,weight\nASHL,AVAL,1\nASHR,AVAR,2\nAVAL,VA1,3\nAVAR,VA01,4\n"
    )
    done = run("compile", "worm.csv", *ends, "--tie", "type")
    assert "classes of C. elegans" in done.output
    assert '"ASH": ["ASHL", "ASHR"]' in Path("w.py").read_text()


def test_names_of_a_table_that_are_no_neuron_are_named() -> None:
    Path("types.csv").write_text(TYPES + "X9,X\n")
    assert "1 name of the table is no neuron: X9" in told("--types", "types.csv")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (TYPES + "SL,T\n", "types.csv:8: SL stands there twice: S, T"),
        ("name,role\nSL,sensory\n", "no columns name and type: the first row is"),
        ("name,type\nSL,\n", "no type in its column type"),
        ("", "types.csv"),
    ],
)
def test_a_table_of_types_that_is_none_is_refused(text: str, seen: str) -> None:
    Path("types.csv").write_text(text)
    words_ = ("--tie", "type", "--types", "types.csv")
    done = run("compile", "toy.csv", "--inputs", "S*", "--outputs", "M*", *words_)
    assert done.exit_code == 1
    assert seen in done.output


@pytest.mark.parametrize(
    ("words_", "seen"),
    [
        ("--tie all", "does not go with --init uniform"),
        ("--tie side --merge gated", "a gate is no factor of a weight"),
        ("--tie side --merge product --norm layer --features 4", "it has no gains"),
        ("--tie side --tables file", "looks ties up by name"),
        ("--types types.csv", "are of --tie type or --tie-tau type"),
        ("--tie-tau all", "is of --dynamics leaky"),
        ("--dynamics leaky --tie-tau side", "'side' is not one of"),
    ],
)
def test_what_cannot_be_tied_is_refused(words_: str, seen: str) -> None:
    ends = ("--inputs", "S*", "--outputs", "M*")
    done = run("compile", "toy.csv", *ends, *words_.split())
    assert done.exit_code == 2, done.output
    assert seen in done.output


def test_neurons_of_which_nothing_tells_a_type_are_not_tied_by_it() -> None:
    Path("plain.csv").write_text("pre,post,weight\nS1,X,1\nX,Y,2\n")
    ends = ("--inputs", "S*", "--outputs", "Y")
    done = run("compile", "plain.csv", *ends, "--tie", "type")
    assert done.exit_code == 2
    assert (
        "none of 3 neurons has a type; give a table of name, type: --types FILE"
        in done.output
    )


def forged(text: str, old: str, new: str) -> bytes:
    """What stands there exactly once replaced, and the digest of the body forged."""
    assert text.count(old) == 1, f"{text.count(old)} times: {old!r}"
    text = text.replace(old, new)
    body = hashlib.sha256(text.split("\n", 2)[2].encode()).hexdigest()[:16]
    return re.sub(r"body=[0-9a-f]{16}", f"body={body}", text, count=1).encode()


MUTANTS = {
    "tie off by one": ("enumerate(dict.fromkeys(TIED))", "enumerate([*dict.fromkeys(TIED)][1:] + TIED[:1])"),
    "bond off by one": ("enumerate(dict.fromkeys(COUPLED))", "enumerate([*dict.fromkeys(COUPLED)][1:] + COUPLED[:1])"),
    "no weight": ("self.tied) * self.weights.to(self.gain)", "self.tied)"),
    "no size": ("(g * self.sizes.to(g)).repeat(2)", "g.repeat(2)"),
    "a sign at the wrong row": ('("sign", SIGNS)', '("sign", SIGNS[1:] + SIGNS[:1])'),
    "signs that free gains take": ("self.sign * gain < 0, -gain", "gain < 0, -gain"),
    "no sign": ("torch.where(self.sign * gain < 0, -gain, gain)", "gain"),
    "tau of another type": ("TAUS.index(TYPE.get(neuron, neuron)) for", "TAUS.index(TYPE.get(neuron, neuron)) - 1 for"),
    "junctions with a direction": ("(sorted(types) if kind", "(types if kind"),
    "ends crosswise": ("types = [TYPE.get(neuron, neuron), TYPE.get(by, by)]", "types = sorted([TYPE.get(neuron, neuron), TYPE.get(by, by)])"),
}  # fmt: skip


@pytest.fixture
def tied() -> str:
    """An honest leaky model, tied by type and clamped."""
    # of two types both ways, and a junction of each direction
    Path("types.csv").write_text(TYPES.replace("BR,B", "BR,A"))
    Path("two.csv").write_text(
        EDGES + "BL,AL,chemical,1\nAL,BL,chemical,2\nBR,AL,electrical,1\n"
    )
    more = {"signs": "signs.csv", "dale": "clamped"}
    return str(compiled("leaky", "type", "two.csv", **more).page.decode())


@pytest.mark.parametrize("name", MUTANTS)
def test_a_tie_that_lies_is_caught(name: str, tied: str) -> None:
    data = forged(tied, *MUTANTS[name])
    checks = prove(data, "m.py", trust=True)
    failed = {check.name for check in checks if not check.passed}
    assert {"values float64", "module"} & failed, failed


def test_the_honest_tied_model_is_proved(tied: str) -> None:
    assert all(check.passed for check in prove(tied.encode(), "m.py"))


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (
            '"A": ["AL", "AR", "BR"]',
            '"A": ["AL", "AR", "BR", "XX"]',
            "is not in NEURONS",
        ),
        (
            '"A": ["AL", "AR", "BR"]',
            '"A": ["AL", "AR", "BR", "BL"]',
            "stands there twice",
        ),
        ('"A": ["AL", "AR", "BR"]', '"A": "AL"', "not of its type"),
    ],
)
def test_a_table_of_types_that_lies_is_told(
    old: str, new: str, seen: str, tied: str
) -> None:
    with pytest.raises(InputError, match=seen):
        read_consistent(forged(tied, old, new), "m.py")


def carried(words_: tuple[str, ...]) -> tuple[str, Any, Any]:
    """(report, old state, new state) of a transplant into a graph with a synapse more."""
    Path("new.csv").write_text(EDGES + "SR,BL,chemical,2\nAR,BL,chemical,1\n")
    ends = ("--inputs", "S*", "--outputs", "M*", "--name", "Toy")
    for name, source in (("old", "toy"), ("new", "new")):
        done = run("compile", f"{source}.csv", *ends, *words_, "-o", f"{name}.py")
        assert done.exit_code == 0, done.output
    torch.manual_seed(3)
    net = toy.load(Path("old.py").read_bytes()).Toy()
    torch.save(net.state_dict(), "old.pt")
    done = run(
        "transplant", "old.pt", "--from", "old.py", "--to", "new.py", "-o", "new.pt"
    )
    assert done.exit_code == 0, done.output
    state = torch.load("new.pt")
    toy.load(Path("new.py").read_bytes()).Toy().load_state_dict(state)
    return done.output, net.state_dict(), state


@pytest.mark.parametrize("form", ["--feedback=delay", "--dynamics=leaky"])
@pytest.mark.parametrize("tie", ["side", "type"])
def test_a_transplant_carries_ties_by_what_they_have_in_common(
    tie: str, form: str
) -> None:
    more = ("--types", "types.csv") if tie == "type" else ()
    report, old, new = carried(("--tie", tie, *more, form))
    assert re.search(r"gains +\d+ kept, [12] new, 0 lost, one a tie", report)
    modules = [toy.load(Path(f"{name}.py").read_bytes()) for name in ("old", "new")]
    ties = [list(dict.fromkeys(words(tie, *s) for s in synapses(m))) for m in modules]
    value = dict(zip(ties[0], old["gain"].tolist(), strict=True))
    for own, found in zip(ties[1], new["gain"].tolist(), strict=True):
        assert value.get(own, found) == found
    assert len(set(ties[1]) - set(value)) in (1, 2)


@pytest.mark.parametrize("form", ["relu", "counts", "leaky-counts", "acyclic", "leaky"])
def test_a_transplant_draws_what_is_new_as_the_module_does(form: str) -> None:
    from elegansc.transplantation.carry import side
    from elegansc.transplantation.starts import fresh

    more = {"signs": "signs.csv", "dale": "clamped"}
    made = compiled(form, "side", **more)
    Path("m.py").write_bytes(made.page)
    found = side("m.py").found
    values = fresh(found, dict.fromkeys(found.shapes, torch.float32), 5)
    net = toy.network(toy.load(made.page), 5)
    for name, parameter in net.named_parameters():
        assert torch.allclose(values[name], parameter, rtol=1e-6), name
    signature = toy.load(made.page).WIRING
    assert found.wiring == signature


def test_a_bisection_by_type_needs_a_table_of_types() -> None:
    Path("cells.csv").write_text(
        "name,role,cell_type\nSL,sensory,S\nSR,sensory,S\nAL,inter,A\nAR,inter,A\n"
        "BL,inter,B\nBR,inter,B\nM1,motor,M\n"
    )
    Path("new.csv").write_text(EDGES + "SR,BL,chemical,2\n")
    words_ = ("--cells", "cells.csv", "--tie", "type", "--", "wc", "-c")
    done = run("bisect", "toy.csv", "new.csv", *words_)
    assert done.exit_code == 2, done.output
    assert "give the types by themselves: --types FILE" in done.output
    done = run("bisect", "toy.csv", "new.csv", "--types", "types.csv", *words_)
    assert done.exit_code in (0, 1), done.output


def test_a_diff_counts_shared_parameters() -> None:
    made = compiled("leaky", "type")
    Path("m.py").write_bytes(made.page)
    Path("n.py").write_bytes(compiled("leaky", "side").page)
    done = run("diff", "m.py", "n.py")
    assert "tie" in done.output and "type" in done.output
    assert run("diff", "m.py", "m.py").exit_code == 0
