"""Options of a compile: what they may be, which go together, how a command spells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from .errors import UsageError
from .names import label_of

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
        *("merge", "init", "feedback", "kernel", "cycles", "roles", "max-levels"),
        *("symmetric", "protect", "tie-seed", "like", "stick", "alive-cap"),
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

Value = int | float | str | list[str]
T = TypeVar("T")


def option(default: T, help: str) -> T:
    """A field of Options; `help` is what the command line says of it."""
    found: T = field(default=default, metadata={"help": help})
    return found


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that decides the bytes of a model, beside the graph and its label.

    The first block says what a neuron computes, the second which graph is taken from
    the file. Defaults are left out of the model and of the command that makes it.
    """

    features: int = option(1, "Numbers a neuron holds, D.")
    unit: str = option(
        "scalar", "scalar: a bias a neuron; linear: a D x D matrix and a bias vector."
    )
    merge: str = option(
        "sum",
        "How inputs join: sum of gain * x, of sigmoid(gain) * x, or product of x.",
    )
    norm: str = option("none", "Layer norm after the merge (needs 4 features).")
    activation: str = option("tanh", "What a neuron applies at the end.")
    init: str = option(
        "uniform", "Start gains: drawn, or by the share of a synapse's weight."
    )
    feedback: str = option(
        "drop", "What runs backward: not computed, or read of the step before."
    )
    kernel: str = option("dense", "How the products are laid out.")
    lowering: str = option(
        "acyclic",
        "acyclic: cycles are broken; published: the sweep of ElegansNet's code.",
    )
    task: str = option(
        "none",
        "Put encoder, read-out, decoder and loss around the network: M1, M2 of ElegansNet.",
    )
    readout: str = option("attention", "How a task reads the motor neurons.")
    width: int = option(
        0, "Channels of a task's encoder; 0: 32 for cifar10, 30 for mnist."
    )

    electrical: str = option("", "A file of gap junctions beside SOURCE.")
    polyadic: bool = option(False, "A cell may name several receivers.")
    cells: str = option("", "Table of cells: name,role[,transmitter], in any format.")
    cells_columns: str = option("", "Its columns: name=root_id,role=super_class.")
    roles_table: str = option(
        "cook2019", "Roles of C. elegans neurons: one each, several, or by structure."
    )
    inputs: tuple[str, ...] = option(
        (),
        "Patterns of the sensory neurons, instead of roles; @FILE: a pattern a line.",
    )
    outputs: tuple[str, ...] = option(
        (), "Patterns of the motor neurons, instead of roles."
    )
    only: tuple[str, ...] = option((), "Keep these cells.")
    without: tuple[str, ...] = option((), "Leave these cells out.")
    keep: str = option(
        "neurons", "Which cells: neurons, or all (muscles are motor then)."
    )
    junctions: str = option("max", "Weight of a gap junction that is listed with two.")
    min_weight: float = option(0.0, "Drop pairs of less weight.")
    undirected: bool = option(False, "Every chemical pair conducts both ways.")
    cycles: str = option(
        "auto",
        "How cycles are broken: exact searches longest for a proof, fast sifts, ratio is rough.",
    )
    roles: str = option(
        "free", "prefer: sensory -> inter -> motor counts double; blocks: no other way."
    )
    max_levels: int = option(
        0, "Fire in at most so many levels; 0: as many as it takes."
    )
    symmetric: bool = option(
        False, "Left and right partners side by side in the order."
    )
    protect: tuple[str, ...] = option(
        (), "PRE>POST: synapses to keep forward, if that can be."
    )
    tie_seed: int = option(0, "Another one of equally good orders.")
    like: str = option("", "An older model: stay near its order.")
    stick: float = option(
        0.0, "The weight that a change from --like may cost; 0: it breaks ties."
    )
    keep_alive: bool = option(
        True, "Keep every neuron on a path from a sensor to a motor that can be."
    )
    alive_cap: float = option(
        0.0,
        "The most weight to give up for one neuron's path; 0: a fifth of a percent.",
    )
    weight_unit: str = option("", "What the weights count, plural.")

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise UsageError(f"--{dashed(name)}: one of {', '.join(allowed)}")
        for told in (*self.out_of_range(), *self.at_odds()):
            raise UsageError(told)

    @property
    def semantics(self) -> str:
        """Which of the semantics the options ask for: a key of semantics.SEMANTICS."""
        if self.lowering == "published":
            return "published"
        return "delay" if self.late else "acyclic"

    @property
    def late(self) -> bool:
        """Whether what runs backward is read of the step before, and silences nobody."""
        return self.feedback == "delay"

    def out_of_range(self) -> Iterator[str]:
        """What is wrong with the value of one option."""
        unit = self.weight_unit
        if not (unit.isascii() and unit.isprintable() and len(unit) <= 40):
            hint = "one line of at most 40 ASCII characters"
            yield f"--weight-unit {unit[:60]!a}: {hint}"
        if not 1 <= self.features <= MOST_FEATURES:
            yield f"--features: from 1 to {MOST_FEATURES:,}"
        if self.max_levels < 0 or self.max_levels == 1:
            hint = "from 2 (a sensor, then a motor), or 0: as deep as it gets"
            yield f"--max-levels {self.max_levels}: {hint}"
        if not 0 <= self.tie_seed < 2**32:
            yield "--tie-seed: from 0 to 4294967295"
        for pattern in self.protect:
            if ">" not in pattern:
                yield f"--protect {pattern!r}: write PRE>POST, two patterns of names"
        for name in ("min_weight", "alive_cap", "stick"):
            if not 0 <= getattr(self, name) < float("inf"):
                yield f"--{dashed(name)}: a number from 0"
        if self.task != "none" and self.width and not 4 <= self.width <= MOST_WIDTH:
            yield f"--width: from 4 to {MOST_WIDTH:,}, or 0: the task's own"

    def at_odds(self) -> Iterator[str]:
        """Which options do not go together."""
        task, layer = self.task != "none", self.norm == "layer"
        product = self.merge == "product"
        bare = self.unit == "scalar" and self.activation == "identity"
        matrices = self.unit == "linear" and self.features > 1
        idle = [name for name in self.given() if name in IDLE[self.semantics]]
        if self.max_levels and self.symmetric:
            yield "--max-levels: does not go with --symmetric"
        if self.cells_columns and not self.cells:
            yield "--cells-columns: are of --cells FILE, which is not given"
        if self.stick and not self.like:
            yield "--stick: sticks to --like MODEL, which is not given"
        if not task and (self.readout != "attention" or self.width):
            yield "--readout, --width: are of a --task, and none is given"
        if task and self.features < 4:
            seen = f"--task {self.task}: needs --features 4 or more"
            yield f"{seen}; layer norm of 1 feature leaves nothing"
        if task and self.late:
            hint = "an image is one step, and delay reads the step before"
            yield f"--task {self.task}: does not go with --feedback delay; {hint}"
        if self.semantics == "published" and not matrices:
            hint = "its neurons are matrices: --unit linear --features 2 or more"
            yield f"--lowering published: {hint}"
        if idle:
            yield f"--lowering published: does not go with --{idle[0]}"
        if layer and self.features < 4:
            seen = "--norm layer: needs --features 4 or more"
            yield f"{seen}; of 1 feature it leaves nothing"
        if layer and bare:
            seen = "--norm layer --unit scalar --activation identity"
            yield f"{seen}: the next norm takes every bias away again"
        if product and not layer:
            yield "--merge product: needs --norm layer, or products overflow"
        if product and self.late:
            yield "--merge product: a product has no delayed factor; drop it"
        if product and self.init == "counts":
            yield "--merge product: has no gains, so --init counts says nothing"

    def given(self) -> list[str]:
        """The options that are not default, as a command spells them."""
        return [
            f"no-{name}" if value is False else name
            for name, value in self.changed().items()
        ]

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
                    base(value) if option.name in FILES else value
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
