"""The first block of a report: what stands in the file, and how it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..ir.accounts import (
    BookForm,
    Finding,
    GraphForm,
    Parsed,
    PartForm,
    TextForm,
)
from ..names import CUT, literal, plain, plural
from ..readers.findings import CODES, WARNING
from .words import line

UNUSED = 6  # columns without a role that a line names


def parsed(account: Parsed, label: str, verbose: bool) -> Iterator[str]:
    """Rows and cells of the file, its columns, and what a person should know of it."""
    chemical, electrical = account.chemical.rows, account.electrical.rows
    rows = plural(account.rows, "row")
    yield line(
        "read",
        f"{label}: {rows}, {account.cells:,} cells; {chemical:,} chemical, {electrical:,} electrical",
    )
    if isinstance(account.form, BookForm):
        yield from parts(account.form)
    else:
        yield line("", "; ".join(layout(account, verbose)))
    if account.repeated.rows:
        yield line(
            "",
            f"{plural(account.repeated.rows, 'row')} seen from the receiver: they repeat others, dropped",
        )
    if account.zero:
        yield line("", f"{plural(account.zero, 'row')} of weight 0: dropped")
    yield from map(found, account.findings)


def parts(form: BookForm) -> Iterator[str]:
    """Which parts of a container were read as what."""
    for part in form.parts:
        name = f"{form.part} {plain(part.name)}: " if part.name else ""
        columns = ", ".join(f"{role} = {plain(c)}" for role, c in part.columns.items())
        words = [part.what, columns] if columns else [part.what]
        counts = {"kind", "chemical", "electrical"} & part.columns.keys()
        words += [] if counts else [part.kind or "no word of the kind: chemical"]
        if (
            part.columns
            and not {"weight", "chemical", "electrical"} & part.columns.keys()
        ):
            words.append("no weight column: each row counts 1")
        yield line("", f"{name}{'; '.join(words)}")
        if part.ignored:
            yield line("", f"not used: {', '.join(map(plain, part.ignored))}")
        if part.left_out:
            seen = f"{plural(part.left_out, 'row')} without a name, or of totals"
            yield line("", f"{seen}: not read")


def found(finding: Finding) -> str:
    """The line of a finding: a warning bears its code."""
    place = f"{finding.place}: " if finding.place else ""
    sentence = place + finding.message
    if CODES[finding.code].severity != WARNING:
        return line("", sentence)
    return warning(finding.code, sentence)


def warning(code: str, sentence: str) -> str:
    """The line of a warning."""
    return line("warning", f"{code} {sentence}")


def layout(account: Parsed, verbose: bool) -> Iterator[str]:
    """How a file is laid out: its form, its columns, and what it does not tell."""
    form = account.form
    if isinstance(form, TextForm):
        yield f"{form.delimiter}, {'header' if form.header else 'no header'}"
        quoted = form.header
    else:
        assert isinstance(form, GraphForm)
        yield form.format
        quoted = True
    roles = [
        f"{role} = {title(name) if quoted else name}"
        for role, name in form.columns.items()
    ]
    if roles:
        yield ", ".join(roles)
    yield from untold(account)
    if isinstance(form, TextForm) and form.ignored:
        yield f"not used: {unused(form.ignored, quoted, verbose)}"


def untold(account: Parsed) -> Iterator[str]:
    """What stands for a weight or a kind that the file does not tell."""
    form = account.form
    assert not isinstance(form, BookForm | PartForm)
    counts = {"chemical", "electrical"} & form.columns.keys()
    if not counts and "weight" not in form.columns:
        yield f"no weight column: each {'edge' if isinstance(form, GraphForm) else 'row'} counts 1"
    if not counts and "kind" not in form.columns:
        if account.electrical.rows:
            yield "no column tells the kind: all electrical, as --kind says"
        else:
            yield "no column tells the kind: all chemical (--kind electrical)"


def title(name: str) -> str:
    """The title of a column in quotes, a long one cut."""
    return literal(name if len(name) <= CUT else name[: CUT - 3] + "...")


def unused(names: Sequence[str], quoted: bool, verbose: bool) -> str:
    """The columns without a role; a few unless all were asked for."""
    titles = [title(name) if quoted else name for name in names]
    if verbose or len(titles) <= UNUSED:
        return ", ".join(titles)
    return f"{', '.join(titles[:UNUSED])} and {len(titles) - UNUSED:,} more (--verbose)"
