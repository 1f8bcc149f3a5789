"""History: the account of every pass that has run, and how it reads as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Any

from .accounts import MERGED, Integrated, Merged, Parsed, ReadModel, Selected, Swept
from .order_accounts import Broken, Marked, Scheduled, Sorted
from .sign_account import Signed, Typed

REPORTED = {"mark_live": "prune"}  # passes whose name in reports is older than theirs

# Keys of an older order that was taken as it is, those of its loss behind them.
RECORDED = (
    *("alive", "roles", "stick", "symmetric", "max_levels", "rounded", "protected"),
    *("unprotected", "unmatched", "price", "least_price", "flips", "like", "recorded"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The account of every pass that has run, by the name of the pass."""

    read_model: ReadModel | None = None
    parse: Parsed | None = None
    select_cells: Selected | None = None
    merge_electrical: Merged | None = None
    sign_synapses: Signed | None = None
    type_cells: Typed | None = None
    published_sweep: Swept | None = None
    integrate: Integrated | None = None
    break_cycles: Broken | None = None
    topological_sort: Sorted | None = None
    mark_live: Marked | None = None
    schedule_levels: Scheduled | None = None

    def data(self) -> dict[str, dict[str, Any]]:
        """As plain data, by the names that reports use."""
        found = {pass_.name: getattr(self, pass_.name) for pass_ in fields(self)}
        return {
            REPORTED.get(name, name): (
                broken_data(account)
                if isinstance(account, Broken)
                else plain_data(account)
            )
            for name, account in found.items()
            if account is not None
        }


def plain_data(value: Any) -> Any:
    """A record as dicts, lists, strings and numbers; fields at their default left out."""
    if is_dataclass(value):
        data: dict[str, Any] = {}
        for column in fields(value):
            if getattr(value, column.name) != column.default:
                data |= entry(column, plain_data(getattr(value, column.name)))
        return data
    if isinstance(value, Mapping):
        return {key: plain_data(each) for key, each in value.items()}
    return [*map(plain_data, value)] if isinstance(value, tuple) else value


def entry(column: Field[Any], data: Any) -> dict[str, Any]:
    """The key and value of a field; those of its own fields where they are merged."""
    merged: dict[str, Any] = data if column.metadata == MERGED else {column.name: data}
    return merged


def broken_data(account: Broken) -> dict[str, Any]:
    """The account of `break_cycles` as plain data, its keys in the order of reports."""
    data: dict[str, Any] = plain_data(account)
    if not account.recorded:
        return data
    data["max_levels"] = account.max_levels
    last = [key for key in data if key not in RECORDED]
    return {key: data[key] for key in (*RECORDED, *last)}
