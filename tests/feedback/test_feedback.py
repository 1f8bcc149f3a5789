"""The command feedback: bounds by hand and by force, killed, refused, judged, drawn."""

from __future__ import annotations

import csv
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from support.command import run
from support.paths import ROOT

from elegansc import catalog
from elegansc.feedback import judge as judging
from elegansc.feedback.judge import animals, judge, predicted, proportion
from elegansc.feedback.measure import Job, bounds_of, counted, measure
from elegansc.feedback.protocol import Item, Map, protocol_of, read_protocol, written
from elegansc.nulls.pairs import Null
from elegansc.nulls.twins import Drawing
from elegansc.options import Options
from elegansc.ordering import cycle_packing
from elegansc.ordering.cycle_packing import pack_cycles
from elegansc.ordering.instance import instance_of
from elegansc.ordering.problem import Problem
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout

FILES = ["README.md", "certificates", "dots.svg", "protocol.toml", "results.jsonl"]
OWN = ("--roles-table", "structure", "--inputs", "N1", "--outputs", "N2")


def toy(seed: int = 0, size: int = 7, count: int = 22) -> str:
    """A weighted edge list with cycles."""
    draw = np.random.default_rng(seed)
    pairs = [(u, v) for u in range(size) for v in range(size) if u != v]
    chosen = draw.permutation(len(pairs))[:count]
    rows = [f"N{u},N{v},{draw.integers(1, 9)}" for u, v in (pairs[i] for i in chosen)]
    return "\n".join(["pre,post,weight", *sorted(rows), "N0,N0,5"]) + "\n"


def arcs_of(path: Path) -> dict[tuple[str, str], int]:
    """The synapses of an edge list between two neurons."""
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["pre"] != row["post"]]
    return {(row["pre"], row["post"]): int(row["weight"]) for row in rows}


def least(arcs: Mapping[tuple[str, str], int]) -> int:
    """The least weight that runs backward, by trying every order."""
    names = sorted({name for arc in arcs for name in arc})
    best = sum(arcs.values())
    for order in permutations(names):
        rank = {name: place for place, name in enumerate(order)}
        best = min(best, sum(w for (u, v), w in arcs.items() if rank[u] > rank[v]))
    return best


def lines(folder: Path) -> list[dict[str, Any]]:
    """The lines of the results, sorted, without how long each took."""
    found = map(json.loads, (folder / "results.jsonl").read_text().splitlines())
    plain = [{k: v for k, v in line.items() if k != "seconds"} for line in found]
    return sorted(
        plain, key=lambda line: (line["null"] != "worm", line["null"], line["twin"])
    )


