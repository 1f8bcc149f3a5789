"""The old model's state dict in a checkpoint, and its entries in that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InputError, Location, Mistake
from ..names import plain, plural
from .checkpoint import Checkpoint
from .parameters import Side

if TYPE_CHECKING:
    from torch import Tensor

SIGNED = "_extra_state"  # what torch calls the signature in a state dict
MOST_ENTRIES = 5  # entries that a message lists
DEEPEST = 4  # levels of a training checkpoint that are searched for state dicts


def state_dict(
    checkpoint: Checkpoint,
    label: str,
    old: Side,
    new: Side,
    *,
    key: str | None,
    prefix: str | None,
) -> tuple[Checkpoint, str, str]:
    """The state dict that holds the old model: (it, its key, the prefix of the entries).

    Args:
        key: of the state dict in a training checkpoint, as {"model": ..., "optimizer": ...};
            None: the file is one, or holds only one that fits.
        prefix: of the model's entries in it; None: the only one that fits.

    Returns:
        The key is empty where the file itself is the state dict.

    Raises:
        InputError: none fits, or several do.
    """
    if key is None and has(checkpoint.entries, label, old, prefix):
        return checkpoint, "", find(checkpoint.entries, label, old, new, prefix)
    inner = dict(nested(checkpoint.entries))
    if key is not None:
        if key not in inner:
            known = ", ".join(map(plain, inner)) or "none"
            seen = f"holds no state dict under the key {plain(key)}"
            raise InputError(label, seen, f"its keys of state dicts: {known}")
        found = inner[key]
        return Checkpoint(found, {}), key, find(found, label, old, new, prefix)
    there = {
        name: held for name, held in inner.items() if has(held, label, old, prefix)
    }
    if not there:
        candidates(checkpoint.entries, label, old, prefix)  # raises: there is none
    fits: dict[str, str] = {}
    wrong: list[Mistake] = []
    for name, held in there.items():
        try:
            fits[name] = find(held, label, old, new, prefix)
        except InputError as error:
            wrong += error.mistakes
    if len(fits) > 1:
        where = ", ".join(map(plain, list(fits)[:MOST_ENTRIES]))
        seen = f"holds {plural(len(fits), 'state dict')} of {old.path}, under {where}"
        raise InputError(label, seen, "choose one with --key")
    if not fits:
        raise InputError.of(wrong)
    ((name, at),) = fits.items()
    return Checkpoint(there[name], {}), name, at


def nested(
    entries: Mapping[str, Any], above: str = "", depth: int = DEEPEST
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, state dict) of every dict by strings inside another; keys joined by dots."""
    for key, held in entries.items():
        if depth and isinstance(held, dict) and all(isinstance(k, str) for k in held):
            yield f"{above}{key}", held
            yield from nested(held, f"{above}{key}.", depth - 1)


def has(entries: Mapping[str, Any], label: str, old: Side, asked: str | None) -> bool:
    """Whether there is an entry for every parameter of the old model."""
    try:
        return bool(candidates(entries, label, old, asked))
    except InputError:
        return False


def find(
    entries: Mapping[str, Any], label: str, old: Side, new: Side, asked: str | None
) -> str:
    """The prefix of the old module's entries.

    Raises:
        InputError: they are not there, of another module, or of several.
    """
    there = candidates(entries, label, old, asked)
    there = [at for at in there if at + SIGNED in entries] or there
    faults = {at: fault(entries, at, old, new) for at in there}
    fit = [at for at in there if not faults[at]]
    if len(fit) > 1:
        where = ", ".join(plain(at) if at else '""' for at in fit[:MOST_ENTRIES])
        seen = f"holds {plural(len(fit), 'module')} like {old.path}, under {where}"
        raise InputError(label, seen, "choose one with --prefix")
    if not fit:
        hint = "--from is the module it was trained with"
        raise InputError.of(Mistake(Location(label), faults[at], hint) for at in there)
    return fit[0]


def candidates(
    entries: Mapping[str, Any], label: str, old: Side, asked: str | None
) -> list[str]:
    """Prefixes under which there is an entry for every parameter.

    Raises:
        InputError: there is none.
    """
    names = old.found.shapes
    if asked is None:
        ends = [key for key in entries if f".{key}".endswith(".bias")]  # all have it
        there = [key.removesuffix("bias") for key in ends]
    else:
        there = [f"{asked.removesuffix('.')}." if asked else ""]
    found = [at for at in there if all(at + name in entries for name in names)]
    if found:
        return found
    under = there[0] if asked else ""
    missing = " and ".join(plain(under + name) for name in names)
    keys = ", ".join(plain(key) for key in list(entries)[:MOST_ENTRIES])
    more = (
        f" and {len(entries) - MOST_ENTRIES:,} more"
        if len(entries) > MOST_ENTRIES
        else ""
    )
    seen = f"holds no {missing}, the parameters of {old.path}"
    raise InputError(label, seen, f"its entries: {keys or 'none'}{more}")


def fault(entries: Mapping[str, Any], at: str, old: Side, new: Side) -> str:
    """What is wrong with a checkpoint of the old model; "" if nothing is."""
    import torch

    dtypes = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
    if at + SIGNED in entries:
        found = signature(entries[at + SIGNED])
        if found == new.found.wiring != old.found.wiring:
            return f"signed with the wiring of {new.path}, the new model, not of {old.path}"
        if found != old.found.wiring:
            return f"signed with other wiring or options than {old.path}"
    for name, shape in old.found.shapes.items():
        value = entries[at + name]
        if not isinstance(value, torch.Tensor):
            return f"{plain(at + name)} is a {type(value).__name__}, no tensor"
        if value.dtype not in dtypes or value.layout != torch.strided or value.is_meta:
            return f"{plain(at + name)} is of {dtype_of(value)}, or has no numbers"
        if tuple(value.shape) != shape:
            here = tuple(value.shape)
            return (
                f"{plain(at + name)} has the shape {here}, in {old.path} it has {shape}"
            )
    return ""


def signature(state: Any) -> bytes:
    """The wiring that a module's extra state names; it may be averaged or halved."""
    import torch

    if not isinstance(state, torch.Tensor) or state.is_meta or state.is_complex():
        return b""
    numbers = state.detach().flatten().double().round().tolist()
    whole = all(0 <= number <= 255 for number in numbers)
    return bytes(map(int, numbers)) if whole else b""


def dtype_of(value: Tensor) -> str:
    """`float32`, without `torch.`."""
    return str(value.dtype).removeprefix("torch.")
