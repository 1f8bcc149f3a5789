"""What can be read besides files: the types of it, and how each is recognised.

Nothing is imported for it: an object of a library is here only if the caller has imported
the library.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import IO, Any, Protocol, cast

from ...ir.stages import Connectome


class Graph(Protocol):
    """A graph of networkx: directed or not, simple or multiple."""

    def is_directed(self) -> bool:
        """Whether its edges have a direction."""

    def is_multigraph(self) -> bool:
        """Whether a pair may have several edges."""


class Frame(Protocol):
    """A table of pandas or polars."""

    @property
    def columns(self) -> Any:
        """The titles of its columns."""


class ArrowTable(Protocol):
    """A table or record batch of pyarrow."""

    @property
    def column_names(self) -> list[str]:
        """The titles of its columns."""


class Matrix(Protocol):
    """An array of numpy, or a matrix of scipy.sparse."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its numbers of rows and columns."""

    @property
    def dtype(self) -> Any:
        """The type of its numbers."""


Row = Iterable[object] | Mapping[str, object]  # (pre, post[, weight[, kind]])
Input = (
    str
    | PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | IO[bytes]
    | IO[str]
    | Connectome
    | Graph
    | Frame
    | ArrowTable
    | Matrix
    | Iterable[Row]
)

READABLE = (
    "a path, bytes, a file, a networkx graph, a pandas, polars or pyarrow table, a matrix, "
    "or rows (pre, post, weight, kind)"
)


def of(value: object, library: str, *names: str) -> bool:
    """Whether a value is of one of the classes of a library that is imported already."""
    module = sys.modules.get(library)
    found = (getattr(module, name, None) for name in names)
    return any(isinstance(value, kind) for kind in found if isinstance(kind, type))


def is_graph(value: object) -> bool:
    """Whether a value is a graph of networkx."""
    return of(value, "networkx", "Graph")


def is_pandas(value: object) -> bool:
    """Whether a value is a table of pandas."""
    return of(value, "pandas", "DataFrame")


def is_polars(value: object) -> bool:
    """Whether a value is a table of polars."""
    return of(value, "polars", "DataFrame")


def is_arrow(value: object) -> bool:
    """Whether a value is a table of pyarrow."""
    return of(value, "pyarrow", "Table", "RecordBatch")


def is_sparse(value: object) -> bool:
    """Whether a value is a matrix of scipy.sparse."""
    return of(value, "scipy.sparse", "spmatrix", "sparray")


def is_numbers(value: object) -> bool:
    """Whether a value is an array of numbers of numpy."""
    return of(value, "numpy", "ndarray") and cast(Matrix, value).dtype.kind in "biufc"


def is_records(value: object) -> bool:
    """Whether a value is a structured array of numpy: a table whose fields have names."""
    return of(value, "numpy", "ndarray") and bool(cast(Matrix, value).dtype.names)
