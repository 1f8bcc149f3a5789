"""The bundled connectomes and the table of cells are what their sources say."""

import csv
import dataclasses
import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import BUNDLED, SHARED

from elegansc import catalog
from elegansc.errors import CompilerError

PUBLISHED = SHARED / "connectomes"
WITVLIET = {f"witvliet2021-{n}": f"WitvlietDataReader{n}" for n in range(1, 9)}
READERS = {
    "cook2019": "Cook2019HermReader",
    "cook2019-male": "Cook2019MaleReader",
    "varshney2011": "VarshneyDataReader",
    "white1986": "White_whole",
} | WITVLIET

# cells, neurons, then rows, weight and rows between neurons: chemical, electrical.
# Counted by a script of its own on cect 0.3.5, not by make.py.
COUNTS = {
    "cook2019": (473, 302, (4879, 28113, 3709), (2883, 23313, 2196)),
    "cook2019-male": (585, 381, (5306, 45959, 4048), (3482, 31702, 2584)),
    "varshney2011": (281, 280, (2309, 7804, 2194), (1031, 1777, 1031)),
    "white1986": (309, 300, (2386, 7943, 2266), (1144, 1928, 1132)),
    "witvliet2021-1": (187, 161, (775, 1296, 675), (164, 206, 164)),
    "witvliet2021-2": (194, 162, (986, 1895, 865), (246, 264, 240)),
    "witvliet2021-3": (198, 162, (1012, 2128, 887), (186, 216, 186)),
    "witvliet2021-4": (204, 168, (1136, 2777, 1011), (415, 483, 407)),
    "witvliet2021-5": (211, 174, (1515, 4116, 1324), (578, 832, 572)),
    "witvliet2021-6": (216, 175, (1525, 4456, 1315), (426, 532, 422)),
    "witvliet2021-7": (222, 181, (2202, 7467, 1944), (576, 794, 528)),
    "witvliet2021-8": (219, 180, (2186, 7970, 1933), (612, 851, 600)),
}

each_entry = pytest.mark.parametrize(
    "entry", catalog.entries(), ids=lambda entry: entry.name
)


@pytest.fixture
def shared() -> Path:
    if not PUBLISHED.is_dir():
        pytest.skip("NOT CHECKED against the published files: ../shared is not here")
    return PUBLISHED


def rows(entry: catalog.Entry) -> list[dict[str, str]]:
    return list(csv.DictReader(catalog.read(entry).decode("ascii").splitlines()))


def hermaphrodite() -> Iterator[catalog.Cell]:
    for cell in catalog.cells().values():
        if cell.kind == "neuron" and cell.sex != "male":
            yield cell


def test_the_bundled_names() -> None:
    assert [entry.name for entry in catalog.entries()] == list(READERS)


@each_entry
def test_the_digest_is_that_of_the_file(entry: catalog.Entry) -> None:
    file = BUNDLED / entry.file

    assert hashlib.sha256(file.read_bytes()).hexdigest() == entry.sha256


@each_entry
def test_the_counts_are_those_of_the_file_and_of_the_source(
    entry: catalog.Entry,
) -> None:
    cells, neurons = set(), set()
    counted = {"chemical": [0, 0, 0], "electrical": [0, 0, 0]}
    for row in rows(entry):
        ends = {row["pre"], row["post"]}
        known = {name for name in ends if catalog.cells()[name].kind == "neuron"}
        cells |= ends
        neurons |= known
        kind = counted[row["kind"]]
        kind[0] += 1
        kind[1] += int(row["weight"])
        kind[2] += ends == known

    assert COUNTS[entry.name] == (
        len(cells),
        len(neurons),
        tuple(counted["chemical"]),
        tuple(counted["electrical"]),
    )
    assert entry.counts == {
        "cells": len(cells),
        "neurons": len(neurons),
        "chemical": named(counted["chemical"]),
        "electrical": named(counted["electrical"]),
    }


def named(numbers: list[int]) -> dict[str, int]:
    return dict(zip(("rows", "weight", "neuron_neuron"), numbers, strict=True))


@each_entry
def test_a_file_is_plain_sorted_and_symmetric(entry: catalog.Entry) -> None:
    body = catalog.read(entry)
    found = [(r["kind"], r["pre"], r["post"], r["weight"]) for r in rows(entry)]

    assert body.startswith(b"pre,post,kind,weight\n") and b"\r" not in body
    assert found == sorted(found)
    assert len({row[:3] for row in found}) == len(found)
    assert all(int(weight) > 0 for *_, weight in found)
    electrical = {row for row in found if row[0] == "electrical"}
    assert electrical == {(k, post, pre, w) for k, pre, post, w in electrical}


@each_entry
def test_an_entry_fits_into_an_ascii_docstring(entry: catalog.Entry) -> None:
    for name, value in dataclasses.asdict(entry).items():
        if name != "counts":
            assert value and value.isascii() and value.isprintable()
            assert '"""' not in value and "\\" not in value


