"""What the pages name is there: commands, options, files."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from support.pages import name, pages
from support.paths import ROOT

from elegansc.cli.main import cli

# Options of other programs, which the pages tell of.
OTHERS = {"--config-settings"}


def every_option() -> set[str]:
    """The options of all commands, and of their subcommands."""
    found = {"--help"}
    groups: list[click.Command] = [cli]
    while groups:
        command = groups.pop()
        found |= {word for param in command.params for word in param.opts}
        found |= {word for param in command.params for word in param.secondary_opts}
        groups += getattr(command, "commands", {}).values()
    return found


@pytest.mark.parametrize("page", pages(), ids=name)
def test_options_that_a_page_names_exist(page: Path) -> None:
    told = set(re.findall(r"`(?:elegansc [a-z ]+)?(--[a-z][a-z-]*)", page.read_text()))
    assert told <= every_option() | OTHERS


@pytest.mark.parametrize("page", pages(), ids=name)
def test_commands_that_a_page_names_exist(page: Path) -> None:
    told = set(re.findall(r"`elegansc ([a-z][a-z-]+)", page.read_text()))
    assert told <= set(cli.commands)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_files_that_a_page_links_to_exist(page: Path) -> None:
    for place in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        if not re.match(r"[a-z]+:", place):
            assert (page.parent / place).exists(), f"{name(page)}: {place}"


def test_every_page_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    tables = re.findall(r"^```\{toctree\}\n(.*?)^```", index, re.M | re.S)
    listed = {
        word for table in tables for word in re.findall(r"^[\w/-]+$", table, re.M)
    }
    docs = ROOT / "docs"
    written = [*docs.rglob("*.md"), *docs.rglob("*.ipynb")]
    there = {page.relative_to(docs).with_suffix("").as_posix() for page in written}
    assert listed == there - {"index"}
