"""Acyclic: one pass through the levels; what runs backward is not computed."""

from __future__ import annotations

from .semantics import Semantics, Words
from .wiring import Way

ACYCLIC = Semantics(
    name="acyclic",
    page="acyclic",
    state=False,
    ways={"chemical": (Way(),), "electrical": (Way(),)},
    words=Words(
        network="feed-forward",
        junctions="each used in one direction only here: to the later level",
        junction_note="each used in one direction",
        within="given up",
        within_note="not computed",
        backward="not computed",
        lacks="{backward} of {synapses} synapses, which run backward; the way back through "
        "{junctions} gap junctions; and time: a call is one pass",
    ),
)
