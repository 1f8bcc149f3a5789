"""Options of a compile: what they may be, which go together, how a command spells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from .errors import UsageError
from .names import LABEL, is_class_name, label_of


@dataclass(frozen=True, slots=True)
class Activation:
    """What a neuron applies to its sum, as PyTorch calls it.

    Attributes:
        call: in the generated module; "" for the identity.
        gain: factor on the start gains that keeps the deviation of a deep network's
            states: 1 / sqrt(mean(f(z)**2)), z ~ N(0, 1), where the network is stable
            there, else the most that is.
        text: the factor in the generated module, where its decimals do not say it.
        rectifies: never negative and 0 below 0: a neuron that never fires learns nothing.
    """

    call: str
    gain: float = 1.0
    text: str = ""
    rectifies: bool = False

    @property
    def factor(self) -> str:
        """The start gain as Python writes it."""
        return self.text or f"{self.gain:g}"


# An activation is a row here and its function and slope in semantics/activations.py.
ACTIVATIONS: Mapping[str, Activation] = {
    "tanh": Activation("torch.tanh", 5 / 3, "5 / 3"),
    "relu": Activation("torch.relu", 2**0.5, "2**0.5", rectifies=True),
    "elu": Activation("nn.functional.elu", 1.25),
    "gelu": Activation("nn.functional.gelu", 1.5),
    "silu": Activation("nn.functional.silu", 1.65),
    "hardtanh": Activation("nn.functional.hardtanh", 1.3),
    "sigmoid": Activation("torch.sigmoid"),
    "identity": Activation(""),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "unit": ("scalar", "linear"),
    "merge": ("sum", "gated", "product"),
    "norm": ("none", "layer"),
    "activation": tuple(ACTIVATIONS),
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

# What `--emit` can print, in the order of the line.
STAGES = (
    *("connectome", "selected", "circuit", "dag", "order"),
    *("pruned", "plan", "module", "sweep"),
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
