"""Certificates: what elegansc proves holds without it, and no forged proof gets through."""

from __future__ import annotations

import copy
import csv
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.command import contents, edited, run
from support.paths import ROOT
from support.strategies import connectomes

import elegansc
from elegansc.errors import InputError
from elegansc.ir.stages import CHEMICAL, Connectome
from elegansc.module.read import read_model
from elegansc.ordering.certificate import certificate
from elegansc.passes.break_cycles import break_cycles
from elegansc.passes.mark_live import mark_live
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.passes.schedule_levels import schedule_levels
from elegansc.passes.topological_sort import topological_sort
from elegansc.verification.check import Check
from elegansc.verification.reading import certified

Paper = dict[str, Any]
Arcs = Mapping[tuple[str, str], int]

PARTS = 10**6
# Cycles AL B and AL B C share AL -> B, cycle D E is another component: two groups.
EDGES = """\
pre,post,weight
S,AL,6
AL,B,5
B,AL,2
B,C,4
C,AL,1
C,D,7
D,E,4
E,D,3
E,M,8
AL,AR,2
AR,AL,1
AR,M,3
"""
LEAST = 7
BASE: dict[str, Any] = {"roles_table": "structure", "inputs": ("S", "D")}
CHOICES: dict[str, dict[str, Any]] = {
    "plain": {},
    "blocks": {"roles": "blocks"},
    "prefer": {"roles": "prefer"},
    "symmetric": {"symmetric": True},
    "protect": {"protect": ("B>AL", "RI*>AV*")},
    "all": {"roles": "prefer", "symmetric": True, "protect": ("B>A*", "RI*>AV*")},
}


# An independent checker: whole numbers, and nothing of elegansc.


class Refused(Exception):
    """A certificate that proves nothing."""


