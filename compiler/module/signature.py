"""The digest that signs the checkpoints of a module: options, neurons, synapses in use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import numpy as np

from ..graph import ranks
from ..ir.stages import Plan
from ..options import Options
from ..semantics.registry import semantics_of
from .plan_arrays import KINDS, synapses

CHUNK = 2**18  # synapses whose text is made at once


def signature(plan: Plan, options: Options) -> str:
    """The 64 hex digits of WIRING, as a module computes it whose tables stand in it.

    That they stand in a file beside it is not signed: it means nothing to a parameter.
    """
    asked = {key: value for key, value in options.changed().items() if key != "tables"}
    digest = hashlib.sha256(f"[{json.dumps(asked)}, ".encode())
    digest.update(f"{json.dumps(plan.cells.name)}, [".encode())
    between = ""
    for part in parts(plan, options):
        digest.update((between + part).encode())
        between = ", "
    digest.update(b"]]")
    return digest.hexdigest()


def parts(plan: Plan, options: Options) -> Iterator[str]:
    """SYNAPSES as JSON, some thousands at a time."""
    name, live = plan.cells.name, plan.live
    quoted = [json.dumps(neuron) for neuron in name]
    rank = ranks(np.array(name, object))
    columns = zip(KINDS, synapses(plan, rank), strict=True)
    for kind, (post, pre, *_) in columns:
        if kind not in semantics_of(options).ways:
            continue
        used = np.flatnonzero(live[post] & live[pre])
        for first in range(0, len(used), CHUNK):
            rows = used[first : first + CHUNK]
            ends = zip(post[rows].tolist(), pre[rows].tolist(), strict=True)
            yield ", ".join(f'[{quoted[v]}, {quoted[u]}, "{kind}"]' for v, u in ends)
