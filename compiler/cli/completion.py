"""The completion command: let a shell complete commands, options, names and files."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..errors import CompilerError, UsageError, visible
from .colours import tell
from .help import Command

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_ELEGANSC_COMPLETE"


@click.command(
    "completion",
    cls=Command,
    examples=["elegansc completion --install", "elegansc completion zsh"],
)
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.option(
    "--install", is_flag=True, help="Write it where the shell finds it, and say where."
)
def completion_command(shell: str | None, install: bool) -> None:
    """Print what lets SHELL complete commands, options, bundled names and files.

    SHELL is bash, zsh or fish; default: yours.
    """
    from ..files import made, replace
    from ..report.words import wrote

    chosen = shell or shell_of(os.environ.get("SHELL", ""))
    script = script_of(chosen)
    if not install:
        click.echo(script)
        return
    path = place_of(chosen)
    with made(path.parent):
        written = replace(path, f"{script}\n".encode())
    tell(wrote(visible(str(path)), written))
    if chosen == "zsh":
        source_in_zshrc(path)
    note = "; it needs the package bash-completion" if chosen == "bash" else ""
    click.echo(f"open a new terminal, then: elegansc compile w<Tab>{note}", err=True)


def shell_of(program: str) -> str:
    """The shell of a path such as /bin/bash.

    Raises:
        UsageError: none that is known.
    """
    name = Path(program).name
    if name not in SHELLS:
        known = ", ".join(SHELLS)
        raise UsageError(f"completion: your shell is {name or 'unknown'}; name {known}")
    return name


def script_of(shell: str) -> str:
    """The script that a shell reads."""
    from click.shell_completion import get_completion_class

    from .main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    try:
        return kind(cli, {}, "elegansc", VARIABLE).source().strip()
    except RuntimeError as error:  # a shell that is too old
        raise CompilerError(str(error)) from None


def place_of(shell: str) -> Path:
    """Where a shell looks for the script; zsh looks nowhere of itself."""
    data = folder_of("XDG_DATA_HOME", ".local/share")
    if shell == "bash":
        return data / "bash-completion" / "completions" / "elegansc"
    if shell == "fish":
        config = folder_of("XDG_CONFIG_HOME", ".config")
        return config / "fish" / "completions" / "elegansc.fish"
    return data / "elegansc" / "completion.zsh"


def folder_of(variable: str, default: str) -> Path:
    """A folder of the user's: that of a variable, or its default at home."""
    return Path(os.environ.get(variable) or Path.home() / default)


def source_in_zshrc(script: Path) -> None:
    """Add the line that reads the script to .zshrc, once."""
    from shlex import quote

    from ..files import replace

    path = Path(os.environ.get("ZDOTDIR") or Path.home()) / ".zshrc"
    line = f"source {quote(str(script))}\n".encode()
    there = path.read_bytes() if path.is_file() else b""
    if line not in there:
        start = there if there.endswith(b"\n") or not there else there + b"\n"
        replace(path, start + line)
        click.echo(
            f"added to {visible(str(path))}: {visible(line.decode().strip())}", err=True
        )
