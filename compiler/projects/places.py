"""Where the files of a model lie: its source and lists, by their labels, beside or above it."""

from __future__ import annotations

import os
from pathlib import Path

from ..files import same
from ..names import label_of

LONGEST = 100  # characters of a label


def found(label: str, model: str) -> str:
    """The file of a label in the folder of a model or above, up to the repository's root.

    Returns:
        Its path from the working directory; "" where there is none.
    """
    for folder in folders(model):
        exact = folder / label
        if exact.is_file() and not same(exact, model):
            return os.path.relpath(exact)
        for path in sorted(folder.iterdir()):
            if (
                label_of(path.name)[:LONGEST] == label
                and path.is_file()
                and not same(path, model)
            ):
                return os.path.relpath(path)
    return ""


def folders(model: str) -> list[Path]:
    """The folder of a file and those above it in its git repository; outside of one, its own."""
    folder = Path(os.path.abspath(model)).parent
    above = [folder, *folder.parents]
    for number, path in enumerate(above):
        if (path / ".git").exists():
            return [path for path in above[: number + 1] if path.is_dir()]
    return [folder] if folder.is_dir() else []
