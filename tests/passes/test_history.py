"""The history of a compile: typed accounts, and the plain data that `--json` prints."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import elegansc
from elegansc.ir.history import History, plain_data
from elegansc.ir.order_accounts import Scheduled

EDGES = "pre,post,weight\nS,A,3\nA,B,2\nB,A,5\nB,M,1\n"
ENDS = {"inputs": ("S",), "outputs": ("M",)}
LOSS = [
    *("method", "bound", "scale", "components", "largest", "synapses", "weight"),
    *("halves", "walks", "of_synapses", "of_weight", "self_loops"),
]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small connectome, in the working directory."""
    monkeypatch.chdir(tmp_path)
    path = Path("g.csv")
    path.write_text(EDGES)
    return path


def test_passes_stand_in_the_order_of_the_line(file: Path) -> None:
    data = elegansc.compile(str(file), **ENDS).history.data()

    assert list(data) == [
        *("parse", "select_cells", "merge_electrical", "break_cycles"),
        *("topological_sort", "prune", "schedule_levels"),
    ]
    assert json.loads(json.dumps(data)) == data
    assert list(data["parse"])[-7:-5] == ["delimiter", "header"]


def test_a_solved_and_a_recorded_order_have_keys_of_their_own(file: Path) -> None:
    first = elegansc.compile(str(file), **ENDS)
    Path("m.py").write_bytes(next(iter(first.files.values())))
    again = elegansc.compile(str(file), like="m.py", **ENDS)
    solved, recorded = (
        list(artifact.history.data()["break_cycles"]) for artifact in (first, again)
    )

    assert solved == [
        *("asked", "rounded", "alive", "roles", "symmetric", "protected", "unique"),
        *("least_price", "least", "unmatched", "brought_back", "given_up"),
        *("unprotected", *LOSS, "price", "lateral", "lateral_weight"),
    ]
    assert recorded == [
        *("alive", "roles", "stick", "symmetric", "max_levels", "rounded"),
        *("protected", "unprotected", "unmatched", "price", "least_price", "flips"),
        *("like", "recorded", *LOSS, "lateral", "lateral_weight"),
    ]


def test_an_account_is_frozen_and_an_absent_pass_has_no_key() -> None:
    account = Scheduled(2, 1, 2, 1, 0, 0, 0.0)

    with pytest.raises(FrozenInstanceError):
        account.levels = 3  # type: ignore[misc]
    assert History().data() == {}
    found = History(schedule_levels=account).data()
    assert found == {"schedule_levels": plain_data(account)}
