"""Parse: real files as published, made-up quirks, bad input, and what always holds."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import SHARED

from elegansc.errors import InputError, UsageError
from elegansc.files import read_bytes
from elegansc.ir.stages import CHEMICAL, ELECTRICAL, Connectome
from elegansc.readers.cleaning import FLOAT, MISSING, clean
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout

HERE = Path(__file__).parent
PUBLISHED = SHARED / "connectomes"
with open(HERE / "conformance.csv", encoding="utf-8", newline="") as table:
    CONFORMANCE = list(csv.DictReader(table))

Row = tuple[str, str, float, int, int]


def rows(connectome: Connectome) -> list[Row]:
    """(pre, post, weight, kind, sign) of every synapse, in file order."""
    name, synapses = connectome.cells.name, connectome.synapses
    return [
        (name[pre], name[post], weight, kind, sign)
        for pre, post, weight, kind, sign in zip(
            synapses.pre.tolist(),
            synapses.post.tolist(),
            synapses.weight.tolist(),
            connectome.kind.tolist(),
            synapses.sign.tolist(),
            strict=True,
        )
    ]


def edges(text: str | bytes, **layout: object) -> list[tuple[str, str, float]]:
    """(pre, post, weight) of a text."""
    data = text.encode() if isinstance(text, str) else text
    found = parse(data, "worm.csv", layout=Layout(**layout))  # type: ignore[arg-type]
    return [row[:3] for row in rows(found)]


def layout_of(options: str) -> Layout:
    """A layout from `kind=electrical columns.pre=1`."""
    given = dict(option.split("=") for option in options.split())
    columns = {
        name.removeprefix("columns."): value
        for name, value in given.items()
        if name.startswith("columns.")
    }
    return Layout(columns=columns, kind=given.get("kind"))


# Published files


@pytest.mark.shared
@pytest.mark.parametrize("case", CONFORMANCE, ids=lambda case: case["path"])
def test_a_published_file_has_the_counts_of_its_record(case: dict[str, str]) -> None:
    path = PUBLISHED / case["path"]
    if not path.exists():
        pytest.skip(f"NOT TESTED: the published file {path} is not here")

    found = parse(
        read_bytes(str(path)), case["path"], layout=layout_of(case["options"])
    )

    facts, synapses = found.history.data()["parse"], found.synapses
    loop, electrical = synapses.pre == synapses.post, found.kind == ELECTRICAL
    chemical = synapses.take(~electrical)
    seen = {
        "delimiter": facts["delimiter"],
        "rows": facts["rows"],
        "names": len(found.cells),
        "chemical_rows": facts["chemical"]["rows"],
        "chemical_pairs": len(
            set(zip(chemical.pre.tolist(), chemical.post.tolist(), strict=True))
        ),
        "chemical_weight": f"{chemical.weight.sum():.10g}",
        "chemical_self": (loop & ~electrical).sum(),
        "electrical_rows": facts["electrical"]["rows"],
        "electrical_weight": f"{synapses.weight[electrical].sum():.10g}",
        "electrical_self": (loop & electrical).sum(),
        "repeated_rows": facts["repeated"]["rows"],
        "repeated_weight": f"{facts['repeated']['weight']:.10g}",
    }
    assert {key: str(value) for key, value in seen.items()} == {
        key: case[key] for key in seen
    }


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("c302/Bentley_et_al_2016_expression.csv", "Entity1, Relationship, Entity2"),
        ("bentley2016/edgelist_MA.csv", "RIML, ALML, tyramine, lgc-55"),
        ("bentley2016/edgelist_NP.csv", "no column for pre and post"),
        ("wormneuroatlas/esconnectome_monoamines_Bentley_2016.csv", "extrasynaptic"),
        ("cect_export/BrittinDataReader.csv", "of kind contact left out"),
        ("neuron_roles/IndividualNeurons.csv", "split by semicolon"),
        ("drosophila_larva/meta_data.csv", "no column for pre and post"),
    ],
)
def test_a_published_file_that_is_no_edge_list_is_refused(path: str, seen: str) -> None:
    if not (PUBLISHED / path).exists():
        pytest.skip(f"NOT TESTED: the published file {PUBLISHED / path} is not here")

    with pytest.raises(InputError, match=seen):
        parse(read_bytes(str(PUBLISHED / path)), path)


# Quirks

PLAIN = [("AVAL", "AVAR", 12.0), ("AVAR", "NA", 3.0)]
SAME = {
    "comma": "pre,post,weight\nAVAL,AVAR,12\nAVAR,NA,3\n",
    "tab": "pre\tpost\tweight\nAVAL\tAVAR\t12\nAVAR\tNA\t3\n",
    "semicolon": "pre;post;weight\nAVAL;AVAR;12\nAVAR;NA;3\n",
    "pipe": "pre|post|weight\nAVAL|AVAR|12\nAVAR|NA|3\n",
    "spaces": "  pre   post weight\n AVAL   AVAR     12 \n AVAR     NA      3 \n",
    "crlf": "pre,post,weight\r\nAVAL,AVAR,12\r\nAVAR,NA,3\r\n",
    "cr": "pre,post,weight\rAVAL,AVAR,12\rAVAR,NA,3\r",
    "bom": "\ufeffpre,post,weight\nAVAL,AVAR,12\nAVAR,NA,3\n",
    "no final newline": "pre,post,weight\nAVAL,AVAR,12\nAVAR,NA,3",
    "blank lines": "\n\npre,post,weight\n\nAVAL,AVAR,12\n,,\n  \nAVAR,NA,3\n\n",
    "padded": "pre , post , weight\nAVAL ,  AVAR      , 12\n AVAR,NA ,3 \n",
    "quoted": '"pre","post","weight"\n"AVAL", "AVAR","12"\n"AVAR","NA",3\n',
    "floats": "pre,post,weight\nAVAL,AVAR,12.0\nAVAR,NA,3e0\n",
    "other order": "weight,post,pre\n12,AVAR,AVAL\n3,NA,AVAR\n",
    "index column": ",Source,Target,Weight\n0,AVAL,AVAR,12\n1,AVAR,NA,3\n",
    "other columns": "Neuron 1,Neuron 2,Nbr,note\nAVAL,AVAR,12,x\nAVAR,NA,3\n",
    "ids": "pre_root_id,post_root_id,syn_count,nt_type\nAVAL,AVAR,12,A\nAVAR,NA,3,G\n",
    "trailing delimiter": "AVAL\tAVAR\t12\t\nAVAR\tNA\t3\t\n",
    "no header": "AVAL AVAR 12\nAVAR NA 3\n",
    "header by spaces": "pre post weight\nAVAL\tAVAR\t12\nAVAR\tNA\t3\n",
    "comment header": "#source neuron, target neuron, n\nAVAL,AVAR,12\nAVAR,NA,3\n",
    "utf-16": "pre,post,weight\nAVAL,AVAR,12\nAVAR,NA,3\n".encode("utf-16"),
    "Excel's separator": "sep=;\r\npre;post;weight\r\nAVAL;AVAR;12\r\nAVAR;NA;3\r\n",
    "titles": "Connectome of a worm, 2019\n\npre,post,weight\nAVAL,AVAR,12\nAVAR,NA,3\n",
    "a comment between": "pre,post,weight\n# by hand\nAVAL,AVAR,12\n# so, and, so\nAVAR,NA,3\n",
    "header of R": '"pre" "post" "weight"\n"1" "AVAL" "AVAR" 12\n"2" "AVAR" "NA" 3\n',
    "row names of R": "pre,post,weight\nx,AVAL,AVAR,12\ny,AVAR,NA,3\n",
    "decimal comma": "pre;post;weight\nAVAL;AVAR;12,0\nAVAR;NA;3\n",
    "cells of several words": "presyn_cell,kind of cell,postsyn_cell,n\n"
    "AVAL,Inter neuron,AVAR,12\nAVAR,Inter neuron,NA,3\n",
    "comments": "# Made by hand, in a hurry\n# really\nAVAL,AVAR,12\nAVAR,NA,3\n",
    "zero rows": "pre,post,weight\nAVAL,AVAR,12\nAVAL,NA,0\nAVAR,NA,3\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_the_same_rows_are_read_from_every_layout(text: str | bytes) -> None:
    assert edges(text) == PLAIN


@pytest.mark.parametrize(
    ("text", "decimal", "weight"),
    [
        ("a;b;1.200\n", "point", 1.2),
        ("a;b;1.200\n", "comma", 1200.0),
        ("a;b;1.200,5\n", None, 1200.5),
        ("a;b;0.123\n", None, 0.123),
        ('a,b,"1,200"\n', None, 1200.0),
        ("a\tb\t1,5\n", "comma", 1.5),
        ('a\tb\t"1,200"\n', "point", 1200.0),
    ],
)
def test_a_fraction_or_thousands(text: str, decimal: str | None, weight: float) -> None:
    assert edges(text, decimal=decimal) == [("a", "b", weight)]


def test_lines_above_the_header_are_told() -> None:
    found = parse(b"A worm\nby hand\npre,post,n\na,b,1\nx,a,1\n", "x").history.data()

    assert found["parse"]["findings"][0] == {
        "code": "EC105",
        "place": "",
        "message": "2 lines above the header left out",
    }


def test_comments_between_the_rows_are_counted() -> None:
    text = b"# one\npre,post,n\n# two\na,b,1\n# a, b, 2\n#c,a,1\n"
    found = parse(text, "x")

    assert found.history.data()["parse"]["comments"] == 3
    assert found.cells.name == ("#c", "a", "b")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_an_encoding_can_be_named(encoding: str) -> None:
    data = "pre,post\nAVA\u00e9,AVAR\n".encode(encoding)

    assert edges(data, encoding=encoding) == [("AVA\u00e9", "AVAR", 1.0)]


def test_a_mark_against_the_encoding_that_is_named() -> None:
    with pytest.raises(InputError, match="UTF-16 text\n  use --encoding utf-16"):
        edges("a,b".encode("utf-16"), encoding="latin-1")


def test_utf_16_without_its_mark_is_little_endian() -> None:
    assert edges("a,b".encode("utf-16-le"), encoding="utf-16") == [("a", "b", 1.0)]


def test_words_for_kinds() -> None:
    text = (
        "Neuron 1,Neuron 2,Type,Nbr\na,b,S,1\na,c,Sp,2\nb,a,R,1\nc,a,Rp,2\n"
        "a,b,EJ,3\nc,NMJ,NMJ,4\na,b,Gap_junction,5\na,b,Send_joint,6\n"
    )

    found = parse(text.encode(), "varshney.csv")

    assert [row[3] for row in rows(found)] == [0, 0, 1, 0, 1, 0]
    assert found.synapses.line.tolist() == [2, 3, 6, 7, 8, 9]
    facts = found.history.data()["parse"]
    assert facts["repeated"] == {"rows": 2, "weight": 3.0}
    assert facts["electrical"] == {"rows": 2, "weight": 8.0}
    assert facts["chemical"] == {"rows": 4, "weight": 13.0}


def test_syntype_is_preferred_to_synclass() -> None:
    text = "pre,post,number,synclass,syntype\na,b,1,Dopamine,Chemical\n"
    text += "a,b,2,Generic_GJ,GapJunction\n"

    found = parse(text.encode(), "cect.csv")

    assert found.kind.tolist() == [CHEMICAL, ELECTRICAL]
    assert found.history.data()["parse"]["ignored"] == ["synclass"]


def test_neurodata_form_without_header() -> None:
    text = "a\tb\tSend\tJSH\t2\t\nb\ta\tReceive\tJSH\t2\t\na\tc\tGap_junction\t\t1\t\n"

    found = parse(text.encode(), "neurodata.txt")

    assert rows(found) == [("a", "b", 2.0, 0, 0), ("a", "c", 1.0, 1, 0)]
    assert found.history.data()["parse"]["columns"] == {
        "pre": "column 1",
        "post": "column 2",
        "kind": "column 3",
        "weight": "column 5",
    }


def test_a_negative_weight_is_a_sign_and_a_magnitude() -> None:
    found = parse(b"a,b,-2.5\na,c,3\nb,c,0\n", "signed.csv")

    assert rows(found) == [("a", "b", 2.5, 0, -1), ("a", "c", 3.0, 0, 1)]
    facts = found.history.data()["parse"]
    assert (facts["negative"], facts["zero"]) == (1, 1)


def test_ids_beyond_float_precision_stay_text() -> None:
    text = "720575940600055488 720575940600055489 9.0\n"

    assert edges(text) == [("720575940600055488", "720575940600055489", 9.0)]


def test_cells_are_sorted_by_code_point_and_plain() -> None:
    found = parse("b,Z,1\na,\U0001f9e0,1\n".encode(), "dir.d/a file.csv", unit="mm")

    assert found.cells.name == ("Z", "a", "b", "\U0001f9e0")
    assert not found.cells.role.any() and not found.cells.kind.any()
    assert found.source.label == "a-file.csv"
    assert found.source.unit == "mm"


def test_a_row_of_several_lines_bears_the_first() -> None:
    text = 'pre,post\n"a\n1",b\nc,d\n'

    found = parse(text.encode(), "x.csv")

    assert found.cells.name == ("a\n1", "b", "c", "d")
    assert found.synapses.line.tolist() == [2, 4]


def test_facts_of_the_layout() -> None:
    text = b"# by hand\npre;post;n\na;b;1\n\na;a;2\n"
    facts = parse(text, "x").history.data()["parse"]

    assert facts["rows"] == 2
    assert facts["self_loops"] == 1
    assert facts["delimiter"] == "semicolon"
    assert facts["header"] is True
    assert facts["columns"] == {"pre": "pre", "post": "post", "weight": "n"}
    assert (facts["comments"], facts["blank"]) == (1, 1)


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("A,B,C\nx,y,3\n", {"columns": {"pre": "A", "post": "B", "weight": "C"}}),
        ("A,B,C\nx,y,3\n", {"columns": {"pre": "1", "post": "2", "weight": "3"}}),
        ("x,t,y,3\n", {"columns": {"pre": "1", "post": "3", "weight": "4"}}),
        ("x y 3\n", {"delimiter": "space"}),
        ("x~y~3\n", {"delimiter": "~"}),
        ("a,b,c\nx,y,3\n", {"header": True, "columns": {"pre": "a", "post": "b"}}),
        ("post,pre,n\ny,x,3\n", {}),
        ("pre,post,n,size\nx,y,1,3\n", {"columns": {"weight": "size"}}),
    ],
)
def test_what_the_user_says_is_followed(text: str, layout: dict[str, object]) -> None:
    expected = 1.0 if layout.get("header") else 3.0
    assert edges(text, **layout) == [("x", "y", expected)]


def test_no_header_reads_the_first_line() -> None:
    assert edges("pre,post\na,b\n", header=False)[0] == ("pre", "post", 1.0)


def test_kind_of_a_file_without_column() -> None:
    found = parse(b"a,b,3\n", "x.csv", layout=Layout(kind="electrical"))

    assert found.kind.tolist() == [ELECTRICAL]


@pytest.mark.parametrize(
    ("layout", "seen"),
    [
        ({"columns": {"neuron": "1"}}, "use one of pre, post, weight, kind"),
        ({"columns": {"pre": "nose"}}, "pre=nose: no such column; columns pre, post"),
        ({"columns": {"pre": "9"}}, "no such column"),
        ({"columns": {"pre": "1", "post": "1"}}, "pre and post name one column"),
        ({"delimiter": "commas and tabs"}, "use one of tab, comma"),
        ({"encoding": "klingon"}, "no such encoding"),
        ({"kind": "sparkling"}, "use chemical or electrical"),
        ({"kind": "electrical"}, "the file tells it, in 'type'"),
    ],
)
def test_an_option_that_names_nothing(layout: dict[str, object], seen: str) -> None:
    with pytest.raises(UsageError) as caught:
        edges("pre,post,type\na,b,S\n", **layout)

    assert seen in str(caught.value)


# Bad input

HEAD = "pre,post,weight,type\na,b,1,S\n"
BAD: dict[str, tuple[bytes, str, str, str]] = {
    "empty": (b"", "worm.csv:", "an empty file", "one row for each synapse"),
    "blank": (b"\n \n", "worm.csv:", "only blank lines", "one row for each"),
    "only comments": (b"# x\n", "worm.csv:", "only comments", "one row for each"),
    "header only": (b"pre,post\n", "worm.csv:", "a header and no rows", "one row"),
    "png": (b"\x89PNG\r\n\x1a\n\0", "worm.csv:", "a PNG picture", "edge list"),
    "import": (b"import torch\n", "worm.csv:1:", "Python, and no", "an edge list"),
    "imports": (
        b"# mine\nfrom torch import nn, Tensor\nx = 3\n",
        *("worm.csv:2:", "Python, and no module", "compile its source again"),
    ),
    "beheaded model": (
        b'# @generated format=1\n"""Worm: the connectome w.csv as a feed-forward net',
        *("worm.csv:2:", "their first line is missing", "compile its source again"),
    ),
    "zip": (b"PK\x03\x04..", "worm.csv:", "a ZIP file that is cut short", "again"),
    "nul": (b"pre,post\na,b\nc,\0d\n", "worm.csv:3:", "a NUL byte", "as text"),
    "utf-16 cut": (
        "a,b".encode("utf-16")[:-1],
        "worm.csv:1:",
        "is not UTF-16",
        "--enc",
    ),
    "utf-16 bare": (b"a\0,\0b\0", "worm.csv:1:", "UTF-16", "--encoding utf-16-le"),
    "latin-1": (b"a,b\nc,d\xe9\n", "worm.csv:2:4:", "byte 0xe9", "latin-1"),
    "long line": (b"a" * 10**7, "worm.csv:1:", "10,000,000 characters", "one row"),
    "long cell": (
        b"pre,post\na," + b"b" * 10**7,
        *("worm.csv:2:", "more than 131,072 characters", "100,000"),
    ),
    "wide line": (
        b"pre,post\na,b\n" + b"a," * 10**6,
        *("worm.csv:3:5:", "1,000,001 cells, where the header has 2", "quote"),
    ),
    "long name": (
        b"pre,post\na," + b"b" * 100_001,
        *("worm.csv:2:3:", "a name of 100,001 characters", "100,000"),
    ),
    "too few": (
        HEAD.encode() + b"a,b,2\n",
        *("worm.csv:3:", "3 cells, but the kind stands in column 4", "--delimiter"),
    ),
    "too many": (
        HEAD.encode() + b"a,b,2,S,x\n",
        *("worm.csv:3:9:", "5 cells, where the header has 4", "--delimiter"),
    ),
    "unknown columns": (
        b"Entity1,Relation,Entity2\na,is,b\n",
        *("worm.csv:1:", "Entity1, Relation, Entity2", "--columns pre=...,post=..."),
    ),
    "no post": (
        b"source,foo,weight\na,b,1\n",
        *("worm.csv:1:", "no column for post", "--columns"),
    ),
    "one column": (b"a\nb\n", "worm.csv:1:", "no column for pre and", "--columns"),
    "unknown kind": (
        HEAD.encode() + b"a,c,12,gop\n",
        *("worm.csv:3:8:", "unknown synapse kind gop", "use chemical or electrical"),
    ),
    "unclosed quote": (
        b'pre,post\na,b\nc,"d\ne,f\n',
        *("worm.csv:3:3:", "a quote that is never closed", "close it"),
    ),
    "unclosed quote, long": (
        b'pre,post\na,b\nc,"d\n' + b"e,f\n" * 10**5,
        *("worm.csv:3:3:", "a quote that is never closed", "close it"),
    ),
    "unclosed quote, spaces": (
        b'a b\nc "d\ne f\n',
        *("worm.csv:2:3:", "a quote that is never closed", "close it"),
    ),
    "text after quote": (
        b'pre,post\na,"b"x\n',
        *("worm.csv:2:3:", "text after a closing quote", "close it"),
    ),
    "no name": (b"pre,post\na, \n", "worm.csv:", "1 row with no name", "pre and post"),
    "control character": (
        b"pre,post\na,b\x07\n",
        *("worm.csv:2:3:", "U+0007", "--encoding"),
    ),
    "decimal comma": (b"a\tb\t1,5\n", "worm.csv:1:5:", "has a comma", "write 1.5"),
    "a dot or a comma": (
        b"a;b;7\nb;c;1.200\n",
        *("worm.csv:2:", "1.2 or 1200?", "--decimal point reads 1.200 as 1.2"),
    ),
    "LGL": (b"# a\nb 3.0\nc\n# b\nc 1\n", "worm.csv:2:", "LGL", "edge list"),
    "METIS": (b"4 4\n2 3\n1 3\n1 2 4\n3\n", "worm.csv:1:", "METIS", "edge list"),
    "METIS with weights": (
        b"% made by hand\n3 2 001\n2 5\n1 5 3 7\n2 7\n",
        *("worm.csv:2:", "METIS", "edge list"),
    ),
    "adjacency list": (
        b"a b c\nb c\nc\nd a b c\n",
        *("worm.csv:1:", "an adjacency list", "a row for each receiver"),
    ),
    "list of names": (
        b"000\tADAL\n001\tADAR\n002\tADEL\n",
        *("worm.csv:", "3 rows of two cells that never meet", "--names FILE"),
    ),
    "list of classes": (
        b"1 K\n2 K\n3 P\n",
        *("worm.csv:", "a list of names?", "--cells FILE"),
    ),
    "all zero": (b"a,b,0\n", "worm.csv:", "no synapse is left of 1 row", "weigh 0"),
    "json": (b'{"a": 1}', "worm.csv:", "JSON that holds no edges", "pre and post"),
    **{
        f"weight {cell}": (
            f"pre,post,weight\na,b,1\na,c,{cell}\n".encode(),
            *("worm.csv:3:5:", "weight", "write a number"),
        )
        for cell in ("x", "nan", "inf", "-Infinity", "1e400", "", "1_000", "0x10")
    },
}


