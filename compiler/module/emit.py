"""Emit: plan -> artifact, a module of plain PyTorch, the same bytes everywhere.

All that is particular to a connectome stands in the tables. The text below them depends
on the options alone. The pages in `templates/` are written as black would write them, and
a test holds them to it, so no formatter runs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .. import names
from ..ir.stages import MOTOR, SENSORY, Artifact, Plan
from ..ir.text import digest
from ..options import WIDTHS, Options, check_label, check_name
from .docstring import conducting, docstring
from .header import with_header
from .table_text import Table, table_texts
from .tables import tables_of

if TYPE_CHECKING:
    import jinja2

# How each activation is called, and the factor on the start gains that keeps the
# deviation of a deep network's states: 1 / sqrt(mean(f(z)**2)), z ~ N(0, 1), where the
# network is stable there, else the most that is.
CALLS = {
    "tanh": "torch.tanh",
    "relu": "torch.relu",
    "elu": "nn.functional.elu",
    "gelu": "nn.functional.gelu",
    "silu": "nn.functional.silu",
    "hardtanh": "nn.functional.hardtanh",
    "sigmoid": "torch.sigmoid",
    "identity": "",
}
GAINS = {
    "tanh": "5 / 3",
    "relu": "2**0.5",
    "elu": "1.25",
    "gelu": "1.5",
    "silu": "1.65",
    "hardtanh": "1.3",
    "sigmoid": "1",
    "identity": "1",
}


# The page of each semantics.
PAGES = {"drop": "semantics/acyclic.jinja", "delay": "semantics/delay.jinja"}
CENTRED = "1.15"  # instead, of gains of centred sums: 1 / deviation of relu(z + 1)


@dataclass(frozen=True, slots=True)
class ModulePage:
    """All that module.py.jinja reads; names, numbers and quoting are settled here."""

    name: str
    docstring: str
    tables: tuple[Table, ...]

    features: int
    unit: str
    merge: str
    norm: str
    act_open: str
    act_close: str
    strength: str  # the factor of each synapse
    gains: bool  # whether synapses have gains

    kernel: str
    lateral: bool  # whether junctions within a level are read

    start: str  # what `reset_parameters` does, in words
    counts: bool
    centred: bool  # whether biases start so that sums have mean 1
    gain: str  # factor on the start gains, "" or ending in " * "
    weight_gain: str  # factor on the start weights

    task: str
    readout: str
    width: int


def emit(plan: Plan, *, options: Options | None = None, name: str = "") -> Artifact:
    """Write the module.

    Args:
        options: what a neuron computes; defaults if None.
        name: of the class; made from the label if empty.

    Returns:
        One file, `<name>.py`, ASCII.
    """
    options = options or Options()
    check_label(plan.source.label)
    name = check_name(name or names.class_name(plan.source.label))
    page = environment().get_template(PAGES[options.feedback])
    body = page.render(module=page_of(plan, options, name)).encode("ascii")
    return Artifact(
        {f"{name}.py": with_header(body, plan.source.label, digest(plan))},
        plan.source.label,
        plan.source.unit,
        summary(plan, options, name),
        plan.history,
    )


def summary(plan: Plan, options: Options, name: str) -> dict[str, int | str]:
    """The module in five numbers."""
    role = plan.cells.role
    synapses, junctions = conducting(plan, options)
    gains = 0 if options.merge == "product" else synapses + junctions
    d = options.features
    each = d * (d + 1) if options.unit == "linear" else 1
    return {
        "name": name,
        "sensory": int((role & SENSORY > 0).sum()),
        "motor": int((role & MOTOR > 0).sum()),
        "synapses": synapses + junctions,
        "parameters": gains + each * int(plan.live.sum()),
    }


@cache
def environment() -> jinja2.Environment:
    """Jinja as the pages want it: undefined names fail, whitespace is as written."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("elegansc.templates", ""),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )


def page_of(plan: Plan, options: Options, name: str) -> ModulePage:
    """The page of a plan."""
    tables = tables_of(plan, options)
    call, gain = CALLS[options.activation], gain_of(options)
    factor = "" if gain == "1" else f"{gain} * "
    return ModulePage(
        name=name,
        docstring=quoted("\n".join(docstring(plan, options, name))),
        tables=tuple(table_texts(tables, plan.source.unit)),
        features=options.features,
        unit=options.unit,
        merge=options.merge,
        norm=options.norm,
        act_open=f"{call}(" if call else "",
        act_close=")" if call else "",
        strength=(
            "torch.sigmoid(self.gain)" if options.merge == "gated" else "self.gain"
        ),
        gains=options.merge != "product",
        kernel=options.kernel,
        lateral=options.feedback == "delay" and bool(tables.lateral),
        start=start(options),
        counts=options.init == "counts",
        centred=centred(options),
        gain="" if options.unit == "linear" else factor,
        weight_gain=factor,
        task=options.task,
        readout=options.readout,
        width=options.width or WIDTHS[options.task],
    )


def centred(options: Options) -> bool:
    """Whether a neuron adds up what is never negative, and may never fire again."""
    bare = options.unit == "scalar" and options.norm == "none"
    return options.activation == "relu" and options.merge == "sum" and bare


def gain_of(options: Options) -> str:
    """The factor on the start gains."""
    return CENTRED if centred(options) else GAINS[options.activation]


def start(options: Options) -> str:
    """The docstring of `reset_parameters`."""
    act = options.activation
    if options.merge == "product":
        drawn = (
            f"Draw weights as suits {act}, set" if options.unit == "linear" else "Set"
        )
        return f"{drawn} biases to 1: a product of small states would vanish."
    weights = ", weights" if options.unit == "linear" else ""
    if options.merge == "gated":
        size = (
            "root of a synapse's share"
            if options.init == "counts"
            else "1 / root of inputs"
        )
        return f"Draw gates about g / (1 + g), g = {size}{weights and ', and weights'}."
    if centred(options):
        size = "* root of a share" if options.init == "counts" else "/ root of inputs"
        return f"Draw gains of about {CENTRED} {size}; sums about 1, that relu fires."
    if options.init == "counts":
        return (
            f"Start gains at the root of a synapse's share, signs as known; fits {act}."
        )
    if options.unit == "linear":
        return f"Draw gains of deviation 1 / sqrt(number of inputs), weights as suits {act}."
    factor = GAINS[act].replace("2**0.5", "sqrt(2)")
    return f"Draw gains of deviation {factor} / sqrt(number of inputs), as suits {act}."


def quoted(text: str) -> str:
    """Text that may stand between triple quotes, in ASCII: it can end no docstring."""
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(c if c == "\n" or " " <= c <= "~" else names.escape(c) for c in safe)
