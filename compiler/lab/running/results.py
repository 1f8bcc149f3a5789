"""The results file of a comparison: one finished run a line."""

from __future__ import annotations

from pathlib import Path

from ..protocol.protocol import Line, Run
from .appended import Appended, Form
from .appended import read as read_lines

SCHEMA = 1
KEYS = (
    "schema",
    "protocol",
    "task",
    "arm",
    "graph",
    "seed",
    "graph_digest",
    "model_digest",
    "data_digest",
    "neurons",
    "live",
    "synapses_kept",
    "synapses",
    "backward_share",
    "depth",
    "parameters",
    "curve",
    "best_epoch",
    "validation",
    "test",
    "status",
    "seconds",
)

COSTS = ("network_parameters", "multiply_adds", "step_seconds")  # of newer lines


def run_of(line: Line) -> Run:
    """The run of a line."""
    return Run(line["task"], line["arm"], line["graph"], line["seed"])


KINDS = {"protocol": str, "task": str, "arm": str, "graph": int, "seed": int}
RUNS = Form(SCHEMA, KEYS, KINDS, run_of)


class Results(Appended[Run]):
    """A results file open for appending; its lines by run."""

    def __init__(self, path: Path, protocol: str) -> None:
        """Open or make the file; arguments and errors as of `Appended`."""
        super().__init__(path, protocol, RUNS)


def read(path: Path, protocol: str) -> tuple[dict[Run, Line], int]:
    """The finished runs, and the length in bytes of their complete lines."""
    return read_lines(path, protocol, RUNS)
