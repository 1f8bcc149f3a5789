"""The compiler on one screen: a source in, a module out, every stage on the way."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

from .exporting.canonical import unmerged
from .exporting.cells import with_facts
from .ir.accounts import ReadModel
from .ir.artifact import Artifact
from .ir.history import History
from .ir.stages import Circuit, Connectome, Dag, Plan, Sweep
from .ir.trace import STEP, Stop, Trace
from .module.emit import emit
from .module.past import locked, past_from, past_of
from .module.read import CircuitModel, Model, levelled
from .module.restore import unplanned
from .options import Options
from .ordering.certificate import certificate
from .passes.break_cycles import break_cycles
from .passes.mark_live import mark_live
from .passes.merge_electrical import merge_electrical
from .passes.schedule_levels import schedule_levels
from .passes.select_cells import select_cells
from .passes.sign_synapses import sign_synapses
from .passes.topological_sort import topological_sort
from .passes.type_cells import type_cells
from .readers.cells import cell_table, expand
from .readers.reader import Layout
from .readers.signs import signs_by
from .readers.types import types_by
from .semantics.registry import semantics_of
from .sources import UNLABELLED, Opened, check_own, open_source


def compile_source(
    path: str,
    *,
    name: str = "",
    label: str = "",
    options: Options | None = None,
    layout: Layout | None = None,
    trace: Trace | None = None,
    lock: Model | None = None,
    near: bool = False,
) -> Artifact:
    """Compile a connectome: a file, a bundled name, "-" for stdin, or a generated model.

    Args:
        path: a bundled name wins unless the argument has a slash or an extension.
        name: of the class; made from the label if empty.
        label: stands for the file in the output; its base name if empty.
        lock: a model whose order stands, if it is of the same graph and options: what
            another solver would find does not matter then.
        near: stay near the order of `lock` where it does not stand, as near to --like.

    Returns:
        One Python file. If `trace` stops earlier: no file.
    """
    trace, start = trace or Trace(), time.perf_counter()
    source = open_source(path, layout or Layout(), label=label)
    trace.seconds["parse"] = time.perf_counter() - start
    options = options or Options()
    return compile_opened(source, options, trace, name=name, lock=lock, near=near)


def compile_opened(
    source: Opened,
    options: Options,
    trace: Trace,
    *,
    name: str = "",
    lock: Model | None = None,
    near: bool = False,
) -> Artifact:
    """Compile a source that is open; arguments as of `compile_source`."""
    ir: Plan | Sweep | Circuit
    try:
        if isinstance(source, Connectome):
            if semantics_of(options).levels:
                ir = lower(source, options, trace, lock, near=near)
            else:
                circuit = to_circuit(source, options, trace)
                ir = uncut(circuit, options, trace)
        else:
            check_own(source, options)
            options, name = source.options, name or source.name
            ir = restored(source, trace)
    except Stop:
        return Artifact({})
    return emitted(ir, options, name, trace)


def restored(module: Model | CircuitModel, trace: Trace) -> Plan | Sweep | Circuit:
    """What a generated module is emitted from again: its plan as it is, or its circuit."""
    match module:
        case Model(plan=plan):
            plan = replace(plan, history=History(read_model=ReadModel()))
            trace.record("plan", plan)
            return plan
        case CircuitModel(circuit=circuit, options=options):
            found = uncut(circuit, options, trace)
            return replace(found, history=History(read_model=ReadModel()))


def lower(
    connectome: Connectome,
    options: Options,
    trace: Trace | None = None,
    lock: Model | None = None,
    *,
    near: bool = False,
) -> Plan:
    """All passes, in order.

    Args:
        lock: a model whose order stands, if it is of the same graph and options.
        near: stay near the order of `lock` where it does not stand, as near to --like.
    """
    trace = trace or Trace()
    semantics_of(options).check_levels()
    circuit = to_circuit(connectome, options, trace)
    return lower_circuit(circuit, options, trace, lock, near=near)


def lower_circuit(
    circuit: Circuit,
    options: Options,
    trace: Trace,
    lock: Model | None = None,
    *,
    near: bool = False,
) -> Plan:
    """The passes from the circuit on; arguments as of `lower`."""
    past = locked(lock, options, circuit)
    if past is None and near and lock is not None:
        past = replace(past_from(lock, options, circuit, lock.path), same=False)
    elif past is None:
        past = past_of(options, circuit)
    dag = trace.run("dag", break_cycles, circuit, options=options, past=past)
    order = trace.run("order", topological_sort, dag)
    ways = semantics_of(options).ways
    order = trace.run("pruned", mark_live, order, ways=ways)
    return trace.run("plan", schedule_levels, order)


def to_circuit(connectome: Connectome, options: Options, trace: Trace) -> Circuit:
    """The passes up to the circuit."""
    if options.weight_unit:
        source = replace(connectome.source, unit=options.weight_unit)
        connectome = replace(connectome, source=source)
    if options.undirected:
        connectome = as_undirected(connectome)
    trace.record("connectome", connectome)
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
    typed, signed = options.by_type, options.signs != "file"
    circuit = trace.run(
        "unsigned" if signed else "untyped" if typed else "circuit",
        merge_electrical,
        selected,
        junctions=options.junctions,
        undirected=options.undirected,
        min_weight=options.min_weight,
    )
    if signed:
        stage = "untyped" if typed else "circuit"
        circuit = trace.run(stage, sign_synapses, circuit, by=signs_by(options))
    if typed:
        circuit = trace.run("circuit", type_cells, circuit, by=types_by(options))
    return circuit


def as_undirected(connectome: Connectome) -> Connectome:
    """A connectome without the finding that --undirected answers."""
    parsed = connectome.history.parse
    if parsed is None:
        return connectome
    kept = tuple(found for found in parsed.findings if found.code != "EC301")
    history = replace(connectome.history, parse=replace(parsed, findings=kept))
    return replace(connectome, history=history)


def uncut(circuit: Circuit, options: Options, trace: Trace) -> Sweep | Circuit:
    """What a circuit is emitted from whose cycles are not broken."""
    if trace.until in ("dag", "order", "pruned", "plan"):
        semantics_of(options).check_levels()
    if semantics_of(options).currents:
        return circuit
    from .passes.published_sweep import published_sweep

    return trace.run("sweep", published_sweep, circuit)


def emitted(
    ir: Plan | Sweep | Circuit, options: Options, name: str, trace: Trace
) -> Artifact:
    """Emit, timed."""
    STEP.info("write the module")
    start = time.perf_counter()
    if isinstance(ir, Sweep):
        from .module.emit_sweep import emit_sweep

        artifact = emit_sweep(ir, options=options, name=name)
    elif isinstance(ir, Circuit):
        from .module.emit_leaky import emit_leaky

        artifact = emit_leaky(ir, options=options, name=name)
    else:
        artifact = emit(ir, options=options, name=name)
        artifact = replace(artifact, certificate=certificate(ir))
    trace.seconds["emit"] = time.perf_counter() - start
    return artifact


def broken(
    path: str,
    *,
    label: str = "",
    options: Options = Options(),  # noqa: B008
    layout: Layout = Layout(),  # noqa: B008
) -> tuple[Circuit, Dag, Options]:
    """A connectome's circuit and its cycles broken; of a generated model, as it has them."""
    source = open_source(path, layout, label=label)
    if not isinstance(source, Connectome):
        check_own(source, options)
        circuit, dag = unplanned(levelled(source).plan)
        return circuit, dag, source.options
    trace = Trace(until="dag")
    with suppress(Stop):
        lower(source, options, trace)
    before, after = trace.kept["circuit"], trace.kept["dag"]
    assert isinstance(before, Circuit) and isinstance(after, Dag)
    return before, after, options


