"""Parameters carried between leaky networks, and between them and others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from support import toy
from support.command import run

EDGES = "pre,post,weight,kind\nA,B,1,chemical\nB,C,2,chemical\nC,A,1,chemical\n"


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaky networks of a graph, of one with a junction more, of other steps; an acyclic one."""
    monkeypatch.chdir(tmp_path)
    Path("one.csv").write_text(EDGES)
    Path("two.csv").write_text(f"{EDGES}A,C,3,electrical\n")
    for name, source, *words in (
        ("one", "one", "--dynamics", "leaky"),
        ("two", "two", "--dynamics", "leaky"),
        ("slow", "one", "--dynamics", "leaky", "--dt", "0.5"),
        ("dag", "two"),
    ):
        ends = ("--inputs", "A", "--outputs", "C", "--name", "T")
        done = run("compile", f"{source}.csv", *ends, *words, "-q", "-o", f"{name}.py")
        assert done.exit_code == 0, done.output
        torch.manual_seed(1)
        net = toy.load(Path(f"{name}.py").read_bytes()).T()
        torch.save(net.state_dict(), f"{name}.pt")


def carried(old: str, new: str) -> tuple[str, Any]:
    """(report, state dict) of a transplant."""
    words = ("--from", f"{old}.py", "--to", f"{new}.py", "-o", "new.pt", "--force")
    done = run("transplant", f"{old}.pt", *words)
    assert done.exit_code == 0, done.output
    state = torch.load("new.pt")
    toy.load(Path(f"{new}.py").read_bytes()).T().load_state_dict(state)
    return done.output, state


def test_a_new_junction_is_felt_at_both_ends() -> None:
    report, state = carried("one", "two")
    assert "changed: 2 of 3 neurons that both have read other inputs: A C" in report
    assert "conductances 0 kept, 1 new, 0 lost" in report
    assert torch.equal(state["gain"], torch.load("one.pt")["gain"])
    report, _ = carried("two", "one")
    assert "changed: 2 of 3" in report


def test_steps_of_other_times_are_another_function() -> None:
    report, state = carried("one", "slow")
    assert "changed: dt 0.1 -> 0.5" in report
    for name in ("gain", "bias", "tau"):
        assert torch.equal(state[name], torch.load("one.pt")[name])
    assert "unchanged in 3 neurons" in carried("one", "one")[0]


def test_a_gain_of_a_junction_is_no_conductance() -> None:
    report, state = carried("dag", "two")
    assert "1 of gap junctions: a gain is no conductance" in report
    assert "changed: dynamics none -> leaky" in report
    assert "conductances all new, of 1 gap junction: there were none" in report
    assert state["bias"].shape == (3,)
    report, _ = carried("two", "dag")
    assert "dropped" in report and "conductance tau" in report
    assert "these are no gains" in report
