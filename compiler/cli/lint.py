"""The lint command: traps in the files of connectomes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ..arguments.layout import layout_of
from ..errors import CompilerError, UsageError, visible
from .colours import finding_line
from .exit_codes import complain
from .flags import layout_options
from .help import Command
from .values import FILE, SOURCE

if TYPE_CHECKING:
    from ..linting.lint import Linted

LINE = re.compile(r"\bline (\d+)")
LEVELS = {"warning": "warning", "note": "notice"}  # as GitHub calls them


@click.command(
    "lint",
    cls=Command,
    examples=["elegansc lint worm.csv", "elegansc lint --explain EC101"],
)
@click.argument("files", nargs=-1, type=SOURCE)
@click.option(
    "--select", metavar="CODES", default="", help="Look for these alone: EC5,EC101."
)
@click.option("--ignore", metavar="CODES", default="", help="Do not look for these.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How findings are printed; github: as annotations of a workflow.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a file.")
@click.option("--cells", default="", type=FILE, help="Table of cells: name,role.")
@click.option(
    "--cells-columns",
    metavar="KEY=COLUMN,...",
    default="",
    help="Columns of the table of cells: name=A,role=B.",
)
@click.option("--explain", metavar="CODE", help="What a code means, and what to do.")
@layout_options
def lint_command(
    files: tuple[str, ...],
    select: str,
    ignore: str,
    form: str,
    as_json: bool,
    cells: str,
    cells_columns: str,
    explain: str | None,
    **given: object,
) -> None:
    """Look for traps in FILES: columns not read, names of nobody, junctions listed once.

    FILES are connectomes or bundled names. Exit 1 if there is a warning, or a file can not
    be read; notes alone exit 0.
    """
    from ..linting.lint import lint
    from ..options import Options

    if explain is not None:
        click.echo(explained(explain))
        return
    if not files:
        raise UsageError("lint: name a file; --explain CODE tells what a code means")
    layout, good = layout_of(given), True
    chosen, dropped = codes(select, "--select"), codes(ignore, "--ignore")
    for path in files:
        try:
            found = lint(
                path,
                layout,
                options=Options(cells=cells, cells_columns=cells_columns),
                select=chosen,
                ignore=dropped,
            )
        except CompilerError as error:
            if isinstance(error, UsageError):
                raise
            complain(str(error))
            good = False
            continue
        good &= not found.warnings
        for line in shown(found, "json" if as_json else form):
            click.echo(line)
    sys.exit(0 if good else 1)


def codes(text: str, option: str) -> tuple[str, ...]:
    """The codes of an option, or how codes begin."""
    from ..linting.codes import ALL

    words = tuple(word.strip().upper() for word in text.split(",") if word.strip())
    for word in words:
        if not any(code.startswith(word) for code in ALL):
            raise UsageError(f"{option} {word}: no such code; one of {', '.join(ALL)}")
    return words


def explained(code: str) -> str:
    """What a code means: the biology, and the remedy."""
    from ..linting.codes import ALL

    word = code.strip().upper()
    if word not in ALL:
        raise UsageError(f"--explain {code}: one of {', '.join(ALL)}")
    found = ALL[word]
    return f"{word} ({found.severity}): {found.title}\n\n{found.why}\n\n{found.remedy}"


def shown(linted: Linted, form: str) -> Iterable[str]:
    """The findings of a file, a line each; of JSON all in one line."""
    from ..linting.codes import ALL
    from ..names import plural

    path = visible(linted.path)
    if form == "json":
        rows = [
            {
                "code": each.code,
                "severity": ALL[each.code].severity,
                "title": ALL[each.code].title,
                "place": each.place,
                "message": each.message,
            }
            for each in linted.findings
        ]
        yield json.dumps({"file": linted.path, "findings": rows})
        return
    for each in linted.findings:
        place = f"{each.place}: " if each.place else ""
        if form == "github":
            at = LINE.search(each.place)
            line = f",line={at[1]}" if at else ""
            level = LEVELS[ALL[each.code].severity]
            title = property_of(f"{each.code} {ALL[each.code].title}")
            where = f"file={property_of(linted.path)}{line},title={title}"
            yield f"::{level} {where}::{escaped(place + each.message)}"
        else:
            severity = ALL[each.code].severity
            yield finding_line(path, each.code, severity, visible(place + each.message))
    if form == "text":
        notes = len(linted.findings) - linted.warnings
        warnings = plural(linted.warnings, "warning")
        yield f"{path}: {warnings}, {plural(notes, 'note')}"


def escaped(text: str) -> str:
    """A message on one line of a workflow's log."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_of(text: str) -> str:
    """A property of an annotation."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
