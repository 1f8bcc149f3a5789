"""The explain command: which synapses the broken cycles cost; compiles nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import UsageError
from ..options import Options, dashed
from .flags import GRAPH, ORDER, SCHEMA, layout_options, model_options
from .help import Command
from .values import SOURCE

if TYPE_CHECKING:
    from ..ir.stages import Circuit
    from ..report.explain import Depth

BAR = 50  # characters of a full bar
UNITS = ("features", "unit", "merge", "norm", "activation")  # that --cost asks for


@click.command(
    "explain",
    cls=Command,
    examples=[
        "elegansc explain witvliet2021-1",
        "elegansc explain witvliet2021-1 --depths --plot",
        "elegansc explain cook2019 --cost --features 16 --unit linear",
    ],
)
@click.argument("source", type=SOURCE)
@click.option(
    "--label", metavar="NAME", default="", help="What messages call the file."
)
@click.option(
    "--depths", is_flag=True, help="How much runs backward in 2 levels up to 96."
)
@click.option("--plot", is_flag=True, help="The same as bars.")
@click.option("--cost", is_flag=True, help="What a training step costs instead.")
@click.option(
    "--calibrate",
    is_flag=True,
    help="With --cost: measure this machine first, for times. Takes minutes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--verbose", is_flag=True, help="Name every synapse and neuron.")
@model_options(GRAPH, ORDER, also=["feedback", *UNITS])
@layout_options
def explain_command(
    source: str,
    label: str,
    depths: bool,
    plot: bool,
    cost: bool,
    calibrate: bool,
    as_json: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Say what breaking its cycles does to SOURCE: which synapses, whose input, which walks."""
    from ..pipeline import broken
    from ..report import explain

    check_asked(cost, calibrate, depths or plot, given)
    if cost:
        show_cost(source, label, calibrate, as_json, given)
        return
    circuit, dag, options = broken(
        source, label=label, options=options_of(given), layout=layout_of(given)
    )
    if depths or plot:
        curve = explain.depths(circuit, options)
        if as_json:
            rows = [asdict(depth) for depth in curve]
            click.echo(json.dumps({"schema": SCHEMA, "depths": rows}, indent=2))
        else:
            for line in depth_table(curve, circuit, plot):
                click.echo(line)
                sys.stdout.flush()
        return
    if as_json:
        found = {
            "schema": SCHEMA,
            "command": "explain",
            "label": circuit.source.label,
            "unit": circuit.source.unit,
            "cuts": [asdict(cut) for cut in explain.cuts(circuit, dag, options)],
            "input_lost": dict(explain.input_lost(dag)),
            "walks_kept": explain.walks_kept(dag),
            "given_up": [list(row) for row in explain.given_up(dag)],
        }
        click.echo(json.dumps(found, indent=2))
        return
    for line in explain.lines(circuit, dag, options, verbose=verbose):
        click.echo(line)


def check_asked(
    cost: bool, calibrate: bool, depths: bool, given: dict[str, Any]
) -> None:
    """Refuse options that say nothing together.

    Raises:
        UsageError: such options.
    """
    if calibrate and not cost:
        raise UsageError("--calibrate: measures for --cost, which is not given")
    if cost and depths:
        raise UsageError("--cost: says nothing of --depths and --plot; ask for one")
    named = [dashed(name) for name in UNITS if given[name] != getattr(Options(), name)]
    if named and not cost:
        raise UsageError(f"--{named[0]}: matters to --cost, which is not given")


def show_cost(
    source: str, label: str, calibrate: bool, as_json: bool, given: dict[str, Any]
) -> None:
    """Print what a training step costs."""
    from ..costs.counts import counts_of
    from ..costs.times import SIZES, known, lines, timeable
    from ..pipeline import planned

    plan, options = planned(
        source, label=label, options=options_of(given), layout=layout_of(given)
    )
    counts = counts_of(plan, options)
    if calibrate:
        from ..costs.calibration import calibrate as measure

        measure()
    times = known()
    seconds = times.seconds(counts) if times and timeable(options) else {}
    if as_json:
        found = {
            "schema": SCHEMA,
            "command": "explain",
            "label": plan.source.label,
            "cost": counts.data(),
            "samples": list(SIZES),
            "seconds": seconds,
        }
        click.echo(json.dumps(found, indent=2))
        return
    for line in [*counts.lines(), *lines(seconds, timeable(options), times)]:
        click.echo(line)


def depth_table(curve: Iterable[Depth], circuit: Circuit, plot: bool) -> Iterator[str]:
    """The table of loss by number of levels, a row as it is found, with bars if `plot`.

    The first bar is full: fewer levels lose as much or more.
    """
    from ..names import amount

    head = f"levels  lost, {circuit.source.unit}  share"
    yield head
    width, most = len(head) - len("levels  ") - len("  share"), None
    for depth in curve:
        most = most or depth.share or 1.0
        bar = "#" * round(BAR * depth.share / most) if plot else ""
        row = f"{depth.levels:>6}  {amount(depth.lost):>{width}}  {100 * depth.share:4.1f} %"
        yield f"{row}  {bar}".rstrip()
    if most is None:
        yield "gap junctions find no room in any of the depths tried"
