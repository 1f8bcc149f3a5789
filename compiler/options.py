"""Options of a compile: what they may be, which go together, how a command spells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .errors import UsageError
from .names import LABEL, is_class_name, label_of

CHOICES: Mapping[str, tuple[str, ...]] = {
    "unit": ("scalar", "linear"),
    "merge": ("sum", "gated", "product"),
    "norm": ("none", "layer"),
    "activation": (
        "tanh",
        "relu",
        "elu",
        "gelu",
        "silu",
        "hardtanh",
        "sigmoid",
        "identity",
    ),
    "init": ("uniform", "counts"),
    "feedback": ("drop", "delay"),
    "kernel": ("dense",),
    "lowering": ("acyclic", "published"),
    "task": ("none", "cifar10", "mnist"),
    "readout": ("attention", "mean", "concat"),
    "keep": ("neurons", "all"),
    "junctions": ("max", "sum", "mean"),
    "cycles": ("auto", "exact", "fast", "ratio"),
    "roles": ("free", "prefer", "blocks"),
    "roles_table": ("cook2019", "several", "structure"),
}
MOST_FEATURES = 65_536
WIDTHS = {
    "none": 0,
    "cifar10": 32,
    "mnist": 30,
}  # of a task's encoder, where none is given
MOST_WIDTH = 4_096

# What only an acyclic network has; the published sweep multiplies, and breaks no cycle.
ACYCLIC = (
    *("merge", "init", "feedback", "kernel", "cycles", "roles", "max-levels"),
    *("symmetric", "protect", "tie-seed", "like", "stick", "alive-cap"),
)

# What decides the shape or the meaning of a parameter.
MEANING = ("features", "unit", "merge", "norm", "activation", "feedback")

# What `--emit` can print, in the order of the line.
STAGES = (
    "connectome",
    "selected",
    "circuit",
    "dag",
    "order",
    "pruned",
    "plan",
    "module",
    "sweep",
)

Value = int | float | str | list[str]


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that decides the bytes of a model, beside the graph and its label.

    The first block says what a neuron computes, the second which graph is taken from
    the file. Defaults are left out of the model and of the command that makes it.
    """

    features: int = 1
    unit: str = "scalar"
    merge: str = "sum"
    norm: str = "none"
    activation: str = "tanh"
    init: str = "uniform"
    feedback: str = "drop"
    kernel: str = "dense"
    lowering: str = "acyclic"
    task: str = "none"
    readout: str = "attention"
    width: int = 0  # channels; 0: the task's own

    cells: str = ""  # base name of a table of cells
    roles_table: str = "cook2019"
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    keep: str = "neurons"
    junctions: str = "max"
    min_weight: float = 0.0
    undirected: bool = False
    cycles: str = "auto"
    roles: str = "free"
    max_levels: int = 0
    symmetric: bool = False
    protect: tuple[str, ...] = ()
    tie_seed: int = 0
    like: str = ""  # base name of an older model
    stick: float = 0.0
    keep_alive: bool = True
    alive_cap: float = 0.0
    weight_unit: str = ""

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise UsageError(f"--{dashed(name)}: one of {', '.join(allowed)}")
        unit = self.weight_unit
        if not (unit.isascii() and unit.isprintable() and len(unit) <= 40):
            hint = "one line of at most 40 ASCII characters"
            raise UsageError(f"--weight-unit {unit[:60]!a}: {hint}")
        if not 1 <= self.features <= MOST_FEATURES:
            raise UsageError(f"--features: from 1 to {MOST_FEATURES:,}")
        if self.max_levels < 0 or self.max_levels == 1:
            hint = "from 2 (a sensor, then a motor), or 0: as deep as it gets"
            raise UsageError(f"--max-levels {self.max_levels}: {hint}")
        if self.max_levels and self.symmetric:
            raise UsageError("--max-levels: does not go with --symmetric")
        if not 0 <= self.tie_seed < 2**32:
            raise UsageError("--tie-seed: from 0 to 4294967295")
        if self.stick and not self.like:
            raise UsageError("--stick: sticks to --like MODEL, which is not given")
        for pattern in self.protect:
            if ">" not in pattern:
                seen = f"--protect {pattern!r}: write PRE>POST, two patterns of names"
                raise UsageError(seen)
        for name in ("min_weight", "alive_cap", "stick"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise UsageError(f"--{dashed(name)}: a number from 0")
        self.check_task()
        self.check_lowering()
        if self.norm == "layer" and self.features < 4:
            seen = "--norm layer: needs --features 4 or more"
            raise UsageError(f"{seen}; of 1 feature it leaves nothing")
        if (
            self.norm == "layer"
            and self.unit == "scalar"
            and self.activation == "identity"
        ):
            hint = "the next norm takes every bias away again"
            raise UsageError(
                f"--norm layer --unit scalar --activation identity: {hint}"
            )
        if self.merge == "product" and self.norm != "layer":
            raise UsageError(
                "--merge product: needs --norm layer, or products overflow"
            )
        if self.merge == "product" and self.feedback == "delay":
            raise UsageError(
                "--merge product: a product has no delayed factor; drop it"
            )
        if self.merge == "product" and self.init == "counts":
            raise UsageError(
                "--merge product: has no gains, so --init counts says nothing"
            )

    def check_task(self) -> None:
        """Raise a UsageError where encoder, read-out and decoder do not fit."""
        if self.task == "none":
            if self.readout != "attention" or self.width:
                raise UsageError(
                    "--readout, --width: are of a --task, and none is given"
                )
            return
        if self.width and not 4 <= self.width <= MOST_WIDTH:
            raise UsageError(f"--width: from 4 to {MOST_WIDTH:,}, or 0: the task's own")
        if self.features < 4:
            seen = f"--task {self.task}: needs --features 4 or more"
            raise UsageError(f"{seen}; layer norm of 1 feature leaves nothing")
        if self.feedback == "delay":
            hint = "an image is one step, and delay reads the step before"
            raise UsageError(
                f"--task {self.task}: does not go with --feedback delay; {hint}"
            )

    def check_lowering(self) -> None:
        """Raise a UsageError for what the published sweep has no use for."""
        if self.lowering == "acyclic":
            return
        if self.unit != "linear" or self.features < 2:
            hint = "its neurons are matrices: --unit linear --features 2 or more"
            raise UsageError(f"--lowering published: {hint}")
        idle = [name for name in self.changed() if name in ACYCLIC]
        if idle or not self.keep_alive:
            seen = f"--{idle[0]}" if idle else "--no-keep-alive"
            raise UsageError(f"--lowering published: does not go with {seen}")

    def changed(self) -> dict[str, Value]:
        """What is not default, by the option's name, sorted: the model's OPTIONS.

        Files that were named (`--cells`, `@patterns`) stand there without their folder.
        """
        found: dict[str, Value] = {}
        for option in sorted(fields(self), key=lambda option: option.name):
            value = getattr(self, option.name)
            if value == option.default:
                continue
            if isinstance(value, tuple):
                found[dashed(option.name)] = [without_folder(word) for word in value]
            else:
                found[dashed(option.name)] = (
                    base(value) if option.name in ("cells", "like") else value
                )
        return found

    @classmethod
    def of(cls, changed: Mapping[str, Any]) -> Options:
        """The options that `changed` wrote down.

        Raises:
            UsageError: no such option, or not its type.
        """
        known = {dashed(option.name): option for option in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in changed.items():
            if name not in known:
                raise UsageError(f"no option {name!r}")
            default = known[name].default
            wanted = type(default)
            if wanted is tuple and isinstance(value, list):
                value = tuple(map(str, value))
            if wanted is float and type(value) is int:
                value = float(value)
            if type(value) is not wanted:
                raise UsageError(f"option {name!r}: {value!r} is no {wanted.__name__}")
            values[known[name].name] = value
        return cls(**values)


def base(path: str) -> str:
    """The last part of a path, as a label."""
    return label_of(path.replace("\\", "/").rsplit("/", 1)[-1])


def without_folder(pattern: str) -> str:
    """`@lists/sensors.txt` -> `@sensors.txt`; other patterns as they are."""
    return "@" + base(pattern[1:]) if pattern.startswith("@") else pattern


def dashed(name: str) -> str:
    """`min_weight` as a command spells it: `min-weight`."""
    return name.replace("_", "-")


def check_label(label: str) -> str:
    """The label, if it may stand in a header.

    Raises:
        UsageError: another character than [A-Za-z0-9._-], or more than 100.
    """
    if not LABEL.fullmatch(label) or len(label) > 100:
        raise UsageError(
            f"--label {label!r}: only A-Z, a-z, 0-9, '.', '_', '-'; at most 100"
        )
    return label


def check_name(name: str) -> str:
    """The name, if the generated class can bear it.

    Raises:
        UsageError: it cannot.
    """
    if not is_class_name(name):
        hint = "a Python identifier of at most 60 ASCII characters, no keyword"
        raise UsageError(f"--name {name!r}: {hint}, and none that the module uses")
    return name
