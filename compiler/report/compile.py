"""The report of a compile: the account of every pass, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..ir.accounts import (
    Assigned,
    Merged,
    Selected,
)
from ..ir.history import History
from ..ir.role_words import nearly, origin, table_of
from ..names import amount, plain, plural
from .cycles import cycles
from .reading import parsed, title, warning
from .words import line, listed


def report(
    history: History,
    label: str,
    unit: str,
    *,
    state: bool = False,
    verbose: bool = False,
) -> Iterator[str]:
    """Lines of `word  sentence`, in the order of the passes.

    Args:
        state: the model has a state: feedback synapses read the step before.
        verbose: name everyone.
    """
    if history.read_model is not None:
        yield line(
            "read", f"{label}: a generated model; its tables are taken as they are"
        )
    if history.parse is not None:
        yield from parsed(history.parse, label, verbose)
    if history.select_cells is not None:
        yield from selected(history.select_cells, unit, verbose)
    if history.merge_electrical is not None:
        yield from merged(history.merge_electrical, unit)
    if history.published_sweep is not None:
        yield from sweep(history.published_sweep.rules)
    if history.break_cycles is not None:
        yield from cycles(history.break_cycles, unit)
    if history.schedule_levels is not None:
        yield from levels(history, unit, state, verbose)


def sizes(summary: Mapping[str, int | str]) -> str:
    """The class and its sizes: `Worm, 2 inputs, 1 output, 3 synapses, 5 parameters`."""
    words = {
        "sensory": "input",
        "motor": "output",
        "synapses": "synapse",
        "parameters": "parameter",
    }
    counts = (plural(int(summary[key]), word) for key, word in words.items())
    return ", ".join((str(summary["name"]), *counts))


def sweep(rules: Mapping[str, Assigned]) -> Iterator[str]:
    """Units and neurons that reach the output, under each reading of the published sweep."""
    seen = "neurons are updated in place, role by role; what of it reaches the output:"
    yield line("sweep", seen)
    yield line("", f"{'':<18} units  merges  factors  depth  motors    interneurons")
    for name, found in rules.items():
        motors = f"{found.motors} of {found.all_motors}"
        inter = f"{found.inter} of {found.all_inter}"
        numbers = f"{found.units:>6,} {found.merges:>7,} {found.factors:>8,}"
        ends = f"{found.depth:>6}  {motors:<8}  {inter}"
        yield line("", f"{name:<18}{numbers} {ends}")
    yield line(
        "", "compiled is the first, as the papers describe it; the others are the rules"
    )
    yield line(
        "",
        "of the two released programs; factors: the most that merge in one motor neuron",
    )


def selected(account: Selected, unit: str, verbose: bool) -> Iterator[str]:
    """Origin of the roles, and the cells left out."""
    sides = f"{account.sensory:,} sensory, {account.motor:,} motor"
    yield line("cells", f"{plural(account.cells, 'neuron')} kept, {sides}")
    if account.roles == "structure":
        yield warning(
            "EC401",
            "no table of these cells: roles by structure (no input: sensory, no output: motor)",
        )
    else:
        columns = (account.columns or {}).items()
        titles = ", ".join(f"{k} = {title(name)}" for k, name in columns if k != name)
        told = f"; {titles}" if titles else ""
        yield line("", f"roles {origin(account.roles)}{told}")
    if account.renamed:
        some = ", ".join(
            f"{plain(a)} -> {plain(b)}" for a, b in list(account.renamed.items())[:4]
        )
        yield line(
            "", f"{plural(len(account.renamed), 'name')} without padding: {some}, ..."
        )
    gone = account.left_out
    if gone.cells:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in gone.kinds.items())
        lost = f"{plural(gone.rows, 'row')}, {amount(gone.weight)} {unit}"
        yield line("left out", f"{plural(gone.cells, 'cell')} ({kinds}), with {lost}")
        yield line("", listed(list(gone.names), verbose))
    if account.unknown:
        seen = f"{len(account.unknown):,} of them not in the table"
        names = listed(account.unknown, verbose)
        yield line("", f"{seen} {table_of(account.roles)}: {names}")
    if account.near:
        yield warning("EC201", nearly(account))


def merged(account: Merged, unit: str) -> Iterator[str]:
    """Pairs that rows were merged into."""
    yield line(
        "merged",
        f"chemical: {plural(account.synapses, 'pair')}, {amount(account.weight)} {unit}; "
        f"{plural(account.self_loops.synapses, 'self-loop')} apart",
    )
    coupled = account.coupled
    alone = coupled.self_junctions
    if coupled.rows > alone.rows:
        one, two = coupled.one_sided, coupled.unequal
        notes = []
        if one:
            notes.append(
                "each listed once"
                if one == account.junctions
                else f"{one:,} listed once"
            )
        if two:
            taken = {"max": "the larger", "sum": "their sum", "mean": "their mean"}[
                coupled.rule
            ]
            notes.append(f"{two:,} with two weights: {taken}")
        note = f" ({', '.join(notes)})" if notes else ""
        rows = plural(coupled.rows - alone.rows, "electrical row")
        yield line("", f"{rows} into {plural(account.junctions, 'gap junction')}{note}")
    if alone.rows:
        yield line(
            "",
            f"{plural(alone.rows, 'electrical row')} of a cell with itself: dropped",
        )
    below = account.below
    if below.synapses or below.junctions:
        yield line(
            "",
            f"lighter than --min-weight: {plural(below.synapses, 'synapse')} "
            f"({amount(below.weight)} {unit}) and {plural(below.junctions, 'junction')} dropped",
        )


def levels(history: History, unit: str, state: bool, verbose: bool) -> Iterator[str]:
    """Depth, junctions, and the neurons on no path."""
    plan, marked = history.schedule_levels, history.mark_live
    merged, cut = history.merge_electrical, history.break_cycles
    assert plan and marked and merged and cut  # passes before schedule_levels
    coupled, sent = plan.junction_weight, merged.weight
    within, every = cut.lateral_weight, coupled + cut.lateral_weight
    if coupled and state:
        yield line(
            "", "each junction conducts now to the later level, a step late back"
        )
    elif coupled:
        share = 100 * coupled / (2 * every + sent)
        lost = f"{amount(coupled)} {unit}, {share:.0f} % of all coupling"
        yield line(
            "", f"each junction conducts one way only: {lost}, is not in forward()"
        )
    if cut.lateral:
        how = "read a step late both ways" if state else "given up"
        yield line(
            "",
            f"{amount(within)} of {amount(every)} {unit} of gap junctions, in "
            f"{cut.lateral:,}, {how}: both neurons share a level",
        )
    yield line(
        "levels",
        f"{plan.levels:,} deep; {plan.neurons:,} of {marked.of:,} neurons on a path from "
        "a sensor to a motor",
    )
    for names, word in (
        (marked.unreached, "no sensor reaches"),
        (marked.mute, "reach no motor"),
        (marked.dead_sensory, "sensory, input ignored"),
        (marked.dead_motor, "motor, output 0"),
    ):
        if names:
            yield line("", f"{word}: {listed(names, verbose)}")
