"""Options that differ between a model that stands in a file and one that replaces it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from pathlib import Path

from .. import catalog
from ..errors import InputError, visible
from ..ir.stages import Read
from ..module.header import is_generated
from ..module.read import Made, made_with
from ..names import class_name
from ..options import Options, Value, base, dashed
from ..readers.asked import flags

DEFAULTS = Options()


def changes(old: Options, new: Options) -> dict[str, str]:
    """Each option that differs, by its field, in words: `features 8 -> 1`."""
    sides = old.changed(), new.changed()
    found = {}
    for option in fields(Options):
        name = dashed(option.name)
        before, after = (
            side.get(name, getattr(DEFAULTS, option.name)) for side in sides
        )
        if before != after:
            found[option.name] = f"{name} {said(before)} -> {said(after)}"
    return found


def said(value: Value | tuple[str, ...]) -> str:
    """The value of an option in words."""
    match value:
        case bool():
            return "on" if value else "off"
        case str():
            return visible(value) or "none"
        case list() | tuple():
            return visible(",".join(value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def read_changes(old: Read, new: Read) -> dict[str, str]:
    """Each option of reading that differs, in words: `columns weight=w2 -> none`."""
    one, two = flags(old), flags(new)
    return {
        option: f"{option} {said(one.get(option, ''))} -> {said(two.get(option, ''))}"
        for option in {**one, **two}
        if one.get(option) != two.get(option)
    }


def lost(
    there: Made, options: Options, name: str, label: str, read: Read
) -> dict[str, str]:
    """What would change of the model at a path, by the name of the argument.

    Args:
        name: of the new class, "" where none is given; label: of the new source.
        read: how the new source is read.
    """
    found = changes(there.options, options)
    if there.read:
        found |= read_changes(there.read, read)
    chosen = there.name != class_name(there.label)
    new = name or class_name(label)
    if chosen and new != there.name:
        found["name"] = f"name {there.name} -> {new}"
    return found


def check_kept(
    path: Path, source: str, made: Made, *, explicit: Collection[str]
) -> None:
    """Raise InputError if the model at a path would lose options that are not given anew.

    Args:
        path: of the file that is to be written; it need not exist.
        source: what is compiled; a generated model keeps its own name and options.
        made: name, label and options that are asked for, "" where none is given.
        explicit: names of the arguments that were given, be it with their default.
    """
    there = standing(path)
    if there is None:
        return
    own = None if catalog.find(source) or source == "-" else standing(Path(source))
    label = made.label or ("stdin" if source == "-" else base(source))
    asked = own.options if own else made.options
    name = made.name or (own.name if own else "")
    read = own.read if own else made.read
    found = lost(there, asked, name, own.label if own else label, read)
    words = {key: text for key, text in found.items() if key not in explicit}
    if words:
        flags = " ".join(f"--{dashed(key)}" for key in words)
        hint = f"elegansc update keeps them; to change them give {flags}, or --force"
        seen = f"was made with other options: {', '.join(words.values())}"
        raise InputError(str(path), seen, hint)


def standing(path: Path) -> Made | None:
    """How the model at a path was made; None where there is none, or a damaged one."""
    try:
        data = path.read_bytes() if path.is_file() else b""
        return made_with(data, str(path)) if is_generated(data) else None
    except (OSError, InputError):
        return None
