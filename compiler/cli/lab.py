"""The commands of the laboratory: lab train, lab compare; lab figure is beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CompilerError, visible
from .figure import figure_command

if TYPE_CHECKING:
    from ..lab.running.training import Epoch

CONTROLS = ("identity", "mlp", "frozen")
PRECISIONS = ("32-true", "16-mixed", "bf16-mixed", "bf16-true", "64-true")
LARGEST = 2**32 - 1  # seed
MILLIONS = click.IntRange(0, 10_000_000)
NEEDED = ("torch", "lightning_fabric", "filelock", "networkx")


@click.group("lab")
def lab_command() -> None:
    """Train task models, compare a connectome with its random twins."""


lab_command.add_command(figure_command)


def need() -> None:
    """Raise CompilerError unless what the laboratory needs is installed."""
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        hint = "pip install 'elegansc[lab]'"
        raise CompilerError(f"lab needs {', '.join(missing)}: {hint}")


@lab_command.command("train")
@click.argument("model")
@click.option(
    "--data",
    required=True,
    metavar="DIR",
    help="Folder of <task>_train.npz and so on, one .npz, or torchvision:DIR.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.jsonl",
    help="The results file; a line is added.",
)
@click.option("--epochs", type=click.IntRange(1), default=10, show_default=True)
@click.option("--batch", type=click.IntRange(2), default=256, show_default=True)
@click.option("--lr", type=click.FloatRange(0, 10, min_open=True), default=1e-3)
@click.option("--weight-decay", type=click.FloatRange(0, 10), default=5e-4)
@click.option("--optimiser", type=click.Choice(["adamw", "adam"]), default="adamw")
@click.option("--schedule", type=click.Choice(["cosine", "constant"]), default="cosine")
@click.option(
    "--augment/--no-augment",
    default=None,
    help="Flip and crop; default: of cifar10, not of mnist.",
)
@click.option("--metric", default="", help="Tells the best epoch; default: the first.")
@click.option("--images", type=MILLIONS, default=0, help="Training images; 0: all.")
@click.option("--validation", type=MILLIONS, default=0, help="Of them; 0: all.")
@click.option("--test", type=MILLIONS, default=0, help="Of them, the first; 0: all.")
@click.option(
    "--seed", type=click.IntRange(0, LARGEST), default=0, help="Of start and order."
)
@click.option(
    "--control",
    type=click.Choice(CONTROLS),
    help="In place of the network: nothing, an MLP of its size, or itself, not trained.",
)
@click.option("--accelerator", default="auto", show_default=True)
@click.option("--devices", type=click.IntRange(1), default=1, show_default=True)
@click.option("--precision", type=click.Choice(PRECISIONS), default="32-true")
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    default=1,
    show_default=True,
    help="Of the CPU; more pay in wide networks.",
)
@click.option(
    "--save", "checkpoint", default="", metavar="FILE", help=".safetensors, .pt, .pth."
)
@click.option("--force", is_flag=True, help="Replace the file of --save.")
@click.option("--smoke", is_flag=True, help="One epoch, a few hundred images.")
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
    force: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Train MODEL, a module made with --task, and add a line to a results file.

    The best epoch is told by the validation images; the test images are looked at once,
    at that epoch.
    """
    need()
    from ..lab.running.machine import Machine
    from ..lab.running.single import set_threads, train_alone

    set_threads(threads)
    recipe, sizes = settings(given)

    def tell(epoch: Epoch) -> None:
        if not quiet:
            click.echo(
                f"epoch     {epoch.epoch} of {recipe.epochs}: loss "
                f"{number(epoch.train_loss)}, validation {number(epoch.validation)}",
                err=True,
            )

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
        tell=tell,
    )
    if outcome is None or quiet:
        return
    found = ", ".join(f"{key} {value:.4f}" for key, value in outcome.test.items())
    best = f"test      {found}, at epoch {outcome.best_epoch}"
    click.echo(best if found else "nan       the loss is no number", err=True)
    click.echo(f"wrote     {visible(output)}", err=True)


def settings(given: dict[str, Any]) -> tuple[Any, Any]:
    """Recipe and sizes from the command line."""
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
    """Four places, or nan."""
    return "nan" if value is None else f"{value:.4f}"


@lab_command.command("compare")
@click.argument("protocol")
@click.option(
    "--data",
    required=True,
    metavar="DIR",
    help="Folder of <task>_train.npz and so on, one .npz, or torchvision:DIR.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    help="Gets results.jsonl, edge lists and models; what is there is gone on with.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    help="Processes, a thread each; default: one a core.",
)
@click.option(
    "--ray",
    default="",
    metavar="ADDRESS",
    help="A Ray cluster: HOST:PORT, ray://HOST:PORT, auto, or local.",
)
@click.option("--accelerator", default="cpu", show_default=True, help="Of every run.")
@click.option("--precision", type=click.Choice(PRECISIONS), default="32-true")
@click.option(
    "--gpus",
    type=click.FloatRange(0, 64),
    default=0.0,
    help="Of one run, on a cluster; 0.25: four runs share one.",
)
@click.option("--smoke", is_flag=True, help="All of it, shrunk to a minute.")
@click.option("--verbose", is_flag=True, help="A line a run on stderr.")
@click.option("-q", "--quiet", is_flag=True, help="No report, no progress bar.")
def compare_command(
    protocol: str,
    data: str,
    output: str,
    jobs: int | None,
    ray: str,
    accelerator: str,
    precision: str,
    gpus: float,
    smoke: bool,
    verbose: bool,
    quiet: bool,
) -> None:
    """Train all that PROTOCOL names: a connectome, its random twins, the controls.

    Killed at any point, the same command goes on and loses no finished run.
    """
    need()
    from ..lab.protocol.protocol import read_protocol
    from ..lab.running.compare import Place, compare, shrunk
    from ..lab.running.machine import Machine

    plan = read_protocol(protocol)
    plan = shrunk(plan) if smoke else plan
    machine = Machine(accelerator, 1, precision)
    place = Place(jobs or os.cpu_count() or 1, ray, machine, gpus)

    def watch(title: str, count: int, items: Iterable[Any]) -> Iterator[Any]:
        for item in items if quiet else bar(title, count, items):
            if verbose and isinstance(item, dict):
                click.echo(one_line(item), err=True)
            yield item

    done = compare(plan, data, Path(output), place, watch=watch)
    if not quiet:
        nan = f", {done.nan} of them nan" if done.nan else ""
        click.echo(
            f"wrote     {visible(str(done.path))}: {done.runs:,} runs, {done.made:,} of "
            f"them now{nan}",
            err=True,
        )


def bar(title: str, count: int, items: Iterable[Any]) -> Iterator[Any]:
    """A progress bar, on a terminal only."""
    if not sys.stderr.isatty():
        yield from items
        return
    shown = click.progressbar(
        items, length=count, label=title, show_pos=True, file=sys.stderr
    )
    with shown as passing:
        yield from passing


def one_line(line: dict[str, Any]) -> str:
    """A finished run in a line."""
    twin = f"-{line['graph']}" if line["graph"] else ""
    scores = ", ".join(f"{key} {value:.4f}" for key, value in line["test"].items())
    return (
        f"run       {line['task']} {line['arm']}{twin} seed {line['seed']}: "
        f"{scores or line['status']}, {line['seconds']:.1f} s"
    )
