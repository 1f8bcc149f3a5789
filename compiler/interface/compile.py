"""The door for Python: compile."""

from __future__ import annotations

import os
import warnings
from dataclasses import fields
from os import PathLike
from typing import Unpack

from ..arguments.choices import Choices
from ..arguments.layout import LAYOUT, layout_of
from ..arguments.options import OPTIONS, options_of
from ..arguments.values import check_names, file, text
from ..errors import CompilerWarning
from ..ir.artifact import Artifact
from ..pipeline import compile_source
from .result import Compiled


def compile(
    path: str | PathLike[str],
    *,
    name: str = "",
    label: str = "",
    **choices: Unpack[Choices],
) -> Compiled:
    """Compile a connectome file, bundled name or generated model into a PyTorch module.

    Args:
        path: as for the command line, "-" is standard input; a `pathlib.Path` is always
            a file, never a bundled name.
        name, label: of the class, of the source.
        choices: options as in `elegansc compile --help`, with underscores, and how a text
            is read (columns, delimiter, header, encoding, kind). Patterns are a text as
            on the command line, or a list; None is the default.

    Returns:
        The model: its `source`, `write(path)`, `load()`, `report` and `warnings`.

    Raises:
        InputError: the input is wrong. UsageError: an argument is.

    Warns:
        CompilerWarning: each warning of the report.
    """
    check_names(choices, ("name", "label", *OPTIONS, *LAYOUT))
    origin, options = source_of(path, "path"), options_of(choices)
    artifact = compile_source(
        origin,
        name=text(name, "--name"),
        label=text(label, "--label"),
        options=options,
        layout=layout_of(choices),
    )
    found = {part.name: getattr(artifact, part.name) for part in fields(Artifact)}
    compiled = Compiled(**found, options=options, origin=origin)
    for warning in compiled.warnings:
        warnings.warn(warning, CompilerWarning, stacklevel=2)
    return compiled


def source_of(path: object, name: str) -> str:
    """A source as the command line takes it.

    Args:
        path: a text, or a path object, which is never a bundled name.
        name: of the argument, for messages.
    """
    found = file(path, name)
    bare = not isinstance(path, str) and not os.path.dirname(found)
    return os.path.join(os.curdir, found) if bare else found
