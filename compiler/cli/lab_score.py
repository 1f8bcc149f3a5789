"""The lab score command: hold models against measured responses."""

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
from .values import FILE, FOLDER


@click.command(
    "score",
    cls=Command,
    examples=[
        "elegansc lab score worm.py --atlas atlas.csv --positions xyz.csv -o score",
        "elegansc lab score m.py --atlas a.csv --positions p.csv -o out"
        " --weights m.pt --twin-weights twins",
        "elegansc lab score acyclic.py delay.py leaky.py --atlas a.csv --positions p.csv"
        " -o four",
    ],
)
@click.argument("models", nargs=-1, required=True, type=FILE)
@click.option(
    "--atlas",
    required=True,
    type=FILE,
    help="Who responds to whom: a table of stimulated,responding,q,dff,n.",
)
@positions_option
@folder_option
@click.option(
    "--weights",
    default="",
    type=FILE,
    help="The model's parameters, .safetensors; default: by anatomy, nothing fitted.",
)
@click.option(
    "--twin-weights",
    default="",
    type=FOLDER,
    help="Twins fitted alike: degree-distance-K.py and .safetensors of every twin K.",
)
@conductance_option
@click.option(
    "--pulse", type=float, default=10.0, show_default=True, metavar="I", help="Current."
)
@click.option(
    "--on",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    metavar="N",
    help="Steps that the pulse lasts in a leaky model; one elsewhere.",
)
@click.option(
    "--steps",
    type=click.IntRange(1, 100_000),
    default=100,
    show_default=True,
    metavar="N",
    help="Steps that the peak is looked for in.",
)
@count_option(39)
@seed_option
@force_option
@json_option
@quiet_option
def score_command(
    models: tuple[str, ...],
    atlas: str,
    positions: str,
    output: str,
    force: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Score MODELS of one graph against measured responses.

    A pulse goes into every neuron that was stimulated; the peak of every other neuron is
    compared with whether it responds. The figure is what a model adds to distance,
    compartment, number of stimulations and the responder's rate, beside that of random
    twins. Several models, acyclic, delay or leaky, are set side by side in a table. DIR gets protocol.json before anything is run, then score.json and index.html.
    The exit code does not depend on the score.
    """
    size, on, steps = (given.pop(name) for name in ("pulse", "on", "steps"))
    check_numbers(size, on, steps)
    check_installed(("torch", "safetensors", "scipy"))
    from ..lab.measuring.inputs import read_inputs
    from ..lab.measuring.lines import lines
    from ..lab.measuring.measure import measure
    from ..lab.measuring.report import report
    from ..lab.pages.score_page import score_page
    from ..lab.protocol.pulse import Pulse, json_file
    from ..nulls.pairs import DISTANCE
    from ..nulls.twins import null_of
    from .lab_result import Folder

    inputs = read_inputs(models, atlas, positions, **given)
    sent, read = Pulse(size, on, steps), (*models, atlas, positions)
    protocol = inputs.protocol(sent)
    folder = Folder(output, "score.json", read=read, force=force)
    folder.begin(protocol.data)
    null = null_of(DISTANCE, positions=positions)
    found = report(inputs, protocol, measure(inputs, sent, null, counted))
    folder.finish(json_file(found), score_page(found))
    if as_json:
        click.echo(json_file(found), nl=False)
    if not quiet:
        folder.say(found["protocol"], lines(found))


def check_numbers(pulse: float, on: int, steps: int) -> None:
    """Raise UsageError where a number can not be."""
    if not math.isfinite(pulse) or pulse == 0:
        raise UsageError(f"--pulse {pulse:g}: a finite current that is not 0")
    if on > steps:
        raise UsageError(f"--on {on}: more than --steps {steps}")