def feedback(*words: object) -> str:
    """What the command reports."""
    done = run("feedback", *map(str, words))
    assert done.exit_code == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Measurements of a toy that nothing disturbed, with all certificates."""
    place = tmp_path_factory.mktemp("whole")
    (place / "toy.csv").write_text(toy())
    words = ("--null", "degree,er", "--count", 4, "--jobs", 1, "--certificates")
    said = feedback(place / "toy.csv", *words, "-o", place / "out", *OWN)
    assert "9 graphs, 9 of them now" in said
    return place


@given(st.integers(0, 10**6), st.integers(8, 20))
@settings(deadline=None, max_examples=40)
def test_packed_cycles_prove_no_more_than_the_minimum(seed: int, count: int) -> None:
    rows = [row.split(",") for row in toy(seed, 5, count).splitlines()[1:-1]]
    names = sorted({name for row in rows for name in row[:2]})
    pre, post, weight = (
        np.array(column, dtype)
        for column, dtype in (
            ([names.index(row[0]) for row in rows], np.int32),
            ([names.index(row[1]) for row in rows], np.int32),
            ([int(row[2]) for row in rows], np.int64),
        )
    )
    role = np.zeros(len(names), np.uint8)
    instance, _ = instance_of(tuple(names), role, pre, post, weight)
    found = pack_cycles(instance)
    arcs = {(row[0], row[1]): int(row[2]) for row in rows}
    load: dict[tuple[str, str], int] = {}
    for group in found.components:
        for cycle, parts in group:
            for arc in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
                load[arc] = load.get(arc, 0) + parts
    assert all(parts <= arcs[arc] * 10**6 for arc, parts in load.items())
    assert found.converged
    assert found.bound == least(arcs)  # of so few neurons it is tight


def test_bounds_hold_by_force(whole: Path) -> None:
    """Every order of every graph is tried, on files that rewire wrote."""
    for null in ("degree", "er"):
        words = ("--null", null, "--count", "4", "-o", str(whole / null), *OWN)
        if not (whole / null).exists():
            assert run("rewire", str(whole / "toy.csv"), *words).exit_code == 0
    for line in lines(whole / "out"):
        name = (
            "toy.csv"
            if line["null"] == "worm"
            else f"{line['null']}/{line['null']}-{line['twin']}.csv"
        )
        arcs = arcs_of(whole / name)
        assert line["bound"] <= least(arcs) <= line["found"], line
        assert line["weight"] == sum(arcs.values())
        if line["null"] == "worm":
            assert line["bound"] == line["found"] == least(arcs)
        assert line["status"] == "measured" and line["converged"]


@pytest.mark.slow
def test_certificates_are_checked_by_verify(whole: Path) -> None:
    """That of a twin, too, against the model of the file that rewire writes."""
    twins = whole / "twins"
    words = ("--null", "degree", "--count", "2", "-o", str(twins), *OWN)
    assert run("rewire", str(whole / "toy.csv"), *words).exit_code == 0
    for source, more, proof in (
        (whole / "toy.csv", OWN, "toy.csv.json"),
        (
            twins / "degree-2.csv",
            ("--cells", str(twins / "cells.csv")),
            "toy.csv-degree-2.json",
        ),
    ):
        model = str(whole / "model.py")
        done = run("compile", str(source), *more, "-q", "-o", model, "--force")
        assert done.exit_code == 0, done.stderr
        paper = str(whole / "out" / "certificates" / proof)
        done = run("verify", model, "--certificate", paper)
        assert done.exit_code == 0, done.stderr
        assert "none beyond a weight" in done.stderr + done.stdout


def test_the_folder_and_the_verdict(whole: Path) -> None:
    out = whole / "out"
    assert sorted(path.name for path in out.iterdir() if path.name[0] != ".") == [
        *FILES,
        "verdict.json",
    ]
    verdict = json.loads((out / "verdict.json").read_text())
    (only,) = verdict["maps"]
    own = only["worm"]["found"] / only["worm"]["weight"]
    assert verdict["complete"] and only["worm"]["proved"]
    assert only["source"] == "../toy.csv" and verdict["animals"] == 1
    for arm in only["nulls"]:
        each = [line for line in lines(out) if line["null"] == arm["null"]]
        bounds = np.array([line["bound"] / line["weight"] for line in each])
        below = int((bounds <= own).sum())
        assert arm["rank"] == 1 + below and arm["p"] == (1 + below) / 5
        assert arm["z"] is None  # of four twins it would be a guess
        assert arm["ratio"]["mean"] == pytest.approx(own / bounds.mean())
        low, high = stats.t.interval(0.95, 3, bounds.mean(), stats.sem(bounds))
        assert arm["bound"]["low"] == pytest.approx(low)
        assert arm["ratio"]["low"] == pytest.approx(own / high)
        assert arm["p_holm"] is None and not arm["tested"]
    page = (out / "README.md").read_text()
    assert f"{own:.2%}" in page and "proved the minimum" in page
    for arm in only["nulls"]:
        told = next(row for row in page.splitlines() if f"**{arm['null']}**" in row)
        all_above = arm["rank"] == 1
        assert f"{int(all_above)} of 1 connectome lose" in told
        assert (f"(rank {arm['rank']} of 5)" in told) is not all_above


def test_z_is_told_of_ten_twins_or_more() -> None:
    shares = [0.1, 0.12, 0.11, 0.14, 0.13, 0.12, 0.15, 0.11, 0.12, 0.13]
    wanted = (0.09 - np.mean(shares)) / np.std(shares, ddof=1)
    assert judging.far(0.09, shares) == pytest.approx(wanted)
    assert math.isnan(judging.far(0.09, shares[:9]))


def test_what_is_whole_is_left_as_it_is(whole: Path) -> None:
    before = {p: p.read_bytes() for p in (whole / "out").iterdir() if p.is_file()}
    words = ("--null", "degree,er", "--count", 4, "-o", whole / "out", *OWN)
    said = feedback(whole / "toy.csv", *words)
    assert "unchanged" in said and "0 of them now" in said
    assert before == {p: p.read_bytes() for p in before}


@pytest.mark.slow
def test_the_same_bytes_with_another_hash_seed(whole: Path, tmp_path: Path) -> None:
    """Verdict, picture and page, of the same results; two processes; another order."""
    for file in ("protocol.toml", "results.jsonl"):
        (tmp_path / file).write_bytes((whole / "out" / file).read_bytes())
    rows = (tmp_path / "results.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "results.jsonl").write_text("".join(reversed(rows)))
    (tmp_path.parent / "toy.csv").write_text(toy())
    command = [sys.executable, "-m", "elegansc", "feedback", "--protocol"]
    command += ["protocol.toml", "-o", str(tmp_path), "-q"]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run(command, check=True, env=environment, cwd=tmp_path)
    for file in ("verdict.json", "dots.svg", "README.md"):
        assert (tmp_path / file).read_bytes() == (whole / "out" / file).read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
def test_killed_at_any_point_it_goes_on(tmp_path: Path) -> None:
    """Killed, a line cut short, gone on with in two processes: as if nothing had been."""
    (tmp_path / "toy.csv").write_text(toy(1, 25, 140))
    words = [str(tmp_path / "toy.csv"), "--null", "er", "--count", "12", *OWN]
    command = [sys.executable, "-m", "elegansc", "feedback", *words]
    results = tmp_path / "out" / "results.jsonl"
    process = subprocess.Popen([*command, "-o", str(tmp_path / "out"), "--jobs", "2"])
    try:
        end = time.monotonic() + 60
        while not (results.exists() and results.read_bytes().count(b"\n") >= 2):
            assert time.monotonic() < end, "it never came"
            time.sleep(0.01)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    known = results.read_bytes().count(b"\n")
    with results.open("ab") as file:
        file.write(b'{"schema": 1, "proto')
    said = feedback(*words, "-o", tmp_path / "out", "--jobs", 2)
    assert f"13 graphs, {13 - known} of them now" in said
    feedback(*words, "-o", tmp_path / "other", "--jobs", 1)
    assert lines(tmp_path / "out") == lines(tmp_path / "other")


@pytest.mark.slow
def test_a_cluster_finds_the_same(whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    words = ("--null", "degree,er", "--count", 4, *OWN)
    (tmp_path / "toy.csv").write_text(toy())
    feedback(tmp_path / "toy.csv", *words, "-o", tmp_path / "out", "--ray", "local")
    assert lines(tmp_path / "out") == lines(whole / "out")


def refused(*words: object) -> str:
    """What is said of words that are refused."""
    done = run("feedback", *map(str, words))
    assert done.exit_code in (1, 2), done.stderr
    return done.stderr


def test_results_of_another_protocol_are_refused(whole: Path, tmp_path: Path) -> None:
    out, source = whole / "out", whole / "toy.csv"
    before = (out / "results.jsonl").read_bytes()
    said = refused(source, "--null", "er", "-o", out, *OWN)
    assert "of another protocol" in said and "another folder" in said
    other = tmp_path / "other.toml"
    text = (out / "protocol.toml").read_text()
    other.write_text(text.replace("../toy.csv", source.as_posix()))
    assert "results of two settings never mix" in refused(
        "--protocol", other, "-o", out
    )
    assert (out / "results.jsonl").read_bytes() == before


def test_another_source_is_refused(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("protocol.toml", "results.jsonl"):
        (out / name).write_bytes((whole / "out" / name).read_bytes())
    (tmp_path / "toy.csv").write_text(toy(5))
    said = refused("--protocol", out / "protocol.toml", "-o", out)
    assert "measured on another file than there is now" in said


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "toy.csv").write_text(toy())
    (tmp_path / "README.md").write_text("mine\n")
    said = refused(tmp_path / "toy.csv", "--null", "er", "-o", tmp_path, *OWN)
    assert "README.md" in said and "--force" in said
    assert (tmp_path / "README.md").read_text() == "mine\n"
    assert not (tmp_path / "results.jsonl").exists()


def test_twins_that_cannot_exist_are_told(tmp_path: Path) -> None:
    """The others are measured all the same."""
    (tmp_path / "ring.csv").write_text("pre,post,weight\nA,B,1\nB,C,1\nC,A,1\nC,D,1\n")
    words = ("--null", "shuffle-weights,er", "--count", 3, "--jobs", 1)
    said = feedback(tmp_path / "ring.csv", *words, "-o", tmp_path / "out", *OWN[:2])
    assert "no twin" in said and "all synapses weigh the same" in said
    verdict = json.loads((tmp_path / "out" / "verdict.json").read_text())
    none, er = verdict["maps"][0]["nulls"]
    assert [one["twin"] for one in none["impossible"]] == [1, 2, 3]
    assert (none["twins"], none["p"], none["rank"], er["twins"]) == (0, None, None, 3)


def test_bounds_that_do_not_converge_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They count: each is a bound, only lower than it could be."""
    monkeypatch.setattr(cycle_packing, "ROUNDS", 1)
    (tmp_path / "toy.csv").write_text(toy(2, 30, 200))
    words = ("--null", "er", "--count", 3, "--jobs", 1, "-o", tmp_path / "out", *OWN)
    feedback(tmp_path / "toy.csv", *words)
    verdict = json.loads((tmp_path / "out" / "verdict.json").read_text())
    (er,) = verdict["maps"][0]["nulls"]
    assert er["unconverged"] == [1, 2, 3] and er["twins"] == 3
    assert "did not converge" in (tmp_path / "out" / "README.md").read_text()


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ((), "needs a SOURCE, or --protocol"),
        (("toy.csv",), "needs --null NULL,..."),
        (("toy.csv", "--null", "none"), "'none': one of er, ws"),
        (("toy.csv", "--null", "er,er"), "named twice"),
        (("toy.csv", "--null", "degree-distance"), "asks for positions"),
        (("toy.csv", "--protocol", "p.toml"), "it takes --output"),
        (("--seed", "0", "--protocol", "p.toml"), "it takes --output"),
        (("nobody.csv", "--null", "er"), "nobody.csv"),
    ],
)
def test_bad_command_lines(
    words: tuple[str, ...], seen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("toy.csv").write_text(toy())
    assert seen in refused(*words, "-o", "out")
    assert not Path("out/results.jsonl").exists()


GOOD = 'schema = 1\n[[compare]]\nsources = ["cook2019"]\nnulls = ["er"]\ntwins = 3\n'


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("schema = 1\n", "compare is missing|compare: is missing"),
        ("schema = 1\ncompare = []\n", "nothing to compare"),
        (GOOD + "bar = 1\n", "compare.bar: no such key"),
        (GOOD.replace("= 3", "= 0"), "compare.twins: 0"),
        (GOOD.replace('["er"]', "[]"), "a list of names"),
        (GOOD + 'weights = "two"\n', "counted, one"),
        (GOOD + 'compile = {only = ["A*"], keep = "none"}\n', "compare.compile"),
        (GOOD + 'compile = {roles = "blocks"}\n', "takes no graph out"),
        (GOOD + GOOD.partition("\n")[2], "named twice"),
        ("schema = 1\ncompare = [3]\n", "no table"),
        ("schema = ", "no TOML"),
    ],
)
def test_bad_protocols(text: str, seen: str, tmp_path: Path) -> None:
    from elegansc.errors import InputError

    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(InputError, match=seen):
        read_protocol(str(tmp_path / "p.toml"))


