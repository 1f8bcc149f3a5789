"""The models that come from files that changed: what a commit of a source makes stale."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..arguments.layout import FILES as LAYOUT_FILES
from ..errors import CompilerError
from ..files import same
from ..git.command import decoded, git
from ..module.header import is_generated
from ..module.read import made_with
from ..names import label_of
from .configuration import project_above
from .settings import project_of, settle


def affected(files: Iterable[str]) -> list[str]:
    """The models, of pyproject.toml or tracked by git, that are made from one of the files."""
    changed = [os.path.relpath(file) for file in files]
    if not changed:
        return []
    known = dict.fromkeys([*project_above(os.curdir).paths, *tracked()])
    return [
        path for path in known if os.path.isfile(path) and comes_from(path, changed)
    ]


def comes_from(path: str, changed: list[str]) -> bool:
    """Whether a model is made from one of the files, or what is said of it stands there."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        if not is_generated(data):
            return False
        made = made_with(data, path)
        project = project_of(path)
        source = settle(path, made, project, {}).source
    except CompilerError:
        return True  # its status says what is wrong
    names = {label_of(os.path.basename(file)) for file in changed}
    own = made.options
    listed = {
        own.cells,
        own.electrical,
        own.signs,
        own.types,
        *(word[1:] for word in own.inputs),
    }
    values = project.values(path)
    said = bool(values) and any(same_file(project.path, f) for f in changed)
    named = [source, *(values.get(key) for key in LAYOUT_FILES)]
    paths = [path for path in named if path and isinstance(path, str)]
    found = any(same_file(path, file) for path in paths for file in changed)
    return (
        found
        or said
        or bool(names & (listed - {""}))
        or (made.label in names and not source)
    )


def same_file(path: str, other: str) -> bool:
    """Whether two paths are one file."""
    return same(Path(path), other)


def tracked() -> list[str]:
    """The Python files that git tracks below the working directory; none outside of a repository."""
    try:
        names = decoded(git("ls-files", "-z", "*.py")).split("\0")
    except CompilerError:
        return []
    return [name for name in names if name]
