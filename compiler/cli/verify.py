"""The verify command: check that a generated module computes what its tables say."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from ..arguments.layout import LAYOUT, layout_of
from ..errors import UsageError
from ..options import dashed
from .flags import explicit, layout_options
from .help import Command
from .values import FILE, MODEL, SOURCE


@click.command(
    "verify",
    cls=Command,
    examples=["elegansc verify worm.py", "elegansc verify worm.py --against worm.csv"],
)
@click.argument("model", type=MODEL)
@click.option(
    "--against",
    type=SOURCE,
    help="Compare the model's synapses with this source, one by one.",
)
@click.option(
    "--cells",
    type=FILE,
    default="",
    help="The table of cells that the model was made with.",
)
@layout_options
@click.option(
    "--certificate",
    type=FILE,
    help="Check this certificate: no order loses less than the model's.",
)
@click.option(
    "--trust", is_flag=True, help="Run the model although it was edited by hand."
)
@click.option(
    "--native", is_flag=True, help="Prove elegansc.native, the C sweep of it, too."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify_command(
    model: str,
    against: str | None,
    cells: str,
    trust: bool,
    native: bool,
    as_json: bool,
    certificate: str | None,
    **given: Any,
) -> None:
    """Prove that MODEL, a generated module, computes what its tables say.

    Its tables are read without running it, and the module is written from them again. Only
    if the bytes are the same is it run, and its values and gradients compared with ours.
    """
    from ..files import read_bytes
    from ..interface.verify import Verification
    from ..module.header import AGAIN
    from ..verification.verify import Against, prove

    if not against:
        for name in sorted(explicit() & {"cells", *LAYOUT}):
            told = "is of --against SOURCE, which is not given"
            raise UsageError(f"--{dashed(name)}: {told}")
    source = Against(against, layout_of(given), cells) if against else None
    certified = None
    if certificate:
        hint = "compile --certificate writes it"
        certified = (read_bytes(certificate, empty=hint), certificate)
    data = read_bytes(model, empty=AGAIN)
    checks = prove(
        data,
        model,
        against=source,
        trust=trust,
        certificate=certified,
        native=native,
    )
    found = Verification(model, tuple(checks))
    click.echo(json.dumps(found.data, indent=2) if as_json else found.report)
    sys.exit(0 if found else 1)
