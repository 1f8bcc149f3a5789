"""The report of a compile: the account of every pass, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..ir.accounts import (
    Assigned,
    Integrated,
    Merged,
    Selected,
)
from ..ir.history import History
from ..ir.role_words import nearly, origin, table_of
from ..names import amount, plain, plural
from .cycles import cycles
from .reading import parsed, title, warning
from .signs_and_types import signed, typed
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
        verbose: every line, and everyone named. Otherwise what was read, left out, guessed
            and warned of, what runs backward, and the depth.
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
        cut = history.integrate is None
        yield from merged(history.merge_electrical, unit, verbose, loops_cut=cut)
    if history.sign_synapses is not None:
        yield from signed(history.sign_synapses, verbose)
    if history.type_cells is not None:
        yield from typed(history.type_cells, verbose)
    if history.published_sweep is not None:
        yield from sweep(history.published_sweep.rules)
    if history.integrate is not None:
        yield from integrated(history.integrate, verbose)
    if history.break_cycles is not None:
        yield from cycles(history.break_cycles, unit, verbose)
    if history.schedule_levels is not None:
        yield from levels(history, unit, state, verbose)


def sizes(summary: Mapping[str, int | str]) -> str:
    """The class and its sizes: `Worm, 2 inputs, 1 output, 3 synapses, 5 parameters`.

    Where parameters are shared it goes on with how many: `; tied: 2 gains of 3 synapses`.
    """
    words = {
        "sensory": "input",
        "motor": "output",
        "synapses": "synapse",
        "parameters": "parameter",
    }
    counts = (plural(int(summary[key]), word) for key, word in words.items())
    told = ", ".join((str(summary["name"]), *counts))
    return f"{told}; tied: {summary['tied']}" if "tied" in summary else told


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


def integrated(account: Integrated, verbose: bool) -> Iterator[str]:
    """How a leaky network steps, what bounds its states, who is not heard."""
    junctions = plural(account.junctions, "gap junction")
    yield line(
        "leaky",
        f"nothing is cut: {plural(account.synapses, 'synapse')}, and {junctions} that "
        "conduct both ways",
    )
    step = account.dt / account.substeps
    inner = (
        f", {account.substeps:,} from input to input" if account.substeps > 1 else ""
    )
    yield line("step", f"{amount(step)}{inner}, semi-implicit: stable whatever it is")
    if account.junctions:
        coupled = (
            f"{plain(account.stiffest)}, whose junctions conduct {account.coupling:.4g}"
        )
        least = f"below {account.explicit:.2g}"
        yield line("", f"explicit Euler would need steps {least} for {coupled}")
    if account.bounded:
        strength = "|gain| * weight" if account.tied else "|gain|"
        largest = f"the larger of |x0| and |bias| + sum {strength} + |current|"
        yield line("bound", f"no state exceeds {largest}")
    else:
        seen = f"{account.activation} is unbounded, so no bound of the states is known"
        yield line("bound", seen)
    if account.contracts:
        yield line("", "its start gains bring it to one rest from everywhere")
    for names, word in (
        (account.unreached, "no sensor reaches"),
        (account.mute, "reach no motor"),
    ):
        if names:
            yield line("", f"{word}: {listed(names, verbose)}")


def selected(account: Selected, unit: str, verbose: bool) -> Iterator[str]:
    """Origin of the roles, and the cells left out."""
    sides = f"{account.sensory:,} sensory, {account.motor:,} motor"
    kept = f"{plural(account.cells, 'neuron')} kept, {sides}"
    if account.roles == "structure":
        yield line("cells", kept)
        yield warning(
            "EC401",
            "no table of these cells: roles by structure (no input: sensory, no output: motor)",
        )
    else:
        columns = (account.columns or {}).items()
        titles = ", ".join(f"{k} = {title(name)}" for k, name in columns if k != name)
        told = f"; {titles}" if titles else ""
        yield line("cells", f"{kept}; roles {origin(account.roles)}{told}")
    if account.renamed:
        some = ", ".join(
            f"{plain(a)} -> {plain(b)}" for a, b in list(account.renamed.items())[:4]
        )
        joined = account.merged or 0
        told = (
            f"; {joined:,} of them a cell's second spelling, added up" if joined else ""
        )
        yield line(
            "",
            f"{plural(len(account.renamed), 'name')} without padding: {some}, ...{told}",
        )
    gone = account.left_out
    if gone.cells:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in gone.kinds.items())
        lost = f"{plural(gone.rows, 'row')}, {amount(gone.weight)} {unit}"
        more = "" if verbose else "; --verbose names them"
        cells = f"{plural(gone.cells, 'cell')} ({kinds})"
        yield line("left out", f"{cells}, with {lost}{more}")
        if verbose:
            yield line("", listed(list(gone.names), verbose))
    if account.unknown:
        seen = f"{len(account.unknown):,} of them not in the table"
        names = listed(account.unknown, verbose)
        yield line("", f"{seen} {table_of(account.roles)}: {names}")
    if account.near:
        yield warning("EC201", nearly(account))


def merged(
    account: Merged, unit: str, verbose: bool, *, loops_cut: bool = True
) -> Iterator[str]:
    """Pairs that rows were merged into, and the rows that are in no pair."""
    coupled = account.coupled
    loops = plural(account.self_loops.synapses, "self-loop")
    alone = (
        f"{plural(coupled.self_junctions.rows, 'electrical row')} of a cell with itself"
    )
    told = []
    if verbose:
        pairs, weight = plural(account.synapses, "pair"), amount(account.weight)
        apart = " apart" if loops_cut else " among them"
        told.append(f"chemical: {pairs}, {weight} {unit}; {loops}{apart}")
    elif left := [
        words
        for words, count in (
            (loops, account.self_loops.synapses if loops_cut else 0),
            (alone, coupled.self_junctions.rows),
        )
        if count
    ]:
        yield line("left out", ", ".join(left))
    rows = coupled.rows - coupled.self_junctions.rows
    note = weights(account)
    if rows and (note or verbose):
        joined = plural(account.junctions, "gap junction")
        told.append(f"{plural(rows, 'electrical row')} into {joined}{note}")
    if verbose and coupled.self_junctions.rows:
        told.append(f"{alone}: dropped")
    below = account.below
    if below.synapses or below.junctions:
        told.append(
            f"lighter than --min-weight: {plural(below.synapses, 'synapse')} "
            f"({amount(below.weight)} {unit}) and {plural(below.junctions, 'junction')} dropped"
        )
    for place, sentence in enumerate(told):
        yield line("" if place else "merged", sentence)


def weights(account: Merged) -> str:
    """Junctions listed once or with two weights, and the weight taken; "" for none."""
    one, two = account.coupled.one_sided, account.coupled.unequal
    rules = {"max": "the larger", "sum": "their sum", "mean": "their mean"}
    notes = []
    if one:
        every = one == account.junctions
        notes.append("each listed once" if every else f"{one:,} listed once")
    if two:
        notes.append(f"{two:,} with two weights: {rules[account.coupled.rule]}")
    return f" ({', '.join(notes)})" if notes else ""


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
