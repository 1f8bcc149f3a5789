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
    "feedback": ("drop", "delay"),
    "kernel": ("dense",),
    "tables": ("auto", "inline", "file"),
    "lowering": ("acyclic", "published"),
    "task": ("none", "cifar10", "mnist"),
    "readout": ("attention", "mean", "concat"),
    "keep": ("neurons", "all"),
    "junctions": ("max", "sum", "mean"),
    "cycles": ("auto", "exact", "fast", "ratio"),
    "roles": ("free", "prefer", "blocks"),
    "roles_table": ("cook2019", "several", "structure"),
}
FILES = ("cells", "electrical", "like")  # options that name a file
MOST_FEATURES = 65_536
WIDTHS = {"none": 0, "cifar10": 32, "mnist": 30}  # channels of an encoder, by task
MOST_WIDTH = 4_096

# By semantics, the options that mean nothing there and are refused. The published sweep
# multiplies, and breaks no cycle.
IDLE: Mapping[str, tuple[str, ...]] = {
    "acyclic": (),
    "delay": (),
    "published": (
        *("merge", "init", "feedback", "kernel", "tables", "cycles", "roles"),
        *(
            "max-levels",
            "symmetric",
            "protect",
            "tie-seed",
            "like",
            "stick",
            "alive-cap",
        ),
        "no-keep-alive",
    ),
}

# What decides the shape or the meaning of a parameter.
MEANING = ("features", "unit", "merge", "norm", "activation", "feedback")
RESHAPES = ("features",)  # of them, what decides shapes; other parameters are kept

# What `--emit` can print, in the order of the line.
STAGES = (
    *("connectome", "selected", "circuit", "dag", "order"),
    *("pruned", "plan", "module", "sweep"),
)
