"""Parts of files that are made to hurt whoever opens them: large inside, deep, programs."""

from __future__ import annotations

import io
import sqlite3
import struct
import sys
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .workbooks import MAIN, sheet_xml, xlsx

MEGABYTE = 10**6
RUN = "a-hostile-file-was-run"  # the folder that one makes where it is run
SHEET = "xl/worksheets/sheet1.xml"


def zeros(pack: Callable[[bytes], bytes]) -> bytes:
    """A gigabyte of zeros in a format whose parts follow one another."""
    return pack(bytes(MEGABYTE)) * 1000


def zstandard(data: bytes) -> bytes:
    """A frame of Zstandard."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    found: bytes = zstd.compress(data)
    return found


def zip_of(*members: tuple[str, bytes]) -> bytes:
    """A ZIP file; two members may have one name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as into, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            into.writestr(info, data)
    return file.getvalue()


def zip_with(data: bytes, name: str, value: bytes) -> bytes:
    """A ZIP file with a member replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {one: old.read(one) for one in old.namelist()}
    return zip_of(*(members | {name: value}).items())


def flooded(data: bytes, member: str, part: bytes, count: int) -> bytes:
    """A ZIP file in one member of which @@ is a part many times over."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {one: old.read(one) for one in old.namelist()}
    head, tail = members.pop(member).split(b"@@")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    stream += (packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)) * count
    stream += packer.compress(tail) + packer.flush()
    checksum = zlib.crc32(head)
    for _ in range(count):
        checksum = zlib.crc32(part, checksum)
    size = len(head) + len(part) * count + len(tail)
    found = bytearray(zip_of(*members.items(), (member, b"")))
    # The last member takes the stream in the place of its own, two bytes long.
    with zipfile.ZipFile(io.BytesIO(found)) as made:
        start = made.getinfo(member).header_offset
        directory = made.start_dir
    facts = struct.pack("<III", zlib.crc32(tail, checksum), len(stream), size)
    found[start + 14 : start + 26] = facts
    last = found.rindex(b"PK\1\2")
    found[last + 16 : last + 28] = facts
    end = found.rindex(b"PK\5\6")
    found[end + 16 : end + 20] = struct.pack("<I", directory - 2 + len(stream))
    return bytes(found[: directory - 2]) + stream + bytes(found[directory:])


def workbook_of(sheet: bytes) -> bytes:
    """A workbook of one sheet, of this XML."""
    return zip_with(xlsx({"S": [["pre", "post"]]}), SHEET, sheet)


def stray(places: Sequence[tuple[str, int]]) -> bytes:
    """The XML of a sheet whose cells stand in these columns and rows."""
    rows = "".join(
        f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'
        for column, row in places
    )
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()


def moved(data: bytes, name: str) -> bytes:
    """A workbook whose sheet stands in another part."""
    relations = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        told, sheet = old.read(relations), old.read(SHEET)
    found = zip_with(data, f"xl/{name}", sheet)
    found = zip_with(found, SHEET, sheet_xml([["pre", "post"]]).encode())
    told = told.replace(b"worksheets/sheet1.xml", name.encode())
    return zip_with(found, relations, told)


def tall(rows: int) -> bytes:
    """A workbook of so many rows of a hundred cells, each 1, that say not where they are."""
    sheet = sheet_xml([["pre", "post"]]).replace("</sheetData>", "@@</sheetData>")
    row = b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>"
    return flooded(workbook_of(sheet.encode()), SHEET, row * 100, rows // 100)


def mat5(high: int, wide: int, *, sort: int = 6) -> bytes:
    """A MATLAB 5 file of one packed variable of zeros.

    Args:
        sort: its class: 6 numbers, 1 cells, 4 characters.
    """

    def element(kind: int, data: bytes) -> bytes:
        return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)

    count = 8 * high * wide
    body = element(6, struct.pack("<II", sort, 0))
    body += element(5, struct.pack("<ii", high, wide)) + element(1, b"A")
    body += struct.pack("<II", 9, count)
    packer = zlib.compressobj(9)
    packed = packer.compress(struct.pack("<II", 14, len(body) + count) + body)
    for start in range(0, count, MEGABYTE):
        packed += packer.compress(bytes(min(MEGABYTE, count - start)))
    packed += packer.flush()
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    return head + struct.pack("<II", 15, len(packed)) + packed


def table(**columns: Any) -> Any:
    """A table of Arrow."""
    import pyarrow as pa

    return pa.table(columns)


def repeated(rows: int) -> Any:
    """A table of one pair, so many times."""
    import pyarrow as pa

    names = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), ["A"])
    return table(pre=names, post=names, weight=np.ones(rows, np.int8))


def as_parquet(found: Any, **options: Any) -> bytes:
    """A Parquet file."""
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(found, file, **options)
    return file.getvalue()


def as_feather(found: Any, **options: Any) -> bytes:
    """A Feather file."""
    from pyarrow import feather

    file = io.BytesIO()
    feather.write_feather(found, file, **options)
    return file.getvalue()


