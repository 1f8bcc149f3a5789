"""Models that lie: each is caught, and by the check that is there for it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import elegansc
from elegansc.errors import InputError
from elegansc.ir.text import digest
from elegansc.module.read import read_model
from elegansc.readers.reader import Layout
from elegansc.verification.verify import Against, Check, prove

EDGES = """\
pre,post,kind,weight
S1,A,chemical,3
S1,B,chemical,2
S2,B,chemical,4
S2,C,chemical,5
A,C,chemical,4
A,E,chemical,2
B,D,chemical,6
C,D,chemical,1
C,M1,chemical,2
D,E,chemical,3
D,A,chemical,3
E,M1,chemical,7
E,M2,chemical,-2
E,E,chemical,1
A,B,electrical,2
B,A,electrical,3
D,M2,electrical,1
Z,A,chemical,1
Y,Z,chemical,2
"""
CELLS = """\
name,role,transmitter
S1,sensory,acetylcholine
S2,sensory,glutamate
A,inter,glutamate
B,inter,
C,inter,
D,inter,
E,inter,GABA
M1,motor,
M2,motor,
Y,inter,
Z,inter,
"""


def compiled(folder: Path, edges: str = EDGES, **options: str) -> bytes:
    """The bytes of the model of an edge list."""
    folder.mkdir(exist_ok=True)
    (folder / "toy.csv").write_text(edges)
    (folder / "cells.csv").write_text(CELLS)
    artifact = elegansc.compile(
        str(folder / "toy.csv"), cells=str(folder / "cells.csv"), **options
    )
    (data,) = artifact.files.values()
    return data


@cache
def model(folder: Path, feedback: str = "drop") -> bytes:
    """An honest model, made once."""
    return compiled(folder, feedback=feedback)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the honest model's sources lie."""
    return tmp_path_factory.mktemp("honest")


def edit(text: str, old: str, new: str) -> str:
    """Replace what stands there exactly once."""
    assert text.count(old) == 1, f"{text.count(old)} times: {old!r}"
    return text.replace(old, new)


def signed(text: str, *, source: bool = False) -> bytes:
    """Forge the body's digest, and the graph's too, as a careful liar would."""
    if source:
        graph = digest(read_model(text.encode(), "m.py").plan)
        text = re.sub(r"(source=[^ ]*:)[0-9a-f]{16}", rf"\g<1>{graph}", text, count=1)
    body = text.split("\n", 2)[2].encode()
    own = hashlib.sha256(body).hexdigest()[:16]
    return re.sub(r"body=[0-9a-f]{16}", f"body={own}", text, count=1).encode()


def failed(checks: list[Check]) -> set[str]:
    """The names of the checks that failed."""
    return {check.name for check in checks if not check.passed}


@dataclass(frozen=True)
class Mutant:
    """Edits of a model's text, the digests forged, and the checks that must fail."""

    name: str
    edits: tuple[tuple[str, str], ...]
    caught: set[str]
    sign: bool = True
    source: bool = False  # forge the graph's digest as well


def mutant(
    name: str, *edits: tuple[str, str], by: str, sign: bool = True, source: bool = False
) -> Mutant:
    """A mutant, in one line."""
    return Mutant(name, edits, set(by.split()), sign, source)


C = '"C": {"A": 4, "S2": 5}'
M1 = '"M1": {"C": 2, "E": 7}'
LEVELS = '    ["S1", "S2"],\n    ["B"],\n    ["D"],\n    ["A"],\n    ["C", "E"],\n'
LAST = '    ["C", "E"],\n    ["M1", "M2"],\n]'
UNUSED = 'UNUSED: list[str] = [\n    "Y",\n    "Z",\n]'
SENSORY = 'SENSORY: list[str] = [\n    "S1",\n    "S2",\n]'
MOTOR = 'MOTOR: list[str] = [\n    "M1",\n    "M2",\n]'
FEEDBACK = '    "D": {"C": 1},\n    "E": {"E": 1},\n'
ELECTRICAL = '    "A": {"B": 3},\n    "M2": {"D": 1},\n'

FACTORS = "factors, summands = alive * (1 - held), alive * held * current"
SUMS = "sums + current, zip(parts(factors, SIZES), parts(summands, SIZES))"

