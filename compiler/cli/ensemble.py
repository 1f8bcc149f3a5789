"""What compile --ensemble does: models of equally good orders, in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..errors import UsageError, visible
from .colours import tell
from .flags import explicit

if TYPE_CHECKING:
    from ..options import Options

ALONE = {  # options that an ensemble has no use for, and their flags
    "check": "check",
    "diff": "diff",
    "until": "emit",
    "dump": "dump",
    "as_json": "json",
    "certificate": "certificate",
    "require_proof": "require-proof",
}


def folder_of(output: str, given: dict[str, Any]) -> Path:
    """The folder of the models; UsageError where other options do not go with it."""
    for option, flag in ALONE.items():
        if given[option]:
            raise UsageError(f"--ensemble: does not go with --{flag}")
    folder = Path(output)
    if output == "-" or folder.is_file():
        raise UsageError("--ensemble: give a folder with --output")
    return folder


def write_ensemble(
    source: str,
    output: str,
    name: str,
    label: str,
    options: Options,
    given: dict[str, Any],
) -> None:
    """Write models of equally good orders, a file a tie seed; all of them or none."""
    from ..arguments.changes import check_kept
    from ..ensembles import ensemble
    from ..files import made as made_folder
    from ..module.read import Made
    from ..readers.asked import asked
    from ..report.words import wrote
    from ..sources import write_modules

    folder = folder_of(output, given)
    layout = layout_of(given)
    found = ensemble(
        source,
        given["ensemble"],
        name=name,
        label=label,
        options=options,
        layout=layout,
    )
    members = {
        f"{member.artifact.summary['name']}_{member.seed}.py".lower(): member
        for member in found
    }
    files = {folder / name: member.artifact for name, member in members.items()}
    if not given["force"]:
        made = Made(name, label, options, asked(layout))
        chosen = explicit() | {"tie_seed"}
        for file in files:
            check_kept(file, source, made, explicit=chosen)
    with made_folder(folder):
        written = write_modules(files, force=given["force"], source=source)
    if given["quiet"]:
        return
    for name, member in members.items():
        account, path = member.artifact.history.break_cycles, folder / name
        assert account is not None
        sentence = f"{visible(str(path))}: {account.loss.weight:,g} backward"
        tell(wrote(sentence, path in written))
    sets = [member.cut for member in found]
    every, some = frozenset.intersection(*sets), frozenset.union(*sets)
    click.echo(
        f"          {len(every):,} synapses run backward in all of them, "
        f"{len(some) - len(every):,} in some",
        err=True,
    )