def test_a_command_line_is_written_as_it_is_read(tmp_path: Path) -> None:
    data = written(
        ["cook2019", str(tmp_path / "a" / "é.csv")],
        ["degree", "degree-distance"],
        twins=7,
        seed=3,
        weights="one",
        positions=str(tmp_path / "xyz.csv"),
        options=Options(only=("A*", "B"), min_weight=2),
        folder=tmp_path / "a",
    )
    plan = protocol_of(data, "p", tmp_path / "a")
    assert [one.path for one in plan.maps] == [
        "cook2019",
        str(tmp_path / "a" / "é.csv"),
    ]
    assert [one.source for one in plan.maps] == ["cook2019", "é.csv"]
    assert plan.maps[0].options == Options(only=("A*", "B"), min_weight=2)
    assert [arm.twins for arm in plan.maps[0].arms] == [7, 7] and plan.seed == 3
    arm = plan.maps[1].arms[1]
    assert Path(os.path.normpath(arm.positions)) == tmp_path / "xyz.csv"
    items = [*plan.items()]
    assert items[:2] == [Item(s, "one", "worm", 0) for s in ("cook2019", "é.csv")]
    assert len(items) == len({*items}) == 2 + 4 * 7


def test_tests_are_corrected_over_the_family_alone() -> None:
    text = (
        GOOD
        + "tested = true\n[[compare]]\nsources = ['cook2019']\nnulls = ['ws']\ntwins = 3\n"
    )
    plan = protocol_of(text.encode(), "p", Path())
    found: dict[Item, dict[str, Any]] = {}
    for item in plan.items():
        bound = 10 if item.null == "worm" else 20 + item.twin
        found[item] = {"weight": 100, "bound": bound, "found": bound, "twin": item.twin}
        found[item] |= {"status": "measured", "converged": True}
    (one,) = judge(plan, found)
    er, ws = one.arms
    assert (er.p, er.holm, er.least) == (0.25, 0.25, 0.25)
    assert ws.p == 0.25 and np.isnan(ws.holm)
    del found[Item("cook2019", "counted", "worm", 0)]
    (one,) = judge(plan, found)
    assert one.worm is None and np.isnan(one.arms[0].p) and np.isnan(one.arms[0].holm)


