"""Totals in a matrix: rows and columns that add up the others, by label and by content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import catalog
from ...arrays import Float64
from ...ir.accounts import Finding
from ...names import plain
from ..delimited import plain_word
from ..findings import find

# Labels of totals, compared as `plain_word` writes them: left out by the word.
TOTALS = frozenset(
    (
        *("total", "totals", "sum", "sums", "grandtotal", "subtotal", "subtotals"),
        *("totalresult", "grandsum", "overalltotal", "rowtotal", "rowtotals", "rowsum"),
        *("rowsums", "columntotal", "columntotals", "columnsum", "columnsums"),
        *("coltotal", "coltotals", "colsum", "colsums", "totalin", "totalout"),
        *("totalinput", "totaloutput", "totalinputs", "totaloutputs", "indegree"),
        *("outdegree", "instrength", "outstrength", "sumin", "sumout", "insum"),
        *("outsum", "gesamt", "summe", "gesamtsumme", "gesamtergebnis", "σ", "∑"),
        *("totalgeneral", "totalgénéral", "totaal", "eindtotaal", "totale", "somme"),
    )
)
MARGINS = frozenset(("all", "overall"))  # totals if they add up
EXACT = 1e-9  # of the magnitudes that are added
FEW = 4  # lines that are looked at before all
LINES = 3  # lines that must be equal where no word says what they are
SHOWN = 4  # labels that a finding shows


@dataclass(frozen=True, slots=True)
class Margin:
    """A row, a column, or one of each that may add up the others; -1: none."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The lines of a matrix without its totals.

    Attributes:
        rows, columns: the places that are kept, ascending.
        findings: what was left out, and what looks like a sum.
    """

    rows: Sequence[int]
    columns: Sequence[int]
    findings: tuple[Finding, ...]


def is_total(label: str) -> bool:
    """Whether a label is a word of totals."""
    return plain_word(label) in TOTALS


def without_totals(values: Any, rows: Sequence[str], columns: Sequence[str]) -> Kept:
    """The rows and columns of a matrix that are no totals.

    Args:
        values: (R, C) numbers, dense or of scipy.sparse; rows, columns: their labels.
    """
    high = [place for place, label in enumerate(rows) if not is_total(label)]
    wide = [place for place, label in enumerate(columns) if not is_total(label)]
    gone = [rows[place] for place in sorted({*range(len(rows))} - {*high})]
    gone += [columns[place] for place in sorted({*range(len(columns))} - {*wide})]
    if max(len(high), len(wide)) < LINES:
        return Kept(high, wide, left_out(gone))
    if gone:
        values = part(values, high, wide)
    named = [rows[place] for place in high], [columns[place] for place in wide]
    found, doubted = margin_in(values, *named)
    labels = labels_of(found, *named)
    high = [place for at, place in enumerate(high) if at != found.row]
    wide = [place for at, place in enumerate(wide) if at != found.column]
    findings = left_out([*gone, *labels])
    if doubted and not labels:
        shown = ", ".join(map(plain, doubted))
        seen = f"{shown}: totals of the matrix? Read as a cell"
        findings += (find("EC204", seen),)
    return Kept(high, wide, findings)


def left_out(labels: Sequence[str]) -> tuple[Finding, ...]:
    """The finding of totals that are not read."""
    names = list(dict.fromkeys(map(plain, labels)))
    if not names:
        return ()
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    seen = f"{', '.join(names[:SHOWN])}{more}: totals of the matrix, left out"
    return (find("EC204", seen),)


def labels_of(
    margin: Margin, rows: Sequence[str], columns: Sequence[str]
) -> tuple[str, ...]:
    """The labels of a margin."""
    found = (rows[margin.row],) if margin.row >= 0 else ()
    return (*found, columns[margin.column]) if margin.column >= 0 else found


def margin_in(
    values: Any, rows: Sequence[str], columns: Sequence[str]
) -> tuple[Margin, tuple[str, ...]]:
    """The first margin that adds up the others; the labels of one that may by chance."""
    doubted: tuple[str, ...] = ()
    for margin in margins(rows, columns):
        labels = labels_of(margin, rows, columns)
        worded = all(plain_word(label) in MARGINS for label in labels)
        told = judged(values, margin, worded)
        if told:
            return margin, ()
        if (told is False or worded) and not doubted:
            doubted = tuple(dict.fromkeys(labels))
    return Margin(-1, -1), doubted


def margins(rows: Sequence[str], columns: Sequence[str]) -> Iterator[Margin]:
    """The first and last lines that can be totals, those of both sides before others.

    The label of totals stands on one side alone, or is that of both; it is no neuron's.
    """
    down, across, cells = set(rows), set(columns), catalog.cells()
    high = [at for at in ends(rows) if rows[at] not in cells]
    wide = [at for at in ends(columns) if columns[at] not in cells]
    for row in high:
        for column in wide:
            apart = rows[row] not in across and columns[column] not in down
            if apart or rows[row] == columns[column]:
                yield Margin(row, column)
    yield from (Margin(row, -1) for row in high if rows[row] not in across)
    yield from (Margin(-1, column) for column in wide if columns[column] not in down)


def ends(labels: Sequence[str]) -> list[int]:
    """The places of the last and the first label."""
    return list(dict.fromkeys((len(labels) - 1, 0)))


def judged(values: Any, margin: Margin, worded: bool) -> bool | None:
    """Whether a margin adds up the others: False if by chance perhaps, None if it does not.

    Chance is ruled out by a word, by three lines that add up two numbers or more on each
    side, or by a corner that adds up all.
    """
    high, wide = values.shape
    high = [place for place in range(high) if place != margin.row]
    wide = [place for place in range(wide) if place != margin.column]
    several: list[int | None] = []
    if margin.row >= 0:
        several.append(added(values, margin.row, wide, high))
    if margin.column >= 0 and None not in several:
        several.append(added(values.T, margin.column, high, wide))
    counts = [count for count in several if count is not None]
    if min(len(high), len(wide)) < 2 or len(counts) < len(several):
        return None
    if worded or min(counts) >= LINES:
        return True
    if len(counts) < 2:
        return False if len(wide if margin.row >= 0 else high) >= LINES else None
    core = part(values, high, wide)
    corner = flat(part(values, [margin.row], [margin.column]))[0]
    return bool((core != 0).sum() >= LINES and corner == core.sum())


def added(
    values: Any, row: int, lines: Sequence[int], others: Sequence[int]
) -> int | None:
    """How many columns add up two numbers or more; None if a row does not add up others.

    It holds the sums of all `lines`, or how many of their numbers are not 0.
    """
    for some in (lines[:FEW], lines):  # most rows fail at the first columns
        numbers, core = flat(part(values, [row], some)), part(values, others, some)
        counts = summed(core != 0)
        size = EXACT * summed(abs(core))
        if not any(
            (np.abs(numbers - sums) <= size).all() for sums in (summed(core), counts)
        ):
            return None
    return int((counts > 1).sum()) if numbers.any() else None


def part(values: Any, rows: Sequence[int], columns: Sequence[int]) -> Any:
    """Some rows and columns of a matrix, as wide numbers."""
    if hasattr(values, "tocsr"):
        found = values.tocsr()[list(rows)][:, list(columns)]
        return found.astype(np.float64)
    return values[np.ix_(rows, columns)].astype(np.float64)


def flat(values: Any) -> Float64:
    """(N,) the numbers of one line."""
    dense = values.toarray() if hasattr(values, "toarray") else values
    return np.asarray(dense, np.float64).ravel()


def summed(values: Any) -> Float64:
    """(C,) the sum of each column."""
    return np.asarray(values.sum(axis=0), np.float64).ravel()
