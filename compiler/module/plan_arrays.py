"""A plan as arrays: the file beside a module of a large graph, and a plan from it again.

Rows are neurons in the order of NEURONS. Synapses stand in the order of SYNAPSES: by kind,
then by the names of neuron and input.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np

from ..arrays import Int32
from ..errors import InputError
from ..graph import ranks
from ..ir.optimality import Optimality
from ..ir.stages import (
    INTER,
    LARGEST_WEIGHT,
    MOTOR,
    NEURON,
    SENSORY,
    Cells,
    Junctions,
    Plan,
    Source,
    Synapses,
)
from .tensors import HINT, Array, announced, packed, unpacked, word

KINDS = ("chemical", "electrical", "feedback", "lateral")  # by their number in `kind`
NAMES = {  # of the arrays, in order, and the words of their types
    "weight": ("F64", "I32"),  # of each synapse; I32 where all are whole
    "post": ("I32",),  # row of the neuron
    "pre": ("I32",),  # row of its input
    "level_start": ("I32",),  # row at which each level begins; last: where UNUSED do
    "sensory": ("I32",),  # rows, in the order of SENSORY
    "motor": ("I32",),
    "name_end": ("I32",),  # where each name ends in `names`
    "transmitter": ("I32",),  # of each neuron, its place in `words`; 0: not known
    "word_end": ("I32",),
    "kind": ("U8",),  # of each synapse, its place in KINDS
    "sign": ("I8",),  # of each synapse, 0 where not known
    "names": ("U8",),  # UTF-8
    "words": ("U8",),
}


def digest_of(data: bytes) -> str:
    """The digest of a file of tables, as its module has it: 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def is_tables(data: bytes) -> bool:
    """Whether these are the bytes of a file of tables, whole or cut short."""
    sizes = announced(data)
    return sizes is not None and [*sizes] == [*NAMES]


def tables_file(plan: Plan) -> bytes:
    """The file of a plan, the same bytes everywhere."""
    name = plan.cells.name
    rank = ranks(np.array(name, object)).astype(np.int32)
    post, pre, weight, kind, sign = (
        np.concatenate(parts) for parts in zip(*synapses(plan, rank), strict=True)
    )
    whole = (weight == np.trunc(weight)).all() and (weight < 2**31).all()
    words = sorted({"", *plan.cells.transmitter})
    place = {word: index for index, word in enumerate(words)}
    names, name_end = joined(name)
    released, word_end = joined(words)
    role = plan.cells.role
    arrays = {
        "weight": weight.astype(np.int32) if whole else weight,
        "post": post,
        "pre": pre,
        "level_start": plan.level_start,
        "sensory": with_role(role & SENSORY, rank),
        "motor": with_role(role & MOTOR, rank),
        "name_end": name_end,
        "transmitter": np.array([place[w] for w in plan.cells.transmitter], np.int32),
        "word_end": word_end,
        "kind": kind,
        "sign": sign,
        "names": names,
        "words": released,
    }
    return packed({name: arrays[name] for name in NAMES})


def synapses(plan: Plan, rank: Int32) -> Iterable[tuple[Array, ...]]:
    """(post, pre, weight, kind, sign) of each kind, sorted by the names' ranks."""
    forward, feedback = plan.forward, plan.feedback
    ends, within = plan.junctions, plan.lateral
    unsigned = (np.zeros(len(table), np.int8) for table in (ends, within))
    for kind, (pre, post, weight, sign) in enumerate(
        (
            (forward.pre, forward.post, forward.weight, forward.sign),
            (ends.left, ends.right, ends.weight, next(unsigned)),
            (feedback.pre, feedback.post, feedback.weight, feedback.sign),
            (within.left, within.right, within.weight, next(unsigned)),
        )
    ):
        order = np.lexsort((rank[pre], rank[post]))
        kinds = np.full(len(order), kind, np.uint8)
        yield post[order], pre[order], weight[order], kinds, sign[order]


def with_role(marked: Array, rank: Int32) -> Int32:
    """The rows that are marked, sorted by name."""
    rows = np.flatnonzero(marked)
    return rows[np.argsort(rank[rows])].astype(np.int32)


def joined(texts: Iterable[str]) -> tuple[Array, Int32]:
    """Texts as UTF-8, and where each ends."""
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([*map(len, parts)], dtype=np.int64).astype(np.int32)
    return np.frombuffer(b"".join(parts), np.uint8), ends


