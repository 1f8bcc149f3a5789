"""A pilot in words: variances, F, and how many graphs and seeds are needed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..judging.components import Components
from ..judging.pilot import ALL, ArmPilot, Wish, cheapest
from ..judging.planning import MOST_GRAPHS, MOST_SEEDS, Design
from ..protocol.protocol import Protocol, Task
from .labels import METRIC_WORDS, decimal


def lines(protocol: Protocol, wish: Wish, found: list[ArmPilot]) -> Iterator[str]:
    """The report, a line each."""
    for one in found:
        name = f"{one.task} {one.arm}"
        if one.left_out:
            yield f"left out  {name}: {one.left_out} graphs with a missing or NaN training"
        if one.found is None:
            why = "needs 2 whole graphs of 2 seeds that differ"
            yield f"unknown   {name}: {why}; give its arm more, and run it again"
            continue
        yield f"variance  {name}: {spread(one.found)}"
        if one.arm != ALL:
            yield f"needed    {name}: {needed(one.plans, wish)}"
            yield f"cautious  {name}: {needed(one.cautious, wish)}"
    for task in protocol.tasks:
        yield validated(task, found)
        yield (
            f"spent     {task.name}: twins of twin_seed {task.twin_seed}; "
            "write another one in the protocol"
        )


def spread(one: Components) -> str:
    """Deviations between graphs and between seeds, with F."""

    def part(value: float, low: float, high: float) -> str:
        return f"{math.sqrt(value):.4f} ({math.sqrt(low):.4f} to {math.sqrt(high):.4f})"

    return (
        f"deviation {part(one.between, one.between_low, one.between_high)} between "
        f"{one.graphs} graphs, {part(one.within, one.within_low, one.within_high)} "
        f"between {one.seeds} seeds; F {one.f:.2f} ({one.f_low:.2f} to {one.f_high:.2f}), "
        f"p {one.p:.2g}; mean {one.mean:.4f}"
    )


def validated(task: Task, found: list[ArmPilot]) -> str:
    """Validation scores of a task's twins, by which a learning rate is chosen."""
    arms = {one.arm: one.validation for one in found if one.task == task.name}
    told = ", ".join(f"{arm} {decimal(mean)}" for arm, mean in arms.items())
    metric = METRIC_WORDS[task.metric]
    return f"validated {task.name}: at a learning rate of {task.lr:g}, mean {metric} {told}"


def needed(plans: tuple[Design, ...], wish: Wish) -> str:
    """The cheapest design, and those of fewer seeds or graphs beside it."""
    best = cheapest(plans)
    if best is None:
        return (
            f"no {MOST_GRAPHS:,} graphs and {MOST_SEEDS} seeds find an effect of "
            f"{wish.effect:g} with power {wish.power:g}"
        )
    others = [one for one in (plans[0], plans[-1]) if one != best]
    said = "; or ".join(map(size, dict.fromkeys([best, *others])))
    return f"{said}, for {wish.effect:g} at power {wish.power:g}"


def size(one: Design) -> str:
    """`39 graphs of 4 seeds, 160 trainings, power 0.83`."""
    return (
        f"{one.graphs:,} graphs of {one.seeds} seeds "
        f"({one.trainings:,} trainings, power {one.power:.3f})"
    )
