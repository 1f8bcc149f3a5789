"""What pip would bring, linked from this environment: nothing is downloaded or copied."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def linked(wanted: str, folder: Path) -> Path:
    """A folder of just the packages that a requirement asks for, itself left out.

    A package that is not declared, by the requirement or by what it needs, is not in it.
    """
    folder.mkdir()
    start = Requirement(wanted)
    for name in sorted(asked_for(start) - {canonicalize_name(start.name)}):
        link(distribution(name), folder)
    return folder


def asked_for(start: Requirement) -> set[str]:
    """The names of all that a requirement brings, by what each package declares."""
    done: set[tuple[str, str]] = set()
    waiting = [start]
    while waiting:
        found = waiting.pop()
        for extra in ("", *found.extras):
            key = canonicalize_name(found.name), extra
            if key not in done:
                done.add(key)
                waiting += declared(found.name, extra)
    return {name for name, _ in done}


def declared(name: str, extra: str) -> Iterator[Requirement]:
    """What a package asks for on this machine, with an extra or, "", without."""
    for line in distribution(name).requires or ():
        need = Requirement(line)
        if need.marker is None or need.marker.evaluate({"extra": extra}):
            yield need


def link(package: Distribution, folder: Path) -> None:
    """Link a package's folders and files; its scripts are left out."""
    tops = {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}
    for top in tops:
        place = folder / top
        if not place.exists():  # a folder that packages share
            place.symlink_to(str(package.locate_file(top)))
