"""Junctions within a level: what `--max-levels` gives up, and what a model says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.command import run
from support.strategies import connectome, connectomes

import elegansc
from elegansc.comparison.changes import compare
from elegansc.comparison.json_report import as_json
from elegansc.comparison.text import details, summary
from elegansc.comparison.version import version_of_model
from elegansc.drawing.scene import JUNCTION, scene_of, within
from elegansc.errors import InputError
from elegansc.ir.artifact import Artifact
from elegansc.ir.invariants import on_path
from elegansc.ir.stages import CHEMICAL, Connectome, Plan
from elegansc.ir.text import digest, text
from elegansc.module.emit import emit
from elegansc.module.past import locked
from elegansc.module.read import Model, read_consistent, read_model
from elegansc.module.restore import unplanned
from elegansc.options import Options
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.passes.select_cells import select_cells
from elegansc.pipeline import lower
from elegansc.semantics.delay import DELAY
from elegansc.semantics.wiring import arcs
from elegansc.transplantation.parameters import LATERAL, elements, reasons
from elegansc.verification.running import run as trial
from elegansc.verification.verify import static

# In three levels A and B share one: to part them costs more than their junction weighs.
EDGES = """\
pre,post,kind,weight
S,A,chemical,5
A,M,chemical,4
S,B,chemical,3
B,M,chemical,2
A,B,electrical,1
S,A,electrical,3
S,B,electrical,4
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.csv").write_text(EDGES)
    return tmp_path


def compiled(**options: Any) -> bytes:
    """The model of g.csv in few levels."""
    (data,) = elegansc.compile("g.csv", **options).files.values()
    return data


@cache
def worm(feedback: str, most: int = 6) -> bytes:
    """A model of a worm, with more junctions within its levels."""
    options: dict[str, Any] = {"feedback": feedback, "init": "counts"}
    artifact = elegansc.compile("witvliet2021-3", max_levels=most, **options)
    (data,) = artifact.files.values()
    return data


def failed(data: bytes) -> list[str]:
    return [check.name for check in static(data, "m.py") if not check.passed]


def lowered(found: Connectome, options: Options) -> Plan | None:
    """The plan; None where no path leads from a sensor to a motor."""
    try:
        return lower(found, options)
    except InputError as error:
        assert "no path leads" in str(error)
        return None


pytestmark = pytest.mark.usefixtures("short")


# The promise

# Of two cells, A and AVAL, no role is given: the structure says them.
ROLELESS = connectome([(0, 1, CHEMICAL, 1.0, 0)], size=2, role=[0, 0])


@settings(max_examples=80)
@given(
    connectomes(),
    st.integers(2, 6),
    st.sampled_from(["drop", "delay"]),
    st.booleans(),
)
@example(ROLELESS, 3, "drop", False)
def test_what_is_given_up_shares_a_level_and_nothing_else_does(
    found: Connectome, most: int, feedback: str, alive: bool
) -> None:
    options = Options(
        max_levels=most, feedback=feedback, keep_alive=alive, roles_table="structure"
    )
    plan = lowered(found, options)
    if plan is None:
        return
    level = np.searchsorted(plan.level_start, np.arange(len(plan.cells)), side="right")
    live, circuit = plan.live, merge_electrical(select_cells(found))
    flat, steep = plan.lateral, plan.junctions
    both = live[flat.left] & live[flat.right]

    assert (level[flat.left] == level[flat.right])[both].all()
    both = live[steep.left] & live[steep.right]
    assert (level[steep.left] < level[steep.right])[both].all()
    assert len(plan.level_start) - 1 <= most
    assert len(flat) + len(steep) == len(circuit.junctions)
    assert digest(plan) == digest(circuit)
    pre, post = plan.forward.pre, plan.forward.post
    ways = [(pre, post), (steep.left, steep.right)]
    if feedback == "delay":
        ways += [(plan.feedback.pre, plan.feedback.post), (steep.right, steep.left)]
        ways += [(flat.left, flat.right), (flat.right, flat.left)]
    told = on_path(*map(np.concatenate, zip(*ways, strict=True)), plan.cells)
    assert (told == live).all()


