"""Three versions of a model merged by name: as the merge of their sources compiles."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command import edited, run
from support.paths import ROOT

import elegansc
from elegansc.errors import InputError, UsageError
from elegansc.ir.text import digest
from elegansc.merging.merge import Merged, circuit_of, merge, read
from elegansc.merging.three_way import three_way

Rows = dict[tuple[str, str, str], str]  # (pre, post, kind) -> weight
NAMES = ("S", "T", "A", "B", "C", "D", "M", "N")
ROLES = {"inputs": ["S", "T"], "outputs": ["M", "N"]}
BASE: Rows = {
    ("S", "A", "chemical"): "2",
    ("A", "B", "chemical"): "3",
    ("B", "A", "chemical"): "1",
    ("B", "M", "chemical"): "4",
    ("T", "C", "chemical"): "1",
    ("C", "N", "chemical"): "1",
    ("A", "C", "electrical"): "2",
}


def csv(rows: Rows) -> str:
    """A connectome file of some rows."""
    lines = [
        f"{pre},{post},{kind},{weight}" for (pre, post, kind), weight in rows.items()
    ]
    return "\n".join(["pre,post,kind,weight", *lines, ""])


def model(folder: Path, rows: Rows, **options: Any) -> bytes:
    """The model of some rows."""
    path = folder / "worm.csv"
    path.write_text(csv(rows))
    result = elegansc.compile(path, **{**ROLES, **options})
    return next(iter(result.files.values()))


def merged(
    folder: Path, base: Rows, ours: Rows, theirs: Rows, **options: Any
) -> Merged:
    """The merge of three models."""
    return merge(
        *(model(folder, rows, **options) for rows in (base, ours, theirs)), "w.py"
    )


def same_graph(one: bytes, other: bytes) -> bool:
    """Whether two models are of one circuit."""
    first, second = (digest(circuit_of(read(data, "w.py"))) for data in (one, other))
    return first == second


OURS = {**BASE, ("S", "B", "chemical"): "7", ("A", "B", "chemical"): "5"}
THEIRS = {key: w for key, w in BASE.items() if key != ("T", "C", "chemical")}
THEIRS |= {
    ("C", "D", "chemical"): "2",
    ("D", "N", "chemical"): "3",
    ("T", "D", "chemical"): "1",
}
THEIRS |= {("A", "C", "electrical"): "6"}
BOTH = {**THEIRS, ("S", "B", "chemical"): "7", ("A", "B", "chemical"): "5"}
FORMS: dict[str, dict[str, Any]] = {
    "scalar": {},
    "linear": {"unit": "linear", "features": 4},
    "delay": {"feedback": "delay"},
    "roles": {"roles": "prefer"},
    "task": {"task": "mnist", "features": 4, "unit": "linear", "width": 4},
    "published": {"lowering": "published", "unit": "linear", "features": 4},
    "structure": {"inputs": [], "outputs": [], "roles_table": "structure"},
    "unit": {"weight_unit": "contacts", "name": "Mine"},
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("options", FORMS.values(), ids=FORMS)
def test_a_clean_merge_is_the_model_of_the_merged_source(
    options: dict[str, Any], tmp_path: Path
) -> None:
    found = merged(tmp_path, BASE, OURS, THEIRS, **options)
    whole = model(tmp_path, BOTH, **options)

    assert found.conflicts == ()
    assert same_graph(found.data, whole)
    ours, again = (read(data, "w.py") for data in (whole, found.data))
    assert (again.options, again.name) == (ours.options, ours.name)
    assert again.header.label == "worm.csv"
    path = tmp_path / "worm.py"
    path.write_bytes(found.data)
    fresh = run("status", str(path), "--against", str(tmp_path / "worm.csv"))
    assert (fresh.exit_code, "fresh" in fresh.stdout) == (0, True), fresh.stdout


def test_both_sides_may_do_the_same(tmp_path: Path) -> None:
    """Then the file is ours, order and all."""
    ours = model(tmp_path, OURS)
    found = merge(model(tmp_path, BASE), ours, model(tmp_path, OURS), "w.py")
    assert found == Merged(ours, ())


def test_the_order_stays_near_ours(tmp_path: Path) -> None:
    """Two orders lose as much; the merge takes the one that stands in our file."""
    ring = {
        (a, b, "chemical"): "1" for a, b in ("SA", "AB", "BC", "CA", "AM", "BM", "CM")
    }
    ring |= {("S", "B", "chemical"): "1", ("S", "C", "chemical"): "1"}
    only = {"inputs": ["S"], "outputs": ["M"]}
    base = model(tmp_path, ring, **only)
    theirs = model(tmp_path, {**ring, ("S", "M", "chemical"): "1"}, **only)
    for seed in range(1, 6):
        ours = model(
            tmp_path,
            {**ring, ("S", "D", "chemical"): "1", ("D", "M", "chemical"): "1"},
            **only,
            tie_seed=seed,
        )
        asked = model(tmp_path, ring, **only, tie_seed=seed)
        found = merge(
            asked,
            ours,
            model(
                tmp_path, {**ring, ("S", "M", "chemical"): "1"}, **only, tie_seed=seed
            ),
            "w.py",
        )
        assert found.conflicts == ()
        tables = [read(data, "w.py").tables.feedback for data in (ours, found.data)]  # type: ignore[union-attr]
        assert tables[0] == tables[1]
    assert base != theirs


def test_one_synapse_changed_on_both_sides_is_a_conflict(tmp_path: Path) -> None:
    theirs = {**THEIRS, ("A", "B", "chemical"): "9", ("S", "B", "chemical"): "1"}
    found = merged(tmp_path, BASE, OURS, theirs)

    assert found.conflicts == (
        "A -> B: 5 here, 9 there, 3 before",
        "S -> B: 7 here, 1 there, new",
    )
    text = found.data.decode()
    assert (
        '<<<<<<< ours\n    "B": {"A": 5, "S": 7},\n=======\n    "B": {"A": 9, "S": 1},\n>>>>>>> theirs\n'
        in text
    )
    assert '"D": {"C": 2, "T": 1}' in text  # what is no conflict is merged
    (tmp_path / "w.py").write_bytes(found.data)
    assert run("status", str(tmp_path / "w.py")).exit_code == 1
    refused = run("compile", str(tmp_path / "worm.csv"), "-o", str(tmp_path / "w.py"))
    assert "holds two versions of a merge" in refused.stderr


def sided(data: bytes, side: int) -> bytes:
    """One side of a file with conflict markers."""
    from elegansc.comparison.listing import sides

    both = sides(data)
    assert both is not None
    return both[side]


def test_each_side_of_a_conflict_is_a_model(tmp_path: Path) -> None:
    """Whoever takes one side whole has an unedited model of that merge."""
    theirs = {**THEIRS, ("A", "B", "chemical"): "9"}
    found = merged(tmp_path, BASE, OURS, theirs)
    for side, weight in enumerate("59"):
        whole = model(tmp_path, {**BOTH, ("A", "B", "chemical"): weight})
        assert same_graph(sided(found.data, side), whole)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ({"A,B": None}, {"A,B": "4"}, "A -> B: gone here, 4 there, 3 before"),
        ({"A,B": "-3"}, {"A,B": "4"}, "A -> B: 3, negative here, 4 there, 3 before"),
        ({"A-C": "3"}, {"A-C": "4"}, "A - C: 3 here, 4 there, 2 before"),
        ({"C,A": "3"}, {"C,A": "4"}, "C -> A: 3 here, 4 there, new"),
    ],
)
def test_conflicts_in_words(
    ours: dict[str, Any], theirs: dict[str, Any], told: str, tmp_path: Path
) -> None:
    sides = []
    for change in (ours, theirs):
        rows = dict(BASE)
        for pair, weight in change.items():
            kind = "electrical" if "-" in pair else "chemical"
            rows.pop((pair[0], pair[2], kind), None)
            if weight:
                rows[pair[0], pair[2], kind] = weight
        sides.append(rows)
    found = merged(tmp_path, BASE, *sides)
    assert told in found.conflicts


def test_signs_are_merged(tmp_path: Path) -> None:
    """One negative weight makes all signs known, of the other side's synapses too."""
    ours = {**BASE, ("B", "M", "chemical"): "-4"}
    found = merged(tmp_path, BASE, ours, THEIRS)
    whole = model(tmp_path, {**THEIRS, ("B", "M", "chemical"): "-4"})
    assert found.conflicts == () and same_graph(found.data, whole)
    back = merged(tmp_path, ours, BASE, {**THEIRS, ("B", "M", "chemical"): "-4"})
    assert back.conflicts == () and same_graph(back.data, model(tmp_path, THEIRS))


