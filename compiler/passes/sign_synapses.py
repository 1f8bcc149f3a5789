"""Sign synapses: circuit -> circuit, its signs by transmitter or by a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from ..errors import InputError
from ..ir.sign_account import Signed
from ..ir.stages import Circuit
from ..names import plain, unpadded
from ..readers.delimited import plain_word
from ..readers.signs import VALUE, SignTable, twice

SIGNS = {  # of what a transmitter does, at a guess
    **dict.fromkeys(("gaba", "gabaergic"), -1),
    **dict.fromkeys(("ach", "acetylcholine", "cholinergic"), 1),
    **dict.fromkeys(("glu", "glut", "glutamate", "glutamatergic"), 1),
}
UNKNOWN, ABSENT = "unknown", "absent"


def sign_synapses(circuit: Circuit, *, by: str | SignTable) -> Circuit:
    """Replace the signs of the chemical synapses.

    Args:
        by: "none": no sign is known; "transmitter": by those of the senders, a guess; or
            a table of pairs. What it does not tell has no sign.

    Raises:
        InputError: two names of the table are one pair, with two signs.
    """
    edges = circuit.chemical
    strangers: tuple[str, ...] = ()
    if isinstance(by, SignTable):
        told, strangers = by_table(circuit, by)
    elif by == "transmitter":
        told = by_transmitter(circuit)
    else:
        told = [(0, UNKNOWN)] * len(edges)
    sign = np.array([value for value, _ in told], np.int8)
    free = Counter(word for value, word in told if not value)
    excite, inhibit = (set(edges.pre[sign == way].tolist()) for way in (1, -1))
    account = Signed(
        by.label if isinstance(by, SignTable) else by,
        int((sign > 0).sum()),
        int((sign < 0).sum()),
        dict(sorted(free.items())),
        len(excite | inhibit),
        len(excite & inhibit),
        int((edges.sign != 0).sum()),
        strangers,
    )
    history = replace(circuit.history, sign_synapses=account)
    return replace(circuit, chemical=replace(edges, sign=sign), history=history)


def by_transmitter(circuit: Circuit) -> list[tuple[int, str]]:
    """The sign of each synapse, 0 if free, and the transmitter of its sender."""
    told = [sign_of(word) for word in circuit.cells.transmitter]
    return [told[row] for row in circuit.chemical.pre.tolist()]


def sign_of(word: str) -> tuple[int, str]:
    """The sign of what a cell releases, `A+B` too; 0 where nothing tells or two differ."""
    known = {SIGNS.get(plain_word(part), 0) for part in word.split("+")} - {0}
    return (known.pop() if len(known) == 1 else 0), word or UNKNOWN


def by_table(
    circuit: Circuit, table: SignTable
) -> tuple[list[tuple[int, str]], tuple[str, ...]]:
    """The sign of each synapse and its word, and the pairs that are no synapse.

    A name means the neuron of this name, else the one that is the same but for padding.
    """
    name, edges = circuit.cells.name, circuit.chemical
    row = {unpadded(own): at for at, own in reversed([*enumerate(name)])}
    row |= {own: at for at, own in enumerate(name)}
    ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    place = {pair: at for at, pair in enumerate(ends)}
    found, strangers = [(0, ABSENT)] * len(edges), list[str]()
    seen: dict[int, str] = {}
    for pair, (word, at) in table.told.items():
        pre, post = (row.get(n, row.get(unpadded(n), -1)) for n in pair)
        synapse = place.get((pre, post), -1)
        if synapse < 0:
            strangers.append(" -> ".join(map(plain, pair)))
            continue
        if seen.setdefault(synapse, word) != word:
            mistake = twice(at, pair, seen[synapse], word)
            raise InputError(mistake.at, mistake.seen, mistake.hint)
        found[synapse] = VALUE.get(word, 0), word
    return found, tuple(strangers)
