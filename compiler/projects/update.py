"""Update: a model made again, from its source or from its own tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import holds, read_bytes
from ..ir.artifact import Artifact, beside_of
from ..module import forms
from ..module.header import AGAIN, is_generated, renewed, unified
from ..module.read import Model, made_with, read_module, read_unedited
from ..names import plain
from ..pipeline import compile_source
from ..sources import changed, emit_again, write_modules
from .settings import Setting, free, project_of, settle


@dataclass(frozen=True, slots=True)
class Update:
    """What an update would write.

    Attributes:
        path: of the model; source: the file that is never written over.
        files: what it is made of; None: the file stands as it is.
        why: from what it was made, and what changes, in words.
        artifact: of the compile; None where its tables gave the text.
    """

    path: str
    files: Artifact | None
    why: str
    source: str = ""
    artifact: Artifact | None = None

    def write(self, *, force: bool = False) -> None:
        """Write the file, and that of its tables, whole or not at all.

        Raises:
            InputError: it may not or can not be written; nothing has changed.
        """
        if self.files is not None:
            modules = {Path(self.path): self.files}
            write_modules(modules, force=force, source=self.source)


def update(
    path: str,
    *,
    given: Mapping[str, Any],
    against: str | None = None,
    near: bool = True,
    force: bool = False,
) -> Update:
    """Make a model again; nothing is written yet.

    Args:
        path: of the model; one that pyproject.toml names need not exist yet.
        given: what the command line gives, by the argument's name.
        against: the source, before all others.
        near: stay near the order that stands in the file.
        force: make it again though it was edited by hand.

    Raises:
        InputError: no model of ours, edited, or its source can not be compiled.
        UsageError: options that do not go together.
    """
    if "stick" in given and "like" not in given:
        given = {**given, "like": path}  # the older model is the file itself
    project = project_of(path)
    if not Path(path).exists() and project.values(path).get("source"):
        return made_new(path, settle(path, None, project, given, against))
    data = read_bytes(path, empty=AGAIN)
    if not is_generated(data):
        hint = "update takes models that elegansc generated"
        raise InputError(path, "not a module that elegansc generated", hint)
    if not force and (why := changed(data, path)):
        raise InputError(path, *why)
    setting = settle(path, made_with(data, path), project, given, against)
    if not setting.source or setting.missing:
        return by_tables(path, data, setting)
    return by_source(path, data, setting, near)


def made_new(path: str, setting: Setting) -> Update:
    """A model that has no file yet."""
    artifact = compiled(setting)
    why = f"from {plain(setting.source)}"
    return Update(path, artifact, why, setting.source, artifact)


def by_tables(path: str, data: bytes, setting: Setting) -> Update:
    """A model made again from its own tables, as not all of its source is at hand."""
    module = read_module(data, path)
    absent = setting.missing or (module.header.label,)
    seen = f"{', '.join(map(plain, absent))} not found beside it or above"
    if setting.differs:
        hint = "name the source in pyproject.toml, or with --against"
        why = f"{seen}, so that nothing can change: {', '.join(setting.differs)}"
        raise InputError(path, why, hint)
    if isinstance(module, Model):
        module = read_unedited(data, path)
    again = emit_again(module)
    return stood(path, data, again, f"from its own tables: {seen}")


def by_source(path: str, data: bytes, setting: Setting, near: bool) -> Update:
    """A model made again from its source, near its own order."""
    lock: Model | None = None
    if near:
        try:
            module = read_module(data, path)
            lock = module if isinstance(module, Model) else None
        except InputError:
            lock = None  # damaged, and forced: there is no order to stay near
    else:
        setting = replace(setting, options=free(setting.options))
    artifact = compiled(setting, lock, near=near and setting.own_like)
    change = f"; {', '.join(setting.differs)}" if setting.differs else ""
    found = stood(path, data, artifact, f"from {plain(setting.source)}{change}")
    return replace(found, source=setting.source, artifact=artifact)


def compiled(
    setting: Setting, lock: Model | None = None, near: bool = False
) -> Artifact:
    """The artifact of a setting."""
    return compile_source(
        setting.source,
        name=setting.name,
        label=setting.label,
        options=setting.options,
        layout=setting.layout,
        lock=lock,
        near=near,
    )


def stood(path: str, old: bytes, new: Artifact, why: str) -> Update:
    """An update to new files; none where one differs from them by its layout at most."""
    whole = renewed(old, new.page)
    same = unified(old) == unified(whole) or forms.same_code(
        unified(old), unified(whole)
    )
    return Update(path, None if same and beside_stands(path, new) else new, why)


def beside_stands(path: str, new: Artifact) -> bool:
    """Whether the file of tables, if there is one, holds what it is to hold."""
    return new.tables is None or holds(Path(beside_of(path)), new.tables)
