"""elegansc: compile a connectome into a PyTorch module that reads like hand-written code.

    import elegansc

    artifact = elegansc.compile("cook2019", features=16, unit="linear")

Nothing heavy is imported before it is used; torch only by what runs models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import CompilerError, InputError, UsageError, VerifyError

if TYPE_CHECKING:
    from .ir.artifact import Artifact
    from .pipeline import compile

__version__ = "0.1.0"
__all__ = [
    "Artifact",
    "CompilerError",
    "InputError",
    "UsageError",
    "VerifyError",
    "compile",
]


def __getattr__(name: str) -> Any:
    """Import `compile` and `Artifact` when first asked for."""
    if name == "compile":
        from .pipeline import compile

        return compile
    if name == "Artifact":
        from .ir.artifact import Artifact

        return Artifact
    raise AttributeError(f"module 'elegansc' has no attribute {name!r}")
