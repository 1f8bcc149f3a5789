"""The contract of a reader: a format of connectomes, and the edge list read from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..arrays import Float64, Int32, UInt8
from ..ir.accounts import Finding, GraphForm, TextForm


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
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    header: bool | None = None
    encoding: str = "utf-8"
    kind: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    decimal: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EdgeList:
    """The edges of a file as columns of equal length E, and its neurons by number.

    Attributes:
        names: (N,) in the order in which they first stand in the file.
        pre, post: (E,) numbers of names.
        weight: (E,) in the source's unit, finite; negative where inhibitory.
        kind: (E,) CHEMICAL, ELECTRICAL or REPEATED.
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
    form: TextForm | GraphForm
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """A format of connectomes.

    Attributes:
        name: of the format.
        recognises: whether a file that begins with these bytes is of the format.
        read: the edge list of a file: (its bytes, its name in messages, its layout).
            Raises InputError for all that is wrong with the file, and UsageError for a
            layout that does not fit it.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str, Layout], EdgeList]
