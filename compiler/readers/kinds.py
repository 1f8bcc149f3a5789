"""How a text tells the kinds: words of a column, TRUE and FALSE, or a column of counts each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..errors import UsageError
from ..ir.stages import CHEMICAL, ELECTRICAL
from .columns import NUMBER, cells_of
from .delimited import (
    BOTH_WAYS,
    COUNTS,
    KINDS,
    UNKNOWN,
    layout_kind,
    plain_word,
    weight_of,
)
from .form import Form
from .reader import Layout

TRUE = frozenset(("true", "t", "yes", "y", "1"))
FALSE = frozenset(("false", "f", "no", "n", "0"))
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

EXCITATORY = "e"  # beside C or S it is electrical; alone, or beside I, nothing tells

# Words in the title of a column of counts.
OF_KIND: Mapping[str, frozenset[str]] = {
    "chemical": frozenset("chemical chem nchem cs".split()),
    "electrical": frozenset(
        "electrical electric elec nelec gap gaps ngap gj ngj ej nej gapjunction "
        "gapjunctions junction junctions".split()
    ),
}
BESIDE = frozenset(
    "n num number numbers of no nr count counts weight weights synapse synapses syn "
    "junction junctions jn jns total sum strength contacts connections sections".split()
)
# Weights that are chemical synapses beside a column of gap junctions.
SYNAPSES = frozenset(
    "synapses nsyn nsynapses syncount synapsecount synapsecounts synapsenumber "
    "numsynapses numberofsynapses".split()
)


def with_kinds(form: Form, layout: Layout) -> Form:
    """A form with the columns that tell the kind, and the words in them.

    Raises:
        UsageError: --kinds, where no column tells the kind.
    """
    places = dict(form.places)
    own = {plain_word(word): KINDS[kind] for word, kind in layout.kinds.items()}
    if form.header and not {"kind", *COUNTS} & layout.columns.keys():
        other = by_cells(form)
        if other is not None and not known(form, places.get("kind"), own):
            places["kind"] = other
        if "kind" not in places and (place := by_truth(form)) is not None:
            places["kind"] = place
        if "kind" not in places and "weight" not in layout.columns:
            places = counted(form)
    if COUNTS.keys() & places.keys():
        places = {
            role: p for role, p in places.items() if role not in ("weight", "kind")
        }
    if own and "kind" not in places:
        hint = "name it: --columns kind=..."
        raise UsageError(f"--kinds: no column tells the kind; {hint}")
    if "kind" in places and (ways := directions(form, places["kind"], layout)):
        places["direction"] = places.pop("kind")
        own = ways
    if "kind" in places:
        own = {**truth(form, places["kind"]), **own}
    return replace(form, places=places, kinds=own)


def with_excitation(form: Form, cells: Iterable[str]) -> Form:
    """A form in which E is no kind, if no other word says that it is not excitatory.

    Args:
        cells: of the column that tells the kinds, all of them.
    """
    place = form.places.get("kind")
    if place is None or EXCITATORY in form.kinds:
        return form
    sample = {plain_word(cell) for cell in {*cells_of(form.rows, place)}}
    if EXCITATORY not in sample or any(map(is_chemical, sample)):
        return form
    if any(is_chemical(plain_word(cell)) for cell in {*cells}):
        return form
    return replace(form, kinds={**form.kinds, EXCITATORY: UNKNOWN})


def is_chemical(word: str) -> bool:
    """Whether a plain word is one of ours for chemical synapses."""
    return KINDS.get(word) == CHEMICAL


def directions(form: Form, place: int, layout: Layout) -> dict[str, int]:
    """The kinds of a column that says Directed or Undirected, as Gephi writes it; else {}."""
    cells = {plain_word(cell) for cell in {*cells_of(form.rows, place)}}
    if not cells or not cells <= {"directed", "undirected"}:
        return {}
    kind = layout_kind(layout)
    both = BOTH_WAYS if kind == CHEMICAL else kind
    return {"directed": kind, "undirected": both}


def known(form: Form, place: int | None, own: Mapping[str, int]) -> bool:
    """Whether a cell of a column is a word for a kind: ours, the user's, or a truth."""
    if place is None:
        return False
    cells = {plain_word(cell) for cell in {*cells_of(form.rows, place)}}
    return bool(cells & {*KINDS, *own}) or bool(truth(form, place))


