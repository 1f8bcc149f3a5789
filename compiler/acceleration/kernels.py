"""The sweep of scalar units as one Triton kernel each way: what sweep.c says, for a GPU.

A column is one feature of one sample. A program is a block of W columns, the lanes of one warp:
a lane is a thread, which reads no state and no gradient but those that it wrote itself. So
nothing waits for another lane, and nothing crosses programs. With several warps, or several
columns a thread, that would not hold.

`state` holds the states of all rows, behind them those of the step before, and behind these the
sums, where slopes need them (SUMS); row v of column c is at v * columns + c.
"""

# Triton compiles the text of these functions: a constant is compared before anything runs, and
# `place >= sample * 0` is a comparison by lane, which its interpreter wants of a mask.

from __future__ import annotations

from typing import Any

import triton
import triton.language as tl

FAILURES = (OSError, RuntimeError, triton.CompilationError)  # of a compilation
W = 32  # columns of a block: lanes of a warp
COUNTS = ("columns", "rows", "before", "reads", "start", "S", "M", "F")
kernel: Any = triton.jit(do_not_specialize=list(COUNTS))
function: Any = triton.jit


@function
def tanh(x: tl.tensor) -> tl.tensor:
    """Of a small number by its series: nothing is lost next to 1."""
    e = tl.exp(-2 * tl.abs(x))
    y = (1 - e) / (1 + e)
    y = tl.where(x < 0, -y, y)
    if x.dtype == tl.float32:
        z = x * x
        y = tl.where(z < 0.01, x - x * z * (1 / 3 - z * 2 / 15), y)
    return y


@function
def sigmoid(x: tl.tensor) -> tl.tensor:
    """1 / (1 + exp(-x)), without overflow."""
    return 0.5 + 0.5 * tanh(0.5 * x)


@function
def normal(x: tl.tensor) -> tl.tensor:
    """The normal distribution's share below x."""
    return 0.5 * (1 + tl.erf(x * 0.70710678118654752440))


@function
def fire(m: tl.tensor, ACTIVATION: tl.constexpr) -> tl.tensor:
    """The state of a sum; NaN stays."""
    y = m
    if ACTIVATION == "tanh":
        y = tanh(m)
    elif ACTIVATION == "sigmoid":
        y = sigmoid(m)
    elif ACTIVATION == "relu":
        y = tl.where(m <= 0, 0.0, m)
    elif ACTIVATION == "hardtanh":
        y = tl.where(m > 1, 1.0, tl.where(m < -1, -1.0, m))
    elif ACTIVATION == "elu":  # exp(m) - 1, of a small number too
        y = tl.where(m > 0, m, tanh(0.5 * m) * (tl.exp(tl.minimum(m, 0.0)) + 1))
    elif ACTIVATION == "silu":
        y = m * sigmoid(m)
    elif ACTIVATION == "gelu":
        y = m * normal(m)
    return y


@function
def slope(
    d: tl.tensor, y: tl.tensor, m: tl.tensor, ACTIVATION: tl.constexpr
) -> tl.tensor:
    """The gradient d of a state y as that of its sum m."""
    if ACTIVATION == "tanh":
        d = d * (1 - y * y)
    elif ACTIVATION == "sigmoid":
        d = d * (y * (1 - y))
    elif ACTIVATION == "relu":
        d = d * tl.where(y > 0, 1.0, 0.0)
    elif ACTIVATION == "hardtanh":
        d = d * tl.where(tl.abs(y) < 1, 1.0, 0.0)
    elif ACTIVATION == "elu":
        d = d * tl.where(y > 0, 1.0, y + 1)
    elif ACTIVATION == "silu":
        d = d * (sigmoid(m) * (1 + m * (1 - sigmoid(m))))
    elif ACTIVATION == "gelu":
        d = d * (normal(m) + m * tl.exp(-0.5 * m * m) * 0.39894228040143267794)
    return d


@function
def row(
    mine: tl.tensor, v: tl.tensor, stride: tl.tensor, inside: tl.tensor
) -> tl.tensor:
    """Row v of the columns of a block."""
    return tl.load(mine + v * stride, mask=inside, other=0.0)


@function
def outside(
    table: tl.tensor,
    v: tl.tensor,
    width: tl.tensor,
    F: tl.tensor,
    sample: tl.tensor,
    feature: tl.tensor,
    inside: tl.tensor,
) -> tuple[tl.tensor, tl.tensor]:
    """Where row v stands among inputs or outputs, (batch, width, F), and for which lanes."""
    place = tl.load(table + v)
    return (sample * width + place) * F + feature, inside & (place >= sample * 0)


