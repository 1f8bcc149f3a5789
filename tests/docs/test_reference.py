"""Tables of the docs are made from the code's registries: nothing is missing or left over."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from reference import codes, commands, formats, options
from reference.samples import SAMPLES
from support.paths import ROOT

from elegansc import __all__ as PUBLIC
from elegansc.arguments.layout import LAYOUT
from elegansc.cli.main import COMMANDS, HIDDEN
from elegansc.linting.codes import ALL
from elegansc.options import CHOICES, Options, dashed
from elegansc.readers.containers.registry import containers
from elegansc.readers.delimited import COLUMNS, KINDS
from elegansc.readers.refused import REFUSED

# They need a published connectome, larger than an example.
WITHOUT_SAMPLE = {"EC108", "EC311", "EC507", "EC508"}
PAGES = {path.stem: path.read_text() for path in (ROOT / "docs").glob("*.md")}


def cells(table: str, column: int = 0) -> list[str]:
    """The cells of a column of a table of Markdown."""
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    return [row.strip("| ").split(" | ")[column].strip() for row in rows]


def test_every_format_is_told_and_no_other() -> None:
    read = [found.name for found in containers() if found not in REFUSED]
    assert cells(formats.containers()) == read
    assert formats.NOTES.keys() == {*read}


def test_every_refused_format_has_its_way_round() -> None:
    table = formats.refused()
    assert len(cells(table)) == len(REFUSED)
    assert all(cells(table, 1))
    assert "CSV or GraphML" in cells(table, 1)[0]


def test_every_title_and_every_kind_is_told() -> None:
    told = set(re.findall(r"`([^`]+)`", formats.columns()))
    assert told == {*COLUMNS, *(word for titles in COLUMNS.values() for word in titles)}
    assert set(re.findall(r"`([^`]+)`", formats.kinds())) == KINDS.keys()


def test_every_extra_that_a_format_needs_is_one() -> None:
    setup = (ROOT / "setup.cfg").read_text()
    for _, _, extra in formats.NOTES.values():
        assert not extra or f"\n{extra} =\n" in setup


def test_every_option_of_a_model_is_listed_once_with_its_choices() -> None:
    table = options.options()
    for option in fields(Options):
        flag, count = f"| `--{dashed(option.name)}` ", 1
        if option.name in LAYOUT or option.name == "kernel":
            count = 0
        assert table.count(flag) == count, option.name
    for name in ("unit", "merge", "norm", "activation", "init", "feedback", "cycles"):
        row = re.search(rf"^\| `--{dashed(name)}` \| ([^|]*) \|", table, re.M)
        assert row and tuple(row[1].split(", ")) == CHOICES[name]


def test_every_option_of_reading_is_listed() -> None:
    flags = {word.split("`")[1] for word in cells(options.layout())}
    assert flags == {f"--{name}" for name in LAYOUT}


def test_every_command_has_its_help() -> None:
    page = commands.commands()
    told = re.findall(r"^### elegansc (.+)$", page, re.M)
    below = [
        f"lab {name}"
        for name in ("train", "compare", "table", "pilot", "figure", "score", "replay")
    ]
    below.append("connectomes show")
    assert sorted(told) == sorted({*COMMANDS, *below} - {*HIDDEN})
    assert page.count("Usage: elegansc ") == len(told)
    assert page.count("\nExamples:\n") >= len(told) - 2


def test_every_code_is_listed_and_explained() -> None:
    assert re.findall(r"\[(EC\d+)\]", codes.listed()) == [*ALL]
    page = codes.explained()
    assert re.findall(r"^### (EC\d+): ", page, re.M) == [*ALL]
    assert page.count("**What to do:**") == len(ALL)


def test_every_code_has_an_example() -> None:
    assert SAMPLES.keys() == ALL.keys() - WITHOUT_SAMPLE


@pytest.mark.parametrize("code", SAMPLES)
def test_an_example_shows_its_code(code: str) -> None:
    command, said = codes.run(code, SAMPLES[code])
    assert command.split()[1] == "worm.csv"
    assert said and all(code in line for line in said)


def test_a_sample_without_its_code_is_an_error() -> None:
    with pytest.raises(AssertionError, match="EC101"):
        codes.run("EC101", SAMPLES["EC503"])


def test_pages_ask_only_for_parts_that_are_there() -> None:
    pytest.importorskip("sphinx")
    from reference.generated import PARTS

    asked = re.findall(r"^```\{generated\} (\w+)$", "".join(PAGES.values()), re.M)
    assert {*asked} <= PARTS.keys() and len({*asked}) > 8


def test_every_public_name_has_its_place_in_the_reference() -> None:
    told = re.findall(
        r"auto(?:function|class|exception):: elegansc\.(\w+)", PAGES["api"]
    )
    assert sorted(told) == sorted(PUBLIC)
