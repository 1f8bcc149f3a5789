"""The table [tool.elegansc] of a pyproject.toml: models, their sources and options."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..arguments.layout import FILES as LAYOUT_FILES
from ..arguments.layout import LAYOUT, layout_of
from ..arguments.options import OPTIONS, settled
from ..arguments.values import text as text_of
from ..catalog import find
from ..errors import InputError, Location, UsageError, visible
from ..files import read_bytes
from ..options import CHOICES, Options, dashed, names_file

FILE = "pyproject.toml"
OWN = ("source", "name", "label")  # keys of a model beside options and layout


@dataclass(frozen=True, slots=True)
class Project:
    """What a pyproject.toml says of models; files as paths from its folder.

    Attributes:
        path: of the file; "" where there is none.
        models: path from the folder -> values by argument, those for all models included.
    """

    path: str = ""
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return os.path.dirname(self.path)

    @property
    def paths(self) -> list[str]:
        """The models, as paths from the working directory."""
        return [
            os.path.relpath(os.path.join(self.folder, name)) for name in self.models
        ]

    def values(self, path: str) -> dict[str, Any]:
        """What is said of the model at a path; files as paths that can be opened."""
        for name, found in self.models.items():
            here = os.path.join(self.folder, name)
            if os.path.realpath(here) == os.path.realpath(path):
                return {key: self.opened(key, value) for key, value in found.items()}
        return {}

    def opened(self, key: str, value: Any) -> Any:
        """A value with paths from the working directory."""
        named = names_file(key, value) or key in LAYOUT_FILES
        named = named and isinstance(value, str)
        if named or (key == "source" and not find(value)):
            return self.placed(value)
        if isinstance(value, str) and "@" in value and key in OPTIONS:
            value = [part.strip() for part in value.split(",")]
        if isinstance(value, list):
            return [
                (
                    "@" + self.placed(word[1:])
                    if isinstance(word, str) and word.startswith("@")
                    else word
                )
                for word in value
            ]
        return value

    def placed(self, path: str) -> str:
        """A path from the folder of the file as one from the working directory."""
        return os.path.relpath(os.path.join(self.folder, path)) if path else path


def project_above(folder: str) -> Project:
    """The project whose pyproject.toml lies nearest above a folder.

    Raises:
        InputError: it can not be read; with the line.
    """
    start = Path(os.path.abspath(folder))
    for above in (start, *start.parents):
        path = above / FILE
        if path.is_file() and path.stat().st_size:
            project = read_project(os.path.relpath(path))
            if project is not None:
                return project
    return Project()


def read_project(path: str) -> Project | None:
    """Read a pyproject.toml; None where it has no table [tool.elegansc].

    Raises:
        InputError: no TOML, an unknown key, a wrong value, a path out of the folder.
    """
    data = read_bytes(path)
    try:
        text = data.decode("utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(
            path, f"not UTF-8: {error.reason}", "save it as UTF-8"
        ) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        at = Location(path, *(map(int, place.groups()) if place else ()))
        raise InputError(at, f"no TOML: {error}", "see https://toml.io") from None
    tool = table.get("tool")
    found = tool.get("elegansc") if isinstance(tool, dict) else None
    if found is None:
        return None
    return Project(path, models_of(found, Reader(path, text)))


@dataclass(frozen=True, slots=True)
class Reader:
    """The file, to tell where a value stands."""

    path: str
    text: str

    def wrong(self, words: tuple[str, ...], seen: str, hint: str = "") -> InputError:
        """An error at the last of some words that follow each other in the file."""
        line = 0
        lines = self.text.splitlines()
        for word in words:
            pattern = re.compile(rf"""(^|[\s\["'.{{,]){re.escape(word)}["'\]\s.=]""")
            after = range(max(0, line - 1), len(lines))
            line = next((n + 1 for n in after if pattern.search(lines[n])), line)
        return InputError(Location(self.path, line), visible(seen), visible(hint))


def models_of(table: Any, reader: Reader) -> dict[str, dict[str, Any]]:
    """The models of a table, each with the values for all and its own."""
    top = ("elegansc",)
    if not isinstance(table, dict):
        raise reader.wrong(top, "[tool.elegansc] is no table")
    models = table.get("models", {})
    if not isinstance(models, dict):
        raise reader.wrong(
            (*top, "models"),
            "models is no table",
            'write [tool.elegansc.models."model.py"]',
        )
    shared = {key: value for key, value in table.items() if key != "models"}
    general = values_of(shared, ("source",), reader, top, ("models",))
    found: dict[str, dict[str, Any]] = {}
    for name, own in models.items():
        words = (*top, "models", name)
        path = inside(name, reader, words)
        if path in found:
            raise reader.wrong(words, f"the model {path} stands there twice")
        if not isinstance(own, dict):
            raise reader.wrong(
                words, f"{name} is no table", f'write [tool.elegansc.models."{name}"]'
            )
        found[path] = {**general, **values_of(own, OWN, reader, words)}
    return found


def values_of(
    table: Mapping[str, Any],
    own: tuple[str, ...],
    reader: Reader,
    words: tuple[str, ...],
    others: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Values by the argument's name, each of its type.

    Args:
        own: keys beside options and layout; others: keys that stand elsewhere.
    """
    fields = {dashed(name): name for name in (*own, *OPTIONS, *LAYOUT)}
    found: dict[str, Any] = {}
    for key, value in table.items():
        place = (*words, key)
        if key not in fields:
            near = difflib.get_close_matches(dashed(key), [*fields, *others], n=1)
            hint = (
                f"did you mean {near[0]}?"
                if near
                else "elegansc compile --help lists them"
            )
            raise reader.wrong(place, f"no option {key!r}", hint)
        try:
            found[fields[key]] = checked(fields[key], value)
        except UsageError as error:
            raise reader.wrong(place, str(error).removeprefix("--")) from None
        if key == "source" and not find(value):
            found[key] = inside(value, reader, place)
    return found


def checked(name: str, value: Any) -> Any:
    """A value, if it is of the type of its argument; UsageError otherwise."""
    if name in OWN:
        return text_of(value, name)
    if name in LAYOUT_FILES and isinstance(value, str):
        return value
    if name in LAYOUT:
        layout_of({name: value})
        return value
    (option,) = (option for option in fields(Options) if option.name == name)
    found, allowed = settled(option, value), CHOICES.get(name)
    if allowed and found not in allowed:
        raise UsageError(f"{dashed(name)}: one of {', '.join(allowed)}")
    return value


def inside(path: str, reader: Reader, words: tuple[str, ...]) -> str:
    """A path below the folder of the file, in its shortest form."""
    plain = os.path.normpath(path) if path else ""
    if (
        not plain
        or os.path.isabs(plain)
        or plain.split(os.sep)[0] == os.pardir
        or plain == os.curdir
    ):
        hint = "give a path from the folder of the file, and below it"
        raise reader.wrong(words, f"{path!r} lies outside of this project", hint)
    return plain
