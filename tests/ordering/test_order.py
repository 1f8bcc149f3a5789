"""`elegansc order`, the sifting behind it, and `compile --ensemble`."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import toy
from support.command import contents, run
from support.paths import BUNDLED
from support.strategies import seeded

from elegansc.graph import backward, ratio_rank
from elegansc.ordering.sift import Sift, gumbel, rounded
from elegansc.verification.verify import static

TABLES = BUNDLED
RING = "pre,post,weight\nA,B,3\nB,A,1\nB,C,4\nC,A,5\n"  # the least is 3: A -> B alone


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `ring.csv` in it."""
    monkeypatch.chdir(tmp_path)
    Path("ring.csv").write_text(RING)
    return tmp_path


@cache
def chemical(path: Path) -> pd.DataFrame:
    """The chemical rows of a file between two cells, ids as text, by pandas."""
    rows = pd.read_csv(path, dtype={"pre": str, "post": str}, keep_default_na=False)
    if "kind" in rows:
        rows = rows[rows.kind == "chemical"]
    return rows[rows.pre != rows.post]


def forward_of(order: str, rows: pd.DataFrame) -> float:
    """The weight that an order sends forward, by pandas."""
    table = pd.read_csv(io.StringIO(order), dtype={"Node ID": str})
    place = table.set_index("Node ID").Order
    ahead = rows.pre.map(place) < rows.post.map(place)
    return float(rows.weight[ahead].sum())


def reported(stderr: str) -> tuple[float, float, float]:
    """(forward, total, backward) of what is said of an order."""
    found = re.match(r"(\S+) of (\S+) .* run forward, (\S+) backward, [\d.]+ %", stderr)
    assert found, stderr
    one, two, three = (float(word.replace(",", "")) for word in found.groups())
    return one, two, three


# The table


@pytest.mark.parametrize("cycles", ["auto", "exact", "fast", "ratio"])
@pytest.mark.parametrize("worm", ["witvliet2021-3", "varshney2011"])
def test_every_cell_stands_in_the_order_once(
    worm: str, cycles: str, tmp_path: Path
) -> None:
    done = run("order", worm, "--cycles", cycles)
    assert done.exit_code == 0, done.stderr
    rows = list(csv.reader(io.StringIO(done.stdout)))
    raw = pd.read_csv(TABLES / f"{worm}.csv")

    assert done.stdout.startswith("Node ID,Order\n")
    assert sorted(name for name, _ in rows[1:]) == sorted({*raw.pre, *raw.post})
    assert [place for _, place in rows[1:]] == [str(n) for n in range(len(rows) - 1)]

    # what is said of it is what it is worth
    table = chemical(TABLES / f"{worm}.csv")
    ahead, whole, lost = reported(done.stderr)
    assert ahead == forward_of(done.stdout, table)
    assert whole == float(table.weight.sum()) == ahead + lost
    proved = done.stderr.rstrip().endswith(": the minimum (proved)")
    assert proved == (cycles in ("auto", "exact"))

    # and what `--score` finds again
    path = tmp_path / "order.csv"
    path.write_text(done.stdout)
    score = run("order", worm, "--score", str(path))
    assert (score.exit_code, score.stdout) == (0, "")
    assert reported(score.stderr) == (ahead, whole, lost)
    assert "proved" not in score.stderr


def test_a_file_and_json(folder: Path) -> None:
    done = run("order", "ring.csv", "-o", "order.csv", "--json")
    facts = json.loads(done.stdout)

    assert Path("order.csv").read_text() == "Node ID,Order\nB,0\nC,1\nA,2\n"
    assert facts == {
        "schema": 1,
        "command": "order",
        "label": "ring.csv",
        "unit": "units of weight",
        "cells": 3,
        "forward": 10.0,
        "total": 13.0,
        "bound": 3.0,
        "method": "exact",
    }
    again = json.loads(
        run("order", "ring.csv", "--score", "order.csv", "--json").stdout
    )
    assert again == {**facts, "bound": None, "method": "given"}
    assert run("order", "ring.csv", "--json").exit_code == 2


def test_a_protected_synapse_runs_forward(folder: Path) -> None:
    """Keeping A -> B costs B -> A and B -> C, of weight 5."""
    done = run("order", "ring.csv", "--protect", "A>B")

    assert done.stdout == "Node ID,Order\nC,0\nA,1\nB,2\n"
    assert reported(done.stderr) == (8, 13, 5)


