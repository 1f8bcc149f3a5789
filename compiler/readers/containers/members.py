"""The members of a ZIP file, each within what all may hold."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import InputError
from ...names import plain
from .compressed import room, too_large

if TYPE_CHECKING:
    import zipfile

MOST_MEMBERS = 10_000
ESCAPES = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:")
HIDDEN = re.compile(r"(^|/)(__MACOSX/|\.)|/$")  # of macOS, hidden, a folder


def members_of(data: bytes, label: str) -> dict[str, bytes]:
    """The bytes of each member of a ZIP file by its name, without folders and hidden ones.

    Raises:
        InputError: it is damaged or has a password, holds more than `room` once unpacked,
            a name that leads outside it or two members of one name.
    """
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            found = file.infolist()
            check_names([member.filename for member in found], label)
            check_room(found, len(data), label, "a ZIP file")
            kept = [one for one in found if not HIDDEN.search(one.filename)]
            return {member.filename: unpacked(file, member) for member in kept}
    except RuntimeError as error:
        if "password" not in str(error) and "encrypted" not in str(error):
            raise damaged(label, error) from None
        hint = "unpack it yourself"
        raise InputError(label, "a ZIP file with a password", hint) from None
    except InputError:
        raise
    except Exception as error:  # zlib, lzma and zipfile raise errors of no common class
        raise damaged(label, error) from None


def check_names(names: list[str], label: str) -> None:
    """Raise InputError for names that are no plain names, each once."""
    if len(names) > MOST_MEMBERS:
        seen = f"a ZIP file of {len(names):,} members"
        raise InputError(label, seen, "give the file of edges")
    outside = [name for name in names if ESCAPES.search(name)]
    if outside:
        seen = f"a ZIP file whose member {plain(outside[0])} leads outside it"
        raise InputError(label, seen, "unpack it where you know what is in it")
    twice = (
        [name for name in names if names.count(name) > 1]
        if len(set(names)) < len(names)
        else []
    )
    if twice:
        seen = f"a ZIP file with two members {plain(twice[0])}"
        raise InputError(label, seen, "unpack it, and give the one that is meant")


def check_room(
    found: Sequence[zipfile.ZipInfo], size: int, label: str, format: str
) -> None:
    """Raise InputError for members that say they unpack to more than there is room for."""
    most = room(size)
    if sum(member.file_size for member in found) > most:
        raise too_large(label, format, most)


def unpacked(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, as many as it says at most; its checksum is checked."""
    with file.open(member) as opened:
        return opened.read(member.file_size + 1)


def damaged(label: str, error: Exception) -> InputError:
    """The error for a file that can not be unpacked."""
    seen = f"a ZIP file that is cut short or damaged ({error})"
    return InputError(label, seen, "copy or download it again")