def planned(
    path: str, *, label: str = "", options: Options, layout: Layout
) -> tuple[Plan, Options]:
    """A source's plan; of a generated model, the one it has and its own options."""
    source = open_source(path, layout, label=label)
    if not isinstance(source, Connectome):
        check_own(source, options)
        return levelled(source).plan, source.options
    return lower(source, options), options


def circuit_of(path: str, *, label: str, options: Options, layout: Layout) -> Circuit:
    """A connectome's circuit; of a generated model, the one in its tables."""
    match open_source(path, layout, label=label):
        case CircuitModel(circuit=circuit):
            return circuit
        case Model() as model:
            free = Options()
            of_order = ("keep", "cycles", "protect", "tie_seed")
            kept = {name: getattr(free, name) for name in of_order}
            check_own(model, replace(options, **kept))
            return unplanned(model.plan)[0]
        case connectome:
            return to_circuit(connectome, options, Trace())


def graph_of(path: str, layout: Layout, options: Options) -> Connectome:
    """The whole graph of a source; see `whole_graph`.

    Args:
        options: their table of cells gives roles and transmitters.
    """
    source = open_source(path, layout, hint=UNLABELLED)
    if not isinstance(source, Connectome):
        check_own(source, options)
    graph = whole_graph(source)
    table = cell_table(options) if options.cells else None
    return graph if table is None else with_facts(graph, table)


def whole_graph(source: Opened) -> Connectome:
    """A connectome, all its rows and cells; of a generated model, the graph in its tables."""
    match source:
        case Connectome() as connectome:
            return connectome
        case CircuitModel() as model:
            check_own(model, Options())
            return unmerged(model.circuit)
        case model:
            check_own(model, Options())
            return unmerged(unplanned(model.plan)[0])
