"""Options that lab train and lab compare share, and the packages both need."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ..errors import CompilerError
from .values import DATA

NEEDED = ("torch", "lightning_fabric", "filelock", "networkx")
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


def check_installed(needed: Iterable[str] = NEEDED) -> None:
    """Raise CompilerError unless packages are installed; those that training needs."""
    from importlib.util import find_spec

    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        hint = f"pip install {' '.join(name.replace('_', '-') for name in missing)}"
        raise CompilerError(f"lab needs {', '.join(missing)}: {hint}")
