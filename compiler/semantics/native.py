"""Which networks `elegansc.native` sweeps, by their options alone."""

from __future__ import annotations

from ..options import Options

MOST_FEATURES = 128  # of a matrix; wider ones are the business of BLAS


def plain_for(options: Options) -> str:
    """The option for which a network stays as it is; "" where it is swept."""
    for name, plain in (
        ("lowering", "acyclic"),
        ("dynamics", "none"),
        ("dale", ("free", "init")),
        ("tie", "none"),
        ("merge", ("sum", "gated")),
        ("norm", "none"),
    ):
        found = getattr(options, name)
        if found not in (plain if isinstance(plain, tuple) else (plain,)):
            return f"--{name} {found}"
    if options.unit == "linear" and options.features > MOST_FEATURES:
        return f"--features above {MOST_FEATURES} with --unit linear"
    return ""
