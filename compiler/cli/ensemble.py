"""What compile --ensemble does: models of equally good orders, in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError, UsageError, visible
from .flags import layout_of

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


def write_ensemble(
    source: str,
    output: str,
    name: str,
    label: str,
    options: Options,
    given: dict[str, Any],
) -> None:
    """Write models of equally good orders, a file a tie seed; all of them or none."""
    from ..ensembles import ensemble
    from ..files import allow, write
    from ..module.header import MODULE

    for option, flag in ALONE.items():
        if given[option]:
            raise UsageError(f"--ensemble: does not go with --{flag}")
    folder = Path(output)
    if output == "-" or folder.is_file():
        raise UsageError("--ensemble: give a folder with --output")
    found = ensemble(
        source,
        given["ensemble"],
        name=name,
        label=label,
        options=options,
        layout=layout_of(given),
    )
    files = {
        folder / f"{member.artifact.summary['name']}_{member.seed}.py".lower(): member
        for member in found
    }
    for path in files:
        allow(path, kind=MODULE, force=given["force"], source=source)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(output, f"cannot be made: {error.strerror}") from None
    for path, member in files.items():
        (data,) = member.artifact.files.values()
        write(path, data, kind=MODULE, force=given["force"], source=source)
    if given["quiet"]:
        return
    for path, member in files.items():
        account = member.artifact.history.break_cycles
        assert account is not None
        lost = account.loss.weight
        click.echo(f"wrote     {visible(str(path))}: {lost:,g} backward", err=True)
    sets = [member.cut for member in found]
    every, some = frozenset.intersection(*sets), frozenset.union(*sets)
    click.echo(
        f"          {len(every):,} synapses run backward in all of them, "
        f"{len(some) - len(every):,} in some",
        err=True,
    )
