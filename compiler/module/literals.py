"""Literals of a Python file by name, and the line on which one is wrong. Nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import InputError, Location

TABLE = re.compile(rb"([A-Z]+): ")  # how the line of a table begins
PLAIN = (
    ast.Constant,
    ast.Dict,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.UnaryOp,
    ast.BinOp,
    ast.unaryop,
    ast.operator,
    ast.expr_context,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value and where it stands."""

    value: Any
    node: ast.expr
    line: int  # of its name


def parsed(data: bytes, label: str) -> ast.Module:
    """The syntax tree of a file.

    Raises:
        InputError: not Python; with the line, and the table that it stands in.
    """
    try:
        return ast.parse(data, label)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        seen = f"not Python: {getattr(error, 'msg', type(error).__name__)}"
        above = [TABLE.match(text) for text in data.split(b"\n")[:line]]
        last = next((match for match in reversed(above) if match), None)
        seen += f", in the table {last[1].decode()}" if last else ""
        raise InputError(Location(label, line), seen, "compile it again") from None


def literals(tree: ast.Module, label: str, wanted: set[str]) -> dict[str, Literal]:
    """NAME: type = literal, by name. Only literals are evaluated.

    Raises:
        InputError: a name stands there twice, or holds more than literals.
    """
    found: dict[str, Literal] = {}
    for node in tree.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        if name not in wanted or node.value is None:
            continue
        if name in found:
            raise InputError(Location(label, node.lineno), f"{name} stands there twice")
        try:
            value = ast.literal_eval(node.value)
        except (
            ValueError,
            TypeError,
            SyntaxError,
            RecursionError,
            MemoryError,
        ):
            at = Location(label, code_in(node.value) or node.lineno)
            raise InputError(at, f"{name} holds more than literals") from None
        for line, key in doubles(node.value):
            seen = f"{name}: {key!r} stands there twice"
            raise InputError(Location(label, line), seen)
        found[name] = Literal(value, node.value, node.lineno)
    return found


def code_in(node: ast.expr) -> int:
    """The line of the first node of a tree that is no literal; 0: there is none."""
    lines = (
        getattr(part, "lineno", 0)
        for part in ast.walk(node)
        if not isinstance(part, PLAIN)
    )
    return min(filter(None, lines), default=0)


def doubles(node: ast.expr) -> Iterator[tuple[int, Any]]:
    """(line, key) of each key that its dict has already."""
    for part in ast.walk(node):
        if not isinstance(part, ast.Dict):
            continue
        seen = set()
        for key in part.keys:
            if isinstance(key, ast.Constant):
                if key.value in seen:
                    yield key.lineno, key.value
                seen.add(key.value)


def lines_of(text: str, node: ast.expr) -> list[int]:
    """The lines on which a string stands in a tree."""
    return sorted(
        part.lineno
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value == text
    )


def blamed(node: ast.expr, value: Any, good: Callable[[Any], bool]) -> int:
    """The line of the first entry that alone makes a value a bad one."""
    if isinstance(node, ast.Dict) and isinstance(value, dict):
        for part, (key, held) in zip(node.values, value.items(), strict=False):
            if not good({key: held}):
                return blamed(part, held, keyed(good, key))
    if isinstance(node, ast.List) and isinstance(value, list):
        for part, held in zip(node.elts, value, strict=False):
            if not good([held]):
                return blamed(part, held, lambda one: good([one]))
    return node.lineno


def keyed(good: Callable[[Any], bool], key: Any) -> Callable[[Any], bool]:
    """Whether a value is good under a key."""
    return lambda value: good({key: value})