@settings(max_examples=40)
@given(connectomes(), st.integers(2, 5), st.sampled_from(["drop", "delay"]))
def test_a_model_is_read_back_as_it_was_written(
    found: Connectome, most: int, feedback: str
) -> None:
    unit = "contacts"  # a model of an unknown label has to be told
    options = Options(
        max_levels=most,
        feedback=feedback,
        weight_unit=unit,
        roles_table="structure",
    )
    plan = lowered(found, options)
    if plan is None:
        return
    (data,) = emit(plan, options=options, name="Toy").files.values()
    model = read_model(data, "m.py")
    (again,) = emit(model.plan, options=model.options, name="Toy").files.values()

    assert again == data
    assert failed(data) == []
    assert len(model.plan.lateral) == len(plan.lateral)
    assert (b"LATERAL: dict" in data) == (len(plan.lateral) > 0)
    circuit, dag = unplanned(model.plan)
    assert digest(circuit) == digest(dag) == digest(plan)
    past = locked(model, model.options, circuit)
    assert past is not None and len(past.lateral) == len(plan.lateral)


@pytest.mark.parametrize("feedback", ["drop", "delay"])
def test_a_worm_computes_what_the_interpreter_says(feedback: str) -> None:
    data = worm(feedback)
    model = read_consistent(data, "m.py")

    assert len(model.plan.lateral) > 5
    checks = [*static(data, "m.py"), *trial(Artifact({"m.py": data}), model, 0)]
    assert [check.name for check in checks if not check.passed] == []
    assert "lateral" in [check.name for check in checks]


@settings(max_examples=6)
@given(connectomes(most=7), st.sampled_from(["drop", "delay"]), st.integers(0, 9))
def test_any_model_computes_what_the_interpreter_says(
    found: Connectome, feedback: str, seed: int
) -> None:
    options = Options(max_levels=2, feedback=feedback, roles_table="structure")
    plan = lowered(found, options)
    if plan is None:
        return
    (data,) = emit(plan, options=options, name="Toy").files.values()
    checks = list(trial(Artifact({"m.py": data}), read_model(data, "m.py"), seed))

    assert [check for check in checks if not check.passed] == []


def test_with_delay_a_junction_within_a_level_conducts_both_ways_late(
    here: Path,
) -> None:
    data = compiled(max_levels=3, feedback="delay")
    model = read_consistent(data, "m.py")
    kinds = [kind for _, _, kind in elements(model).synapses]

    assert kinds.count("lateral") == len(model.plan.lateral) > 0
    pre, post = arcs_of(model.plan)
    ends = set(zip(pre, post, strict=True))
    assert all((v, u) in ends for u, v in ends if (u, v) in laterals(model.plan))


def arcs_of(plan: Plan) -> tuple[list[int], list[int]]:
    """What conducts with delay, as `mark_live` sees it."""
    pre, post = arcs(plan, DELAY.ways)
    return pre.tolist(), post.tolist()


def laterals(plan: Plan) -> set[tuple[int, int]]:
    """The ends of the junctions within a level."""
    return set(
        zip(plan.lateral.left.tolist(), plan.lateral.right.tolist(), strict=True)
    )


# What is said of it


def test_the_report_the_docstring_and_the_table_say_what_is_given_up(
    here: Path,
) -> None:
    done = run("compile", "g.csv", "--max-levels", "3", "-o", "m.py")
    model = Path("m.py").read_text()
    weight = sum(read_model(model.encode(), "m.py").plan.lateral.weight)
    said = f"{weight:.0f} of 8 units of weight of gap junctions, in 1, given up: both neurons share a level"

    assert done.exit_code == 0, done.stderr
    assert said in done.stderr
    assert said in " ".join(model.split('"""')[1].split())
    assert "# Gap junctions within a level, not computed, neuron: {input: " in model
    late = compiled(max_levels=3, feedback="delay").decode()
    assert "read a step late both ways, with one gain" in " ".join(late.split())


