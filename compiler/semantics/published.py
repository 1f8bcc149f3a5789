"""Published: the sweep of ElegansNet's released code, single assignments in place.

Its passes, interpreter and page are its own (passes/published_sweep, interpret_sweep):
there are no levels, and a synapse has no gain.
"""

from __future__ import annotations

from .semantics import Semantics

PUBLISHED = Semantics(
    name="published",
    page="published",
    state=False,
    ways={},
    levels=False,
    asked="--lowering published",
)
