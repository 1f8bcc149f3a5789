"""The header of KONECT: whether edges have a direction, and a column of times.

Source: Kunegis, "Handbook of network analysis: the KONECT project", the format of `out.*`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..errors import InputError, Location
from .columns import numeric
from .form import Form, Sample

HEADER = re.compile(r"%\s*(sym|asym|bip)(?:\s+([a-z]+))?\s*")


def with_header(form: Form, sample: Sample, at: Location) -> Form:
    """A form that obeys the header of KONECT, if it has one.

    Rows of four numbers are from, to, weight and time.

    Raises:
        InputError: the two sides of the graph are numbered apart, or edges come and go.
    """
    said = HEADER.fullmatch(sample.comments[0]) if sample.comments else None
    if said is None or form.header:
        return form
    if said[1] == "bip":
        seen = "KONECT bip: a bipartite graph, whose two sides are numbered apart"
        raise InputError(at, seen, "give every cell a name of its own")
    if said[2] == "dynamic":
        seen = "KONECT dynamic: edges come and go with the time"
        raise InputError(at, seen, "write the edges of one time")
    places = dict(form.places)
    if form.width == 4 and all(numeric(form.rows, place) for place in (2, 3)):
        places = {"pre": 0, "post": 1, "weight": 2, **places}
    return replace(form, places=places, undirected=said[1] == "sym")