def test_options_class_and_label(tmp_path: Path) -> None:
    """Whoever changed one has it; two that differ are a conflict."""
    base, theirs = model(tmp_path, BASE), model(tmp_path, THEIRS)
    ours = model(tmp_path, OURS, features=4, name="Mine")
    found = merge(base, ours, theirs, "w.py")
    again = read(found.data, "w.py")
    assert found.conflicts == ()
    assert (again.options.features, again.name) == (4, "Mine")
    assert same_graph(found.data, model(tmp_path, BOTH))

    theirs = model(tmp_path, THEIRS, features=8, label="their")
    found = merge(base, model(tmp_path, OURS, features=4, label="our"), theirs, "w.py")
    assert found.conflicts == (
        "--features: 4 here, 8 there",
        "class: 'Our' here, 'Their' there",
        "label: 'our' here, 'their' there",
    )
    assert read(sided(found.data, 0), "w.py").options.features == 4
    assert read(sided(found.data, 1), "w.py").options.features == 8


def test_a_licence_and_line_ends_stay(tmp_path: Path) -> None:
    licence = b"# Copyright of mine\n"
    base, ours, theirs = (model(tmp_path, rows) for rows in (BASE, OURS, THEIRS))
    found = merge(base, ours, licence + theirs, "w.py")
    assert found.conflicts == () and found.data.startswith(
        licence + b"# Code generated"
    )
    crlf = merge(base, ours.replace(b"\n", b"\r\n"), licence + theirs, "w.py")
    assert crlf.data == found.data.replace(b"\n", b"\r\n")
    other = merge(base, b"# Another\n" + ours, licence + theirs, "w.py")
    assert len(other.conflicts) == 1 and "lines above the header" in other.conflicts[0]


