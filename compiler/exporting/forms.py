"""The forms in which a graph is exported, by the suffix of a file."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..errors import InputError, UsageError
from ..ir.stages import Connectome
from ..names import plain
from . import graphml
from .canonical import canonical
from .delimited import write_delimited
from .gml import write_gml
from .graphml import write_graphml
from .node_link import write_node_link
from .parquet import write_parquet

PACKED = ".gz"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a file.

    Attributes:
        write: the bytes of a canonical connectome.
        unfit: whether a name can not stand in it.
        binary: whether it is no text.
    """

    write: Callable[[Connectome], bytes]
    unfit: Callable[[str], bool] = lambda name: False
    binary: bool = False


def padded(name: str) -> bool:
    """Whether a name has blanks around it, which no table of synapses means."""
    return name != name.strip()


FORMS: Mapping[str, Form] = {
    "csv": Form(write_delimited, padded),
    "graphml": Form(write_graphml, graphml.unfit),
    "json": Form(write_node_link),
    "gml": Form(write_gml),
    "parquet": Form(write_parquet, binary=True),
}
NAMES = (*FORMS, *(name + PACKED for name, form in FORMS.items() if not form.binary))


def export(connectome: Connectome, name: str) -> bytes:
    """A graph as a file: the same rows in any order give the same bytes.

    Args:
        name: of NAMES; a packed one has neither time nor name in it.

    Raises:
        InputError: a name that the form can not hold.
    """
    form = FORMS[name.removesuffix(PACKED)]
    if bad := next(filter(form.unfit, connectome.cells.name), None):
        others = ", ".join(key for key in FORMS if not FORMS[key].unfit(bad))
        hint = f"rename the cell, or export as {others}"
        seen = f"the name {plain(bad)} can not stand in a file of the form {name}"
        raise InputError(connectome.source.label, seen, hint)
    data = form.write(canonical(connectome))
    return packed(data) if name.endswith(PACKED) else data


def packed(data: bytes) -> bytes:
    """The data compressed by gzip, without time and name: the same bytes always."""
    target = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=target, mtime=0) as file:
        file.write(data)
    return target.getvalue()


def form_of(output: str) -> str:
    """The form by the suffix of a file's name.

    Raises:
        UsageError: it names none.
    """
    lowered = output.lower()
    found = [name for name in NAMES if lowered.endswith(f".{name}")]
    if not found:
        known = ", ".join(f".{name}" for name in FORMS)
        hint = f"one of {known}, with {PACKED} or without, or --format"
        raise UsageError(f"--output {output}: the suffix names no form; {hint}")
    return found[0]
