"""The transplant command: carry trained parameters from one model to another."""

from __future__ import annotations

import json

import click

from ..errors import visible
from .colours import tell
from .help import Command
from .older import say_older
from .values import FILE, MODEL

SCHEMA = 1  # of the JSON report
LARGEST_SEED = 2**64 - 1  # seed that torch takes


@click.command(
    "transplant",
    cls=Command,
    examples=["elegansc transplant old.pt --from old.py --to new.py -o new.pt"],
)
@click.argument("checkpoint", metavar="OLD_CHECKPOINT", type=FILE)
@click.option(
    "--from",
    "old",
    metavar="OLD.py",
    type=MODEL,
    required=True,
    help="The model that was trained.",
)
@click.option(
    "--to",
    "new",
    metavar="NEW.py",
    type=MODEL,
    required=True,
    help="The model to fill.",
)
@click.option(
    "-o",
    "--output",
    metavar="NEW_CHECKPOINT",
    type=FILE,
    required=True,
    help="The file to write: .safetensors, .pt or .pth.",
)
@click.option(
    "--key",
    metavar="KEY",
    help="Where the state dict is in a training checkpoint; default: the only one that fits.",
)
@click.option(
    "--prefix",
    metavar="PREFIX",
    help="How the model's entries begin in a larger state dict; default: the only that fits.",
)
@click.option(
    "--new",
    "start",
    type=click.Choice(["draw", "zero"]),
    default="draw",
    show_default=True,
    help="Gains of new synapses. draw: as before training; zero: old neurons compute what "
    "they did.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0, LARGEST_SEED),
    default=0,
    show_default=True,
    help="Seed of the draws.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No report.")
@click.option("--verbose", is_flag=True, help="Name everyone in the report.")
def transplant_command(
    checkpoint: str,
    old: str,
    new: str,
    output: str,
    key: str | None,
    prefix: str | None,
    start: str,
    seed: int,
    force: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Carry trained parameters from one model to another, by neuron and synapse name.

    OLD_CHECKPOINT is a state dict of OLD.py, .safetensors, .pt or .pth, or holds one among
    others, as {"model": ..., "optimizer": ...}; that one alone is written. Both models are
    read, never run, and so is the checkpoint: a pickle of more than tensors is refused.
    """
    from ..transplantation import report, transplant

    account = transplant(
        checkpoint,
        old,
        new,
        output,
        key=key,
        prefix=prefix,
        start=start,
        seed=seed,
        force=force,
    )
    if not quiet:
        say_older(old, new)
        for line in report.lines(account, output, verbose=verbose):
            tell(visible(line))
    if as_json:
        found = {
            "schema": SCHEMA,
            "command": "transplant",
            **report.as_json(account, output),
        }
        click.echo(json.dumps(found, indent=2))
