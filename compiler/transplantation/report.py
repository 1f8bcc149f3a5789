"""What a transplant did: in words, for people, and as data, for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..names import plain, plural
from ..options import RESHAPES
from ..report.words import line, listed, wrote
from ..semantics.merges import merge_of
from ..semantics.semantics import Parameter
from ..semantics.starts import sentence
from ..semantics.wiring import Gain
from .account import Account, Fate
from .parameters import BACKWARD, CURRENT, LATERAL, NEURON, SYNAPSE, UNUSED

# In words, with a number before them.
NEW = {
    NEURON: "of new neurons",
    SYNAPSE: "between neurons that were there",
    BACKWARD: "running backward before",
    LATERAL: "between neurons of one level before",
    UNUSED: "with an unused end before",
    CURRENT: "of gap junctions, which had conductances before: these are no gains",
}
LOST = {
    NEURON: "of neurons that are gone",
    SYNAPSE: "between neurons that are there",
    BACKWARD: "running backward now",
    LATERAL: "between neurons of one level now",
    UNUSED: "with an unused end now",
    CURRENT: "of gap junctions: a gain is no conductance",
}


OF_STEP = ("dt", "substeps")  # options of leaky networks: how long a step is
WORDS = {
    "neuron": "neuron",
    "junction": "gap junction",
    "tie": "tie",
}  # of what a parameter is of


def lines(account: Account, output: str, *, verbose: bool = False) -> Iterator[str]:
    """The report, a line a fact.

    Args:
        output: the path that was written, as it is to be shown.
        verbose: name everyone.
    """
    old, new = account.old, account.new
    numbers = f"{plural(old.found.size, 'parameter')} of {types(account.dtypes)}"
    told = f"signed with the wiring of {old.path}"
    if not account.signed:
        told = "unsigned: its shapes alone were checked"
    yield line("read", f"{account.checkpoint}: {old.model.name}, {numbers}; {told}")
    yield from around(account, verbose)
    yield from neurons(account, verbose)
    yield from gains(account, verbose)
    for parameter in reversed(new.found.parameters):
        if parameter.name == "gain" and parameter.per == "synapse":
            continue
        word = parameter.name + ("es" if parameter.name.endswith("s") else "s")
        if parameter.name in account.reshaped:
            count = plural(parameter.shape[0], WORDS[parameter.per])
            absent = parameter.name not in old.found.shapes
            why = "there were none" if absent else "the old have another shape"
            yield line(word, f"all new, of {count}: {why}")
        elif parameter.per == "tie":
            yield line(word, f"{counts(account.ties[parameter.name])}, one a tie")
        else:
            fate = account.live if parameter.per == "neuron" else account.junctions
            yield line(word, f"{counts(fate)}, one a {WORDS[parameter.per]}")
    yield line("start", started(account))
    yield line("function", function(account, verbose))
    yield from options(account)
    whole = plural(new.found.size, "parameter")
    sentence = f"{output}: {new.model.name}, {whole}, signed with its wiring"
    yield wrote(sentence, account.written)


def types(dtypes: Mapping[str, str]) -> str:
    """`float32`, or which is which."""
    kinds = sorted(set(dtypes.values()))
    return (
        kinds[0]
        if len(kinds) == 1
        else ", ".join(f"{k} {v}" for k, v in dtypes.items())
    )


def counts(found: Fate) -> str:
    """`1,853 kept, 402 new, 331 lost`."""
    return f"{found.kept:,} kept, {len(found.new):,} new, {len(found.lost):,} lost"


def around(account: Account, verbose: bool) -> Iterator[str]:
    """Where the module stands in a larger state dict."""
    if account.key:
        left = listed(list(account.around), verbose)
        behind = f"; left behind: {left}" if left else ""
        yield line("key", f"{plain(account.key)}{behind}")
    if account.prefix:
        how = ", the only place where they fit" if account.guessed else ""
        yield line("prefix", f"{plain(account.prefix)}{how}")
    told = f"not in {account.new.path}, or in another form: load with strict=False"
    for word, names, what in (
        ("others", account.others, "as before"),
        ("left out", account.left_out, told),
        ("dropped", account.dropped, f"of no parameter of {account.new.path}"),
    ):
        if names:
            count = "entry is" if len(names) == 1 else "entries are"
            other = f"{len(names):,} other {count} {what}"
            yield line(word, f"{other}: {listed(list(names), verbose)}")


def neurons(account: Account, verbose: bool) -> Iterator[str]:
    """Who came, who went, and who came onto a path or fell off."""
    found = account.neurons
    yield line("neurons", counts(found))
    known = {*found.new, *found.lost}
    fell = [name for name in account.live.lost if name not in known]
    rose = [name for name in account.live.new if name not in known]
    for word, names in (
        ("new", list(found.new)),
        ("lost", list(found.lost)),
        ("in use, unused before", rose),
        ("unused, in use before", fell),
    ):
        if names:
            yield line("", f"{word}: {listed(names, verbose)}")
    for word, role in (("inputs", "sensory"), ("outputs", "motor")):
        old, new = (getattr(s.model.tables, role) for s in (account.old, account.new))
        if old != new:
            told = (
                f"{len(old):,} -> {len(new):,} columns, in the order of {role.upper()}"
            )
            yield line(word, told)


def gains(account: Account, verbose: bool) -> Iterator[str]:
    """What became of synapses and their gains."""
    found = account.synapses
    if "gain" in account.new.found.shapes:
        yield line("gains", counts(found))
    else:
        yield line("synapses", f"{counts(found)}; they have no gains")
    for word, names, why, words in (
        ("new", found.new, account.why_new, NEW),
        ("lost", found.lost, account.why_lost, LOST),
    ):
        if names:
            told = [f"{why[key]:,} {words[key]}" for key in words if why.get(key)]
            yield line("", f"{word}: {', '.join(told)}")
            yield line("", f"  {listed([shown(g) for g in names], verbose, ', ')}")
    for how, kept in (
        ("kept, but conduct the other way now", account.turned),
        ("kept, but read at another time (now, a step late)", account.retimed),
    ):
        if kept:
            who = listed([shown(gain) for gain in kept], verbose, ", ")
            yield line("", f"{len(kept):,} {how}: {who}")


def shown(gain: Gain) -> str:
    """A synapse for people: `AVAL -> DA1`, a junction `AVAL - AVAR`."""
    neuron, source, kind = gain
    arrow = "-" if kind in ("electrical", "lateral") else "->"
    return f"{plain(source)} {arrow} {plain(neuron)}"


def started(account: Account) -> str:
    """How what is new starts."""
    new = account.new
    if not (account.synapses.new or account.live.new or account.reshaped):
        return "nothing is new"
    how = sentence(new.model.options).rstrip(".")
    drawn = (
        f"new values as in {new.model.name}() after torch.manual_seed({account.seed}): "
        f"{how[0].lower()}{how[1:]}"
    )
    if account.start == "draw":
        return drawn
    shut = merge_of(new.model.options).shut
    zero = f"shut (gain {shut:g})" if shut else "0"
    return f"new gains {zero} into neurons that both have; other {drawn}"


def function(account: Account, verbose: bool) -> str:
    """Whether the neurons that both models have compute what they did."""
    kept, other = account.live.kept, account.disturbed
    if "dynamics" in account.differ:
        one, two = account.differ["dynamics"]
        return (
            f"changed: dynamics {one} -> {two}; gains of synapses and biases are kept"
        )
    if time := [name for name in OF_STEP if name in account.differ]:
        told = ", ".join("{} {} -> {}".format(n, *account.differ[n]) for n in time)
        return f"changed: {told}; a rest stays where it is, if its inputs do"
    if "features" in account.differ:
        one, two = account.differ["features"]
        return f"changed: {one} -> {two} numbers a neuron; what has its shape is kept"
    if other:
        told = f"changed: {len(other):,} of {plural(kept, 'neuron')} that both have"
        return f"{told} read other inputs: {listed(list(other), verbose)}"
    shut = account.start == "zero" and merge_of(account.new.model.options).shut
    but = ", but for 1e-7 of what the shut gates would let in" if shut else ""
    return f"unchanged in {plural(kept, 'neuron')} that both have{but}"


def options(account: Account) -> Iterator[str]:
    """Options that differ and do no harm."""
    differ = [item for item in account.differ.items() if item[0] not in RESHAPES]
    if differ:
        told = ", ".join(f"{name} {old!r} -> {new!r}" for name, (old, new) in differ)
        yield line("options", f"differ, but parameters mean the same: {told}")


def as_json(account: Account, output: str) -> dict[str, Any]:
    """The same as data."""
    old, new = account.old, account.new
    per = {
        "synapse": account.synapses,
        "junction": account.junctions,
        "neuron": account.live,
    }

    def counted(parameter: Parameter) -> dict[str, int]:
        tied = parameter.per == "tie"
        found = account.ties[parameter.name] if tied else per[parameter.per]
        if parameter.name not in account.reshaped:
            return {
                "kept": found.kept,
                "new": len(found.new),
                "lost": len(found.lost),
            }
        gone = found.kept + len(found.lost)
        return {"kept": 0, "new": found.kept + len(found.new), "lost": gone}

    return {
        "checkpoint": account.checkpoint,
        "from": {"path": old.path, "label": old.model.header.label},
        "to": {"path": new.path, "label": new.model.header.label},
        "output": output,
        "key": account.key,
        "prefix": account.prefix,
        "others": list(account.others),
        "left_out": list(account.left_out),
        "dropped": list(account.dropped),
        "signed": account.signed,
        "start": account.start,
        "seed": account.seed,
        "parameters": {
            parameter.name: {
                "dtype": account.dtypes[parameter.name],
                "shape": list(parameter.shape),
                **counted(parameter),
            }
            for parameter in new.found.parameters
        },
        "neurons": named(account.neurons),
        "live": named(account.live),
        "synapses": {
            **named(account.synapses),
            "turned": account.turned,
            "retimed": account.retimed,
        },
        "why": {"new": dict(account.why_new), "lost": dict(account.why_lost)},
        "disturbed": list(account.disturbed),
        "options": {name: list(pair) for name, pair in account.differ.items()},
    }


def named(found: Fate) -> dict[str, Any]:
    """How many are kept, and who is new and lost."""
    return {"kept": found.kept, "new": list(found.new), "lost": list(found.lost)}
