"""Workbooks: .xlsx and .xls by python-calamine, each sheet a grid of cells.

calamine allots the whole rectangle of a sheet and aborts the process where that is too
large, so that the references in the XML are looked at before it is called.

Source: ECMA-376 part 1, 18.3 (sheets, cell references).
"""

from __future__ import annotations

import datetime
import io
import re
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ..book import Book, Sheet
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
    """The sheets with their cells as text."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        found = []
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            found.append(Sheet(name, [[text_of(cell) for cell in row] for row in rows]))
        return tuple(found)
    except calamine.PasswordError:
        raise InputError(
            label, "a workbook with a password", "save it without one"
        ) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        seen = f"a workbook that is cut short or damaged ({error})"
        raise InputError(
            label, seen, "save it again, or save the sheet as CSV"
        ) from None


def text_of(cell: Any) -> str:
    """A cell as the text that CSV would have: 3.0 is 3."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell).strip()


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
    high, wide, tail, unpacked = 0, 0, b"", 0
    with members.open(member) as file:
        while part := file.read(STEP):
            unpacked += len(part)
            if unpacked > MOST:
                raise InputError(label, f"{member.filename}: larger than it says")
            text = tail + part
            for column, row in REFERENCE.findall(text):
                high = max(high, int(row))
                wide = max(wide, number(column))
            tail = text[-256:]
    if high * wide > CELLS:
        seen = (
            f"{member.filename}: its cells span {high:,} rows and {wide:,} columns, "
            f"more than {CELLS:,} cells"
        )
        hint = "clear the stray cell far down or to the right, and save it again"
        raise InputError(label, seen, hint)


def number(column: bytes) -> int:
    """The place from 1 of a column that a spreadsheet names: A is 1, AA 27."""
    place = 0
    for letter in column:
        place = 26 * place + letter - 64
    return place
