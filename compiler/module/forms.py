"""The form of a generated module: as written, of an older elegansc, reformatted, edited."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable
from inspect import cleandoc
from typing import TYPE_CHECKING

from ..errors import InputError, Location
from ..ir.artifact import Artifact
from .emit import emit
from .header import Header, body_digest, read_header

if TYPE_CHECKING:
    from .read import Model

WRITTEN, OLDER, REFORMATTED = "as it was written", "older form", "reformatted"
EDITED = "edited by hand"
UPDATE = "elegansc update"  # what brings an older form to today's


def emitted(model: Model) -> bytes:
    """The file that this elegansc emits for the tables of a model with levels."""
    return emit_again(model).page


def emit_again(model: Model) -> Artifact:
    """The files that this elegansc emits for the tables of a model with levels."""
    return emit(model.plan, options=model.options, name=model.name)


def form(head: Header, again: bytes) -> str:
    """The form of a module: WRITTEN, OLDER, REFORMATTED or EDITED.

    Args:
        again: the file that this elegansc emits for its tables.
    """
    if head.covered:
        return EDITED
    if head.module == again:
        return WRITTEN
    if not head.edited:
        signed = read_header(again, "").source == head.source
        return OLDER if signed else EDITED
    return REFORMATTED if same_code(head.module, again) else EDITED


def same_code(one: bytes, other: bytes) -> bool:
    """Whether two files differ by their layout alone: equal syntax trees and comments."""
    try:
        return comments(one) == comments(other) and dumped(one) == dumped(other)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return False


def dumped(data: bytes) -> str:
    """The syntax tree of a file as text, without places and indentation of docstrings."""
    tree = ast.parse(data)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        match node.body:
            case [ast.Expr(value=ast.Constant(value=str(text)) as docstring), *_]:
                docstring.value = cleandoc(text)
    return ast.dump(tree)


def comments(data: bytes) -> list[str]:
    """The comments of a file, in order."""
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def check_form(head: Header, path: str, again: Callable[[], bytes]) -> None:
    """Raise InputError if a module was edited by hand or cut short.

    Args:
        again: gives the file that this elegansc emits for its tables; asked for only
            where the digest of the body does not hold.
    """
    if not head.edited or form(head, again()) != EDITED:
        return
    digest = body_digest(head.text)
    seen = f"edited by hand or cut short: its body has the digest {digest}, not {head.body}"
    if head.covered:
        seen = "edited by hand: more than comments stands above its header"
    raise InputError(Location(path, head.line), seen, "compile its source again")


def check_model(model: Model) -> None:
    """Raise InputError if a model with levels was edited by hand or cut short."""
    check_form(model.header, model.path, lambda: emitted(model))
