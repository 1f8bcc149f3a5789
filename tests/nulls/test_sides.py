"""The null degree-sides: both sides are rewired alike, what is not alike apart."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from support.command import run

from elegansc.errors import InputError
from elegansc.ir.stages import Circuit
from elegansc.nulls.sides import mirrors
from elegansc.nulls.twins import null_of, twins
from elegansc.options import Options
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout

NAMES = ("AL", "AR", "BL", "BR", "CL", "CR", "D", "E")
OTHER = {
    **{n: n[0] + ("R" if n[1] == "L" else "L") for n in NAMES[:6]},
    "D": "D",
    "E": "E",
}
Kind = tuple[str, str, bool]
MADE: set[int] = set()  # seeds whose graphs have twins


def circuit(text: str, path: Path) -> Circuit:
    """The circuit of an edge list."""
    path.write_text(text)
    options = Options(roles_table="structure")
    return circuit_of(str(path), label="", options=options, layout=Layout())


def pairs(found: Circuit) -> set[Kind]:
    """The pairs of neurons, each from its sender, and whether it is reciprocal."""
    name, edges = found.cells.name, found.chemical
    ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    arrows = {(name[u], name[v]) for u, v in ends if u != v}
    return {(u, v, (v, u) in arrows) for u, v in arrows}


def alike(found: set[Kind]) -> int:
    """Those whose partners are joined in the same way, another pair than they are."""
    return sum(
        (OTHER[u], OTHER[v], both) in found and {OTHER[u], OTHER[v]} != {u, v}
        for u, v, both in found
    )


def drawn(seed: int) -> dict[tuple[str, str], int]:
    """Random signed synapses; of odd seeds the same on both sides."""
    draw = random.Random(seed)
    ends = [(u, v) for u in NAMES for v in NAMES]
    table = {each: draw.choice((-3, -1, 1, 2)) for each in draw.sample(ends, 22)}
    if seed % 2:
        table |= {(OTHER[u], OTHER[v]): weight for (u, v), weight in table.items()}
    return table


@pytest.mark.parametrize("seed", range(24))
def test_both_sides_stay_alike(seed: int, tmp_path: Path) -> None:
    text = "".join(f"{u},{v},{w}\n" for (u, v), w in drawn(seed).items())
    before = circuit("pre,post,weight\n" + text, tmp_path / "g.csv")
    try:
        made = [*twins(before, null_of("degree-sides"), seed=0, count=2)]
    except InputError as error:
        assert "can trade" in str(error) or "swaps in" in str(error)
        return
    MADE.add(seed)
    for twin in made:
        one, two = pairs(before), pairs(twin.circuit)
        assert alike(one) == alike(two)
        for place in (0, 1):  # senders and receivers, one-way and reciprocal apart
            counts = [Counter((p[place], p[2]) for p in found) for found in (one, two)]
            assert counts[0] == counts[1]
        sent = [
            sorted(zip(c.chemical.pre, c.chemical.weight, c.chemical.sign, strict=True))
            for c in (before, twin.circuit)
        ]
        assert sent[0] == sent[1]


def test_most_graphs_of_the_test_had_twins() -> None:
    if len(MADE) < 2:
        pytest.skip("the test above did not run here")
    assert {seed % 2 for seed in MADE} == {0, 1}


def test_partners_by_their_names() -> None:
    assert mirrors(("ADAL", "ADAR", "AVL", "DVA", "IL2DL", "IL2DR", "XR")).tolist() == [
        *(1, 0, 2, 3, 5, 4, 6)
    ]


@pytest.mark.slow
def test_a_worm_is_mixed_and_stays_as_symmetric() -> None:
    options = Options()
    worm = circuit_of("witvliet2021-8", label="", options=options, layout=Layout())
    mirror = mirrors(worm.cells.name)

    def symmetric(found: Circuit) -> float:
        """Share of the synapses that the other side has, too."""
        edges, size = found.chemical, len(found.cells)
        arrows = edges.pre.astype(np.int64) * size + edges.post
        return float(
            np.isin(mirror[edges.pre] * size + mirror[edges.post], arrows).mean()
        )

    (sides,) = twins(worm, null_of("degree-sides"), seed=0, count=1)
    (degree,) = twins(worm, null_of("degree"), seed=0, count=1)
    assert symmetric(sides.circuit) > 0.8 * symmetric(worm)
    assert symmetric(degree.circuit) < 0.3 * symmetric(worm)
    assert sides.counted["new_pairs"] > 0.8 * sides.counted["pairs"]
    assert sides.counted["swaps"] > 10 * len(worm.chemical)


def test_without_partners_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("g.csv").write_text("pre,post\nA,B\nB,C\nC,D\n")
    words = ("--null", "degree-sides", "-o", "out", "--roles-table", "structure")
    done = run("rewire", "g.csv", *words)
    assert done.exit_code == 1 and not Path("out").exists()
    assert "no neuron has a partner on the other side" in done.stderr
