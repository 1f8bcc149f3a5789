"""Help pages: headings, words, summaries, examples; options that have no effect."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from support.command import run
from support.commands import commands, flags_of

from elegansc.arguments.layout import LAYOUT
from elegansc.cli.help import Command, Sections
from elegansc.cli.main import COMMANDS, HIDDEN, SECTIONS, cli
from elegansc.options import CHOICES, Options, dashed
from elegansc.options.metadata import HEADINGS

ALL = dict(commands())
ONES = {words: each for words, each in ALL.items() if isinstance(each, Command)}
PLAIN = re.compile(r"\b(TEXT|INTEGER|FLOAT|RANGE|DIRECTORY|PATH|FILENAME|BOOLEAN)\b")
LONGEST = 45  # characters of a summary
FIELDS = Options.__dataclass_fields__
OF_MODELS = {
    *(f"--{dashed(name)}" for name in {*FIELDS, *LAYOUT}),
    *(f"--no-{dashed(name)}" for name in FIELDS if FIELDS[name].default is True),
    "--no-header",
}


def page(words: str) -> str:
    """The help page of a command."""
    return run(*words.split(), "--help").stdout


def sections(words: str) -> dict[str, str]:
    """The sections of a help page by their headings."""
    parts = re.split(r"^(\S.*):\n", page(words), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_compile_tells_every_option_of_a_model_that_can_be_chosen() -> None:
    shown = page("compile")
    for name in Options.__dataclass_fields__:
        chosen = len(CHOICES.get(name, "ab")) > 1
        assert bool(re.search(rf"--{dashed(name)}\b", shown)) == chosen, name


def test_options_stand_under_the_headings_of_their_groups() -> None:
    found = sections("compile")

    assert [each for each in found if each in HEADINGS.values()] == [*HEADINGS.values()]
    for name, field in Options.__dataclass_fields__.items():
        if len(CHOICES.get(name, "ab")) > 1:
            text = found[HEADINGS[field.metadata["group"]]]
            assert f"  --{dashed(name)} " in text, name
    for name in LAYOUT:
        assert f"  --{name} " in found[HEADINGS["reading"]], name
    assert "-o, --output FILE" in found["Output"]


@pytest.mark.parametrize("words", ONES)
def test_a_page_has_examples_and_says_what_goes_in(words: str) -> None:
    text = page(words)
    listed = re.findall(r"^  -.*", text, re.MULTILINE)

    assert not PLAIN.findall("\n".join(listed))
    assert "Examples:\n  elegansc " in text
    assert not re.search(r"[<>]=?x|x[<>]", text)
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("words", ONES)
def test_the_examples_are_command_lines(words: str) -> None:
    for example in ONES[words].examples:
        first, *given = shlex.split(example)
        assert first == "elegansc" and given[: len(words.split())] == words.split()
        command, name = ONES[words], words.split()[-1]
        own = cli.context_settings  # click keeps the option --help it makes first
        command.make_context(name, given[len(words.split()) :], **own).close()


@pytest.mark.parametrize("words", ALL)
def test_every_option_and_command_has_a_help(words: str) -> None:
    command = ALL[words]
    assert command.help and isinstance(command, Command | Sections)
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help, option.name


def test_every_command_stands_in_a_section_with_its_whole_summary() -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted([*listed, *HIDDEN]) == sorted(COMMANDS) == sorted(cli.commands)
    groups = [("", cli), *ALL.items()]
    for words, group in groups:
        if not isinstance(group, Sections):
            continue
        text = page(words)
        for title, names in group.sections.items():
            assert f"\n{title}:\n" in text
            for name, summary in names.items():
                assert len(summary) <= LONGEST
                assert re.search(rf"^  {name} +{re.escape(summary)}$", text, re.M)
    assert "git-diff" not in page("") and "textconv" not in page("")


def test_the_first_page_says_how_to_begin() -> None:
    begin = page("").partition("To begin:\n")[2].splitlines()[:3]

    assert all(line.startswith("    elegansc ") for line in begin)


@pytest.mark.parametrize("words", ONES)
def test_an_option_of_models_that_does_nothing_here_is_named_in_one_line(
    words: str,
) -> None:
    name = words.split()[-1]
    for flag in sorted(OF_MODELS - flags_of(ONES[words])):
        for given in ([flag, "x"], [f"{flag}=x"]):
            done = run(*words.split(), *given)
            line = f"elegansc: {flag} has no effect on {name}; leave it out\n"
            assert (done.exit_code, done.stdout, done.stderr) == (2, "", line)


@pytest.mark.parametrize(
    "words", ["order cook2019 --task cifar10", "order x --keep=all"]
)
def test_an_option_that_order_had_is_refused(words: str) -> None:
    assert "has no effect on order; leave it out\n" in run(*words.split()).stderr


def test_another_option_that_there_is_not_is_told_as_before() -> None:
    done = run("order", "cook2019", "--wat")

    assert done.exit_code == 2 and "No such option '--wat'" in done.stderr
