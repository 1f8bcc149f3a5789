"""The command compile: writes files, and reports what every pass did."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import InputError, UsageError, visible
from ..options import STAGES
from .certificate import (
    allow_certificate,
    check_ordered,
    require_certificate,
    require_proof,
)
from .check import compared, locking, say_fresh, standing, told
from .colours import tell
from .ensemble import write_ensemble
from .exit_codes import complain
from .flags import SCHEMA, explicit, layout_options, model_options
from .help import Command
from .values import FILE, SOURCE

if TYPE_CHECKING:
    from ..ir.artifact import Artifact
    from ..ir.trace import Trace
    from ..module.read import Made
    from ..options import Options


@click.command(
    "compile",
    cls=Command,
    examples=[
        "elegansc compile witvliet2021-1 -o worm.py",
        "elegansc compile my.csv -o my.py --inputs 'IL2*' --outputs 'RMD*'",
        "elegansc compile cook2019 -o m2.py --task mnist --features 4",
    ],
    own="Output",
)
@click.argument("source", type=SOURCE)
@click.option(
    "-o",
    "--output",
    type=FILE,
    default="-",
    help="The file to write; default: standard output.",
)
@click.option(
    "--name",
    metavar="NAME",
    default="",
    help="Name of the class; default: from the label.",
)
@click.option(
    "--label",
    metavar="NAME",
    default="",
    help="What the file is called in the model; default: its name.",
)
@model_options()
@layout_options
@click.option(
    "--emit", "until", type=click.Choice(STAGES), help="Print this stage and stop."
)
@click.option(
    "--dump",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write every stage of the compilation here, as text.",
)
@click.option("--time", "timed", is_flag=True, help="Say how long each step took.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
@click.option(
    "--certificate", type=FILE, help="Write here, as JSON, why no order loses less."
)
@click.option(
    "--ensemble",
    type=click.IntRange(2, 1000),
    metavar="N",
    help="Write N models of equally good orders into the folder --output.",
)
@click.option(
    "--require-proof", is_flag=True, help="Exit 1 unless no order can lose less."
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if --output would change."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option(
    "--force", is_flag=True, help="Replace a file that is not ours or was edited."
)
@click.option("-q", "--quiet", is_flag=True, help="No report.")
@click.option("--verbose", is_flag=True, help="The whole report, everyone named.")
def compile_command(
    source: str, output: str, name: str, label: str, **given: Any
) -> None:
    """Compile SOURCE, a connectome, into a PyTorch module.

    SOURCE is a file (a list of synapses, a matrix, a graph; many formats), "-" for standard
    input, or a name that `elegansc connectomes` lists.
    """
    from ..module.read import Made
    from ..pipeline import compile_source
    from ..readers.asked import asked

    looks = given["check"] or given["diff"]
    check_stdout(output, looks, given["as_json"])
    options = options_of(given)
    check_ordered(options, given)
    if given["ensemble"]:
        write_ensemble(source, output, name, label, options, given)
        return
    if given["certificate"]:
        allow_certificate(given["certificate"], (source, output), given["force"])
    made = Made(name, label, options, asked(layout := layout_of(given)))
    if not (output == "-" or looks or given["until"]):
        check_output(output, source, made, given["force"])
    there = standing(Path(output)) if looks else None
    trace = trace_of(given["until"] or "", bool(given["dump"]))
    artifact = compile_source(
        source,
        name=name,
        label=label,
        options=options,
        layout=layout,
        trace=trace,
        lock=locking(there),
    )
    if given["dump"]:
        dump(given["dump"], trace, artifact)
    if given["until"] and given["until"] != "module":
        click.echo(stage_text(trace, given["until"]), nl=False)
        return
    if given["require_proof"]:
        require_proof(artifact)
    if looks:
        same = compared(Path(output), artifact, show=given["diff"])
        say_fresh(trace, artifact, options)
        if not same:
            say_differs(output, told(there, made), fails=given["check"])
        return
    if given["certificate"]:
        require_certificate(artifact)
    written = put(output, artifact, given["certificate"], given["force"], source)
    if not given["quiet"]:
        say(artifact, options, given["verbose"], trace if given["timed"] else None)
        summary(output, artifact, written)
    if given["as_json"]:
        report_json(artifact, output, trace)


def check_output(output: str, source: str, made: Made, force: bool) -> None:
    """Refuse to replace a file that is not ours, was edited, or has other options.

    Raises:
        InputError: it is, without --force.
    """
    from ..arguments.changes import check_kept
    from ..files import allow
    from ..sources import MODULE

    allow(Path(output), kind=MODULE, force=force, source=source)
    if not force:
        check_kept(Path(output), source, made, explicit=explicit())


def say_differs(output: str, hint: str, *, fails: bool) -> None:
    """Say how a file was made, where that is why it differs from what would be written.

    Raises:
        InputError: `fails`, as --check does.
    """
    if fails:
        seen = "is out of date or was edited"
        raise InputError(output, seen, hint or "compile it again")
    if hint:
        complain(hint)


def check_stdout(output: str, looks: bool, as_json: bool) -> None:
    """Raise a UsageError for options that need a file, if the output is no file."""
    if output != "-":
        return
    if looks:
        raise UsageError("--check, --diff: give the file to look at with --output")
    if as_json:
        raise UsageError("--json: the report goes to stdout, so give --output")


def trace_of(until: str, dump: bool) -> Trace:
    """A trace that ends at the stage of --emit, with the texts of the stages to write."""
    from ..ir.trace import Trace

    keep = frozenset(STAGES) if dump else frozenset({until})
    return Trace(until=until or "module", keep=keep)


def stage_text(trace: Trace, stage: str) -> str:
    """The text of the stage that --emit asks for; a UsageError where there is none."""
    if stage not in trace.stages:
        hint = "a generated model has only plan and module"
        if stage == "sweep":
            hint = "only --lowering published has one"
        raise UsageError(f"--emit {stage}: {hint}")
    return trace.stages[stage]


def say(
    artifact: Artifact, options: Options, verbose: bool, trace: Trace | None
) -> None:
    """The report, on stderr."""
    from ..report.compile import report
    from ..semantics.registry import semantics_of

    state = semantics_of(options).state
    label, unit = artifact.label, artifact.unit
    for line in report(artifact.history, label, unit, state=state, verbose=verbose):
        tell(line)
    if trace:
        for step, seconds in trace.seconds.items():
            tell(f"time      {step:<18} {seconds * 1000:8.1f} ms")


def summary(output: str, artifact: Artifact, written: bool) -> None:
    """The last line of the report."""
    from ..ir.artifact import beside_of
    from ..module.beside import left_over
    from ..module.file_name import misnamed
    from ..report.compile import sizes
    from ..report.words import line, wrote

    if output == "-":
        return
    sentence = f"{visible(output)}: {sizes(artifact.summary)}"
    if artifact.tables is not None:
        sentence += f"; its tables: {visible(Path(beside_of(output)).name)}"
    tell(wrote(sentence, written))
    if artifact.tables is None and left_over(output):
        why = f"{visible(beside_of(output))} is no longer read: its tables stand in the module"
        tell(line("warning", why))
    if why := misnamed(Path(output)):
        tell(line("warning", visible(why)))


def report_json(artifact: Artifact, output: str, trace: Trace) -> None:
    """The report as JSON, on stdout."""
    found = {
        "schema": SCHEMA,
        "command": "compile",
        "label": artifact.label,
        "unit": artifact.unit,
        "output": output,
        "summary": dict(artifact.summary),
        "passes": artifact.history.data(),
        "seconds": {step: round(seconds, 6) for step, seconds in trace.seconds.items()},
    }
    click.echo(json.dumps(found, indent=2))


def dump(folder: Path, trace: Trace, artifact: Artifact) -> None:
    """Every stage as a numbered file; all of them or none."""
    from ..files import made, replace_all

    files = {folder / name: text.encode() for name, text in trace.numbered()}
    if artifact.files:
        files |= artifact.at(folder / "8_module.py")
    with made(folder):
        replace_all(files)


def put(
    output: str, artifact: Artifact, certificate: str | None, force: bool, source: str
) -> bool:
    """Write the module to a file or to stdout, its tables, its certificate: all or none.

    Returns:
        Whether it was written: a file that holds its bytes already is left as it is.
    """
    from ..sources import write_modules

    path = Path(output)
    proof = {Path(certificate): artifact.certificate or b""} if certificate else {}
    if output == "-":
        if artifact.tables is not None:
            seen = "the tables of so large a graph stand in a file beside the module"
            raise UsageError(
                f"{seen}: give it a name with --output, or --tables inline"
            )
        sys.stdout.buffer.write(artifact.page)
        sys.stdout.buffer.flush()
    modules = {} if output == "-" else {path: artifact}
    written = write_modules(modules, force=force, source=source, more=proof)
    return not written.isdisjoint(artifact.at(path))
