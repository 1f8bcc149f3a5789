"""A stronger method never loses more, and a bound says at least what pairs prove."""

from __future__ import annotations

import json
import logging
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command import run
from support.paths import BUNDLED

from elegansc.cli import progress
from elegansc.options import Options
from elegansc.ordering import feedback_arc_set as sets
from elegansc.ordering import restriction
from elegansc.ordering.instance import Instance, instance_of
from elegansc.ordering.problem import Problem
from elegansc.ordering.restriction import NODES, Effort
from elegansc.pipeline import circuit_of, lower
from elegansc.readers import progress as read_progress
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout
from elegansc.report.cycles import percent
from elegansc.verification.verify import static

METHODS = ("exact", "auto", "fast", "ratio")
WORMS = sorted(path.stem for path in BUNDLED.glob("*.csv") if path.stem != "cells")
QUICK = {"witvliet2021-1", "witvliet2021-3", "varshney2011"}
# The published files that are read as they are; of those beyond MANY rows not "exact".
FILES = (
    *("bgm/herm_chem_edgelist.csv", "bgm/male_chem_edgelist.csv"),
    *("bgm/maggot_subset_edgelist.csv", "drosophila_larva/G_edgelist.txt"),
    *("mesoscale/Cat2.edge", "mesoscale/Drosophila2.edge", "mesoscale/Human8.edge"),
    *("mesoscale/Macaque3.edge", "openworm/herm_full_edgelist.csv"),
    *("white1986/aconnectome_white_1986_whole.csv", "elegans_ai/celegans.graphml.xml"),
)
MANY = 20_000
# Four pales u -> v and twelve pickets v -> u: half of each pale cuts every cycle.
FENCE = [(f"u{k}", f"v{k}") for k in range(4)] + [
    (f"v{k}", f"u{n}") for k in range(4) for n in range(4) if k != n
]


def problem(source: str) -> Problem:
    """The order problem of all cells of a source, as `elegansc order` sets it up."""
    options = Options(keep="all")
    circuit = circuit_of(source, label="", options=options, layout=Layout())
    return Problem.of(circuit, options)


def pairs_alone(net: Instance) -> int:
    """The lesser weight of every two opposite arcs, added up."""
    ends = zip(net.pre.tolist(), net.post.tolist(), strict=True)
    weight = dict(zip(ends, net.weight.tolist(), strict=True))
    return sum(
        min(w, weight[v, u])
        for (u, v), w in weight.items()
        if (v, u) in weight and u < v
    )


def hold(net: Instance, methods: tuple[str, ...] = METHODS) -> None:
    """Check that of the methods each loses at most what the next one does."""
    found = [sets.feedback_arc_set(net, method) for method in methods]
    lost = [int(net.weight[each.back].sum()) for each in found]

    assert all(one <= two for one, two in pairwise(lost)), lost
    for method, each in zip(methods, found, strict=True):
        if method in ("exact", "auto"):
            assert pairs_alone(net) <= each.bound <= min(lost)


@settings(max_examples=40)
@given(st.data(), st.sampled_from([0, 6, 12]), st.integers(2, 14))
def test_a_stronger_method_never_loses_more(
    data: st.DataObject, most: int, size: int
) -> None:
    node = st.integers(0, size - 1)
    arcs = st.tuples(node, node).filter(lambda pair: pair[0] != pair[1])
    ends = sorted(data.draw(st.sets(arcs, min_size=1, max_size=70)))
    weight = data.draw(
        st.lists(st.integers(0, 9), min_size=len(ends), max_size=len(ends))
    )
    pre, post = (np.array(column, np.int32) for column in zip(*ends, strict=True))
    names = tuple(f"n{row}" for row in range(size))
    roles = np.zeros(size, np.uint8)
    net, _ = instance_of(names, roles, pre, post, np.array(weight, np.int64))
    with pytest.MonkeyPatch.context() as patch:  # larger components are sifted
        patch.setattr(sets, "SOLVED", {"auto": most, "exact": 40})
        hold(net)


@pytest.mark.parametrize(
    "name",
    [w if w in QUICK else pytest.param(w, marks=pytest.mark.slow) for w in WORMS],
)
def test_a_stronger_method_never_loses_more_on_a_worm(name: str) -> None:
    hold(problem(name).instance)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_a_stronger_method_never_loses_more_on_a_published_file(
    name: str, shared: Path
) -> None:
    net = problem(str(shared / name)).instance
    hold(net, METHODS if len(net.pre) <= MANY else METHODS[1:])


