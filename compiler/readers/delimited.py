"""Delimited text: its words, its records, and where a cell of a line stands."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from ..errors import UsageError
from ..ir.stages import CHEMICAL, ELECTRICAL, LARGEST_WEIGHT
from .progress import Bytes
from .reader import Layout

REPEATED = 2  # a row that says again, from the receiver, what another row says
BOTH_WAYS = 3  # a chemical row without direction: it is read as two
UNKNOWN = 255  # a word that names no kind

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe", " ": "space"}
COMMENTS = ("#", "%")  # how a line before the first row may begin to be no row

# What a column may be called, best first; compared as `plain_word` writes it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "pre": (
        *("pre", "presynaptic", "preneuron", "presynapticneuron", "precell"),
        *("prename", "preid", "prerootid", "preptrootid", "prept", "bodyidpre"),
        *("prebodyid", "source", "sourceneuron", "sourcecell", "sourceid"),
        *("sourcenode", "src", "from", "fromneuron", "fromcell", "fromid"),
        *("fromnode", "fromnodeid", "sender", "origin", "neuron1", "neurona"),
        *("neuron", "cell1", "cella", "cell", "node1", "nodea", "vertex1", "vertexa"),
        *("presynapticid", "presynapticcell", "presyn", "presynid", "presyncell"),
        *("preidx", "idpre", "idfrom", "fromname", "sourcename", "upstream"),
        *("upstreamid", "upstreamneuron", "preindex", "presynapticindex"),
    ),
    "post": (
        *("post", "postsynaptic", "postneuron", "postsynapticneuron", "postcell"),
        *("postname", "postid", "postrootid", "postptrootid", "postpt", "bodyidpost"),
        *("postbodyid", "target", "targetneuron", "targetcell", "targetid"),
        *("targetnode", "tgt", "tar", "dst", "dest", "destination", "to", "toneuron"),
        *("tocell", "toid", "tonode", "tonodeid", "receiver", "neuron2", "neuronb"),
        *(
            "partner",
            "muscle",
            "cell2",
            "cellb",
            "node2",
            "nodeb",
            "vertex2",
            "vertexb",
        ),
        *("postsynapticid", "postsynapticcell", "postsyn", "postsynid", "postsyncell"),
        *("postidx", "idpost", "idto", "toname", "targetname", "downstream"),
        *("downstreamid", "downstreamneuron", "postindex", "postsynapticindex"),
    ),
    "weight": (
        *("weight", "weights", "w", "number", "numberofconnections", "nbr"),
        *("numberofsynapses", "numsynapses", "nsynapses", "synapses", "syncount"),
        *("nsyn", "synapsecount", "synapsenumber", "count", "counts", "n", "contacts"),
        *("sections", "emsections", "strength", "size", "value", "wweight"),
        *("meanweight", "weightmean", "synapsecounts", "excitatoryxconnectivity"),
        *("connectivity", "freq", "frequency", "numberoffibers", "fibers"),
        *("flne", "fln"),
    ),
    "kind": (
        *("kind", "syntype", "synapsetype", "synapsekind", "connectiontype"),
        *("edgetype", "type", "synclass"),
    ),
}

# What a kind may be called; compared as `plain_word` writes it.
KIND_WORDS: Mapping[int, tuple[str, ...]] = {
    CHEMICAL: (
        *("chemical", "chemicalsynapse", "chemicalsynapses", "chem", "c", "s", "sp"),
        *("send", "sendjoint", "synapse", "genericcs", "nmj"),
        "feedback",  # as `draw` writes a synapse that runs backward
    ),
    ELECTRICAL: (
        *("electrical", "electricalsynapse", "electricalsynapses", "electric", "elec"),
        *("e", "ej", "gapjunction", "gapjunctions", "gap", "gj", "junction"),
        *("genericgj",),
    ),
    REPEATED: ("r", "rp", "receive", "receivejoint"),
}
# Rows of these kinds are no synapses: by their code, what messages call them, our words.
NO_SYNAPSES: Mapping[int, tuple[str, tuple[str, ...]]] = {
    16: ("extrasynaptic", ("extrasynaptic", "extrasynapse", "wireless")),
    17: ("contact", ("contact", "membranecontact", "adjacency")),
    18: ("functional", ("functional", "functionalconnectivity", "correlation")),
    19: ("monoamine", ("monoamine", "monoamines", "monoaminergic", "ma")),
    20: ("peptide", ("peptide", "peptides", "neuropeptide", "neuropeptides", "np")),
}
KINDS = {word: kind for kind, words in KIND_WORDS.items() for word in words}
KINDS |= {word: kind for kind, (_, words) in NO_SYNAPSES.items() for word in words}
COUNTS = {"chemical": CHEMICAL, "electrical": ELECTRICAL}  # columns of counts
ROLES = (*COLUMNS, *COUNTS)  # what a column may hold


class BadRecord(Exception):
    """A record that csv cannot split: the line where it begins, and why."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(reason)


