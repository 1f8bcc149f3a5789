"""Lint a connectome: the findings of its reader, and those that need the whole graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import InputError
from ..ir.accounts import Finding
from ..ir.stages import Connectome
from ..options import Options
from ..readers.cells import cell_table
from ..readers.findings import WARNING
from ..readers.reader import Layout
from ..sources import open_source
from .cells import cell_findings
from .codes import ALL
from .paths import path_findings
from .published import published_findings
from .rows import row_findings


@dataclass(frozen=True, slots=True)
class Linted:
    """A file and what was found in it, in the order of the codes."""

    path: str
    findings: tuple[Finding, ...]

    @property
    def warnings(self) -> int:
        """How many of the findings are warnings."""
        return sum(ALL[found.code].severity == WARNING for found in self.findings)


def lint(
    path: str,
    layout: Layout,
    *,
    options: Options = Options(),  # noqa: B008
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> Linted:
    """Lint a connectome.

    Args:
        path: as of `open_source`.
        options: the table of cells to know names by.
        select, ignore: codes, or how codes begin: EC5 is all of EC500 to EC599.

    Raises:
        InputError: it can not be read, or is a generated model.
    """
    source = open_source(path, layout)
    if not isinstance(source, Connectome):
        hint = "give the connectome that it was compiled from"
        raise InputError(path, "a generated model, no connectome", hint)
    found = [each for each in findings(source, options) if wanted(each, select, ignore)]
    return Linted(path, tuple(sorted(found, key=lambda each: each.code)))


def findings(connectome: Connectome, options: Options) -> Iterator[Finding]:
    """All findings of a connectome."""
    account = connectome.history.parse
    if account is not None:
        yield from account.findings
    table = cell_table(options)
    yield from row_findings(connectome)
    yield from published_findings(connectome)
    yield from cell_findings(connectome, table)
    yield from path_findings(connectome, table, options)


def wanted(finding: Finding, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Whether a finding is asked for."""
    chosen = not select or finding.code.startswith(select)
    return chosen and not (ignore and finding.code.startswith(ignore))
