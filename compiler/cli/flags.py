"""Options as flags of the command line: names, help, parsing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..options import CHOICES, Options, dashed

if TYPE_CHECKING:
    from ..readers.reader import Layout

SCHEMA = 1  # of every JSON report

HELP = {
    "features": "Numbers a neuron holds, D.",
    "unit": "scalar: a bias a neuron; linear: a D x D matrix and a bias vector.",
    "merge": "How inputs join: sum of gain * x, of sigmoid(gain) * x, or product of x.",
    "norm": "Layer norm after the merge (needs 4 features).",
    "activation": "What a neuron applies at the end.",
    "init": "Start gains: drawn, or by the share of a synapse's weight.",
    "feedback": "What runs backward: not computed, or read of the step before.",
    "kernel": "How the products are laid out.",
    "lowering": "acyclic: cycles are broken; published: the sweep of ElegansNet's code.",
    "task": "Put encoder, read-out, decoder and loss around the network: M1, M2 of ElegansNet.",
    "readout": "How a task reads the motor neurons.",
    "width": "Channels of a task's encoder; 0: 32 for cifar10, 30 for mnist.",
    "cells": "Table of cells: name,role[,transmitter].",
    "roles_table": "Roles of C. elegans neurons: one each, several, or by structure.",
    "inputs": "Patterns of the sensory neurons, instead of roles; @FILE: a pattern a line.",
    "outputs": "Patterns of the motor neurons, instead of roles.",
    "only": "Keep these cells.",
    "without": "Leave these cells out.",
    "keep": "Which cells: neurons, or all (muscles are motor then).",
    "junctions": "Weight of a gap junction that is listed with two.",
    "min_weight": "Drop pairs of less weight.",
    "undirected": "Every chemical pair conducts both ways.",
    "cycles": "How cycles are broken: exact (proved), fast (ratio order, sifted), ratio.",
    "roles": "prefer: sensory -> inter -> motor counts double; blocks: no other way.",
    "max_levels": "Fire in at most so many levels; 0: as many as it takes.",
    "symmetric": "Left and right partners side by side in the order.",
    "protect": "PRE>POST: synapses to keep forward, if that can be.",
    "tie_seed": "Another one of equally good orders.",
    "like": "An older model: stay near its order.",
    "stick": "The weight that a change from --like may cost; 0: it breaks ties.",
    "keep_alive": "Keep every neuron on a path from a sensor to a motor that can be.",
    "alive_cap": "The most weight to give up for one neuron's path; 0: a fifth of a percent.",
    "weight_unit": "What the weights count, plural.",
}


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add every field of Options as an option, in order."""
    for option in reversed(fields(Options)):
        name, default = option.name, option.default
        settings: dict[str, Any] = {
            "help": HELP[name],
            "default": default,
            "show_default": bool(default),
        }
        if name in CHOICES:
            settings["type"] = click.Choice(CHOICES[name])
        elif isinstance(default, bool):
            settings = {"help": HELP[name], "is_flag": True, "default": default}
        elif isinstance(default, tuple):
            settings = {"help": HELP[name], "multiple": True, "metavar": "PATTERNS"}
        elif isinstance(default, int):
            settings["type"] = int
        elif isinstance(default, float):
            settings["type"] = float
        flag = f"--{dashed(name)}"
        if default is True:
            flag += f"/--no-{dashed(name)}"
        command = click.option(flag, name, **settings)(command)
    return command


def layout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of Layout: how to read a text file, where its content does not tell."""
    for option in (
        click.option(
            "--kind",
            type=click.Choice(["chemical", "electrical"]),
            help="Kind of all rows, where no column says.",
        ),
        click.option(
            "--encoding", default="utf-8", show_default=True, help="Of the text."
        ),
        click.option(
            "--header/--no-header",
            "header",
            default=None,
            help="Whether the first line is a header.",
        ),
        click.option("--delimiter", help="comma, tab, space, or one character."),
        click.option(
            "--columns", help="pre=A,post=B,weight=C,kind=D: names, or places from 1."
        ),
    ):
        command = option(command)
    return command


def options_of(given: dict[str, Any]) -> Options:
    """The Options of the command line; a comma separates patterns."""
    values = {option.name: given[option.name] for option in fields(Options)}
    for name in ("inputs", "outputs", "only", "without", "protect"):
        words = [word.strip() for value in values[name] for word in value.split(",")]
        values[name] = tuple(word for word in words if word)
    return Options(**values)


def layout_of(given: dict[str, Any]) -> Layout:
    """The Layout of the command line."""
    from ..readers.reader import Layout

    columns: dict[str, str] = {}
    if given["columns"]:
        parts = re.split(r",(?=(?:pre|post|weight|kind)=)", given["columns"])
        for part in parts:
            key, equals, value = part.partition("=")
            if not equals:
                raise UsageError(
                    f"--columns {part!r}: write pre=A,post=B,weight=C,kind=D"
                )
            columns[key.strip()] = value
    return Layout(
        columns=columns,
        delimiter=given["delimiter"],
        header=given["header"],
        encoding=given["encoding"],
        kind=given["kind"],
    )
