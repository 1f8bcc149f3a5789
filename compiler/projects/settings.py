"""How a model is to be made: by the command line, pyproject.toml, its own file, in this order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from .. import catalog
from ..arguments.changes import changes, read_changes
from ..arguments.layout import FILES as LAYOUT_FILES
from ..arguments.layout import LAYOUT, layout_of
from ..arguments.options import OPTIONS, options_of
from ..errors import InputError, UsageError
from ..module.read import Made
from ..options import Options, names_file
from ..readers.asked import asked as read_as
from ..readers.asked import wishes
from ..readers.reader import Layout
from .configuration import Project, project_above
from .places import found


@dataclass(frozen=True, slots=True)
class Setting:
    """How a model is to be made.

    Attributes:
        source: path or bundled name; "" where it is not at hand.
        missing: files that the options name and that are not at hand.
        differs: what the file was made with that is another now, in words.
        by: file that says so, or "" of the command line.
        own_like: whether the older model of --like is the one that the file names.
    """

    source: str
    name: str
    label: str
    options: Options
    layout: Layout
    missing: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    by: str = ""
    own_like: bool = True


def project_of(path: str) -> Project:
    """The project that names a model, else the one above the working directory."""
    near = project_above(os.path.dirname(path) or os.curdir)
    return near if near.values(path) else project_above(os.curdir)


def settle(
    path: str,
    made: Made | None,
    project: Project,
    given: Mapping[str, Any],
    against: str | None = None,
) -> Setting:
    """How the model at a path is to be made.

    Args:
        made: how the file was made; None: there is no file yet.
        given: what the command line gives, by the argument's name.
        against: the source, before all others.

    Raises:
        UsageError: options that do not go together.
    """
    said = project.values(path)
    own, missing = of_file(made, path) if made else ({}, ())
    told = {**own, **said, **given}
    lost = tuple(file for key, file in missing if key not in said and key not in given)
    layout = {
        key: value
        for key, value in told.items()
        if key in LAYOUT and not (key in LAYOUT_FILES and value in lost)
    }
    names = {
        **vars_of(made),
        **{k: v for k, v in {**said, **given}.items() if k in ("name", "label") and v},
    }
    try:
        asked = options_of({k: v for k, v in told.items() if k in OPTIONS})
    except UsageError as error:
        if not said:
            raise
        raise InputError(project.path, str(error), f"it is said of {path}") from None
    words = [*changes(made.options, asked).values()] if made else []
    if made and made.read and said.keys() & set(LAYOUT):
        as_said = {key: value for key, value in layout.items() if key not in given}
        words += read_changes(made.read, read_as(layout_of(as_said))).values()
    for key, old in vars_of(made).items():
        if names[key] != old:
            words.append(f"{key} {old} -> {names[key]}")
    label = names.get("label", "")
    source = (
        against
        or said.get("source")
        or source_by(label if not made else made.label, path)
    )
    return Setting(
        source,
        names.get("name", ""),
        "" if catalog.find(source) else label,
        asked,
        layout_of(layout),
        lost,
        tuple(words),
        project.path if said else "",
        not ({"like", "stick"} & ({*said} | {*given})),
    )


def vars_of(made: Made | None) -> dict[str, str]:
    """Name and label of a file."""
    return {"name": made.name, "label": made.label} if made else {}


def of_file(
    made: Made, path: str
) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """(options that a file was made with, (option, file) that are not at hand).

    The files that they name stand there without their folder, and are looked for.
    """
    values: dict[str, Any] = {}
    missing: list[tuple[str, str]] = []

    def opened(key: str, label: str) -> str:
        place = found(label, path)
        if not place:
            missing.append((key, label))
        return place or label

    values |= wishes(made.read)
    if isinstance(names := values.get("names"), str):
        values["names"] = opened("names", names)
    for option in fields(Options):
        value = getattr(made.options, option.name)
        if value == option.default:
            continue
        if option.name != "like" and names_file(option.name, value):
            value = opened(option.name, value)
        elif isinstance(value, tuple):
            value = [
                "@" + opened(option.name, word[1:]) if word.startswith("@") else word
                for word in value
            ]
        values[option.name] = value
    return values, tuple(missing)


def source_by(label: str, path: str) -> str:
    """The source of a label: bundled, or beside the model or above it; "" where there is none."""
    if not label or catalog.find(label):
        return label
    return found(label, path)


def free(options: Options) -> Options:
    """The options without an older model to stay near."""
    return replace(options, like="", stick=0.0)
