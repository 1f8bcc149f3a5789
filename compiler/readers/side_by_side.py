"""Two tables of edges in one, side by side: which of them is meant?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..errors import InputError, Location
from ..names import plain
from .delimited import ROLES, plain_word
from .form import Form
from .reader import Layout

AGAIN = re.compile(r"\.\d+$")  # what pandas adds to a title that stands there twice
SHOWN = 4  # tables that a message names


def refuse_beside(form: Form, at: Location, layout: Layout) -> None:
    """Raise InputError for a second table of edges beside the one that is read.

    The titles of both ends stand there again, over other cells. A user who counts the
    columns says which table is meant; a weight of another table is none of its edges.

    Args:
        at: where the columns are named.
    """
    words = [plain_word(AGAIN.sub("", title)) for title in form.header or ()]
    if not words or max(form.places["pre"], form.places["post"]) >= len(words):
        return
    tables = list(spans(form, words))
    if len(tables) < 2 or not differ(form, words, tables):
        return
    counted = [
        is_counted(form, layout.columns.get(role, "")) for role in ("pre", "post")
    ]
    if not all(counted):
        titles = " and ".join(
            plain(form.title(form.places[e])) for e in ("pre", "post")
        )
        seen = f"{len(tables)} tables of edges side by side: {titles} stand there again"
    else:
        start = min(form.places["pre"], form.places["post"])
        inside = next(table for table in tables if start in table)
        strange = [
            role
            for role, place in form.places.items()
            if role in ROLES and role not in layout.columns and place not in inside
        ]
        if not strange:
            return
        title, place = form.title(form.places[strange[0]]), form.places[strange[0]] + 1
        seen = (
            f"tables of edges side by side: {plain(title)} (column {place}) is of another "
            "one than pre and post"
        )
    wishes = [wish(form, words, table) for table in tables[:SHOWN]]
    hint = f"choose one, --columns {' or --columns '.join(wishes)}, or part them"
    raise InputError(at, seen, hint)


def spans(form: Form, words: Sequence[str]) -> Iterator[range]:
    """The columns of each table: from where both ends are named again to the next one."""
    ends = [words[form.places[role]] for role in ("pre", "post")]
    places = [[p for p, word in enumerate(words) if word == end] for end in ends]
    starts = [min(pair) for pair in zip(*places)]
    for start, stop in zip([0, *starts[1:]], [*starts[1:], len(words)], strict=True):
        yield range(start, stop)


def differ(form: Form, words: Sequence[str], tables: Sequence[range]) -> bool:
    """Whether the tables name other ends in any row, and not the same ones again."""
    ends = [words[form.places[role]] for role in ("pre", "post")]
    pairs = [[words.index(end, table.start) for end in ends] for table in tables]
    for row in form.rows:
        cells = [[row[p] if p < len(row) else "" for p in pair] for pair in pairs]
        if len({tuple(pair) for pair in cells if all(pair)}) > 1:
            return True
    return False


def is_counted(form: Form, asked: str) -> bool:
    """Whether a user names one column alone: by its position, or a title that stands once."""
    titles = form.header or ()
    if asked in titles:
        return bool(asked) and titles.count(asked) == 1
    return asked.isdecimal()


def wish(form: Form, words: Sequence[str], table: range) -> str:
    """The option that reads one table; "" for what it has not: `pre=4,post=5,weight=`."""
    found = {}
    for role, place in form.places.items():
        if role in ROLES and place < len(words):
            same = [p for p in table if words[p] == words[place]]
            found[role] = str(same[0] + 1) if same else ""
    return ",".join(f"{role}={found[role]}" for role in ROLES if role in found)
