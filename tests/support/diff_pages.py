"""Changes whose page is looked at: of two worms, and of neurons with names that hurt."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from support.hostile_names import ACCEPTED

from elegansc.comparison import json_report
from elegansc.comparison.changes import Changes, compare
from elegansc.comparison.version import read_versions
from elegansc.options import Options
from elegansc.readers.reader import Layout

FAST = Options(keep="all", cycles="ratio", keep_alive=False)
FIRST, LAST = "witvliet2021-1", "witvliet2021-8"
EVIL = [
    "</script><script>document.title='PWNED'</script>",
    "<img src=x onerror=\"document.title='PWNED'\">",
    "<!--<script>",
    "]]>",
    "a\u2028b\u2029c",
    "'\"`&lt;&amp;",
    "${document.title='PWNED'}",
    "__proto__",
    "constructor",
    "javascript:document.title='PWNED'",
]


@cache
def worms() -> Changes:
    """The first larva and the adult."""
    return compare(*read_versions(FIRST, LAST, FAST, Layout()))


@cache
def told() -> dict[str, Any]:
    """The same as plain data."""
    return json_report.as_json(worms())


def graph(path: Path, rows: Iterable[tuple[str, str, float]]) -> str:
    """A connectome file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("pre", "post", "weight"), *rows])
    return str(path)


def hostile(folder: Path) -> Changes:
    """Changes between neurons of names that would hurt."""
    names = [name for group in ACCEPTED.values() for name in group]
    names = list(dict.fromkeys([*EVIL, *(name for name in names if len(name) < 99)]))
    old = graph(folder / "a.csv", [(name, "M", 1) for name in names[::2]])
    new = graph(folder / "b.csv", [("S", name, 2) for name in names])
    return compare(*read_versions(old, new, None, Layout()))
