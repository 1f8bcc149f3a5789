"""Workbooks: .xlsx and .xls by python-calamine, each sheet a grid of cells.

calamine allots the whole rectangle of a sheet and aborts the process where that is too
large, so that the references in the XML are looked at before it is called.

Source: ECMA-376 part 1, 18.3 (sheets, cell references).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, overload

from ...errors import InputError
from ..book import Book, Sheet, text_of
from ..reader import Layout
from .compressed import MOST
from .container import Container

if TYPE_CHECKING:
    import zipfile

CELLS = 20_000_000  # of the rectangle of a sheet
XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REFERENCE = re.compile(
    rb"<(?:\w+:)?(?:c|row)\b[^>]*?\br=[\"']([A-Z]{0,3})(\d{1,7})[\"']"
)
# A row so far down that a sheet as wide as sheets can be has more than CELLS.
FAR_DOWN = re.compile(
    rb"\br=[\"'][A-Z]{0,3}(?:122[1-9]|12[3-9]\d|1[3-9]\d{2}|[2-9]\d{3}|\d{5,})[\"']"
)
WIDEST = 16_384  # columns of a sheet
STEP = 2**20


def is_xlsx(head: bytes) -> bool:
    """Whether a ZIP that begins so is a workbook: its first members say so."""
    return head.startswith(b"PK\x03\x04") and (
        b"[Content_Types].xml" in head[:4096] or b"xl/" in head[:4096]
    )


def read_xlsx(data: bytes, label: str, layout: Layout) -> Book:
    """Read every sheet of an .xlsx file.

    Raises:
        InputError: it is damaged, or a sheet is larger than anyone means.
    """
    check_sizes(data, label)
    return Book("an XLSX workbook", "sheet", sheets(data, label))


def read_xls(data: bytes, label: str, layout: Layout) -> Book:
    """Read every sheet of an .xls file.

    Raises:
        InputError: it is damaged or has a password.
    """
    return Book("an XLS workbook", "sheet", sheets(data, label))


XLSX_FILES = Container("XLSX workbook", is_xlsx, read_xlsx)
XLS_FILES = Container("XLS workbook", lambda head: head.startswith(XLS), read_xls)


def sheets(data: bytes, label: str) -> tuple[Sheet, ...]:
    """The sheets; the cells of each are read when they are asked for."""
    import python_calamine as calamine

    with told(label):
        book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        return tuple(Sheet(name, Rows(book, name, label)) for name in book.sheet_names)


@contextmanager
def told(label: str) -> Iterator[None]:
    """Turn calamine's errors into ours."""
    import python_calamine as calamine

    try:
        yield
    except calamine.PasswordError:
        hint = "save it without one"
        raise InputError(label, "a workbook with a password", hint) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        seen = f"a workbook that is cut short or damaged ({error})"
        hint = "save it again, or save the sheet as CSV"
        raise InputError(label, seen, hint) from None


class Rows(Sequence[Sequence[str]]):
    """The rows of a sheet as text, read once they are asked for."""

    def __init__(self, book: Any, name: str, label: str) -> None:
        self.book, self.name, self.label = book, name, label
        self.rows: list[list[str]] | None = None

    def read(self) -> list[list[str]]:
        """All rows."""
        if self.rows is None:
            with told(self.label):
                sheet = self.book.get_sheet_by_name(self.name)
                rows = sheet.to_python(skip_empty_area=False)
            self.rows = [
                [text_of(cell) if cell != "" else "" for cell in row] for row in rows
            ]
        return self.rows

    def __len__(self) -> int:
        return len(self.read())

    @overload
    def __getitem__(self, at: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[str]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self.read()[at]

    def __iter__(self) -> Iterator[Sequence[str]]:
        return iter(self.read())


def check_sizes(data: bytes, label: str) -> None:
    """Raise InputError if a sheet's rectangle has more than CELLS, before it is allotted."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            if sum(member.file_size for member in members.infolist()) > MOST:
                raise InputError(
                    label,
                    f"a workbook of more than {MOST // 2**20} MiB unpacked",
                    "save the sheet as CSV",
                )
            for member in members.infolist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member.filename):
                    check_sheet(members, member, label)
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
    ) as e:
        seen = f"a workbook that is cut short or damaged ({e})"
        raise InputError(label, seen, "copy or download it again") from None


def check_sheet(members: zipfile.ZipFile, member: zipfile.ZipInfo, label: str) -> None:
    """Raise InputError if the cells of a sheet span more than CELLS."""
    high, tail, unpacked = 0, b"", 0
    with members.open(member) as file:
        while part := file.read(STEP):
            unpacked += len(part)
            if unpacked > MOST:
                raise InputError(label, f"{member.filename}: larger than it says")
            text = tail + part
            if high or FAR_DOWN.search(text):
                rows = {row for _, row in REFERENCE.findall(text)}
                high = max(high, *map(int, rows), 1)
            tail = text[-256:]
    if high * WIDEST > CELLS and high * (wide := widest(members, member)) > CELLS:
        seen = (
            f"{member.filename}: its cells span {high:,} rows and {wide:,} columns, "
            f"more than {CELLS:,} cells"
        )
        hint = "clear the stray cell far down or to the right, and save it again"
        raise InputError(label, seen, hint)


def widest(members: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """The place of the last column that a sheet refers to."""
    wide, tail = 1, b""
    with members.open(member) as file:
        while part := file.read(STEP):
            text = tail + part
            columns = {column for column, _ in REFERENCE.findall(text)}
            wide = max(wide, *map(number, columns), 1)
            tail = text[-256:]
    return wide


def number(column: bytes) -> int:
    """The place from 1 of a column that a spreadsheet names: A is 1, AA 27."""
    place = 0
    for letter in column:
        place = 26 * place + letter - 64
    return place