def test_protected_arcs_leave_a_pair_its_other_half() -> None:
    pre, post = np.array([0, 1, 1, 2], np.int32), np.array([1, 0, 2, 1], np.int32)
    weight, role = np.array([1, 7, 5, 2]), np.zeros(3, np.uint8)
    net, _ = instance_of(("A", "B", "C"), role, pre, post, weight, protect=("A>B",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sets, "SOLVED", {"auto": 0})
        found = sets.feedback_arc_set(net, "auto")

    assert found.bound == 7 + 2 == int(net.weight[found.back].sum())
    assert sorted(found.packing[0]) == [
        (("A", "B"), 7_000_000),
        (("B", "C"), 2_000_000),
    ]


def test_an_integer_program_is_a_proof_without_a_certificate(tmp_path: Path) -> None:
    rows = "".join(f"{u},{v},1\n" for u, v in FENCE)
    edges, model = tmp_path / "fence.csv", tmp_path / "model.py"
    edges.write_text("pre,post,weight\n" + rows)
    words = (
        "compile",
        str(edges),
        "-o",
        str(model),
        "--inputs",
        "u*",
        "--outputs",
        "v*",
    )
    done = run(*words, "--no-keep-alive", "--require-proof", "--cycles", "exact")

    assert done.exit_code == 0, done.output
    assert "3 of 16 units of weight run backward" in done.output
    assert "the minimum (proved by an integer program)" in done.output
    assert "the budget" not in done.output
    assert all(check.passed for check in static(model.read_bytes(), str(model)))
    proof = tmp_path / "proof.json"
    done = run(*words, "--force", "--certificate", str(proof))
    assert (done.exit_code, proof.exists()) == (1, False)
    assert "proved by an integer program, which gives no certificate" in done.output


def test_order_names_a_bound_where_it_sifts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sets, "SOLVED", {"auto": 0, "exact": 0})
    edges, order = tmp_path / "net.csv", tmp_path / "order.csv"
    edges.write_text("pre,post,weight\nA,B,5\nB,A,2\nB,C,4\nC,A,1\n")
    done = run("order", str(edges), "-o", str(order), "--json")
    found = json.loads(done.stdout)

    assert (found["bound"], found["method"]) == (2, "sift")
    assert found["total"] - found["forward"] == 3


@pytest.mark.parametrize(
    ("share", "words"),
    [
        *((1, "100.0 %"), (0.0449, "4.5 %"), (0.001, "0.1 %"), (0.0004, "0.040 %")),
        *((2 / 15_287 / 10, "0.0013 %"), (1e-7, "0.000010 %")),
    ],
)
def test_a_small_gap_gets_its_digits(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("A,B,0.3333333333333333\nB,C,0.1\nC,A,0.7\n", "the weights were rounded"),
        (
            "A,B,16777217\nB,C,20000000\nC,A,30000000\n",
            "a component or a weight is beyond the exact search",
        ),
    ],
)
def test_the_budget_ended_only_where_it_did(
    rows: str, reason: str, tmp_path: Path
) -> None:
    edges = tmp_path / "net.csv"
    edges.write_text("pre,post,weight\n" + rows)
    words = ("--inputs", "A", "--outputs", "C", "--cycles", "exact", "-o", "-")
    done = run("compile", str(edges), *words)

    assert f"{reason}: no minimum is proved" in done.stderr
    assert "budget" not in done.stderr


def ring(size: int) -> str:
    """An edge list whose linear program is fractional: Fences, one after another."""
    rows = [f"{u}{k},{v}{k},1" for k in range(size) for u, v in FENCE]
    rows += [f"v0{k},u0{(k + 1) % size},2" for k in range(size)]
    return "pre,post,weight\n" + "\n".join(rows) + "\n"


def test_a_budget_of_rounds_ends_the_search_with_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edges, order = tmp_path / "net.csv", tmp_path / "order.csv"
    edges.write_text(ring(2))
    monkeypatch.setattr(sets, "EFFORT", {"auto": 1, "exact": 10**8})
    auto, exact = (
        json.loads(
            run(
                *("order", str(edges), "-o", str(order), "--force", "--json"),
                *("--cycles", cycles),
            ).stdout
        )
        for cycles in ("auto", "exact")
    )

    assert (auto["method"], auto["bound"]) == ("sift", 4)
    assert (exact["method"], exact["bound"]) == ("exact", 6)
    assert exact["total"] - exact["forward"] == 6
    assert exact["forward"] >= auto["forward"]


def test_the_budget_counts_nodes_and_no_seconds() -> None:
    effort = Effort(1000)
    assert effort.nodes(10) == 100 and effort.nodes(1) == NODES
    effort.spend(0, 600)
    assert effort.nodes(400) == 1 and effort.nodes(401) == 0


def test_long_steps_are_told_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", -1)
    monkeypatch.setattr(progress, "TICK", 3600)
    monkeypatch.setattr(sys, "argv", ["elegansc", "compile", "cook2019"])
    progress.show_progress("compile")
    assert progress.STEPS.line is None

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress.show_progress("compile")
    line = progress.STEPS.line
    assert line
    restriction.SEARCH.info("round %d", 3)
    line.tick(line.begin + 2)
    assert capsys.readouterr().err == "\r\x1b[Ksearch    round 3, 2 s"
    monkeypatch.setattr(read_progress, "STEP", 8)
    for text in (b"pre,post,n\nA,B,1\nB,C,2\n", b'pre,post,n\n"A",B,1\nB,C,2\n'):
        line.say("")
        parse(text, "w.csv")
        assert line.text == "read      0 of 0 MB"
    progress.end_progress()


@pytest.mark.slow
def test_each_search_in_few_levels_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "elegansc.search")
    text = b"A,B\nB,C\nC,D\nA,D\n"
    lower(parse(text, "w.csv"), Options(inputs=("A",), outputs=("D",), max_levels=3))
    assert "levels: 3, of 3 asked for" in caplog.messages
