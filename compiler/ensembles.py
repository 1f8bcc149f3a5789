"""Ensembles: models of different orders that lose the same, the least that was found."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import names
from .errors import InputError, UsageError
from .ir.artifact import Artifact
from .ir.stages import Dag
from .ir.trace import Trace
from .options import Options
from .pipeline import compile_source
from .readers.reader import Layout


def ensemble(
    path: str,
    count: int,
    *,
    name: str = "",
    label: str = "",
    options: Options,
    layout: Layout,
) -> list[Member]:
    """Models of `count` different orders that cost the same, the least that was found.

    Raises:
        InputError: so many were not found in eight times as many seeds.
    """
    if options.cycles in ("fast", "ratio"):
        raise UsageError("--ensemble: ties are broken in exact orders: --cycles auto")
    found: dict[float, dict[frozenset[tuple[str, str]], Member]] = {}
    last = min(options.tie_seed + 8 * count, 2**32)
    for seed in range(options.tie_seed, last):
        trace = Trace()
        try:
            artifact = compile_source(
                path,
                name=name,
                label=label,
                options=replace(options, tie_seed=seed),
                layout=layout,
                trace=trace,
            )
        except InputError:
            if seed == options.tie_seed:
                raise
            continue  # an order that leaves no path to a motor neuron
        dag = trace.kept.get("dag")
        if not isinstance(dag, Dag):
            raise UsageError(
                "--ensemble: a generated model has one order; give its source"
            )
        cell, back = dag.cells.name, dag.feedback
        ends = zip(back.pre.tolist(), back.post.tolist(), strict=True)
        cut = frozenset((cell[u], cell[v]) for u, v in ends)
        price = dag.price
        same = found.setdefault(price, {})
        same.setdefault(cut, Member(seed, artifact, cut))
        if price == min(found) and len(same) == count:
            return list(same.values())
    least = found[min(found)]
    seen = f"--ensemble {count}: {names.plural(len(least), 'order')} of least loss"
    hint = "ask for fewer, or give --no-keep-alive, whose ties are more"
    raise InputError(path, f"{seen} in {last - options.tie_seed:,} tries", hint)


@dataclass(frozen=True)
class Member:
    """A model of an ensemble: its tie seed, its module, what runs backward in it."""

    seed: int
    artifact: Artifact
    cut: frozenset[tuple[str, str]]
