"""`elegansc bisect`: planted effects are found, alone and together, in few steps."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command import edited
from support.hostile_names import ACCEPTED
from support.strategies import connectomes

from elegansc.bisection import hunks, intermediate
from elegansc.bisection.search import smallest
from elegansc.cli.bisect import bisect_command
from elegansc.cli.exit_codes import Commands
from elegansc.ir.stages import Circuit
from elegansc.ir.text import digest
from elegansc.module.emit import emit
from elegansc.module.read import read_model
from elegansc.options import Options
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.pipeline import compile_source
from elegansc.readers.reader import Layout

Edges = dict[tuple[str, str], float]
Set = frozenset[int]

# Reads a model as text and prints what the first argument says of its synapses.
PROBE = """\
import ast, os, sys
text = open(sys.argv[-1], encoding="ascii").read()
tables = {
    node.target.id: ast.literal_eval(node.value)
    for node in ast.parse(text).body if isinstance(node, ast.AnnAssign)
}
weight = {}
for name in ("CHEMICAL", "FEEDBACK", "ELECTRICAL"):
    for post, row in tables[name].items():
        weight |= {(pre, post): held for pre, held in row.items()}
def at(pre, post):
    return weight.get((pre, post), 0)
run = int(os.environ["ELEGANSC_RUN"])
print("some talk")
print(eval(sys.argv[1]))
"""
SIZE = 16


@pytest.fixture(autouse=True)
def left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """No test leaves anything in the folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


@pytest.fixture
def probe(tmp_path: Path) -> Callable[[str], list[str]]:
    """The words of a command that prints an expression over a model."""
    script = tmp_path / "probe.py"
    script.write_text(PROBE)
    return lambda expression: [sys.executable, "-I", "-S", str(script), expression]


def bisect(*words: str | Path, command: list[str]) -> Result:
    """`elegansc bisect WORDS -- COMMAND`, in this process."""
    group = Commands("elegansc")
    group.add_command(bisect_command)
    line = ["bisect", *map(str, words), "--", *command]
    done = CliRunner().invoke(group, line, prog_name="elegansc")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def told(*words: str | Path, command: list[str]) -> dict[str, Any]:
    """The same as JSON."""
    done = bisect(*words, "--json", command=command)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def groups(found: dict[str, Any]) -> list[str]:
    """What the hunks that were found have in common."""
    return sorted(
        "-".join(found["hunks"][place - 1]["group"])
        for place in found["found"]["hunks"]
    )


def many(size: int = SIZE) -> Edges:
    """S to each of many interneurons, each of those to M."""
    names = [f"K{number:02}" for number in range(size)]
    return {("S", n): 1.0 for n in names} | {(n, "M"): 1.0 for n in names}


def turned(size: int = SIZE) -> Edges:
    """The same, every synapse from S heavier."""
    return {pair: 5 if pair[0] == "S" else w for pair, w in many(size).items()}