TABLE_MUTANTS = (
    mutant("edited by hand", (C, '"C": {"A": 5, "S2": 5}'), by="body", sign=False),
    mutant("weight", (C, '"C": {"A": 5, "S2": 5}'), by="source"),
    mutant(
        "weight, graph signed",
        (C, '"C": {"A": 5, "S2": 5}'),
        by="emitted",
        source=True,
    ),
    mutant("whole weight as a float", (C, '"C": {"A": 4.0, "S2": 5}'), by="emitted"),
    mutant(
        "pre and post swapped",
        (C, '"C": {"S2": 5}'),
        ('"A": {"D": 3, ', '"A": {"C": 4, "D": 3, '),
        by="levels source",
    ),
    mutant(
        "pre and post swapped, graph signed",
        (C, '"C": {"S2": 5}'),
        ('"A": {"D": 3, ', '"A": {"C": 4, "D": 3, '),
        by="levels plan",
        source=True,
    ),
    mutant(
        "junction both ways",
        (ELECTRICAL, ELECTRICAL + '    "B": {"A": 3},\n'),
        by="disjoint",
    ),
    mutant(
        "junction with itself",
        (ELECTRICAL, ELECTRICAL + '    "B": {"B": 3},\n'),
        by="disjoint",
    ),
    mutant(
        "junction turned round",
        (ELECTRICAL, '    "B": {"A": 3},\n    "M2": {"D": 1},\n'),
        by="levels acyclic plan",
    ),
    mutant("junction lost", (ELECTRICAL, '    "A": {"B": 3},\n'), by="source"),
    mutant(
        "synapse twice in a row",
        (C, '"C": {"A": 4, "A": 4, "S2": 5}'),
        by="tables",
    ),
    mutant("synapse lost", (C, '"C": {"A": 4}'), by="source"),
    mutant("synapse invented", (M1, '"M1": {"A": 9, "C": 2, "E": 7}'), by="source"),
    mutant(
        "level moved down",
        (LAST, '    ["C"],\n    ["E", "M1", "M2"],\n]'),
        by="levels",
    ),
    mutant(
        "level moved up",
        ('    ["D"],\n    ["A"],\n', '    ["A", "D"],\n'),
        by="levels",
    ),
    mutant(
        "waits for nothing",
        ('    ["S1", "S2"],\n', '    ["S1"],\n    ["S2"],\n'),
        by="plan",
    ),
    mutant(
        "levels swapped",
        ('    ["B"],\n    ["D"],\n', '    ["D"],\n    ["B"],\n'),
        by="levels",
    ),
    mutant("levels merged", (LAST, '    ["C", "E", "M1", "M2"],\n]'), by="levels"),
    mutant(
        "moved within a level",
        ('    ["S1", "S2"],\n', '    ["S2", "S1"],\n'),
        by="plan",
    ),
    mutant("empty level", ('    ["B"],\n', '    ["B"],\n    [],\n'), by="plan"),
    mutant(
        "unused brought in",
        (UNUSED, UNUSED.replace('    "Y",\n', "")),
        ('    ["S1", "S2"],\n', '    ["S1", "S2", "Y"],\n'),
        by="unused",
    ),
    mutant(
        "live thrown out",
        ('    ["C", "E"],\n', '    ["E"],\n'),
        (UNUSED, UNUSED.replace('"Y"', '"C",\n    "Y"')),
        by="unused",
    ),
    mutant(
        "feedback runs forward",
        (FEEDBACK, '    "E": {"E": 1},\n'),
        ('"D": {"B": 6}', '"D": {"B": 6, "C": 1}'),
        by="levels acyclic plan",
    ),
    mutant(
        "forward runs backward",
        (FEEDBACK, '    "C": {"A": 4},\n' + FEEDBACK),
        (C, '"C": {"S2": 5}'),
        by="plan",
    ),
    mutant(
        "self-loop runs forward",
        (FEEDBACK, '    "D": {"C": 1},\n'),
        ('"E": {"A": 2, ', '"E": {"E": 1, "A": 2, '),
        by="levels acyclic",
    ),
    mutant(
        "in two tables",
        (FEEDBACK, '    "C": {"A": 4},\n' + FEEDBACK),
        by="disjoint",
    ),
    mutant(
        "chemical turned electrical",
        (M1, '"M1": {"E": 7}'),
        (ELECTRICAL, '    "A": {"B": 3},\n    "M1": {"C": 2},\n    "M2": {"D": 1},\n'),
        by="source",
    ),
    mutant("sign flipped", ('"M2": {"E": -1}', '"M2": {"E": 1}'), by="source"),
    mutant(
        "sign of no synapse",
        ('"M2": {"E": -1}', '"M2": {"C": 1, "E": -1}'),
        by="sorted",
    ),
    mutant(
        "transmitter moved",
        ('    "GABA": ["E"],\n    "ace', '    "GABA": ["D"],\n    "ace'),
        by="source",
    ),
    mutant("motors swapped", (MOTOR, MOTOR.replace("1", "0").replace("2", "1").replace("0", "2")), by="roles sorted"),
    mutant("motor lost", (MOTOR, MOTOR.replace('    "M2",\n', "")), by="source"),
    mutant("sensors swapped", (SENSORY, SENSORY.replace("1", "0").replace("2", "1").replace("0", "2")), by="roles sorted"),
    mutant("sensor twice", (SENSORY, SENSORY.replace('"S1"', '"S1",\n    "S1"')), by="roles sorted"),
    mutant("option added", ('    "cells": "cells.csv",\n', '    "activation": "relu",\n    "cells": "cells.csv",\n'), by="emitted"),
    mutant("option unknown", ('    "cells": "cells.csv",\n', '    "cells": "cells.csv",\n    "magic": 1,\n'), by="tables"),
    mutant("option of another type", ('    "cells": "cells.csv",\n', '    "cells": "cells.csv",\n    "features": "2",\n'), by="tables"),
    mutant("bound claimed", ('    "bound": 1,\n', '    "bound": 2,\n'), by="emitted minimum"),
    mutant("rows unsorted", ('    "B": {"S1": 2, "S2": 4},\n', '    "B": {"S2": 4, "S1": 2},\n'), by="sorted"),
    mutant("a table missing", (UNUSED + "\n", ""), by="tables"),
    mutant("a table twice", (UNUSED, UNUSED + "\n" + UNUSED), by="tables"),
    mutant("a neuron placed twice", (UNUSED, UNUSED.replace('"Y"', '"B",\n    "Y"')), by="tables"),
    mutant("a neuron of no place", (M1, '"M1": {"C": 2, "E": 7, "Q": 1}'), by="tables"),
    mutant("weight below 0", (C, '"C": {"A": -4, "S2": 5}'), by="tables"),
    mutant("weight without end", (C, '"C": {"A": 1e999, "S2": 5}'), by="tables"),
    mutant("weight true", (C, '"C": {"A": True, "S2": 5}'), by="tables"),
    mutant("weight a word", (C, '"C": {"A": "4", "S2": 5}'), by="tables"),
    mutant("a sum for a weight", (C, '"C": {"A": 2 + 2, "S2": 5}'), by="tables"),
)  # fmt: skip

