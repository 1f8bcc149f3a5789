"""The door for Python: verify, and its result."""

from __future__ import annotations

import html
from dataclasses import dataclass
from os import PathLike
from typing import Any, Unpack

from ..arguments.choices import LayoutChoices
from ..arguments.layout import LAYOUT, layout_of
from ..arguments.values import check_names, file, flag
from ..errors import visible
from ..files import read_bytes
from ..module.forms import OLDER, UPDATE
from ..module.header import AGAIN
from ..verification.check import Check
from ..verification.verify import Against, prove
from .objects.opened import source_of


@dataclass(frozen=True, slots=True, repr=False)
class Verification:
    """The checks of a generated module; true if all hold.

    Attributes:
        model: its path.
        checks: in the order in which they were made.
    """

    model: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether all checks hold: the module computes what its tables say."""
        return all(check.passed for check in self.checks)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def verdict(self) -> str:
        """`proved`, `not proved`, or that the module was not even run."""
        older = any(check.name == OLDER for check in self.checks)
        if self.passed and older:
            return f"proved by its tables; an older form: {UPDATE} writes today's"
        if self.passed:
            return "proved"
        ran = any(check.name.startswith("values") for check in self.checks)
        return "not proved" if ran else "not proved, and not run"

    @property
    def report(self) -> str:
        """A line for each check, and the verdict: the report of `elegansc verify`."""
        lines = [
            f"{'ok' if check.passed else 'FAILED':<7} {check.name:<18} {check.detail}"
            for check in self.checks
        ]
        return "\n".join([*lines, f"{visible(self.model)}: {self.verdict}"])

    @property
    def data(self) -> dict[str, Any]:
        """The report as plain data: that of `elegansc verify --json`."""
        checks = [
            {"check": check.name, "passed": check.passed, "detail": check.detail}
            for check in self.checks
        ]
        head = {"schema": 1, "command": "verify", "model": self.model}
        return {**head, "passed": self.passed, "checks": checks}

    def __repr__(self) -> str:
        return f"Verification({visible(self.model)}: {self.verdict})"

    def _repr_html_(self) -> str:
        """The report for a notebook."""
        return f"<pre>{html.escape(self.report)}</pre>"


def verify(
    path: str | PathLike[str],
    *,
    against: str | PathLike[str] | None = None,
    cells: str | PathLike[str] = "",
    trust: bool = False,
    certificate: str | PathLike[str] | None = None,
    native: bool = False,
    **choices: Unpack[LayoutChoices],
) -> Verification:
    """Prove that a generated module computes what its tables say.

    It is read by `ast`, emitted again, and run in a process of its own.

    Args:
        path: of the module.
        against: a source: the module's edges are compared with it, one by one.
        cells: the table of cells that the module was made with.
        trust: run the module although its bytes are not what elegansc emits.
        certificate: a file that proves that its order loses least.
        native: prove what `elegansc.native` computes of it, too.
        choices: how the text of `against` is read.

    Raises:
        InputError: no module of ours.
        UsageError: an argument is wrong.
        CompilerError: PyTorch is not installed.
    """
    known = ("against", "cells", "trust", "certificate", "native", *LAYOUT)
    check_names(choices, known)
    model = file(path, "path")
    source = None
    if against is not None:
        read = source_of(against, "against")
        source = Against(read, layout_of(choices), file(cells, "cells"))
    proof = None
    if certificate is not None:
        name = file(certificate, "certificate")
        proof = (read_bytes(name, empty="compile --certificate writes it"), name)
    data, ran = read_bytes(model, empty=AGAIN), flag(trust, "trust")
    swept = flag(native, "native")
    checks = prove(
        data, model, against=source, trust=ran, certificate=proof, native=swept
    )
    return Verification(model, tuple(checks))
