"""Options that lab train and lab compare share, and the packages both need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from ..errors import CompilerError
from .values import DATA, FILE, FOLDER

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


def check_installed(needed: Iterable[str] = NEEDED) -> None:
    """Raise CompilerError unless packages are installed; those that training needs."""
    from importlib.util import find_spec

    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        hint = f"pip install {' '.join(name.replace('_', '-') for name in missing)}"
        raise CompilerError(f"lab needs {', '.join(missing)}: {hint}")
