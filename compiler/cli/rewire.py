"""The rewire command: make random twins of a connectome."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import visible
from .colours import tell
from .flags import GRAPH, layout_options, model_options
from .help import Command
from .values import FILE, FOLDER, SOURCE

if TYPE_CHECKING:
    from ..nulls.files import Rewired
    from ..nulls.pairs import Null

FILES_SHOWN = 12  # in the report
LARGEST_SEED = 2**32 - 1  # seed


@click.command(
    "rewire",
    cls=Command,
    examples=[
        "elegansc rewire cook2019 --null degree --count 39 -o twins",
        "elegansc rewire cook2019 --null partial:0.1 -o twins",
        "elegansc rewire cook2019 --null degree-distance --positions xyz.csv -o twins",
    ],
)
@click.argument("source", type=SOURCE)
@click.option(
    "--null",
    "spelled",
    metavar="NULL",
    required=True,
    help="The null model: er, ws, ba, degree, role-degree, degree-distance, degree-sides, "
    "partial:P, shuffle-weights or shuffle-roles.",
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
    "--positions",
    type=FILE,
    metavar="FILE",
    default="",
    help="Where the cells lie, for degree-distance: a table of name,x,y,z[,compartment].",
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
    positions: str,
    output: str,
    label: str,
    force: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Make random twins of SOURCE: the same neurons and weights, other synapses.

    DIR gets an edge list a twin, each as it is drawn, cells.csv for --cells, and
    rewired.json, which says what each keeps. NULL is the null model; all keep names, roles, the number of joined,
    reciprocal and coupled pairs, and all weights.

    \b
    er               pairs drawn uniformly, G(n, m)
    ws               Watts-Strogatz, a ring that is rewired
    ba               Barabasi-Albert, by preferential attachment
    degree           ends swapped: every degree and all output weights stay
    role-degree      the same between the same roles
    degree-distance  the same within bins of distance, by --positions
    degree-sides     the same on the left and on the right alike
    partial:P        a share P of all ends moved at random
    shuffle-weights  the wiring as it is, weights shuffled over it
    shuffle-roles    the wiring as it is, names and roles shuffled over it
    """
    from ..nulls.files import drawn
    from ..nulls.twins import null_of
    from ..pipeline import circuit_of

    null, options = null_of(spelled, rewire_p, positions), options_of(given)
    circuit = circuit_of(source, label=label, options=options, layout=layout_of(given))
    read = tuple(path for path in (source, options.cells, positions) if path)
    folder = Path(output)
    allow_files(folder, null, count, force, read)
    report: Mapping[str, Any] = {}
    for made in drawn(circuit, null, seed=seed, count=count, options=options):
        report = made.report
        line = put(made, folder)
        if not quiet and len(report["files"]) <= FILES_SHOWN:
            tell(visible(line))
    if not quiet:
        for line in lines(report, folder):
            tell(visible(line))
    if as_json:
        click.echo(json.dumps(report, indent=2))


def allow_files(
    folder: Path, null: Null, count: int, force: bool, read: tuple[str, ...]
) -> None:
    """Raise InputError if one of the files may not be written."""
    from ..files import OTHER, allow
    from ..nulls.files import CELLS, REPORT, file_of

    names = [CELLS, *(file_of(null, index) for index in range(1, count + 1)), REPORT]
    for name in names:
        allow(folder / name, kind=OTHER, force=force, source=read)


def put(made: Rewired, folder: Path) -> str:
    """Write a twin, with the report of all up to it; the line that says so."""
    from ..files import made as made_folder
    from ..files import replace_all
    from ..report.words import wrote

    with made_folder(folder):
        written = replace_all({folder / name: made.files[name] for name in made.files})
    file = made.report["files"][-1]
    found, path = file["counted"], folder / file["file"]
    return wrote(
        f"{path}: {found['new_pairs']:,} of {found['pairs']:,} joined"
        f" and {found['new_junctions']:,} of {found['junctions']:,} coupled pairs are"
        f" new; {found['on_path']:,} of {found['neurons']:,} neurons on a path",
        path in written,
    )


def lines(report: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """The end of the report: properties kept, the command to compile one."""
    from ..nulls.files import CELLS, compiling
    from ..report.words import line

    files = report["files"]
    if files[FILES_SHOWN:]:
        yield line(
            "", f"and {len(files) - FILES_SHOWN:,} more; rewired.json has them all"
        )
    if "positions" in report:
        yield from about_distance(report)
    yield line("keeps", ", ".join(files[0]["keeps"]))
    first, cells = str(folder / files[0]["file"]), str(folder / CELLS)
    yield line("compile", shlex.join(compiling(first, report["unit"], cells)))


def about_distance(report: Mapping[str, Any]) -> Iterator[str]:
    """Positions that are known or missing, and the share of edges that twins keep."""
    from ..names import plural, some
    from ..report.words import line

    found, files = report["positions"], report["files"]
    parts = ", ".join(
        f"{many:,} {name}" for name, many in found["compartments"].items()
    )
    seen = f"{plural(found['placed'], 'neuron')} placed by {found['file']}"
    yield line("positions", f"{seen}; {found['bins']} bins of distance; {parts}")
    if found["renamed"]:
        yield line("", f"named there with other zeros: {some(found['renamed'])}")
    if found["missing"]:
        seen = f"{plural(len(found['missing']), 'neuron')} without a position"
        hint = "their pairs are a bin of their own"
        yield line("warning", f"{seen}: {some(found['missing'])}; {hint}")
    mean = {
        key: sum(file["counted"][f"{key}_left_share"] for file in files) / len(files)
        for key in ("synapses", "junctions")
    }
    shares = " and ".join(f"{mean[key]:.1%} of {key}" for key in mean)
    yield line(
        "left", f"{shares} are those of {report['source']['label']}, in the mean"
    )