def written(path: Path, edges: Edges) -> Path:
    """An edge list as a file."""
    rows = [f"{u},{v},{w:g}" for (u, v), w in edges.items()]
    path.write_text("\n".join(["pre,post,weight", *rows]) + "\n")
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two connectomes that differ in sixteen hunks."""
    old = written(tmp_path / "old.csv", many())
    return old, written(tmp_path / "new.csv", turned())


# The search alone


@pytest.mark.parametrize("count", [1, 2, 3, 7, 32, 100])
def test_one_hunk_is_found_in_log_many_questions(count: int) -> None:
    for planted in range(count):
        asked: set[Set] = set()

        def enough(hunks: Set, planted: int = planted, asked: Any = asked) -> bool:
            asked.add(hunks)
            return planted in hunks

        assert smallest(count, enough) == {planted}
        assert len(asked) <= math.ceil(math.log2(count)) + 1


SETS = st.lists(st.frozensets(st.integers(0, 19), min_size=1, max_size=4), min_size=1)


@given(SETS, st.frozensets(st.integers(0, 19), max_size=6))
def test_a_group_is_enough_and_no_hunk_of_it_can_go(causes: Any, odd: Set) -> None:
    """Whatever acts together, and whatever can not be tested."""
    every = frozenset(range(20))

    def enough(hunks: Set) -> bool | None:
        if hunks != every and len(hunks & odd) % 2:
            return None
        return any(cause <= hunks for cause in causes)

    found = smallest(20, enough)
    assert any(cause <= found for cause in causes)
    assert not any(enough(found - {hunk}) for hunk in found if len(found) > 1)
    if not odd:
        assert found in causes


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=12))
def test_effects_that_cancel_each_other_end_the_search_too(effects: Any) -> None:
    def moved(hunks: Set) -> float:
        return math.fsum(effects[hunk] for hunk in hunks)

    whole = moved(frozenset(range(len(effects))))
    if abs(whole) > 1e-6:
        found = smallest(len(effects), lambda hunks: moved(hunks) / whole >= 0.5)
        assert moved(found) / whole >= 0.5


# The hunks


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    """A hostile circuit."""
    return merge_electrical(draw(connectomes()))


@settings(max_examples=60)
@given(circuits(), circuits(), st.sampled_from(hunks.GROUPINGS), st.randoms())
def test_hunks_lead_from_the_old_to_the_new_graph(
    old: Circuit, new: Circuit, by: str, random: Any
) -> None:
    found = hunks.difference(old, new, by=by)
    for chosen, circuit in ((frozenset(), old), (found.all, new)):
        again = merge_electrical(hunks.connectome_of(found.graph(chosen)))
        assert digest(again) == digest(circuit)
    some = frozenset(place for place in found.all if random.random() < 0.5)
    for (_, u, v), value in found.graph(some).edges.items():
        sides = {*found.old.edges.values(), *found.new.edges.values()}
        assert value in sides and {u, v} <= set(found.graph(some).cells)


def difference(
    tmp_path: Path, old: Edges, new: Edges, by: str = "class"
) -> hunks.Difference:
    """The hunks between two edge lists."""
    paths = [written(tmp_path / "a.csv", old), written(tmp_path / "b.csv", new)]
    options = Options(roles_table="structure")
    ends = intermediate.read_ends(*map(str, paths), options, Layout())
    return hunks.difference(*ends.circuits, by=by)


def test_hunks_by_class_role_and_neuron(tmp_path: Path) -> None:
    old = {("S", "AVAL"): 1.0, ("S", "AVAR"): 1.0, ("AVAL", "M"): 1, ("AVAR", "M"): 1}
    new = dict.fromkeys(old, 2.0)

    def titles(by: str) -> list[tuple[str, ...]]:
        return [hunk.group for hunk in difference(tmp_path, old, new, by).hunks]

    assert titles("class") == [("AVA",), ("M",)]
    assert titles("neuron") == [("M",), ("AVAL",), ("AVAR",)]
    assert titles("role") == [("inter", "motor"), ("sensory", "inter")]


def test_an_added_cell_brings_all_its_synapses(tmp_path: Path) -> None:
    old = {("S", "A"): 1.0, ("A", "M"): 1.0}
    more = {("S", "X"): 1.0, ("X", "Y"): 2.0, ("Y", "A"): 3.0}
    found = difference(tmp_path, old, old | more)
    assert [hunk.kind for hunk in found.hunks] == [hunks.ADDED, hunks.ADDED]
    place = {hunk.cells[0]: frozenset({i}) for i, hunk in enumerate(found.hunks)}

    def edges(chosen: Set) -> set[tuple[str, str]]:
        return {(u, v) for _, u, v in found.graph(chosen).edges}

    assert edges(place["X"]) == set(old) | {("S", "X")}
    assert edges(place["Y"]) == set(old) | {("Y", "A")}
    assert edges(found.all) == set(old | more)
    back = difference(tmp_path, old | more, old)
    assert {hunk.kind for hunk in back.hunks} == {hunks.LOST}


def test_names_written_another_way_are_one_hunk(tmp_path: Path) -> None:
    old = {("S", "N01"): 1.0, ("N01", "M"): 1.0}
    found = difference(tmp_path, old, {("S", "n1"): 2.0, ("n1", "M"): 1.0})
    assert [hunk.kind for hunk in found.hunks] == [hunks.CHEMICAL_WORD, hunks.NAMES]
    assert set(found.graph(frozenset({0})).cells) == {"S", "N01", "M"}
    assert set(found.graph(frozenset({1})).cells) == {"S", "n1", "M"}


def test_roles_and_signs_are_changes_too(tmp_path: Path) -> None:
    old = {("S", "A"): 1.0, ("A", "M"): 1.0, ("T", "M"): -1.0}
    new = old | {("S", "T"): 1.0, ("T", "M"): 1.0, ("A", "M"): -1.0}
    found = difference(tmp_path, old, new)
    kinds = {(hunk.kind, hunk.group): hunk for hunk in found.hunks}
    assert set(kinds) == {("chemical", ("T",)), ("chemical", ("M",)), ("roles", ("T",))}
    assert kinds["chemical", ("M",)].weight == 4


# What is found


def test_a_planted_hunk_is_found_in_few_steps(tmp_path: Path, probe: Any) -> None:
    old = written(tmp_path / "old.csv", many(70))
    new = written(tmp_path / "new.csv", turned(70))
    for planted in (0, 41):
        found = told(old, new, command=probe(f"at('S', 'K{planted:02}')"))
        assert found["outcome"] == "found" and groups(found) == [f"K{planted:02}"]
        assert len(found["steps"]) <= 2 + math.ceil(math.log2(70)) + 2
        assert (found["found"]["part"], found["left"]["part"]) == (1, 0)
        places = [step["step"] for step in found["steps"]]
        assert places == list(range(len(places)))
        assert found["hunks"][planted]["hunk"] == planted + 1
        synapse = ["chemical", "S", f"K{planted:02}", [1, 0], [5, 0]]
        assert found["hunks"][planted]["synapses"] == [synapse]


def test_it_reads_well_and_the_same_twice(pair: Any, probe: Any) -> None:
    done = bisect(*pair, command=probe("at('S', 'K11') / 10"))
    assert done.exit_code == 0 and done.stderr == ""
    assert done.stdout.split("\n") == [
        "old.csv -> new.csv",
        "hunks      16, by class: chemical 16",
        "step 0     old: 0.1",
        "step 1     new: 0.5",
        "step 2     1-8: 0.1, 0 % of the way",
        "step 3     1-12: 0.5, 100 % of the way",
        "step 4     1-10: 0.1, 0 % of the way",
        "step 5     1-11: 0.1, 0 % of the way",
        "step 6     12: 0.5, 100 % of the way",
        "step 7     1-11 13-16: 0.1, 0 % of the way",
        "difference 0.4, from 0.1 to 0.5",
        "found      hunk 12 of 16: alone 0.5, 100 % of the difference",
        "left       all but hunk 12: 0.1, 0 %",
        "       12  chemical onto K11: 1 pair, 4 units of weight moved",
        "             ~ S -> K11  1 -> 5",
        "",
    ]
    assert bisect(*pair, command=probe("at('S', 'K11') / 10")).stdout == done.stdout


def test_effects_that_add_up(pair: Any, probe: Any) -> None:
    command = probe("at('S', 'K03') + at('S', 'K12')")
    found = told(*pair, "--share", "0.9", command=command)
    assert groups(found) == ["K03", "K12"]
    assert [step["part"] for step in found["alone"]] == [0.5, 0.5]
    assert len(found["steps"]) <= 14
    done = bisect(*pair, "--share", "0.9", command=command)
    assert "one by one 50 %, 50 %: they add up" in done.stdout
    half = told(*pair, command=command)
    assert groups(half) == ["K03"] and half["left"]["part"] == 0.5


def test_effects_that_act_together(pair: Any, probe: Any) -> None:
    command = probe("-1.5 * (at('S', 'K03') > 1 and at('S', 'K12') > 1)")
    found = told(*pair, command=command)
    assert groups(found) == ["K03", "K12"] and found["difference"] == -1.5
    assert [step["part"] for step in found["alone"]] == [0, 0]
    assert found["found"]["part"] == 1 and len(found["steps"]) <= 14
    done = bisect(*pair, command=command)
    assert "one by one 0 %, 0 %: they act together" in done.stdout


def test_either_of_two_is_enough(pair: Any, probe: Any) -> None:
    done = bisect(*pair, command=probe("max(at('S', 'K03'), at('S', 'K12'))"))
    assert "100 %: enough as well, either will do" in done.stdout


def test_nothing_short_of_all(tmp_path: Path, pair: Any, probe: Any) -> None:
    few = {(u, v): w for (u, v), w in turned().items() if v < "K05" or u != "S"}
    new = written(tmp_path / "few.csv", many() | few)
    command = probe("int(all(at('S', f'K{n:02}') > 1 for n in range(5)))")
    found = told(pair[0], new, command=command)
    assert found["outcome"] == "all together" and len(found["found"]["hunks"]) == 5
    done = bisect(pair[0], new, command=command)
    assert "no group short of all 5 hunks is found that moves it by 50 %" in done.stdout


def test_an_effect_that_is_spread_is_called_so(pair: Any, probe: Any) -> None:
    command = probe("sum(held for (pre, _), held in weight.items() if pre == 'S')")
    done = bisect(*pair, "--steps", "12", command=command)
    assert done.exit_code == 0
    assert "stopped    after 12 steps, --steps allows more" in done.stdout
    assert done.stdout.count("\nstep ") == 12
    assert "most of them" not in done.stdout  # for all that is known, few would do
    few = told(*pair, "--share", "0.1", command=command)
    assert len(few["found"]["hunks"]) == 2


def test_a_rough_number_is_called_so(pair: Any, probe: Any) -> None:
    command = probe("at('S', 'K11') + 20 * (at('S', 'K01') > at('S', 'K14'))")
    done = bisect(*pair, command=command)
    assert "the steps lie between 1 and 21, 5 times the difference:" in done.stdout


def test_weights_junctions_roles_and_cells_are_found(
    tmp_path: Path, probe: Any
) -> None:
    old = tmp_path / "old.csv"
    new = tmp_path / "new.csv"
    rows = ["S,A,chemical,2", "A,M,chemical,2", "B,M,chemical,1", "S,B,chemical,1"]
    head = "pre,post,kind,weight\n"
    old.write_text(head + "\n".join([*rows, "C,A,chemical,1"]))
    new.write_text(
        head
        + "\n".join([*rows, "A,B,electrical,4", "S,C,chemical,1", "C,A,chemical,1"])
    )
    cases = {
        "at('A', 'B') + at('B', 'A')": ("electrical", ["A", "B"]),
        "'C' in tables['SENSORY']": ("roles", ["C"]),
        "at('S', 'C')": ("chemical", ["C"]),
    }
    for expression, expected in cases.items():
        found = told(old, new, command=probe(f"float({expression})"))
        (place,) = found["found"]["hunks"]
        hunk = found["hunks"][place - 1]
        assert (hunk["kind"], hunk["group"]) == expected


# Where there is nothing to find


def test_equal_graphs_are_not_run(pair: Any) -> None:
    done = bisect(pair[0], pair[0], command=["no-such-program"])
    assert done.exit_code == 0
    assert "no difference between the two graphs; nothing was run" in done.stdout


def test_an_equal_number_ends_the_search(pair: Any, probe: Any) -> None:
    found = told(*pair, command=probe("7"))
    assert found["outcome"] == "no difference" and len(found["steps"]) == 2
    done = bisect(*pair, command=probe("7"))
    assert done.stdout.endswith("same       both models give 7\n")
    done = bisect(*pair, "--tolerance", "4", command=probe("at('S', 'K07')"))
    assert "1 and 5 are 4 apart, the tolerance is 4" in done.stdout


def test_noise_is_not_taken_for_an_effect(pair: Any, probe: Any) -> None:
    noisy = probe("at('S', 'K07') + (0, 100, -3)[run]")
    done = bisect(*pair, "--repeat", "3", command=noisy)
    assert "runs of one model lie as far apart as 103" in done.stdout
    found = told(*pair, "--repeat", "3", "--tolerance", "1", command=noisy)
    assert groups(found) == ["K07"] and found["difference"] == 4
    assert found["found"]["runs"] == [5, 105, 2]
    quiet = probe("at('S', 'K07') + 0.5 * run")
    assert groups(told(*pair, "--repeat", "3", command=quiet)) == ["K07"]


# What can not be tested


def test_models_that_do_not_compile_are_skipped(tmp_path: Path, probe: Any) -> None:
    """The only path moves from A over to B: with half of it, there is none."""
    old = written(tmp_path / "old.csv", {("S", "A"): 9, ("A", "M"): 9, ("B", "X"): 1})
    new = written(tmp_path / "new.csv", {("S", "B"): 9, ("B", "M"): 8, ("B", "X"): 2})
    options = ["--inputs", "S", "--outputs", "M", "--roles-table", "structure"]
    found = told(old, new, *options, command=probe("at('B', 'M')"))
    skipped = [step for step in found["steps"] if step["skipped"]]
    assert skipped and "no path leads" in skipped[0]["skipped"]
    assert groups(found) == ["B", "M"] or "M" in groups(found)
    done = bisect(old, new, *options, command=probe("at('B', 'M')"))
    assert "could not be tested" in done.stdout


def test_a_command_may_skip_a_model(pair: Any, tmp_path: Path, probe: Any) -> None:
    """Neither of two alone can be tested: they are found as one."""
    one, two = "at('S', 'K07') > 1", "at('S', 'K08') > 1"
    command = probe(f"sys.exit(125) if ({one}) != ({two}) else float({one})")
    found = told(*pair, command=command)
    assert groups(found) == ["K07", "K08"]
    assert {step["skipped"] for step in found["steps"]} == {None, "exit 125"}
    done = bisect(*pair, command=probe("sys.exit(125)"))
    assert done.exit_code == 1 and "exit 125 for the old model" in done.stderr


def test_an_end_that_does_not_compile_is_an_error(tmp_path: Path, pair: Any) -> None:
    bad = written(tmp_path / "bad.csv", {("A", "B"): 1, ("B", "A"): 1})
    done = bisect(pair[0], bad, command=["true"])
    assert done.exit_code == 1


# Commands that go wrong

BAD = {
    "import sys; print('trouble\\n' * 30, file=sys.stderr); sys.exit(3)": (
        "exit 3; its stderr ends:\n  | trouble\n"
    ),
    "import sys; sys.exit(4)": "exit 4, nothing on stderr",
    "print('accuracy: 0.5')": 'its stdout is "accuracy: 0.5", no finite number',
    "print(3); print('nan')": "its stdout is nan, no finite number",
    "pass": "printed nothing on stdout",
    "import sys; print(5, file=sys.stderr)": "printed nothing on stdout",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "killed by SIGKILL",
    "print('\\x1b[31m' + '9' * 400)": "no finite number",
}


@pytest.mark.parametrize("code", BAD)
def test_a_command_that_fails_ends_it(pair: Any, code: str) -> None:
    done = bisect(*pair, command=[sys.executable, "-I", "-S", "-c", code])
    assert done.exit_code == 1
    assert BAD[code] in done.stderr and "\x1b" not in done.output


def test_a_failure_on_the_way_says_what_is_known(pair: Any, probe: Any) -> None:
    command = probe("at('S', 'K09') if at('S', 'K15') + at('S', 'K00') != 6 else 1 / 0")
    done = bisect(*pair, command=command)
    assert done.exit_code == 1 and "ZeroDivisionError" in done.stderr
    assert "failed     after 2 steps; known so far:" in done.stdout
    done = bisect(*pair, "--json", command=command)
    assert done.exit_code == 1 and json.loads(done.stdout)["outcome"] == "failed"


def test_talk_on_stderr_and_blank_lines_are_no_matter(pair: Any) -> None:
    code = "import sys; print('talk', file=sys.stderr); print('a\\n 7.5 \\n\\n')"
    done = bisect(*pair, command=[sys.executable, "-I", "-S", "-c", code])
    assert done.exit_code == 0 and "both models give 7.5" in done.stdout


def test_no_such_program(pair: Any, tmp_path: Path) -> None:
    done = bisect(*pair, command=["no-such-program", "x"])
    assert done.exit_code == 1
    assert "no-such-program x: cannot be run: No such file" in done.stderr
    plain = tmp_path / "plain.txt"
    plain.write_text("x")
    assert bisect(*pair, command=[str(plain)]).exit_code == 1


def test_a_command_that_hangs_is_ended_with_its_children(
    pair: Any, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        f"open({str(note)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    start = time.monotonic()
    command = [sys.executable, "-I", "-S", "-c", code]
    done = bisect(*pair, "--timeout", "0.5", command=command)
    assert done.exit_code == 1 and "no end after 0.5 s" in done.stderr
    assert time.monotonic() - start < 10
    assert gone(int(note.read_text()))


def gone(process: int) -> bool:
    """Whether a process is no more, or a zombie, soon."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state[0] == "Z":
            return True
        time.sleep(0.05)
    return False


