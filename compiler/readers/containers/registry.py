"""The containers: a file is of the first that recognises how it begins."""

from __future__ import annotations

from ..book import Book, Text
from ..reader import Layout
from ..refused import REFUSED
from .arrow_file import FEATHER_FILES, PARQUET_FILES
from .container import Container
from .database import DATABASES
from .graph_file import GEXF_FILES, GML_FILES, LISTED_FILES
from .graphml import GRAPHML
from .hdf5 import HDF5
from .json_file import JSON_FILES
from .matlab import MATLAB
from .matrix_market import MATRIX_MARKET
from .neuroml import NEUROML
from .numpy_file import NPY, NPZ
from .pajek import PAJEK
from .workbook import XLS_FILES, XLSX_FILES
from .zipped import zipped


def read_text(data: bytes, label: str, layout: Layout) -> Book:
    """Text is decoded and split where it is understood."""
    return Book("delimited text", "text", (Text("", data),))


TEXT = Container("delimited text", lambda head: True, read_text)

HEAD = 65_536  # bytes by which a format is recognised


def container_of(data: bytes) -> Container:
    """The format of a file."""
    head = data[:HEAD]
    return next(found for found in CONTAINERS if found.sniff(head))


CONTAINERS: tuple[Container, ...] = (
    *(GRAPHML, NEUROML, XLSX_FILES, XLS_FILES, MATLAB, JSON_FILES, DATABASES),
    *(NPY, NPZ, MATRIX_MARKET),
    zipped(container_of),
    *(PARQUET_FILES, FEATHER_FILES, HDF5),
    *(GML_FILES, GEXF_FILES, PAJEK, LISTED_FILES),
    *REFUSED,
    TEXT,
)
