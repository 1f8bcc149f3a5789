"""Workbooks: .xlsx and .xls by python-calamine, each sheet a grid of cells.

calamine allots the whole rectangle of a sheet and aborts the process where that is too
large, so that `workbook_size` looks at the references in the XML before it is called.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, overload

from ...errors import InputError
from ..book import Book, Mended, Sheet, text_of
from ..reader import Layout
from .compound_file import is_locked, is_whole
from .container import Container
from .merged_cells import fill
from .workbook_size import check_sizes

XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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
    return Book("an XLSX workbook", "sheet", sheets(data, label, layout))


def read_xls(data: bytes, label: str, layout: Layout) -> Book:
    """Read every sheet of an .xls file.

    Raises:
        InputError: it is damaged or has a password.
    """
    if not is_whole(data):
        raise damaged(label, "sectors are missing")
    if is_locked(data):
        hint = "save it without one"
        raise InputError(label, "a workbook with a password", hint)
    return Book("an XLS workbook", "sheet", sheets(data, label, layout))


XLSX_FILES = Container("XLSX workbook", is_xlsx, read_xlsx)
XLS_FILES = Container("XLS workbook", lambda head: head.startswith(XLS), read_xls)


def sheets(data: bytes, label: str, layout: Layout) -> tuple[Sheet, ...]:
    """The sheets; the cells of each are read when they are asked for."""
    import python_calamine as calamine

    with told(label):
        book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        names = book.sheet_names
        return tuple(Sheet(name, Rows(book, name, label, layout)) for name in names)


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
        raise damaged(label, str(error)) from None
    except BaseException as error:  # a panic of Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(label, "its reader gave up") from None


def damaged(label: str, why: str) -> InputError:
    """The error for a workbook that can not be read."""
    seen = f"a workbook that is cut short or damaged ({why})"
    return InputError(label, seen, "save it again, or save the sheet as CSV")


class Rows(Mended):
    """The rows of a sheet as text, read once they are asked for; merged cells are filled."""

    def __init__(self, book: Any, name: str, label: str, layout: Layout) -> None:
        self.book, self.name, self.label, self.layout = book, name, label, layout
        self.rows: list[list[str]] | None = None

    def read(self) -> list[list[str]]:
        """All rows."""
        if self.rows is None:
            with told(self.label):
                sheet = self.book.get_sheet_by_name(self.name)
                rows = sheet.to_python(skip_empty_area=False)
                merged = getattr(sheet, "merged_cell_ranges", None)  # from 0.4 on
            self.rows = [
                [text_of(cell) if cell != "" else "" for cell in row] for row in rows
            ]
            self.findings = fill(self.rows, merged or (), self.name, self.layout)
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
