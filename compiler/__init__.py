"""elegansc: compile a connectome into a PyTorch module that reads like hand-written code.

    import elegansc

    worm = elegansc.compile("cook2019", features=16, unit="linear")
    Cook2019 = worm.load()
    graph = elegansc.to_networkx("cook2019")

Nothing heavy is imported before it is used; torch only by what runs models.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import (
        CompilerError,
        CompilerWarning,
        InputError,
        UsageError,
        VerifyError,
    )
    from .interface.compile import compile
    from .interface.diff import Difference, diff
    from .interface.native import native
    from .interface.read import read, to_networkx, to_pandas
    from .interface.result import Compiled
    from .interface.verify import Verification, verify
    from .ir.artifact import Artifact
    from .ir.stages import Connectome

__version__ = "0.1.0"
__all__ = [
    "Artifact",
    "Compiled",
    "CompilerError",
    "CompilerWarning",
    "Connectome",
    "Difference",
    "InputError",
    "UsageError",
    "Verification",
    "VerifyError",
    "compile",
    "diff",
    "native",
    "read",
    "to_networkx",
    "to_pandas",
    "verify",
]
LATE = {  # where the names are that are imported when first asked for
    "Artifact": ".ir.artifact",
    "Compiled": ".interface.result",
    "CompilerError": ".errors",
    "CompilerWarning": ".errors",
    "Connectome": ".ir.stages",
    "Difference": ".interface.diff",
    "InputError": ".errors",
    "UsageError": ".errors",
    "Verification": ".interface.verify",
    "VerifyError": ".errors",
    "compile": ".interface.compile",
    "diff": ".interface.diff",
    "native": ".interface.native",
    "read": ".interface.read",
    "to_networkx": ".interface.read",
    "to_pandas": ".interface.read",
    "verify": ".interface.verify",
}


def __getattr__(name: str) -> Any:
    """Import a name of LATE when it is first asked for."""
    if name not in LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(LATE[name], __name__), name)


def __dir__() -> list[str]:
    """The public names, before they are imported."""
    return sorted({*globals(), *LATE})