def plan_from(
    data: bytes, path: str, source: Source, cycles: Mapping[str, float | str]
) -> Plan:
    """The plan of a file of tables; its invariants are not checked.

    Args:
        data: of the file; path: as messages name it.
        cycles: the table CYCLES of the module.

    Raises:
        InputError: it was cut short, or its arrays do not fit each other.
    """
    arrays = unpacked(data, path)
    check_arrays(arrays, path)
    name = parted(arrays["names"], arrays["name_end"], path)
    words = parted(arrays["words"], arrays["word_end"], path)
    role = np.zeros(len(name), np.uint8)
    role[arrays["sensory"]] |= SENSORY
    role[arrays["motor"]] |= MOTOR
    role[role == 0] = INTER
    released = tuple(words[place] for place in arrays["transmitter"].tolist())
    bound = cycles.get("bound")
    known = float(bound) if isinstance(bound, int | float) else None
    rows = np.arange(len(name), dtype=np.int32)
    return Plan(
        source,
        Cells(name, role, released, np.full(len(name), NEURON, np.uint8)),
        edges_of(arrays, "chemical").renumbered(rows),
        edges_of(arrays, "feedback").renumbered(rows),
        junctions_of(arrays, "electrical").renumbered(rows),
        Optimality(str(cycles.get("method", "given")), known),
        arrays["level_start"],
        lateral=junctions_of(arrays, "lateral").rising(rows),
    )


def edges_of(arrays: Mapping[str, Array], kind: str) -> Synapses:
    """The chemical synapses of a kind."""
    rows = arrays["kind"] == KINDS.index(kind)
    columns = (arrays[name][rows] for name in ("pre", "post", "weight", "sign"))
    pre, post, weight, sign = columns
    line = np.zeros(len(pre), np.int32)
    return Synapses(pre, post, weight.astype(np.float64), sign, line)


def junctions_of(arrays: Mapping[str, Array], kind: str) -> Junctions:
    """The gap junctions of a kind."""
    rows = arrays["kind"] == KINDS.index(kind)
    left, right, weight = (arrays[name][rows] for name in ("pre", "post", "weight"))
    line, forced = np.zeros(len(left), np.int32), np.zeros(len(left), np.int8)
    return Junctions(left, right, weight.astype(np.float64), line, forced)


def parted(texts: Array, ends: Int32, path: str) -> tuple[str, ...]:
    """The texts that `joined` put together."""
    data, places = texts.tobytes(), [0, *ends.tolist()]
    try:
        return tuple(
            data[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(places)
        )
    except UnicodeDecodeError:
        raise InputError(path, "a name that is no UTF-8", HINT) from None


def check_arrays(arrays: Mapping[str, Array], path: str) -> None:
    """Raise InputError unless each index lies within what it is an index of."""
    if [*arrays] != [*NAMES]:
        raise InputError(path, "not a file of tables that elegansc wrote", HINT)
    neurons, synapses = len(arrays["name_end"]), len(arrays["post"])
    starts, weight = arrays["level_start"], arrays["weight"]
    whole = [
        word(arrays[name]) in words and not arrays[name].flags.writeable
        for name, words in NAMES.items()
    ]
    lengths = [
        len(arrays[name]) == synapses for name in ("pre", "weight", "kind", "sign")
    ]
    facts = {
        "an array of another type": all(whole),
        "columns of synapses of unequal length": all(lengths),
        "transmitters of another number of neurons": len(arrays["transmitter"])
        == neurons,
        "levels that do not begin one after another": len(starts) > 1
        and starts[0] == 0
        and bool((np.diff(starts) > 0).all())
        and bool(starts[-1] <= neurons),
        "a weight that is not above 0": bool(
            ((weight > 0) & (weight <= LARGEST_WEIGHT)).all()
        ),
        "a sign that is not -1, 0 or 1": bool((np.abs(arrays["sign"]) <= 1).all()),
    }
    limits = {
        **dict.fromkeys(("post", "pre", "sensory", "motor"), neurons),
        "transmitter": len(arrays["word_end"]),
        "kind": len(KINDS),
    }
    for name, limit in limits.items():
        rows = arrays[name]
        facts[f"an index of {name} out of range"] = bool(
            ((rows >= 0) & (rows < limit)).all()
        )
    for name, ends in (("names", "name_end"), ("words", "word_end")):
        places = np.concatenate([[0], arrays[ends]])
        facts[f"{name} that do not end one after another"] = bool(
            (np.diff(places) >= 0).all()
        ) and places[-1] == len(arrays[name])
    for seen, holds in facts.items():
        if not holds:
            raise InputError(path, f"tables with {seen}", HINT)
