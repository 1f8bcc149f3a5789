"""What the benchmarks share: the worm, and timing in turn."""

from __future__ import annotations

import importlib.util
import itertools
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from support.paths import ROOT

EDGES = ROOT.parent / "shared" / "connectomes" / "openworm" / "herm_full_edgelist.csv"
NUMBERS = itertools.count()
FOLDER = tempfile.TemporaryDirectory()


def worm() -> str:
    """The hermaphrodite's edge list; a bundled connectome where that is not here."""
    if EDGES.exists():
        return str(EDGES)
    print("herm_full_edgelist.csv is not here: cook2019 stands in")
    return "cook2019"


def load(files: dict[str, bytes]) -> ModuleType:
    """Import a generated module, by a name of its own; its files stay until the end."""
    folder = Path(FOLDER.name, str(next(NUMBERS)))
    folder.mkdir()
    for file, data in files.items():
        (folder / file).write_bytes(data)
    (path,) = folder.glob("*.py")
    name = f"{path.stem}_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def in_turn(
    one: Callable[[], float], two: Callable[[], float], rounds: int
) -> tuple[float, float, float]:
    """Medians of both and of the ratios one / two, after a round that does not count."""
    pairs = [(one(), two()) for _ in range(rounds + 1)][1:]
    first, second = zip(*pairs, strict=True)
    ratios = [a / b for a, b in pairs]
    return (
        statistics.median(first),
        statistics.median(second),
        statistics.median(ratios),
    )


def verdict(holds: bool) -> str:
    """A word for a table."""
    return "ok" if holds else "MISSED"
