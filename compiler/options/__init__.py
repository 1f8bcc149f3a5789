"""Options of a compile: what they may be, which go together, how a command spells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..errors import UsageError
from ..names import dashed
from .checks import at_odds, out_of_range
from .choices import (
    CHOICES,
    FILES,
    IDLE,
    MEANING,
    OF_TIME,
    RESHAPES,
    STAGES,
    WIDTHS,
    apart,
    names_file,
)
from .metadata import of_graph, of_model, of_order, of_reading, of_task
from .recorded import base, fitting, without_folder

__all__ = [
    "CHOICES",
    "FILES",
    "IDLE",
    "MEANING",
    "OF_TIME",
    "RESHAPES",
    "STAGES",
    "WIDTHS",
    "Options",
    "Value",
    "apart",
    "base",
    "dashed",
    "names_file",
]

Value = int | float | str | list[str]


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that decides the bytes of a model, beside the graph and its label.

    The first block says what a neuron computes, the second which graph is taken from
    the file. Defaults are left out of the model and of the command that makes it.
    """

    features: int = of_model(1, "Numbers that a neuron holds, D.", "D")
    unit: str = of_model(
        "scalar",
        "A neuron's own parameters. scalar: a bias; linear: a D x D matrix and D biases.",
    )
    merge: str = of_model(
        "sum",
        "How a neuron joins its inputs x: sum of gain * x, gated: sum of "
        "sigmoid(gain) * x, product of all x.",
    )
    norm: str = of_model(
        "none", "layer: normalise what a neuron has joined (--features 4 or more)."
    )
    activation: str = of_model("tanh", "The function a neuron ends with.")
    init: str = of_model(
        "uniform",
        "Synapses before training. uniform: gains drawn by the number of inputs; "
        "counts: by a synapse's share of its target's input.",
    )
    signs: str = of_model(
        "file",
        "Which synapses excite and which inhibit. file: as SOURCE tells; none: not known; "
        "transmitter: GABA inhibits, acetylcholine and glutamate excite, a guess; FILE: a "
        "table pre,post,sign.",
        "file|none|transmitter|FILE",
    )
    dale: str = of_model(
        "free",
        "Whether gains keep the signs that are known. free: training may turn them, and "
        "uniform draws them; init: they start so; clamped: for good, SIGN * |gain|.",
    )
    tie: str = of_model(
        "none",
        "Which synapses share a gain that multiplies their weights. side: mirrored ones, left "
        "and right; type: those between the same types; all: fixed by anatomy.",
    )
    types: str = of_model(
        "",
        "Cell types for --tie: a table name,type; else of --cells, else the worm's classes.",
        "FILE",
    )
    feedback: str = of_model(
        "drop",
        "Synapses that run backward. drop: kept in the file, not computed; delay: read "
        "their sender one step late.",
    )
    kernel: str = of_model("dense", "How the products of a level are laid out.")
    tables: str = of_model(
        "auto",
        "Where the graph stands. inline: as literals in the module; file: as arrays in a "
        ".safetensors file beside it; auto: in a file above 20,000 synapses.",
    )
    dynamics: str = of_model(
        "none",
        "none: a call is one pass, or one step (--feedback delay). leaky: nothing is cut, "
        "every neuron integrates over time; time series in and out.",
    )
    dt: float = of_model(
        0.1, "Time between two inputs of leaky neurons, in the unit of --tau.", "TIME"
    )
    substeps: int = of_model(1, "Steps of leaky neurons from input to input.", "N")
    tau: float = of_model(1.0, "Time constant that leaky neurons start with.", "TIME")
    tie_tau: str = of_model(
        "none", "Which leaky neurons share a time constant: type, or all."
    )
    lowering: str = of_model(
        "acyclic",
        "acyclic: cycles are broken and each neuron fires once; published: the sweep of "
        "ElegansNet's code.",
    )
    task: str = of_task(
        "none",
        "Images into sensory, classes (cifar10) or images (mnist) out of motor neurons: M1, M2 "
        "of ElegansNet. mnist-routed: a component of the image a sensory neuron; classes.",
    )
    readout: str = of_task("attention", "How a task sums up the motor neurons.")
    width: int = of_task(
        0, "Channels of a task's encoder; 0: 32 for cifar10, 30 for mnist.", "N"
    )

    electrical: str = of_reading(
        "",
        "Gap junctions of a second file beside SOURCE, read by the same options.",
        "FILE",
    )
    polyadic: bool = of_reading(
        False,
        "A cell may name several receivers, AVAL,AVAR: each has the row's weight.",
    )
    cells: str = of_graph(
        "",
        "Table of cells: which are neurons, their roles, perhaps transmitters "
        "(name,role[,transmitter]), in any format.",
        "FILE",
    )
    cells_columns: str = of_graph(
        "",
        "Columns of the table of cells: name=root_id,role=super_class.",
        "KEY=COLUMN,...",
    )
    roles_table: str = of_graph(
        "cook2019",
        "Roles of C. elegans neurons. cook2019: one each; several: all on record; "
        "structure: no input is sensory, no output is motor.",
    )
    inputs: tuple[str, ...] = of_graph(
        (),
        "The sensory neurons, in place of their roles; @FILE: a pattern a line.",
        "NAMES",
    )
    outputs: tuple[str, ...] = of_graph(
        (), "The motor neurons, in place of their roles.", "NAMES"
    )
    only: tuple[str, ...] = of_graph(
        (), "Keep these cells alone: 'AVA*,ASE?'.", "NAMES"
    )
    without: tuple[str, ...] = of_graph(
        (), "Leave these cells out, with their synapses: a lesion.", "NAMES"
    )
    keep: str = of_graph(
        "neurons", "Cells of the network: neurons, or all; muscles are motor then."
    )
    junctions: str = of_graph(
        "max", "Weight of a gap junction that is listed from both ends, unequally."
    )
    min_weight: float = of_graph(
        0.0, "Drop synapses and junctions of less weight.", "WEIGHT"
    )
    undirected: bool = of_graph(False, "Every chemical synapse conducts both ways.")
    cycles: str = of_order(
        "auto",
        "How cycles are broken. exact: search longest for the least loss, proved; fast: no "
        "proof, seconds; ratio: roughly, at once; auto: proved where that is quick.",
    )
    roles: str = of_order(
        "free",
        "prefer: sending a synapse sensory -> inter -> motor backward costs double; "
        "blocks: all synapses back from motor, and from inter to sensory, run backward.",
    )
    max_levels: int = of_order(
        0, "Neurons fire in at most so many levels; 0: as many as it takes.", "N"
    )
    symmetric: bool = of_order(
        False, "Left and right partners (AVAL, AVAR) stand side by side in the order."
    )
    protect: tuple[str, ...] = of_order(
        (), "Synapses that stay forward, if that can be: 'ASH*>AVA*'.", "PRE>POST,..."
    )
    tie_seed: int = of_order(
        0, "Take another of the orders that lose as little: any number.", "N"
    )
    like: str = of_order(
        "", "Stay near the order of an older model, so that the diff is short.", "MODEL"
    )
    stick: float = of_order(
        0.0,
        "Weight that turning a synapse against --like costs; 0: it decides ties alone.",
        "WEIGHT",
    )
    keep_alive: bool = of_order(
        True,
        "Give up a little weight so that each neuron stays on a path from a sensory to a "
        "motor neuron.",
    )
    alive_cap: float = of_order(
        0.0,
        "Most weight to give up for one neuron's path; 0: a fifth of a percent of all, or "
        "20 times the lightest synapse if that is more.",
        "WEIGHT",
    )
    weight_unit: str = of_graph(
        "", "What the weights count, plural, for reports: 'synapses'.", "WORDS"
    )

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise UsageError(f"--{dashed(name)}: one of {', '.join(allowed)}")
        for told in (*out_of_range(self), *at_odds(self)):
            raise UsageError(told)

    @property
    def semantics(self) -> str:
        """Which of the semantics the options ask for: a key of semantics.SEMANTICS."""
        if self.lowering == "published":
            return "published"
        if self.dynamics == "leaky":
            return "leaky"
        return "delay" if self.late else "acyclic"

    @property
    def late(self) -> bool:
        """Whether what runs backward is read of the step before, and silences nobody."""
        return self.feedback == "delay"

    @property
    def by_type(self) -> bool:
        """Whether neurons are told apart by type."""
        return "type" in (self.tie, self.tie_tau)

    @property
    def time(self) -> dict[str, float]:
        """How time passes in a leaky network: dt, and what of it is not default."""
        given = {"dt": self.dt, **self.changed()}
        return {name: getattr(self, name) for name in OF_TIME if name in given}

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
                    base(value) if names_file(option.name, value) else value
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
            fit = fitting(name, value, known[name].default)
            values[known[name].name] = fit
        return cls(**values)
