"""Ids beside names: cells go by ids where one name has two of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ..ir.accounts import Finding
from ..names import plain, plural
from .delimited import plain_word
from .findings import find
from .form import Form
from .reader import Layout
from .unread import shown

ID = r"(?:skeletonid|segmentid|neuronid|bodyid|rootid|nodeid|cellid|skid|id)"
SIDES: Mapping[str, str] = {
    "pre": r"(?:presynaptic|presyn|pre|source|src|from|sender|upstream)(?:neuron|cell)?",
    "post": r"(?:postsynaptic|postsyn|post|target|tgt|to|receiver|downstream)(?:neuron|cell)?",
}


def with_ids(
    form: Form, layout: Layout, records: Callable[[], Iterable[tuple[int, list[str]]]]
) -> tuple[Form, tuple[Finding, ...]]:
    """The form with ids for names where one name has two, and the finding that says so.

    Args:
        records: (line, cells) of each row, from the first on each time.
    """
    ids = id_places(form, layout.columns)
    return by_ids(form, ids, records()) if ids else (form, ())


def id_places(form: Form, wished: Iterable[str]) -> dict[str, int]:
    """The columns of ids beside the columns of names; {} unless both ends have one.

    Args:
        wished: roles whose columns the user names; they stand.
    """
    if not form.header or {"pre", "post"} & {*wished}:
        return {}
    words = [plain_word(title) for title in form.header]
    found: dict[str, int] = {}
    for role, side in SIDES.items():
        pattern = re.compile(f"{side}{ID}|{ID}{side}")
        if pattern.fullmatch(words[form.places[role]]):
            return {}
        ids = [place for place, word in enumerate(words) if pattern.fullmatch(word)]
        free = [place for place in ids if place not in form.places.values()]
        if not free:
            return {}
        found[role] = free[0]
    return found


def by_ids(
    form: Form, ids: Mapping[str, int], rows: Iterable[tuple[int, list[str]]]
) -> tuple[Form, tuple[Finding, ...]]:
    """The form with ids for names, and its finding, if one name has two ids in the rows."""
    known: dict[str, set[str]] = {}
    last = max(*ids.values(), *form.places.values())
    sides = [(form.places[role], place) for role, place in ids.items()]
    for _, row in rows:
        if len(row) <= last:
            continue
        for name, place in sides:
            known.setdefault(row[name].strip(), set()).add(row[place].strip())
    several = sorted(name for name, found in known.items() if len(found) > 1)
    if not several:
        return form, ()
    titles = " and ".join(shown(form, place) for place in ids.values())
    names = " and ".join(shown(form, form.places[role]) for role in ids)
    shared = plain(several[0])
    more = f", and {plural(len(several) - 1, 'other name')}" if several[1:] else ""
    seen = f"cells go by {titles}, not by {names}: {shared} has several ids{more}"
    places = {**form.places, **ids}
    return replace(form, places=places), (find("EC104", seen),)