CODE_MUTANTS = (
    mutant("activation", ("state = torch.tanh(", "state = torch.sin("), by="emitted"),
    mutant("gains permuted", ("gain = self.gain\n", "gain = self.gain.flip(0)\n"), by="emitted"),
    mutant("motors permuted", ("index_select(0, self.motor)", "index_select(0, self.motor.flip(0))"), by="emitted"),
    mutant("merge", ("rows.add_(added(states, *wires))", "rows.mul_(1 + added(states, *wires))"), by="emitted"),
    mutant("bias dropped", ("far + self.bias.unsqueeze(1)", "far + 0 * self.bias.unsqueeze(1)"), by="emitted"),
    mutant("gradient doubled", ("return None, grads, of_gain\n", "return None, grads, 2 * of_gain\n"), by="emitted"),
    mutant("compiled by another rule", ("total * slopes[a:b]", "total + slopes[a:b]"), by="emitted"),
    mutant("ablated sends on", (FACTORS, "factors, summands = 1 - held, alive * held * current"), by="emitted"),
    mutant("ablated on one side", (FACTORS, "factors, summands = alive * (1 - held), held * current"), by="emitted"),
    mutant("held still driven", (FACTORS, "factors, summands = alive, alive * held * current"), by="emitted"),
    mutant("current after the activation", (SUMS, "sums, zip(parts(factors, SIZES), parts(summands + factors * current, SIZES))"), by="emitted"),
    mutant("a wrong row", ("given.t()[: len(LIVE)]", "given.t().roll(1, 0)[: len(LIVE)]"), by="emitted"),
    mutant("no gradient of alive", ("current, alive, held = rows", "current, alive, held = rows[0], rows[1].detach(), rows[2]"), by="emitted"),
)  # fmt: skip

