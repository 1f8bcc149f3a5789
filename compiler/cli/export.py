"""The export command: a graph as a clean file of another form."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..errors import UsageError, visible
from .colours import tell
from .flags import layout_options
from .help import Command
from .values import FILE, SOURCE

if TYPE_CHECKING:
    from ..ir.stages import Connectome


@click.command(
    "export",
    cls=Command,
    examples=[
        "elegansc export cook2019 -o worm.graphml",
        "elegansc export my.csv -o clean.csv --cells cells.csv",
    ],
)
@click.argument("source", type=SOURCE)
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    help="The file to write: .csv, .graphml, .json, .gml, any of them with .gz; .parquet.",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help="Where the suffix does not say: csv, json.gz.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--cells", type=FILE, help="Table of cells: name,role[,transmitter].")
@click.option(
    "--cells-columns",
    metavar="KEY=COLUMN,...",
    help="Columns of the table of cells: name=root_id,role=super_class.",
)
@click.option("-q", "--quiet", is_flag=True, help="No report.")
@layout_options
def export_command(
    source: str,
    output: str,
    form: str | None,
    force: bool,
    cells: str | None,
    cells_columns: str | None,
    quiet: bool,
    **given: Any,
) -> None:
    """Write the graph of SOURCE, as it was understood, as a clean file.

    SOURCE is a connectome file, a bundled name or a generated model. Rows of one pair and
    kind are added up and sorted; all cells are kept, with the roles and transmitters that
    SOURCE or --cells gives. Negative weights are inhibitory. The export of an export has the same
    bytes.

    In csv and parquet (extra arrow) the columns pre_role, post_role, pre_transmitter and post_transmitter tell of
    cells; a cell without a synapse has a row of weight 0 with itself. graphml, gml and
    json (node-link) tell of cells in nodes.
    """
    from ..exporting.forms import FORMS, NAMES, PACKED, export, form_of
    from ..files import OTHER, allow, replace
    from ..options import Options
    from ..pipeline import graph_of

    if form is not None and form not in NAMES:
        raise UsageError(f"--format {form}: one of {', '.join(NAMES)}")
    if output == "-" and form is None:
        known = [key for key in FORMS if not FORMS[key].binary]
        raise UsageError(f"--output -: say which --format: {', '.join(known)}")
    name = form or form_of(output)
    if output == "-" and (name.endswith(PACKED) or FORMS[name].binary):
        raise UsageError(f"--output -: {name} is binary; give a file")
    if output != "-":
        allow(Path(output), force=force, source=source, kind=OTHER)
    table = Options(cells=cells or "", cells_columns=cells_columns or "")
    connectome = graph_of(source, layout_of(given), table)
    data = export(connectome, name)
    if output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    written = replace(Path(output), data)
    if not quiet:
        say(output, connectome, written)


def say(output: str, connectome: Connectome, written: bool) -> None:
    """Print what was read and what was written, on stderr."""
    from ..exporting.canonical import canonical
    from ..ir.stages import CHEMICAL
    from ..names import plural
    from ..report.compile import report
    from ..report.words import wrote

    source = connectome.source
    for line in report(connectome.history, source.label, source.unit):
        tell(visible(line))
    rows = canonical(connectome)
    chemical = int((rows.kind == CHEMICAL).sum())
    counts = f"{chemical:,} chemical, {len(rows.kind) - chemical:,} electrical rows"
    cells = plural(len(rows.cells), "cell")
    tell(wrote(f"{visible(output)}: {cells}; {counts}", written))