@pytest.mark.shared
@each_entry
def test_a_file_equals_what_cect_exports(entry: catalog.Entry, shared: Path) -> None:
    with open(shared / "cect_export" / f"{READERS[entry.name]}.csv") as file:
        exported = [
            (row["pre"], row["post"], row["syntype"], float(row["number"]))
            for row in csv.DictReader(file)
        ]
    word = {"chemical": "Chemical", "electrical": "GapJunction"}
    bundled = [
        (row["pre"], row["post"], word[row["kind"]], float(row["weight"]))
        for row in rows(entry)
    ]

    assert Counter(bundled) == Counter(exported)


@pytest.mark.shared
@each_entry
def test_the_counts_are_those_handed_down(entry: catalog.Entry, shared: Path) -> None:
    with open(shared / "cect_export" / "COUNTS.csv") as file:
        known = {row["reader"]: row for row in csv.DictReader(file)}
    row = known[READERS[entry.name]]
    cells, neurons, *kinds = COUNTS[entry.name]

    assert (int(row["nodes"]), int(row["neurons"])) == (cells, neurons)
    assert row["by_syntype"] == "; ".join(
        f"{kind} {count} conns (neuron-neuron {between}), weight {weight}"
        for kind, (count, weight, between) in zip(
            ("Chemical", "GapJunction"), kinds, strict=True
        )
    )


def test_the_table_has_every_cell_of_both_sexes() -> None:
    kinds = Counter(cell.kind for cell in catalog.cells().values())

    assert kinds == {"neuron": 392, "muscle": 178, "other": 59}
    assert len(list(hermaphrodite())) == 302
    assert list(catalog.cells()) == sorted(catalog.cells())
    assert all(name == cell.name for name, cell in catalog.cells().items())


def test_the_partition_is_cooks() -> None:
    roles = Counter(cell.role for cell in hermaphrodite())
    polymodal = {cell.name: cell.role for cell in hermaphrodite() if cell.role[1:]}

    assert roles["sensory",] == 83
    assert roles["inter",] == 89
    assert roles["motor",] == 123
    assert polymodal == {
        "MCL": ("sensory", "motor"),
        "MCR": ("sensory", "motor"),
        "MI": ("inter", "motor"),
        "NSML": ("sensory", "motor"),
        "NSMR": ("sensory", "motor"),
    }
    assert [c.name for c in hermaphrodite() if not c.role] == ["CANL", "CANR"]


def test_several_roles_are_owmetas() -> None:
    assert Counter("+".join(cell.roles) for cell in hermaphrodite()) == {
        "motor": 94,
        "inter": 69,
        "sensory": 66,
        "inter+motor": 26,
        "sensory+motor": 21,
        "sensory+inter": 18,
        "sensory+inter+motor": 6,
        "": 2,
    }


def test_only_neurons_have_roles_and_males_have_theirs() -> None:
    table = catalog.cells().values()
    male = [cell for cell in table if cell.kind == "neuron" and cell.sex == "male"]

    assert not any(
        c.role or c.roles or c.transmitter for c in table if c not in neurons()
    )
    assert Counter(cell.role for cell in male) == {("sensory",): 56, ("inter",): 34}
    assert all(cell.roles == cell.role for cell in male)
    assert {c.cell_class for c in neurons() if c.sex == "herm"} == {"HSN", "VC"}


def neurons() -> list[catalog.Cell]:
    return [cell for cell in catalog.cells().values() if cell.kind == "neuron"]


@pytest.mark.shared
def test_the_roles_agree_with_the_merged_table(shared: Path) -> None:
    with open(shared / "neuron_roles" / "roles_merged.csv", newline="") as file:
        merged = {row["neuron"]: row for row in csv.DictReader(file)}
    words = {"interneuron": "inter", "unknown": ""}
    table = catalog.cells()

    assert set(merged) == {cell.name for cell in hermaphrodite()}
    for name, row in merged.items():
        several = {words.get(word, word) for word in row["owmeta"].split("+")} - {""}
        single = words.get(row["cook2019"], row["cook2019"])
        assert set(table[name].roles) == several, name
        if single == "polymodal":
            assert set(table[name].role) == several, name
        else:
            assert "+".join(table[name].role) == single, name


def test_the_hermaphrodite_has_118_classes() -> None:
    assert len({cell.cell_class for cell in hermaphrodite()}) == 118


