"""Text that is read by whole columns: the same connectome as row by row, to the last word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.damage import read
from support.paths import BUNDLED, GOLDEN

from elegansc.errors import CompilerError
from elegansc.ir.stages import Connectome
from elegansc.readers import delimited_text, even_text
from elegansc.readers.book import Coded
from elegansc.readers.word_table import WordTable

HEADERS = [
    "pre,post,weight",
    "pre,post,weight,kind",
    "source,target,chem,gap",
    "neuropil,pre_root_id,post_root_id,syn_count,animal",
    "pre,post,pre_role,post_role,weight",
    "pre,pre_id,post,post_id,n",
    "pre,post,nt_type,n",
    "",
]
CELLS = [
    *("AVAL", "AVAR", "A", "B", " B", "B ", "C\u0301", "\u0106", "\u200bA", "1.0", "0"),
    *("720575940600000001", "720575940600000002", "nan", "", "NULL", "Total", "DB1/3"),
    *("a" * 8, "a" * 9, "a" * 16, "a" * 17, "\u00e9" * 9, "\u00a0A", "A\x1c", "x\ty"),
]
NUMBERS = ["1", "2", "3", " 4", "0", "1.5", "-2", "1e3", "", "x", "nan", "1_0", "9e99"]
WORDS = ["chemical", "gap", "Sp", "R", "contact", "N2U", "JSH", "sensory", "motor", "?"]
KINDS = {"weight": NUMBERS, "n": NUMBERS, "syn_count": NUMBERS, "chem": NUMBERS}
KINDS |= {"gap": NUMBERS, "kind": WORDS, "animal": WORDS[5:7], "neuropil": WORDS}
KINDS["nt_type"] = ["ach", " ach", "ach ", "GABA", "", "glut", "nonsense"]
KINDS |= {"pre_role": WORDS[7:9], "post_role": WORDS[7:]}
ODD_LINES = [
    "",
    " ",
    ",,",
    "# a,b,1",
    "#A,B,1",
    '"A",B,1',
    "A",
    "A,B,1,2,3,4,5,6",
    "A,B,",
]


@st.composite
def texts(draw: Any) -> bytes:
    """Delimited text, mostly even."""
    header = draw(st.sampled_from(HEADERS))
    titles = header.split(",") if header else ["pre", "post", "weight"]
    good = draw(st.booleans())  # few mistakes: an error would hide all that is read

    def cells(title: str) -> st.SearchStrategy[str]:
        choices = KINDS.get(title, CELLS)
        return st.sampled_from(choices[:6] if good else choices)

    row = st.tuples(*map(cells, titles)).map(",".join)
    lines = draw(st.lists(row, min_size=1, max_size=30))
    if draw(st.integers(0, 3)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(ODD_LINES)))
    lines = [header, *lines] if header else lines
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    mark = draw(st.sampled_from([",", ",", "\t", ";", "|"]))
    text = end.join(line.replace(",", mark) for line in lines)
    return (text + draw(st.sampled_from(["", end, end, end + end]))).encode()


@contextmanager
def row_by_row() -> Iterator[None]:
    """Text is read a row at a time."""
    with patch.object(delimited_text, "even_text", lambda *_: None):
        yield


def outcome(data: bytes, **layout: object) -> object:
    """All that is read of a file, or what its error says."""
    try:
        return plain(read(data, **layout))
    except CompilerError as error:
        return str(error)


def plain(found: Connectome) -> object:
    """A connectome as values that compare."""
    edges = found.synapses
    columns = [getattr(edges, column.name).tolist() for column in fields(edges)]
    cells = found.cells
    facts = cells.name, cells.role.tolist(), cells.transmitter
    return columns, found.kind.tolist(), facts, found.history.parse


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few lines are several blocks."""
    monkeypatch.setattr(even_text, "BLOCK", 100)


LAYOUTS: list[dict[str, object]] = [
    *({}, {}, {"header": False}, {"kind": "electrical"}, {"decimal": "comma"}),
    *({"columns": "kind="}, {"where": "1=A"}, {"where": "animal=N2U"}),
]


@given(texts(), st.sampled_from(LAYOUTS))
@example(b"pre,post,n\nA,B,1\nA,B,2,\n", {})
@example(b"pre,post,n\n,,\nA,B,1\n", {})
@example(b"pre,post,n\n\x1c,\x1c,\nA,B,1\n", {})
@example(b"pre,post,weight\nAVAL,AVAL,1.5", {"decimal": "comma"})
@example(b"pre,post,pre_role,post_role,weight\n" + 2 * b"A,A,motor,inter,1\n", {})
@example(b"source,target,chem,gap\nA,B,,\nB,A,1,2\nA,A,,3\n", {})
def test_columns_and_rows_say_the_same(data: bytes, layout: dict[str, object]) -> None:
    found = outcome(data, **layout)

    with row_by_row():
        assert outcome(data, **layout) == found


FILES = [*sorted(BUNDLED.glob("*.csv")), *sorted(GOLDEN.glob("*/edges.csv"))]


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_connectomes_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(even_text, "BLOCK", 2000)
    data = path.read_bytes().replace(b'"', b"")
    found = outcome(data)

    with row_by_row():
        assert outcome(data) == found


@pytest.mark.shared
@pytest.mark.slow
def test_published_texts_read_alike(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(even_text, "BLOCK", 20_000)
    paths = [
        path for path in shared.rglob("*") if path.suffix in (".csv", ".txt", ".tsv")
    ]

    for path in paths:
        data = path.read_bytes()
        found = outcome(data)
        with row_by_row():
            assert outcome(data) == found, path
    assert len(paths) > 20


def test_no_row_of_an_even_text_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a row was read by itself")

    rows = "".join(f"{a},{a + 1},{a % 7},AL_{a % 3}\r\n" for a in range(100))
    rows += rows.replace("AL_1", "MB")
    monkeypatch.setattr(delimited_text, "collected", never)
    monkeypatch.setattr(delimited_text, "of_rows", never)

    found = read(f"pre,post,n,neuropil\r\n{rows}".encode())

    assert len(found.synapses) == 200 - 2 * len(range(0, 100, 7))


@given(st.lists(st.binary(max_size=20).map(lambda text: text.replace(b"\0", b"\1"))))
def test_words_are_numbered_as_a_dictionary_does(cells: list[bytes]) -> None:
    table, pieces = WordTable(), 3
    codes = []
    for start in range(0, len(cells), 5):
        part = cells[start : start + 5]
        data = np.frombuffer(b"".join(c.ljust(8 * pieces, b"\0") for c in part), "<u8")
        codes += table.codes(
            list(data.reshape(-1, pieces).T.astype(np.uint64))
        ).tolist()

    assert len(set(cells)) == table.count == len(set(codes))
    assert [codes[cells.index(cell)] for cell in cells] == codes


def test_words_that_share_a_slot_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(WordTable, "home", lambda *_: np.zeros(len(_[1][0]), np.int64))
    table = WordTable()
    cells = np.array([3, 1, 2, 3, 1, 9], np.uint64)

    again = [table.codes([cells]), table.codes([cells[::-1].copy()])]

    assert len(set(again[0].tolist())) == 4
    assert again[0].tolist() == again[1].tolist()[::-1]


def test_cells_without_blanks_are_one() -> None:
    cells = Coded(np.array([2, 0, 2], np.int32), [" A", "unused", "A "]).stripped()

    assert cells.words == ["A"]
    assert cells.codes.tolist() == [0, 0, 0]
