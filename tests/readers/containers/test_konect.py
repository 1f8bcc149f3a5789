"""KONECT's first line is obeyed; what is never read is named."""

from __future__ import annotations

import gzip
import pickle

import pytest
from support.damage import edges, read

from elegansc.errors import InputError

ROWS = "% 2 3 3\n1 2 5 1234567\n2 3 6 1234568\n"


def test_the_header_tells_the_direction() -> None:
    one = {("1", "2", 5), ("2", "3", 6)}
    assert edges(read(f"% asym positive\n{ROWS}".encode())) == one
    both = one | {("2", "1", 5), ("3", "2", 6)}
    assert edges(read(f"% sym positive\n{ROWS}".encode())) == both
    assert edges(read(b"% asym unweighted\n1 2\n2 3\n")) == {
        ("1", "2", 1),
        ("2", "3", 1),
    }


def test_times_are_told() -> None:
    found = read(f"% asym positive\n{ROWS}".encode()).history.parse.form
    assert "times not used" in str(found)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"% bip unweighted\n1 1\n", "two sorts of nodes"),
        (b"% asym dynamic\n1 2 1 3\n", "come and go"),
        (b"% asym unweighted\n1\n", "1 words: no edge"),
        (b"% asym weighted\n1 2 x\n", "worm:2"),
        (pickle.dumps({"A": ["B"]}), "a pickle: it can run any program"),
        (gzip.compress(pickle.dumps({"A": ["B"]}, 2), mtime=0), "a pickle"),
        (gzip.compress(b"X\n\0\0\0\3\0\4\1\0", mtime=0), "a file of R"),
        (gzip.compress(b"RDX3\nX\n\0\0\0\3", mtime=0), "a file of R"),
        ("⛾ gt".encode() + bytes(20), "a graph-tool file"),
        (b"digraph worm {\n  AVAL -> AVAR;\n}\n", "Graphviz DOT"),
        (b'// made\nstrict graph "a b" {\n  AVAL -- AVAR;\n}\n', "Graphviz DOT"),
    ],
)
def test_what_is_not_read_is_named(data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(data)
