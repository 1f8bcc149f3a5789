"""Columns that are not read although they hold something: counts, kinds, animals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..ir.accounts import Finding
from ..names import CUT, literal
from .columns import NUMBER, cells_of
from .delimited import UNKNOWN, kind_of, plain_word
from .findings import find
from .form import Form

# Columns that tell animals or series apart; compared as `plain_word` writes them.
ANIMALS = frozenset(
    "dataset datasets animal animals animalid specimen specimens individual subject "
    "worm wormid series sample sampleid stage timepoint brain".split()
)
SERIES = frozenset(("N2U", "JSE", "JSH", "N2W", "N2Y", "N2T", "TEM_adult", "TEM_L1"))
TRUTH = frozenset(("true", "false", "yes", "no"))
# Titles of columns that say more of a row's ends, such as their ids beside their names.
SIDE = "(?:(?:pre|post)(?:syn|synaptic)?|source|src|target|tgt|from|to|upstream|downstream)"
FACT = (
    "(?:id|rootid|bodyid|skid|skeletonid|supervoxelid|name|label|type|celltype|class"
    "|group|index|idx|side|hemisphere|role)"
)
ENDS = re.compile(f"{SIDE}(?:pt)?(?:neuron|cell|node)?{FACT}?|{FACT}(?:of)?{SIDE}")
SHOWN = 8  # columns that a message names
FEW = 4  # numbers of so few rows may count up by chance


def unread(form: Form, told: frozenset[int]) -> Iterator[Finding]:
    """The columns without a role that a reader of the file would not expect to be lost.

    Args:
        told: positions of columns that another finding names.
    """
    taken = {*form.places.values(), *form.wanted, *told}
    seen = [
        f"{shown(form, place)} ({what})"
        for place in range(form.width)
        if place not in taken and (what := content(form, place))
    ]
    if seen:
        more = len(seen) - SHOWN
        names = ", ".join(seen[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
        yield find("EC101", f"not read: {names}")


def shown(form: Form, place: int) -> str:
    """A column in a message: its title in quotes, or its position."""
    title = form.title(place)
    cut = title if len(title) <= CUT else title[: CUT - 3] + "..."
    return literal(cut) if form.header else cut


def content(form: Form, place: int) -> str:
    """What a column holds that should not be lost: in words; "" for nothing of that."""
    cells = cells_of(form.rows, place)
    word = plain_word(form.title(place))
    if not cells or is_end(word):
        return ""
    if word in ANIMALS or SERIES & set(cells):
        return "animals" if len(set(cells)) > 1 else ""
    if all(cell.lower() in TRUTH for cell in cells):
        return "TRUE/FALSE"
    kinds = all(kind_of(cell) != UNKNOWN for cell in cells)
    if kinds and "kind" not in form.places and max(map(len, cells)) > 2:
        return "kinds"
    if all(NUMBER.fullmatch(cell) for cell in cells):
        titled = form.title(place) in (form.header or ())
        return "" if counted_off(cells, titled=titled) else "numbers"
    return ""


def is_end(word: str) -> bool:
    """Whether a column says more of a row's ends, such as their ids beside their names."""
    return ENDS.fullmatch(word) is not None


def counted_off(cells: Sequence[str], *, titled: bool) -> bool:
    """Whether cells number the rows: 0, 1, 2 and so on; of few rows below a title from 0 or 1."""
    if not all(cell.isdecimal() and cell.isascii() for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    if titled and len(numbers) < FEW and numbers[0] > 1:
        return False
    return all(after == before + 1 for before, after in zip(numbers, numbers[1:]))
