"""How many cells the sheets of an .xlsx file span, counted before any of them is allotted.

A part of any name may be a sheet, so that all are looked at. Rows and cells may leave out
where they stand: they follow those before them.

Source: ECMA-376 part 1, 18.3 (sheets, cell references).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from ...errors import InputError
from .members import check_room

if TYPE_CHECKING:
    import zipfile

CELLS = 20_000_000  # of the rectangle of a sheet
LOOSE, FILLED = 4_000_000, 20  # of a larger one, one cell in so many holds something
WIDEST = 16_384  # columns of a sheet
HIGH = CELLS // WIDEST  # rows of which no sheet has more than CELLS
REFERENCE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]*)0*(\d+)")
FAR_DOWN = re.compile(
    rb"\br\s*=\s*[\"']\s*[A-Za-z]*0*(?:122[1-9]|12[3-9]\d|1[3-9]\d{2}|[2-9]\d{3}|[1-9]\d{4,})"
)
ROW = re.compile(rb"<(?:[\w.-]+:)?row\b")
CELL = re.compile(rb"<(?:[\w.-]+:)?c\b")
OTHERS = {"xl/workbook.bin", "content.xml"}  # of XLSB, of OpenDocument
STEP = 2**20  # bytes that are looked at a time, and of a tag at most


def check_sizes(data: bytes, label: str) -> None:
    """Raise InputError if a sheet spans more than CELLS, before it is allotted."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            found = members.infolist()
            check_room(found, len(data), label, "a workbook")
            if OTHERS & {member.filename.lower() for member in found}:
                seen = "an XLSB or OpenDocument workbook"
                raise InputError(label, seen, "save it as .xlsx, or its sheet as CSV")
            for member in found:
                check_sheet(members, member, label)
    except InputError:
        raise
    except Exception as error:  # zlib, lzma and zipfile raise errors of no common class
        seen = f"a workbook that is cut short or damaged ({error})"
        raise InputError(label, seen, "copy or download it again") from None


def check_sheet(members: zipfile.ZipFile, member: zipfile.ZipInfo, label: str) -> None:
    """Raise InputError if the cells of a sheet span more than CELLS, or next to none do."""
    rows = 0
    with members.open(member) as file:
        for text in tags(file):  # type: ignore[arg-type]
            rows += text.count(b"<row") + text.count(b":row")
            if rows > HIGH or FAR_DOWN.search(text):
                break
        else:
            return
    with members.open(member) as file:
        high, wide, cells = span(tags(file))  # type: ignore[arg-type]
    size = high * wide
    if size > CELLS or (size > LOOSE and cells * FILLED < size):
        seen = f"{member.filename}: its cells span {high:,} rows and {wide:,} columns, "
        seen += (
            f"more than {CELLS:,} cells" if size > CELLS else f"{cells:,} are filled"
        )
        hint = "clear the stray cell far down or to the right, and save it again"
        raise InputError(label, seen, hint)


def tags(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a part, no tag of it parted.

    Raises:
        ValueError: a tag is longer than STEP.
    """
    rest = b""
    while part := file.read(STEP):
        text = rest + part
        last = text.rfind(b"<")
        whole = last < 0 or text.find(b">", last) >= 0
        rest = b"" if whole else text[last:]
        if len(rest) > STEP:
            raise ValueError("a tag that never ends")
        yield text if whole else text[:last]
    yield rest


def span(texts: Iterator[bytes]) -> tuple[int, int, int]:
    """(rows, columns, cells) of a sheet: rows and columns at most, as far as they go."""
    high = wide = cells = rows = placed = numbered = longest = length = 0
    for text in texts:
        first, *others = ROW.split(text)
        rows += len(others)
        for new, piece in enumerate((first, *others)):
            count = len(CELL.findall(piece))
            cells += count
            length = count if new else length + count
            longest = max(longest, length)
        found = REFERENCE.findall(text)
        placed += sum(1 for column, _ in found if column)
        numbered += sum(1 for column, _ in found if not column)
        high = max(high, *(int(row[:9]) for row in {row for _, row in found}), 1)
        wide = max(wide, *map(number, {column for column, _ in found}), 1)
    return high + max(0, rows - numbered), wide + longest * (cells > placed), cells


def number(column: bytes) -> int:
    """The place from 1 of a column that a spreadsheet names: A is 1, AA 27."""
    place = 0
    for letter in column.upper()[:4]:
        place = 26 * place + letter - 64
    return place
