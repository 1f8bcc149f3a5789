"""Check what is asked of an order: --require-proof, --certificate, --ensemble."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, UsageError
from ..names import dashed

if TYPE_CHECKING:
    from ..ir.artifact import Artifact
    from ..options import Options


def require_proof(artifact: Artifact) -> None:
    """Raise unless the order that was found first is proved to lose least."""
    optimality, account = artifact.optimality, artifact.history.break_cycles
    if optimality is None or optimality.lost is None:
        hint = "compile its source"
        raise UsageError(
            f"--require-proof: a generated model is solved already; {hint}"
        )
    from ..report.cycles import standing

    if not optimality.proved:
        assert account is not None
        raise InputError(
            artifact.label,
            f"--require-proof: {standing(account)}",
            "--cycles exact tries the whole graph, whatever its size",
        )


def allow_certificate(path: str, others: tuple[str, str], force: bool) -> None:
    """Raise unless the certificate may be written there."""
    from ..files import Kind, allow, same
    from ..ordering.certificate import KIND

    if any(path == other or same(Path(path), other) for other in others):
        raise InputError(path, "is the input or the model", "name another file")
    if not Path(path).parent.is_dir():
        raise InputError(path, "its folder does not exist", "make it first")
    kind = Kind("a certificate", lambda found: KIND.encode() in found[:200])
    allow(Path(path), force=force, kind=kind)


def require_certificate(artifact: Artifact) -> None:
    """Raise InputError unless there is a certificate to write."""
    optimality = artifact.optimality
    if optimality is not None and not optimality.certified:
        seen = "--certificate: proved by an integer program, which gives no certificate"
        if optimality.method == "exact+sift":
            seen = "--certificate: of so large a graph the pairs that give the bound are not kept"
        raise InputError(artifact.label, seen, "leave --certificate out")
    if artifact.certificate is None:
        seen = "--certificate: nothing is proved of this order, so there is none"
        raise InputError(artifact.label, seen, "compile the source with --cycles exact")


def check_ordered(options: Options, given: dict[str, Any]) -> None:
    """Raise a UsageError for what asks for an order, of a model that has none."""
    from ..semantics.registry import semantics_of

    semantics = semantics_of(options)
    for name in ("certificate", "require_proof", "ensemble"):
        if given[name] and not semantics.levels:
            seen = f"{semantics.asked}: does not go with --{dashed(name)}"
            raise UsageError(f"{seen}; it breaks no cycle, so there is no order")
