"""What was read is always said: columns, what stands for those that lack, what is not read."""

from __future__ import annotations

import pytest

from elegansc.readers.findings import CODES, NOTE, WARNING
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout
from elegansc.report.reading import parsed


def said(text: str, **layout: object) -> list[str]:
    """The first block of the report on a text."""
    found = parse(text.encode(), "worm.csv", layout=Layout(**layout))  # type: ignore[arg-type]
    assert found.history.parse
    return list(parsed(found.history.parse, "worm.csv", False))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "Neuron 1,Neuron 2,Nbr,Type\nA,B,3,S\n",
            'comma, header; pre = "Neuron 1", post = "Neuron 2", weight = "Nbr", kind = "Type"',
        ),
        (
            "a\tb\t3\nb\tc\t4\n",
            "tab, no header; pre = column 1, post = column 2, weight = column 3; "
            "no column tells the kind: all chemical (--kind electrical)",
        ),
        (
            "pre,post,note,type\na,b,seen twice,S\n",
            'comma, header; pre = "pre", post = "post", kind = "type"; '
            'no weight column: each row counts 1; not used: "note"',
        ),
    ],
)
def test_the_columns_that_were_read_are_said(text: str, line: str) -> None:
    assert said(text)[1].strip() == line


def test_an_electrical_file_says_who_told_the_kind() -> None:
    line = said("a,b,3\n", kind="electrical")[1]

    assert "no column tells the kind: all electrical, as --kind says" in line


@pytest.mark.parametrize(
    ("column", "cells", "what"),
    [
        ("confidence", ("0.5", "0.75"), "numbers"),
        ("dubious", ("TRUE", "FALSE"), "TRUE/FALSE"),
        ("dataset", ("N2U", "JSH"), "animals"),
        ("worm", ("1", "2"), "animals"),
        ("Total", ("1", "2"), "numbers"),
        ("prediction", ("0.5", "2"), "numbers"),
    ],
)
def test_a_column_that_is_not_read_and_holds_something_is_warned_of(
    column: str, cells: tuple[str, str], what: str
) -> None:
    text = f"pre,post,weight,{column}\na,b,1,{cells[1]}\nb,c,2,{cells[0]}\n"

    assert f'warning   EC101 not read: "{column}" ({what})' in said(text)


@pytest.mark.parametrize(
    "text",
    [
        ",Source,Target,Weight\n0,a,b,1\n1,b,c,2\n",  # the index of pandas
        "pre,post,weight,note\na,b,1,by hand\nb,c,2,again\n",
        "pre,post,weight,type,synclass\na,b,1,S,Generic_CS\nb,c,2,S,Generic_CS\n",
        "pre,pre_id,post,post_id,weight\na,17,b,19,1\nb,19,c,23,2\n",
    ],
)
def test_a_column_of_nothing_new_is_not_warned_of(text: str) -> None:
    assert not [line for line in said(text) if line.startswith("warning")]


def test_every_code_of_the_table_is_complete() -> None:
    for code, row in CODES.items():
        assert code[:2] == "EC" and len(code) == 5 and code[2:].isdigit()
        assert row.severity in (WARNING, NOTE)
        assert row.title and not row.title.endswith(".")
        assert row.why.endswith(".") and row.remedy
    assert list(CODES) == sorted(CODES)


@pytest.mark.parametrize(
    ("title", "cells", "is_told"),
    [
        ("gap", "45", True),  # two counts that happen to follow each other
        ("gap", "4", True),
        ("gap", "456", True),
        ("gap", "12", False),
        ("gap", "01", False),
        ("gap", "5678", False),  # rows of a larger table
        ("", "45", False),  # the index of pandas, of rows that were chosen
    ],
)
def test_few_numbers_that_count_up_are_row_numbers_from_the_first_on(
    title: str, cells: str, is_told: bool
) -> None:
    rows = "".join(f"{cell},a{place},b,2\n" for place, cell in enumerate(cells))
    lines = said(f"{title},pre,post,weight\n{rows}")

    assert any("EC101" in line for line in lines) == is_told