PROSE_MUTANTS = (
    mutant("docstring's number", ("backward    1 of", "backward    0 of"), by="emitted"),
    mutant("docstring's proof", ("the minimum is 1 (proved)", "the minimum is 1 (known)"), by="emitted"),
    mutant("label", ("source=toy.csv:", "source=cook2019:"), by="emitted"),
    mutant("class renamed", ("class Toy(", "class Tiger("), by="emitted"),
    mutant("two classes", ("class Toy(", "class Tiger:\n    pass\n\n\nclass Toy("), by="tables"),
    mutant("an import", ("import torch\n", "import os\nimport torch\n"), by="emitted"),
    mutant("graph's digest", ("source=toy.csv:", "source=toy.csv:0123456789abcdef body=0123456789abcdef#"), by="header"),
    mutant("newer format", ("format=1 ", "format=2 "), by="header"),
    mutant("first line", ("DO NOT EDIT.", "Edit me."), by="header"),
)  # fmt: skip

ALL = (*TABLE_MUTANTS, *CODE_MUTANTS, *PROSE_MUTANTS)


def made(mutant: Mutant, honest: bytes) -> bytes:
    """The bytes of a mutant."""
    text = honest.decode()
    for old, new in mutant.edits:
        text = edit(text, old, new)
    return signed(text, source=mutant.source) if mutant.sign else text.encode()


def caught(data: bytes) -> set[str]:
    """Which checks fail, and "emitted" where the bytes are not ours; the header is one.

    Text that is signed but not what elegansc emits may be of an older one. It is called
    that, and never run: what is emitted for its tables is.
    """
    try:
        checks = prove(data, "m.py")
    except InputError:
        return {"header"}
    names = {check.name for check in checks}
    return failed(checks) | ({"emitted"} if "older form" in names else set())


def test_there_are_enough() -> None:
    assert len({mutant.name for mutant in ALL}) == len(ALL) >= 30


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught_by_name(mutant: Mutant, folder: Path) -> None:
    found = caught(made(mutant, model(folder)))

    assert mutant.caught <= found, f"caught by {found or 'nothing'}"


def test_the_honest_model_is_proved_with_either_line_end(folder: Path) -> None:
    data = model(folder)
    against = Against(
        str(folder / "toy.csv"), Layout(), cells=str(folder / "cells.csv")
    )
    checks = prove(data.replace(b"\n", b"\r\n"), "m.py", against=against)

    assert failed(checks) == set()
    names = {check.name for check in checks}
    assert {"values float64", "gradients float32", "against", "minimum"} <= names


@pytest.mark.slow
def test_a_cut_is_found_at_every_line(folder: Path) -> None:
    lines = model(folder).splitlines(keepends=True)
    for kept in range(len(lines)):
        assert caught(b"".join(lines[:kept])), f"the first {kept} lines pass"


# What only the source can tell: models that are honest about another graph.

