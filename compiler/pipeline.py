"""The compiler on one screen: a file in, a module out, every stage on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from .errors import CompilerError, InputError, UsageError
from .ir.invariants import verify
from .ir.stages import Artifact, Circuit, Connectome, Dag, Plan, Source
from .ir.text import Stage, text
from .module.emit import emit
from .module.emit_sweep import emit_sweep
from .module.header import is_generated
from .module.read import Model
from .module.read_sweep import is_sweep, read_sweep
from .module.restore import unplanned
from .options import STAGES, Options
from .ordering.certificate import certificate
from .passes.break_cycles import break_cycles
from .passes.mark_live import mark_live
from .passes.merge_electrical import merge_electrical
from .passes.published_sweep import published_sweep
from .passes.schedule_levels import schedule_levels
from .passes.select_cells import select_cells
from .passes.topological_sort import topological_sort
from .readers.parse import Layout
from .sources import (
    cell_table,
    check_own_options,
    expand,
    fetch,
    locked,
    parse_source,
    past_of,
    untouched,
)

A = TypeVar("A", bound=Stage)
B = TypeVar("B", bound=Stage)
P = ParamSpec("P")

REPORTED = {"mark_live": "prune"}  # passes whose name in reports is older than theirs


@dataclass
class Trace:
    """Runs the passes, verifies what each returns, and keeps what was asked for.

    Attributes:
        until: stop after this stage.
        stages: the text of each stage kept, by name, in order.
        seconds: how long each step took, verification included.
        kept: the IR of every stage.
    """

    until: str = "module"
    keep: frozenset[str] = frozenset()
    stages: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    kept: dict[str, Stage] = field(default_factory=dict)

    def run(
        self,
        stage: str,
        step: Callable[Concatenate[A, P], B],
        ir: A,
        *args: P.args,
        **options: P.kwargs,
    ) -> B:
        """Run one pass and verify its result; an error says in which pass it arose."""
        start = time.perf_counter()
        name = REPORTED.get(step.__name__, step.__name__)
        try:
            result = step(ir, *args, **options)
            verify(result)
        except Exception as error:
            if not isinstance(error, InputError | UsageError):
                error.add_note(f"in pass {name}")
            raise
        self.seconds[name] = time.perf_counter() - start
        self.record(stage, result)
        return result

    def record(self, stage: str, ir: Stage) -> None:
        """Keep the text of a stage; stop where asked."""
        self.kept[stage] = ir
        if stage in self.keep:
            self.stages[stage] = text(ir)
        if stage == self.until:
            raise Stop


class Stop(Exception):
    """The stage asked for is reached."""


def lower(
    connectome: Connectome,
    options: Options,
    trace: Trace | None = None,
    lock: Model | None = None,
) -> Plan:
    """All passes, in order.

    Args:
        lock: a model whose order stands, if it is of the same graph and options.
    """
    trace = trace or Trace()
    refuse_sweep(options)
    circuit = joined(connectome, options, trace)
    past = locked(lock, options, circuit) or past_of(options, circuit)
    dag = trace.run(
        "dag",
        break_cycles,
        circuit,
        cycles=options.cycles,
        alive=options.keep_alive and options.feedback == "drop",
        alive_cap=options.alive_cap,
        roles=options.roles,
        protect=options.protect,
        symmetric=options.symmetric,
        max_levels=options.max_levels,
        feedback=options.feedback,
        tie_seed=options.tie_seed,
        past=past,
        stick=options.stick,
    )
    order = trace.run("order", topological_sort, dag)
    order = trace.run("pruned", mark_live, order, feedback=options.feedback)
    return trace.run("plan", schedule_levels, order)


def refuse_sweep(options: Options) -> None:
    """Raise a UsageError where levels are asked of a published sweep."""
    if options.lowering == "published":
        raise UsageError("--lowering published: breaks no cycle, so it has no levels")


def joined(connectome: Connectome, options: Options, trace: Trace) -> Circuit:
    """The passes up to the circuit."""
    selected = trace.run(
        "selected",
        select_cells,
        connectome,
        table=cell_table(options),
        inputs=expand(options.inputs),
        outputs=expand(options.outputs),
        only=expand(options.only),
        without=expand(options.without),
        keep=options.keep,
    )
    return trace.run(
        "circuit",
        merge_electrical,
        selected,
        junctions=options.junctions,
        undirected=options.undirected,
        min_weight=options.min_weight,
    )


def compile_source(
    path: str,
    *,
    name: str = "",
    label: str = "",
    options: Options | None = None,
    layout: Layout | None = None,
    trace: Trace | None = None,
    lock: Model | None = None,
) -> Artifact:
    """Compile a connectome: a file, a bundled name, "-" for stdin, or a generated model.

    Args:
        path: a bundled name wins unless the argument has a slash or an extension.
        name: of the class; made from the label if empty.
        label: stands for the file in the output; its base name if empty.
        lock: a model whose order stands, if it is of the same graph and options: what
            another solver would find does not matter then.

    Returns:
        One Python file. If `trace` stops earlier: no file.
    """
    trace, options = trace or Trace(), options or Options()
    try:
        data, label, unit = fetch(path, label)
        if is_sweep(data):
            return sweep_again(data, path, name, options, trace)
        if is_generated(data):
            return again(data, path, name, options, trace)
        start = time.perf_counter()
        source = Source(label, options.weight_unit or unit)
        connectome = parse_source(data, path, source, layout or Layout())
        verify(connectome)
        trace.seconds["parse"] = time.perf_counter() - start
        trace.record("connectome", connectome)
        if options.lowering == "published":
            circuit = joined(connectome, options, trace)
            return finish_sweep(circuit, options, name, trace)
        plan = lower(connectome, options, trace, lock)
    except Stop:
        return Artifact({})
    return finish(plan, options, name, trace)


def broken(
    path: str,
    *,
    label: str = "",
    options: Options | None = None,
    layout: Layout | None = None,
) -> tuple[Circuit, Dag, Options]:
    """A connectome's circuit and its cycles broken; of a generated model, as it has them."""
    options = options or Options()
    data, found, unit = fetch(path, label)
    if is_generated(data):
        model = untouched(data, path, options)
        circuit, dag = unplanned(model.plan)
        return circuit, dag, model.options
    source = Source(found, options.weight_unit or unit)
    connectome = parse_source(data, path, source, layout or Layout())
    trace = Trace(until="dag")
    with suppress(Stop):
        lower(connectome, options, trace)
    before, after = trace.kept["circuit"], trace.kept["dag"]
    assert isinstance(before, Circuit) and isinstance(after, Dag)
    return before, after, options


