"""The folder of a measurement: its protocol before the run, its result and page after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import visible
from ..files import OTHER, allow, holds, write_folder
from ..report.words import line
from .colours import tell

PROTOCOL, PAGE = "protocol.json", "index.html"


class Folder:
    """A folder that gets protocol.json, RESULT.json and index.html.

    Args:
        result: name of the file of the result.
        read: paths of inputs, which are never written over.
        force: whether files that are there are replaced.
    """

    def __init__(
        self, path: str, result: str, *, read: Sequence[str], force: bool
    ) -> None:
        self.path, self.result = Path(path), result
        self.read, self.force = read, force

    def begin(self, protocol: bytes) -> None:
        """Write the protocol; a run that was stopped goes on where it is the same.

        Raises:
            InputError: files are there that may not be replaced.
        """
        begun = holds(self.path / PROTOCOL, protocol)
        for name in (self.result, PAGE) if begun else (PROTOCOL, self.result, PAGE):
            allow(self.path / name, kind=OTHER, force=self.force, source=self.read)
        if not begun:
            files = {PROTOCOL: protocol}
            write_folder(self.path, files, kind=OTHER, force=self.force)

    def finish(self, result: bytes, page: bytes) -> None:
        """Write the result and its page."""
        files = {self.result: result, PAGE: page}
        write_folder(self.path, files, kind=OTHER, force=self.force, source=self.read)

    def say(self, digest: str, lines: Iterable[tuple[str, str]]) -> None:
        """Print the report, on stderr.

        Args:
            digest: of the protocol; lines: (word, sentence) of each line.
        """
        tell(line("protocol", visible(f"{self.path / PROTOCOL} {digest[:16]}")))
        for word, sentence in lines:
            tell(visible(line(word, sentence)))
        written = f"{self.path / self.result}, {self.path / PAGE}"
        tell(line("wrote", visible(written)))