OTHERS = {
    "weight": ("B,D,chemical,6", "B,D,chemical,5"),
    "synapse lost": ("A,E,chemical,2\n", ""),
    "synapse invented": ("A,E,chemical,2\n", "A,E,chemical,2\nB,M1,chemical,1\n"),
    "swapped": ("S2,C,chemical,5", "C,S2,chemical,5"),
    "junction for a synapse": ("D,M2,electrical,1", "D,M2,chemical,1"),
    "junction lighter": ("B,A,electrical,3", "B,A,electrical,2"),
    "self-loop lost": ("E,E,chemical,1\n", ""),
    "sign": ("E,M2,chemical,-2", "E,M2,chemical,2"),
    "neuron lost": ("Y,Z,chemical,2\n", ""),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_another_graph_is_told_by_its_source_alone(
    change: tuple[str, str],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "elegansc.verification.verify.run", lambda *_, **__: []
    )  # it computes what it says
    other = compiled(tmp_path, edit(EDGES, *change))
    model(folder)
    against = Against(
        str(folder / "toy.csv"), Layout(), cells=str(folder / "cells.csv")
    )

    assert failed(prove(other, "m.py")) == set()
    assert failed(prove(other, "m.py", against=against)) == {"against"}


def test_another_table_of_cells_is_told_by_the_source(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("elegansc.verification.verify.run", lambda *_, **__: [])
    data = model(folder)
    for number, (old, new) in enumerate(
        [("C,inter,", "C,motor,"), ("E,inter,GABA", "E,inter,glutamate")]
    ):
        cells = tmp_path / f"{number}.csv"
        cells.write_text(edit(CELLS, old, new))
        against = Against(str(folder / "toy.csv"), Layout(), cells=str(cells))
        assert failed(prove(data, "m.py", against=against)) == {"against"}, new


# What must never run


def test_code_in_a_table_or_after_the_class_never_runs(
    folder: Path, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"
    code = f"__import__('pathlib').Path({str(trap)!r}).touch()"
    honest = model(folder).decode()
    planted = [
        edit(honest, UNUSED, UNUSED.replace('"Y"', f'{code} or "Y"')),
        edit(honest, UNUSED, UNUSED.replace('"Y"', f'f"{{{code}}}Y"')),
        edit(honest, C, f"**({code} or {{}}), {C}"),
        honest + f"\n{code}\n",
        edit(honest, "import torch\n", f"import torch\n\n{code}\n"),
        edit(honest, "class Toy(nn.Module)", f"class Toy(nn.Module, x={code})"),
        edit(honest, "MOTOR: list[str]", f"MOTOR: list[{code}]"),
    ]
    for text in planted:
        for data in (text.encode(), signed(text)):
            assert caught(data) & {"body", "tables", "emitted"}
    for text in planted[:3]:  # not even trust runs what is no literal
        [found] = [c for c in prove(signed(text), "m.py", trust=True) if not c.passed]
        assert found.name == "tables" and "more than literals" in found.detail
    assert not trap.exists()


# Trust: run what is not ours, and tell what it computes.


@pytest.mark.slow
@pytest.mark.parametrize("mutant", CODE_MUTANTS, ids=lambda mutant: mutant.name)
def test_trusted_code_that_computes_something_else_is_told(
    mutant: Mutant, folder: Path
) -> None:
    found = failed(prove(made(mutant, model(folder)), "m.py", trust=True))

    slopes = ("gradient doubled", "compiled by another rule", "no gradient of alive")
    wrong = "gradients" if mutant.name in slopes else "values"
    assert {f"{wrong} float64", f"{wrong} float32"} <= found
    if wrong == "gradients":
        assert "values float64" not in found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("torch.addmm(far, self.recurrence(), before)", "far + 0 * before"),
        ("torch.addmm(far, self.recurrence(), before)", "far + self.recurrence().t() @ before"),
        ("self.motor_of(state), state", "self.motor_of(state), state.flip(1)"),
        (FACTORS, "factors, summands = alive, alive * held * current"),
        ("state = self.activity(inputs, state, **by_hand)", "state = self.activity(inputs, state)"),
    ],
    ids=["nothing is remembered", "remembered crosswise", "states permuted", "held still driven", "hands not given on"],
)  # fmt: skip
def test_trusted_memory_that_is_wrong_is_told(
    old: str, new: str, tmp_path: Path
) -> None:
    text = edit(compiled(tmp_path, feedback="delay").decode(), old, new)

    assert "values float64" in failed(prove(signed(text), "m.py", trust=True))


@pytest.mark.slow
def test_trusted_code_that_is_merely_reworded_computes_the_same(folder: Path) -> None:
    text = edit(
        model(folder).decode(), "state = torch.tanh(total)", "state = total.tanh()"
    )

    checks = prove(signed(text), "m.py", trust=True)
    assert failed(checks) == set() and "older form" in {c.name for c in checks}
    assert failed(prove(text.encode(), "m.py", trust=True)) == {"body", "emitted"}