def circuit_of(path: str, *, label: str, options: Options, layout: Layout) -> Circuit:
    """A connectome's circuit; of a generated model, the one in its tables."""
    data, found, unit = fetch(path, label)
    if is_sweep(data):
        return read_sweep(data, path).circuit
    if is_generated(data):
        free = Options()
        chosen = replace(
            options,
            keep=free.keep,
            cycles=free.cycles,
            protect=free.protect,
            tie_seed=free.tie_seed,
        )
        return unplanned(untouched(data, path, chosen).plan)[0]
    source = Source(found, options.weight_unit or unit)
    connectome = parse_source(data, path, source, layout)
    return joined(connectome, options, Trace())


def finish(plan: Plan, options: Options, name: str, trace: Trace) -> Artifact:
    """Emit, timed."""
    start = time.perf_counter()
    artifact = emit(plan, options=options, name=name)
    if "break_cycles" in plan.history:
        artifact = replace(artifact, certificate=certificate(plan))
    trace.seconds["emit"] = time.perf_counter() - start
    return artifact


def finish_sweep(
    circuit: Circuit, options: Options, name: str, trace: Trace
) -> Artifact:
    """The published sweep and its module."""
    if trace.until in ("dag", "order", "pruned", "plan"):
        refuse_sweep(options)
    sweep = trace.run("sweep", published_sweep, circuit)
    start = time.perf_counter()
    artifact = emit_sweep(sweep, options=options, name=name)
    trace.seconds["emit"] = time.perf_counter() - start
    return artifact


def sweep_again(
    data: bytes, path: str, name: str, options: Options, trace: Trace
) -> Artifact:
    """A generated module of a sweep as input: its circuit is swept again."""
    check_own_options(options)
    model = read_sweep(data, path)
    model.header.check(path)
    artifact = finish_sweep(model.circuit, model.options, name or model.name, trace)
    return replace(artifact, history={"read_model": {}})


def again(
    data: bytes, path: str, name: str, options: Options, trace: Trace
) -> Artifact:
    """A generated model as input: its plan is emitted again, as it is."""
    model = untouched(data, path, options)
    plan = replace(model.plan, history={"read_model": {}})
    trace.record("plan", plan)
    return finish(plan, model.options, name or model.name, trace)


def compile(path: str, *, name: str = "", label: str = "", **choices: Any) -> Artifact:
    """Compile a connectome file, bundled name or generated model into a PyTorch module.

    Args:
        path: as for the command line; "-" is standard input.
        name, label: of the class, of the source.
        choices: options as in `elegansc compile --help`, with underscores; and the
            fields of `Layout` (columns, delimiter, header, encoding, kind).

    Returns:
        An Artifact; `artifact.files` holds the bytes by file name.

    Raises:
        InputError: the input is wrong. UsageError: the options are.
    """
    ours = {option.name for option in fields(Options)}
    layout = {key: value for key, value in choices.items() if key not in ours}
    options = replace(Options(), **{k: v for k, v in choices.items() if k in ours})
    try:
        where = Layout(**layout)
    except TypeError as error:
        raise UsageError(str(error)) from None
    return compile_source(path, name=name, label=label, options=options, layout=where)


def history_of(artifact: Artifact) -> Mapping[str, Any]:
    """What every pass did, as plain data for JSON."""
    return {step: dict(facts) for step, facts in artifact.history.items()}


def stages_numbered(trace: Trace) -> Iterator[tuple[str, str]]:
    """(file name, text) of each stage kept: `1_connectome.txt` and so on."""
    for stage, content in trace.stages.items():
        yield f"{STAGES.index(stage) + 1}_{stage}.txt", content


__all__ = [
    "STAGES",
    "Artifact",
    "CompilerError",
    "Options",
    "Trace",
    "compile",
    "compile_source",
    "lower",
]