def test_a_neuron_of_which_no_synapse_is_left_is_a_conflict(tmp_path: Path) -> None:
    """Each side removes one of its two synapses: a source may name it all the same."""
    one = {("A", "D", "chemical"): "1"}
    two = {("D", "M", "chemical"): "1"}
    found = merged(tmp_path, {**BASE, **one, **two}, {**BASE, **one}, {**BASE, **two})
    assert found.conflicts == ("D: no synapse is left; the source tells if it stays",)
    gone = sided(found.data, 1)
    assert same_graph(gone, model(tmp_path, BASE))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_role_that_follows_from_synapses_is_a_conflict(tmp_path: Path) -> None:
    """D is sensory here, without its input; there it has another input, and stays between."""
    free = {"inputs": [], "outputs": []}
    base = {**BASE, ("S", "D", "chemical"): "1", ("D", "M", "chemical"): "1"}
    ours = {key: w for key, w in base.items() if key != ("S", "D", "chemical")}
    theirs = {**base, ("A", "D", "chemical"): "1"}
    found = merged(tmp_path, base, ours, theirs, **free)
    assert found.conflicts == (
        "D: sensory or, by its synapses, inter; the source tells which",
    )
    whole = model(tmp_path, {**ours, ("A", "D", "chemical"): "1"}, **free)
    assert same_graph(sided(found.data, 1), whole)


