"""Transplant: trained parameters from one model to another, by name. Neither is run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, Location, Mistake, UsageError
from ..files import OTHER, read_bytes, replace, same
from ..files import allow as allow_file
from ..module.header import AGAIN
from ..module.read import read_unedited
from ..names import plain, plural
from ..options import MEANING, dashed
from ..semantics.merges import merge_of
from ..semantics.wiring import link
from .account import Account, compared
from .checkpoint import changed, need, read, suffix, written
from .parameters import Side, elements, places, zeroed
from .starts import fresh
from .surroundings import unfit

if TYPE_CHECKING:
    from torch import Tensor

SIGNED = "_extra_state"  # what torch calls the signature in a state dict
MOST_ENTRIES = 5  # entries that a message lists


def transplant(
    checkpoint: str,
    old: str,
    new: str,
    output: str,
    *,
    prefix: str | None = None,
    start: str = "draw",
    seed: int = 0,
    force: bool = False,
) -> Account:
    """Write a checkpoint of the new model with the parameters of the old one's.

    Args:
        checkpoint, output: .safetensors, .pt or .pth each.
        old, new: generated modules: of the checkpoint, of the output.
        prefix: of the module's entries in a larger state dict; None: the only one there.
        start: of what is new: "draw" as `reset_parameters` does, or "zero" gains.
        seed: of the draws.
        force: write over a file, even over the checkpoint.

    Raises:
        InputError, UsageError: see there; nothing was written.
    """
    suffix(checkpoint)
    allow(output, checkpoint, (old, new), force)
    need(checkpoint)
    need(output)
    before, after = side(old), side(new)
    agree(before, after, start)
    held = read(checkpoint)
    at = find(held.entries, checkpoint, before, after, prefix)
    values = carried(held.entries, at, before, after, start, seed)
    left_out = tuple(unfit(held.entries, at, before.model, after.model))
    data = written(output, changed(held, values, left_out))
    done = replace(Path(output), data)
    names = {*left_out, *(at + name for name in (*before.found.shapes, SIGNED))}
    others = tuple(key for key in held.entries if key not in names)
    dtypes = {n: dtype_of(held.entries[at + n]) for n in before.found.shapes}
    signed = at + SIGNED in held.entries
    return Account(
        checkpoint,
        done,
        before,
        after,
        at,
        prefix is None,
        signed,
        start,
        seed,
        dtypes,
        others,
        left_out,
        **compared(before, after, start),
    )


def allow(output: str, checkpoint: str, models: tuple[str, str], force: bool) -> None:
    """Raise InputError if the output may not be written, UsageError if its name is none."""
    path = Path(output)
    suffix(output)
    if any(same(path, model) for model in models):
        raise InputError(output, "is one of the models", "write to another file")
    if same(path, checkpoint) and not force:
        raise InputError(output, "is the input", "another name, or --force")
    allow_file(path, force=force, kind=OTHER)


def side(path: str) -> Side:
    """A generated module that nobody edited."""
    model = read_unedited(read_bytes(path, empty=AGAIN), path)
    return Side(path, model, elements(model))


def agree(old: Side, new: Side, start: str) -> None:
    """Raise unless parameters mean the same in both models."""
    one, other = old.model.options, new.model.options
    apart = [name for name in MEANING if getattr(one, name) != getattr(other, name)]
    if apart:
        seen = ", ".join(
            f"{name} {getattr(other, name)} against {getattr(one, name)}"
            for name in apart
        )
        wanted = " ".join(f"--{dashed(n)} {getattr(one, n)}" for n in apart)
        raise InputError(
            new.path,
            f"its parameters are not those of {old.path}: {seen}",
            f"compile it with {wanted}",
        )
    if start == "zero" and not merge_of(other).gains:
        hint = "synapses of --merge product have no gains that could be 0"
        raise UsageError(f"--new zero: {hint}")


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
    """The wiring that a module's extra state names."""
    import torch

    if not isinstance(state, torch.Tensor) or state.dtype != torch.uint8:
        return b""
    return b"" if state.is_meta else bytes(state.flatten().tolist())


def dtype_of(value: Tensor) -> str:
    """`float32`, without `torch.`."""
    return str(value.dtype).removeprefix("torch.")


def carried(
    entries: Mapping[str, Any], at: str, old: Side, new: Side, start: str, seed: int
) -> dict[str, Tensor]:
    """The new module's parameters and its signature, by entry."""
    import torch

    dtypes = {name: entries[at + name].dtype for name in old.found.shapes}
    values = fresh(new.found, dtypes, seed)
    row = places(old.found.live, new.found.live)
    place = places(map(link, old.found.synapses), map(link, new.found.synapses))
    if start == "zero":
        shut = zeroed(old, new)
        where = torch.tensor([gain in shut for gain in new.found.synapses]).bool()
        values["gain"].masked_fill_(where, merge_of(new.model.options).shut)
    for parameter in new.found.parameters:
        name, value = parameter.name, values[parameter.name]
        index = torch.tensor(place if parameter.per == "synapse" else row).long()
        known = index >= 0
        value[known] = entries[at + name].detach()[index[known]]
    found = {at + name: value for name, value in values.items()}
    found[at + SIGNED] = torch.tensor(list(new.found.wiring), dtype=torch.uint8)
    return found