def by_truth(form: Form) -> int | None:
    """The first column without a role that says TRUE or FALSE of a kind."""
    free = (place for place in range(form.width) if place not in form.places.values())
    return next((place for place in free if truth(form, place)), None)


def by_cells(form: Form) -> int | None:
    """The first column without a role whose cells are all kinds, and one a whole word."""
    for place in range(form.width):
        cells = {plain_word(cell) for cell in {*cells_of(form.rows, place)}}
        if place in form.places.values() or not cells or not cells <= KINDS.keys():
            continue
        if max(map(len, cells)) > 2:
            return place
    return None


def truth(form: Form, place: int) -> dict[str, int]:
    """The kinds of true and false in a column such as `is_gap`; {} for any other."""
    kind = kind_of_title(form.title(place).removeprefix("is"))
    cells = {cell.lower() for cell in cells_of(form.rows, place)}
    if kind is None or not cells or not cells <= TRUE | FALSE:
        return {}
    if cells <= {"0", "1"} and not plain_word(form.title(place)).startswith("is"):
        return {}
    yes = KINDS[kind]
    no = CHEMICAL if yes == ELECTRICAL else ELECTRICAL
    return {**dict.fromkeys(TRUE, yes), **dict.fromkeys(FALSE, no)}


def kind_of_title(title: str) -> str | None:
    """The kind whose counts, or whose truth, a title announces."""
    words = {word.lower() for word in WORDS.findall(title)} - {"is"}
    for kind, own in OF_KIND.items():
        if words & own and words <= own | BESIDE:
            return kind
    return None


def counted(form: Form) -> dict[str, int]:
    """The roles of columns, where one or two of them count the synapses of each kind."""
    taken = {form.places.get("pre"), form.places.get("post")}
    found: dict[str, int] = {}
    for place in range(form.width):
        kind = kind_of_title(form.title(place)) if place not in taken else None
        cells = cells_of(form.rows, place)
        if kind and cells and all(NUMBER.fullmatch(cell) for cell in cells):
            found.setdefault(kind, place)
    places = {role: place for role, place in form.places.items() if role != "weight"}
    weight = form.places.get("weight")
    if "electrical" not in found and "chemical" not in found:
        return dict(form.places)
    if weight is None or weight in found.values():
        return {**places, **found}
    if len(found) == 1:
        if "electrical" in found and plain_word(form.title(weight)) in SYNAPSES:
            return {**places, "chemical": weight, **found}
        return dict(form.places)
    return {**places, **found}


def kind_in(cell: str, kinds: Mapping[str, int]) -> int:
    """The kind of a cell, as `kind_of` gives it; `kinds` are words of the file."""
    word = plain_word(cell)
    return kinds.get(word, KINDS.get(word, UNKNOWN))


def weights(texts: Mapping[str, str], form: Form, kind: int) -> list[tuple[float, int]]:
    """Weight and kind of an edge; of several counts each that is not 0, else the first.

    Args:
        texts: by the role of its key; kind: where none of them tells it.
    """
    counts = [
        (weight_of(texts[role] or "0"), sort)
        for role, sort in COUNTS.items()
        if role in texts
    ]
    if counts:
        return [pair for pair in counts if pair[0] != 0] or counts[:1]
    sort = kind_in(texts["kind"], form.kinds) if "kind" in texts else kind
    return [(weight_of(texts["weight"]) if "weight" in texts else 1.0, sort)]
