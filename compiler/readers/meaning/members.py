"""Texts and graphs among the parts of a file: whether they hold edges, and who is in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...errors import CompilerError, InputError
from ...ir.accounts import BookForm, GraphForm, PartForm, TextForm
from ...names import plain
from ..book import Text
from ..reader import EdgeList, Layout

NEWLINE = b"\n"
HEAD = 65_536  # bytes by which a text is judged


def holds_edges(
    text: Text, read: Callable[[Text, str, Layout], EdgeList], layout: Layout
) -> bool:
    """Whether the first lines of a text are edges."""
    head = text.data[:HEAD]
    if len(text.data) > HEAD:
        head = head[: head.rfind(NEWLINE) + 1]
    try:
        read(Text(text.name, head), text.name, layout)
    except CompilerError:
        return False
    return True


def as_part(name: str, edges: EdgeList) -> EdgeList:
    """The edges of a text or a graph as those of a part of a file."""
    form = edges.form
    if isinstance(form, BookForm):  # a matrix
        return replace(edges, form=replace(form.parts[0], name=name))
    assert isinstance(form, TextForm | GraphForm)
    ignored = form.ignored if isinstance(form, TextForm) else ()
    found = PartForm(name, "edge list", form.columns, ignored=ignored)
    return replace(edges, form=found)


def member_edges(text: Text, edges: EdgeList, label: str) -> EdgeList:
    """The edges of a member, its cells by the names that another one gives.

    Raises:
        InputError: a cell without a name.
    """
    edges = as_part(text.name, edges)
    if not text.names:
        return edges
    stray = [name for name in edges.names if name not in text.names]
    if stray:
        seen = f"{text.name}: {plain(stray[0])} is not in {text.named_by}"
        raise InputError(label, seen, "give every cell a row there")
    alone = [name for name in text.names if name not in set(edges.names)]
    assert isinstance(edges.form, PartForm)
    what = f"{edges.form.what}, names from {text.named_by}"
    return replace(
        edges,
        names=tuple(text.names[name] for name in (*edges.names, *alone)),
        role=np.append(edges.role, np.zeros(len(alone), np.uint8)),
        transmitter=(*edges.transmitter, *[""] * len(alone)),
        form=replace(edges.form, what=what),
    )