# How it is called


def test_where_the_model_stands_in_the_command(pair: Any, tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = (
        "import json, os, sys; held = [*sys.argv[1:], os.environ['ELEGANSC_MODEL']]; "
        f"open({str(log)!r}, 'a').write(json.dumps(held) + '\\n'); print(1)"
    )
    python = [sys.executable, "-I", "-S", "-c", code]
    assert bisect(*pair, command=[*python, "--to={}:{}", "x y; $HOME"]).exit_code == 0
    assert bisect(*pair, command=[*python, "-"]).exit_code == 0
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    models = [row[-1] for row in rows]
    assert len(set(models)) == 4  # a folder each: bytecode of one is none of another
    assert all(Path(model).name == "model.py" for model in models)
    assert [row[:-1] for row in rows[:2]] == [
        [f"--to={model}:{model}", "x y; $HOME"] for model in models[:2]
    ]
    assert [row[:-1] for row in rows[2:]] == [["-", model] for model in models[2:]]


def test_models_are_kept_where_asked(pair: Any, tmp_path: Path, probe: Any) -> None:
    folder = tmp_path / "kept" / "here"
    words = (*pair, "--keep-models", folder)
    found = told(*words, "--features", "4", command=probe("at('S', 'K07')"))
    files = sorted(path.name for path in folder.iterdir())
    assert files[:3] == ["step_00_old.py", "step_01_new.py", "step_02.py"]
    assert [step["file"] for step in found["steps"]] == [
        str(folder / name) for name in files
    ]
    models = [read_model((folder / name).read_bytes(), name) for name in files]
    assert {model.name for model in models} == {"Old"}
    assert {model.options.features for model in models} == {4}
    assert [model.header.label for model in models[:3]] == [
        "old.csv",
        "new.csv",
        "bisect..old.csv..new.csv",
    ]
    options = Options(features=4)
    (data,) = compile_source(str(pair[0]), options=options).files.values()
    assert (folder / files[0]).read_bytes() == data
    again = bisect(*words, command=probe("1"))
    assert again.exit_code == 1 and "models of another bisection" in again.stderr
    assert bisect(*pair, "--keep-models", pair[0], command=["x"]).exit_code == 2


def test_a_model_between_two_is_one_of_ours(tmp_path: Path, probe: Any) -> None:
    """Its text follows from its tables, and names no command that can not be run."""
    names = ("witvliet2021-1", "witvliet2021-2")
    quick = ("--cycles", "ratio", "--no-keep-alive", "--keep-models", tmp_path / "k")
    done = bisect(*names, *quick, command=probe("at('ADFL', 'RIR')"))
    assert done.exit_code == 0, done.stderr
    between = sorted((tmp_path / "k").iterdir())[2:]
    assert between
    for path in between:
        model = read_model(path.read_bytes(), path.name)
        (data,) = emit(
            model.plan, options=model.options, name=model.name
        ).files.values()
        assert data == path.read_bytes()
        assert b"elegansc compile" not in data
        assert b"Made by: elegansc bisect, a step between witvliet2021-1..wit" in data


def test_the_name_of_the_class_is_one(pair: Any, tmp_path: Path, probe: Any) -> None:
    words = (*pair, "--keep-models", tmp_path / "k", "--name", "Worm")
    assert bisect(*words, command=probe("7")).exit_code == 0
    for path in (tmp_path / "k").iterdir():
        assert read_model(path.read_bytes(), path.name).name == "Worm"
    assert bisect(*pair, "--name", "class", command=["x"]).exit_code == 2


def test_a_wrong_command_line(pair: Any) -> None:
    for words, command in (
        (pair, []),
        (pair[:1], []),
        ((*pair, "--share", "0"), ["true"]),
        ((*pair, "--share", "1.5"), ["true"]),
        ((*pair, "--by", "letter"), ["true"]),
        ((*pair, "--timeout", "0"), ["true"]),
        ((*pair, "--repeat", "0"), ["true"]),
        ((*pair, "--share", "nan"), ["true"]),
        ((*pair, "--timeout", "nan"), ["true"]),
        ((*pair, "--unit", "cubic"), ["true"]),
    ):
        assert bisect(*words, command=command).exit_code == 2
    assert bisect("no.csv", pair[1], command=["true"]).exit_code == 1


# Models, and names that would hurt


def module(path: Path, source: Path, **options: Any) -> Path:
    """A connectome, compiled."""
    (data,) = compile_source(str(source), options=Options(**options)).files.values()
    path.write_bytes(data)
    return path


def test_generated_models(pair: Any, tmp_path: Path, probe: Any) -> None:
    old = module(tmp_path / "a.py", pair[0], features=2)
    new = module(tmp_path / "b.py", pair[1], features=2)
    for number, sides in enumerate([(old, new), (old, pair[1]), (pair[0], new)]):
        folder = tmp_path / str(number)
        words = (*sides, "--keep-models", folder)
        found = told(*words, command=probe("at('S', 'K07')"))
        assert groups(found) == ["K07"]
        for path in folder.iterdir():
            assert read_model(path.read_bytes(), path.name).options.features == 2
        if sides[0] == old:
            assert (folder / "step_00_old.py").read_bytes() == old.read_bytes()


def test_a_model_keeps_its_own_order(tmp_path: Path, probe: Any) -> None:
    """Made with another tie, it is measured as it is."""
    cycle: Edges = {("S", "A"): 1, ("A", "B"): 1, ("B", "A"): 1, ("B", "M"): 1}
    source = written(tmp_path / "a.csv", cycle | {("S", "B"): 1, ("A", "M"): 1})
    new = written(tmp_path / "b.csv", cycle | {("S", "B"): 1, ("A", "M"): 2})
    seeds = {}
    for seed in range(20):
        path = module(tmp_path / f"{seed}.py", source, tie_seed=seed)
        seeds[str(read_model(path.read_bytes(), "x").tables.levels)] = path
    assert len(seeds) == 2
    for path in seeds.values():
        folder = tmp_path / f"{path.stem}-kept"
        words = (path, new, "--keep-models", folder)
        assert bisect(*words, command=probe("7")).exit_code == 0
        assert (folder / "step_00_old.py").read_bytes() == path.read_bytes()


def test_models_of_other_options_are_refused(pair: Any, tmp_path: Path) -> None:
    old = module(tmp_path / "a.py", pair[0])
    new = module(tmp_path / "b.py", pair[1], feedback="delay")
    done = bisect(old, new, command=["true"])
    assert done.exit_code == 2 and "the two models differ in feedback" in done.stderr
    done = bisect(old, pair[1], "--features", "3", command=["true"])
    assert done.exit_code == 2 and "--features" in done.stderr
    changed = tmp_path / "d.py"
    changed.write_bytes(
        edited(old.read_bytes(), b'"K03": {"S": 1}', b'"K03": {"S": 2}')
    )
    done = bisect(old, changed, command=["true"])
    assert done.exit_code == 1 and "edited by hand" in done.stderr


def test_what_a_minimum_weight_took_away_is_found(
    tmp_path: Path, pair: Any, probe: Any
) -> None:
    """Options that choose the graph may differ: they are in the hunks."""
    edges = many() | {("S", "M"): 0.25}
    source = written(tmp_path / "s.csv", edges)
    old, new = module(tmp_path / "a.py", source), tmp_path / "b.py"
    module(new, source, min_weight=0.5)
    assert groups(told(old, new, command=probe("at('S', 'M')"))) == ["M"]


def quoted(name: str) -> str:
    """A cell of a CSV."""
    return '"' + name.replace('"', '""') + '"'


def test_hostile_names(tmp_path: Path, probe: Any) -> None:
    kinds = ("quotes", "lines", "separators", "jinja", "shell", "formats", "astral")
    names = sorted({name.strip() for kind in kinds for name in ACCEPTED[kind]})
    paths = [tmp_path / 'it\'s {}, "old"\n$(x).csv', tmp_path / "-- new {}.csv"]
    for weight, path in enumerate(paths, 1):
        rows = [f"S,{quoted(n)},{weight}\n{quoted(n)},M,1" for n in names]
        path.write_text("pre,post,weight\n" + "\n".join(rows) + "\n", newline="")
    planted = "$(touch PWNED)"
    command = probe(f"at('S', {planted!r})")
    found = told(*paths, "--by", "neuron", command=command)
    assert groups(found) == [planted]
    done = bisect(*paths, "--by", "neuron", "--verbose", command=command)
    assert done.exit_code == 0 and not Path("PWNED").exists()
    assert all(line.isprintable() for line in done.stdout.split("\n"))


# Bundled worms


def test_a_worm_grows(probe: Any) -> None:
    command = probe("sum(w for (_, v), w in weight.items() if v in ('AVAL', 'AVAR'))")
    words = ("witvliet2021-1", "witvliet2021-2", "--no-keep-alive")
    found = told(*words, "--cycles", "ratio", "--by", "role", command=command)
    assert found["outcome"] == "found" and groups(found) == ["inter-inter"]


# Interrupted


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_summary_and_nothing_else(
    pair: Any, tmp_path: Path, left_behind: Path, sign: signal.Signals
) -> None:
    """At the fourth model the command notes its process and sleeps."""
    note = tmp_path / "note"
    code = (
        "import os, signal, sys, time\n"
        f"note = {str(note)!r}\n"
        "count = len(open(note).read()) if os.path.exists(note) else 0\n"
        "open(note, 'a').write('x')\n"
        "if count == 3:\n"
        f"    signal.signal({sign}, signal.SIG_IGN)\n"
        "    open(note + '.pid', 'w').write(str(os.getpid()))\n"
        "    os.rename(note + '.pid', note + '.ready')\n"
        "    time.sleep(60)\n"
        "print(count)\n"
    )
    start = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from elegansc.cli.bisect import bisect_command\n"
        "from elegansc.cli.exit_codes import Commands\n"
        "group = Commands('elegansc'); group.add_command(bisect_command); group()"
    )
    python = [sys.executable, "-I", "-S", "-c", code]
    words = ["bisect", *map(str, pair), "--", *python]
    process = subprocess.Popen(
        [sys.executable, "-c", start, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(left_behind)},
    )
    ready = Path(f"{note}.ready")
    while not ready.exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(sign)
    time.sleep(0.1)
    process.send_signal(sign)  # impatience changes nothing
    out, err = (part.decode() for part in process.communicate(timeout=30))
    assert process.returncode == 130, err
    assert "interrupted after 3 steps; known so far:" in out
    assert "found      hunks 1-8 of 16: alone 2, 200 % of the difference" in out
    assert "Traceback" not in err and gone(int(ready.read_text()))
