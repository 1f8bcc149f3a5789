"""How little changes where little changes: --like and --stick against a fresh solve.

From Witvliet 7 to 8, and over random edits of Witvliet 8: synapses turned, neurons on
another level, lines of a diff of the models, and what is lost beyond a fresh solve.

    python tests/benchmarks/stability.py [--trials N] [--keep-alive]
"""

from __future__ import annotations

import argparse
import csv
import difflib
import io
import random
import statistics
import tempfile
from pathlib import Path

from common import verdict

import elegansc
from elegansc import catalog
from elegansc.module.read import Model, read_model

BAR = 0.4  # synapses turned by one edit, on average; weights drawn from the graph
WAYS = {"fresh": None, "--like": 0.0, "--stick 0.5": 0.5}
Row = tuple[float, float, float, float]


def compiled(
    path: str, alive: bool, like: Path | None = None, stick: float = 0.0
) -> bytes:
    """A module of a source, perhaps near an older one."""
    near = {"like": str(like), "stick": stick} if like else {}
    artifact = elegansc.compile(
        path, name="Worm", label="worm", keep_alive=alive, **near
    )
    (data,) = artifact.files.values()
    return data


def distance(old: bytes, new: bytes, least: float) -> Row:
    """(turned, moved, lines, lost beyond `least`)."""
    one, two = read_model(old, "old.py"), read_model(new, "new.py")
    back = [backward(model) for model in (one, two)]
    every = [pairs(model) for model in (one, two)]
    turned = sum((p in back[0]) != (p in back[1]) for p in every[0].keys() & every[1])
    levels = [
        {name: at for at, names in enumerate(model.tables.levels) for name in names}
        for model in (one, two)
    ]
    moved = sum(levels[0][n] != levels[1][n] for n in levels[0].keys() & levels[1])
    texts = [data.decode().splitlines()[2:] for data in (old, new)]
    lines = sum(
        line[:1] in "+-" and line[:3] not in ("+++", "---")
        for line in difflib.unified_diff(*texts, n=0, lineterm="")
    )
    return turned, moved, lines, sum(every[1][p] for p in back[1]) - least


def pairs(model: Model) -> dict[tuple[str, str], float]:
    """Every chemical pair but self-loops, with its weight."""
    tables = (model.tables.chemical, model.tables.feedback)
    return {
        (source, neuron): weight
        for table in tables
        for neuron, row in table.items()
        for source, weight in row.items()
        if source != neuron
    }


def backward(model: Model) -> set[tuple[str, str]]:
    """The pairs that run backward."""
    return {
        (source, neuron)
        for neuron, row in model.tables.feedback.items()
        for source in row
        if source != neuron
    }


def edited(rows: list[list[str]], count: int, chance: random.Random) -> str:
    """A CSV with some synapses added, lost or of another weight."""
    head, *body = [list(row) for row in rows]
    chemical = [row for row in body if row[2] == "chemical"]
    names = sorted({name for row in chemical for name in row[:2]})
    weights = [row[3] for row in chemical]
    for _ in range(count):
        kind = chance.choice(["add", "lose", "weigh"])
        row = chance.choice([row for row in body if row[2] == "chemical"])
        if kind == "add":
            body.append([*chance.sample(names, 2), "chemical", chance.choice(weights)])
        elif kind == "lose":
            body.remove(row)
        else:
            row[3] = chance.choice(weights)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *body])
    return text.getvalue()


def trial(path: str, old: Path, alive: bool) -> dict[str, Row]:
    """Every way of compiling a source, against an older model."""
    before = old.read_bytes()
    new = compiled(path, alive)
    model = read_model(new, "new.py")
    least = sum(pairs(model)[pair] for pair in backward(model))
    found = {"fresh": distance(before, new, least)}
    for way, stick in WAYS.items():
        if stick is not None:
            found[way] = distance(before, compiled(path, alive, old, stick), least)
    return found


def show(title: str, trials: list[dict[str, Row]]) -> None:
    """Means over the trials."""
    print(title)
    for way in WAYS:
        columns = zip(*(found[way] for found in trials), strict=True)
        turned, moved, lines, lost = (statistics.mean(column) for column in columns)
        print(
            f"  {way:<12} {turned:6.1f} turned  {moved:6.1f} on another level  "
            f"{lines:7.1f} lines  {lost:6.2f} lost beyond fresh"
        )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--keep-alive", action="store_true")
    asked, alive = vars(parser.parse_args()).values()
    entry = catalog.find("witvliet2021-8")
    assert entry is not None
    rows = list(csv.reader(io.StringIO(catalog.read(entry).decode())))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old = folder / "old.py"
        for source in ("witvliet2021-7", "witvliet2021-8"):
            (folder / f"{source}.csv").write_bytes(
                catalog.read(next(e for e in catalog.entries() if e.name == source))
            )
        old.write_bytes(compiled(str(folder / "witvliet2021-7.csv"), alive))
        show("witvliet 7 -> 8", [trial(str(folder / "witvliet2021-8.csv"), old, alive)])
        old.write_bytes(compiled(str(folder / "witvliet2021-8.csv"), alive))
        for count, trials in ((1, asked or 240), (5, asked or 20), (20, asked or 20)):
            found = []
            for number in range(trials):
                path = folder / "edited.csv"
                chance = random.Random(1000 * count + number)
                path.write_text(edited(rows, count, chance))
                found.append(trial(str(path), old, alive))
            show(f"{count} edits, mean of {trials}", found)
            if count == 1:
                turned = statistics.mean(one["--like"][0] for one in found)
                print(f"  --like: bar {BAR} turned an edit: {verdict(turned <= BAR)}")


if __name__ == "__main__":
    main()
