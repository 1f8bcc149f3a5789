"""Bundled and published connectomes, edge by edge, by a reading that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import witness
from support.paths import BUNDLED
from support.worms import compiled, worms

CELLS = BUNDLED / "cells.csv"
NAMES = sorted(path.stem for path in BUNDLED.glob("*.csv") if path != CELLS)


def module(source: str) -> bytes:
    """The bytes of a source's module."""
    (data,) = compiled(source).files.values()
    return data


def test_all_twelve_are_there() -> None:
    assert len(NAMES) == 12


@pytest.mark.parametrize("name", worms(NAMES))
def test_a_bundled_connectome_is_in_its_module_edge_by_edge(name: str) -> None:
    found = witness.disagreements(module(name), BUNDLED / f"{name}.csv", CELLS)

    assert found == []


@pytest.mark.slow
@pytest.mark.shared
def test_the_published_edge_list_is_in_its_module_edge_by_edge(shared: Path) -> None:
    path = shared / "openworm" / "herm_full_edgelist.csv"

    found = witness.disagreements(module(str(path)), path, CELLS)

    assert found == []


def test_the_witness_can_tell() -> None:
    data = module("witvliet2021-1")
    source = BUNDLED / "witvliet2021-1.csv"
    held = witness.tables(data)
    post, inputs = next(iter(held["CHEMICAL"].items()))
    pre, weight = next(iter(inputs.items()))
    start = f'    "{post}": {{"{pre}": '

    heavier = data.replace(f"{start}{weight}".encode(), f"{start}9{weight}".encode(), 1)
    assert witness.disagreements(heavier, source, CELLS) == [
        ("chemical", pre, post, weight),
        ("chemical", pre, post, int(f"9{weight}")),
    ]
    table = data.index(b"\nMOTOR: ")
    motor = f'    "{held["MOTOR"][0]}",\n'.encode()
    lost = data[:table] + data[table:].replace(motor, b"", 1)
    assert (held["MOTOR"][0], "motor") in witness.disagreements(lost, source, CELLS)


def test_the_witness_knows_nothing_of_elegansc() -> None:
    lines = Path(witness.__file__).read_text().splitlines()

    assert not [line for line in lines if "import" in line and "elegansc" in line]
