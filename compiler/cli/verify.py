"""The verify command: check that a generated module computes what its tables say."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from ..errors import visible
from .flags import SCHEMA, layout_of, layout_options

if TYPE_CHECKING:
    from ..verification.verify import Check


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
    from ..module.header import AGAIN
    from ..verification.verify import Against, prove

    source = Against(against, layout_of(given), cells) if against else None
    certified = None
    if certificate:
        hint = "compile --certificate writes it"
        certified = (read_bytes(certificate, empty=hint), certificate)
    data = read_bytes(model, empty=AGAIN)
    checks = prove(data, model, against=source, trust=trust, certificate=certified)
    passed = all(check.passed for check in checks)
    if as_json:
        rows = [
            {"check": c.name, "passed": c.passed, "detail": c.detail} for c in checks
        ]
        found = {
            "schema": SCHEMA,
            "command": "verify",
            "model": model,
            "passed": passed,
        }
        click.echo(json.dumps({**found, "checks": rows}, indent=2))
    else:
        show(checks, model, passed)
    sys.exit(0 if passed else 1)


def show(checks: list[Check], model: str, passed: bool) -> None:
    """Print a line for each check, and the verdict."""
    for check in checks:
        click.echo(
            f"{'ok' if check.passed else 'FAILED':<7} {check.name:<18} {check.detail}"
        )
    ran = any(check.name.startswith("values") for check in checks)
    verdict = "proved" if passed else "not proved" + ("" if ran else ", and not run")
    click.echo(f"{visible(model)}: {verdict}")
