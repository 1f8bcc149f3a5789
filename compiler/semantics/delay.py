"""Delay: one pass a step; what runs backward reads the step before."""

from __future__ import annotations

from .semantics import Semantics, Words
from .wiring import Way

DELAY = Semantics(
    name="delay",
    page="delay",
    state=True,
    ways={
        "chemical": (Way(),),
        "electrical": (Way(), Way(back=True, late=True)),
        "feedback": (Way(late=True),),
        "lateral": (Way(late=True), Way(back=True, late=True)),
    },
    words=Words(
        network="recurrent",
        state=(
            "what runs backward, and a junction from its later to its earlier level,",
            "reads the step before",
        ),
        junctions="each conducts both ways with one gain: now to the later level, a step late back",
        junction_note="read now from the earlier level, a step late from the later",
        within="read a step late both ways, with one gain",
        within_note="read of the step before both ways",
        backward="read of the step before",
        lacks="a time of its own: a step is a whole pass, after which no neuron keeps a state; "
        "{backward} of {synapses} synapses, and the way back through {junctions} gap "
        "junctions, come a step late",
    ),
)
