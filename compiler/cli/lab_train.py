"""The lab train command: train one task model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError, visible
from ..lab.protocol.replaced import CONTROLS
from .colours import tell
from .help import Command
from .lab_flags import check_installed, data_option, precision_option
from .older import say_older
from .values import FILE, FOLDER, MODEL

if TYPE_CHECKING:
    from ..lab.running.training import Epoch

LARGEST_SEED = 2**32 - 1  # seed
MILLIONS = click.IntRange(0, 10_000_000)


@click.command(
    "train",
    cls=Command,
    examples=[
        "elegansc lab train m2.py --data images -o results.jsonl --smoke",
        "elegansc lab train m2.py --data images -o results.jsonl --epochs 20 --save m2.pt",
    ],
)
@click.argument("model", type=MODEL)
@data_option
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.jsonl",
    type=FILE,
    help="The results file; a line is added.",
)
@click.option(
    "--epochs",
    type=click.IntRange(1),
    metavar="N",
    default=10,
    show_default=True,
    help="How often all images are shown.",
)
@click.option(
    "--batch",
    type=click.IntRange(2),
    metavar="N",
    default=256,
    show_default=True,
    help="Images of one step.",
)
@click.option(
    "--lr",
    type=click.FloatRange(0, 10, min_open=True),
    metavar="X",
    default=1e-3,
    show_default=True,
    help="Learning rate.",
)
@click.option(
    "--weight-decay",
    type=click.FloatRange(0, 10),
    metavar="X",
    default=5e-4,
    show_default=True,
    help="Decay of the parameters.",
)
@click.option(
    "--optimiser",
    type=click.Choice(["adamw", "adam"]),
    default="adamw",
    show_default=True,
    help="How steps are taken.",
)
@click.option(
    "--schedule",
    type=click.Choice(["cosine", "constant"]),
    default="cosine",
    show_default=True,
    help="How the learning rate falls.",
)
@click.option(
    "--augment/--no-augment",
    default=None,
    help="Flip and crop; default: of cifar10, not of mnist.",
)
@click.option(
    "--metric",
    metavar="NAME",
    default="",
    help="Score that tells the best epoch; default: the task's first.",
)
@click.option(
    "--images", type=MILLIONS, metavar="N", default=0, help="Training images; 0: all."
)
@click.option(
    "--validation",
    type=MILLIONS,
    metavar="N",
    default=0,
    help="Validation images; 0: all.",
)
@click.option(
    "--test",
    type=MILLIONS,
    metavar="N",
    default=0,
    help="Test images, the first; 0: all.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    metavar="N",
    default=0,
    show_default=True,
    help="Seed of the start and of the order of the images.",
)
@click.option(
    "--control",
    type=click.Choice(CONTROLS),
    help="In place of the network, of its size: an MLP, a linear map, a convolution, RandWire, "
    "its graph by delay or as published; or nothing; or itself, not trained.",
)
@click.option(
    "--accelerator",
    metavar="NAME",
    default="auto",
    show_default=True,
    help="What it computes on, as Lightning calls it: cpu, cuda, ...",
)
@click.option(
    "--devices",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="How many of them.",
)
@precision_option
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    metavar="N",
    default=1,
    show_default=True,
    help="Threads of the CPU; more pay in wide networks.",
)
@click.option(
    "--save",
    "checkpoint",
    default="",
    type=FILE,
    help="Save the trained model here: .safetensors, .pt, .pth.",
)
@click.option(
    "--logger",
    type=click.Choice(["csv", "tensorboard"]),
    help="Log every epoch by Lightning's logger of this name.",
)
@click.option(
    "--logs",
    type=FOLDER,
    metavar="DIR",
    default="",
    help="The folder of logs; default: the results file's name, ending in .logs.",
)
@click.option("--force", is_flag=True, help="Replace the file of --save, and the log.")
@click.option("--smoke", is_flag=True, help="Try it: one epoch, a few hundred images.")
@click.option("-q", "--quiet", is_flag=True, help="No report.")
def train_command(
    model: str,
    data: str,
    output: str,
    accelerator: str,
    devices: int,
    precision: str,
    threads: int,
    checkpoint: str,
    logger: str | None,
    logs: str,
    force: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Train MODEL, a module made with --task, and add a line to a results file.

    The best epoch is told by the validation images; the test images are looked at once,
    at that epoch.
    """
    check_installed()
    if logs and not logger:
        raise UsageError("--logs DIR goes with --logger csv|tensorboard")
    from ..lab.running.machine import Machine
    from ..lab.running.single import Log, set_threads, train_alone

    set_threads(threads)
    recipe, sizes = settings(given)

    def on_epoch(epoch: Epoch) -> None:
        if not quiet:
            click.echo(
                f"epoch     {epoch.epoch} of {recipe.epochs}: loss "
                f"{number(epoch.train_loss)}, validation {number(epoch.validation)}",
                err=True,
            )

    if not quiet:
        say_older(model)
    outcome = train_alone(
        model,
        data,
        output,
        recipe,
        sizes=sizes,
        arm=given["control"] or "worm",
        machine=Machine(accelerator, devices, precision),
        checkpoint=checkpoint,
        force=force,
        log=Log(logger or "", logs),
        on_epoch=on_epoch,
    )
    if outcome is None or quiet:
        return
    found = ", ".join(f"{key} {value:.4f}" for key, value in outcome.test.items())
    best = f"test      {found}, at epoch {outcome.best_epoch}"
    tell(best if found else "nan       the loss is no number")
    tell(f"wrote     {visible(output)}")


def settings(given: dict[str, Any]) -> tuple[Any, Any]:
    """Recipe and sizes of the command line."""
    from ..lab.running.single import SMOKE_IMAGES, Sizes
    from ..lab.running.training import Recipe

    keys = ("epochs", "batch", "metric", "optimiser", "lr", "weight_decay", "schedule")
    chosen = {key: given[key] for key in (*keys, "seed")}
    sizes = Sizes(given["images"], given["validation"], given["test"])
    if given["smoke"]:
        sizes = replace(sizes, most=SMOKE_IMAGES)
        chosen |= {"epochs": 1, "batch": min(given["batch"], SMOKE_IMAGES // 5)}
    augment = {None: "", True: "flip-crop", False: "none"}[given["augment"]]
    return Recipe(task="", augmentation=augment, **chosen), sizes


def number(value: float | None) -> str:
    """A number to four decimals, or nan."""
    return "nan" if value is None else f"{value:.4f}"
