"""Guess the role of each column from its name or its content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from .delimited import COLUMNS, UNKNOWN, kind_of, plain_word

NUMBER = re.compile(
    r"[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?|[-+]?(nan|inf|infinity)"
    r"|[-+]?[1-9]\d{0,2}([.,]\d{3})+([.,]\d+)?",
    re.IGNORECASE,
)

# What stands beside the words of a title: units, signs, and types as Neo4j writes them.
BESIDE = re.compile(r"\(.*?\)|\[.*?\]|:(int|long|float|double|string)\b|[#:]")
# How the titles of the two ends differ, and what a title of cells holds beside that.
SIDES = (
    *(("presynaptic", "postsynaptic"), ("presyn", "postsyn"), ("pre", "post")),
    *(("source", "target"), ("from", "to"), ("sender", "receiver")),
    *(("upstream", "downstream"), ("src", "dst"), ("src", "tgt"), ("start", "end")),
    *(("1", "2"), ("a", "b")),
)
CELL = (
    "em|neuron|cell|body|root|segment|seg|skeleton|skid|node|vertex|unit|object|obj"
    "|region|area|index|idx|id|name|label|number|num|no|pt|synaptic|the|of"
)
CELLS = re.compile(f"({CELL})*")
# The same of several cells: a column so titled may also count the partners of a cell.
PARTNERS = re.compile(f"({CELL}|bodies|vertices|partner|muscle|s)*")
INPUTS = re.compile(f"(input|output)(neuron|cell|node){PARTNERS.pattern}")


def looks_like_header(rows: Sequence[list[str]]) -> bool:
    """Whether a column is of numbers below its first cell, or two words are ours."""
    if len(by_name(rows[0])) > 1:
        return True
    width = len(rows[1]) if len(rows) > 1 else 0
    return any(
        not numeric(rows[:1], place) and numeric(rows[1:], place)
        for place in range(width)
    )


def by_name(names: Sequence[str]) -> dict[str, int]:
    """The columns whose names are known: of several the best word, then the first.

    Ends that are not among our words are known by each other: `body_pre`, `body_post`;
    and `Presynaptic neurons`, `Postsynaptic cells` where nothing else names a cell.
    """
    words = unnumbered([plain_word(name) for name in names])
    bare = unnumbered([plain_word(BESIDE.sub("", name)) for name in names])
    places: dict[str, int] = {}
    for role, synonyms in COLUMNS.items():
        for titles in (words, bare):
            known = [word for word in synonyms if word in titles]
            if known and role not in places:
                places[role] = titles.index(known[0])
    if {"pre", "post"} <= places.keys():
        return places
    return places | (ends(bare) or partners(bare))


def unnumbered(words: Sequence[str]) -> list[str]:
    """The words, "" for those of a series of three or more: cell1, cell2, cell3."""
    known = {*words}
    thirds = {word[:-1] for word in words if word[-1:] in ("3", "c")}
    series = {f"{start}{end}" for start in thirds for end in "12ab" if start}
    series = {word for word in series if word in known}
    return ["" if word in series else word for word in words]


def ends(words: Sequence[str]) -> dict[str, int]:
    """The first two columns called alike but for the side; {} where there are none."""
    for place, word in enumerate(words):
        for pre, post in SIDES:
            if word.startswith(pre):
                before, after = "", word.removeprefix(pre)
            elif word.endswith(pre):
                before, after = word.removesuffix(pre), ""
            elif len(pre) > 2 and pre in word:
                before, _, after = word.partition(pre)
            else:
                continue
            rest, mate = before + after, before + post + after
            if mate in words and CELLS.fullmatch(rest) and len(rest + pre) > 1:
                return {"pre": place, "post": words.index(mate)}
    return {}


def partners(words: Sequence[str]) -> dict[str, int]:
    """The two columns of cells of either side, beside weights and kinds; {} if there are others.

    Beside any other column they may count the partners of the cell that it names.
    """
    beside = {*COLUMNS["weight"], *COLUMNS["kind"]}
    left = [place for place, word in enumerate(words) if word not in beside]
    if len(left) != 2:
        return {}
    one, two = (words[place] for place in left)
    if INPUTS.fullmatch(one) and INPUTS.fullmatch(two):
        sides = one.startswith("input"), two.startswith("input")
    else:
        sides = is_sender(one, two), is_sender(two, one)
    if sides[0] == sides[1]:
        return {}
    return {"pre": left[sides[1]], "post": left[sides[0]]}


def is_sender(word: str, other: str) -> bool:
    """Whether a title is of cells that send to those of the other one."""
    return any(
        word.startswith(pre)
        and other.startswith(post)
        and PARTNERS.fullmatch(word.removeprefix(pre))
        and PARTNERS.fullmatch(other.removeprefix(post))
        for pre, post in SIDES
        if len(pre) > 1
    )


def by_content(rows: Sequence[list[str]], width: int) -> dict[str, int]:
    """The columns of a text without header: two of names, a number, a kind."""
    if width == 2:
        return {"pre": 0, "post": 1}
    if width == 3 and numeric(rows, 2):
        return {"pre": 0, "post": 1, "weight": 2}
    kinds = [place for place in range(width) if kind_words(rows, place)]
    if width < 3 or not kinds:
        return {}
    kind = min(kinds, key=lambda place: (place < 2, place))
    others = [place for place in range(width) if place != kind]
    numbers = [place for place in others[2:] if numeric(rows, place)]
    places = {"pre": others[0], "post": others[1], "kind": kind}
    return {**places, "weight": numbers[-1]} if numbers else places


def cells_of(rows: Sequence[list[str]], place: int) -> list[str]:
    """The cells of a column that are not empty."""
    return [row[place] for row in rows if len(row) > place and row[place]]


def in_column(records: Iterable[tuple[int, list[str]]], place: int) -> Iterator[str]:
    """The cells of a column in rows that come with their numbers."""
    return (row[place] for _, row in records if place < len(row))


def numeric(rows: Sequence[list[str]], place: int) -> bool:
    """Whether at least half of a column are numbers."""
    cells = cells_of(rows, place)
    numbers = sum(NUMBER.fullmatch(cell) is not None for cell in cells)
    return bool(cells) and 2 * numbers >= len(cells)


def kind_words(rows: Sequence[list[str]], place: int) -> bool:
    """Whether at least half of a column name a kind of synapse."""
    cells = cells_of(rows, place)
    known = sum(kind_of(cell) != UNKNOWN for cell in cells)
    return bool(cells) and 2 * known >= len(cells)
