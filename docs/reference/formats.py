"""What is read and written, as tables of Markdown: from the registries of the code.

A format without a note here fails the build: `containers` looks up each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from elegansc.errors import InputError
from elegansc.exporting.forms import FORMS, PACKED
from elegansc.ir.stages import CHEMICAL, ELECTRICAL
from elegansc.readers.cell_rows import TITLED
from elegansc.readers.containers import registry
from elegansc.readers.containers.compressed import PACKERS
from elegansc.readers.delimited import (
    COLUMNS,
    DELIMITERS,
    KIND_WORDS,
    NO_SYNAPSES,
    REPEATED,
)
from elegansc.readers.kinds import OF_KIND
from elegansc.readers.reader import Layout
from elegansc.readers.refused import REFUSED
from elegansc.readers.roles import ROLES
from elegansc.readers.transmitters import KNOWN, SENDERS

# By container: usual endings of its files, what of a file is read, and the extra it needs.
NOTES: Mapping[str, tuple[str, str, str]] = {
    "GraphML": (".graphml, .xml", "nodes with their roles, edges with their data", ""),
    "NeuroML": (".nml", "populations and projections; not what a synapse does", ""),
    "XLSX workbook": (".xlsx", "edge lists and matrices, on one sheet or several", ""),
    "XLS workbook": (".xls", "the same, of older versions of Excel", ""),
    "MATLAB": (".mat", "matrices, dense or sparse, and cells of names", ""),
    "JSON": (
        ".json, .jsonl",
        "node-link, Cytoscape, adjacency, records, columns, matrices",
        "",
    ),
    "SQLite database": (".sqlite, .db", "tables; views and triggers never", ""),
    "NumPy .npy": (".npy", "a matrix, or a structured array; never a pickle", ""),
    "NumPy .npz": (".npz", "matrices and names; sparse ones of scipy", ""),
    "MatrixMarket": (".mtx", "a matrix, sparse or dense", ""),
    "ZIP": (
        ".zip",
        "one file within, or edges beside nodes, or a matrix beside names",
        "",
    ),
    "Parquet": (".parquet", "an edge list: only the columns used are read", "arrow"),
    "Feather": (".feather, .arrow", "the same, version 2", "arrow"),
    "HDF5": (
        ".h5, .hdf5, .mat",
        "matrices and names; tables, also as datasets side by side; MATLAB 7.3 too",
        "hdf5",
    ),
    "GML": (".gml", "nodes and edges with their data", ""),
    "GEXF": (".gexf", "nodes and edges with their data, as Gephi saves them", ""),
    "Pajek": (".net", "vertices, arcs (one way) and edges (both ways)", ""),
    "edges with data": (".edgelist", "lines such as `A B {'weight': 3}`", ""),
    "delimited text": (
        ".csv, .tsv, .txt, …",
        "an edge list or a matrix; KONECT's header",
        "",
    ),
}
HOLDS: Mapping[str, str] = {
    "pre": "sends",
    "post": "receives",
    "weight": "how many contacts",
    "kind": "chemical or electrical",
    "name": "the cell",
    "role": "sensory, inter, motor",
    "transmitter": "what it releases",
}


VALUE = r"\w+=(?:\.\.\.|\w*)"
FLAG = re.compile(
    rf"(--[a-z][a-z-]*(?: (?:{VALUE}(?:,{VALUE})*|[A-Z]{{2,}}\b|'[^']+'))?)"
)


def table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; a bar in a cell is escaped."""
    lines = [list(titles)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    bars = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in bars)


def prose(text: str) -> str:
    """Plain words as Markdown: flags as code, and no sign that means something there."""
    parts = FLAG.split(text)
    parts[::2] = [re.sub(r"([*_<\[\]])", r"\\\1", part) for part in parts[::2]]
    parts[1::2] = [f"`{flag}`" for flag in parts[1::2]]
    return "".join(parts)


def words(found: Iterable[str]) -> str:
    """Words as code, one after the other."""
    return " ".join(f"`{word}`" for word in found if word)


def containers() -> str:
    """The formats that are read, in the order in which a file is tried."""
    read = [found for found in registry.containers() if found not in REFUSED]
    rows = []
    for found in read:
        endings, what, extra = NOTES[found.name]
        rows.append([found.name, endings, what, f"`{extra}`" if extra else ""])
    return table(["format", "usual ending", "what is read", "needs the extra"], rows)


def packers() -> str:
    """The compressions that are undone."""
    return ", ".join(name for name, _ in PACKERS.values())


def refused() -> str:
    """The formats that are refused by name, with the way round each."""
    rows = []
    for found in REFUSED:
        try:
            found.read(b"", "", Layout())
        except InputError as error:
            hint = str(error).split("\n  ")[-1]
            way = f"`{hint}`" if "(" in hint else hint
            rows.append([found.name.split(": ")[0], way])
    assert len(rows) == len(REFUSED)
    return table(["not read", "do this instead"], rows)


def columns() -> str:
    """The titles that an edge list's columns may have."""
    rows = ([f"`{role}`", HOLDS[role], words(COLUMNS[role])] for role in COLUMNS)
    return table(["column", "what it holds", "titles, best first"], rows)


def counts() -> str:
    """The words that the title of a column of counts of one kind may hold."""
    rows = ([f"`{kind}`", words(sorted(OF_KIND[kind]))] for kind in OF_KIND)
    return table(["counts of", "words in the title"], rows)


def kinds() -> str:
    """The words of a kind column, with what becomes of the rows."""
    named = {
        CHEMICAL: ("chemical", "a synapse"),
        ELECTRICAL: ("electrical", "a gap junction"),
        REPEATED: ("seen from the receiver", "dropped and counted: it stands twice"),
    }
    rows = [[*named[kind], words(found)] for kind, found in KIND_WORDS.items()]
    for name, found in NO_SYNAPSES.values():
        rows.append([name, "left out and counted: no synapse", words(found)])
    return table(["kind", "what the row becomes", "words in the cell"], rows)


def delimiters() -> str:
    """The delimiters that are recognised."""
    return ", ".join(DELIMITERS.values())


def transmitters() -> str:
    """The titles of a sender's transmitter, and the words known there."""
    rows = [["titles", words(SENDERS)], ["words", words(sorted(KNOWN))]]
    return table(["", "transmitter of the sender"], rows)


def cells() -> str:
    """The titles that the columns of a table of cells may have."""
    rows = ([f"`{key}`", words(titles)] for key, titles in TITLED.items())
    return table(["column", "titles, best first"], rows)


def roles() -> str:
    """The words for roles, by what they mean."""
    named = {1: "sensory", 2: "inter", 4: "motor", 7: "all three", 0: "none"}
    found: dict[int, list[str]] = {}
    for word, bits in ROLES.items():
        found.setdefault(bits, []).append(word)
    rows = ([named[bits], words(some)] for bits, some in found.items())
    return table(["role", "words"], rows)


def exports() -> str:
    """The endings that `elegansc export` writes."""
    plain = (name for name, form in FORMS.items() if not form.binary)
    names = [f".{name}" for name in FORMS] + [f".{name}{PACKED}" for name in plain]
    return " ".join(f"`{name}`" for name in names)
