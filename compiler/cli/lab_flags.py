"""Options that the commands of lab share, and the packages they need."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import CompilerError
from .values import DATA, FILE, FOLDER

if TYPE_CHECKING:
    from ..lab.running.compare import Resources

Function = TypeVar("Function", bound=Callable[..., Any])
NEEDED = ("torch", "lightning_fabric", "filelock")
LARGEST_SEED = 2**32 - 1
PRECISIONS = ("32-true", "16-mixed", "bf16-mixed", "bf16-true", "64-true")

data_option = click.option(
    "--data",
    required=True,
    type=DATA,
    help="Images: a folder of TASK_train.npz and so on, one .npz, or torchvision:DIR.",
)
precision_option = click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="32-true",
    show_default=True,
    help="Of numbers, as Lightning calls it.",
)


positions_option = click.option(
    "--positions",
    required=True,
    type=FILE,
    help="Where the cells lie: a table of name,x,y,z[,compartment].",
)
folder_option = click.option(
    "-o", "--output", required=True, type=FOLDER, help="The folder to write to."
)
conductance_option = click.option(
    "--conductance",
    "conductances",
    type=float,
    multiple=True,
    metavar="G",
    help="Of a unit of a junction's weight; the first is primary. Default: 1, 0.1, 10.",
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=0,
    show_default=True,
    metavar="N",
    help="Seed of twins, folds or halves, training and resampling.",
)
force_option = click.option(
    "--force", is_flag=True, help="Replace files that are there."
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the JSON file of the result too."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="No report.")


def count_option(twins: int) -> Callable[[Function], Function]:
    """The option --count, of so many twins by default."""
    return click.option(
        "--count",
        type=click.IntRange(1),
        default=twins,
        show_default=True,
        metavar="N",
        help="Random twins of the null degree-distance.",
    )


RESOURCES = (
    click.option(
        "--jobs",
        type=click.IntRange(1, 1024),
        metavar="N",
        help="Processes, a thread each; default: one a core.",
    ),
    click.option(
        "--ray",
        default="",
        metavar="ADDRESS",
        help="Train on a Ray cluster: HOST:PORT, ray://HOST:PORT, auto, or local.",
    ),
    click.option(
        "--accelerator",
        metavar="NAME",
        default="cpu",
        show_default=True,
        help="What every run computes on, as Lightning calls it.",
    ),
    precision_option,
    click.option(
        "--native",
        is_flag=True,
        help="Sweep by C, or by Triton on a GPU, as elegansc.native does: faster.",
    ),
    click.option(
        "--gpus",
        type=click.FloatRange(0, 64),
        metavar="X",
        default=0.0,
        help="GPUs of one run, on a cluster; 0.25: four runs share one.",
    ),
)


def resources_options(command: Function) -> Function:
    """The options of processes, cluster and devices."""
    for option in reversed(RESOURCES):
        command = option(command)
    return command


def resources_of(
    jobs: int | None,
    ray: str,
    accelerator: str,
    precision: str,
    native: bool,
    gpus: float,
) -> Resources:
    """What the options of `resources_options` ask for."""
    from ..lab.running.compare import Resources
    from ..lab.running.machine import Machine

    machine = Machine(accelerator, 1, precision, native)
    return Resources(jobs or os.cpu_count() or 1, ray, machine, gpus)


def check_installed(needed: Iterable[str] = NEEDED) -> None:
    """Raise CompilerError unless packages are installed; those that training needs."""
    from importlib.util import find_spec

    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        hint = f"pip install {' '.join(name.replace('_', '-') for name in missing)}"
        raise CompilerError(f"lab needs {', '.join(missing)}: {hint}")
