"""The feedback command: hold the least feedback of connectomes against their random twins."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.options import options_of
from ..errors import InputError, UsageError, visible
from .colours import tell
from .flags import GRAPH, model_options
from .help import Command
from .lab_compare import counted
from .lab_flags import LARGEST_SEED, check_installed
from .values import FILE, FOLDER, SOURCE

if TYPE_CHECKING:
    from ..feedback.judge import Judged
    from ..feedback.protocol import Protocol
    from ..feedback.run import Done

FEEDBACK = logging.getLogger("elegansc.feedback")  # silent where nobody listens
PROTOCOL = "protocol.toml"
OUTPUTS = ("verdict.json", "dots.svg", "README.md")


@click.command(
    "feedback",
    cls=Command,
    examples=[
        "elegansc feedback varshney2011 --null degree --count 9 -o feedback",
        "elegansc feedback cook2019 --null degree,role-degree --unweighted -o ones",
        "elegansc feedback --protocol protocol.toml -o feedback --jobs 8",
    ],
)
@click.argument("sources", type=SOURCE, nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--null",
    "nulls",
    metavar="NULL,...",
    default="",
    help="Null models as of rewire, comma separated: degree, role-degree, er and so on.",
)
@click.option(
    "--count",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="How many twins of each null model; default: 99.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    metavar="N",
    help="Seed of the twins; default: 0.",
)
@click.option("--unweighted", is_flag=True, help="Count every synapse as 1.")
@click.option(
    "--positions",
    type=FILE,
    metavar="FILE",
    default="",
    help="Where the cells lie, for degree-distance: a table of name,x,y,z[,compartment].",
)
@click.option(
    "--protocol", type=FILE, help="Maps, null models and tests, in place of all above."
)
@click.option(
    "-o",
    "--output",
    type=FOLDER,
    required=True,
    help="The folder to write to; what is there is gone on with.",
)
@click.option(
    "--certificates", is_flag=True, help="Write the certificate of every twin, too."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Processes; default: one a core.",
)
@click.option(
    "--ray",
    default="",
    metavar="ADDRESS",
    help="Measure on a Ray cluster: HOST:PORT, ray://HOST:PORT, auto, or local.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print verdict.json too.")
@click.option("-q", "--quiet", is_flag=True, help="No report, no progress.")
@model_options(GRAPH)
def feedback_command(
    sources: tuple[str, ...],
    protocol: str | None,
    output: str,
    certificates: bool,
    jobs: int | None,
    ray: str,
    force: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Hold the least feedback of each SOURCE against that of its random twins.

    What the best order of a connectome sends backward, with its certificate, is compared with
    what no order of a twin can lose less than: a bound by packed cycles. DIR gets protocol.toml,
    results.jsonl (a line a graph), certificates, verdict.json, dots.svg and README.md. Killed
    at any point, the same command goes on and loses no finished twin.
    """
    check_installed(("filelock", "matplotlib"))
    from ..feedback.run import run

    folder = Path(output)
    data, plan = planned(sources, protocol, folder, given)
    allow_folder(folder, plan, data, force)

    def watch(title: str, count: int, items: Iterable[Any]) -> Iterator[Any]:
        return counted(title, count, items, FEEDBACK)

    done = run(
        plan,
        folder,
        jobs=jobs or os.cpu_count() or 1,
        ray=ray,
        certificates=certificates,
        watch=watch,
    )
    finish(plan, done, folder, as_json, quiet)


def planned(
    sources: tuple[str, ...], path: str | None, folder: Path, given: dict[str, Any]
) -> tuple[bytes, Protocol]:
    """(the protocol to write into the folder, empty if it has a file; what it says)."""
    from ..feedback.protocol import COUNTED, ONE, protocol_of, read_protocol, written

    nulls, options = [n for n in given["nulls"].split(",") if n], options_of(given)
    own = {name: given[name] for name in ("count", "seed", "unweighted", "positions")}
    if path is not None:
        more = any(
            each not in (None, "") and each is not False for each in own.values()
        )
        if sources or nulls or more or options.changed():
            seen = "--protocol: says what is measured; of the command line it takes"
            raise UsageError(f"{seen} --output, --certificates, --jobs and --ray alone")
        return b"", read_protocol(path)
    if not sources or not nulls:
        missing = "--null NULL,..." if sources else "a SOURCE"
        raise UsageError(f"feedback: needs {missing}, or --protocol FILE")
    data = written(
        sources,
        nulls,
        twins=99 if own["count"] is None else own["count"],
        seed=own["seed"] or 0,
        weights=ONE if own["unweighted"] else COUNTED,
        positions=own["positions"],
        options=options,
        folder=folder,
    )
    return data, protocol_of(data, "command line", folder)


def allow_folder(folder: Path, plan: Protocol, data: bytes, force: bool) -> None:
    """Make the folder with the protocol in it.

    Raises:
        InputError: it holds the files of something else, or of another protocol.
    """
    from ..feedback.run import RESULTS
    from ..files import OTHER, allow, made, replace

    known, begun = folder / PROTOCOL, (folder / RESULTS).is_file()
    if data and begun and known.is_file() and known.read_bytes() != data:
        hint = "the command line differs; write to another folder"
        raise InputError(str(known), "what stands there is of another protocol", hint)
    if not begun:
        for name in (*((PROTOCOL,) if data else ()), *OUTPUTS):
            allow(folder / name, kind=OTHER, force=force, source=plan.label)
    with made(folder):
        if data:
            replace(known, data)


def finish(
    plan: Protocol, done: Done, folder: Path, as_json: bool, quiet: bool
) -> None:
    """Judge, write verdict, picture and page, and report."""
    import json

    from ..feedback.conserved import overlaps
    from ..feedback.dots import picture
    from ..feedback.judge import judge
    from ..feedback.readme import readme
    from ..feedback.report import report
    from ..files import replace_all

    judged, conserved = judge(plan, done.lines), [*overlaps(done.backward)]
    text = json.dumps(report(plan, judged, conserved), indent=2, allow_nan=False) + "\n"
    data = (text.encode(), picture(judged), readme(plan, judged, conserved).encode())
    written = replace_all(dict(zip(map(folder.joinpath, OUTPUTS), data, strict=True)))
    if not quiet:
        say(plan, judged, done, folder, bool(written))
    if as_json:
        click.echo(text, nl=False)


def say(
    plan: Protocol,
    judged: tuple[Judged, ...],
    done: Done,
    folder: Path,
    written: bool,
) -> None:
    """Print what was found, on stderr."""
    from ..feedback.readme import findings
    from ..report.words import line, wrote

    for sentence in findings(plan, judged):
        if sentence:
            tell(visible(line("feedback", sentence.strip("*- "))))
    count = f"{len(done.lines):,} graphs, {done.made:,} of them now"
    tell(visible(wrote(f"{folder}: {count}", written)))
