"""Times of a training step: measured on this machine on request, predicted for any model.

The time of a form (plain, compiled, native) at a number of samples is fitted to a few graphs
as a sum of non-negative terms: one fixed, one by level, one by input of a neuron and one by
entry of a matrix. Whoever asks for no calibration runs no model and needs no PyTorch.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from ..acceleration.library import processor
from ..arrays import Float64
from ..caches import cache_folder
from ..options import Options
from ..semantics.native import plain_for
from .counts import Counts

FORMS = ("plain", "compiled", "native")
SIZES = (1, 64, 1024)  # samples at once
FORMAT = 1  # of the file


@dataclass(frozen=True)
class Times:
    """How long a step takes on a machine.

    Attributes:
        machine: its processor, by digest; torch, elegansc: versions.
        terms: by unit ("scalar", "linear"), form and samples, the seconds of each of
            `terms_of`.
    """

    machine: str
    torch: str
    elegansc: str
    terms: Mapping[str, Mapping[str, Mapping[str, list[float]]]]

    def seconds(self, counts: Counts) -> dict[str, list[float]]:
        """By form, the seconds of a step at SIZES; of forms that were measured."""
        unit = "linear" if counts.linear else "scalar"
        row = terms_of(counts)
        return {
            form: [float(row @ np.array(sizes[str(size)])) for size in SIZES]
            for form, sizes in self.terms.get(unit, {}).items()
        }

    def here(self) -> bool:
        """Whether this is the machine, and nothing was installed anew since."""
        now = machine(), installed("torch"), installed("elegansc")
        return now == (self.machine, self.torch, self.elegansc)

    def write(self, path: Path) -> None:
        """Write the file of times."""
        from ..files import replace

        data = {
            "format": FORMAT,
            "machine": self.machine,
            "torch": self.torch,
            "elegansc": self.elegansc,
            "terms": self.terms,
        }
        replace(path, f"{json.dumps(data, indent=1)}\n".encode())


def place() -> Path:
    """The file of times, in the folder of caches."""
    return cache_folder() / "costs.json"


def known() -> Times | None:
    """The times of this machine; None where it was not measured, or is no longer the same."""
    try:
        data = json.loads(place().read_text())
        found = Times(*(data[key] for key in ("machine", "torch", "elegansc", "terms")))
        whole = data["format"] == FORMAT and found.here() and all(numbers(found.terms))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return found if whole else None


def numbers(terms: Any) -> Iterator[bool]:
    """Whether the terms of every unit and form are as many numbers as there have to be."""
    for unit in terms.values():
        for form, sizes in unit.items():
            yield form in FORMS and sizes.keys() == set(map(str, SIZES))
            for row in sizes.values():
                yield len(row) == 4 and all(0 <= each < math.inf for each in row)


def terms_of(counts: Counts) -> Float64:
    """(4,) what the time is a sum of."""
    reads = counts.reads * counts.features
    return np.array([1.0, counts.levels, reads, counts.products])


def fitted(counts: list[Counts], seconds: list[float]) -> list[float]:
    """The seconds of each term, none negative, with the least relative error."""
    from scipy.optimize import nnls

    rows = np.array([terms_of(each) for each in counts]) / np.array(seconds)[:, None]
    scale = np.maximum(np.abs(rows).max(0), 1e-30)
    found: list[float] = (nnls(rows / scale, np.ones(len(rows)))[0] / scale).tolist()
    return found


def machine() -> str:
    """This machine's processor, by digest."""
    return hashlib.sha256(processor()).hexdigest()[:16]


def installed(package: str) -> str:
    """The version of an installed package; empty without it. Nothing is imported."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def timeable(options: Options) -> bool:
    """Whether a network is of the kind that is measured."""
    return not (options.late or plain_for(options))


def lines(
    seconds: Mapping[str, list[float]], timed: bool, times: Times | None
) -> Iterator[str]:
    """The times in words, or why there are none.

    Args:
        seconds: by form, at SIZES; timed: whether such networks are.
    """
    if not timed:
        yield "times     not measured of --feedback delay, and of what elegansc.native leaves plain"
    elif times is None:
        yield "times     not known of this machine: --calibrate measures it (minutes)"
    else:
        yield f"times     a training step in ms, one thread, torch {times.torch}: an estimate"
        heads = "".join(f"{size:>12,}" for size in SIZES)
        yield f"          {'samples':<10}{heads}"
        for form, row in seconds.items():
            cells = "".join(f"{1000 * each:>12,.2f}" for each in row)
            yield f"          {form:<10}{cells}"
