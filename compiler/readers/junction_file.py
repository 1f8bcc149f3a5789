"""Two files of one animal: an edge list, and the gap junctions beside it."""

from __future__ import annotations

from dataclasses import replace

from ..errors import InputError, UsageError
from ..files import read_bytes
from ..ir.accounts import BookForm, Finding, Form, GraphForm, PartForm
from ..ir.stages import ELECTRICAL
from ..names import label_of, plain, plural
from ..options import Options
from .book import Book
from .meaning.understand import joined, wished
from .reader import EdgeList, File, Layout


def read_beside(path: str) -> File:
    """The file of gap junctions at a path, "-" for stdin.

    Raises:
        InputError: no such file.
    """
    return File(path, read_bytes(path, empty="give one row for each gap junction"))


def recorded(options: Options, layout: Layout) -> Layout:
    """A layout with what a model records of how its source is read.

    Raises:
        InputError: no such file of gap junctions.
    """
    beside = layout.electrical
    if beside is None and options.electrical:
        beside = read_beside(options.electrical)
    polyadic = layout.polyadic or options.polyadic
    return replace(layout, electrical=beside, polyadic=polyadic)


def without_reading(options: Options) -> Options:
    """The options without those that say how a source is read."""
    return replace(options, electrical="", polyadic=False)


def together(edges: EdgeList, label: str, junctions: EdgeList, beside: str) -> EdgeList:
    """The edges of both files, cells by name; findings and columns say of which file.

    Args:
        label: of the file of `edges`; beside: of that of `junctions`.

    Raises:
        InputError: the first holds gap junctions itself, or the second chemical rows.
    """
    own = int((edges.kind == ELECTRICAL).sum())
    if own:
        seen = f"{plural(own, 'electrical row')} beside --electrical {plain(beside)}"
        hint = "leave --electrical out, or take the rows out of one of the two"
        raise InputError(label, seen, hint)
    strange = int((junctions.kind < ELECTRICAL).sum())
    if strange:
        seen = f"{plural(strange, 'chemical row')} in the file of --electrical"
        hint = "give a file of gap junctions alone, or one file that tells the kinds"
        raise InputError(beside, seen, hint)
    files = [(edges, base(label)), (junctions, base(beside))]
    parts = (
        *parts_of(edges.form, base(label), ""),
        *parts_of(junctions.form, base(beside), "electrical"),
    )
    found = joined(Book("two files", "file", ()), [edges, junctions])
    findings = tuple(
        located(finding, name) for each, name in files for finding in each.findings
    )
    return replace(found, form=BookForm("two files", "file", parts), findings=findings)


def sheets_of(book: Book, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of --sheet that name a part of a file."""
    return tuple(word for word in words if has(book, word))


def without_those_of(
    other: Book, book: Book, words: tuple[str, ...]
) -> tuple[str, ...]:
    """The words of --sheet for a file: but for those that only the other one has."""
    return tuple(word for word in words if has(book, word) or not has(other, word))


def has(book: Book, word: str) -> bool:
    """Whether a word of --sheet names a part of a file."""
    try:
        wished(word, book, "")
    except UsageError:
        return False
    return True


def base(path: str) -> str:
    """A file as reports call it: without its folder."""
    return label_of(path.replace("\\", "/").rsplit("/", 1)[-1])


def located(finding: Finding, name: str) -> Finding:
    """The finding with its file before its place."""
    place = f"{name}: {finding.place}" if finding.place else name
    return replace(finding, place=place)


def parts_of(form: Form, name: str, kind: str) -> tuple[PartForm, ...]:
    """How a file was read, as parts of two files.

    Args:
        kind: of all its rows, where no column tells.
    """
    if isinstance(form, BookForm):
        return tuple(
            replace(
                part,
                name=f"{name}: {part.name}" if part.name else name,
                kind=part.kind or kind,
            )
            for part in form.parts
        )
    if isinstance(form, PartForm):
        return (replace(form, name=name, kind=form.kind or kind),)
    if isinstance(form, GraphForm):
        return (PartForm(name, form.format, form.columns, kind),)
    what = f"{form.delimiter}, {'header' if form.header else 'no header'}"
    return (PartForm(name, what, form.columns, kind, ignored=form.ignored),)
