"""Two variants of a text as one, with conflict markers where they differ."""

from __future__ import annotations

from difflib import SequenceMatcher


def marked(ours: bytes, theirs: bytes, size: int) -> bytes:
    """Our text with the lines of theirs that differ, between the markers of git.

    Args:
        size: characters of a marker.
    """
    first, second = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    out: list[bytes] = []
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            out += first[a:b]
        else:
            out += [b"<" * size + b" ours\n", *first[a:b]]
            out += [b"=" * size + b"\n", *second[c:d], b">" * size + b" theirs\n"]
    return b"".join(out)