def test_a_graph_without_synapses_has_an_order(folder: Path) -> None:
    Path("coupled.csv").write_text("pre,post,kind,weight\nB,A,electrical,1\n")
    done = run("order", "coupled.csv")

    assert done.stdout == "Node ID,Order\nA,0\nB,1\n"
    assert reported(done.stderr) == (0, 0, 0)


IDS = ("720575940624544357", "720575940624544358", "720575940624544359")


def test_ids_that_a_float_can_not_hold_stay_as_they_are(folder: Path) -> None:
    assert len({float(name) for name in IDS}) == 1
    one, two, three = IDS
    Path("fly.csv").write_text(
        f"pre,post,weight\n{three},{one},9\n{one},{two},8\n{two},{three},2\n"
    )
    done = run("order", "fly.csv", "-o", "order.csv")

    text = Path("order.csv").read_text()
    assert text == f"Node ID,Order\n{three},0\n{one},1\n{two},2\n"
    score = run("order", "fly.csv", "--score", "order.csv")
    assert reported(score.stderr) == reported(done.stderr) == (17, 19, 2)


def test_names_that_need_quotes_come_back(folder: Path) -> None:
    rows = [("b,c", 'q"x', 1), ('q"x', "é", 2), ("Z z", "b,c", 3), ("é", "Z z", 4)]
    odd = io.StringIO()
    csv.writer(odd).writerows([("pre", "post", "weight"), *rows])
    Path("odd.csv").write_text(odd.getvalue(), encoding="utf-8")
    done = run("order", "odd.csv", "-o", "order.csv")

    text = Path("order.csv").read_text(encoding="utf-8")
    found = [row[0] for row in csv.reader(io.StringIO(text))]
    assert sorted(found[1:]) == sorted({name for row in rows for name in row[:2]})
    score = run("order", "odd.csv", "--score", "order.csv")
    assert reported(score.stderr) == reported(done.stderr) == (9, 10, 1)


# What --score reads


@pytest.mark.parametrize(
    "given",
    [
        "Node ID,Order\nB,0\nC,1\nA,2\n",
        "A,2\nC,1\nB,0\n",
        "B\nC\nA\n",
        "\ufeffid,place\r\nB,-1\r\nC,0.5\r\nA,1e3\r\n\r\n",
    ],
    ids=["as written", "any order, no header", "names alone", "another tool"],
)
def test_orders_that_can_be_read(given: str, folder: Path) -> None:
    Path("given.csv").write_bytes(given.encode())
    done = run("order", "ring.csv", "--score", "given.csv")

    assert reported(done.stderr) == (10, 13, 3)


