"""Arguments of Python and of the command line: the same values, the same refusals."""

from __future__ import annotations

import typing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.command import run

import elegansc
from elegansc.arguments.choices import Choices, LayoutChoices
from elegansc.arguments.layout import LAYOUT, columns_of, layout_of
from elegansc.arguments.options import OPTIONS, options_of
from elegansc.errors import UsageError
from elegansc.interface.objects.wishes import OPTIONS as OPTION_OF
from elegansc.module.read import Model, read_module
from elegansc.module.tables import Tables
from elegansc.options import Options
from elegansc.readers.reader import Layout

GRAPH = "pre,post,weight,kind\nAB,I,2,chemical\nA,I,1,chemical\nB,I,1,chemical\nI,M,3,chemical\n"


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    path = tmp_path / "worm.csv"
    path.write_text(GRAPH)
    return path


def tables(found: elegansc.Compiled) -> Tables:
    """The tables of a model, without what it records of the columns that were asked for."""
    model = read_module(found.source.encode(), "model.py")
    assert isinstance(model, Model)
    return replace(model.tables, read={})


def compiled(path: Any, **choices: Any) -> elegansc.Compiled:
    """A model of GRAPH with roles of its own."""
    given = {"inputs": ["A*", "B"], "outputs": "M", "roles_table": "structure"}
    return elegansc.compile(path, **{**given, **choices})


def test_every_option_and_every_field_of_the_layout_has_a_type() -> None:
    assert tuple(Choices.__annotations__) == tuple(dict.fromkeys((*LAYOUT, *OPTIONS)))
    assert tuple(LayoutChoices.__annotations__) == LAYOUT
    names = {OPTION_OF.get(field.name, field.name) for field in fields(Layout)}
    assert names == {*LAYOUT, "names_file"}  # where the names were read
    hints = typing.get_type_hints(Choices)
    for option in fields(Options):
        kind = type(option.default)
        wanted = str if kind is tuple else kind
        assert wanted in typing.get_args(hints[option.name]), option.name


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("4=N2U", {"4": ("N2U",)}),
        (("4=N2U", "4=JSH", "a=b=c"), {"4": ("N2U", "JSH"), "a": ("b=c",)}),
        ({4: "N2U", "age": [1, 2]}, {"4": ("N2U",), "age": ("1", "2")}),
    ],
)
def test_where_is_a_text_several_or_a_mapping(
    value: object, wanted: dict[str, tuple[str, ...]]
) -> None:
    assert layout_of({"where": value}).where == wanted


@pytest.mark.parametrize(
    "value", ["0=chemical,1=electrical", {0: "chemical", "1": "electrical"}]
)
def test_kinds_are_a_text_or_a_mapping(value: object) -> None:
    assert layout_of({"kinds": value}).kinds == {"0": "chemical", "1": "electrical"}


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({"where": "N2U"}, "--where 'N2U': write COLUMN=VALUE"),
        ({"where": 4}, "--where 4: write COLUMN=VALUE"),
        ({"where": {"4": None}}, "use a text or a number"),
        ({"kinds": "0=gap"}, "--kinds 0=gap: use chemical or electrical"),
        ({"decimal": "dot"}, "--decimal dot: use comma or point"),
    ],
)
def test_a_choice_of_rows_or_kinds_that_says_nothing(
    given: dict[str, object], seen: str
) -> None:
    with pytest.raises(UsageError) as caught:
        layout_of(given)

    assert seen in str(caught.value)


