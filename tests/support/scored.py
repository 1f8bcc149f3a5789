"""A small graph with positions and an atlas, and `elegansc lab score` of its models."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from support.command import run

HEAD = "stimulated,responding,q,dff,n\n"
SIZE = 40
NAMES = [f"N{k:02}" for k in range(SIZE)]


@cache
def graph() -> dict[str, str]:
    """The text of an edge list of near neurons, of their positions, and of an atlas."""
    draw = np.random.default_rng(0)
    place = draw.normal(size=(SIZE, 3))
    far = np.linalg.norm(place[:, None] - place, axis=-1)
    joined = (draw.random(far.shape) < np.exp(-far) / 2) & (far > 0)
    edges = "pre,post,weight,type\n" + "".join(
        f"{NAMES[u]},{NAMES[v]},{1 + (u + v) % 3},chemical\n"
        for u, v in zip(*joined.nonzero())
    )
    for u, v in zip(*np.triu(joined, 1).nonzero()):
        if (u + v) % 3 == 0:
            edges += f"{NAMES[u]},{NAMES[v]},1,electrical\n"
    spot = "".join(
        f"{n},{x:.3f},{y:.3f},{z:.3f}\n" for n, (x, y, z) in zip(NAMES, place)
    )
    told = (joined & (draw.random(far.shape) < 0.7)) | (draw.random(far.shape) < 0.05)
    rows = "".join(
        f"{NAMES[u]},{NAMES[v]},{0.01 if told[u, v] else 0.6},0.1,{1 + (u * v) % 9}\n"
        for u in range(SIZE)
        for v in range(SIZE)
    )
    return {
        "edges.csv": edges,
        "xyz.csv": "name,x,y,z\n" + spot,
        "atlas.csv": HEAD + rows,
    }


def written(folder: Path) -> Path:
    """A folder with the graph, its leaky model and an atlas."""
    for name, text in graph().items():
        (folder / name).write_text(text)
    compiled(folder, "edges.csv", "m.py")
    return folder


def compiled(folder: Path, source: str, model: str, *words: str) -> None:
    """Compile an edge list; leaky unless told otherwise."""
    ends = ("--inputs", "N0*", "--outputs", "N3*", "--weight-unit", "contacts")
    more = words or ("--dynamics", "leaky")
    done = run(
        "compile", str(folder / source), *ends, *more, "-o", str(folder / model), "-q"
    )
    assert done.exit_code == 0, done.output


def score(folder: Path, *words: str, model: str = "m.py", count: int = 3) -> Any:
    """`elegansc lab score` into folder/out; models with blanks between."""
    files = (
        "--atlas",
        str(folder / "atlas.csv"),
        "--positions",
        str(folder / "xyz.csv"),
    )
    ends = ("--count", str(count), "-o", str(folder / "out"), *words)
    models = [str(folder / one) for one in model.split()]
    return run("lab", "score", *models, *files, *ends)