def test_a_file_that_cannot_be_merged_by_its_tables(tmp_path: Path) -> None:
    base, ours, theirs = (model(tmp_path, rows) for rows in (BASE, OURS, THEIRS))
    hand = edited(theirs, b"state = torch.tanh(total)", b"state = torch.relu(total)")
    for three, seen in (
        ((base, ours, hand), "w.py (theirs):2: edited by hand"),
        ((base, hand, theirs), "w.py (ours):2: edited by hand"),
        ((base, ours, theirs[:900]), "w.py (theirs)"),
        ((base, ours, b"x = 1\n"), "w.py (theirs)"),
        ((b"", ours, theirs), "w.py: both sides made it anew"),
        ((base, ours, theirs.replace(b"format=1", b"format=2")), "newer than this"),
    ):
        with pytest.raises(InputError) as error:
            merge(*three, "w.py")
        assert seen in str(error.value)


def test_options_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    start = {"features": 4, "norm": "none"}
    base = model(tmp_path, BASE, **start)
    ours = model(tmp_path, OURS, features=1)
    theirs = model(tmp_path, THEIRS, features=4, norm="layer")
    with pytest.raises(UsageError, match="--norm layer: needs --features 4"):
        merge(base, ours, theirs, "w.py")


def test_models_of_an_older_elegansc_are_merged() -> None:
    """Their tables are proved; what is emitted is of today's form."""
    for name in ("delay", "m1", "published"):
        data = (ROOT / "tests" / "older" / f"{name}.py").read_bytes()
        found = merge(data, data, data, f"{name}.py")
        assert found.conflicts == ()
        assert same_graph(found.data, data)
        read(found.data, f"{name}.py")


# Any graphs

PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))
KEYS = st.tuples(PAIRS, st.sampled_from(["chemical", "electrical"]))
WEIGHTS = st.sampled_from(["1", "2", "2.5", "-3"])
BASES = st.dictionaries(KEYS, WEIGHTS, max_size=14)
EDITS = st.dictionaries(KEYS, st.one_of(WEIGHTS, st.none()), max_size=5)
FIXED = {("S", "A", "chemical"): "2", ("A", "M", "chemical"): "3"}  # a path, always


def rows_of(*edits: dict[tuple[tuple[str, str], str], str | None]) -> Rows:
    """Rows after some edits, one a pair, with a path from a sensor to a motor."""
    rows: Rows = {}
    for ((pre, post), kind), weight in (
        item for edit in edits for item in edit.items()
    ):
        if kind == "electrical":
            pre, post = min(pre, post), max(pre, post)
        if weight is None:
            rows.pop((pre, post, kind), None)
        elif pre != post or kind == "chemical":
            rows[pre, post, kind] = weight.strip("-" if kind == "electrical" else "")
    return {**rows, **FIXED}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=100, deadline=None)
@given(BASES, EDITS, EDITS)
def test_any_merge_is_of_the_graph_of_the_merged_source(
    base: Any, ours: Any, theirs: Any
) -> None:
    """Where nothing conflicts; and each side of a conflict likewise."""
    three = rows_of(base), rows_of(base, ours), rows_of(base, theirs)
    source = three_way(*three)
    with tempfile.TemporaryDirectory() as name:
        folder, only = Path(name), {"inputs": ["S"], "outputs": ["M"]}
        found = merged(folder, *three, **only)
        doubts = [line for line in found.conflicts if "the source tells" in line]
        assert len(found.conflicts) - len(doubts) == len(source.conflicts)
        wanted = [model(folder, rows, **only) for rows in (source.ours, source.theirs)]
        for side, whole in enumerate(wanted):
            data = sided(found.data, side) if found.conflicts else found.data
            assert same_graph(data, whole) or (doubts and side == 0)
