"""Hypothesis strategies: connectomes as hostile as a file can be.

Self-loops, doubled rows, cycles of two, ties, neurons without inputs or without edges,
one kind of synapse alone or none at all, huge and fractional weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from elegansc.ir.stages import (
    CHEMICAL,
    ELECTRICAL,
    INTER,
    MOTOR,
    NEURON,
    SENSORY,
    Cells,
    Connectome,
    Source,
    Synapses,
)

Row = tuple[int, int, int, float, int]  # pre, post, kind, weight, sign

WEIGHTS = {
    "ties": st.sampled_from([1.0, 1.0, 1.0, 2.0]),
    "whole": st.integers(1, 50).map(float),
    "huge": st.sampled_from([1.0, 3.0, 2.0**40, 2.0**40 + 1]),
    "fractions": st.sampled_from([0.1, 0.2, 0.3, 1 / 3, 0.5, 2.5, 1e-9]),
}
NAMES = ("A", "AVAL", "B", "C10", "C9", "VA1", "Z z", "a", "b,c", "é", "末", '"')


@st.composite
def rows(draw: st.DrawFn, size: int, most: int = 40) -> list[Row]:
    """Rows of a file between `size` cells: some repeat or turn round an earlier one."""
    kinds = draw(
        st.sampled_from([(CHEMICAL,), (ELECTRICAL,), (CHEMICAL, ELECTRICAL)] * 2)
    )
    weights = draw(st.sampled_from(list(WEIGHTS.values())))
    signs = draw(st.sampled_from([(0,), (0,), (-1, 1)]))
    cell = st.integers(0, size - 1)
    row = st.tuples(cell, cell, st.sampled_from(kinds), weights, st.sampled_from(signs))
    found: list[Row] = draw(st.lists(row, max_size=most))
    for pre, post, kind, weight, sign in draw(
        st.lists(st.sampled_from(found), max_size=6) if found else st.just([])
    ):
        turned = draw(st.booleans())
        found.append((post, pre, kind, weight, sign))
        if not turned:
            found[-1] = (pre, post, kind, weight, sign)
    return found


@st.composite
def connectomes(draw: st.DrawFn, most: int = 12) -> Connectome:
    """A connectome as `select_cells` leaves it: names, roles, rows in file order."""
    size = draw(st.integers(1, most))
    role = st.sampled_from([SENSORY, MOTOR, INTER, INTER, SENSORY | MOTOR, 0])
    bits = draw(st.lists(role, min_size=size, max_size=size))
    return connectome(draw(rows(size)), size, bits)


def connectome(
    found: list[Row], size: int, role: list[int] | None = None
) -> Connectome:
    """Rows as a table; without roles the first cell is sensory, the last motor."""
    names = NAMES if size <= len(NAMES) else tuple(f"N{n:06}" for n in range(size))
    columns: Any = tuple(zip(*found, strict=True)) or ((),) * 5
    pre, post, kind, weight, sign = columns
    default = [SENSORY, *[INTER] * (size - 2), MOTOR][:size]
    return Connectome(
        Source("hostile", "contacts"),
        Cells(
            tuple(sorted(names[:size])),
            np.array(role or default, np.uint8),
            ("",) * size,
            np.full(size, NEURON, np.uint8),
        ),
        Synapses(
            np.array(pre, np.int32),
            np.array(post, np.int32),
            np.array(weight, np.float64),
            np.array(sign, np.int8),
            np.arange(2, len(found) + 2, dtype=np.int32),
        ),
        np.array(kind, np.uint8),
    )


def seeded(size: int, synapses: int, seed: int = 0) -> str:
    """A large seeded edge list with heavy-tailed weights, as CSV with a header."""
    generator = np.random.default_rng(seed)
    key = generator.choice(size * size, synapses, replace=False)
    weight = np.ceil(generator.pareto(1.5, synapses) + 0.01).astype(int)
    electrical = generator.random(synapses) < 0.15
    lines = [
        f"N{a:05},N{b:05},{'electrical' if e else 'chemical'},{w}"
        for a, b, e, w in zip(
            (key // size).tolist(),
            (key % size).tolist(),
            electrical.tolist(),
            weight.tolist(),
            strict=True,
        )
    ]
    return "\n".join(["pre,post,kind,weight", *lines]) + "\n"
