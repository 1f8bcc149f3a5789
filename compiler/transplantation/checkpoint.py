"""Checkpoints: state dicts in .safetensors, .pt and .pth. Nothing in them is ever run."""

from __future__ import annotations

import copy
import io
import json
import os
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CompilerError, InputError, UsageError
from ..names import plain

SAFE = ".safetensors"
SUFFIXES = (SAFE, ".pt", ".pth")
ZIP = b"PK\x03\x04"  # how what torch.save writes begins, since PyTorch 1.6
ASKED = re.compile(r"GLOBAL '?([\w.]+)")  # what a refused pickle asks Python for
SAVE = "torch.save(module.state_dict(), ...) writes one"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state dict, and the notes in a .safetensors file's header."""

    entries: dict[str, Any]
    notes: Mapping[str, str]


def suffix(path: str) -> str:
    """How a checkpoint's name ends: that decides its format.

    Raises:
        UsageError: in none of the ways we know.
    """
    found = Path(path).suffix.lower()
    if found not in SUFFIXES:
        raise UsageError(f"{path}: a checkpoint's name ends in {', '.join(SUFFIXES)}")
    return found


def need(path: str) -> None:
    """Raise CompilerError unless what reads this format is installed."""
    try:
        import torch  # noqa: F401
    except ImportError:
        hint = "pip install torch"
        raise CompilerError(f"PyTorch is needed to read parameters: {hint}") from None
    if suffix(path) != SAFE:
        return
    try:
        import safetensors.torch  # noqa: F401
    except ImportError:
        raise CompilerError(
            f"{path}: needs safetensors: pip install safetensors"
        ) from None


def read(path: str) -> Checkpoint:
    """Read a checkpoint, its tensors onto the CPU.

    Raises:
        InputError: missing, damaged, no state dict, or a pickle of more than tensors.
    """
    need(path)
    head = beginning(path)
    if suffix(path) == SAFE:
        return read_safetensors(path)
    if not head.startswith(ZIP):
        seen = "not the zip archive that torch.save writes; nothing of it was loaded"
        raise InputError(path, seen, SAVE)
    found = read_zip(path)
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise InputError(path, f"a {type(found).__name__}, no state dict", SAVE)
    return Checkpoint(found, {})


def beginning(path: str) -> bytes:
    """The first four bytes of a file.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    if os.path.isdir(path):
        raise InputError(path, "a directory", "name one of the files in it")
    try:
        with open(path, "rb") as file:
            return file.read(4)
    except FileNotFoundError:
        raise InputError(path, "no such file", "look at the path") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(path, f"unreadable: {why}", "look at the path") from None


def read_safetensors(path: str) -> Checkpoint:
    """Tensors, and the notes beside them."""
    import safetensors

    try:
        with safetensors.safe_open(path, framework="pt") as file:
            entries = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            notes: Mapping[str, str] = file.metadata() or {}
            return Checkpoint(entries, notes)
    except Exception as error:  # a damaged file may raise anything
        seen = f"not a safetensors file, or cut short: {first_line(error)}"
        raise InputError(path, seen, "save it again") from None


def read_zip(path: str) -> Any:
    """What torch.save wrote, if it is made of tensors and plain values alone."""
    import pickle

    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        asked = ASKED.search(str(error))
        of = f" of {asked[1]}" if asked else ""
        seen = f"a pickle{of}, not of tensors alone; nothing of it was loaded"
        raise InputError(path, seen, SAVE) from None
    except Exception as error:  # a damaged file may raise anything
        seen = f"not a checkpoint, or cut short: {first_line(error)}"
        raise InputError(path, seen, SAVE) from None


def first_line(error: Exception) -> str:
    """The first sentence of what a library says."""
    words = str(error).strip().split("\n")[0].split(". ")[0]
    return words[:100] or type(error).__name__


def written(path: str, checkpoint: Checkpoint) -> bytes:
    """The bytes of a checkpoint in the format of a path; the same ones each time.

    Raises:
        InputError: the format cannot hold an entry.
    """
    import torch

    if suffix(path) != SAFE:
        file = io.BytesIO()  # by a path, its name would be in the bytes
        torch.save(checkpoint.entries, file)
        return file.getvalue()
    import safetensors.torch

    whole = {}
    for key, value in checkpoint.entries.items():
        if not isinstance(value, torch.Tensor):
            seen = f"{plain(key)} is a {type(value).__name__}: only .pt holds that"
            raise InputError(path, seen, "give the output a name in .pt")
        whole[key] = value.detach().clone(memory_format=torch.contiguous_format)
    try:
        return noted(safetensors.torch.save(whole), checkpoint.notes)
    except (ValueError, RuntimeError, KeyError) as error:
        seen = f"cannot be a safetensors file: {first_line(error)}"
        raise InputError(path, seen, "give the output a name in .pt") from None


def noted(data: bytes, notes: Mapping[str, str]) -> bytes:
    """A safetensors file with notes, sorted; safetensors writes them in any order."""
    if not notes:
        return data
    size = int.from_bytes(data[:8], "little")
    header = {
        "__metadata__": dict(sorted(notes.items())),
        **json.loads(data[8 : 8 + size]),
    }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[8 + size :]


def changed(
    checkpoint: Checkpoint, values: Mapping[str, Any], left_out: Iterable[str]
) -> Checkpoint:
    """A checkpoint with some entries replaced, or added at its end, and some left out."""
    entries = copy.copy(checkpoint.entries)  # with the versions that torch hangs on it
    entries.update(values)
    for entry in left_out:
        del entries[entry]
    return Checkpoint(entries, checkpoint.notes)
