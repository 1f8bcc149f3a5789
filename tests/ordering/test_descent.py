"""A descent loses no more, silences nobody, and leaves no cycle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import elegansc
from elegansc.graph import longest_path
from elegansc.ordering.descent import descend
from elegansc.ordering.keep_alive import Arcs, Kept, dead_names, keep_alive, loss


@settings(max_examples=60)
@given(st.data(), st.integers(3, 16))
def test_a_descent_is_never_worse(data: st.DataObject, size: int) -> None:
    node = st.integers(0, size - 1)
    pairs = st.tuples(node, node).filter(lambda pair: pair[0] != pair[1])
    ends = sorted(data.draw(st.sets(pairs, min_size=2, max_size=60)))
    weight = data.draw(
        st.lists(st.integers(1, 9), min_size=len(ends), max_size=len(ends))
    )
    pre, post = (np.array(column, np.int32) for column in zip(*ends, strict=True))
    sensory, motor = np.zeros(size, bool), np.zeros(size, bool)
    sensory[data.draw(st.lists(node, min_size=1, max_size=3))] = True
    motor[data.draw(st.lists(node, min_size=1, max_size=3))] = True
    none = np.zeros(len(ends), bool)
    names = tuple(f"n{row}" for row in range(size))
    heavy = np.array(weight, np.int64)
    arcs = Arcs(pre, post, heavy, sensory, motor, names, none, none)
    first = keep_alive(arcs, pre < post, 10**9, None)
    last = descend(arcs, first)

    assert loss(arcs, last.kept) <= loss(arcs, first.kept)
    silent = dead_names(arcs, arcs.wanted(), last.kept)
    assert len(silent) <= len(first.given_up)
    assert isinstance(last, Kept)
    kept = last.kept
    depth = longest_path(pre[kept], post[kept], size)
    assert (depth[pre[kept]] < depth[post[kept]]).all()


@pytest.mark.parametrize(
    ("worm", "lost"), [("witvliet2021-4", 278), ("witvliet2021-1", 121)]
)
def test_everyone_alive_for_less(worm: str, lost: int) -> None:
    history = elegansc.compile(worm).history
    assert history.break_cycles is not None
    assert history.break_cycles.loss.weight <= lost