def as_hdf5(name: str, shape: tuple[int, ...], kind: Any) -> bytes:
    """An HDF5 file of a dataset of zeros that are not stored."""
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as into:
        chunk = tuple(min(1000, side) for side in shape)
        into.create_dataset(name, shape, kind, chunks=chunk, compression="gzip")
    return file.getvalue()


def database(*statements: str) -> bytes:
    """An SQLite database."""
    made = sqlite3.connect(":memory:")
    for statement in statements:
        made.executescript(statement)
    data = made.serialize()
    made.close()
    return data


def npy(array: Any) -> bytes:
    """An .npy file, with pickles if it is of objects."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def npy_header(header: str, data: bytes = b"") -> bytes:
    """An .npy file whose header says what it likes."""
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + data


class Program:
    """An object that makes a folder where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.mkdir, (RUN,)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file, as .xls files and workbooks with a password are.

    Source: [MS-CFB]: sectors of 512 bytes, streams of 4,096 bytes or more.
    """
    end, free, size = 0xFFFFFFFE, 0xFFFFFFFF, 512
    chain: list[int] = []
    body = b""
    entries = [compound_entry("Root Entry", 5, end, 0, child=1)]
    for place, (name, stream) in enumerate(streams.items(), 1):
        data = stream.ljust(4096, b"\0")
        data += bytes(-len(data) % size)
        start, count = len(chain), len(data) // size
        chain += [*range(start + 1, start + count), end]
        body += data
        after = place + 1 if place < len(streams) else free
        entries.append(compound_entry(name, 2, start, len(data), right=after))
    index = b"".join(entries)
    index += bytes(-len(index) % size)
    first = len(chain)
    chain += [*range(first + 1, first + len(index) // size), end, 0xFFFFFFFD]
    body += index + struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, first, 0, 4096, end, 0, end, 0)
    return head + struct.pack("<109I", len(chain) - 1, *[free] * 108) + body


def compound_entry(
    name: str,
    kind: int,
    start: int,
    size: int,
    *,
    child: int = 0xFFFFFFFF,
    right: int = 0xFFFFFFFF,
) -> bytes:
    """An entry of the directory of a compound file."""
    text = name.encode("utf-16-le") + b"\0\0"
    found = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    found += struct.pack("<III", 0xFFFFFFFF, right, child) + bytes(36)
    return found + struct.pack("<IQ", start, size)


def xls(
    rows: Sequence[Sequence[str | float]],
    *,
    password: bool = False,
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> bytes:
    """An .xls file of one sheet.

    Source: [MS-XLS]: BOF, FilePass, CodePage, BoundSheet8, Label, Number, MergeCells, EOF.

    Args:
        merged: first row, last row, first column, last column of cells, from 0.
    """

    def record(number: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", number, len(data)) + data

    def begin(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6))

    front = begin(5)
    front += record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48)) if password else b""
    front += record(0x42, struct.pack("<H", 1200))
    title = b"\6\0Sheet1"
    place = len(front) + 4 + 6 + len(title) + 4
    front += record(0x85, struct.pack("<IH", place, 0) + title)
    sheet = begin(16)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            at = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                text = struct.pack("<HB", len(cell), 0) + cell.encode("latin-1")
                sheet += record(0x204, at + text)
            else:
                sheet += record(0x203, at + struct.pack("<d", cell))
    if merged:
        spans = b"".join(struct.pack("<HHHH", *span) for span in merged)
        sheet += record(0xE5, struct.pack("<H", len(merged)) + spans)
    return compound({"Workbook": front + record(0x0A) + sheet + record(0x0A)})


LAUGHS = '<!DOCTYPE {0} [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">'
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
DECLARED = {
    "laughs": (LAUGHS + "]>", "&i;"),
    "a file": ('<!DOCTYPE {0} [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
    "a parameter": (
        '<!DOCTYPE {0} [<!ENTITY % a SYSTEM "http://127.0.0.1:9/">%a;]>',
        "",
    ),
    "another DTD": ('<!DOCTYPE {0} SYSTEM "http://127.0.0.1:9/a.dtd">', "&a;"),
    "depth": ("", "<x>" * 10_000 + "</x>" * 10_000),
    "open depth": ("", "<x>" * 10_000),
}
XML = {
    "graphml": (
        "<graphml><graph edgedefault='directed'><node id='A'/><node id='B'/>",
        "<edge source='A' target='B'>@@</edge></graph></graphml>",
    ),
    "gexf": (
        "<gexf version='1.2'><graph defaultedgetype='directed'><nodes><node id='A'/>"
        "<node id='B'/></nodes><edges>",
        "<edge id='0' source='A' target='B'>@@</edge></edges></graph></gexf>",
    ),
    "neuroml": (
        "<neuroml id='worm'><network id='n'>",
        "<population id='A' component='c' size='1'>@@</population></network></neuroml>",
    ),
}


def xml(root: str, trap: str, *, codec: str = "utf-8") -> bytes:
    """An XML file of a format with one of DECLARED in it."""
    declared, inside = DECLARED[trap]
    text = "".join(XML[root]).replace("@@", inside)
    head = f"<?xml version='1.0' encoding='{codec}'?>"
    return (head + declared.replace("{0}", root) + text).encode(codec)
