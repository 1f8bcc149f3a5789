"""The containers: a file is of the first that recognises how it begins."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from ..book import Book, Text
from ..reader import Layout
from ..refused import REFUSED
from .container import Container

HEAD = 65_536  # bytes by which a format is recognised


class Format(NamedTuple):
    """A format that is read.

    Attributes:
        word: what stands in the head of each of its files, in lower case; the module of the
            format is imported only where it does.
        module, name: where its Container is.
    """

    word: bytes
    module: str
    name: str

    def container(self) -> Container:
        """The container of the format."""
        found = getattr(import_module(f".{self.module}", __package__), self.name)
        assert isinstance(found, Container)
        return found


FORMATS = (
    Format(b"graphml", "graphml", "GRAPHML"),
    Format(b"neuroml", "neuroml", "NEUROML"),
    Format(b"pk\3\4", "workbook", "XLSX_FILES"),
    Format(b"\xd0\xcf", "workbook", "XLS_FILES"),
    Format(b"matlab", "matlab", "MATLAB"),
    Format(b"{", "json_file", "JSON_FILES"),
    Format(b"[", "json_file", "JSON_FILES"),
    Format(b"sqlite", "database", "DATABASES"),
    Format(b"numpy", "numpy_file", "NPY"),
    Format(b".npy", "numpy_file", "NPZ"),
    Format(b"matrixmarket", "matrix_market", "MATRIX_MARKET"),
    Format(b"pk\3\4", "zipped", "ZIPPED"),
    Format(b"par1", "arrow_file", "PARQUET_FILES"),
    Format(b"arrow1", "arrow_file", "FEATHER_FILES"),
    Format(b"hdf", "hdf5", "HDF5"),
    Format(b"graph", "graph_file", "GML_FILES"),
    Format(b"gexf", "graph_file", "GEXF_FILES"),
    Format(b"*", "pajek", "PAJEK"),
    Format(b"{", "graph_file", "LISTED_FILES"),
)


def read_text(data: bytes, label: str, layout: Layout) -> Book:
    """Text is decoded and split where it is understood."""
    return Book("delimited text", "text", (Text("", data),))


TEXT = Container("delimited text", lambda head: True, read_text)


def container_of(data: bytes) -> Container:
    """The format of a file."""
    head = data[:HEAD]
    return next(found for found in candidates(head) if found.sniff(head))


def candidates(head: bytes) -> Iterator[Container]:
    """The formats that a file may be of, which begins so."""
    words = head.replace(b"\0", b"").lower()  # UTF-16 is recognised, too
    yield from (found.container() for found in FORMATS if found.word in words)
    yield from REFUSED
    yield TEXT


def containers() -> tuple[Container, ...]:
    """All formats, those that are refused among them, in the order in which they are tried."""
    known = dict.fromkeys(found.container() for found in FORMATS)
    return (*known, *REFUSED, TEXT)
