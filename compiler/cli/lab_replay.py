"""The lab replay command: hold a leaky model against a recorded animal."""

from __future__ import annotations

import math
from typing import Any

import click

from ..errors import UsageError
from .help import Command
from .lab_compare import counted
from .lab_flags import (
    check_installed,
    conductance_option,
    count_option,
    folder_option,
    force_option,
    json_option,
    positions_option,
    quiet_option,
    seed_option,
)
from .values import FILE


@click.command(
    "replay",
    cls=Command,
    examples=[
        "elegansc lab replay worm.py --traces traces.csv --positions xyz.csv -o out",
        "elegansc lab replay m.py --traces a.h5 --labels n.csv --positions p.csv"
        " --fit 500 -o fit",
    ],
)
@click.argument("model", type=FILE)
@click.option(
    "--traces",
    required=True,
    type=FILE,
    help="A table with a neuron's name over each column, a sample a row; or HDF5.",
)
@positions_option
@folder_option
@click.option(
    "--dataset",
    default="",
    metavar="NAME",
    help="The matrix in an HDF5 file; default: the only one.",
)
@click.option(
    "--labels",
    default="",
    type=FILE,
    help="Names of the traces of an HDF5 file: a table of trace,label; from 1.",
)
@click.option(
    "--time",
    "way",
    type=click.Choice(["down", "across"]),
    default="down",
    show_default=True,
    help="A sample a row (the first axis), or a sample a column (the second).",
)
@click.option(
    "--fit",
    type=click.IntRange(1),
    metavar="N",
    help="Train on the first N samples, twins alike; score the others. --conductance is 1 "
    "then by default.",
)
@click.option(
    "--steps",
    type=click.IntRange(1),
    metavar="N",
    help="Steps of Adam, with --fit; default: 120.",
)
@conductance_option
@click.option(
    "--halves",
    type=click.IntRange(1, 10_000),
    default=8,
    show_default=True,
    metavar="N",
    help="Random halves, the mean of which is the figure.",
)
@click.option(
    "--by-neuron",
    is_flag=True,
    help="Halves by neuron, not by class. It leaks: of most neurons the partner on the "
    "other side is held, and has nearly the same trace.",
)
@click.option(
    "--kernel-width",
    "width",
    type=float,
    default=0.3,
    show_default=True,
    metavar="X",
    help="Width of the distance kernel, in the unit of the positions.",
)
@count_option(19)
@seed_option
@force_option
@json_option
@quiet_option
def replay_command(
    model: str,
    traces: str,
    positions: str,
    output: str,
    dataset: str,
    labels: str,
    way: str,
    force: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Replay TRACES, a recorded animal, in MODEL, a leaky network.

    Half of the recorded neurons are held to their traces, the other half is predicted;
    neurons of one cell class are always in the same half. The figure is the mean
    correlation, beside that of random twins and of predictions without wiring. DIR gets
    protocol.json before anything is run, then replay.json and index.html. The exit code
    does not depend on the figure.
    """
    check_installed(("torch", "safetensors", "scipy"))
    from ..lab.measuring.replay import replay
    from ..lab.measuring.replay_inputs import read_replay
    from ..lab.measuring.replay_report import replay_lines, replay_report
    from ..lab.pages.replay_page import replay_page
    from ..lab.protocol.pulse import json_file
    from ..nulls.pairs import DISTANCE
    from ..nulls.twins import null_of
    from .lab_result import Folder

    table = {"dataset": dataset, "labels": labels}
    across = way == "across"
    inputs = read_replay(
        model, traces, positions, plan_of(**given), across=across, **table
    )
    protocol = inputs.protocol()
    read = [name for name in (model, traces, positions, labels) if name]
    folder = Folder(output, "replay.json", read=read, force=force)
    folder.begin(protocol.data)
    null = null_of(DISTANCE, positions=positions)
    found = replay_report(inputs, protocol, replay(inputs, null, counted))
    folder.finish(json_file(found), replay_page(found))
    if as_json:
        click.echo(json_file(found), nl=False)
    if not quiet:
        folder.say(found["protocol"], replay_lines(found))


def plan_of(
    *,
    fit: int | None,
    steps: int | None,
    conductances: tuple[float, ...],
    halves: int,
    by_neuron: bool,
    width: float,
    count: int,
    seed: int,
) -> Any:
    """The plan of a replay.

    Raises:
        UsageError: a number can not be, or an option is of --fit alone.
    """
    from ..lab.measuring.replay_inputs import Plan
    from ..lab.protocol.replaying import CLASS, NEURON, Fit

    if not 0 < width < math.inf:
        raise UsageError(f"--kernel-width {width:g}: more than 0, and finite")
    if steps and not fit:
        raise UsageError("--steps: of --fit alone")
    training = None
    if fit:
        training = Fit(fit, steps) if steps else Fit(fit)
    return Plan(
        *(conductances, training, NEURON if by_neuron else CLASS, halves),
        *(width, count, seed),
    )