@pytest.mark.parametrize(
    ("name", "cell_class", "side"),
    [
        ("ADAL", "ADA", "L"),
        ("ADAR", "ADA", "R"),
        ("VA12", "VA", ""),
        ("AS1", "AS", ""),
        ("AVL", "AVL", ""),
        ("AQR", "AQR", ""),
        ("IL2DL", "IL2", "L"),
        ("IL2R", "IL2", "R"),
        ("RMED", "RME", ""),
        ("SABVR", "SAB", "R"),
        ("I1L", "I1", "L"),
        ("M2R", "M2", "R"),
        ("CA09", "CA", ""),
        ("R1AL", "R1A", "L"),
        ("MDL08", "BWM", "L"),
        ("BWM", "BWM", ""),
        ("pm3VL", "pm3", "L"),
        ("pm4_UNSPECIFIED", "pm4", ""),
        ("vm1AL", "vm1", "L"),
        ("dglR8", "dgl", "R"),
        ("GLRDL", "GLR", "L"),
    ],
)
def test_class_and_side(name: str, cell_class: str, side: str) -> None:
    cell = catalog.cells()[name]

    assert (cell.cell_class, cell.side) == (cell_class, side)


@pytest.mark.parametrize(
    ("name", "transmitter"),
    [
        ("AVAL", "Acetylcholine"),
        ("DD1", "GABA"),
        ("ADFL", "Acetylcholine+Serotonin"),
        ("CEPDL", "Dopamine"),
        ("RIML", "Betaine+Glutamate+Tyramine"),
        ("RICL", "Glutamate+Octopamine"),
        ("AIML", "Glutamate"),  # takes serotonin up, does not make it
        ("MI", "Glutamate"),  # 5-HTP is not counted
        ("AVKL", ""),  # an orphan
        ("CANL", ""),
        ("SPVR", "Acetylcholine"),  # the row that cect does not read
        ("R9BL", "Acetylcholine+GABA"),
    ],
)
def test_transmitters_are_wangs(name: str, transmitter: str) -> None:
    assert catalog.cells()[name].transmitter == transmitter


MUSCLES = """
    MDL08 MDL8 BWM BWM-DL01 dBWML1 vBWMR12 vm1AL vm1aL um1AL um2pR pm1 pm7D pm7d pm1vl
    pm4 pm4_UNSPECIFIED mu_sph mu_bod sph anal MVULVA dglL1 LegacyBodyWallMuscles NMJ
"""
NO_MUSCLES = """
    AVAL MDA VM1 M1 M2L MI MCL MCML hyp int intL CEPshDL GLRL mc1DL mc1dl e2D g1P bm
    exc_cell gonad R1stL pm9 pm BWM-XL01 1 12
"""


@pytest.mark.parametrize("name", MUSCLES.split())
def test_muscles_by_whatever_name(name: str) -> None:
    assert catalog.is_muscle(name)


@pytest.mark.parametrize("name", [*NO_MUSCLES.split(), "", "MDL08\n"])
def test_what_is_no_muscle(name: str) -> None:
    assert not catalog.is_muscle(name)


def test_no_neuron_is_a_muscle() -> None:
    assert not [cell.name for cell in neurons() if catalog.MUSCLE.fullmatch(cell.name)]


def test_the_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        catalog.cells()["AVAL"] = catalog.cells()["AVAR"]  # type: ignore[index]
    assert hash(catalog.entries()[0]) == hash(catalog.entries()[0])


def test_a_damaged_file_is_refused() -> None:
    entry = dataclasses.replace(catalog.entries()[0], sha256="0" * 64)

    with pytest.raises(CompilerError, match="cook2019.csv is damaged"):
        catalog.read(entry)


def test_a_missing_file_is_refused() -> None:
    entry = dataclasses.replace(catalog.entries()[0], file="none.csv")

    with pytest.raises(CompilerError, match="none.csv is missing"):
        catalog.read(entry)


def test_find_and_suggest() -> None:
    assert catalog.find("cook2019") is catalog.entries()[0]
    assert catalog.find("Cook2019") is None
    assert catalog.suggest("Cook2019") == "cook2019"
    assert catalog.suggest("varshny") == "varshney2011"
    assert catalog.suggest("witvliet2021-9") in WITVLIET
    assert catalog.suggest("mouse") is None


def test_the_listing_is_aligned() -> None:
    lines = catalog.listing().splitlines()

    assert len(lines) == 1 + len(READERS)
    assert len({line.index("C. elegans") for line in lines[1:]}) == 1
    assert " ".join(lines[1].split()) == (
        "cook2019 C. elegans hermaphrodite, adult 473 4,879 2,883 EM sections"
    )
    assert not any(line != line.rstrip() for line in lines)


@each_entry
def test_the_description_tells_whom_to_cite(entry: catalog.Entry) -> None:
    text = catalog.describe(entry)
    flat = " ".join(text.split())

    assert text.splitlines()[0] == entry.name
    assert max(map(len, text.splitlines())) <= 88
    for fact in (entry.citation, entry.doi, entry.licence, entry.sha256, entry.unit):
        assert fact in flat


def test_it_does_not_need_numpy() -> None:
    code = (
        "import sys; from elegansc import catalog; catalog.cells(); catalog.listing(); "
        "sys.exit('numpy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
