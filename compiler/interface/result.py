"""The result of a compile for a caller from Python."""

from __future__ import annotations

import html
import warnings
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..arguments.values import file
from ..errors import CompilerWarning, visible
from ..ir.artifact import Artifact
from ..options import Options

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True, repr=False)
class Compiled(Artifact):
    """A compiled model: its text, its class, and what every pass did.

    Attributes:
        options: those that were asked for.
        origin: path or name of its source.
    """

    options: Options = field(default_factory=Options, compare=False)
    origin: str = field(default="", compare=False)

    @property
    def source(self) -> str:
        """The text of the generated module; `tables` is the file beside that of a large graph."""
        return self.page.decode("ascii")

    @property
    def report(self) -> str:
        """What every pass did, in words: the report of `elegansc compile`."""
        from ..report.compile import report
        from ..semantics.registry import semantics_of

        state = semantics_of(self.options).state
        lines = report(self.history, self.label, self.unit, state=state)
        return "\n".join(map(visible, lines))

    @property
    def warnings(self) -> list[str]:
        """The warnings of the report; `compile` gives them as Python warnings, too."""
        from ..report.words import warned

        return warned(self.report.splitlines())

    def write(self, path: str | PathLike[str], *, force: bool = False) -> Path:
        """Write the module to a file, and its tables beside it, whole or not at all.

        Args:
            force: also over a file that is not ours or was edited by hand, and over a model
                made with options that are at their default here.

        Returns:
            The path of the file.

        Raises:
            InputError: the file may not or can not be written; nothing has changed.
        """
        from ..arguments.changes import check_kept
        from ..module.file_name import misnamed
        from ..module.read import made_with
        from ..names import class_name
        from ..sources import write_modules

        target = Path(file(path, "write"))
        if not force:
            made = made_with(self.page, str(target))
            given = {key.replace("-", "_") for key in self.options.changed()}
            given |= dict(made.read).keys()
            given |= {"name"} if made.name != class_name(self.label) else set()
            check_kept(target, self.origin, made, explicit=given)
        write_modules({target: self}, force=force, source=self.origin)
        if why := misnamed(target):
            warnings.warn(why, CompilerWarning, stacklevel=2)
        return target

    def load(self) -> type[nn.Module]:
        """The class of the module, of a task the whole model, without a file.

        Its module stands in `sys.modules` under a name made of the class's name and the
        digest of the text, so that models of it are copied and pickled in this process.
        Another process unpickles them once it has loaded the same text; `write` the
        module and import it where that is not at hand. The tables are
        `sys.modules[found.__module__].SENSORY` and so on.

        Raises:
            CompilerError: PyTorch is not installed.
        """
        from .loading import load_class

        return load_class(self.page, str(self.summary["name"]), self.tables)

    def __repr__(self) -> str:
        from ..report.compile import sizes

        return f"Compiled({self.label}: {sizes(self.summary)})"

    def _repr_html_(self) -> str:
        """The report for a notebook."""
        title, text = html.escape(repr(self)), html.escape(self.report)
        return f"<strong>{title}</strong><pre>{text}</pre>"
