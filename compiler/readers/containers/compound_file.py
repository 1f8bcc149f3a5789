"""Compound files, as .xls files and workbooks with a password are: whether one can be read.

Sources: [MS-CFB] 2.2 and 2.3 (header, sectors), [MS-XLS] 2.4.117 (FilePass), [MS-OFFCRYPTO]
1.3 (EncryptedPackage).
"""

from __future__ import annotations

import re
import struct

import numpy as np

LOCKED = "EncryptedPackage".encode("utf-16-le")  # an .xlsx file within a compound file
BEGIN = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x05\x00")  # of a workbook
FILE_PASS, BOUND_SHEET = 0x2F, 0x85  # records of .xls
HEADER, SHIFT, TABLES = 512, 30, 76  # bytes of the header; where in it numbers stand
FREE = 0xFFFFFFFF  # no sector


def is_whole(data: bytes) -> bool:
    """Whether the sectors that are in use stand in the file, as far as its header says."""
    if len(data) < HEADER:
        return False
    size = 1 << min(16, struct.unpack_from("<H", data, SHIFT)[0])
    count = len(data) // size - 1
    for place, table in enumerate(struct.unpack_from("<109I", data, TABLES)):
        if table == FREE:
            break
        if table >= count:
            return False
        start = (table + 1) * size
        entries = np.frombuffer(data[start : start + size // 4 * 4], "<u4")
        used = np.flatnonzero(entries != FREE)
        if len(used) and place * len(entries) + used[-1] >= count:
            return False
    return True


def is_locked(data: bytes) -> bool:
    """Whether it is a workbook with a password, of .xlsx or of .xls."""
    if LOCKED in data:
        return True
    begin = BEGIN.search(data)
    at = begin.start() if begin else len(data)
    while at + 4 <= len(data):
        record, size = struct.unpack_from("<HH", data, at)
        if record in (FILE_PASS, BOUND_SHEET):
            return bool(record == FILE_PASS)
        at += 4 + size
    return False
