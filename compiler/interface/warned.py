"""The warnings of a report, as Python warnings."""

from __future__ import annotations

import warnings

from ..errors import CompilerWarning
from ..ir.stages import Connectome


def warn(connectome: Connectome, *, depth: int) -> None:
    """Warn of what may have been meant otherwise in what was read.

    Args:
        depth: how many callers up the warning is shown, from 1.
    """
    from ..report.compile import report
    from ..report.words import warned

    source = connectome.source
    for sentence in warned(report(connectome.history, source.label, source.unit)):
        warnings.warn(sentence, CompilerWarning, stacklevel=depth)