def plain_word(cell: str) -> str:
    """A header or kind, comparable: `Neuron 1`, `neuron_1` and `NEURON.1` are one."""
    return re.sub(r"[\s_.\-]+", "", cell).lower()


def delimiter_of(word: str) -> str:
    """The character that an option's word means."""
    for character, name in DELIMITERS.items():
        if word in (character, name, f"{name}s"):
            return character
    if len(word) == 1 and word not in '"\r\n':
        return word
    raise UsageError(
        f"--delimiter {word!r}: use one of {', '.join(DELIMITERS.values())}, "
        "or one character"
    )


def kind_of(cell: str) -> int:
    """CHEMICAL, ELECTRICAL, REPEATED, UNKNOWN or a code of NO_SYNAPSES."""
    return KINDS.get(plain_word(cell), UNKNOWN)


def layout_kind(layout: Layout) -> int:
    """The kind that the user says all rows have; CHEMICAL where none is said.

    Raises:
        UsageError: it is neither chemical nor electrical.
    """
    if layout.kind is None:
        return CHEMICAL
    kind = kind_of(layout.kind)
    if kind not in COUNTS.values():
        raise UsageError(f"--kind {layout.kind}: use chemical or electrical")
    return kind


def weight_of(cell: str) -> float:
    """A number of at most LARGEST_WEIGHT, in the source's unit; nan where the cell holds none."""
    try:
        value = float(cell)
    except ValueError:
        return math.nan
    return value if abs(value) <= LARGEST_WEIGHT and "_" not in cell else math.nan


def stream(data: bytes, encoding: str) -> Iterator[str]:
    """The lines of a text, ended by LF, CRLF or CR as they stand there."""
    return io.TextIOWrapper(Bytes(data), encoding, newline="")


def records(
    lines: Iterator[str], delimiter: str, first: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """Split lines from number `first` on into records: (its first line, its cells).

    Raises:
        BadRecord: a quote is never closed, or a cell exceeds csv's limit.
    """
    rest = islice(lines, first - 1, None)
    if delimiter == " ":
        yield from spaced(rest, first)
        return
    reader = csv.reader(rest, delimiter=delimiter, skipinitialspace=True, strict=True)
    line = first
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + first
    except csv.Error as error:
        raise BadRecord(line, str(error)) from None


def spaced(lines: Iterable[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """Records split by runs of spaces and tabs; a cell in quotes may hold both."""
    for line, text in enumerate(lines, first):
        if '"' not in text:
            words = text.rstrip("\r\n").replace("\t", " ").split(" ")
            yield line, [word for word in words if word]
            continue
        reader = csv.reader(
            [text.replace("\t", " ")], delimiter=" ", skipinitialspace=True, strict=True
        )
        try:
            yield line, [cell for row in reader for cell in row if cell]
        except csv.Error as error:
            raise BadRecord(line, str(error)) from None


def spans(text: str, delimiter: str) -> list[tuple[int, int]]:
    """(column from 1, length) of every cell of a line, without the spaces around it."""
    inside = r"[^ \t]" if delimiter == " " else f"[^{re.escape(delimiter)}]"
    cell = re.compile(f'(?:"(?:[^"]|"")*"|{inside})*')
    gap = re.compile("[ \t]+" if delimiter == " " else re.escape(delimiter))
    found = []
    start = len(text) - len(text.lstrip(" ")) if delimiter == " " else 0
    while (match := cell.match(text, start)) is not None:
        seen = match[0]
        column = start + (len(seen) - len(seen.lstrip()) if seen.strip() else 0) + 1
        found.append((column, max(1, len(seen.strip()))))
        between = gap.match(text, match.end())
        if between is None:
            break
        start = between.end()
    return found


def trimmed(row: list[str]) -> list[str]:
    """The cells, stripped, without the empty ones at the end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells
