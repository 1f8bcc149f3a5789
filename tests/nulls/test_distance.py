"""The null degree-distance: degrees and bins kept, draws, positions, refusals."""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import SHARED
from support.strategies import connectomes

from elegansc.cli.exit_codes import Commands
from elegansc.cli.rewire import rewire_command
from elegansc.errors import InputError, VerifyError
from elegansc.ir.stages import Circuit, Connectome
from elegansc.nulls import distance, models, twins, wiring
from elegansc.nulls.distance import bins_of, by_distance, placed
from elegansc.nulls.files import rewire
from elegansc.nulls.nearby import Nearby
from elegansc.nulls.pairs import DISTANCE, Null, pairs_of
from elegansc.nulls.random import RandomIntegers
from elegansc.nulls.twins import null_of
from elegansc.options import Options
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.pipeline import circuit_of
from elegansc.readers.positions import Positions, read_positions
from elegansc.readers.reader import Layout

COOK, SMALL = "cook2019", "witvliet2021-1"
ATLAS = SHARED / "activity" / "positions.txt"


@click.group(cls=Commands)
def group() -> None:
    """The commands that these tests run."""


group.add_command(rewire_command)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    done = CliRunner().invoke(group, ["rewire", *words], prog_name="elegansc")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def circuit(source: str) -> Circuit:
    return circuit_of(source, label="", options=Options(), layout=Layout())


def points(names: Sequence[str], seed: int = 0) -> dict[str, tuple[float, ...]]:
    """A position for each, along a worm."""
    draw = np.random.default_rng(seed)
    found = draw.normal(size=(len(names), 3)) * [1, 8, 1]
    return {name: tuple(found[k].round(3).tolist()) for k, name in enumerate(names)}


def write(text: str, name: str = "xyz.csv") -> str:
    Path(name).write_text(text)
    return name


def table(found: dict[str, tuple[float, ...]]) -> str:
    rows = (",".join([name, *map(str, point)]) for name, point in found.items())
    return "name,x,y,z\n" + "".join(f"{row}\n" for row in rows)


def rows_of(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path, keep_default_na=False)
    return rows[rows.weight != 0]


def edges(rows: pd.DataFrame) -> tuple[set[tuple[str, str]], set[frozenset[str]]]:
    """Synapses without self-loops, and junctions."""
    gap = rows.kind == "electrical"
    pairs = zip(rows.pre[~gap], rows.post[~gap], strict=True)
    couples = zip(rows.pre[gap], rows.post[gap], strict=True)
    return {pair for pair in pairs if pair[0] != pair[1]}, set(map(frozenset, couples))


