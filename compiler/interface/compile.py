"""The door for Python: compile."""

from __future__ import annotations

import warnings
from dataclasses import fields
from typing import Unpack

from ..arguments.choices import Choices
from ..arguments.layout import LAYOUT, layout_of
from ..arguments.options import OPTIONS, options_of
from ..arguments.values import check_names, text
from ..errors import CompilerWarning
from ..ir.artifact import Artifact
from ..ir.trace import Trace
from ..pipeline import compile_opened
from .objects.kinds import Input
from .objects.opened import opened, origin_of
from .result import Compiled


def compile(
    path: Input,
    *,
    name: str = "",
    label: str = "",
    **choices: Unpack[Choices],
) -> Compiled:
    """Compile a connectome into a PyTorch module, whatever it comes in.

    Args:
        path: a file, bundled name or generated model as for the command line, "-" is
            standard input; a `pathlib.Path` is always a file, never a bundled name. Or an
            object as of `read`: bytes, an open file, a graph, a table, rows.
        name, label: of the class, of the source; an object without a label is "graph".
        choices: options as in `elegansc compile --help`, with underscores, and how a text
            is read (columns, delimiter, header, encoding, kind, where, kinds,
            decimal). Patterns are a text as
            on the command line, or a list; None is the default.

    Returns:
        The model, with `source`, `write(path)`, `load()`, `report` and `warnings`.

    Raises:
        InputError: the input is wrong.
        UsageError: an argument is.

    Warns:
        CompilerWarning: each warning of the report.
    """
    check_names(choices, ("name", "label", *OPTIONS, *LAYOUT))
    origin, options = origin_of(path, "path"), options_of(choices)
    word, called = text(name, "--name"), text(label, "--label")
    source = opened(path, layout_of(choices), label=called, name="path")
    artifact = compile_opened(source, options, Trace(), name=word)
    found = {part.name: getattr(artifact, part.name) for part in fields(Artifact)}
    compiled = Compiled(**found, options=options, origin=origin)
    for warning in compiled.warnings:
        warnings.warn(warning, CompilerWarning, stacklevel=2)
    return compiled
