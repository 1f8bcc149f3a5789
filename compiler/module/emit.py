"""Emit: plan -> artifact, a module of plain PyTorch, the same bytes everywhere.

All that is particular to a connectome stands in the tables. The text below them depends
on the options alone. The pages in `templates/` are written as black would write them, and
a test holds them to it; black itself runs only where the name of the class is too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .. import names
from ..errors import UsageError
from ..ir.artifact import BESIDE, Artifact
from ..ir.stages import Plan
from ..ir.text import digest
from ..options import WIDTHS, Options
from ..semantics import starts
from ..semantics.activations import activation
from ..semantics.merges import merge_of
from ..semantics.registry import semantics_of
from ..semantics.semantics import Parameter
from ..semantics.strengths import check_signs, clamped, expression
from ..semantics.ties import check_types
from ..semantics.units import unit_of
from ..semantics.wiring import Wiring, wiring_of
from .docstring import docstring
from .header import check_label, with_header
from .plan_arrays import digest_of, tables_file
from .table_text import Table, array_texts, table_texts
from .tables import tables_of

if TYPE_CHECKING:
    import jinja2


COLUMNS = 88  # of the text below the tables
INLINE = 20_000  # synapses and junctions up to which they stand in the module


@dataclass(frozen=True, slots=True)
class ModulePage:
    """All that module.py.jinja reads; names, numbers and quoting are settled here."""

    name: str
    docstring: str
    tables: tuple[Table, ...]
    beside: bool  # whether the graph stands in a file beside the module

    features: int
    unit: str
    merge: str
    norm: str
    act_open: str
    act_close: str
    in_place: str  # the statement that applies it to `rows`; "": there is nothing to do
    slopes: str  # its slope, an expression of `states` or `totals`
    by_sums: bool  # whether of `totals`
    strength: str  # the factor of each synapse
    gains: bool  # whether synapses have gains
    signed: bool  # whether gains start with the signs that are known
    clamped: bool  # whether these stay
    tie: str  # what shares gains, as --tie says it
    typed: bool  # whether by types

    kernel: str
    state: bool  # whether `activity` reads the step before
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
        One file, `<name>.py`, ASCII; of a large graph its tables too, `<name>.safetensors`.
    """
    options = options or Options()
    check_label(plan.source.label)
    name = check_name(name or names.class_name(plan.source.label))
    semantics, wiring = semantics_of(options), wiring_of(plan)
    check_signs(wiring, semantics.synapses(wiring), options)
    check_types(wiring, options)
    parameters = semantics.parameters(wiring, options)
    page = environment().get_template(f"semantics/{semantics.page}.jinja")
    tables = tables_file(plan) if in_file(plan, options) else None
    module = page_of(plan, options, name, tables, parameters)
    body = formatted(page.render(module=module)).encode("ascii")
    beside = {} if tables is None else {f"{name}{BESIDE}": tables}
    return Artifact(
        {f"{name}.py": with_header(body, plan.source.label, digest(plan)), **beside},
        plan.source.label,
        plan.source.unit,
        summary(wiring, options, name, parameters),
        plan.history,
        optimality=plan.optimality,
    )


def in_file(plan: Plan, options: Options) -> bool:
    """Whether the graph stands in a file beside the module; it alone decides, if not asked."""
    if options.tie != "none":
        return False  # ties are looked up by name
    if options.tables != "auto" or not merge_of(options).gains:
        return options.tables == "file"
    synapses = len(plan.forward) + len(plan.feedback)
    return synapses + len(plan.junctions) + len(plan.lateral) > INLINE


def formatted(body: str) -> str:
    """A body whose text below the tables is as black writes it, whoever's settings are near."""
    mark = "# fmt: on\n"
    tables, text = body.split(mark)
    if all(len(line) <= COLUMNS for line in text.split("\n")):
        return body
    import black

    mode = black.Mode(line_length=COLUMNS)
    return f"{tables}{mark}\n{black.format_str(text.lstrip(), mode=mode)}"


def summary(
    wiring: Wiring, options: Options, name: str, parameters: tuple[Parameter, ...]
) -> dict[str, int | str]:
    """The module in five numbers, and what of its parameters is shared, in words."""
    tied = ", ".join(found.words for found in parameters if found.per == "tie")
    return {
        "name": name,
        "sensory": len(wiring.sensory),
        "motor": len(wiring.motor),
        "synapses": sum(semantics_of(options).conducting(wiring)),
        "parameters": sum(parameter.size for parameter in parameters),
        **({"tied": tied} if tied else {}),
    }


@cache
def environment() -> jinja2.Environment:
    """Jinja as the pages want it: undefined names fail, whitespace is as written."""
    import jinja2

    from .template_bytecode import TemplateBytecode

    return jinja2.Environment(
        loader=jinja2.PackageLoader("elegansc.templates", ""),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        bytecode_cache=TemplateBytecode(),
    )


def page_of(
    plan: Plan,
    options: Options,
    name: str,
    beside: bytes | None,
    parameters: tuple[Parameter, ...],
) -> ModulePage:
    """The page of a plan.

    Args:
        beside: the file of its tables; None: they stand in it.
    """
    semantics, merge = semantics_of(options), merge_of(options)
    if beside is None:
        tables = table_texts(
            tables_of(plan, options), plan.source.unit, semantics.words
        )
    else:
        tables = array_texts(plan, options, digest_of(beside))
    active = activation(options.activation)
    call = active.call
    gain = starts.factor(options)[1]
    factor = "" if gain == "1" else f"{gain} * "
    return ModulePage(
        name=name,
        docstring=quoted("\n".join(docstring(plan, options, name, parameters))),
        tables=tuple(tables),
        beside=beside is not None,
        features=options.features,
        unit=options.unit,
        merge=options.merge,
        norm=options.norm,
        act_open=f"{call}(" if call else "",
        act_close=")" if call else "",
        in_place=active.in_place,
        slopes=active.slopes,
        by_sums=active.by_sums,
        strength=expression(options),
        gains=merge.gains,
        signed=options.dale != "free",
        clamped=clamped(options),
        tie=options.tie,
        typed=options.by_type,
        kernel=kernel_of(options),
        state=semantics.state,
        lateral="lateral" in semantics.ways and bool(len(plan.lateral)),
        start=starts.sentence(options),
        counts=options.init == "counts",
        centred=starts.centred(options),
        gain="" if unit_of(options).matrix else factor,
        weight_gain=factor,
        task=options.task,
        readout=options.readout,
        width=options.width or WIDTHS[options.task],
    )


def kernel_of(options: Options) -> str:
    """How the page multiplies states by gains: a file of templates/kernels."""
    dense = options.norm == "layer" or options.merge == "product"
    return "dense" if dense else "levels"


def quoted(text: str) -> str:
    """Text that may stand between triple quotes, in ASCII: it can end no docstring."""
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(c if c == "\n" or " " <= c <= "~" else names.escape(c) for c in safe)


def check_name(name: str) -> str:
    """The name, if the generated class can bear it.

    Raises:
        UsageError: it cannot.
    """
    if not names.is_class_name(name):
        hint = "a Python identifier of at most 60 ASCII characters, no keyword"
        raise UsageError(f"--name {name!r}: {hint}, and none that the module uses")
    return name
