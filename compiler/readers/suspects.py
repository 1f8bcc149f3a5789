"""Cells and graphs that look like a mistake of the file: warned of, never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

import numpy as np

from .. import catalog
from ..arrays import Int32
from ..ir.accounts import Finding
from ..ir.stages import CHEMICAL
from ..names import plain, plural, unpadded
from .columns import NUMBER
from .delimited import COUNTS, plain_word
from .findings import find
from .form import Form
from .polyadic import receivers
from .reader import EdgeList, Layout

BETWEEN = re.compile(r"\s*[,;/&+]\s*|\s+and\s+")  # the neurons of one name
SPREADSHEET = re.compile(
    r"#(REF|NAME|VALUE|DIV/0|NULL|NUM|SPILL|CALC)[!?]|=[A-Za-z(].*", re.S
)
TOTAL = re.compile(r"(grand |sub)?totals?|sum(me)?|gesamt|overall", re.IGNORECASE)
TOTALS = ("total", "sum", "gesamt", "overall")  # one of them is in a TOTAL
MARKS = frozenset("#%=")  # how a formula, an error or a comment begins
FEW = 8  # names that a finding shows
FIRST = 8_192  # rows that are looked through for a reciprocal pair before all others
BY_CHANCE = 16  # reciprocal rows that must have been expected
MANY = 10  # rows of which one that touches no other is odd
# Words that are in titles of both ends.
TITLE = re.compile(
    "syn|neuron|cell|node|vertex|source|target|sender|receiver|partner|upstream|downstream"
    "|input|output|origin|destination|importer|exporter|muscle|from|^to|pre|post"
)
DIGITS = re.compile(r"\d+")


def suspects(edges: EdgeList) -> Iterator[Finding]:
    """What a reader of the file would want to look at."""
    yield from odd_names(edges.names)
    yield from sums(edges)
    yield from listed_once(edges)


def perhaps_titles(edges: EdgeList, form: Form, layout: Layout) -> Iterator[Finding]:
    """A first row of two words that no other row has, where neither weights nor kinds are read.

    Of few rows they must look like titles, and in a graph of parts that never meet, too.
    """
    numbers = {"weight", "kind", *COUNTS} & form.places.keys()
    if form.header or layout.header is False or numbers or len(edges.pre) < 2:
        return
    ends = [int(edges.pre[0]), int(edges.post[0])]
    words = [edges.names[number] for number in ends]
    if any(not word or NUMBER.fullmatch(word) for word in words) or ends[0] == ends[1]:
        return
    first = edges.line == edges.line[0]
    pre, post = edges.pre[~first], edges.post[~first]
    if np.isin(ends, np.r_[pre, post]).any():
        return
    others = [name for name in edges.names if name not in words]
    if not may_be_titles(words, others):
        return
    titled = all(TITLE.search(plain_word(word)) for word in words)
    if not titled or any(TITLE.search(plain_word(name)) for name in others):
        degree = np.bincount(np.r_[pre, post], minlength=len(edges.names))
        apart = int(((degree[pre] == 1) & (degree[post] == 1)).sum())
        if len(pre) < MANY or MANY * apart > len(pre):
            return
    seen = f"{plain(words[0])} and {plain(words[1])} stand in no other row: titles?"
    places = ",".join(f"{end}={form.places[end] + 1}" for end in ("pre", "post"))
    yield find(
        "EC107",
        f"line {edges.line[0]}: {seen} They are read as cells (--no-header); "
        f"--header --columns {places} reads them as titles",
    )


def may_be_titles(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether words are no known cells, and not numbered as others are: P1, P2."""
    if any(unpadded(word) in catalog.cells() for word in words):
        return False
    numbered = {DIGITS.sub("0", word) for word in words if DIGITS.search(word)}
    return not numbered or numbered.isdisjoint(DIGITS.sub("0", n) for n in others)


