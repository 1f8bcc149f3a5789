"""Read delimited text: a row an edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..errors import InputError, Location
from ..names import plural
from .blame import mistakes, records_of, unsplit
from .cell_columns import RowFacts, asked, in_rows, with_cell_columns
from .choice import none_wanted, wanted
from .columnar import by_columns
from .columns import in_column
from .decimals import decimal_of
from .decoding import decodable
from .delimited import COMMENTS, BadRecord, stream
from .directions import both_ways, without_weight
from .even_text import EvenText, Uneven, even_text
from .findings import find
from .form import Form
from .ids import with_ids
from .kinds import with_excitation
from .pairs import of_columns, of_rows, weighed
from .reader import EdgeList, Layout
from .refusals import refuse, refuse_fractions, refuse_list
from .rows import (
    Rows,
    as_edges,
    collected,
    described,
    kind_without_column,
    wrong_lines,
)
from .sniff import sniff
from .suspects import perhaps_titles
from .unread import unread


def read_delimited(data: bytes, label: str, layout: Layout) -> EdgeList:
    """Read delimited text, of whatever layout: a row an edge.

    Raises:
        InputError: what is wrong with the file, all of it.
        UsageError: an option of the layout names nothing.
    """
    data, layout = decodable(data, label, layout)
    form, sample = sniff(data, label, layout)
    first = sample.lines[0].rstrip("\r\n")
    refuse(form, Location(label, sample.start, text=first), layout)
    kind = kind_without_column(layout, form)

    def records() -> Iterator[tuple[int, list[str]]]:
        return wanted(records_of(data, layout, form), form)

    try:
        form, found = with_ids(form, layout, records)
        form = with_excitation(form, in_column(records(), form.places.get("kind", -1)))
        decimal = decimal_of(records(), form, layout, label)
        form = replace(form, decimal=decimal, commented=commented(data, layout))
        table, rows = even_rows(data, layout, form)
        rows = rows or collected(records(), form)
    except BadRecord as error:
        raise unsplit(error, data, label, layout, form) from None
    edges = as_edges(rows, kind, described(form, sample, layout, rows))
    if wrong := wrong_lines(edges, rows):
        raise InputError.of(mistakes(wrong, data, label, layout, form))
    if not len(edges.pre) and form.wanted:
        raise none_wanted(layout)
    if not len(edges.pre):
        hint = "give one row for each synapse below it"
        raise InputError(label, "a header and no rows", hint)
    edges = both_ways(edges)
    found = (*found, *without_weight(form, records()))
    found = (*found, *perhaps_titles(edges, form, layout))
    refuse_list(edges, form, layout, label)
    refuse_fractions(edges, form, layout, label)
    if form.titles:
        above = f"{plural(form.titles, 'line')} above the header left out"
        found = (*found, find("EC105", above))
    told = RowFacts(rows.line, rows.beside)
    edges = with_cell_columns(
        edges,
        form,
        lambda places: told if table else in_rows(records(), places),
        lambda line: Location(label, line),
    )
    edges = replace(edges, findings=(*edges.findings, *found))
    some = of_columns(table, form.start) if table else of_rows(records())
    edges, named = weighed(edges, form, layout, label, some)
    return replace(edges, findings=(*edges.findings, *unread(form, named)))


def even_rows(
    data: bytes, layout: Layout, form: Form
) -> tuple[EvenText | None, Rows | None]:
    """A text by its columns, and its rows; None where it must be read a row at a time."""
    table = even_text(data, form, layout.encoding)
    if table is None:
        return None, None
    try:
        rows = by_columns(table, form, form.start, asked(form))
    except Uneven:
        return None, None
    nameless = rows.names.index("") if "" in rows.names else -1
    if ((rows.pre == nameless) & (rows.post == nameless)).any():
        return None, None  # blank rows: they are counted apart
    return table, rows


def commented(data: bytes, layout: Layout) -> frozenset[int]:
    """The lines that may be comments between the rows, from 1."""
    marks = [mark.encode() for mark in COMMENTS]
    if not any(mark in data and b"\n" + mark in data for mark in marks):
        return frozenset()
    lines = enumerate(stream(data, layout.encoding), 1)
    return frozenset(line for line, text in lines if text.lstrip().startswith(COMMENTS))
