"""A sheet whose rows are edges: columns found by name or content, as in a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np

from ...errors import InputError, Location, Mistake
from ...ir.accounts import PartForm, TextForm
from ...ir.stages import ELECTRICAL
from ..blame import DETAILED, diagnose
from ..book import ByColumn, Columns, Sheet, shown
from ..cell_columns import RowFacts, asked, in_rows, with_cell_columns, with_table
from ..choice import none_wanted, wanted
from ..columnar import by_columns
from ..columns import by_content, by_name, in_column, looks_like_header
from ..decimals import WEIGHTS, decimal_of_cells
from ..delimited import COUNTS, UNKNOWN, layout_kind, trimmed
from ..directions import both_ways, without_weight
from ..form import Form, Sample, check_edge_list
from ..header import names_both
from ..ids import with_ids
from ..kinds import with_excitation
from ..pairs import of_columns, of_rows, weighed
from ..reader import EdgeList, Layout
from ..refusals import refuse
from ..rows import as_edges, collected, described, kind_without_column, wrong_lines
from ..sniff import choosing, settled, wished
from ..unread import unread

TITLES = 10  # rows above the header, at most


def form_of(sheet: Sheet, layout: Layout) -> Form:
    """The columns of a sheet, as far as its names, its content and the user tell them."""
    rows = [trimmed(list(row)) for row in sheet.rows[: TITLES + 256]]
    header, used = heading(sheet, rows, layout)
    body = [row for row in rows[used:] if row]
    widths = Counter(map(len, body or ([list(header)] if header else [])))
    width = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))[0]
    places = by_name(header) if header else by_content(body, width)
    places |= wished(header or (), width, layout)
    width = len(header) if header else width
    share = widths[width] / max(1, len(body))
    return Form(",", header, used, places, width, share, True, body, apart=True)


def heading(
    sheet: Sheet, rows: Sequence[list[str]], layout: Layout
) -> tuple[tuple[str, ...] | None, int]:
    """The names of the columns, and how many rows stand above the first of edges."""
    if layout.header is False or not rows:
        return None, 0
    for place, row in enumerate(rows[:TITLES]):
        if names_both(row, layout):
            return tuple(row), place + 1
    first = next(place for place, row in enumerate(rows) if row) if any(rows) else 0
    some = [row for row in rows[first:] if row]
    if sheet.titled or layout.header or (some and looks_like_header(some)):
        return tuple(rows[first]), first + 1
    return None, first


def is_edge_list(sheet: Sheet, layout: Layout) -> bool:
    """Whether the names of the columns, or the user, say which hold pre and post."""
    form = form_of(sheet, layout)
    return form.known and (form.header is not None or bool(layout.columns))


def read_edges(sheet: Sheet, label: str, layout: Layout) -> EdgeList:
    """The rows of a sheet as edges.

    Raises:
        InputError: what is wrong with the rows, all of it.
        UsageError: a wish names no column.
    """
    form = known_form(sheet, label, layout)
    refuse(form, sheet.at(label, max(0, form.start - 1)), layout)
    kind = kind_without_column(layout, form)

    def records() -> Iterator[tuple[int, list[str]]]:
        return wanted(numbered(sheet, form), form)

    form, told = with_ids(form, layout, records)
    form = with_excitation(form, in_column(records(), form.places.get("kind", -1)))
    told = (*told, *without_weight(form, records()))
    table = sheet.rows if isinstance(sheet.rows, Columns) else None
    form = with_decimal(form, table or records(), layout, sheet.at(label, form.start))
    first = sheet.first + form.start
    rows = (
        by_columns(table, form, first, asked(form))
        if table
        else collected(records(), form)
    )
    text = described(form, Sample((), (), 1), layout, rows)
    edges = replace(as_edges(rows, kind, text), findings=told)
    wrong = [*rows.ragged, *edges.line[np.isnan(edges.weight)].tolist()]
    wrong = sorted({*wrong, *edges.line[edges.kind == UNKNOWN].tolist()})
    wrong = sorted({*wrong, *wrong_lines(edges, rows)})
    if wrong:
        raise InputError.of(mistakes(sheet, wrong, label, form))
    if not len(edges.pre) and form.wanted:
        raise none_wanted(layout)
    if not len(edges.pre):
        seen = "a header and no rows"
        raise InputError(sheet.at(label, 0), seen, "give one row for each synapse")
    edges = with_cell_columns(
        both_ways(edges),
        form,
        lambda places: (
            RowFacts(rows.line, rows.beside) if table else in_rows(records(), places)
        ),
        lambda line: sheet.at(label, line - sheet.first),
    )
    edges = with_table(edges, sheet.cell_facts, sheet.fact_titles)
    some = of_columns(table, first) if table else of_rows(records())
    edges, named = weighed(edges, form, layout, label, some)
    assert isinstance(edges.form, TextForm)
    columns, ignored = edges.form.columns, edges.form.ignored
    edges = replace(
        edges,
        form=PartForm(sheet.name, "edge list", columns, ignored=ignored),
        findings=(*edges.findings, *sheet.findings, *unread(form, named)),
    )
    return with_kind(edges, layout)


def with_kind(edges: EdgeList, layout: Layout) -> EdgeList:
    """The edges with the kind that was said of all of them, for the report."""
    form = edges.form
    if not layout.kind or not isinstance(form, PartForm) or form.kind:
        return edges
    if {"kind", *COUNTS} & form.columns.keys():
        return edges
    word = "electrical" if layout_kind(layout) == ELECTRICAL else "chemical"
    return replace(edges, form=replace(form, kind=word))


def with_decimal(
    form: Form,
    rows: ByColumn | Iterable[tuple[int, list[str]]],
    layout: Layout,
    at: Location,
) -> Form:
    """The form with what stands before the fractions of its weights.

    Raises:
        InputError: nothing tells whether 1,200 is 1.2 or 1200.
    """
    places = [place for role, place in form.places.items() if role in WEIGHTS]
    cells: dict[str, None] = {}
    if isinstance(rows, ByColumn):
        note = partial(noted, cells)
        rows.columns((), {place: note for place in places if rows.is_text(place)})
    elif places:
        for _, row in rows:
            cells.update((row[place], None) for place in places if place < len(row))
    return replace(form, decimal=decimal_of_cells(cells, layout, at))


def noted(cells: dict[str, None], cell: str) -> float:
    """Keep a cell; no number is asked for."""
    cells[cell] = None
    return 0.0


def known_form(sheet: Sheet, label: str, layout: Layout) -> Form:
    """The columns of a sheet of edges, with the rows to read.

    Raises:
        InputError: nothing says which are pre and post. UsageError: as of `read_edges`.
    """
    form = settled(form_of(sheet, layout), layout)
    if not form.known:
        missing = [role for role in ("pre", "post") if role not in form.places]
        names = form.header or tuple(form.rows[0] if form.rows else ())
        seen = f"no column for {' and '.join(missing)}: the columns are {shown(names)}"
        hint = "name them, or count them from 1: --columns pre=...,post=...,weight=..."
        raise InputError(sheet.at(label, max(0, form.start - 1)), seen, hint)
    check_edge_list(layout, label)
    return choosing(form, layout)


def numbered(sheet: Sheet, form: Form) -> Iterator[tuple[int, list[str]]]:
    """(number of the row, its cells) from the first of edges on."""
    rows = islice(sheet.rows, form.start, None)
    for place, row in enumerate(rows, form.start):
        yield sheet.first + place, list(row)


def mistakes(sheet: Sheet, wrong: list[int], label: str, form: Form) -> list[Mistake]:
    """What is wrong with the rows of these numbers."""
    found = []
    for number in wrong[:DETAILED]:
        place = number - sheet.first
        for column, seen, hint in diagnose(list(sheet.rows[place]), form):
            found.append(Mistake(sheet.at(label, place, column), seen, hint))
    others = wrong[DETAILED:]
    return found + [Mistake(sheet.at(label, n - sheet.first), "unread") for n in others]
