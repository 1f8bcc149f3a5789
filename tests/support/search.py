"""The search for few levels, cut short: where it matters that it ends, not how well."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from elegansc.ordering import few_levels


def short_search() -> Any:
    """A context in which `--max-levels` looks at few orders; the promises still hold."""
    return patch.multiple(few_levels, SWEEPS=4, HOT=2, AGAIN=(0.25,))
