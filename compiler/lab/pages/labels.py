"""Labels of arms, tasks and metrics, and decimal formats, for pictures and README."""

from __future__ import annotations

import math

from ..judging.judge import Judged
from ..judging.tables import CHANCE
from ..protocol.protocol import Task

TASKS = {
    "cifar10": "M1: CIFAR-10, classes",
    "mnist": "M2: MNIST, reconstruction",
    "mnist-routed": "routed MNIST, classes",
}
SHORT = {
    "cifar10": "CIFAR-10",
    "mnist": "MNIST, reconstruction",
    "mnist-routed": "routed MNIST",
}
ARMS = {
    "worm": "worm",
    "er": "Erdős-Rényi",
    "ws": "Watts-Strogatz",
    "ba": "Barabási-Albert",
    "degree": "degrees kept",
    "role-degree": "degrees by role kept",
    "degree-distance": "degrees and distances kept",
    "shuffle-roles": "roles shuffled",
    "mlp": "MLP",
    "identity": "no graph",
    "frozen": "worm, frozen",
    "linear": "linear",
    "convolution": "convolution",
    "randwire": "RandWire, WS(4, 0.75)",
    "delay": "worm, delay",
    "published": "worm, published sweep",
}
METRIC_WORDS = {
    "top1": "top-1",
    "pixel_accuracy": "pixel accuracy",
    "f1": "F1 at 0.25",
    "bce": "cross entropy, nats a pixel",
    "probe_top1": "top-1 of a linear probe",
}
UNKNOWN = "\N{EN DASH}"


def title(task: Task) -> str:
    """The heading of a task: what its kind is, after its label if it has one."""
    return (
        TASKS[task.kind]
        if task.name == task.kind
        else f"{task.name}: {SHORT[task.kind]}"
    )


def baseline(one: Judged) -> tuple[float, str]:
    """The score without any learning, and its label; NaN and no label if none is known.

    It is 0.1 for ten classes. For pixels it is the score of an image that is black all
    over, measured on the test images.
    """
    metric = one.task.metric
    if metric == "pixel_accuracy" and math.isfinite(one.black):
        return one.black, f"all black {decimal(one.black)}"
    if metric not in CHANCE:
        return math.nan, ""
    words = "all black" if metric == "f1" else "chance"
    return CHANCE[metric], f"{words} {decimal(CHANCE[metric], 2)}"


def decimal(value: float, digits: int = 4) -> str:
    """A decimal to so many decimals, or a dash for one that is not known."""
    text = f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return text if math.isfinite(value) else UNKNOWN


def signed_decimal(value: float, digits: int = 4) -> str:
    """A decimal with its sign, or a dash."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}") if math.isfinite(value) else UNKNOWN


def probability(p: float) -> str:
    """`p = 0.025`."""
    if math.isnan(p):
        return f"p {UNKNOWN}"
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def conjunction(words: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