def test_a_path_object_is_a_file(edges: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled(edges).source == compiled(str(edges)).source

    monkeypatch.chdir(edges.parent)
    assert compiled(Path("worm.csv")).source == compiled(edges).source
    with pytest.raises(elegansc.InputError, match="no such file"):
        elegansc.compile(Path("cook2019"))


@pytest.mark.parametrize(
    "text, names",
    [
        ("AB", ["AB"]),
        ("A,B", ["A", "B"]),
        (" A , AB ,", ["A", "AB"]),
        (["A", "B"], ["A", "B"]),
        ("A*", ["A", "AB"]),
    ],
)
def test_a_text_of_patterns_is_read_as_the_command_line_reads_it(
    edges: Path, text: Any, names: list[str]
) -> None:
    found = compiled(edges, inputs=text)
    assert found.summary["sensory"] == len(names)
    output = edges.with_name("model.py")
    words = (
        ["--inputs", text] if isinstance(text, str) else ["--inputs", ",".join(text)]
    )
    options = ["--outputs", "M", "--roles-table", "structure"]
    done = run("compile", str(edges), "-o", str(output), *words, *options)
    assert done.exit_code == 0, done.output
    assert output.read_text() == found.source


def test_options_given_twice_on_the_command_line_add_up(edges: Path) -> None:
    output = edges.with_name("model.py")
    words = ["--inputs", "A,B", "--inputs", "AB", "--outputs", "M"]
    run("compile", str(edges), "-o", str(output), *words, "--roles-table", "structure")
    assert output.read_text() == compiled(edges, inputs=["A", "B", "AB"]).source


@pytest.mark.parametrize(
    "columns",
    [
        "pre=a,weight=w",
        "weight=3,pre=1",
        {"pre": "a", "weight": "w"},
        {"pre": 1, "weight": 3},
    ],
)
def test_columns_are_a_text_or_a_mapping(edges: Path, columns: Any) -> None:
    other = edges.with_name("w.csv")
    other.write_text(GRAPH.replace("pre,post,weight", "a,post,w"))
    found = compiled(other, label="worm.csv", columns=columns)
    assert tables(found) == tables(compiled(edges))


def test_the_order_of_columns_is_none(edges: Path) -> None:
    found = compiled(edges, columns="weight=weight,pre=pre")
    assert (
        found.source
        == compiled(edges, columns={"pre": "pre", "weight": "weight"}).source
    )


def test_a_column_may_hold_a_comma_in_its_name() -> None:
    assert columns_of("weight=a, b,kind=c") == {"weight": "a, b", "kind": "c"}


@pytest.mark.parametrize(
    "given, same",
    [
        ({"features": "2"}, {"features": 2}),
        ({"features": np.int64(2)}, {"features": 2}),
        ({"min_weight": "1.5"}, {"min_weight": 1.5}),
        ({"min_weight": 1}, {"min_weight": 1.0}),
        ({"min_weight": np.float32(0.5)}, {"min_weight": 0.5}),
        ({"like": Path("a/b.py")}, {"like": "a/b.py"}),
        ({"like": None, "features": None}, {}),
        ({"inputs": ("A", "B")}, {"inputs": ("A", "B")}),
        ({"inputs": ""}, {}),
    ],
)
def test_a_value_is_taken_as_the_command_line_takes_it(
    given: dict[str, Any], same: dict[str, Any]
) -> None:
    assert options_of(given) == Options(**same)


@pytest.mark.parametrize(
    "given, told",
    [
        ({"features": "two"}, "--features 'two': use a whole number"),
        ({"features": 2.5}, "--features 2.5: use a whole number"),
        ({"features": True}, "--features True: use a whole number"),
        ({"features": [2]}, "--features of type list: use a whole number"),
        ({"features": 0}, "--features: from 1"),
        ({"min_weight": "x"}, "--min-weight 'x': use a number"),
        ({"min_weight": "nan"}, "--min-weight: a number from 0"),
        ({"min_weight": 10**400}, "--min-weight 1000"),
        ({"undirected": 1}, "--undirected 1: use True or False"),
        ({"keep_alive": "no"}, "--keep-alive 'no': use True or False"),
        ({"unit": 3}, "--unit 3: use a text"),
        ({"unit": "cubic"}, "--unit: one of scalar, linear"),
        ({"inputs": 7}, "--inputs 7: use a text such as"),
        ({"inputs": {"A"}}, "--inputs of type set: use a text such as"),
        ({"inputs": [1]}, "--inputs 1: use a text"),
        ({"cells": 3}, "--cells 3: use the path of a file"),
    ],
)
def test_a_wrong_value_is_a_usage_error(given: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as error:
        options_of(given)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    "given, told",
    [
        ({"columns": "weight"}, "--columns 'weight': write pre=A"),
        ({"columns": 4}, "--columns 4: use a text"),
        ({"columns": {"weight": None}}, "--columns of type NoneType: use a name"),
        ({"columns": {1: "w"}}, "--columns 1: use a text"),
        ({"header": "yes"}, "--header 'yes': use True or False"),
        ({"delimiter": 1}, "--delimiter 1: use a text"),
    ],
)
def test_a_wrong_layout_is_a_usage_error(given: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as error:
        layout_of(given)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    "name, told",
    [
        ("feature", "no option 'feature': did you mean features?"),
        ("max-level", "no option 'max-level': did you mean max_levels?"),
        ("colums", "no option 'colums': did you mean columns?"),
        ("lable", "no option 'lable': did you mean label?"),
        ("zzz", "no option 'zzz': one of activation, alive_cap"),
    ],
)
def test_an_unknown_option_says_what_is_near(edges: Path, name: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        compiled(edges, **{name: 1})
    assert str(error.value).startswith(told)
    with pytest.raises(
        UsageError, match="no option 'treshold': did you mean threshold"
    ):
        elegansc.diff("witvliet2021-1", "witvliet2021-2", treshold=1)  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="no option 'agains': did you mean against"):
        elegansc.verify("model.py", agains="a.csv")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "value, told",
    [
        (b"worm.csv", "path of type bytes: use the path of a file"),
        ([("A", "B")], "path of type list: use the path of a file"),
        (None, "path of type NoneType: use the path of a file"),
        (3, "path 3: use the path of a file"),
        (
            pd.DataFrame({"pre": ["A"]}),
            "path of type DataFrame: use the path of a file",
        ),
    ],
)
def test_what_is_no_path_of_a_model_is_told_in_our_words(
    value: object, told: str
) -> None:
    with pytest.raises(UsageError) as error:
        elegansc.verify(value)  # type: ignore[arg-type]
    assert told in str(error.value)


@pytest.mark.parametrize("value", [None, 3, 2.5, {"A": "B"}, object(), True])
def test_what_is_no_source_is_told_in_our_words(value: object) -> None:
    for call in (elegansc.compile, elegansc.read):
        with pytest.raises(UsageError, match="use a path, bytes, a file, a networkx"):
            call(value)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="use a path, bytes, a file, a networkx"):
        elegansc.diff("witvliet2021-1", value)  # type: ignore[arg-type]


def test_one_column_is_a_text_too(edges: Path) -> None:
    edges.write_text(GRAPH.replace("weight", "w"))
    assert compiled(edges, columns="weight=w").summary["synapses"] == 4
