"""Values that options take, and which of them mean something where."""

from __future__ import annotations

from collections.abc import Mapping

CHOICES: Mapping[str, tuple[str, ...]] = {
    "unit": ("scalar", "linear"),
    "merge": ("sum", "gated", "product"),
    "norm": ("none", "layer"),
    "activation": (
        *("tanh", "relu", "elu", "gelu", "silu", "hardtanh", "sigmoid", "identity"),
    ),
    "init": ("uniform", "counts"),
    "dale": ("free", "init", "clamped"),
    "tie": ("none", "side", "type", "all"),
    "tie_tau": ("none", "type", "all"),
    "feedback": ("drop", "delay"),
    "kernel": ("dense",),
    "dynamics": ("none", "leaky"),
    "tables": ("auto", "inline", "file"),
    "lowering": ("acyclic", "published"),
    "task": ("none", "cifar10", "mnist", "mnist-routed"),
    "readout": ("attention", "mean", "concat"),
    "keep": ("neurons", "all"),
    "junctions": ("max", "sum", "mean"),
    "cycles": ("auto", "exact", "fast", "ratio"),
    "roles": ("free", "prefer", "blocks"),
    "roles_table": ("cook2019", "several", "structure"),
}
FILES = ("cells", "electrical", "like", "signs", "types")  # options that name a file
NO_FILES = {"signs": ("file", "none", "transmitter", "receptor")}  # their other words
MOST_FEATURES = 65_536
MOST_SUBSTEPS = 10_000
ROUTED = "mnist-routed"  # the task whose sensors have inputs of their own
WIDTHS = {"none": 0, "cifar10": 32, "mnist": 30, ROUTED: 0}  # of encoders: channels
MOST_WIDTH = 4_096

LEVELLED = "is of --dynamics leaky, which is not given"
OF_ORDER = (  # options of what is cut, and of the order that is left
    *("cycles", "roles", "max-levels", "symmetric", "protect", "tie-seed", "like"),
    *("stick", "alive-cap", "no-keep-alive"),
)
OF_TIME = ("dt", "substeps", "tau")  # of leaky neurons
# By semantics, the options that mean nothing there and are refused: {option: why}.
IDLE: Mapping[str, Mapping[str, str]] = {
    "acyclic": dict.fromkeys((*OF_TIME, "tie-tau"), LEVELLED),
    "delay": dict.fromkeys((*OF_TIME, "tie-tau"), LEVELLED),
    "published": {
        **dict.fromkeys(
            ("dynamics", *OF_TIME, "tie-tau"), "its neurons are assigned once, in turn"
        ),
        **dict.fromkeys(
            ("merge", "init", "signs", "dale", "tie", "types"),
            "its neurons multiply, without gains",
        ),
        "feedback": "it breaks no cycle, so nothing runs backward",
        **dict.fromkeys(("kernel", "tables"), "its page is its own"),
        **dict.fromkeys(OF_ORDER, "it breaks no cycle, so there is no order to choose"),
    },
    "leaky": {
        "feedback": "every synapse reads the state before, so nothing runs backward",
        **dict.fromkeys(("features", "unit", "norm"), "a leaky neuron is one number"),
        "merge": "a leaky neuron adds up what it is sent",
        "task": "an image is one step, and no time series",
        **dict.fromkeys(OF_ORDER, "no cycle is cut, so there is no order to choose"),
        **dict.fromkeys(("kernel", "tables"), "its page is its own"),
    },
}

# What decides the shape or the meaning of a parameter.
MEANING = (
    "features",
    "unit",
    "merge",
    "norm",
    "activation",
    "dale",
    "tie",
    "feedback",
    "dynamics",
    "tie_tau",
)
RESHAPES = ("features", "dynamics")  # of them, what leaves some parameters as they are

# What `--emit` can print, in the order of the line.
STAGES = (
    *("connectome", "selected", "circuit", "dag", "order"),
    *("pruned", "plan", "module", "sweep"),
)


def names_file(name: str, value: object) -> bool:
    """Whether the value of an option is the path of a file."""
    return name in FILES and value not in NO_FILES.get(name, ())


def apart(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """Of MEANING, what makes a parameter mean something else in one of two models."""
    differ = [n for n in MEANING if n in one and n in other and one[n] != other[n]]
    if "clamped" not in (one.get("dale"), other.get("dale")):  # else gains are alike
        differ = [name for name in differ if name != "dale"]
    if "dynamics" in differ:  # there every synapse reads the state before
        differ = [name for name in differ if name not in ("feedback", "tie_tau")]
    return differ
