"""The order command: all cells of a graph in an order, as a table; compiles nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import UsageError, visible
from .colours import tell
from .flags import GRAPH, SCHEMA, layout_options, model_options
from .help import Command
from .values import FILE, SOURCE

if TYPE_CHECKING:
    from ..ir.stages import Circuit
    from ..ordering.ranking import Ranking


@click.command(
    "order",
    cls=Command,
    examples=[
        "elegansc order cook2019 -o order.csv",
        "elegansc order cook2019 --score order.csv",
    ],
)
@click.argument("source", type=SOURCE)
@click.option(
    "-o",
    "--output",
    type=FILE,
    default="-",
    help="The CSV to write; default: standard output.",
)
@click.option(
    "--label", metavar="NAME", default="", help="What messages call the file."
)
@click.option(
    "--score", type=FILE, help="Score this order, a CSV of id,place, and write none."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="The score as JSON, on stdout.")
@model_options(
    GRAPH,
    also=("cycles", "protect", "tie_seed"),
    but=("inputs", "outputs", "keep", "junctions"),
)
@layout_options
def order_command(
    source: str,
    output: str,
    label: str,
    score: str | None,
    force: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Order all cells of SOURCE so that little weight runs backward, as a CSV of id,place.

    Its form is that of the FlyWire ordering challenge. All cells count, as with
    --keep all; chemical synapses alone decide.
    """
    from ..files import OTHER, allow, read_bytes, replace
    from ..ordering import ranking
    from ..pipeline import circuit_of
    from ..report.words import wrote
    from ..semantics.registry import semantics_of

    if as_json and not score and output == "-":
        raise UsageError("--json: the score goes to stdout, so give --output")
    if score and output != "-":
        raise UsageError("--score: writes no order, so leave --output out")
    given["keep"] = "all"
    options = options_of(given)
    layout = layout_of(given)
    semantics_of(options).check_levels()
    circuit = circuit_of(source, label=label, options=options, layout=layout)
    if score:
        data = read_bytes(score, empty="give a row for each cell: id,place")
        names = ranking.read_table(data, score, circuit)
        found = ranking.score(circuit, names)
    else:
        if output != "-":
            allow(Path(output), force=force, source=source, kind=OTHER)
        found = ranking.rank(circuit, options)
        data = ranking.table(found)
        if output == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        elif not replace(Path(output), data):
            tell(wrote(visible(output), False))
    print_score(found, circuit, as_json)


def print_score(found: Ranking, circuit: Circuit, as_json: bool) -> None:
    """Print the score of an order, with its bound, as a line or as JSON."""
    from ..names import amount

    if as_json:
        facts = {
            "schema": SCHEMA,
            "command": "order",
            "label": circuit.source.label,
            "unit": circuit.source.unit,
            "cells": len(found.names),
            "forward": found.forward,
            "total": found.total,
            "bound": found.bound,
            "method": found.method,
        }
        click.echo(json.dumps(facts, indent=2))
        return
    lost = found.total - found.forward
    share = 100 * lost / found.total if found.total else 0
    line = (
        f"{amount(found.forward)} of {amount(found.total)} {circuit.source.unit} run forward, "
        f"{amount(lost)} backward, {share:.2f} %"
    )
    if found.bound is not None:
        known = "the minimum (proved)" if found.bound >= lost else "not proved"
        gap = lost - found.bound
        known += f"; no order loses less than {amount(found.bound)}" if gap > 0 else ""
        line += f": {known}"
    elif found.method != "given":
        line += f": not proved ({found.method})"
    click.echo(line, err=True)
