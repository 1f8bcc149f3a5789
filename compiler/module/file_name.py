"""The name of a generated file: whether Python imports it, and it alone."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

# Libraries that a model and its training import; another's file of such a name hides them.
LIBRARIES = frozenset(
    "elegansc lightning matplotlib networkx numpy pandas safetensors scipy sklearn torch "
    "torchaudio torchvision transformers".split()
)


def misnamed(path: Path) -> str:
    """Why a Python file can not be imported by its name or hides another module; "" if not so.

    Files of another suffix are not looked at.
    """
    name = path.stem
    if path.suffix != ".py":
        return ""
    if keyword.iskeyword(name):
        return f"{path.name} can not be imported: {name} is a word of Python"
    if not name.isidentifier():
        better = re.sub(r"\W+", "_", name).strip("_")
        better = f"_{better}" if better[:1].isdigit() else better
        hint = f"; {better}.py can" if better.isidentifier() else ""
        return f"{path.name} can not be imported: {name} is no Python name{hint}"
    if name in sys.stdlib_module_names or name in LIBRARIES or installed(name):
        return f"{path.name} hides the library {name} from what is run beside it"
    return ""


def installed(name: str) -> bool:
    """Whether a library of this name is installed where Python looks for libraries."""
    folders = ("site-packages", "dist-packages")
    places = [place for place in sys.path if Path(place).name in folders]
    return any(
        Path(place, name).is_dir() or Path(place, f"{name}.py").is_file()
        for place in places
    )
