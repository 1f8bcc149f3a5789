"""The report of a compile: what every pass did, in words, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..ir.stages import History
from ..module.docstring import constraint
from ..names import amount, plain, plural

SHOWN = 12  # names that one line lists


def report(
    history: History,
    label: str,
    unit: str,
    *,
    delay: bool = False,
    verbose: bool = False,
) -> Iterator[str]:
    """Lines of `word  sentence`, in the order of the passes.

    Args:
        delay: what runs backward is read of the step before.
        verbose: name everyone.
    """
    if "read_model" in history:
        yield line(
            "read", f"{label}: a generated model; its tables are taken as they are"
        )
    if "parse" in history:
        yield from parsed(history["parse"], label)
    if "select_cells" in history:
        yield from selected(history["select_cells"], unit, verbose)
    if "merge_electrical" in history:
        yield from merged(history["merge_electrical"], unit)
    if "published_sweep" in history:
        yield from sweep(history["published_sweep"]["rules"])
    if "break_cycles" in history:
        yield from cycles(history["break_cycles"], history.get("schedule_levels"), unit)
    if "schedule_levels" in history:
        yield from levels(history, unit, delay, verbose)


def sweep(rules: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """What reaches the output under each reading of the published sweep."""
    seen = "neurons are updated in place, role by role; what of it reaches the output:"
    yield line("sweep", seen)
    yield line("", f"{'':<18} units  merges  factors  depth  motors    interneurons")
    for name, found in rules.items():
        motors = f"{found['motors']} of {found['all_motors']}"
        inter = f"{found['inter']} of {found['all_inter']}"
        numbers = f"{found['units']:>6,} {found['merges']:>7,} {found['factors']:>8,}"
        ends = f"{found['depth']:>6}  {motors:<8}  {inter}"
        yield line("", f"{name:<18}{numbers} {ends}")
    yield line(
        "", "compiled is the first, as the papers describe it; the others are the rules"
    )
    yield line(
        "",
        "of the two released programs; factors: the most that merge in one motor neuron",
    )


def line(word: str, sentence: str) -> str:
    """One line of the report."""
    return f"{word:<9} {sentence}"


def parsed(facts: Mapping[str, Any], label: str) -> Iterator[str]:
    """What the file holds."""
    chemical, electrical = facts["chemical"]["rows"], facts["electrical"]["rows"]
    rows = plural(facts["rows"], "row")
    yield line(
        "read",
        f"{label}: {rows}, {facts['cells']:,} cells; {chemical:,} chemical, {electrical:,} electrical",
    )
    again = facts.get("repeated", {})
    if again and again.get("rows"):
        yield line(
            "",
            f"{plural(again['rows'], 'row')} seen from the receiver: they repeat others, dropped",
        )
    zero = facts.get("zero", {})
    count = zero.get("rows", 0) if isinstance(zero, dict) else zero
    if count:
        yield line("", f"{plural(count, 'row')} of weight 0: dropped")
    if unnamed := facts.get("unnamed"):
        yield line("warning", f"nodes go by their ids, not by {unnamed}")


def selected(facts: Mapping[str, Any], unit: str, verbose: bool) -> Iterator[str]:
    """Whose roles, who is left out."""
    sides = f"{facts['sensory']:,} sensory, {facts['motor']:,} motor"
    yield line("cells", f"{plural(facts['cells'], 'neuron')} kept, {sides}")
    if facts["roles"] == "structure":
        yield line(
            "warning",
            "no table of these cells: roles by structure (no input: sensory, no output: motor)",
        )
    elif facts["roles"] == "file":
        yield line("", "roles as the file gives them")
    else:
        yield line("", f"roles from the table {facts['roles']}")
    if facts["renamed"]:
        some = ", ".join(
            f"{plain(a)} -> {plain(b)}" for a, b in list(facts["renamed"].items())[:4]
        )
        yield line(
            "", f"{plural(len(facts['renamed']), 'name')} without padding: {some}, ..."
        )
    gone = facts["left_out"]
    if gone["cells"]:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in gone["kinds"].items())
        lost = f"{plural(gone['rows'], 'row')}, {amount(gone['weight'])} {unit}"
        yield line(
            "left out", f"{plural(gone['cells'], 'cell')} ({kinds}), with {lost}"
        )
        yield line("", listed(list(gone["names"]), verbose))


def merged(facts: Mapping[str, Any], unit: str) -> Iterator[str]:
    """Rows into pairs."""
    yield line(
        "merged",
        f"chemical: {plural(facts['synapses'], 'pair')}, {amount(facts['weight'])} {unit}; "
        f"{plural(facts['self_loops']['synapses'], 'self-loop')} apart",
    )
    if facts["rows"]:
        one, two = facts["one_sided"], facts["unequal"]
        notes = []
        if one:
            notes.append(
                "each listed once"
                if one == facts["junctions"]
                else f"{one:,} listed once"
            )
        if two:
            taken = {"max": "the larger", "sum": "their sum", "mean": "their mean"}[
                facts["rule"]
            ]
            notes.append(f"{two:,} with two weights: {taken}")
        note = f" ({', '.join(notes)})" if notes else ""
        rows = plural(facts["rows"], "electrical row")
        yield line(
            "", f"{rows} into {plural(facts['junctions'], 'gap junction')}{note}"
        )
    alone = facts["self_junctions"]
    if alone["rows"]:
        yield line(
            "",
            f"{plural(alone['rows'], 'electrical row')} of a cell with itself: dropped",
        )
    below = facts["below"]
    if below["synapses"] or below["junctions"]:
        yield line(
            "",
            f"lighter than --min-weight: {plural(below['synapses'], 'synapse')} "
            f"({amount(below['weight'])} {unit}) and {plural(below['junctions'], 'junction')} dropped",
        )


def cycles(
    facts: Mapping[str, Any], plan: Mapping[str, Any] | None, unit: str
) -> Iterator[str]:
    """What runs backward."""
    if not facts["synapses"]:
        yield line(
            "cycles", f"none: all {amount(facts['of_weight'])} {unit} run forward"
        )
        return
    share = 100 * facts["weight"] / facts["of_weight"] if facts["of_weight"] else 0
    yield line(
        "cycles",
        f"{amount(facts['weight'])} of {amount(facts['of_weight'])} {unit} run backward, "
        f"{share:.1f} %, in {plural(facts['synapses'], 'pair')}: {standing(facts)}",
    )
    hops = ", ".join(
        f"{100 * facts['walks'][hop - 1]:.0f} % of {hop}" for hop in (3, 4, 5)
    )
    yield line(
        "",
        f"{facts['halves']:,} of them halves of a reciprocal pair; of sensor-to-motor "
        f"walks is left: {hops} hops",
    )
    if facts.get("asked") == "exact" and not proved(facts):
        yield line(
            "warning",
            "the budget of the exact search ended first: no minimum is proved",
        )
    if "flips" in facts:
        how = ": its order, taken as it is" if facts.get("recorded") else ""
        yield line(
            "",
            f"{plural(facts['flips'], 'synapse')} turned against {facts['like']}{how}",
        )
    for pattern in facts["unmatched"]:
        yield line("warning", f"--protect {plain(pattern)}: no synapse matches")
    if facts["unprotected"]:
        against = listed(facts["unprotected"], False, ", ")
        yield line("warning", f"--protect: runs backward all the same: {against}")
    if facts.get("too_large_to_revive"):
        yield line(
            "warning",
            "too large a graph to keep neurons alive: --keep-alive is left out",
        )
    if facts.get("given_up"):
        names = ", ".join(map(plain, facts["given_up"]))
        yield line("", f"kept on no path, at the price allowed by --alive-cap: {names}")
    if facts["scale"] > 1:
        how = "were rounded to" if facts["rounded"] else "are counted in"
        yield line("", f"weights {how} 1/{facts['scale']:,} to find the order")


def standing(facts: Mapping[str, Any]) -> str:
    """How the loss stands to the least possible one; never a bare `minimum`."""
    bound, first, lost = facts["bound"], facts["least_price"], facts["price"]
    if bound is None:
        return f"not proved to be a minimum ({facts['method']})"
    under = constraint(facts["roles"], facts["symmetric"], facts["protected"] > 0)
    if bound >= lost:
        return f"the minimum{under} (proved)"
    if bound >= first:
        proved = f"minimum{under} {amount(bound)} (proved)"
        few = facts.get("few_price", lost)
        if few < lost:  # what keeping neurons alive costs beyond the levels
            proved += f", {amount(few)} {price_of({**facts, 'alive': False})}"
            facts = {**facts, "max_levels": 0}
        return f"{proved}, {amount(lost)} {price_of(facts)}"
    gap = f"{100 * (first - bound) / first:.1f} %"
    return f"no order{under} loses less than {amount(bound)} (proved), gap {gap}"


def proved(facts: Mapping[str, Any]) -> bool:
    """Whether what was found first is known to lose least."""
    return facts["bound"] is not None and facts["bound"] >= facts["least_price"]


def price_of(facts: Mapping[str, Any]) -> str:
    """What more than the minimum is lost for."""
    words = []
    if facts.get("max_levels"):
        words.append(f"in at most {facts['max_levels']} levels")
    if facts["alive"]:
        words.append("with everyone alive who can be")
    if facts.get("stick"):
        words.append(f"near {facts['like']}")
    return " ".join(words)


def levels(history: History, unit: str, delay: bool, verbose: bool) -> Iterator[str]:
    """Depth, junctions, who is off every path."""
    plan, pruned = history["schedule_levels"], history["prune"]
    coupled, sent = plan["junction_weight"], history["merge_electrical"]["weight"]
    cut = history["break_cycles"]
    within, every = cut["lateral_weight"], coupled + cut["lateral_weight"]
    if coupled and delay:
        yield line(
            "", "each junction conducts now to the later level, a step late back"
        )
    elif coupled:
        share = 100 * coupled / (2 * every + sent)
        lost = f"{amount(coupled)} {unit}, {share:.0f} % of all coupling"
        yield line(
            "", f"each junction conducts one way only: {lost}, is not in forward()"
        )
    if cut["lateral"]:
        how = "read a step late both ways" if delay else "given up"
        yield line(
            "",
            f"{amount(within)} of {amount(every)} {unit} of gap junctions, in "
            f"{cut['lateral']:,}, {how}: both neurons share a level",
        )
    yield line(
        "levels",
        f"{plan['levels']:,} deep; {plan['neurons']:,} of {pruned['of']:,} neurons on a path from "
        "a sensor to a motor",
    )
    for key, word in (("unreached", "no sensor reaches"), ("mute", "reach no motor")):
        if pruned[key]:
            yield line("", f"{word}: {listed(pruned[key], verbose)}")
    for key, word in (
        ("dead_sensory", "sensory, input ignored"),
        ("dead_motor", "motor, output 0"),
    ):
        if pruned[key]:
            yield line("", f"{word}: {listed(pruned[key], verbose)}")


def listed(found: list[str], verbose: bool, between: str = " ") -> str:
    """Names on one line; a dozen unless all were asked for."""
    shown = found if verbose else found[:SHOWN]
    more = len(found) - len(shown)
    names = between.join(plain(name) if between == " " else name for name in shown)
    return f"{names} ... and {more:,} more (--verbose)" if more else names