@given(st.integers(1, 60), st.data())
def test_intervals_are_those_of_scipy(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    known = stats.binomtest(count, n).proportion_ci(0.95, "exact")
    assert proportion(count, n) == pytest.approx((known.low, known.high))
    values = [float(each) for each in range(n + 1)]
    low, high = predicted(values)
    wide = stats.t.ppf(0.975, n) * np.std(values, ddof=1) * np.sqrt(1 + 1 / (n + 1))
    assert (high - low) / 2 == pytest.approx(wide)


def test_one_series_of_sections_is_one_animal() -> None:
    names = ("white1986", "varshney2011", "cook2019", "cook2019-male", "witvliet2021-8")
    maps = [judging.Judged(Map(n, n, "counted", {}, ()), None, ()) for n in names]
    assert animals(maps) == 3
    assert all(catalog.find(name) for name in judging.SERIES)


def bounds(source: str, null: Null, count: int, one: bool = False) -> list[float]:
    """The shares of weight below which no order of the first twins loses."""
    circuit = circuit_of(source, label="", options=Options(), layout=Layout())
    circuit = counted(circuit, "one" if one else "counted")
    found = []
    for index in range(1, count + 1):
        problem = Problem.of(
            Drawing.of(circuit, null, 0).twin(index).circuit, Options()
        )
        optimality, converged = bounds_of(problem)
        assert converged and optimality.bound is not None
        found.append(
            optimality.bound * problem.scale / problem.weight[~problem.loops].sum()
        )
    return found


@pytest.mark.slow
def test_first_counts_of_varshney(tmp_path: Path) -> None:
    """Those of the audit: 7.80 %, 14.0 % where all weights are 1, and what twins cannot."""
    words = (
        "varshney2011",
        "--null",
        "shuffle-weights",
        "--count",
        "1",
        "--json",
        "-q",
    )
    for more, (found, weight) in (((), (499, 6394)), (("--unweighted",), (306, 2194))):
        if more:
            words = ("varshney2011", "--null", "degree", *words[3:])
        done = run("feedback", *words, *more, "-o", str(tmp_path / str(len(more))))
        own = json.loads(done.stdout)["maps"][0]["worm"]
        assert (own["found"], own["bound"], own["weight"]) == (found, found, weight)
    assert min(bounds("varshney2011", Null("shuffle-weights"), 8)) > 0.08
    assert min(bounds("varshney2011", Null("degree"), 4, one=True)) > 0.17
    assert min(bounds("varshney2011", Null("role-degree"), 4, one=True)) > 0.148


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("cook2019", 828), ("cook2019-male", 883)])
def test_large_worms_of_weights_one(name: str, least: int) -> None:
    """Within seconds, though ties are many; what is not proved is not called so."""
    circuit = circuit_of(name, label="", options=Options(), layout=Layout())
    item = Item(name, "one", "worm", 0)
    one = counted(circuit, "one")
    line = measure(Job(item, "", 0, one, "", Options(), None, False)).line
    assert line["bound"] == least <= line["found"] <= least + 5
    assert "backward" not in line