def odd_names(names: Sequence[str]) -> Iterator[Finding]:
    """Names of several neurons, formulas, and rows that were commented out."""
    text = "\n".join(names)  # of millions of names few hold any of these
    if not any(mark in text for mark in (*",;/&+#%=", "and")):
        return
    known = set(names)
    several = [n for n in names if BETWEEN.search(n) and is_compound(n, known)]
    if several:
        seen = f"{some(several)}: several neurons, read as one cell"
        parted = any(len(receivers(name)) > 1 for name in several)
        hint = " (--polyadic reads a row for each)" if parted else ""
        yield find("EC202", seen + hint)
    odd = [name for name in names if name[:1] in MARKS]
    formulas = [name for name in odd if SPREADSHEET.fullmatch(name)]
    if formulas:
        yield find(
            "EC203",
            f"{some(formulas)}: a formula or an error of a spreadsheet, read as a cell",
        )
    marked = [
        n for n in odd if n[0] != "=" and (n[1:2] == " " or n[1:].strip() in known)
    ]
    if marked:
        yield find("EC209", f"{some(marked)}: a row that was commented out? It is read")


def some(names: Sequence[str]) -> str:
    """A few names and how many more there are."""
    more = f" and {len(names) - FEW:,} more" if len(names) > FEW else ""
    return ", ".join(map(plain, names[:FEW])) + more


def is_compound(name: str, known: Set[str]) -> bool:
    """Whether a name lists neurons of C. elegans, AVAL,AVAR or AVFL/R or DB1/3, or others.

    Args:
        known: the names of the file; all parts of such a list are among them.
    """
    first, *others = BETWEEN.split(name)
    cells = catalog.cells()
    if len(parts := receivers(name)) > 1 and set(parts) <= known:
        return True
    if unpadded(first) not in cells:
        return False
    return all(
        unpadded(part) in cells or (part and first[: -len(part)] + part in cells)
        for part in others
    )


def sums(edges: EdgeList) -> Iterator[Finding]:
    """Cells called Total, and a last row that weighs as much as all others."""
    text = "\n".join(edges.names).casefold()
    totals = []
    if any(word in text for word in TOTALS):
        totals = [name for name in edges.names if TOTAL.fullmatch(name)]
    if totals:
        yield find("EC204", f"{some(totals)}: a row of totals? It is read as a cell")
        return
    weight = edges.weight
    if len(weight) > 3 and weight[-1] > 1 and weight[-1] == weight[:-1].sum():
        ends = edges.names[edges.pre[-1]], edges.names[edges.post[-1]]
        pair = " -> ".join(map(plain, ends))
        yield find("EC204", f"the last row, {pair}, is the sum of all others: totals?")


def listed_once(edges: EdgeList) -> Iterator[Finding]:
    """A graph without a pair that stands both ways, where chance alone would make many.

    Counted among cells that both send and receive: a layered circuit is no undirected graph.
    """
    chemical = (
        (edges.kind == CHEMICAL) & (edges.pre != edges.post) & (edges.weight != 0)
    )
    pre, post = edges.pre[chemical], edges.post[chemical]
    size = len(edges.names)
    sends, receives = np.zeros(size, bool), np.zeros(size, bool)
    sends[pre], receives[post] = True, True
    both = sends & receives
    inside = both[pre] & both[post]
    pre, post = pre[inside], post[inside]
    cells, rows = int(both.sum()), len(pre)
    if cells < 2 or rows * rows <= BY_CHANCE * cells * (cells - 1):
        return
    if any_reciprocal(pre, post, size):
        return
    chance = rows * rows / (cells * (cells - 1))
    yield find(
        "EC301",
        f"no pair of {plural(rows, 'row')} stands both ways, where {chance:,.0f} were to be expected: "
        "an undirected graph, each pair listed once? It is read one way (--undirected)",
    )


def any_reciprocal(pre: Int32, post: Int32, size: int) -> bool:
    """Whether a pair of cells stands both ways; ever more rows, as few tell it mostly."""
    rows = FIRST
    while True:
        u, v = pre[:rows].astype(np.int64), post[:rows].astype(np.int64)
        there = np.sort(u * size + v)
        back = v * size + u
        place = np.minimum(np.searchsorted(there, back), len(there) - 1)
        if (there[place] == back).any():
            return True
        if rows >= len(pre):
            return False
        rows *= 8
