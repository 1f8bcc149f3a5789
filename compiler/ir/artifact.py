"""The result of a compile: the files, their summary, what is known of the order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .history import History
from .optimality import Optimality


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a compile writes: bytes by file name, and what every pass did.

    Attributes:
        summary: name, sensory, motor, synapses, parameters of the module; where some are
            shared, `tied`: how many of what, in words.
        certificate, optimality: of the order; None of a sweep.
    """

    files: Mapping[str, bytes]
    label: str = ""
    unit: str = ""
    summary: Mapping[str, int | str] = field(default_factory=dict, compare=False)
    history: History = field(default_factory=History, compare=False)
    certificate: bytes | None = field(default=None, compare=False)
    optimality: Optimality | None = field(default=None, compare=False)

    @property
    def page(self) -> bytes:
        """The module."""
        return next(iter(self.files.values()))

    @property
    def tables(self) -> bytes | None:
        """The file of its tables; None: they stand in the module."""
        return next((self.files[n] for n in self.files if n.endswith(BESIDE)), None)

    def at(self, path: Path) -> dict[Path, bytes]:
        """The bytes by path, of the module at a path: the tables first, which it asks for."""
        beside = (
            {} if self.tables is None else {Path(beside_of(str(path))): self.tables}
        )
        return {**beside, path: self.page}


def beside_of(path: str) -> str:
    """Where the file of tables stands of a module at a path, be it of a revision of git."""
    return os.path.splitext(path)[0] + BESIDE


BESIDE = ".safetensors"  # how the name of a file of tables ends
