"""The findings and their codes, as pages of Markdown, each with an example that is run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner

from elegansc.cli.main import cli
from elegansc.linting.codes import ALL
from elegansc.readers.findings import Code

from .formats import prose, table
from .samples import SAMPLES, Sample

SHOWN = 6  # lines of a sample
CHAPTERS = {
    "EC1": "How the file is laid out",
    "EC2": "Names of cells",
    "EC3": "Kinds, directions, transmitters",
    "EC4": "Roles",
    "EC50": "Rows of one pair",
    "EC51": "Cells of the whole graph",
    "EC52": "Paths from sensors to motors",
}


def listed() -> str:
    """All codes on one table."""
    rows = (
        [f"[{code}](#{code.lower()})", found.severity, found.title]
        for code, found in ALL.items()
    )
    return table(["code", "", "what was found"], rows)


def explained() -> str:
    """Every code in its chapter."""
    return "\n\n".join(chapters())


def chapters() -> Iterator[str]:
    """Headings and codes, in order; a code outside every chapter is an error."""
    chapter = ""
    for code, found in ALL.items():
        mine = next(start for start in CHAPTERS if code.startswith(start))
        if mine != chapter:
            chapter = mine
            yield f"## {CHAPTERS[mine]}"
        yield section(code, found)


def section(code: str, found: Code) -> str:
    """One code: what it means, what to do, and a file that has it."""
    parts = [
        f"({code.lower()})=\n### {code}: {found.title}",
        f"*{found.severity.capitalize()}.* {prose(found.why)}",
        f"**What to do:** {prose(found.remedy)}",
    ]
    if code in SAMPLES:
        parts.append(example(code, SAMPLES[code]))
    return "\n\n".join(parts)


def example(code: str, sample: Sample) -> str:
    """A file, the command, and what it says of the code."""
    lines = sample.text.splitlines()
    shown = [*lines[:SHOWN], "…"] if len(lines) > SHOWN else lines
    command, said = run(code, sample)
    text = [f"$ cat {sample.file}", *shown, f"$ elegansc {command}", *said]
    return "\n".join(["```text", *text, "```"])


def run(code: str, sample: Sample) -> tuple[str, list[str]]:
    """The command for a sample, and the lines of its output that name the code."""
    command = sample.command or f"lint {sample.file} --select {code}"
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path(sample.file).write_text(sample.text, encoding="utf-8")
        done = CliRunner().invoke(cli, command.split(), env={"NO_COLOR": "1"})
    said = [line for line in done.output.splitlines() if code in line]
    assert said, f"the sample of {code} does not have it: {done.output}"
    return command, said