@pytest.mark.parametrize(("data", "place", "seen", "hint"), BAD.values(), ids=list(BAD))
def test_bad_input_is_told_with_place_and_cure(
    data: bytes, place: str, seen: str, hint: str
) -> None:
    with pytest.raises(InputError) as caught:
        parse(data, "worm.csv")

    first = caught.value.mistakes[0]
    assert str(caught.value).startswith(place)
    assert seen in first.seen
    assert hint in first.hint


def test_the_caret_stands_under_the_cell() -> None:
    with pytest.raises(InputError) as caught:
        parse(b'pre,post,type\n"a,1", b ,gop\n', "worm.csv")

    assert str(caught.value).splitlines()[1:3] == [
        '  "a,1", b ,gop',
        "            ^~~",
    ]


def test_all_mistakes_are_collected_and_ten_shown() -> None:
    with pytest.raises(InputError) as caught:
        parse(b"pre,post,weight\n" + b"a,\a,x\n" * 1500, "worm.csv")

    assert len(caught.value.mistakes) == 2500  # two a row, from row 1,001 on one
    assert [str(mistake.at) for mistake in caught.value.mistakes[:3]] == [
        *("worm.csv:2:3", "worm.csv:2:5", "worm.csv:3:3"),
    ]
    assert str(caught.value).endswith("... and 2,490 more")


