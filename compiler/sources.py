"""Open a source: a connectome of any format, or a module that elegansc generated."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from . import catalog, names
from .errors import InputError, UsageError
from .files import Kind, allow, read_bytes, replace_all
from .files import renewed as file_renewed
from .git.revision import file_name
from .ir.artifact import BESIDE, Artifact, beside_of
from .ir.invariants import check_invariants
from .ir.stages import Connectome
from .ir.trace import STEP
from .module import forms
from .module.beside import TABLES
from .module.header import (
    CONFLICT,
    NewerFormat,
    check_label,
    is_generated,
    read_header,
    renewed,
)
from .module.read import CircuitModel, Model, made_of, read_consistent, read_module
from .options import Options
from .readers.asked import as_asked
from .readers.junction_file import recorded
from .readers.parse import parse
from .readers.reader import Layout
from .semantics.registry import semantics_of

RELABEL = "choose another with --label"  # what to do about a label of a bundled one
UNLABELLED = "rename the file"  # the same where there is no --label

Opened = Connectome | Model | CircuitModel


def open_source(
    path: str, layout: Layout, *, label: str = "", hint: str = RELABEL
) -> Opened:
    """Open a connectome or a generated module.

    Args:
        path: a bundled name, "-" for stdin, a file, or REVISION:PATH of git; a bundled
            name wins unless the argument has a slash or an extension.
        label: stands for the file in the output; its base name if empty.
        hint: what to do if the file is called like a bundled connectome.

    Returns:
        A connectome, verified; or a module whose tables do not contradict each other,
        by whoever they were edited.

    Raises:
        InputError: no such file, or what is wrong with it. UsageError: the label or the
            layout does not fit it.
    """
    return opened(fetch(path, label, hint=hint), path, layout)


def opened(fetched: tuple[bytes, str, str], path: str, layout: Layout) -> Opened:
    """What was fetched from a path, read; errors as of `open_source`."""
    data, label, unit = fetched
    STEP.info("read %s", names.plain(label))
    match read_source(data, path, layout):
        case Connectome() as connectome:
            source = replace(connectome.source, label=label, unit=unit)
            return replace(connectome, source=source)
        case module:
            return replace(module, label=label)


def open_both(paths: tuple[str, str], layout: Layout) -> list[Opened]:
    """Open two sources; the one that a model was made from is read as it records.

    Raises:
        InputError, UsageError: as of `open_source`.
    """
    fetched = [fetch(path, "", hint=UNLABELLED) for path in paths]
    models: list[Model | CircuitModel | None] = []
    for path, each in zip(paths, fetched, strict=True):
        found = opened(each, path, layout) if is_generated(each[0]) else None
        models.append(None if isinstance(found, Connectome) else found)
    both: list[Opened] = []
    for path, each, own, other in zip(
        paths, fetched, models, models[::-1], strict=True
    ):
        wish = layout
        if other is not None and each[1] == other.header.label and path != "-":
            wish = as_asked(recorded(other.options, layout), made_of(other).read)
        both.append(own if own is not None else opened(each, path, wish))
    return both


def read_source(data: bytes, path: str, layout: Layout) -> Opened:
    """Read the bytes of a connectome or of a generated module."""
    if is_generated(data):
        return read_consistent(data, path)
    connectome = parse(data, "stdin" if path == "-" else path, layout=layout)
    check_invariants(connectome)
    return connectome


def fetch(path: str, label: str, *, hint: str) -> tuple[bytes, str, str]:
    """(bytes, label, unit of the weights) of a connectome.

    Args:
        hint: what to do if the file is called like a bundled connectome.

    Raises:
        InputError: no such file, and no bundled connectome of the name.
    """
    entry = catalog.find(path)
    if entry:
        return catalog.read(entry), check_label(label or entry.name), entry.unit
    file = "stdin" if path == "-" else file_name(path)
    found = check_label(label or names.label_of(file)[:100])
    bare = not set(path) & set("/\\.:")
    if bare and path != "-" and not os.path.exists(path):
        near = catalog.suggest(path)
        hint = f"did you mean {near}?" if near else "elegansc connectomes lists them"
        raise InputError(
            path, "no such file, and no bundled connectome of this name", hint
        )
    data = read_bytes(path)
    return data, free_label(found, hint), catalog.UNKNOWN_UNIT


def free_label(label: str, hint: str) -> str:
    """The label, unless it is a bundled connectome's or can not stand in a model.

    Raises:
        UsageError: it is one of them.
    """
    if catalog.find(check_label(label)):
        raise UsageError(f"label {label}: is the name of a bundled connectome; {hint}")
    return label


def check_own(module: Model | CircuitModel, options: Options) -> None:
    """Raise unless a generated module is unedited, and no options are given.

    Raises:
        InputError: it was edited or cut short. UsageError: options beside its own.
    """
    if changed := options.changed():
        hint = "the options of a generated model are its own; compile its source with others"
        raise UsageError(f"{', '.join('--' + key for key in changed)}: {hint}")
    check_unedited(module)


def check_unedited(module: Model | CircuitModel) -> None:
    """Raise InputError if a module was edited by hand or cut short."""
    forms.check_form(module.header, module.path, lambda: emitted(module))


def emitted(module: Model | CircuitModel) -> bytes:
    """The module that this elegansc emits for the tables of a generated one."""
    return emit_again(module).page


def emit_again(module: Model | CircuitModel) -> Artifact:
    """The files that this elegansc emits for the tables of a generated module."""
    if isinstance(module, Model):
        return forms.emit_again(module)
    if semantics_of(module.options).currents:
        from .module.emit_leaky import emit_leaky

        return emit_leaky(module.circuit, options=module.options, name=module.name)
    from .module.emit_sweep import emit_sweep
    from .passes.published_sweep import published_sweep

    sweep = published_sweep(module.circuit)
    return emit_sweep(sweep, options=module.options, name=module.name)


def changed(data: bytes, path: str) -> tuple[str, str] | None:
    """Why a generated module may not be overwritten: (what was seen, what to do)."""
    if CONFLICT in data:
        hint = "settle the merge of its source; then --force replaces it"
        return "holds two versions of a merge", hint
    try:
        if not read_header(data, "").edited:
            return None
        check_unedited(read_module(data, path))
    except NewerFormat as error:
        return error.mistakes[0].seen, error.mistakes[0].hint
    except InputError:
        hint = "git diff shows the edits; --force drops them"
        return "was edited by hand", hint
    return None


MODULE = Kind("a file that elegansc made", is_generated, changed, renewed)


def allow_module(
    path: Path, *, beside: bool, force: bool = False, source: str | Iterable[str] = ()
) -> None:
    """Raise InputError if a module, or the file of its tables, may not be written.

    Args:
        beside: whether there is such a file.
    """
    allow(path, kind=MODULE, force=force, source=source)
    if not beside:
        return
    if path.suffix == BESIDE or (path.exists() and not path.is_file()):
        seen = f"the tables of so large a graph stand in a file beside it, in {BESIDE}"
        hint = "give the module a name in .py, or --tables inline"
        raise InputError(str(path), seen, hint)
    allow(Path(beside_of(str(path))), kind=TABLES, force=force, source=source)


def write_modules(
    modules: Mapping[Path, Artifact],
    *,
    force: bool = False,
    source: str | Iterable[str] = (),
    more: Mapping[Path, bytes] | None = None,
) -> set[Path]:
    """Write modules and the files of their tables, all of them or none.

    Args:
        modules: by path; more: other files that are written with them.

    Returns:
        The files that were written.

    Raises:
        InputError: one may not or can not be written; nothing has changed.
    """
    files: dict[Path, bytes] = {}
    for path, artifact in modules.items():
        beside = artifact.tables is not None
        allow_module(path, beside=beside, force=force, source=source)
        files |= artifact.at(path)
        files[path] = file_renewed(path, artifact.page, MODULE)
    return replace_all({**files, **(more or {})})