def test_explain_names_it_and_the_curve_counts_it(here: Path) -> None:
    done = run("explain", "g.csv", "--max-levels", "3")
    data = json.loads(run("explain", "g.csv", "--max-levels", "3", "--json").stdout)
    depths = json.loads(run("explain", "g.csv", "--depths", "--json").stdout)["depths"]
    facts = elegansc.compile("g.csv", max_levels=3).history.data()["break_cycles"]

    assert "conduct neither way: both neurons share a level" in done.stdout
    assert len(data["given_up"]) == facts["lateral"] == 1
    three = next(row for row in depths if row["levels"] == 3)
    assert three["lost"] == facts["weight"] + facts["lateral_weight"]


def test_the_stages_and_git_show_it(here: Path) -> None:
    done = run("compile", "g.csv", "--max-levels", "3", "--emit", "plan")
    run("compile", "g.csv", "--max-levels", "3", "-o", "m.py")

    assert "\nlateral 1\n" in done.stdout
    assert " in a level\n" in run("textconv", "m.py").stdout


# Beside its source, beside another model


def test_a_model_that_gives_up_a_junction_is_fresh(here: Path) -> None:
    Path("m.py").write_bytes(compiled(max_levels=3))

    assert "fresh" in run("status", "m.py", "--against", "g.csv").stdout
    done = run("diff", "g.csv", "m.py")
    assert done.exit_code == 0 and "no difference" in done.stderr + done.stdout
    assert run("compile", "m.py", "-o", "again.py").exit_code == 0
    assert Path("again.py").read_bytes() == Path("m.py").read_bytes()
    words = ("compile", "g.csv", "--max-levels", "3", "--like", "m.py", "-o", "n.py")
    assert run(*words).exit_code == 0
    same = [Path(name).read_text().split("LEVELS")[1] for name in ("m.py", "n.py")]
    assert same[0].split("# fmt: on")[0] == same[1].split("# fmt: on")[0]


def test_a_recorded_order_that_gives_up_too_much_is_refused(here: Path) -> None:
    """As if all junctions were within a level."""
    Path("m.py").write_bytes(compiled(max_levels=3))
    model = read_model(Path("m.py").read_bytes(), "m.py")
    circuit = unplanned(model.plan)[0]
    past = locked(model, model.options, circuit)
    assert past is not None
    name = circuit.cells.name
    every = zip(
        circuit.junctions.left.tolist(), circuit.junctions.right.tolist(), strict=True
    )
    lateral = frozenset((name[u], name[v]) for u, v in every)
    from elegansc.passes.break_cycles import break_cycles

    with pytest.raises(InputError, match="whose neurons stand on different levels"):
        break_cycles(
            circuit, options=Options(max_levels=3), past=replace(past, lateral=lateral)
        )


def test_diff_lists_junctions_that_came_within_a_level(here: Path) -> None:
    free, few = compiled(max_levels=0), compiled(max_levels=3)
    old, new = (version_of_model(read_model(d, "m.py")) for d in (free, few))
    there, back = compare(old, new), compare(new, old)
    assert there.model is not None and back.model is not None

    assert not there.junctions
    assert [where for _, where in there.model.coupled] == ["within a level"]
    assert [where for _, where in back.model.coupled] == ["between levels"]
    assert "1 gap junction now within a level, 0 no longer" in "\n".join(summary(there))
    assert any("now within a level" in line for line in details(there))
    assert as_json(there)["model"]["coupled"][0][2] == "within a level"


def test_a_gain_that_is_given_up_is_lost_for_that_reason(here: Path) -> None:
    free, few = (read_model(compiled(max_levels=n), "m.py") for n in (0, 3))
    gone = set(elements(free).synapses) - set(elements(few).synapses)
    electrical = [gain for gain in gone if gain[2] == "electrical"]
    ends = [frozenset(gain[:2]) for gain in electrical]
    flat = [frozenset((n, u)) for n, row in few.tables.lateral.items() for u in row]

    lost = [gain for gain, pair in zip(electrical, ends, strict=True) if pair in flat]
    assert list(reasons(lost, few)) == [LATERAL] * len(flat) == [LATERAL]


