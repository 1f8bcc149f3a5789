"""The rewire command: make random twins of a connectome."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import visible
from .flags import GRAPH, layout_options, model_options
from .help import Command
from .values import FOLDER, SOURCE

FILES_SHOWN = 12  # in the report
LARGEST_SEED = 2**32 - 1  # seed


@click.command(
    "rewire",
    cls=Command,
    examples=[
        "elegansc rewire cook2019 --null degree --count 39 -o twins",
        "elegansc rewire cook2019 --null partial:0.1 -o twins",
    ],
)
@click.argument("source", type=SOURCE)
@click.option(
    "--null",
    "spelled",
    metavar="NULL",
    required=True,
    help="The null model: er, ws, ba, degree, role-degree, partial:P or shuffle-roles.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    metavar="N",
    default=0,
    show_default=True,
    help="Seed of the draws; other seeds, other twins.",
)
@click.option(
    "--count",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="How many twins.",
)
@click.option(
    "--rewire-p",
    type=float,
    metavar="P",
    help="Probability that ws rewires a pair; default: 0.5, as in the authors' code.",
)
@click.option(
    "-o", "--output", type=FOLDER, required=True, help="The folder to write to."
)
@click.option(
    "--label", metavar="NAME", default="", help="What messages call the file."
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print rewired.json too.")
@click.option("-q", "--quiet", is_flag=True, help="No report.")
@model_options(GRAPH)
@layout_options
def rewire_command(
    source: str,
    spelled: str,
    seed: int,
    count: int,
    rewire_p: float | None,
    output: str,
    label: str,
    force: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Make random twins of SOURCE: the same neurons and weights, other synapses.

    DIR gets an edge list a twin, cells.csv for --cells, and rewired.json, which says what
    each keeps. NULL is the null model; all keep names, roles, the number of joined,
    reciprocal and coupled pairs, and all weights.

    \b
    er             pairs drawn uniformly, G(n, m)
    ws             Watts-Strogatz, a ring that is rewired
    ba             Barabasi-Albert, by preferential attachment
    degree         ends swapped: every degree and all output weights stay
    role-degree    the same between the same roles
    partial:P      a share P of all ends moved at random
    shuffle-roles  the wiring as it is, names and roles shuffled over it
    """
    from ..files import OTHER, write_folder
    from ..nulls.files import rewire
    from ..nulls.twins import null_of
    from ..pipeline import circuit_of

    null, options = null_of(spelled, rewire_p), options_of(given)
    circuit = circuit_of(source, label=label, options=options, layout=layout_of(given))
    made = rewire(circuit, null, seed=seed, count=count, options=options)
    read = tuple(path for path in (source, options.cells) if path)
    folder = Path(output)
    written = write_folder(folder, made.files, kind=OTHER, force=force, source=read)
    if not quiet:
        for line in lines(made.report, folder, written):
            click.echo(visible(line), err=True)
    if as_json:
        click.echo(json.dumps(made.report, indent=2))


def lines(
    report: Mapping[str, Any], folder: Path, written: Collection[Path]
) -> Iterator[str]:
    """The report: files written, properties kept, the command to compile one."""
    from ..nulls.files import CELLS, compiling
    from ..report.words import line, wrote

    files = report["files"]
    for file in files[:FILES_SHOWN]:
        found = file["counted"]
        path = folder / file["file"]
        yield wrote(
            f"{path}: {found['new_pairs']:,} of {found['pairs']:,} joined"
            f" and {found['new_junctions']:,} of {found['junctions']:,} coupled pairs are"
            f" new; {found['on_path']:,} of {found['neurons']:,} neurons on a path",
            path in written,
        )
    if files[FILES_SHOWN:]:
        yield line(
            "", f"and {len(files) - FILES_SHOWN:,} more; rewired.json has them all"
        )
    yield line("keeps", ", ".join(files[0]["keeps"]))
    first, cells = str(folder / files[0]["file"]), str(folder / CELLS)
    yield line("compile", shlex.join(compiling(first, report["unit"], cells)))