# Reading bytes


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\r\n")

    assert read_bytes(str(tmp_path / "a.csv")) == b"a,b\r\n"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n")))

    assert read_bytes("-") == b"a,b\n"


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    for path, seen in [
        (tmp_path, "a directory"),
        (tmp_path / "none", "no such file"),
        (tmp_path / "empty", "an empty file"),
        (tmp_path / "empty" / "none", "unreadable"),
        ("\0", "unreadable"),
    ]:
        with pytest.raises(InputError, match=seen):
            read_bytes(str(path))


def test_a_file_beyond_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    monkeypatch.setattr("elegansc.files.LIMIT", 4)

    with pytest.raises(InputError, match="more than"):
        read_bytes(str(tmp_path / "a"))


# What always holds

ANY_NAME = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t"),
        min_size=1,
        max_size=12,
    )
    .map(str.strip)
    .map(clean)  # as names are read
    .filter(lambda name: name not in MISSING and not FLOAT.fullmatch(name))
)
HOSTILE = st.sampled_from(
    [
        *("NA", "none", "None", "class", "#a", '"', "'", "a,b", "a;b", "a\tb", "{x}"),
        *("a\nb", "a\r\nb", "pre", "weight", "R", "\u202eAVA", "1", "007", "\\", "%"),
        *("\U0001f9e0", "x" * 10_000, "a|b", "a b", '""', "-", "\u3000x\u3000y"),
    ]
).map(str.strip)
NAMES = HOSTILE | ANY_NAME
WEIGHTS = st.floats(-1e9, 1e9).filter(bool)
EDGES = st.lists(st.tuples(NAMES, NAMES, WEIGHTS), min_size=1, max_size=12)