def test_a_drawing_shows_it_beside_its_level(here: Path) -> None:
    model = read_model(compiled(max_levels=3), "m.py")
    scene = scene_of(model.plan)
    flat = within(scene)

    assert flat.sum() == 1 and (scene.lines.kind[flat] == JUNCTION).all()
    assert (scene.lines.kind == JUNCTION).sum() == 3
    Path("m.py").write_bytes(compiled(max_levels=3))
    for style in ("levels", "matrix"):
        words = ("draw", "m.py", "--style", style, "-o", f"{style}.svg")
        assert run(*words).exit_code == 0
        assert "1 of them within a level" in Path(f"{style}.svg").read_text()
    assert run("draw", "m.py", "-o", "m.dot").exit_code == 0
    dashed = [
        line for line in Path("m.dot").read_text().split("\n") if "dashed" in line
    ]
    assert sum("constraint=false" in line for line in dashed) == 1


def test_the_text_of_stages_without_it_is_as_it_was(here: Path) -> None:
    model = read_model(compiled(max_levels=0), "m.py")

    assert "lateral" not in text(model.plan)
    assert b"LATERAL" not in compiled(max_levels=0)


# Models that lie


def edited(change: Callable[[str], str]) -> bytes:
    data = compiled(max_levels=3).decode()
    found = change(data)
    assert found != data
    return found.encode()


def row_of(data: str) -> str:
    """The only row of LATERAL, as it stands there."""
    return data.split("LATERAL: ")[1].split("{\n")[1].split("\n")[0] + "\n"


def other(model: Model) -> tuple[str, str]:
    """(neuron, input) of a junction that conducts."""
    return next((n, u) for n, row in model.tables.electrical.items() for u in row)


def test_a_junction_in_both_tables_is_told_with_table_and_line(here: Path) -> None:
    model = read_model(compiled(max_levels=3), "m.py")
    neuron, source = other(model)
    data = edited(
        lambda s: s.replace(
            row_of(s), row_of(s) + f'    "{neuron}": {{"{source}": 1}},\n'
        )
    )
    line = data.decode().split("\n").index(f'    "{neuron}": {{"{source}": 1}},') + 1

    with pytest.raises(InputError) as told:
        read_consistent(data, "m.py")
    assert f"m.py:{line}" in str(told.value)
    assert f"LATERAL: {source} and {neuron} are coupled twice" in str(told.value)
    assert "disjoint" in failed(data)


def test_a_junction_between_levels_that_is_given_up_is_told(here: Path) -> None:
    model = read_model(compiled(max_levels=3), "m.py")
    neuron, source = other(model)
    weight = model.tables.electrical[neuron][source]

    def moved(data: str) -> str:
        row = f'    "{neuron}": {{"{source}": {weight:.0f}}},\n'
        assert data.count(row) == 1, data
        gone = data.replace(row, "")
        return gone.replace(row_of(gone), row_of(gone) + row)

    data = edited(moved)
    with pytest.raises(InputError, match=f"LATERAL: {source} and {neuron} are in diff"):
        read_consistent(data, "m.py")
    assert "lateral" in failed(data)


def test_without_few_levels_nothing_is_given_up(here: Path) -> None:
    data = edited(lambda s: s.replace('    "max-levels": 3,\n', ""))

    assert "lateral" in failed(data)


def test_a_neuron_that_is_no_neuron_is_told(here: Path) -> None:
    data = edited(lambda s: s.replace(row_of(s), '    "Q": {"S": 2},\n'))

    with pytest.raises(InputError, match="LATERAL: 'Q' is in neither LEVELS nor"):
        read_model(data, "m.py")


def test_weights_of_junctions_that_no_integer_holds_are_refused(here: Path) -> None:
    Path("h.csv").write_text(EDGES.replace("B,electrical,1", "B,electrical,1e30"))

    with pytest.raises(InputError, match="of gap junctions, in parts of 1/1, add up"):
        elegansc.compile("h.csv", max_levels=3)
