"""Words for the roles of cells."""

from __future__ import annotations

import re

from ..ir.stages import INTER, MOTOR, SENSORY

ROLES = {
    "sensory": SENSORY,
    "sensory neuron": SENSORY,
    "sensor": SENSORY,
    "input": SENSORY,
    "s": SENSORY,
    "inter": INTER,
    "interneuron": INTER,
    "i": INTER,
    "na": INTER,  # Elegans-AI writes interneurons so
    # FlyWire's super classes
    "central": INTER,
    "optic": INTER,
    "visual_projection": INTER,
    "visual_centrifugal": INTER,
    "ascending": INTER,
    "descending": INTER,
    "sensory_ascending": SENSORY,
    "sensory_descending": SENSORY,
    "endocrine": MOTOR,
    # and its flow
    "afferent": SENSORY,
    "intrinsic": INTER,
    "efferent": MOTOR,
    "polymodal": SENSORY | INTER | MOTOR,  # pharyngeal neurons of Cook 2019
    "motor": MOTOR,
    "motor neuron": MOTOR,
    "motorneuron": MOTOR,
    "output": MOTOR,
    "m": MOTOR,
    "": 0,
    "unknown": 0,
    "no role": 0,
    "-": 0,
}
BETWEEN = re.compile(r"[+;,/]| and ")  # the roles of one cell


def role_of(text: str) -> int | None:
    """The bits of `sensory+motor`; None if a word is unknown."""
    bits = 0
    for word in BETWEEN.split(text):
        bit = ROLES.get(word.strip().lower())
        if bit is None:
            return None
        bits |= bit
    return bits
