"""What is never read is named."""

from __future__ import annotations

import gzip
import pickle

import pytest
from support.damage import read

from elegansc.errors import InputError


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (pickle.dumps({"A": ["B"]}), "a pickle: it can run any program"),
        (b'\x02\0\0\0\0\0\0\0{"a": []}', "give the module, the .py beside it"),
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
