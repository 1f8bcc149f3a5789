"""Which parts of a book are read, and the edges of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...errors import InputError, UsageError
from ...ir.accounts import BookForm, PartForm
from ...ir.stages import CHEMICAL, ELECTRICAL
from ...names import plain
from ..blame import unsplit
from ..book import Array, Book, Part, Sheet, Text, name_of, shown
from ..containers.arrays import MOST_CELLS
from ..decoding import decodable
from ..delimited import BadRecord, kind_of, layout_kind, plain_word, records, stream
from ..delimited_text import read_delimited
from ..form import MatrixFound, check_matrix, unrecognised
from ..property_graph import PropertyGraph
from ..property_graph import edge_list as graph_edges
from ..reader import EdgeList, Layout
from ..rows import KindTold
from .cell_values import entries
from .couple import couple, kind_by_name
from .edge_list import is_edge_list, read_edges, with_kind
from .matrix import Frame, Matrix, frame_of, is_of_matrix, matrix_of, read_matrix, size
from .members import NEWLINE, as_part, holds_edges, member_edges
from .misfits import check_grid, check_names
from .places import placed


def understood(book: Book, label: str, layout: Layout) -> EdgeList:
    """The edges of a book.

    Raises:
        InputError: no part holds edges, or several do and none was chosen; what is wrong
            with those that are read.
        UsageError: a wish names no part or no column.
    """
    part = book.parts[0] if len(book.parts) == 1 else None
    if isinstance(part, PropertyGraph) or (isinstance(part, Text) and not part.name):
        if layout.sheets:
            raise UsageError(
                f"--sheet: {label} is {book.format}: it has no {book.part}"
            )
        if isinstance(part, Text):
            return text_edges(part, label, layout)
        return graph_edges(part, label, layout)
    check_text_only(book, layout, label)
    found = [
        edges_of(part, kind, book, label, layout)
        for part, kind in selected(book, label, layout)
    ]
    if all(is_of_matrix(edges) for edges in found):
        check_matrix(layout, label)
    return joined(book, found)


def text_edges(text: Text, label: str, layout: Layout) -> EdgeList:
    """The edges of a text: an edge list, else a matrix."""
    try:
        return placed(read_delimited(text.data, label, layout), layout, label)
    except MatrixFound as found:
        form, sample = found.form, found.sample
    data, layout = decodable(text.data, label, layout)
    if data.count(form.delimiter.encode()) > MOST_CELLS:
        seen = f"a matrix of more than {MOST_CELLS:,} cells"
        raise InputError(label, seen, "give it as a sparse matrix or as an edge list")
    lines = stream(data, layout.encoding)
    try:
        rows = [row for _, row in records(lines, form.delimiter, sample.start)]
    except BadRecord as error:
        raise unsplit(error, data, label, layout, form) from None
    rows = [row for row in rows if any(row)]
    if (
        form.header
        and len(rows) > 1
        and {len(row) for row in rows[1:]} == {len(rows[0]) + 1}
    ):
        rows[0].insert(0, "")  # as R writes a matrix: its rows have names
    sheet = Sheet("", rows, sample.start, grid=False, notes=sample.comments)
    frame = frame_of(sheet)
    if frame is None:
        raise unrecognised(form, label, sample)
    if not text.name:  # else a part, as others of its book
        check_matrix(layout, label)
    said = layout.kind or ""
    if form.delimiter == "," and not layout.decimal:  # a comma within quotes
        layout = replace(layout, decimal="point")
    found_edges = sheet_edges(sheet, frame, said, label, layout)
    return joined(Book("delimited text", "text", ()), [found_edges])


def sheet_edges(
    sheet: Sheet, frame: Frame, said: str, label: str, layout: Layout
) -> EdgeList:
    """The edges of a matrix in a sheet."""
    check_grid(sheet, frame, label)
    found = read_matrix(sheet, frame, label, layout)
    return matrix_edges(found, said, label, layout)


def check_text_only(book: Book, layout: Layout, label: str) -> None:
    """Raise a UsageError for what only delimited text has."""
    if layout.delimiter is not None:
        raise UsageError(f"--delimiter: of delimited text; {label} is {book.format}")


def selected(book: Book, label: str, layout: Layout) -> list[tuple[Part, str]]:
    """The parts to read, each with the kind that the user says it has, or ""."""
    if layout.sheets:
        return [wished(word, book, label) for word in layout.sheets]
    holding = [part for part in book.parts if holds(part, layout)]
    if len(holding) == 1:
        return [(holding[0], "")]
    if len(holding) == 2 and (both := couple(holding)):
        return both
    if not holding and len(book.parts) == 1 and isinstance(book.parts[0], Array):
        return [(book.parts[0], "")]  # the error says what it lacks
    if not holding:
        raise nothing_in(book, label)
    seen = f"{book.format} with several {book.part}s that hold edges"
    raise InputError(label, seen, listing(book, holding, layout))


def wished(word: str, book: Book, label: str) -> tuple[Part, str]:
    """The part that --sheet NAME[=kind] names, and the kind."""
    known = {name_of(part): part for part in book.parts}
    name, equals, kind = word.rpartition("=")
    if word in known or not equals:
        name, kind = word, ""
    if name not in known:
        near = [other for other in known if plain_word(other) == plain_word(name)]
        if len(near) != 1:
            has = ", ".join(map(plain, known)) or "none"
            raise UsageError(f"--sheet {name}: {label} has the {book.part}s {has}")
        name = near[0]
    if kind and kind_of(kind) not in (CHEMICAL, ELECTRICAL):
        raise UsageError(f"--sheet {word}: the kind is chemical or electrical")
    return known[name], kind


def holds(part: Part, layout: Layout) -> bool:
    """Whether a part holds edges."""
    if isinstance(part, Sheet):
        return is_edge_list(part, layout) or frame_of(part) is not None
    if isinstance(part, Text):
        return holds_edges(part, text_edges, layout)
    if isinstance(part, Array):
        high, wide = part.values.shape
        return (high == wide > 1) or None not in (part.rows, part.columns)
    return True


def nothing_in(book: Book, label: str) -> InputError:
    """The error for a book without edges."""
    names = ", ".join(map(called, book.parts)) or "nothing"
    seen = f"{book.format} in which no {book.part} holds edges: {names}"
    hint = "edges are rows of pre and post, or a matrix; a table of cells goes with --cells"
    return InputError(label, seen, hint)


def called(part: Part) -> str:
    """A part by its name, or by its columns where it has none."""
    if isinstance(part, Sheet) and part.titled and not part.name and part.rows:
        return f"the columns are {shown(part.rows[0])}"
    return plain(name_of(part))


def listing(book: Book, holding: Sequence[Part], layout: Layout) -> str:
    """What each part holds, and the option that chooses it."""
    lines = ["choose, one or several (--sheet NAME=chemical, --sheet NAME=electrical):"]
    for part in holding:
        what = size_of(part, layout)
        kind = kind_by_name(name_of(part))
        lines.append(
            f'--sheet "{plain_text(name_of(part))}"  {what}{", " * bool(kind)}{kind}'
        )
    return "\n  ".join(lines)


def plain_text(name: str) -> str:
    """A name as it is typed between double quotes."""
    return name.replace("\\", "\\\\").replace('"', '\\"')


def size_of(part: Part, layout: Layout) -> str:
    """What a part holds, in words."""
    if isinstance(part, Array):
        high, wide = part.values.shape
        return f"a matrix of {high:,} x {wide:,}"
    if isinstance(part, Text):
        return f"text of about {part.data.count(NEWLINE):,} lines"
    if isinstance(part, PropertyGraph):
        return f"a graph of {len(part.edges):,} edges"
    if is_edge_list(part, layout):
        return f"an edge list of about {len(part.rows):,} rows"
    frame = frame_of(part)
    assert frame is not None
    return size(frame, part)


def edges_of(part: Part, kind: str, book: Book, label: str, layout: Layout) -> EdgeList:
    """The edges of one part.

    Args:
        kind: that the user says it has, or "".
    """
    asked = kind or layout.kind
    said = asked or kind_by_name(name_of(part))
    if isinstance(part, Sheet) and (frame := matrix_frame(part, layout)):
        return sheet_edges(part, frame, said, label, layout)
    if isinstance(part, Array):
        found = matrix_of(part, label, layout.names, transpose=layout.transpose)
        return matrix_edges(found, said, label, layout)
    try:
        return rows_of(part, label, replace(layout, kind=said or None))
    except KindTold:
        if asked:
            raise
        return rows_of(part, label, replace(layout, kind=None))  # a column tells more


def matrix_frame(sheet: Sheet, layout: Layout) -> Frame | None:
    """The labels of a sheet that is a matrix; None: it is an edge list, or neither."""
    return None if is_edge_list(sheet, layout) else frame_of(sheet)


def rows_of(part: Sheet | Text | PropertyGraph, label: str, layout: Layout) -> EdgeList:
    """The edges of a part that is no matrix."""
    if isinstance(part, Sheet):
        return placed(read_edges(part, label, layout), layout, label)
    if isinstance(part, Text):
        edges = member_edges(part, text_edges(part, label, layout), label)
    else:
        edges = as_part(part.format, graph_edges(part, label, layout))
    return with_kind(edges, layout)


def matrix_edges(matrix: Matrix, said: str, label: str, layout: Layout) -> EdgeList:
    """The entries of a matrix that are not 0, as edges; all its cells are named."""
    told = check_names(matrix, label)
    names = tuple(dict.fromkeys((*matrix.senders, *matrix.receivers)))
    number = {name: place for place, name in enumerate(names)}
    sender, receiver, weight = entries(matrix.values)
    pre = np.array([number[name] for name in matrix.senders], np.int32)[sender]
    post = np.array([number[name] for name in matrix.receivers], np.int32)[receiver]
    along = sender if matrix.by_sender else receiver
    kind = kind_of(said) if said else layout_kind(layout)
    word = "electrical" if kind == ELECTRICAL else "chemical"
    return EdgeList(
        names=names,
        pre=pre,
        post=post,
        weight=weight,
        kind=np.full(len(pre), kind, np.uint8),
        line=(along + matrix.first).astype(np.int32),
        role=np.zeros(len(names), np.uint8),
        transmitter=("",) * len(names),
        form=replace(matrix.form, kind=word if said else ""),
        findings=(*matrix.findings, *told),
    )


def joined(book: Book, found: Sequence[EdgeList]) -> EdgeList:
    """The edges of several parts, the cells by name; one part as it is."""
    if len(found) == 1 and isinstance(found[0].form, PartForm):
        form = BookForm(book.format, book.part, (found[0].form,))
        return replace(found[0], form=form)
    names = tuple(dict.fromkeys(name for edges in found for name in edges.names))
    number = {name: place for place, name in enumerate(names)}
    ends = [np.array([number[n] for n in edges.names], np.int32) for edges in found]
    parts = tuple(edges.form for edges in found if isinstance(edges.form, PartForm))
    role, words = np.zeros(len(names), np.uint8), dict[str, str]()
    for end, edges in zip(ends, found, strict=True):
        role[end] |= edges.role
        words |= {
            n: w for n, w in zip(edges.names, edges.transmitter, strict=True) if w
        }
    return EdgeList(
        names=names,
        pre=np.concatenate([end[e.pre] for end, e in zip(ends, found, strict=True)]),
        post=np.concatenate([end[e.post] for end, e in zip(ends, found, strict=True)]),
        weight=np.concatenate([edges.weight for edges in found]),
        kind=np.concatenate([edges.kind for edges in found]),
        line=np.concatenate([edges.line for edges in found]),
        role=role,
        transmitter=tuple(words.get(name, "") for name in names),
        form=BookForm(book.format, book.part, parts),
        findings=tuple(finding for edges in found for finding in edges.findings),
    )
