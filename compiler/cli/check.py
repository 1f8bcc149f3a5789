"""What compile --check and --diff do: compare a file with what would be written there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError, visible
from ..ir.artifact import beside_of

if TYPE_CHECKING:
    from ..ir.artifact import Artifact
    from ..ir.trace import Trace
    from ..module.read import CircuitModel, Made, Model
    from ..options import Options


def standing(path: Path) -> Model | CircuitModel | None:
    """The unedited model at a path; None where there is none."""
    from ..files import read_bytes
    from ..module.header import AGAIN, NewerFormat
    from ..module.read import read_module
    from ..sources import check_unedited

    if not path.is_file():
        return None
    data = read_bytes(str(path), empty=AGAIN)
    try:
        model = read_module(data, str(path))
        check_unedited(model)
        return model
    except NewerFormat:
        raise
    except InputError:
        return None


def locking(there: Model | CircuitModel | None) -> Model | None:
    """A model whose order stands, if it is of the same graph and options."""
    from ..module.read import Model

    return there if isinstance(there, Model) else None


def told(there: Model | CircuitModel | None, made: Made) -> str:
    """How the model that stands there was made, if it was with other options; else ""."""
    from ..arguments.changes import changes, read_changes
    from ..module.docstring_layout import command
    from ..module.read import made_of

    if there is None:
        return ""
    read = made_of(there).read
    found = changes(there.options, made.options)
    if read:
        found |= read_changes(read, made.read)
    if not found:
        return ""
    by = command(there.header.label, there.name, there.options, read)
    return f"it was made by: {by}\n  other options: {', '.join(found.values())}"


def compared(path: Path, artifact: Artifact, *, show: bool) -> bool:
    """Whether a file holds a module; the difference, if it is to be shown."""
    from difflib import unified_diff

    from ..files import read_bytes
    from ..module.forms import same_code
    from ..module.header import AGAIN, renewed, unified

    there = path.exists() or not show
    old = read_bytes(str(path), empty=AGAIN) if there else b""
    old, data = unified(old), unified(renewed(old, artifact.page))
    if beside_differs(path, artifact):
        told = f"{visible(beside_of(str(path)))}: not the tables that would be written"
        click.echo(told, err=True)
    elif old == data or same_code(old, data):
        layout = "" if old == data else ", reformatted"
        click.echo(f"{visible(str(path))} is as elegansc writes it{layout}", err=True)
        return True
    if show:
        before, after = (
            text.decode("utf-8", "replace").splitlines(keepends=True)
            for text in (old, data)
        )
        name = visible(str(path))
        lines = unified_diff(before, after, name, f"{name} (as compiled)")
        click.echo("".join(lines), nl=False)
    return False


def beside_differs(path: Path, artifact: Artifact) -> bool:
    """Whether a file of tables is to be there, and holds something else, or nothing."""
    from ..files import holds

    beside = Path(beside_of(str(path)))
    return artifact.tables is not None and not holds(beside, artifact.tables)


def say_fresh(trace: Trace, artifact: Artifact, options: Options) -> None:
    """Say if a fresh solve would lose less than the order of the model at OUTPUT.

    The connectome is that of the trace, so that standard input is not read twice.
    """
    from ..ir.stages import Connectome, Dag
    from ..names import amount
    from ..pipeline import lower

    dag = trace.kept.get("dag")
    if not (isinstance(dag, Dag) and dag.recorded):
        return
    connectome = trace.kept["connectome"]
    assert isinstance(connectome, Connectome)
    new = lower(connectome, replace(options, like="", stick=0.0))
    old, now = artifact.history.break_cycles, new.history.break_cycles
    assert old is not None and now is not None
    if now.loss.weight < old.loss.weight:
        less = f"{amount(old.loss.weight - now.loss.weight)} {artifact.unit}"
        click.echo(f"a fresh solve would lose {less} less", err=True)
