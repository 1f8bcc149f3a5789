"""Where roles come from, and who has none: in words, for reports and errors."""

from __future__ import annotations

from collections.abc import Sequence

from ..names import plain, plural, some
from .accounts import Selected

MOST_NEAR = 12  # names that nearly stand in a table, as a message names them
OURS = "cook2019"  # the table that is looked up where none is asked for
REMEDY = "--keep all, --cells FILE or --roles-table structure keeps them"


def origin(roles: str) -> str:
    """Where roles come from, in words; see `Selected.roles`."""
    words = {"structure": "by structure", "file": "as the file gives them"}
    table = (
        f"as told by {roles}" if roles.startswith("--") else f"from the table {roles}"
    )
    return words.get(roles, table)


def table_of(roles: str) -> str:
    """The table that cells were looked up in, by where their roles come from."""
    return OURS if roles == "file" else roles


def strangers(roles: str, unknown: Sequence[str]) -> str:
    """Who was left out since a table does not list them, and what to do; "" for nobody.

    Args:
        roles, unknown: see `Selected`.
    """
    if not unknown:
        return ""
    seen = f"left out {plural(len(unknown), 'cell')} that the table {table_of(roles)}"
    return f"{seen} does not know: {some(unknown)}; {REMEDY}"


def nearly(account: Selected) -> str:
    """The cells whose names differ little from a table's, and what came of it; "" for none."""
    if not account.near:
        return ""
    pairs = [f"{plain(name)} ({plain(other)})" for name, other in account.near.items()]
    names = ", ".join(pairs[:MOST_NEAR])
    more = len(pairs) - MOST_NEAR
    names += f" and {more:,} more" if more > 0 else ""
    if account.roles == "structure" or account.roles.startswith("--"):
        return f"nearly names of C. elegans, and not taken for them: {names}"
    fate = "left out" if account.unknown else "without a role"
    table = table_of(account.roles)
    return f"{fate}, as the table {table} writes their names another way: {names}"
