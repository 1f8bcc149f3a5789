"""All semantics, by the name that `Options.semantics` gives."""

from __future__ import annotations

from collections.abc import Mapping

from ..options import Options
from .acyclic import ACYCLIC
from .delay import DELAY
from .leaky import LEAKY
from .published import PUBLISHED
from .semantics import Semantics

SEMANTICS: Mapping[str, Semantics] = {
    semantics.name: semantics for semantics in (ACYCLIC, DELAY, LEAKY, PUBLISHED)
}


def semantics_of(options: Options) -> Semantics:
    """What a model of these options computes."""
    return SEMANTICS[options.semantics]
