"""The result of a compile: the files, their summary, what is known of the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .history import History
from .optimality import Optimality


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a compile writes: bytes by file name, and what every pass did.

    Attributes:
        summary: name, sensory, motor, synapses, parameters of the module.
        certificate, optimality: of the order; None of a sweep.
    """

    files: Mapping[str, bytes]
    label: str = ""
    unit: str = ""
    summary: Mapping[str, int | str] = field(default_factory=dict, compare=False)
    history: History = field(default_factory=History, compare=False)
    certificate: bytes | None = field(default=None, compare=False)
    optimality: Optimality | None = field(default=None, compare=False)