def proved(paper: Paper, arcs: Arcs) -> tuple[int, int]:
    """(what no order loses less than, what its order loses), by the certificate alone.

    Args:
        arcs: (pre, post) -> weight, without self-loops.
    """
    place = {name: rank for rank, name in enumerate(paper["order"])}
    names = {name for arc in arcs for name in arc}
    if len(place) != len(paper["order"]) or not names <= set(place):
        raise Refused("order")
    lost = sum(weight for (u, v), weight in arcs.items() if place[u] > place[v])
    load: Counter[tuple[str, str]] = Counter()
    group_of: dict[tuple[str, str], int] = {}
    bound = 0
    for number, group in enumerate(paper["groups"]):
        for entry in group:
            cycle, parts = entry["cycle"], entry["parts"]
            if len(cycle) < 2 or parts < 1:
                raise Refused("no cycle")
            for arc in pairwise([*cycle, cycle[0]]):
                load[arc] += parts
                if group_of.setdefault(arc, number) != number:
                    raise Refused("two groups")
        bound += -(-sum(entry["parts"] for entry in group) // PARTS)
    if any(parts > PARTS * arcs.get(arc, 0) for arc, parts in load.items()):
        raise Refused("load")
    return bound, lost


def holds(paper: Paper, arcs: Arcs) -> bool:
    """Whether a certificate proves just what it says."""
    try:
        return proved(paper, arcs) == (paper["bound"], paper["lost"])
    except Refused:
        return False


def chemical(path: Path) -> dict[tuple[str, str], int]:
    """The chemical rows of a CSV, added up by pair; self-loops and other kinds left out."""
    found: Counter[tuple[str, str]] = Counter()
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row.get("kind", "chemical") == "chemical" and row["pre"] != row["post"]:
                found[row["pre"], row["post"]] += int(row["weight"])
    return dict(found)


# What is made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small graph lies."""
    path = tmp_path_factory.mktemp("certified")
    (path / "g.csv").write_text(EDGES)
    return path


@cache
def made(source: str, choice: str = "plain") -> tuple[bytes, Paper]:
    """A module and its certificate."""
    options = CHOICES[choice] | (BASE if source.endswith(".csv") else {})
    artifact = elegansc.compile(source, keep_alive=False, **options)
    (data,) = artifact.files.values()
    assert artifact.certificate is not None
    return data, json.loads(artifact.certificate)


@pytest.fixture
def honest(folder: Path) -> tuple[bytes, Paper]:
    """The module of the small graph, and a certificate that a test may spoil."""
    data, paper = made(str(folder / "g.csv"))
    return data, copy.deepcopy(paper)


def checks(data: bytes, paper: Paper | bytes) -> list[Check]:
    """What `verify --certificate` says of a certificate."""
    raw = paper if isinstance(paper, bytes) else json.dumps(paper).encode()
    return list(certified(read_model(data, "m.py"), raw, "m.json"))


def failed(data: bytes, paper: Paper | bytes) -> dict[str, str]:
    """The checks that fail, with what they say."""
    return {c.name: c.detail for c in checks(data, paper) if not c.passed}


# Accepted


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("source", ["g.csv", "varshney2011", "witvliet2021-2"])
def test_what_is_written_is_accepted(folder: Path, source: str, choice: str) -> None:
    path = str(folder / source) if source == "g.csv" else source
    data, paper = made(path, choice)
    found = checks(data, paper)

    assert [check for check in found if not check.passed] == []
    assert len(found) == 4
    assert found[-1].detail == f"minimum {paper['bound']:,}, proved"


def test_the_small_graph_is_what_its_mutants_need(
    honest: tuple[bytes, Paper],
) -> None:
    _, paper = honest

    assert (paper["bound"], paper["lost"]) == (LEAST, LEAST)
    assert sorted(map(len, paper["groups"])) == [1, 3]


def test_compile_writes_one_that_verify_accepts(tmp_path: Path) -> None:
    model, paper = str(tmp_path / "m.py"), str(tmp_path / "m.json")
    words = ("compile", "witvliet2021-1", "-q", "--require-proof", "-o", model)
    assert run(*words, "--certificate", paper).exit_code == 0
    done = run("verify", model, "--certificate", paper)

    assert done.exit_code == 0, done.output
    assert "ok      certificate minimum minimum 104, proved" in done.stdout
    assert done.stdout.endswith("m.py: proved\n")


@pytest.mark.parametrize(
    ("name", "least"), [("varshney2011", 499), ("witvliet2021-2", 158)]
)
def test_it_holds_of_the_raw_file_without_elegansc(name: str, least: int) -> None:
    _, paper = made(name)
    arcs = chemical(ROOT / "connectomes" / f"{name}.csv")
    kept = set(paper["order"])
    inside = {arc: w for arc, w in arcs.items() if set(arc) <= kept}

    assert proved(paper, inside) == (paper["bound"], paper["lost"]) == (least, least)
    with (ROOT / "connectomes" / "cells.csv").open(newline="") as file:
        neurons = {r["name"] for r in csv.DictReader(file) if r["kind"] == "neuron"}
    assert {name for arc in arcs for name in arc} & neurons <= kept


@settings(max_examples=60)
@given(connectomes())
def test_it_holds_of_any_graph(found: Connectome) -> None:
    assume(bool((found.synapses.weight % 1 == 0).all()))
    circuit = merge_electrical(found)
    order = topological_sort(break_cycles(circuit))
    try:
        plan = schedule_levels(mark_live(order))
    except InputError:  # no path from a sensor to a motor
        assume(False)
    written = certificate(plan)
    rows = found.synapses.take(found.kind == CHEMICAL)
    arcs: Counter[tuple[str, str]] = Counter()
    ends = zip(rows.pre.tolist(), rows.post.tolist(), strict=True)
    for (u, v), weight in zip(ends, rows.weight.tolist(), strict=True):
        if u != v:
            arcs[found.cells.name[u], found.cells.name[v]] += int(weight)
    if written is None:
        assert max(arcs.values()) > 2**24
        return
    paper = json.loads(written)

    assert holds(paper, arcs)
    if order.optimality.method == "exact":
        assert paper["bound"] == paper["lost"]


def test_it_is_the_same_bytes_twice(folder: Path) -> None:
    path = str(folder / "g.csv")
    first, again = (elegansc.compile(path).certificate for _ in range(2))

    assert first == again
    assert first is not None and first.isascii() and first.endswith(b"}\n")


# Mutants

Spoil = Callable[[Paper], object]


def swap(order: list[str], one: str, two: str) -> None:
    """Let two names change places."""
    i, j = order.index(one), order.index(two)
    order[i], order[j] = order[j], order[i]


def cycle(paper: Paper, *names: str) -> dict[str, Any]:
    """The entry of a cycle."""
    entries = (entry for group in paper["groups"] for entry in group)
    return next(entry for entry in entries if set(entry["cycle"]) == set(names))


def split(paper: Paper) -> None:
    """Give a cycle a group of its own, so that two fractions would be rounded up."""
    (group,) = (group for group in paper["groups"] if len(group) == 3)
    entry = cycle(paper, "AL", "B", "C")
    group.remove(entry)
    paper["groups"].append([entry])


def add(paper: Paper, parts: int, *names: str) -> None:
    """Pack one more cycle, as a group of its own, and claim what it would prove."""
    paper["groups"].append([{"parts": parts, "cycle": list(names)}])
    paper["bound"] += -(-parts // PARTS)


ORDER, PACKING = "certificate order", "certificate packing"
MUTANTS: dict[str, tuple[Spoil, str, str]] = {
    "a part too many": (
        lambda p: cycle(p, "AL", "B").update(parts=2 * PARTS + 1),
        PACKING,
        "B -> AL carries ",
    ),
    "twice the parts": (
        lambda p: cycle(p, "D", "E").update(parts=6 * PARTS),
        PACKING,
        "D -> E carries 6 of cycles, more than its 4",
    ),
    "an arc that is not there": (
        lambda p: cycle(p, "D", "E").update(cycle=["D", "C"]),
        PACKING,
        "D -> C is no synapse that may run backward",
    ),
    "a neuron that is not there": (
        lambda p: cycle(p, "D", "E").update(cycle=["D", "Q"]),
        PACKING,
        "D -> Q is no synapse that may run backward",
    ),
    "a cycle turned round": (
        lambda p: cycle(p, "AL", "B", "C").update(cycle=["AL", "C", "B"]),
        PACKING,
        "AL -> C is no synapse that may run backward",
    ),
    "a path for a cycle": (
        lambda p: add(p, PARTS, "S", "AL"),
        PACKING,
        "AL -> S is no synapse that may run backward",
    ),
    "a neuron alone": (
        lambda p: add(p, PARTS, "S"),
        PACKING,
        "S -> S is no synapse that may run backward",
    ),
    "a cycle twice": (
        lambda p: [g.append(dict(g[0])) for g in p["groups"] if len(g) == 1],
        PACKING,
        "D -> E carries 6 of cycles, more than its 4",
    ),
    "a cycle twice, apart": (
        lambda p: add(p, PARTS, "D", "E"),
        PACKING,
        "D -> E stands in two groups of cycles",
    ),
    "a cycle less": (
        lambda p: p["groups"].pop(),
        PACKING,
        "it says 7",
    ),
    "a group in two": (split, PACKING, "AL -> B stands in two groups of cycles"),
    "a higher bound": (
        lambda p: p.update(bound=LEAST + 1),
        PACKING,
        "its cycles prove 7, it says 8",
    ),
    "a lower bound": (
        lambda p: p.update(bound=LEAST - 1),
        PACKING,
        "its cycles prove 7, it says 6",
    ),
    "less lost": (
        lambda p: p.update(lost=LEAST - 1),
        ORDER,
        "its order loses 7, it says 6",
    ),
    "more lost": (
        lambda p: p.update(lost=LEAST + 1),
        ORDER,
        "its order loses 7, it says 8",
    ),
    "two names swapped": (
        lambda p: swap(p["order"], "D", "E"),
        ORDER,
        "its order loses 8, it says 7",  # D -> E weighs one more than E -> D
    ),
    "a name missing": (
        lambda p: p["order"].remove("M"),
        ORDER,
        "its order does not name every neuron once",
    ),
    "a name twice": (
        lambda p: p["order"].append("M"),
        ORDER,
        "its order does not name every neuron once",
    ),
    "a name for another": (
        lambda p: p["order"].__setitem__(0, "Q"),
        ORDER,
        "its order does not name every neuron once",
    ),
    "no order": (
        lambda p: p["order"].clear(),
        ORDER,
        "its order does not name every neuron once",
    ),
    "another graph": (
        lambda p: p.update(source="0" * 16),
        "certificate",
        "it is of the graph g.csv:0000000000000000, the model of g.csv:",
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_refused_by_name(honest: tuple[bytes, Paper], mutant: str) -> None:
    data, paper = honest
    spoil, name, detail = MUTANTS[mutant]
    spoil(paper)
    found = failed(data, paper)

    assert list(found) == [name]
    assert detail in found[name]
    assert not holds(paper, chemical_of(EDGES)) or name == "certificate"


def chemical_of(edges: str) -> dict[tuple[str, str], int]:
    """The weights of an edge list without kinds."""
    rows = [line.split(",") for line in edges.splitlines()[1:]]
    return {(pre, post): int(weight) for pre, post, weight in rows}


FORGE = st.sampled_from(
    ["parts", "swap", "drop", "again", "join", "apart", "rename", "bound", "lost"]
)


@settings(max_examples=300)
@given(st.data(), st.lists(FORGE, max_size=3))
def test_two_checkers_agree_on_what_is_forged(
    data: st.DataObject, forgeries: list[str]
) -> None:
    module, paper = data_of_small()
    paper = copy.deepcopy(paper)
    for forgery in forgeries:
        forge(data.draw, paper, forgery)
    try:
        passed = not failed(module, paper)
    except InputError:
        passed = False

    assert passed == holds(paper, chemical_of(EDGES))


@cache
def data_of_small() -> tuple[bytes, Paper]:
    """As `honest`, for hypothesis, which takes no fixture of a test."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "g.csv").write_text(EDGES)
        return made(str(Path(folder, "g.csv")))


def forge(draw: Any, paper: Paper, forgery: str) -> None:
    """One change at random; some leave a certificate that holds."""
    groups = paper["groups"]
    number = draw(st.integers(0, len(groups) - 1)) if groups else 0
    group = groups[number] if groups else []
    entry = draw(st.sampled_from(group)) if group else {"parts": 1, "cycle": ["S"]}
    if forgery == "parts":
        entry["parts"] += draw(st.sampled_from([-PARTS, -1, 1, PARTS // 2, PARTS]))
    elif forgery == "swap":
        swap(paper["order"], *draw(st.permutations(paper["order"]))[:2])
    elif forgery == "drop" and group:
        group.remove(entry)
    elif forgery == "again":
        group.append(dict(entry))
    elif forgery == "join" and len(groups) > 1:
        groups[number - 1] += groups.pop(number)
    elif forgery == "apart" and group:
        group.remove(entry)
        groups.append([entry])
    elif forgery == "rename":
        name = draw(st.sampled_from(paper["order"]))
        entry["cycle"][draw(st.integers(0, len(entry["cycle"]) - 1))] = name
    elif forgery in ("bound", "lost"):
        paper[forgery] += draw(st.sampled_from([-1, 1]))


def test_a_weight_that_was_changed_in_the_model_is_seen(
    honest: tuple[bytes, Paper], tmp_path: Path
) -> None:
    data, paper = honest
    changed = edited(data, b'"C": {"B": 4}', b'"C": {"B": 5}', sign=True)
    found = failed(changed, paper)

    assert list(found) == ["certificate"]
    assert f"it is of the graph g.csv:{paper['source']}" in found["certificate"]
    (tmp_path / "m.py").write_bytes(changed)
    (tmp_path / "m.json").write_text(json.dumps(paper))
    words = ("verify", str(tmp_path / "m.py"), "--certificate")
    done = run(*words, str(tmp_path / "m.json"))
    assert done.exit_code == 1
    assert "FAILED  certificate " in done.stdout and "FAILED  source" in done.stdout
    assert done.stdout.endswith("m.py: not proved, and not run\n")


def test_the_certificate_of_another_animal_is_seen(
    honest: tuple[bytes, Paper],
) -> None:
    _, paper = made("witvliet2021-2")
    found = failed(honest[0], paper)

    assert list(found) == ["certificate"]
    assert found["certificate"].startswith("it is of the graph witvliet2021-2:")


def test_the_certificate_of_other_options_is_seen(folder: Path) -> None:
    """Blocks lose what a plain order keeps: its proof is no proof of theirs."""
    data, _ = made(str(folder / "g.csv"), "blocks")
    _, plain = made(str(folder / "g.csv"))

    assert list(failed(data, plain)) == [ORDER, PACKING]


def test_a_proof_with_a_gap_says_so(honest: tuple[bytes, Paper]) -> None:
    data, paper = honest
    cycle(paper, "D", "E")["parts"] = 2 * PARTS
    paper["bound"] = LEAST - 1
    found = checks(data, paper)

    assert all(check.passed for check in found)
    assert found[-1].detail == "the minimum is 6 or more, gap 1"


# What is no certificate

Change = tuple[str, Any]
TYPES: list[Change] = [
    ("bound", "7"),
    ("bound", None),
    ("bound", True),
    ("lost", [7]),
    ("order", "SABM"),
    ("order", [1, 2]),
    ("order", {"S": 1}),
    ("groups", {}),
    ("groups", [{}]),
    ("groups", [[["D", "E"]]]),
    ("groups", [[{"parts": 1}]]),
    ("groups", [[{"parts": 1, "cycle": ["D", "E"], "more": 1}]]),
    ("groups", [[{"parts": -1, "cycle": ["D", "E"]}]]),
    ("groups", [[{"parts": 0, "cycle": ["D", "E"]}]]),
    ("groups", [[{"parts": 1.0, "cycle": ["D", "E"]}]]),
    ("groups", [[{"parts": True, "cycle": ["D", "E"]}]]),
    ("groups", [[{"parts": 1, "cycle": "DE"}]]),
    ("groups", [[{"parts": 1, "cycle": ["D", 5]}]]),
]


@pytest.mark.parametrize("change", TYPES, ids=str)
def test_a_field_of_another_type_is_refused(
    honest: tuple[bytes, Paper], change: Change
) -> None:
    data, paper = honest
    paper.update([change])

    with pytest.raises(InputError, match=r"^m\.json: a field is not of its type$"):
        checks(data, paper)


@pytest.mark.parametrize("field", ["source", "bound", "lost", "order", "groups"])
def test_a_field_that_is_missing_is_named(
    honest: tuple[bytes, Paper], field: str
) -> None:
    data, paper = honest
    del paper[field]

    with pytest.raises(InputError, match=f"the field {field} is missing"):
        checks(data, paper)


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_format_is_refused(
    honest: tuple[bytes, Paper], version: object
) -> None:
    data, paper = honest

    with pytest.raises(InputError, match="this elegansc reads 1"):
        checks(data, paper | {"format": version})


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"no", b"{", b"\xff\xfe", b"[" * 10**5, b"{'a': 1}"], ids=repr
)
def test_what_is_not_json_is_refused(honest: tuple[bytes, Paper], raw: bytes) -> None:
    with pytest.raises(InputError, match="not JSON"):
        checks(honest[0], raw)


@pytest.mark.parametrize("raw", [b"[]", b"1", b"null", b"{}", b'{"kind": 1}'])
def test_json_of_something_else_is_refused(
    honest: tuple[bytes, Paper], raw: bytes
) -> None:
    with pytest.raises(InputError, match="not a certificate that elegansc wrote"):
        checks(honest[0], raw)


def test_one_that_is_cut_short_is_refused_wherever(
    honest: tuple[bytes, Paper],
) -> None:
    data, paper = honest
    raw = json.dumps(paper).encode()
    for end in range(0, len(raw), 7):
        with pytest.raises(InputError, match="not JSON"):
            checks(data, raw[:end])


def test_verify_says_in_one_message_what_it_can_not_read(
    honest: tuple[bytes, Paper], tmp_path: Path
) -> None:
    (tmp_path / "m.py").write_bytes(honest[0] + b"#\n")  # edited, so that it is not run
    (tmp_path / "m.json").write_text("{")
    words = ("verify", str(tmp_path / "m.py"), "--certificate")
    done, absent = (run(*words, str(tmp_path / n)) for n in ("m.json", "none.json"))

    assert (done.exit_code, absent.exit_code) == (1, 1)
    assert "m.json:1: not JSON" in done.stderr and "Traceback" not in done.output
    assert "none.json: no such file" in absent.stderr


# Orders of which nothing is proved


@pytest.mark.parametrize("cycles", ["fast", "ratio"])
def test_without_a_proof_nothing_is_written(
    folder: Path, tmp_path: Path, cycles: str
) -> None:
    words = ("compile", str(folder / "g.csv"), "-q", "-o", str(tmp_path / "m.py"))
    paper = str(tmp_path / "m.json")
    done = run(*words, "--cycles", cycles, "--certificate", paper)

    assert done.exit_code == 1 and list(tmp_path.iterdir()) == []
    assert done.stderr == (
        "g.csv: --certificate: nothing is proved of this order, so there is none\n"
        "  compile the source with --cycles exact\n"
    )


@pytest.mark.parametrize("name", ["g.csv", "m.py", "diary.txt"])
def test_a_certificate_replaces_no_file_of_others(tmp_path: Path, name: str) -> None:
    (tmp_path / "g.csv").write_text(EDGES)
    (tmp_path / "diary.txt").write_text("Dear diary")
    before = contents(tmp_path)
    words = ("compile", str(tmp_path / "g.csv"), "-q", "-o", str(tmp_path / "m.py"))
    done = run(*words, "--certificate", str(tmp_path / name))

    assert done.exit_code in (1, 2) and "our bug" not in done.stderr
    assert contents(tmp_path) == before


def test_a_certificate_replaces_an_older_one(tmp_path: Path) -> None:
    source, paper = tmp_path / "g.csv", tmp_path / "m.json"
    words = ("compile", str(source), "-q", "-o", str(tmp_path / "m.py"))
    for edges, least in ((EDGES, LEAST), (EDGES.replace("E,D,3", "E,D,2"), LEAST - 1)):
        source.write_text(edges)
        assert run(*words, "--certificate", str(paper)).exit_code == 0
        assert json.loads(paper.read_bytes())["bound"] == least


@pytest.mark.parametrize("cycles", ["auto", "exact", "fast", "ratio"])
def test_require_proof_is_for_scripts(
    folder: Path, tmp_path: Path, cycles: str
) -> None:
    path = tmp_path / "m.py"
    words = ("compile", str(folder / "g.csv"), "-q", "-o", str(path))
    done = run(*words, "--cycles", cycles, "--require-proof")

    assert done.exit_code == (0 if cycles in ("auto", "exact") else 1)
    assert path.exists() == (done.exit_code == 0)
    if done.exit_code:
        assert done.stderr.startswith("g.csv: --require-proof: not proved to be a ")
        assert "Traceback" not in done.output


def test_weights_beyond_the_solver_are_no_proof(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(EDGES.replace("AL,B,5", f"AL,B,{2**40}"))
    words = ("compile", str(tmp_path / "g.csv"), "-q", "-o", str(tmp_path / "m.py"))
    done = run(*words, "--require-proof")

    assert done.exit_code == 1 and not (tmp_path / "m.py").exists()


def test_a_generated_model_has_no_proof_of_its_own(
    honest: tuple[bytes, Paper], tmp_path: Path
) -> None:
    (tmp_path / "m.py").write_bytes(honest[0])
    words = ("compile", str(tmp_path / "m.py"), "-q", "-o", str(tmp_path / "n.py"))

    assert run(*words, "--require-proof").exit_code == 2
    assert run(*words, "--certificate", str(tmp_path / "n.json")).exit_code == 1
    assert not (tmp_path / "n.json").exists()


def test_an_empty_cycle_proves_nothing(honest: tuple[bytes, Paper]) -> None:
    data, paper = honest
    paper["order"].reverse()
    paper["lost"] = sum(chemical_of(EDGES).values()) - LEAST
    paper["groups"] = [[{"parts": PARTS * paper["lost"], "cycle": []}]]
    paper["bound"] = paper["lost"]
    with suppress(InputError):
        assert failed(data, paper)


@pytest.mark.parametrize(
    "change",
    [
        ("bound", float("inf")),
        ("lost", float("nan")),
        ("lost", -float("inf")),
        ("groups", [[{"parts": 10**400, "cycle": ["D", "E"]}]]),
    ],
    ids=["inf", "nan", "-inf", "10**400"],
)
def test_numbers_beyond_numbers_are_refused(
    honest: tuple[bytes, Paper], change: Change
) -> None:
    data, paper = honest
    paper.update([change])
    with suppress(InputError):
        assert failed(data, paper)


@pytest.mark.parametrize("field", ["bound", "lost"])
def test_a_fraction_of_a_contact_is_seen(
    honest: tuple[bytes, Paper], field: str
) -> None:
    data, paper = honest
    paper[field] += 0.4

    assert failed(data, paper)


def test_an_order_that_is_wrong_proves_no_minimum(
    honest: tuple[bytes, Paper],
) -> None:
    data, paper = honest
    paper["order"].pop()

    assert not any(c.passed and "minimum" in c.detail for c in checks(data, paper))


def test_what_a_certificate_holds_can_not_confuse_a_terminal(
    honest: tuple[bytes, Paper],
) -> None:
    data, paper = honest
    paper["source"] = "\x1b[31m\nok      certificate"

    assert failed(data, paper)["certificate"].isprintable()


def test_without_a_folder_for_it_nothing_is_written(
    folder: Path, tmp_path: Path
) -> None:
    words = ("compile", str(folder / "g.csv"), "-q", "-o", str(tmp_path / "m.py"))
    done = run(*words, "--certificate", str(tmp_path / "no" / "m.json"))

    assert done.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_model_near_itself_has_a_certificate_that_holds_or_none(
    folder: Path, tmp_path: Path
) -> None:
    source = str(folder / "g.csv")
    (old,) = elegansc.compile(source).files.values()
    (tmp_path / "old.py").write_bytes(old)
    artifact = elegansc.compile(source, like=str(tmp_path / "old.py"))
    (data,) = artifact.files.values()

    if artifact.certificate is not None:
        assert failed(data, artifact.certificate) == {}
