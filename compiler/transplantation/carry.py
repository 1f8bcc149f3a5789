"""Transplant: trained parameters from one model to another, by name. Neither is run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, UsageError
from ..files import OTHER, read_bytes, replace, same
from ..files import allow as allow_file
from ..module.header import AGAIN
from ..module.read import check_signed, read_consistent, unswept
from ..options import MEANING, RESHAPES, apart, dashed
from ..semantics.merges import merge_of
from ..semantics.wiring import Gain, link
from ..sources import check_unedited
from .account import Account, compared
from .checkpoint import changed, need, read, suffix, written
from .entries import SIGNED, dtype_of, state_dict
from .parameters import Elements, Side, elements, places, zeroed
from .starts import fresh
from .surroundings import unfit

if TYPE_CHECKING:
    from torch import Tensor


def transplant(
    checkpoint: str,
    old: str,
    new: str,
    output: str,
    *,
    key: str | None = None,
    prefix: str | None = None,
    start: str = "draw",
    seed: int = 0,
    force: bool = False,
) -> Account:
    """Write a checkpoint of the new model with the parameters of the old one's.

    Of a training checkpoint the state dict is written alone: what an optimiser has seen is
    of the old parameters.

    Args:
        checkpoint, output: .safetensors, .pt or .pth each.
        old, new: generated modules: of the checkpoint, of the output.
        key: of the state dict in a training checkpoint; None: the only one that fits.
        prefix: of the module's entries in a larger state dict; None: the only one there.
        start: of what is new: "draw" as `reset_parameters` does, or "zero" gains.
        seed: of the draws.
        force: write over a file, even over the checkpoint.

    Raises:
        InputError, UsageError: see there; nothing was written.
    """
    allow(output, checkpoint, (old, new), force)
    before, after = side(old), side(new)
    agree(before, after, start)
    whole = read(checkpoint)
    held, inside, at = state_dict(
        whole, checkpoint, before, after, key=key, prefix=prefix
    )
    values = carried(held.entries, at, before, after, start, seed)
    left_out = tuple(unfit(held.entries, at, before.model, after.model))
    shapes = before.found.shapes
    dropped = tuple(at + name for name in shapes if name not in after.found.shapes)
    data = written(output, changed(held, values, (*left_out, *dropped)))
    done = replace(Path(output), data)
    names = {*left_out, *(at + name for name in (*shapes, SIGNED))}
    others = tuple(key for key in held.entries if key not in names)
    dtypes = {n: dtype_of(values[at + n]) for n in after.found.shapes}
    dtypes |= {name: dtype_of(held.entries[at + name]) for name in shapes}
    behind, signed = left_behind(whole.entries, inside), at + SIGNED in held.entries
    return Account(
        *(checkpoint, done, before, after, inside, behind, at, prefix is None, signed),
        *(start, seed, dtypes, others, left_out, dropped),
        **compared(before, after, start),
    )


def left_behind(entries: Iterable[str], inside: str) -> tuple[str, ...]:
    """The other keys of a training checkpoint whose state dict stands under a key."""
    if not inside:
        return ()
    return tuple(key for key in entries if not f"{inside}.".startswith(f"{key}."))


def allow(output: str, checkpoint: str, models: tuple[str, str], force: bool) -> None:
    """Raise a CompilerError if the output may not be written, or a format is not known."""
    path = Path(output)
    suffix(checkpoint)
    suffix(output)
    if any(same(path, model) for model in models):
        raise InputError(output, "is one of the models", "write to another file")
    if same(path, checkpoint) and not force:
        raise InputError(output, "is the input", "another name, or --force")
    allow_file(path, force=force, kind=OTHER)
    need(checkpoint)
    need(output)


def side(path: str) -> Side:
    """A generated module that nobody edited."""
    model = unswept(read_consistent(read_bytes(path, empty=AGAIN), path))
    check_unedited(model)
    check_signed(model)
    return Side(path, model, elements(model))


def agree(old: Side, new: Side, start: str) -> None:
    """Raise unless parameters mean the same in both models."""
    one, other = old.model.options, new.model.options
    ours, theirs = (
        {name: getattr(options, name) for name in MEANING} for options in (other, one)
    )
    differ = apart(ours, theirs)
    if any(name not in RESHAPES for name in differ):
        seen = ", ".join(f"{dashed(n)} {ours[n]} against {theirs[n]}" for n in differ)
        wanted = " ".join(f"--{dashed(n)} {theirs[n]}" for n in differ)
        raise InputError(
            new.path,
            f"its parameters are not those of {old.path}: {seen}",
            f"compile it with {wanted}",
        )
    if start == "zero" and not merge_of(other).gains:
        hint = "synapses of --merge product have no gains that could be 0"
        raise UsageError(f"--new zero: {hint}")


def carried(
    entries: Mapping[str, Any], at: str, old: Side, new: Side, start: str, seed: int
) -> dict[str, Tensor]:
    """The new module's parameters and its signature, by entry."""
    import torch

    bias = entries[at + "bias"].dtype  # every model has biases
    dtypes = dict.fromkeys(new.found.shapes, bias)
    dtypes |= {name: entries[at + name].dtype for name in old.found.shapes}
    values = fresh(new.found, dtypes, seed)
    place = {
        "neuron": places(old.found.live, new.found.live),
        "synapse": places(map(link, old.found.synapses), map(link, new.found.synapses)),
        "junction": places(
            map(link, old.found.junctions), map(link, new.found.junctions)
        ),
    }
    if start == "zero":
        shut = zeroed(old, new)
        where = torch.tensor(closed(new.found, shut)).bool()
        values["gain"].masked_fill_(where, merge_of(new.model.options).shut)
    for parameter in new.found.parameters:
        name, value = parameter.name, values[parameter.name]
        before = entries[at + name] if name in old.found.shapes else None
        if before is None or value.shape[1:] != before.shape[1:]:
            continue  # of other features, or of these dynamics alone: it starts anew
        if parameter.per == "tie":
            pair = [each.found.ties[name].ties for each in (old, new)]
            index = torch.tensor(places(*pair)).long()
        else:
            index = torch.tensor(place[parameter.per]).long()
        known = index >= 0
        value[known] = before.detach()[index[known]]
    found = {at + name: value for name, value in values.items()}
    found[at + SIGNED] = torch.tensor(list(new.found.wiring))
    return found


def closed(found: Elements, shut: set[Gain]) -> list[bool]:
    """Whether each gain is of a synapse that is shut; a tie's, of none but such."""
    alone = [gain in shut for gain in found.synapses]
    if "gain" not in found.ties:
        return alone
    groups = found.ties["gain"]
    pairs = zip(groups.place, alone, strict=True)
    heard = {tie for tie, is_shut in pairs if not is_shut}
    return [tie not in heard for tie in range(len(groups.ties))]