REFUSED = {
    "missing": ("id,place\nA,0\n", "given.csv: 2 cells have no place: 'B', 'C'"),
    "empty": ("", "given.csv: an empty file"),
    "unknown": ("id,place\nA,0\nB,1\nZ,2\nC,3\n", "given.csv:4: 'Z' is no cell of"),
    "twice": ("A,0\nB,1\nC,2\nA,3\n", "given.csv:4: 'A' is named twice"),
    "word": ("id,place\nA,0\nB,one\nC,2\n", "given.csv:3: 'one' is no place"),
    "blank": ("id,place\nA,0\nB,\nC,2\n", "given.csv:3: '' is no place"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_orders_that_are_refused(case: str, folder: Path) -> None:
    given, message = REFUSED[case]
    Path("given.csv").write_text(given)
    before = contents(folder)
    done = run("order", "ring.csv", "--score", "given.csv")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(message)
    assert contents(folder) == before


def test_no_such_order(folder: Path) -> None:
    done = run("order", "ring.csv", "--score", "none.csv")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("none.csv: no such file")


def test_nan_is_no_place(folder: Path) -> None:
    Path("given.csv").write_text("id,place\nA,0\nB,nan\nC,2\n")
    done = run("order", "ring.csv", "--score", "given.csv")

    assert done.exit_code == 1
    assert done.stderr.startswith("given.csv:3: 'nan' is no place")


def test_places_that_a_float_can_not_hold_differ(folder: Path) -> None:
    """FlyWire's ids are such numbers; an order may be given by one."""
    b, c, a = 2**53, 2**53 + 1, 2**53 + 2
    Path("given.csv").write_text(f"id,place\nC,{c}\nB,{b}\nA,{a}\n")
    Path("pair.csv").write_text("pre,post,weight\nC,B,1\n")
    Path("two.csv").write_text(f"id,place\nC,{b}\nB,{c}\n")

    assert reported(run("order", "ring.csv", "--score", "given.csv").stderr)[0] == 10
    assert reported(run("order", "pair.csv", "--score", "two.csv").stderr)[0] == 1


def test_a_cell_unknown_in_the_first_line_is_refused(folder: Path) -> None:
    Path("given.csv").write_text("Z,3\nA,0\nB,1\nC,2\n")
    done = run("order", "ring.csv", "--score", "given.csv")

    assert done.exit_code == 1
    assert done.stderr.startswith("given.csv:1: 'Z' is no cell of")


@pytest.mark.parametrize(
    "given", ["id,place\rA,0\rB,1\rC,2\r", f"id,place\n{'A' * 200_000},0\n"]
)
def test_what_csv_can_not_read_is_the_inputs_fault(given: str, folder: Path) -> None:
    Path("given.csv").write_bytes(given.encode())
    done = run("order", "ring.csv", "--score", "given.csv")

    assert done.exit_code in (0, 1), done.stderr


# Where it is written


def test_an_existing_file_is_replaced_only_by_force(folder: Path) -> None:
    Path("order.csv").write_text("mine\n")
    before = contents(folder)
    done = run("order", "ring.csv", "-o", "order.csv")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("order.csv: is there already")
    assert "--force replaces it" in done.stderr
    assert contents(folder) == before
    assert run("order", "ring.csv", "-o", "order.csv", "--force").exit_code == 0
    assert Path("order.csv").read_text().startswith("Node ID,Order\n")


def test_no_such_folder(folder: Path) -> None:
    before = contents(folder)
    done = run("order", "ring.csv", "-o", "none/order.csv")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "no such folder" in done.stderr
    assert contents(folder) == before


def test_the_input_is_never_written_over(folder: Path) -> None:
    done = run("order", "ring.csv", "-o", "ring.csv", "--force")

    assert done.exit_code == 1
    assert Path("ring.csv").read_text() == RING


# Sifting

ROWS = st.lists(
    st.tuples(
        st.integers(0, 11), st.integers(0, 11), st.sampled_from([1, 1, 2, 9, 2**40])
    ),
    min_size=1,
    max_size=50,
)


def test_the_noise_is_that_of_decimals() -> None:
    wanted = [rounded((2 * step + 1) / 8192) for step in range(4096)]
    assert gumbel().tolist() == wanted


@settings(max_examples=60)
@given(ROWS)
def test_sifting_is_never_worse_than_the_ratio_order(
    rows: list[tuple[int, int, int]],
) -> None:
    pairs = {(u, v): w for u, v, w in rows if u != v}
    if not pairs:
        return
    pre, post = (np.array(ends, np.int32) for ends in zip(*pairs, strict=True))
    weight = np.array(list(pairs.values()), np.int64)
    start = ratio_rank(pre, post, weight, 12)
    found = Sift(pre, post, weight, 12).search(start)

    assert sorted(found.tolist()) == list(range(12))
    assert backward(found, pre, post, weight) <= backward(start, pre, post, weight)


@pytest.mark.parametrize(
    "worm", ["varshney2011", "white1986", "witvliet2021-1", "witvliet2021-3"]
)
def test_of_a_worm_it_loses_less_and_no_less_than_the_minimum(worm: str) -> None:
    lost = {}
    for cycles in ("exact", "fast", "ratio"):
        lost[cycles] = reported(run("order", worm, "--cycles", cycles).stderr)[2]

    assert lost["exact"] <= lost["fast"] < lost["ratio"]
    assert lost["fast"] <= 1.1 * lost["exact"]


@pytest.mark.parametrize("cycles", ["auto", "fast", "ratio"])
def test_the_order_of_the_rows_does_not_matter(cycles: str, folder: Path) -> None:
    head, *rows = (TABLES / "witvliet2021-3.csv").read_text().splitlines()
    found = set()
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        Path("worm.csv").write_text("\n".join([head, *rows]) + "\n")
        found.add(run("order", "worm.csv", "--cycles", cycles).stdout)

    assert len(found) == 1
    assert found == {run("order", "witvliet2021-3", "--cycles", cycles).stdout}


def features() -> list[str]:
    """The features of this processor that numpy chooses its loops by, as it runs."""
    shown: Any = np.show_config(mode="dicts")
    found: list[str] = shown.get("SIMD Extensions", {}).get("found", [])
    return found


def test_a_processor_that_can_less_finds_the_same_order(folder: Path) -> None:
    """Sums and sorts of other vector lengths: integers do not care."""
    off = features()
    if not off:
        pytest.skip("numpy lists no feature of this processor that can be turned off")
    Path("graph.csv").write_text(seeded(300, 4000))
    code = (
        "import sys\n"
        "import numpy\n"
        "from numpy._core._multiarray_umath import __cpu_features__ as has\n"
        "print([name for name in sys.argv.pop(1).split() if has[name]], file=sys.stderr)\n"
        "from elegansc.__main__ import main\n"
        "main()\n"
    )
    found = {}
    for disabled in ("", " ".join(off)):
        command = [sys.executable, "-c", code, " ".join(off)]
        command += ["order", "graph.csv", "--cycles", "fast"]
        environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled}
        done = subprocess.run(command, capture_output=True, env=environment)
        assert done.returncode == 0, done.stderr
        on = done.stderr.splitlines()[0].decode()
        assert on == (str([]) if disabled else str(off))
        found[disabled] = done.stdout

    assert len(set(found.values())) == 1
    assert next(iter(found.values())).startswith(b"Node ID,Order\n")


@pytest.mark.slow
def test_a_random_graph_of_60_000_synapses(folder: Path) -> None:
    """It ends in seconds, and loses a tenth less than igraph's Eades, Lin and Smyth."""
    igraph = pytest.importorskip("igraph")
    text = seeded(1500, 60_000, 7).replace(",electrical,", ",chemical,")
    Path("graph.csv").write_text(text)
    start = time.process_time()
    done = run("order", "graph.csv", "--cycles", "fast", "-o", "order.csv")
    seconds = time.process_time() - start
    rows = chemical(folder / "graph.csv")
    ahead, whole, lost = reported(done.stderr)

    assert seconds < 30  # it takes 3: machines are noisy
    assert len(rows) > 59_900  # few are self-loops
    assert whole == float(rows.weight.sum())
    assert ahead == forward_of(Path("order.csv").read_text(), rows)
    table = rows[["pre", "post", "weight"]].itertuples(index=False)
    graph = igraph.Graph.TupleList(table, directed=True, edge_attrs=["weight"])
    theirs = sum(graph.es[graph.feedback_arc_set("weight", "eades")]["weight"])
    assert lost <= 0.9 * theirs


# Weights

HUGE = 2**40


@pytest.mark.parametrize("cycles", ["auto", "exact", "fast", "ratio"])
def test_huge_weights(cycles: str, folder: Path) -> None:
    rows = [
        ("A", "B", HUGE),
        ("B", "A", HUGE + 1),
        ("B", "C", 3),
        ("C", "A", 7),
        ("A", "C", HUGE),
    ]
    text = "".join(f"{u},{v},{w}\n" for u, v, w in rows)
    Path("huge.csv").write_text(f"pre,post,weight\n{text}")
    done = run("order", "huge.csv", "--cycles", cycles)

    ahead, whole, _ = reported(done.stderr)
    assert whole == 3 * HUGE + 11
    if cycles == "ratio":
        assert ahead >= whole / 2
    else:  # B -> A, A -> C and B -> C
        assert ahead == 2 * HUGE + 4
        assert done.stdout == "Node ID,Order\nB,0\nA,1\nC,2\n"


def test_weights_whose_sum_passes_int64_are_refused(folder: Path) -> None:
    Path("huge.csv").write_text(f"pre,post,weight\nA,B,{2**60}\nB,A,3\n")
    for words in ((), ("--cycles", "fast"), ("-o", "order.csv")):
        done = run("order", "huge.csv", *words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith("huge.csv: the weights add up to more than 2**60")
        assert "divide all weights by a constant" in done.stderr
    assert not Path("order.csv").exists()


# Ensembles


def test_an_ensemble_is_of_different_orders_of_one_loss(folder: Path) -> None:
    words = ("witvliet2021-3", "--no-keep-alive", "--ensemble", "3", "-o", "models")
    done = run("compile", *words)
    files = sorted(Path("models").iterdir())

    assert (done.exit_code, done.stdout) == (0, "")
    assert [f.name for f in files] == [f"witvliet2021_3_{seed}.py" for seed in range(3)]
    backward_of = []
    for file in files:
        data = file.read_bytes()
        checks = list(static(data, file.name))
        assert [check for check in checks if not check.passed] == []
        module = toy.load(data)
        table = module.FEEDBACK
        assert sum(w for row in table.values() for w in row.values()) == 193
        assert module.CYCLES == {"method": "exact", "bound": 193}
        backward_of.append({(u, v) for v, row in table.items() for u in row})
        assert f"wrote     models/{file.name}: 193 backward" in done.stderr
    assert len({frozenset(found) for found in backward_of}) == 3
    every, some = set.intersection(*backward_of), set.union(*backward_of)
    told = f"{len(every)} synapses run backward in all of them, {len(some - every)} in some"
    assert told in done.stderr

    # the same again, byte by byte, over its own files; and each as by its seed
    before = contents(folder)
    assert run("compile", *words, "-q").stderr == ""
    assert contents(folder) == before
    alone = run("compile", *words[:2], "--tie-seed", "2", "-q")
    assert alone.stdout_bytes == files[2].read_bytes()


def test_an_ensemble_begins_at_its_tie_seed(folder: Path) -> None:
    words = ("witvliet2021-3", "--no-keep-alive", "--tie-seed", "7", "--ensemble", "2")
    assert run("compile", *words, "-o", "models", "--name", "Worm").exit_code == 0

    assert [f.name for f in sorted(Path("models").iterdir())] == [
        "worm_7.py",
        "worm_8.py",
    ]


def test_more_than_there_are(folder: Path) -> None:
    words = ("ring.csv", "--inputs", "B", "--outputs", "A", "--no-keep-alive")
    done = run("compile", *words, "--ensemble", "3", "-o", "models")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "ring.csv: --ensemble 3: 1 order of least loss in 24 tries" in done.stderr
    assert "ask for fewer" in done.stderr


def test_an_ensemble_needs_a_folder(folder: Path) -> None:
    words = ("compile", "witvliet2021-3", "--ensemble", "2")
    before = contents(folder)
    for output in ((), ("-o", "-"), ("-o", "ring.csv")):
        done = run(*words, *output)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith(
            "elegansc: --ensemble: give a folder with --output"
        )
    done = run(*words, "-o", "ring.csv/models")  # a file is in the way
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("ring.csv/models: cannot be made: ")
    assert contents(folder) == before


def test_a_folder_that_may_not_be_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may make every folder, so that the right is taken away by hand."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    done = run("compile", "witvliet2021-3", "--ensemble", "2", "-o", "models")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("models: cannot be made: Permission denied")


def test_a_file_in_the_folder_that_is_not_ours(folder: Path) -> None:
    Path("models").mkdir()
    Path("models/witvliet2021_3_0.py").write_text("mine = 1\n")
    words = ("compile", "witvliet2021-3", "--no-keep-alive", "--ensemble", "2")
    before = contents(folder)
    done = run(*words, "-o", "models")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "witvliet2021_3_0.py: is not a file that elegansc made" in done.stderr
    assert contents(folder) == before
    assert run(*words, "-o", "models", "--force", "-q").exit_code == 0


def test_a_generated_model_has_no_ensemble(folder: Path) -> None:
    run(
        "compile", "ring.csv", "--inputs", "B", "--outputs", "A", "-q", "-o", "model.py"
    )
    done = run("compile", "model.py", "--ensemble", "2", "-o", "models")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "--ensemble: a generated model has one order" in done.stderr


@pytest.mark.slow
def test_an_ensemble_of_living_worms_is_of_one_loss_too(folder: Path) -> None:
    done = run("compile", "witvliet2021-2", "--ensemble", "2", "-o", "models")
    lost = re.findall(r": (\d+) backward", done.stderr)

    assert len(lost) == 2
    assert len(set(lost)) == 1


def test_check_writes_no_ensemble(folder: Path) -> None:
    words = ("compile", "witvliet2021-3", "--no-keep-alive", "--ensemble", "2")
    run(*words, "-o", "models", "--check")

    assert list(folder.glob("models/*.py")) == []
