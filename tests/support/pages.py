"""Pages of the documentation: their code blocks, run as a reader would run them.

A ```console block holds lines `$ command`; the lines below a command are what it prints,
on both streams. A line `…` alone stands for any lines, `…` within a line for any text. A
command that shows no output prints nothing; one that fails shows its error. Here-documents
and lines that end with a backslash go on in the next line. A ```python block runs in the
page's one interpreter. `<!-- not run: REASON -->` above a block leaves it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from support.paths import ROOT
from support.sessions import Interpreter, Shell

NOT_RUN = re.compile(r"<!-- not run: (\S.*) -->")
HERE = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
ANY = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    line: int  # of the fence, from 1
    lines: tuple[str, ...]
    left_out: str  # the reason, where it is not run


class Command(NamedTuple):
    """A command of a console block, and what it prints."""

    line: int
    text: str
    output: tuple[str, ...]


def pages() -> list[Path]:
    """README, CONTRIBUTING and every page of docs/."""
    above = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    return [*above, *sorted((ROOT / "docs").rglob("*.md"))]


def name(page: Path) -> str:
    """Where a page is in the checkout."""
    return page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = []
    lines = page.read_text().splitlines()
    at = 0
    while at < len(lines):
        fence = re.match(r"(`{3,}|~{3,})\s*(\S*)", lines[at])
        start, at = at, at + 1
        if not fence:
            continue
        while at < len(lines) and lines[at].rstrip() != fence[1]:
            at += 1
        above = NOT_RUN.fullmatch(lines[start - 1].strip()) if start else None
        body = tuple(lines[start + 1 : at])
        found.append(Block(fence[2], start + 1, body, above[1] if above else ""))
        at += 1
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a console block; ValueError where one does not stand first."""
    found: list[Command] = []
    at = 0
    while at < len(block.lines):
        line, start = block.lines[at], at
        at += 1
        if not line.startswith("$ "):
            raise ValueError(f"line {block.line + at}: output without a command")
        words = [line[2:]]
        here = HERE.search(line)
        while here and at < len(block.lines) and words[-1] != here[1]:
            words.append(block.lines[at])
            at += 1
        while words[-1].endswith("\\") and at < len(block.lines):
            words.append(block.lines[at])
            at += 1
        first = at
        while at < len(block.lines) and not block.lines[at].startswith("$ "):
            at += 1
        shown = block.lines[first:at]
        found.append(Command(block.line + start + 1, "\n".join(words), shown))
    return found


def agrees(shown: tuple[str, ...], seen: str) -> bool:
    """Whether the lines shown, with their gaps, are what was printed."""
    pattern = "".join(
        (
            r"(?:.*\n)*"
            if line.strip() == ANY
            else ".*".join(map(re.escape, line.rstrip().split(ANY))) + r"[ \t]*\n"
        )
        for line in "\n".join(shown).rstrip().splitlines()
    )
    printed = seen.rstrip()
    return bool(re.fullmatch(pattern, printed + "\n" if printed else ""))


def shows_something(shown: tuple[str, ...]) -> bool:
    """Whether a line of output is compared at all."""
    return any(line.strip() not in ("", ANY) for line in shown)


def run_page(page: Path, folder: Path, environment: dict[str, str]) -> list[str]:
    """What does not hold on a page, one text each: place, command, expected, seen."""
    wrong: list[str] = []
    with Shell(folder, environment) as shell, Interpreter(shell) as interpreter:
        for block in blocks(page):
            if block.left_out:
                continue
            if block.language == "console":
                for line, text, shown in commands(block):
                    code, seen = shell.run(text)
                    failed = code != 0 and not shows_something(shown)
                    if failed or not agrees(shown, seen):
                        expected = "\n".join(shown) or "(nothing)"
                        wrong.append(
                            f"{name(page)}:{line}: $ {text}\n--- expected\n{expected}"
                            f"\n--- seen, exit code {code}\n{seen}"
                        )
            elif block.language == "python":
                source = "\n".join(block.lines)
                code, seen = interpreter.run(source, str(page), block.line)
                if code:
                    wrong.append(f"{name(page)}:{block.line}: python\n{seen}")
    return wrong
