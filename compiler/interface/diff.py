"""The door for Python: diff, and its result."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Unpack

from ..arguments.choices import Choices
from ..arguments.layout import LAYOUT, layout_of
from ..arguments.options import OPTIONS, options_of
from ..arguments.values import check_names, flag, real
from ..comparison import text
from ..comparison.changes import Changes, compare
from ..comparison.json_report import as_json
from ..comparison.markdown import markdown
from ..comparison.version import versions_of
from ..errors import UsageError, visible
from ..options import Options
from ..readers.junction_file import without_reading
from ..sources import UNLABELLED, open_both
from .objects.kinds import Input
from .objects.opened import opened, origin_of


@dataclass(frozen=True, repr=False)
class Difference:
    """What changed from one connectome or model to another; true if anything did.

    Attributes:
        changes: all of it, by name.
    """

    changes: Changes

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def report(self) -> str:
        """The report of `elegansc diff`."""
        return "\n".join(map(visible, self.lines()))

    @property
    def markdown(self) -> str:
        """The report for a pull request."""
        return "\n".join(markdown(self.changes))

    @property
    def data(self) -> dict[str, Any]:
        """The report as plain data: that of `elegansc diff --json`."""
        return as_json(self.changes)

    def lines(
        self,
        *,
        short: bool = False,
        verbose: bool = False,
        paint: text.Paint = text.unpainted,
    ) -> Iterator[str]:
        """Lines of the report: the summary, then the details.

        Args:
            short: the summary alone.
            verbose: every change, not the largest of each kind.
            paint: colours a line by its sign.
        """
        yield from text.summary(self.changes)
        if not self:
            yield "no difference"
        elif not short:
            yield from text.details(self.changes, verbose=verbose, paint=paint)

    def __repr__(self) -> str:
        old, new = self.changes.old.label, self.changes.new.label
        return (
            f"Difference({old} -> {new}: {'they differ' if self else 'no difference'})"
        )

    def _repr_html_(self) -> str:
        """The report for a notebook."""
        return f"<pre>{html.escape(self.report)}</pre>"


def diff(
    old: Input,
    new: Input,
    *,
    threshold: float = 0.0,
    fold: bool = False,
    **choices: Unpack[Choices],
) -> Difference:
    """Compare two connectomes or generated models, whatever they come in, in any mix.

    Args:
        old, new: as the path of `compile`.
        threshold: changes of less weight are hidden, and counted.
        fold: left and right partners as one, by class.
        choices: as of `compile`, for sources; none: a source beside a model is compiled
            with the model's options.

    Raises:
        InputError: a file can not be read.
        UsageError: an argument is wrong.
    """
    check_names(choices, ("threshold", "fold", *OPTIONS, *LAYOUT))
    least = real(threshold, "threshold")
    if not 0 <= least < float("inf"):
        raise UsageError(f"threshold {least}: a number from 0")
    options = options_of(choices)
    layout = layout_of(choices)
    given = {"old": old, "new": new}
    paths = [origin_of(value, name) for name, value in given.items()]
    sources = (
        open_both((paths[0], paths[1]), layout)
        if all(paths)
        else [
            opened(value, layout, name=name, hint=UNLABELLED)
            for name, value in given.items()
        ]
    )
    asked = options if without_reading(options) != Options() else None
    versions = versions_of(sources, paths, asked)
    return Difference(compare(*versions, threshold=least, fold=flag(fold, "fold")))
