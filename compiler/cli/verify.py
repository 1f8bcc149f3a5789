"""The verify command: check that a generated module computes what its tables say."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from ..arguments.layout import layout_of
from .flags import layout_options


@click.command("verify")
@click.argument("model")
@click.option(
    "--against", help="A source: compare the module's edges with it, one by one."
)
@click.option(
    "--cells", default="", help="The table of cells the module was made with."
)
@layout_options
@click.option(
    "--certificate", help="Check this certificate, that its order loses least."
)
@click.option(
    "--trust", is_flag=True, help="Run the module although its bytes are not ours."
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
def verify_command(
    model: str,
    against: str | None,
    cells: str,
    trust: bool,
    as_json: bool,
    certificate: str | None,
    **given: Any,
) -> None:
    """Prove that MODEL, a generated module, computes what its tables say.

    Read by `ast` first, then emitted again; run only if the bytes are equal.
    """
    from ..files import read_bytes
    from ..interface.verify import Verification
    from ..module.header import AGAIN
    from ..verification.verify import Against, prove

    source = Against(against, layout_of(given), cells) if against else None
    certified = None
    if certificate:
        hint = "compile --certificate writes it"
        certified = (read_bytes(certificate, empty=hint), certificate)
    data = read_bytes(model, empty=AGAIN)
    checks = prove(data, model, against=source, trust=trust, certificate=certified)
    found = Verification(model, tuple(checks))
    click.echo(json.dumps(found.data, indent=2) if as_json else found.report)
    sys.exit(0 if found else 1)