def counted(
    rows: pd.DataFrame, place: dict[str, tuple[float, ...]], inside: re.Pattern[str]
) -> dict[str, Any]:
    """What the null keeps, counted from the file; distances by numpy's quantiles."""
    synapses, junctions = edges(rows)
    names = sorted(place)
    at = np.array([place[name] for name in names])
    far = np.sqrt(((at[:, None] - at[None]) ** 2).sum(-1))
    every = np.sort(far[np.triu_indices(len(names), 1)])
    limits = every[[k * len(every) // 30 for k in range(1, 30)]]
    row = {name: k for k, name in enumerate(names)}

    def bin_of(a: str, b: str) -> tuple[int, bool]:
        """The bin of distance; whether both lie in one compartment."""
        near = int(np.searchsorted(limits, far[row[a], row[b]], "right"))
        return near, bool(inside.fullmatch(a)) == bool(inside.fullmatch(b))

    weight = rows[rows.kind != "electrical"].groupby("pre").weight
    gaps = rows[rows.kind == "electrical"]
    return {
        "in": Counter(b for _, b in synapses),
        "out": Counter(a for a, _ in synapses),
        "mutual": Counter(a for a, b in synapses if (b, a) in synapses),
        "weights": {name: sorted(found) for name, found in weight},
        "bins": Counter((*bin_of(a, b), (b, a) in synapses) for a, b in synapses),
        "coupled": Counter(name for couple in junctions for name in couple),
        "coupled bins": Counter(
            (bin_of(a, b), w)
            for a, b, w in zip(gaps.pre, gaps.post, gaps.weight, strict=True)
        ),
        "sizes": (len(synapses), len(junctions)),
    }


PHARYNX = re.compile(r"(I[1-6]|M[1-5]|MC|MI|NSM)[LR]?")


@pytest.mark.parametrize("source", [SMALL, pytest.param(COOK, marks=pytest.mark.slow)])
def test_degrees_and_distances_stay(source: str) -> None:
    before = circuit(source)
    place = points(before.cells.name)
    out = ["--positions", write(table(place)), "--count", "2", "-o", "out"]
    done = run(source, "--null", DISTANCE, *out)
    assert done.exit_code == 0, done.output
    own = Path("own")
    assert run(source, "--null", "degree", "-o", str(own)).exit_code == 0
    original = rows_of(Path(write(original_csv(before), "original.csv")))
    report = json.loads(Path("out/rewired.json").read_bytes())
    wanted = counted(original, place, PHARYNX)
    for file in report["files"]:
        twin = rows_of(Path("out") / file["file"])
        assert counted(twin, place, PHARYNX) == wanted
        left = [len(a & b) for a, b in zip(edges(twin), edges(original), strict=True)]
        seen = file["counted"]
        assert left == [seen["synapses_left"], seen["junctions_left"]]
        assert left[0] < 0.35 * len(edges(original)[0])
        assert seen["synapses_left_share"] == round(left[0] / wanted["sizes"][0], 6)
    assert len({(Path("out") / f["file"]).read_bytes() for f in report["files"]}) == 2
    assert counted(rows_of(own / "degree-1.csv"), place, PHARYNX) != wanted


def original_csv(found: Circuit) -> str:
    """The edges of a circuit as an edge list, without our writer."""
    name, e, j = found.cells.name, found.chemical, found.junctions
    rows = [
        f"{name[a]},{name[b]},{kind},{weight}\n"
        for ends, kind in (((e.pre, e.post, e.weight), "chemical"),
                           ((j.left, j.right, j.weight), "electrical"))
        for a, b, weight in zip(*map(np.ndarray.tolist, ends), strict=True)
    ]  # fmt: skip
    return "pre,post,kind,weight\n" + "".join(rows)


def test_nearer_outputs_get_the_weights_of_nearer_outputs() -> None:
    old = pairs_of(
        circuit_in("A,B A,C A,D E,F F,E A,G G,A A,H H,A").chemical, 8
    )  # A B C D E F G H
    bins = np.zeros((8, 8), np.int64)
    near = {"B": 3, "C": 1, "D": 2, "G": 9, "H": 8}
    for name, found in near.items():
        bins[0, ord(name) - 65] = found
    after = {"B": "D", "C": "B", "D": "C", "G": "H", "H": "G"}
    neuron = old.neuron.copy()
    for place, who in enumerate(old.neuron.tolist()):
        if (at := old.neuron[place ^ 1]) == 0:
            neuron[place] = ord(after[chr(65 + who)]) - 65
        assert at == 0 or who == 0 or {at, who} == {4, 5}
    synapse = by_distance(old, neuron, bins)
    starts = neuron == 0
    outputs = zip(neuron[np.flatnonzero(starts) ^ 1], synapse[starts], strict=True)
    before = zip(
        old.neuron[np.flatnonzero(old.neuron == 0) ^ 1],
        old.synapse[old.neuron == 0],
        strict=True,
    )
    assert dict(outputs) == dict(before)  # the nearest is the nearest, whoever swapped


def circuit_in(text: str) -> Circuit:
    """A circuit of some edges, each of weight 1."""
    rows = "".join(f"{edge},chemical,1\n" for edge in text.split())
    return circuit(write("pre,post,kind,weight\n" + rows, "graph.csv"))


def positions(found: dict[str, tuple[float, ...]], **parts: str) -> Positions:
    return Positions("xyz.csv", "0" * 64, 3, found, parts)


@given(found=connectomes(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_any_circuit_has_twins_or_is_refused(found: Connectome, seed: int) -> None:
    """`twins` checks itself: degrees and bins kept, no edge twice, no new self-loop."""
    original = merge_electrical(found)
    place = points(original.cells.name, seed)
    if len(place) > 3:
        del place[original.cells.name[seed % len(place)]]
    try:
        files = rewire(original, Null(DISTANCE, positions=positions(place)), seed=seed)
    except InputError as error:
        assert "\n  " in str(error)
        return
    assert len(files.files) == 3


@pytest.mark.slow
def test_swaps_within_bins_draw_every_graph_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All graphs that are reached are reached as often: a try is as likely as its reverse."""
    monkeypatch.setattr(wiring, "TRIES", 100)  # few of them are swaps
    draw = np.random.default_rng(5)
    bins = np.triu(draw.integers(0, 3, (7, 7)), 1)
    bins = bins + bins.T
    pairs = "01 02 13 24 35 46 50 61 25"
    neuron = np.array([int(end) for end in pairs.replace(" ", "")])
    kind, every = np.arange(len(neuron)) % 2, np.ones(len(neuron), bool)
    edges = np.ones(len(neuron) // 2, np.int64)
    seen: Counter[Any] = Counter()
    for seed in range(1500):
        random = RandomIntegers(seed)
        found = wiring.swapped(neuron, every, kind, edges, 7, random, Nearby(bins))
        ends = neuron[found.end].reshape(-1, 2)
        seen[frozenset(map(tuple, ends.tolist()))] += 1
    mean = sum(seen.values()) / len(seen)
    chi_square = sum((many - mean) ** 2 / mean for many in seen.values())
    assert len(seen) > 5
    assert chi_square / (len(seen) - 1) < 1 + 4 * math.sqrt(2 / (len(seen) - 1))
    histogram = {tuple(sorted(bins[a, b] for a, b in graph)) for graph in seen}
    assert len(histogram) == 1


def test_a_twin_that_keeps_less_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    before = circuit(SMALL)
    null = Null(DISTANCE, positions=positions(points(before.cells.name)))
    monkeypatch.setattr(twins, "WIRE", {DISTANCE: models.degree})
    with pytest.raises(VerifyError, match="pairs by distance"):
        next(twins.twins(before, null, seed=0, count=1))


PINNED = "c36c8ef5336d5f44"


def test_the_bytes_are_pinned() -> None:
    """Another Python, numpy or machine: the same twins, or the null has changed."""
    before = circuit(SMALL)
    null = null_of(DISTANCE, positions=write(table(fixed(before.cells.name))))
    files = rewire(before, null).files
    found = hashlib.sha256(files["degree-distance-1.csv"]).hexdigest()[:16]
    assert found == PINNED
    assert (
        found
        != hashlib.sha256(
            rewire(before, null, seed=1).files["degree-distance-1.csv"]
        ).hexdigest()[:16]
    )


def fixed(names: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Positions that no library draws."""
    return {
        name: tuple(float(k * step % 101) for step in (37, 59, 83))
        for k, name in enumerate(names)
    }


def test_rows_and_folders_do_not_matter() -> None:
    place = points(circuit(SMALL).cells.name)
    rows = table(place).splitlines(keepends=True)
    head, rest = rows[0], rows[1:]
    random.Random(0).shuffle(rest)
    Path("deep").mkdir()
    one, other = write(table(place)), write(head + "".join(rest), "deep/xyz.csv")
    words = [SMALL, "--null", DISTANCE, "--count", "2", "-q"]
    for path, out in ((one, "a"), (other, "b")):
        assert run(*words, "--positions", path, "-o", out).exit_code == 0
    for k in (1, 2):
        name = f"degree-distance-{k}.csv"
        assert Path("a", name).read_bytes() == Path("b", name).read_bytes()


# Positions


def ring() -> tuple[str, list[str]]:
    """A graph of the motor neurons VA and VB, well joined, and its names."""
    draw = random.Random(1)
    names = sorted(f"V{kind}{k}" for kind in "AB" for k in range(1, 12))
    pairs = sorted({tuple(draw.sample(names, 2)) for _ in range(160)})
    rows = [f"{a},{b},chemical,{1 + k % 5}\n" for k, (a, b) in enumerate(pairs)]
    rows += [f"{a},{b},electrical,1\n" for a, b in zip(names, names[3:])]
    return write("pre,post,kind,weight\n" + "".join(rows), "graph.csv"), names


def test_the_report_says_what_positions_were_used() -> None:
    source, names = ring()
    place = points(names)
    gone, renamed = (names[3], names[7]), "VA1"
    place = {
        "VA01" if name == renamed else name: point
        for name, point in place.items()
        if name not in gone
    }
    text = table(place) + f"{gone[0]},,,\nMUSCLE,1,2,3\n"
    words = [
        "--null",
        DISTANCE,
        "--positions",
        write(text),
        "-o",
        "out",
        "--count",
        "2",
    ]
    done = run(source, *words)
    assert done.exit_code == 0
    said = done.stderr.splitlines()
    assert f"positions {len(names) - 2} neurons placed by xyz.csv; 30 bins" in said[2]
    assert said[3].endswith(f"named there with other zeros: {renamed}")
    warning = (
        f"warning   2 neurons without a position: {gone[0]} {gone[1]}; their pairs"
    )
    assert said[4] == f"{warning} are a bin of their own"
    assert re.match(r"left +\d+\.\d% of synapses and \d+\.\d% of junctions", said[5])
    report = json.loads(Path("out/rewired.json").read_bytes())
    assert report["positions"] == {
        "file": "xyz.csv",
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "axes": 3,
        "bins": 30,
        "placed": len(names) - 2,
        "missing": list(gone),
        "renamed": [renamed],
        "compartments": {"elsewhere": len(names)},
    }
    assert "positions" not in rewire(circuit(SMALL), null_of("degree")).report


def test_pairs_without_a_distance_are_a_bin_of_their_own() -> None:
    found = circuit_in("AVAL,AVAR AVAR,AVBL AVBL,M1 M1,I2L")
    at = {"AVAL": (0, 0, 0), "AVAR": (1, 0, 0), "M1": (9, 0, 0), "I2L": (0, 0, 0)}
    a, b, unplaced, inside, m = range(5)
    assert found.cells.name == ("AVAL", "AVAR", "AVBL", "I2L", "M1")
    bins = bins_of(found, positions(at))
    assert bins[unplaced, a] == bins[unplaced, b] == 2 * distance.BINS + 1
    assert bins[unplaced, m] == 2 * distance.BINS  # the pharynx is apart
    assert bins[m, inside] % 2 == 1 == bins[a, b] % 2
    assert (bins == bins.T).all()
    assert bins[a, inside] < bins[a, b] < bins[a, m]
    told = positions(at, AVAL="x", M1="x")
    assert bins_of(found, told)[a, m] % 2 == 1
    assert placed(found, told)["compartments"] == {"": 3, "x": 2}


@pytest.mark.parametrize(
    "text",
    [
        "name,x,y,z\nA,1,2,3\nB,-4,5e-1,6\n",
        "\ufeffNeuron;X;Y;Z\r\nA;1;2;3\r\nB;-4;.5;6\r\n",
        "z (um)\tsoma_x\tpos y\tcell\tother\n3\t1\t2\tA\t\n6\t-4\t0.5\tB\tx\n",
        "A 1 2 3\nB -4 0.5 6\n",
        "# a comment\nA,1,2,3\n\nB,-4,0.5,6\n",
        "#A B\n1\t2\t3\n-4\t0.5\t6\n",
        "#A B A\n1 2 3\n-4 0.5 6\n1 2 3\n",
        '"x","y","z","name"\n1,2,3,"A"\n-4,0.5,6,"B\u200b"\n',
    ],
)
def test_positions_are_read_as_they_come(text: str) -> None:
    assert read_positions(write(text)).points == {"A": (1, 2, 3), "B": (-4, 0.5, 6)}


def test_flat_and_half_known_positions() -> None:
    flat = read_positions(write("id,x,y,compartment\n7,1,2,head\n8,,NaN,tail\n"))
    assert (flat.axes, flat.points) == (2, {"7": (1, 2), "8": ()})
    assert flat.compartment == {"7": "head", "8": "tail"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("name,x,y,z\nA,1,2,3\nA,1,2,4\n", "xyz.csv:3: A stands there twice"),
        ("name,x,y,z\nA,1,,3\n", "xyz.csv:2: A: y is empty"),
        ("name,x,y,z\nA,1,2\n", "xyz.csv:2: A: z is empty"),
        ("name,x,y,z\nA,1,2,inf\n", "xyz.csv:2: A: z is inf, no number"),
        ("name,x,y,z\nA,1,2,1e200\n", "z is 1e200, no number"),
        ("name,x,y,z\nA,1_0,2,3\n", "x is 1_0, no number"),
        ("name;x;y;z\nA;1,5;2;3\n", 'x is "1,5", no number'),
        ("name,x,y,z\n,1,2,3\n", "xyz.csv:2: a position without a name"),
        ("name,x,y,z\nA,1,2,3,4\n", "xyz.csv:2: 5 cells, the first row has 4"),
        ("cell,a,b,c\nA,1,2,3\n", "xyz.csv:1: no columns name, x, y, z: the first"),
        ("#A B C\n1 2 3\n1 2 3\n", "3 names in line 1, 2 rows below"),
        ("#A B\n1 2 3\n1 2\n", "xyz.csv:3: B: z is empty"),
        ("name,x,y,z\nA,,,\n", "no position in it"),
        ("name,x,y,z\n", "no position in it"),
        ("", "an empty file"),
        ("name,x,y,z\nA,1,2,3\nXX,1,2,4\n", "positions of 0 neurons of witvliet"),
    ],
)
def test_positions_that_can_not_be(text: str, seen: str) -> None:
    words = ["--null", DISTANCE, "--positions", write(text), "-o", "out"]
    done = run(SMALL, *words)
    assert done.exit_code == 1
    assert seen in done.stderr
    assert "\n  " in done.stderr
    assert not Path("out").exists()


def test_the_option_and_the_null_go_together() -> None:
    path = write("name,x,y,z\nA,1,2,3\n")
    done = run(SMALL, "--null", "degree", "--positions", path, "-o", "out")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--positions: is of --null degree-distance alone" in done.stderr
    done = run(SMALL, "--null", DISTANCE, "-o", "out")
    assert done.exit_code == 2
    assert "--null degree-distance: needs --positions FILE" in done.stderr
    Path("degree-distance-1.csv").write_text(Path(path).read_text())
    words = ["--positions", "degree-distance-1.csv", "-o", ".", "--force"]
    done = run(SMALL, "--null", DISTANCE, *words)
    assert done.exit_code == 1 and "is the input" in done.stderr


def test_graphs_that_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = circuit_in("A,B C,D E,F B,E")
    null = Null(DISTANCE, positions=positions(points(found.cells.name)))
    with pytest.raises(InputError, match="degree asks less of a graph"):
        rewire(found, null)
    monkeypatch.setattr(distance, "LARGEST", 5)
    with pytest.raises(InputError, match="6 neurons; it compares"):
        rewire(found, null)


@pytest.mark.slow
@pytest.mark.shared
def test_the_published_positions_of_the_worm() -> None:
    """As many true edges are left as after ten times as many swaps: 0.19 and 0.14."""
    if not ATLAS.is_file():
        pytest.skip(f"the published positions are not here: {ATLAS}")
    before = circuit(COOK)
    null = null_of(DISTANCE, positions=str(ATLAS))
    assert null.positions is not None
    assert placed(before, null.positions)["compartments"] == {
        "elsewhere": 282, "pharynx": 20,
    }  # fmt: skip
    assert not placed(before, null.positions)["missing"]
    found = [t.counted for t in twins.twins(before, null, seed=0, count=5)]
    left = [
        np.mean([c[f"{k}_left_share"] for c in found])
        for k in ("synapses", "junctions")
    ]
    assert left == pytest.approx([0.19, 0.14], abs=0.02)