def written(table: list[tuple[str, str, float]], delimiter: str = ",") -> bytes:
    """The text that csv.writer makes of some rows, with a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(("pre", "post", "weight"))
    writer.writerows(table)
    return text.getvalue().encode()


@settings(deadline=None)
@given(EDGES, st.sampled_from(",\t;|"))
def test_what_csv_writes_is_read_back(
    table: list[tuple[str, str, float]], delimiter: str
) -> None:
    found = parse(written(table, delimiter), "x")

    assert [
        (pre, post, weight * (sign or 1)) for pre, post, weight, _, sign in rows(found)
    ] == table
    assert list(found.cells.name) == sorted({n for row in table for n in row[:2]})


@settings(deadline=None)
@given(EDGES, st.randoms())
def test_the_order_of_rows_changes_no_multiset(
    table: list[tuple[str, str, float]], random: object
) -> None:
    shuffled = list(table)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    one, other = parse(written(table), "x"), parse(written(shuffled), "x")

    assert Counter(rows(one)) == Counter(rows(other))
    assert one.cells.name == other.cells.name


@settings(deadline=None)
@given(EDGES, st.sampled_from(["a.tsv", "a.txt", "-", "a.xlsx", "a.edge", "pre;post"]))
def test_the_label_decides_nothing(
    table: list[tuple[str, str, float]], label: str
) -> None:
    data = written(table)

    assert parse(data, label).history == parse(data, "a.csv").history


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = parse(data, "noise")
    except InputError as error:
        assert str(error).startswith("noise")
    else:
        assert len(found.synapses) > 0
        assert np.isfinite(found.synapses.weight).all()


@pytest.mark.parametrize("text", ["import,torch\n", "import to 4\nA import 3\n"])
def test_neurons_called_like_words_of_python(text: str) -> None:
    assert len(edges(text)) == text.count("\n")


def test_python_is_read_if_the_columns_are_told() -> None:
    assert len(edges("import torch\n", columns={"pre": "1", "post": "2"})) == 1


def test_a_place_of_a_column_is_not_a_title_among_numbers() -> None:
    layout = Layout(columns={"pre": "1", "post": "2", "weight": "3"})
    found = parse(b"1,2,5\n2,3,6\n", "w.csv", layout=layout)
    assert found.history.parse.rows == 2
