"""JSON: objects and lists of many forms; each form of a graph, a table or a matrix."""

from __future__ import annotations

import re
from typing import Any

from ...errors import InputError, Location
from ...names import plain
from ..book import Book, shown
from ..reader import Layout
from .container import Container
from .xml_file import MARKS

SIZE = (
    96 * 2**20
)  # bytes; a quarter where characters may be wide: Python takes four each
VALUES = 10_000_000  # that a file may hold
NESTED = 1_000_000  # objects and lists among them, which take most memory
START = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\"\[{\]])")
REMEDY = "copy or download it again, or write it again with the tool it is from"
NO_EDGES = (
    "edges are nodes and links, objects with pre and post, or a matrix; "
    "a table of cells goes with --cells"
)


class Repeated(ValueError):
    """A key that stands twice in an object."""


def is_json(head: bytes) -> bool:
    """Whether a file begins with an object, or a list of texts, lists or objects."""
    return START.match(MARKS.sub(b"", head)) is not None


def read_json(data: bytes, label: str, layout: Layout) -> Book:
    """Read a graph, a table or matrices, by the first form that fits.

    Raises:
        InputError: it is no JSON, too large or too deep, or holds no edges.
    """
    from .json_graph import graph_of, neighbours_of
    from .json_table import arrays_of, cells_of, list_of, table_of

    value = loaded(data, label)
    forms = (graph_of, table_of, cells_of, arrays_of, list_of, neighbours_of)
    for form in forms:
        if (book := form(value, label, layout)) is not None:
            return book
    raise InputError(label, f"JSON that holds no edges: {outline(value)}", NO_EDGES)


JSON_FILES = Container("JSON", is_json, read_json)


def loaded(data: bytes, label: str) -> Any:
    """The value of a file, or the list of the values of its lines.

    Raises:
        InputError: it is no JSON, too large, or too deep.
    """
    import json

    check_size(data, label)
    try:
        try:
            return json.loads(data, object_pairs_hook=without_repeats)
        except json.JSONDecodeError as error:
            if error.msg == "Extra data" and (lines := objects_by_line(data)):
                return lines
            at = Location(label, error.lineno, error.colno)
            raise InputError(at, f"not JSON: {error.msg}", REMEDY) from None
    except RecursionError:
        hint = "edges need a depth of four"
        raise InputError(label, "JSON nested too deep", hint) from None
    except UnicodeDecodeError as error:
        seen = f"JSON that is not UTF-8 at byte {error.start}"
        raise InputError(label, seen, "save it as UTF-8") from None
    except Repeated as error:
        seen = f"an object in which {error} stands twice"
        raise InputError(label, seen, "keep one of the two") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise InputError(label, f"not JSON: {error}", REMEDY) from None


def objects_by_line(data: bytes) -> list[Any]:
    """The objects of a file that holds one a line; none if it does not."""
    import json

    try:
        lines = [line for line in data.splitlines() if line.strip()]
        found = [json.loads(line, object_pairs_hook=without_repeats) for line in lines]
    except json.JSONDecodeError:
        return []
    return found if all(isinstance(value, dict) for value in found) else []


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; JSON readers differ in which of two values a repeated key has."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen = set[str]()
        for key, _ in pairs:
            if key in seen:
                raise Repeated(plain(key))
            seen.add(key)
    return found


def check_size(data: bytes, label: str) -> None:
    """Raise InputError for more values than anyone means, before memory is taken."""
    seen = ""
    size = SIZE if data.isascii() and b"\\u" not in data else SIZE // 4
    if len(data) > size:
        seen = f"JSON of more than {size // 2**20} MiB"
    elif data.count(b",") > VALUES or data.count(b"{") + data.count(b"[") > NESTED:
        seen = f"JSON of more than {VALUES:,} values, or {NESTED:,} objects and lists"
    if seen:
        raise InputError(label, seen, "give the edges as CSV or Parquet")


def outline(value: Any) -> str:
    """What a value is, in words."""
    if isinstance(value, dict):
        return f"the keys are {shown(list(value))}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    return "one value"
