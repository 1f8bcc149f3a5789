"""Values in memory as the text that stands for them in a file."""

from __future__ import annotations

NOTHING = ("NAType", "NaTType", "NoneType")  # types of values that stand for none


def text_of(value: object) -> str:
    """A value as text: "" for none, the shortest digits of a number."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if type(value).__name__ in NOTHING or value != value:  # nan
        return ""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:  # a number of numpy
        return text_of(item())
    return repr(float(value)) if isinstance(value, float) else str(value)