@kernel
def forward(
    inputs: tl.tensor,
    past: tl.tensor,
    outputs: tl.tensor,
    state: tl.tensor,
    gain: tl.tensor,
    bias: tl.tensor,
    first: tl.tensor,
    source: tl.tensor,
    order: tl.tensor,
    sensor: tl.tensor,
    motor: tl.tensor,
    columns: tl.tensor,
    rows: tl.tensor,
    before: tl.tensor,
    S: tl.tensor,
    M: tl.tensor,
    F: tl.tensor,
    W: tl.constexpr,
    ACTIVATION: tl.constexpr,
    SUMS: tl.constexpr,
) -> None:
    """Row after row: its input from outside, what it reads, its state.

    Args:
        first, source, order: by row what it reads, as in sweep.c.
        sensor, motor: by row its place among inputs and outputs; -1: it has none.
    """
    column = tl.program_id(0).to(tl.int64) * W + tl.arange(0, W)
    inside = column < columns
    sample, feature = column // F, column % F
    stride, mine = tl.cast(columns, tl.int64), state + column
    if past is not None:
        for k in range(before):
            y = tl.load(past + (sample * before + k) * F + feature, mask=inside)
            tl.store(mine + (rows + k) * stride, y, mask=inside)
    for v in range(rows):
        at, there = outside(sensor, v, S, F, sample, feature, inside)
        m = tl.load(bias + v) + tl.load(inputs + at, mask=there, other=0.0)
        for e in range(tl.load(first + v), tl.load(first + v + 1)):
            x = row(mine, tl.load(source + e), stride, inside)
            m += tl.load(gain + tl.load(order + e)) * x
        if SUMS:
            tl.store(mine + (rows + before + v) * stride, m, mask=inside)
        y = fire(m, ACTIVATION)
        tl.store(mine + v * stride, y, mask=inside)
        at, there = outside(motor, v, M, F, sample, feature, inside)
        tl.store(outputs + at, y, mask=there)


@function
def pull(
    v: tl.tensor,
    d: tl.tensor,
    y: tl.tensor,
    mine: tl.tensor,
    gain: tl.tensor,
    sums: tl.tensor,
    first: tl.tensor,
    reader: tl.tensor,
    order: tl.tensor,
    stride: tl.tensor,
    inside: tl.tensor,
) -> tl.tensor:
    """d and what the readers of row v, of state y, add to it; the shares of their gains."""
    for e in range(tl.load(first + v), tl.load(first + v + 1)):
        u = row(mine, tl.load(reader + e), stride, inside)
        d += tl.load(gain + tl.load(order + e)) * u
        tl.store(sums + e, tl.sum(u * y, 0))
    return d


@kernel
def backward(
    grad: tl.tensor,
    inputs: tl.tensor,
    past: tl.tensor,
    sums: tl.tensor,
    delta: tl.tensor,
    state: tl.tensor,
    gain: tl.tensor,
    first: tl.tensor,
    reader: tl.tensor,
    order: tl.tensor,
    sensor: tl.tensor,
    motor: tl.tensor,
    start: tl.tensor,
    columns: tl.tensor,
    rows: tl.tensor,
    before: tl.tensor,
    reads: tl.tensor,
    S: tl.tensor,
    M: tl.tensor,
    F: tl.tensor,
    W: tl.constexpr,
    ACTIVATION: tl.constexpr,
    SUMS: tl.constexpr,
) -> None:
    """Row after row from the last: its gradient of the outputs, and what its readers add.

    Args:
        grad: by the outputs; inputs, past: the gradients by these, None: not wanted.
        sums: a row a program: its share of the gradients of the gain that each of the `reads`
            has, behind them of bias, and a 0.
        delta: the gradients by the sums of all rows, laid out as `state`.
        first, reader, order: by row who reads it, and the gain of that. start: a block.
    """
    program = tl.program_id(0)
    column = (start + program).to(tl.int64) * W + tl.arange(0, W)
    inside = column < columns
    sample, feature = column // F, column % F
    stride, mine, states = tl.cast(columns, tl.int64), delta + column, state + column
    sums += program.to(tl.int64) * (reads + rows + 1)
    for back in range(rows):
        v = rows - 1 - back
        y = row(states, v, stride, inside)
        m = row(states, rows + before + v, stride, inside) if SUMS else y
        at, there = outside(motor, v, M, F, sample, feature, inside)
        d = tl.load(grad + at, mask=there, other=0.0)
        d = pull(v, d, y, mine, gain, sums, first, reader, order, stride, inside)
        d = slope(d, y, m, ACTIVATION)
        tl.store(mine + v * stride, d, mask=inside)
        tl.store(sums + reads + v, tl.sum(d, 0))
        if inputs is not None:
            at, there = outside(sensor, v, S, F, sample, feature, inside)
            tl.store(inputs + at, d, mask=there)
    for k in range(before):
        v = rows + k
        y = row(states, v, stride, inside)
        d = pull(v, y * 0, y, mine, gain, sums, first, reader, order, stride, inside)
        if past is not None:
            tl.store(past + (sample * before + k) * F + feature, d, mask=inside)
