"""Findings in cells and paths: names near a table's, sensors from which no motor is reached."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..errors import CompilerError
from ..graph import reached
from ..ir.accounts import Finding
from ..ir.role_words import nearly
from ..ir.stages import ELECTRICAL, MOTOR, SENSORY, CellTable, Connectome
from ..names import plural
from ..options import Options
from ..passes.select_cells import select_cells
from ..readers.findings import find
from .cells import some


def path_findings(
    connectome: Connectome, table: CellTable | None, options: Options
) -> Iterator[Finding]:
    """Names near a table's, sensors from which no motor is reached, motors that are not."""
    try:
        chosen = select_cells(
            connectome, table=table, inputs=options.inputs, outputs=options.outputs
        )
    except CompilerError:
        return
    account = chosen.history.select_cells
    if account and account.near:
        yield find("EC201", nearly(account))
    cells, edges = chosen.cells, chosen.synapses
    both = chosen.kind == ELECTRICAL
    pre = np.concatenate([edges.pre, edges.post[both]])
    post = np.concatenate([edges.post, edges.pre[both]])
    sensory, motor = (cells.role & SENSORY) > 0, (cells.role & MOTOR) > 0
    ahead = reached(pre, post, sensory)
    behind = reached(post, pre, motor)
    for code, who, seen in (
        ("EC521", sensory & ~behind, "sensory neuron"),
        ("EC522", motor & ~ahead, "motor neuron"),
    ):
        names = [cells.name[row] for row in np.flatnonzero(who).tolist()]
        if names:
            sensors = code == "EC521"
            way = "with no path to a motor" if sensors else "on no path from a sensor"
            yield find(code, f"{plural(len(names), seen)} {way}: {some(names)}")
