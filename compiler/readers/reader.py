"""What a user says of a file, and the edge list read from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..arrays import Float64, Int32, UInt8
from ..ir.accounts import Finding, Form


@dataclass(frozen=True, slots=True)
class File:
    """A file that was read: as the user named it, and its bytes."""

    label: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text is to be read; whatever is left out is found from its content.

    Attributes:
        columns: pre, post, weight, kind, chemical, electrical -> a header's name or a
            position from 1; "" for a weight or kind that the file has not. The last two
            are columns of counts.
        delimiter: a word of DELIMITERS or a character.
        header: whether the first row names the columns.
        encoding: a Python codec.
        kind: chemical or electrical, where the file has no kind column.
        where: a column -> its values in the rows that are read.
        kinds: words of the kind column -> chemical or electrical.
        decimal: comma or point, before the fraction of a weight.
        sheets: the parts of a container to read, NAME or NAME=kind.
        names: of the rows and columns of a matrix that has none.
        names_file: where they were read, if in a file.
        transpose: the columns of a matrix send.
        polyadic: a cell may name several receivers: AVAL,AVAR.
        electrical: a file of gap junctions beside the one that is read.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    header: bool | None = None
    encoding: str = "utf-8"
    kind: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    decimal: str | None = None
    sheets: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    names_file: str = ""
    transpose: bool = False
    polyadic: bool = False
    electrical: File | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EdgeList:
    """The edges of a file as columns of equal length E, and its neurons by number.

    Attributes:
        names: (N,) in the order in which they first stand in the file.
        pre, post: (E,) numbers of names.
        weight: (E,) in the source's unit, finite; negative where inhibitory.
        kind: (E,) CHEMICAL, ELECTRICAL, REPEATED or a code of NO_SYNAPSES.
        line: (E,) where the edge stands in the file, from 1; for messages only.
        role: (N,) bit sets; 0 where the file names none.
        transmitter: (N,) "" where the file names none.
        form: how the file is laid out; for the report.
        findings: what a person should know of the file.
    """

    names: tuple[str, ...]
    pre: Int32
    post: Int32
    weight: Float64
    kind: UInt8
    line: Int32
    role: UInt8
    transmitter: tuple[str, ...]
    form: Form
    findings: tuple[Finding, ...] = ()