@pytest.fixture(scope="module")
def worms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The minimum of every bundled worm, with its certificate, beside one twin each."""
    names = [entry.name for entry in catalog.entries()]
    out = tmp_path_factory.mktemp("worms") / "out"
    feedback(*names, "--null", "shuffle-weights", "--count", 1, "-o", out)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", [entry.name for entry in catalog.entries()])
def test_the_minimum_of_every_worm_is_certified(
    name: str, worms: Path, tmp_path: Path
) -> None:
    model, paper = tmp_path / "model.py", worms / "certificates" / f"{name}.json"
    done = run("compile", name, "--cycles", "auto", "-q", "-o", str(model))
    assert done.exit_code == 0
    done = run("verify", str(model), "--certificate", str(paper))
    assert done.exit_code == 0 and "proved" in done.stderr + done.stdout


def test_the_protocol_of_the_run_is_as_it_was_said() -> None:
    """The confirmatory family: three animals, two null models, 199 twins, Holm over six."""
    plan = read_protocol(str(ROOT / "generated" / "feedback" / "protocol.toml"))
    tested = [
        (one.source, arm.null, arm.twins)
        for one in plan.maps
        for arm in one.arms
        if arm.tested
    ]
    animals = ("cook2019", "cook2019-male", "witvliet2021-8")
    assert tested == [(a, n, 199) for a in animals for n in ("degree", "role-degree")]
    assert {one.source for one in plan.maps} == {
        entry.name for entry in catalog.entries()
    }
    assert plan.alpha > 6 / 200


def test_a_page_says_that_a_file_of_positions_is_needed() -> None:
    from elegansc.feedback.readme import readme

    near = GOOD.replace('["er"]', '["degree-distance"]') + 'positions = "xyz.csv"\n'
    pages = {}
    for name, text in {"near": near, "far": GOOD}.items():
        plan = protocol_of(text.encode(), "p", Path("folder"))
        pages[name] = readme(plan, judge(plan, {}), ())
    assert "drawn by xyz.csv, where the cells lie" in pages["near"]
    assert "from a clone alone" in pages["near"] and "clone alone" not in pages["far"]
